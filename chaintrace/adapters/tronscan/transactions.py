"""A transaction as Tronscan tells it: what was signed, the calls inside, the events, and its fee.

The bytes behind its txid and its position in its block are not told. Its events have their places in it (`log:N`) where
the explorer gives them; else its token transfers are named by what they are, as in lists (`row:`), and so are its
calls inside, which come by depth and not in their order. Source: TRONSCAN API Documentation, "Get Transaction Details
by Hash", "Get Contract Event Information"; recorded answers (`asking`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.listing import row_index
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.scales import scale, scales
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron import Decoded, Place, decode, transfers
from chaintrace.adapters.tron.answers import (
    ZERO,
    Table,
    Told,
    address_of,
    rows,
    seconds,
    shown,
    table,
    told_token,
    whole,
    word,
)
from chaintrace.adapters.tron.moves import INT64, MOVES, RESTS
from chaintrace.adapters.tronscan.asking import Asking
from chaintrace.adapters.tronscan.claims import claims_beside
from chaintrace.adapters.tronscan.events import Events, read_events
from chaintrace.adapters.tronscan.spoken import CALLERS, fee_of_details, given, info, kind_of, reward, signed
from chaintrace.adapters.tronscan.standing import held, unmoved
from chaintrace.addresses import normalise_txid
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.provenance import Gap
from chaintrace.model.transaction import Kind, Transaction


@dataclass(frozen=True, slots=True)
class Found:
    """A transaction, and what of it was not told."""

    transaction: Transaction
    decoded: Decoded
    gaps: tuple[Gap, ...]


def transaction(ask: Asking, asked: str, at: Status) -> Reply:
    """The transaction, as of the tip `at`; or that the explorer has none such. Raises as the questions do."""
    txid = normalise_txid(ask.endpoint.chain, asked)
    told = details(ask, txid, at)
    if not told.table:
        unmoved(ask, at)
        return Reply(absent=True)
    found = read(ask, txid, told, at)
    claims = (
        *claims_beside(ask.endpoint.chain, told.table, told.source),
        *scales(ask.endpoint.chain, ((*one, told.source) for one in _scales(told.table))),
    )
    return Reply(
        (found.transaction,), gaps=found.gaps, observations=(*found.decoded.observations, *dict.fromkeys(claims))
    )


def details(ask: Asking, txid: str, at: Status) -> Told:
    """What the explorer knows of a transaction; empty where it has none such. Raises as the questions do."""

    def check(about: Table) -> None:
        kind_of(about)
        given(about, "block")
        signed(txid, about)
        fee_of_details(about)
        for _ in (*_calls(about), *_tokens(about)):
            pass

    return ask.transaction(txid, at.block_hash, check)


def read(ask: Asking, txid: str, told: Told, at: Status) -> Found:
    """The transaction of an answer about it. What no block up to the tip holds is pending."""
    chain, about = ask.endpoint.chain, told.table
    if about.get("revert") is True and about.get("contractRet") == "SUCCESS":
        raise Unavailable(f"{ask.host} says that {txid} was taken back together with its block: try again later")
    height = whole(given(about, "block"), "block", INT64)
    spoken = signed(txid, about)
    if height > at.height:
        decoded = decode(chain, spoken, None, None, told.source)
        return Found(decoded.transaction, decoded, decoded.gaps)
    place = Place(held(ask, height, seconds(given(about, "timestamp"), "timestamp"), at), 0)
    told_of_it = info(txid, about, height, fee_of_details(about))
    events = _events(ask, txid, about, at) if told_of_it is not None else None
    if told_of_it is not None and events is not None:
        told_of_it["log"] = list(events.logs)
    decoded = decode(chain, spoken, told_of_it, place, told.source)
    if decoded.transaction.status != "confirmed":
        return Found(decoded.transaction, decoded, decoded.gaps)
    moves = (*calls_inside(_calls(about)), *(() if events is not None else _tokens(about)))
    of_events = (
        _unread_tokens(txid, about) if events is None else (*events.unread, *_left_out(txid, about, events.number))
    )
    untold = (*of_events, *_untold(txid, about))
    gaps = tuple(Gap("source", chain, txid, None, text) for text in untold)
    return Found(with_moves(decoded.transaction, place, moves), decoded, (*decoded.gaps, *gaps))


def _events(ask: Asking, txid: str, about: Table, at: Status) -> Events | None:
    """The events of a call that went well; None where there are none, or where the explorer does not tell them."""
    if kind_of(about) not in CALLERS or about.get("contractRet") != "SUCCESS" or about.get("event_count") == 0:
        return None
    return read_events(txid, ask.events(txid, at.block_hash, partial(read_events, txid)).table)


def with_moves(told: Transaction, place: Place, moves: Iterable[Moved]) -> Transaction:
    """The transaction with what code moved, which comes after its own movements and before its fee (M3)."""
    rank = place.rank(told.chain)
    own = [transfer for transfer in told.transfers if transfer.kind != "fee"]
    fee = [transfer for transfer in told.transfers if transfer.kind == "fee"]
    everything = (*own, *transfers(told.chain, moves, rank), *fee)
    ordered = tuple(replace(transfer, order=(*rank, place)) for place, transfer in enumerate(everything))
    return replace(told, transfers=ordered)


def calls_inside(calls: Iterable[tuple[str, str, str, str, int]]) -> Iterator[Moved]:
    """What calls inside moved, each (note, caller, receiver, token's id or `""`, value). Zeros move nothing."""
    seen: Counter[str] = Counter()
    for note, caller, receiver, contract, value in calls:
        if not value or note not in (*MOVES, "withdrawReward"):
            continue
        kind: Kind = "internal"
        paid_by, paid_to = caller, receiver
        if note == "withdrawReward":
            kind, paid_by, paid_to = "mint", "", caller
        elif note == "suicide" and receiver == caller:
            kind, paid_to = "burn", ""
        yield _row_move(kind, (contract, paid_by, paid_to, value), seen)


def token_move(contract: str, sender: str, receiver: str, value: int, seen: Counter[str]) -> Moved:
    """A token's movement out of a list; from the zero address it is a mint, to it a burn.

    `seen` counts the equal ones of its transaction, and is kept by the caller from one to the next.
    """
    paid_by, paid_to = "" if sender == ZERO else sender, "" if receiver == ZERO and sender != ZERO else receiver
    kind: Kind = "mint" if not paid_by else "token" if paid_to else "burn"
    return _row_move(kind, (contract, paid_by, paid_to, value), seen)


def _row_move(kind: Kind, moved: tuple[str, str, str, int], seen: Counter[str]) -> Moved:
    """A movement of (contract, payer, receiver, value) without its place, named by what it is."""
    contract, paid_by, paid_to, value = moved
    first = row_index(contract, paid_by, paid_to, value)
    seen[first] += 1
    index = row_index(contract, paid_by, paid_to, value, seen[first] - 1)
    return Moved(index, kind, contract, paid_by or None, paid_to or None, value)


def _tokens(about: Table) -> Iterator[Moved]:
    """The movements of TRC-20 tokens as the explorer sums up the events. Approvals move nothing."""
    seen: Counter[str] = Counter()
    for one in rows(about.get("trc20TransferInfo"), "trc20TransferInfo"):
        row = table(one, "trc20TransferInfo")
        if row.get("type") == "Transfer" and row.get("tokenType", "trc20") == "trc20":
            contract = address_of(row.get("contract_address"), "contract_address")
            sender, receiver = (address_of(row.get(name), name) for name in ("from_address", "to_address"))
            yield token_move(contract, sender, receiver, whole(given(row, "amount_str"), "amount_str"), seen)


def _scales(about: Table) -> Iterator[tuple[str, int | None]]:
    """The decimals that the explorer claims of TRC-20 tokens, by contract. What is odd in them is passed over."""
    told = about.get("trc20TransferInfo")
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict) and one.get("tokenType", "trc20") == "trc20":
            with suppress(Malformed):
                yield address_of(one.get("contract_address"), "contract_address"), scale(one.get("decimals"))


def _calls(about: Table) -> Iterator[tuple[str, str, str, str, int]]:
    """The calls inside that were carried out: lists by depth, each call with what it carried."""
    depths = table(about.get("internal_transactions") or {}, "internal_transactions")
    for depth in sorted(depths, key=lambda name: (len(name), name)):
        for one in rows(depths[depth], "internal_transactions"):
            call = table(one, "a call inside")
            if call.get("rejected") is True:
                continue
            sides = [address_of(call.get(name), name) for name in ("caller_address", "transfer_to_address")]
            for carried in rows(call.get("token_list"), "token_list"):
                token = table(carried, "token_list")
                name = told_token(token.get("token_id"), "token_id")
                value = whole(given(token, "call_value"), "call_value", INT64)
                yield word(call.get("note"), "note"), sides[0], sides[1], "" if name == "_" else name, value


def _untold(txid: str, about: Table) -> Iterator[str]:
    """What beside the events may have moved value and is not read here, each in a sentence for a Gap."""
    for note, _, _, _, value in _calls(about):
        if value and note not in (*MOVES, "withdrawReward") and not note.startswith(RESTS):
            yield f"a call inside {txid} bears the unknown note {shown(note)} and a value: it may have moved"
    if kind_of(about) == "WithdrawBalanceContract" and reward(about) is None:
        yield f"the reward that {txid} took out is not told by the explorer: ask a full node"


def _unread_tokens(txid: str, about: Table) -> Iterator[str]:
    """What the sum of the events does not tell."""
    told = [table(one, "trc20TransferInfo") for one in rows(about.get("trc20TransferInfo"), "trc20TransferInfo")]
    for one in told:
        if one.get("tokenType", "trc20") != "trc20" or one.get("type") not in {"Transfer", "Approval"}:
            what = shown([one.get("type"), one.get("tokenType")])
            yield f"{txid} has a movement of the sort {what}, which is not read from an explorer: ask a full node"
    yield from _left_out(txid, about, len(told), " as transfers")


def _left_out(txid: str, about: Table, number: int, how: str = "") -> Iterator[str]:
    """That the explorer counts more events than the `number` that it tells."""
    events: Json = about.get("event_count")
    if isinstance(events, int) and events > number:
        yield (
            f"{txid} made {events} events, of which the explorer shows {number}{how}; what the others moved is not "
            "told: ask a full node"
        )
