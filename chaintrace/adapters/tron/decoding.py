"""A TRON transaction and what its execution did, as a node tells them, to the model.

Inside a transaction the contract's own transfer comes first, then the calls inside, then the events, and the fee last
(M3). A failed transaction (reverted, out of energy, …) moves its fee only. Source: TRON developer documentation,
pages "GetTransactionById" and "GetTransactionInfoById".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.ranks import rank_of
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import rows, seconds, shown, table, txid_of, whole, word
from chaintrace.adapters.tron.events import Call, Reading, read_events
from chaintrace.adapters.tron.facts import allowances, facts, fee_parts, receipt_of
from chaintrace.adapters.tron.moves import INT64, contract_moves, internal_moves, unread
from chaintrace.adapters.tron.rawdata import RawData, raw_data
from chaintrace.adapters.tron.told import told as told_of
from chaintrace.errors import Malformed
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Gap, Observation, Source
from chaintrace.model.transaction import PENDING_RANK, Status, Transaction, Transfer

_SUCCESS = frozenset({"SUCCESS", "DEFAULT", "SUCESS"})
"""`contractRet` and `receipt.result` of what was executed, and the (so spelt) code of `ret` and of `result`."""


@dataclass(frozen=True, slots=True)
class Place:
    """A transaction's block, and its position in it."""

    block: Block
    position: int

    def rank(self, chain: str) -> tuple[int, int]:
        """Its place in the chain (M2)."""
        return (PENDING_RANK if self.block.height is None else rank_of(chain, self.block), self.position)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A transaction, the facts beside its movements, and what of it was not read or not told.

    `proven`: what it asked for was read from the bytes that its txid is the hash of. What its execution did (events,
    calls inside, fee) is the source's word.
    """

    transaction: Transaction
    observations: tuple[Observation, ...]
    gaps: tuple[Gap, ...]
    proven: bool


def decode(
    chain: str,
    told: Mapping[str, Json],
    info: Mapping[str, Json] | None,
    place: Place | None,
    source: Source | None = None,
    *,
    listed: bool = False,
) -> Decoded:
    """A transaction (`gettransactionbyid`) with its info (`gettransactioninfobyid`; None: not told) and its place.

    Without a place it is pending: what it asks for is shown, and no fee. `listed`: it is out of a list beside which
    other lists tell the events and the calls inside, so that no gap says that they are not told here. Raises Malformed
    for what does not hold together: bytes, txid, JSON, info and block.
    """
    raw = raw_data(told)
    if info is not None:
        _same(raw.txid, info, place)
    succeeded = _succeeded(told, info, placed=place is not None)
    reading = _events(raw, info) if succeeded else Reading((), ())
    asked = [*_moves(raw, info)] if succeeded else []
    moves = [*asked, *reading.moves]
    fee, parts = (None, {}) if place is None else _fee(told, info)
    if fee is not None and raw.contract.owner:
        moves.append(Moved("fee", "fee", "", raw.contract.owner, None, fee))
    height = None if place is None else place.block.height
    known = listed or info is not None or not succeeded
    untold = [*reading.unread, *(unread(raw, info) if succeeded else ()), *_inside(raw, place, known=known)]
    of_fee = [] if place is None else [*_untold(raw, fee)]
    doubts = [(text, False) for text in untold] + [(text, True) for text in of_fee]
    return Decoded(
        _transaction(chain, raw.txid, moves, place, source, succeeded=succeeded),
        (
            *facts(raw, parts, (chain, height), source, succeeded=succeeded),
            *allowances(raw, reading.allowed, (chain, height), source),
            *told_of(raw, reading.logs, (chain, height), source),
        ),
        (
            *_unproven(chain, raw, (*asked, *reading.asked)),
            *(Gap("source", chain, raw.txid, None, text, native_only=native) for text, native in doubts),
        ),
        raw.proven,
    )


def transfers(chain: str, moves: Iterable[Moved], rank: tuple[int, int]) -> tuple[Transfer, ...]:
    """Movements to transfers, in their order from `rank` on. One side is empty for a mint, a burn and a fee."""
    return tuple(move.transfer(chain, (*rank, place)) for place, move in enumerate(moves))


def _transaction(
    chain: str, txid: str, moves: Iterable[Moved], place: Place | None, source: Source | None, *, succeeded: bool
) -> Transaction:
    """The transaction of these movements."""
    rank = (PENDING_RANK, 0) if place is None else place.rank(chain)
    status: Status = "pending" if place is None else "confirmed" if succeeded else "failed"
    block, position = (None, 0) if place is None else (place.block, place.position)
    return Transaction(chain, txid, block, position, transfers(chain, moves, rank), status, source)


def _moves(raw: RawData, info: Mapping[str, Json] | None) -> list[Moved]:
    """What a successful transaction moves without its events and its fee."""
    return [*contract_moves(raw, info), *internal_moves((info or {}).get("internal_transactions"))]


def _events(raw: RawData, info: Mapping[str, Json] | None) -> Reading:
    """What the events of a successful transaction say was moved."""
    asked = raw.contract
    call = Call(asked.owner, asked.text("contract_address"), bytes.fromhex(asked.text("data")))
    return read_events((info or {}).get("log"), call if asked.kind == "TriggerSmartContract" else None)


def _succeeded(told: Mapping[str, Json], info: Mapping[str, Json] | None, *, placed: bool) -> bool:
    """Whether it was executed; an info says so by not naming a failure.

    Raises Malformed where one part of the answer says so and another does not, and where nothing says it.
    """
    said = [table(one, "ret") for one in rows(told.get("ret"), "ret")]
    own = {word(one.get(name), name) for one in said for name in ("contractRet", "ret")} - {""}
    theirs: set[str] = set()
    if info is not None:
        theirs = {word(info.get("result"), "result"), word(receipt_of(info).get("result"), "receipt.result")} - {""}
    if info is None and placed and not own:
        raise Malformed(f"whether {shown(told.get('txID'))} was executed is not told: nothing of it is used")
    failed = (own | theirs) - _SUCCESS
    reasons = failed - {"FAILED"}
    executed = "SUCCESS" in own | theirs
    if (failed and executed) or len(reasons) > 1:
        raise Malformed(
            f"the answers about {shown(told.get('txID'))} say {', '.join(sorted(own | theirs))} of one execution: "
            "nothing of them is used, ask another node"
        )
    return not failed


def _fee(told: Mapping[str, Json], info: Mapping[str, Json] | None) -> tuple[int | None, Mapping[str, int]]:
    """The fee in sun and its parts; None where the source does not tell it.

    In an info an absent fee is 0, for nodes leave out zeros, but not beside parts of it that are none.
    """
    if info is not None:
        fee = whole(info.get("fee"), "fee", INT64)
        parts = fee_parts(fee, receipt_of(info))
        told_fee = info.get("fee") is not None or not (parts.keys() & {"energy_fee", "net_fee"})
        return (fee if told_fee else None), parts
    said = [table(one, "ret") for one in rows(told.get("ret"), "ret")]
    if not said or said[0].get("fee") is None:
        return None, {}
    fee = whole(said[0].get("fee"), "fee", INT64)
    return fee, fee_parts(fee, told)


def _same(txid: str, info: Mapping[str, Json], place: Place | None) -> None:
    """Raises Malformed for an info of another transaction or another block."""
    if txid_of(info.get("id"), "id") != txid:
        raise Malformed(f"the info that came for {txid} is of {shown(info.get('id'))}: nothing of it is used")
    if place is None:
        return
    height, time = whole(info.get("blockNumber"), "blockNumber", INT64), seconds(info.get("blockTimeStamp"), "time")
    if height != place.block.height or (place.block.time is not None and time != place.block.time):
        raise Malformed(
            f"the info of {txid} names block {height}, and it was found in {place.block.height}: it is not used; the "
            "chain may have been re-organised, try again"
        )


def _unproven(chain: str, raw: RawData, asked: Iterable[Moved]) -> tuple[Gap, ...]:
    """That nothing proves what a transaction itself asks for: TRX alone, unless a movement of a token rests on it."""
    if raw.proven:
        return ()
    text = f"the bytes of {raw.txid} were not told, so what it asks for is this source's word: ask a full node"
    return (Gap("source", chain, raw.txid, None, text, native_only=not any(move.contract for move in asked)),)


def _untold(raw: RawData, fee: int | None) -> Iterable[str]:
    """What of a transaction's fee is not told."""
    if not raw.contract.owner:
        yield f"who paid the fee of {raw.txid} is not told"
    if fee is None:
        yield f"this source does not tell the fee of {raw.txid}: ask a full node"


def _inside(raw: RawData, place: Place | None, *, known: bool) -> Iterable[str]:
    """That the events and the calls inside are not told; `known`: they are, or there are none."""
    if not known and place is not None and raw.contract.kind in _RUNS_CODE:
        yield f"this source does not tell the events and the calls inside {raw.txid}: ask a full node"


_RUNS_CODE = frozenset({"TriggerSmartContract", "CreateSmartContract"})
