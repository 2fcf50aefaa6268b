"""What a TRON transaction says beside its movements: facts at a height that rules may use and that link nobody.

Each is an `Observation`; its value is text, or JSON with sorted keys where it has parts, but for approvals.

| what | subject | value |
|---|---|---|
| `memo` | txid | what the sender wrote: anybody's words, hostile until shown otherwise |
| `fee parts` | txid | energy, bandwidth and the rest in sun; energy that the contract's deployer gave |
| `permission used` | txid | the number of the permission under which it was signed |
| `permissions` | account | who may sign for it from then on: a change of control |
| `created by` | account | the address that created it by AccountCreateContract |
| the kind of a staking contract | its payer | amount, resource, receiver: staked, released, lent |
| `approval`, `approved by` | holder, spender | whom a TRC-20 token lets move it: the form of `model/approval.py` |
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import table, whole
from chaintrace.adapters.tron.events import Allowed
from chaintrace.adapters.tron.moves import INT64
from chaintrace.adapters.tron.rawdata import RawData
from chaintrace.adapters.tron.schema import STAKING
from chaintrace.model.approval import Approval
from chaintrace.model.provenance import Observation, Source

_PARTS = ("energy_fee", "net_fee", "energy_usage", "energy_usage_total", "origin_energy_usage", "net_usage")


def facts(
    raw: RawData, parts: Mapping[str, int], where: tuple[str, int | None], source: Source | None, *, succeeded: bool
) -> Iterator[Observation]:
    """The facts of a transaction at (chain, height). A failed one changes nothing: it has its memo and its fee."""
    chain, height = where

    def observed(subject: str, what: str, value: str) -> Observation:
        return Observation(chain, subject, what, height, value, source)

    if raw.memo:
        yield observed(raw.txid, "memo", memo_text(raw.memo))
    if parts:
        yield observed(raw.txid, "fee parts", _json(parts))
    if raw.permission:
        yield observed(raw.txid, "permission used", str(raw.permission))
    asked = raw.contract
    if not succeeded:
        return
    if asked.kind == "AccountPermissionUpdateContract":
        said = {name: value for name, value in asked.values.items() if name != "owner_address"}
        yield observed(asked.owner, "permissions", _json({**said, "txid": raw.txid}))
    elif asked.kind == "AccountCreateContract":
        yield observed(asked.text("account_address"), "created by", asked.owner)
    elif asked.kind in STAKING:
        said = {name: value for name, value in asked.values.items() if name != "owner_address"}
        yield observed(asked.owner, asked.kind, _json({**said, "txid": raw.txid}))


def allowances(
    raw: RawData, allowed: Iterable[Allowed], where: tuple[str, int | None], source: Source | None
) -> Iterator[Observation]:
    """The approvals of a transaction at (chain, height), each at both addresses; of 0 too. One that waits has none."""
    chain, height = where
    for one in allowed:
        yield from Approval(chain, height, *one, raw.txid, raw.contract.owner).observations(source)


def fee_parts(fee: int, told: Mapping[str, Json]) -> dict[str, int]:
    """What a fee consists of, in sun and in units of energy and bandwidth, without zeros.

    `other` is what is neither energy nor bandwidth: 1 TRX for an account that the transfer created, a memo, several
    signatures, a change of permissions. `origin_energy_usage` was given by the contract's deployer, not by the payer.
    `told` is a node's receipt, or a TronGrid row, which names the parts alike.
    """
    parts = {name: whole(told.get(name), name, INT64) for name in _PARTS}
    parts["other"] = max(0, fee - parts["energy_fee"] - parts["net_fee"])
    return {name: value for name, value in parts.items() if value}


def memo_text(memo: bytes) -> str:
    """A memo as text: UTF-8, what is not is shown as backslash escapes; so are control and direction marks."""
    text = memo.decode("utf-8", "backslashreplace")
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def receipt_of(info: Mapping[str, Json]) -> Mapping[str, Json]:
    """The receipt of a transaction's info; nodes leave out an empty one."""
    told = info.get("receipt")
    return {} if told is None else table(told, "receipt")


def _json(value: object) -> str:
    """JSON in one form."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
