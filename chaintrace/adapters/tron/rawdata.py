"""The bytes that a txid names, read; and the same from a node's JSON where an answer has no bytes.

`txID` is the SHA-256 of `raw_data_hex`. Where an answer has these bytes they are hashed, the transaction is read from
them, and `raw_data` beside them must tell the same: it is only the node's word. Source: TRON developer documentation,
page "Transactions".
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import (
    RESOURCES,
    Value,
    address_of,
    hexed,
    rows,
    shown,
    table,
    told_token,
    txid_of,
    whole,
)
from chaintrace.adapters.tron.schema import RAW_DATA, schema_of
from chaintrace.adapters.tron.wire import Field, read
from chaintrace.errors import Malformed

_INT64 = 2**63 - 1
_TYPES = "type.googleapis.com/protocol."


@dataclass(frozen=True, slots=True)
class Contract:
    """What a transaction asks for: its kind, and its fields by the nodes' names (absent ones are 0 or empty)."""

    kind: str
    values: Mapping[str, Value]

    def number(self, name: str) -> int:
        """A number in base units."""
        value = self.values.get(name, 0)
        return value if isinstance(value, int) else 0

    def text(self, name: str) -> str:
        """An address, a token's id, or bytes in hex."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    @property
    def owner(self) -> str:
        """Whose transaction it is, who also pays its fee; `""` where the kind has none (shielded transfers)."""
        return self.text("owner_address")


@dataclass(frozen=True, slots=True)
class RawData:
    """A transaction before it was executed. `proven`: it was read from the bytes that the txid is the hash of.

    `memo` is what the sender wrote beside it: bytes of anybody, never to be trusted. `permission` is the number of
    the permission under which it was signed (0: the account's first one).
    """

    txid: str
    contract: Contract
    memo: bytes
    permission: int
    proven: bool


def raw_data(told: Mapping[str, Json]) -> RawData:
    """Read a transaction as a node tells it. Raises Malformed where bytes, txid and JSON do not agree."""
    txid = txid_of(told.get("txID"), "txID")
    spoken = None if told.get("raw_data") is None else _from_json(txid, table(told["raw_data"], "raw_data"))
    content = hexed(told.get("raw_data_hex"), "raw_data_hex")
    if not content:
        if spoken is None:
            raise Malformed(f"the answer about {txid} has neither raw_data_hex nor raw_data: nothing of it is used")
        return spoken
    digest = hashlib.sha256(content).hexdigest()
    if digest != txid:
        raise Malformed(
            f"the bytes that came for {txid} hash to {digest}: they are not that transaction; nothing of them is used, "
            "do not use this source"
        )
    proven = _from_bytes(txid, content)
    if spoken is not None:
        _agree(proven, spoken)
    return proven


def _from_bytes(txid: str, content: bytes) -> RawData:
    """Read the message."""
    found = read(content, RAW_DATA)
    one = _only(found.get("contract", []), txid)
    parameter = one.get("parameter", {})
    inner = parameter if isinstance(parameter, dict) else {}
    kind = str(inner.get("type_url", "")).removeprefix(_TYPES)
    values = read(bytes.fromhex(str(inner.get("value", ""))), schema_of(kind))
    permission = one.get("Permission_id", 0)
    return RawData(
        txid,
        Contract(kind, values),
        bytes.fromhex(str(found.get("data", ""))),
        permission if isinstance(permission, int) else 0,
        proven=True,
    )


def _from_json(txid: str, told: Mapping[str, Json]) -> RawData:
    """Read `raw_data`."""
    contracts = [table(one, "raw_data.contract") for one in rows(told.get("contract"), "raw_data.contract")]
    if len(contracts) != 1:
        raise Malformed(f"{txid} has {len(contracts)} contracts where a TRON transaction has one: it is not used")
    kind = contracts[0].get("type")
    if not isinstance(kind, str):
        raise Malformed(f"the contract of {txid} is of type {shown(kind)}: nothing of it is used")
    parameter = table(contracts[0].get("parameter"), "parameter")
    values = _told(table(parameter.get("value"), "parameter.value"), schema_of(kind))
    permission = whole(contracts[0].get("Permission_id"), "Permission_id", _INT64)
    return RawData(txid, Contract(kind, values), _memo(told.get("data")), permission, proven=False)


def _told(value: Mapping[str, Json], schema: Mapping[int, Field]) -> dict[str, Value]:
    """The fields of a message in JSON, in the same form as those from its bytes."""
    found = {
        known.name: _one(value[known.name], known)
        for known in schema.values()
        if known.name in value and value[known.name] not in (None, "")
    }
    return {name: one for name, one in found.items() if one not in (0, "", [], {})}


def _one(value: Json, known: Field) -> Value:
    """One field from JSON."""
    if known.what == "message":
        return _told(table(value, known.name), known.inner)
    if known.what == "messages":
        return [_told(table(one, known.name), known.inner) for one in rows(value, known.name)]
    reader = _READERS.get(known.what)
    return reader(value, known.name) if reader else value if isinstance(value, str) else shown(value)


def _resource(value: Json, name: str) -> str:
    """Nodes write the word, TronGrid the number."""
    if isinstance(value, str) and not value.isdigit():
        return "" if value == "BANDWIDTH" else value
    number = whole(value, name, _INT64)
    return RESOURCES.get(number, str(number))


_READERS: Mapping[str, Callable[[Json, str], Value]] = MappingProxyType(
    {
        "number": lambda value, name: whole(value, name, _INT64),
        "address": address_of,
        "token": told_token,
        "bytes": lambda value, name: hexed(value, name).hex(),
        "resource": _resource,
    },
)


def _memo(value: Json) -> bytes:
    """`raw_data.data`: hex, or the text itself from a node that was asked with `visible`."""
    try:
        return hexed(value, "data")
    except Malformed:
        if isinstance(value, str):
            return value.encode("utf-8", "backslashreplace")
        raise


def _only(contracts: Value, txid: str) -> dict[str, Value]:
    """The one contract of a transaction."""
    if isinstance(contracts, list) and len(contracts) == 1 and isinstance(contracts[0], dict):
        return contracts[0]
    raise Malformed(f"the bytes of {txid} do not hold the one contract of a TRON transaction: nothing of them is used")


def _agree(proven: RawData, spoken: RawData) -> None:
    """Raises Malformed where the JSON tells another story than the bytes; what it leaves out, it does not tell.

    Names of TRC-10 tokens and of permissions are not compared: JSON writes them in more than one way.
    """
    if spoken.contract.kind != proven.contract.kind:
        raise Malformed(
            f"raw_data of {proven.txid} is a {shown(spoken.contract.kind)}, its bytes a {shown(proven.contract.kind)}: "
            "do not use this source"
        )
    for name, theirs in spoken.contract.values.items():
        mine = proven.contract.values.get(name)
        if mine != theirs and isinstance(theirs, int | str) and name not in {"asset_name", "token_id"}:
            raise Malformed(
                f"raw_data of {proven.txid} says {name} {shown(theirs)}, its bytes say {shown(mine)}: "
                "do not use this source"
            )
