"""The events of a transaction as Tronscan decodes them, put back into logs, so that they are read like a node's.

An event that may move something gets its topic and its words again; any other one is an empty log, which keeps the
places of those behind it. Source: recorded answers (`asking`), in which `event` is the signature and `result` has the
arguments by their places.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron import events as known
from chaintrace.adapters.tron.answers import Table, address_of, rows, shown, table, txid_of, whole, word
from chaintrace.addresses import tron_to_hex
from chaintrace.errors import Malformed

_SIGNATURE = re.compile(r"(\w+)\(([^()]*)\)\Z")
_TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "Transfer(address,address,uint256)": known.TRANSFER,
        "TransferSingle(address,address,address,uint256,uint256)": known.SINGLE,
        "Deposit(address,uint256)": known.DEPOSIT,
        "Withdrawal(address,uint256)": known.WITHDRAWAL,
        "DestroyedBlackFunds(address,uint256)": known.DESTROYED,
        "Issue(uint256)": known.ISSUE,
        "Redeem(uint256)": known.REDEEM,
    },
)
_MOST = 10_000
"""The highest place of an event that is believed."""


@dataclass(frozen=True, slots=True)
class Events:
    """Logs of a transaction by their places, sentences on what of them is not read, and how many are told."""

    logs: tuple[Json, ...]
    unread: tuple[str, ...]
    number: int


def read_events(txid: str, told: Table) -> Events | None:
    """Read a list of events; None where the explorer tells none.

    Raises Malformed for those of another transaction, and for what is none.
    """
    found: dict[int, dict[str, Json]] = {}
    unread = []
    for one in rows(told.get("event_list"), "event_list"):
        event = table(one, "an event")
        if txid_of(event.get("transaction_id"), "transaction_id") != txid:
            raise Malformed(f"the explorer gave events of another transaction for {txid}: none of them is used")
        place = whole(event.get("event_index"), "event_index", _MOST)
        if event.get("event_index") is None or place in found:
            raise Malformed(f"the explorer gives two events of {txid} one place: none of them is used")
        found[place] = _log(event)
        name = word(event.get("event_name"), "event_name")
        if name in {"", "Transfer", "TransferBatch"} and not found[place]["topics"]:
            named = shown(name) if name else "without a name"
            unread.append(f"an event {named} of {txid} is in a form that is not read: ask a full node")
    if not found:
        return None
    empty: dict[str, Json] = {"address": known.TRANSFER[:40], "topics": [], "data": ""}
    return Events(tuple(found.get(place, empty) for place in range(max(found) + 1)), tuple(unread), len(found))


def _log(event: Table) -> dict[str, Json]:
    """The log of an event, without topics and data where it is none that may move something."""
    contract = tron_to_hex(address_of(event.get("contract_address"), "contract_address"))
    arguments = _arguments(word(event.get("event"), "event"))
    name = word(event.get("event_name"), "event_name")
    topic = _TOPICS.get(f"{name}({','.join(kind for kind, _ in arguments)})")
    if topic is None:
        return {"address": contract, "topics": [], "data": ""}
    values = table(event.get("result") or {}, "result")
    words = [(indexed, _word(kind, values.get(str(place)))) for place, (kind, indexed) in enumerate(arguments)]
    topics: list[Json] = [topic, *(text for indexed, text in words if indexed)]
    return {"address": contract, "topics": topics, "data": "".join(text for indexed, text in words if not indexed)}


def _word(kind: str, value: Json) -> str:
    """An argument in 32 bytes, as hex. One that is absent is no 0."""
    if value is None:
        raise Malformed("an event has an argument without a value: none of the events is used")
    if kind == "address":
        bare = value.removeprefix("0x") if isinstance(value, str) else value
        return tron_to_hex(address_of(bare, "an address in an event"))[2:].rjust(64, "0")
    return f"{whole(value, 'an amount in an event'):064x}"


def _arguments(signature: str) -> tuple[tuple[str, bool], ...]:
    """The arguments of `Transfer(address indexed from, …)`: type, and whether it is indexed."""
    return tuple(_argument(signature))


def _argument(signature: str) -> Iterator[tuple[str, bool]]:
    """One after the other."""
    found = _SIGNATURE.match(signature)
    for one in found[2].split(",") if found else ():
        words = one.split()
        if words:
            yield words[0], "indexed" in words[1:]
