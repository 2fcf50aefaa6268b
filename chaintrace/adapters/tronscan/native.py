"""The history of an account in TRX: its transactions with their fees, and the calls inside others that touch it.

The list of transactions has a counter, that of calls has none, so that only the balance shows that both are complete:
what came in less what went out less the fees. What is staked stays the account's and is missing from its balance; of
an account that stakes no balance is compared. Source: recorded answers (`asking`): five histories balance to the sun.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from chaintrace.adapters import network
from chaintrace.adapters.accounts.movements import net
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron import Place, decode
from chaintrace.adapters.tron.answers import Table, address_of, rows, seconds, table, told_token, txid_of, whole, word
from chaintrace.adapters.tron.moves import INT64
from chaintrace.adapters.tronscan.asking import Asking
from chaintrace.adapters.tronscan.claims import claims_beside
from chaintrace.adapters.tronscan.pages import Listing
from chaintrace.adapters.tronscan.shapes import Page
from chaintrace.adapters.tronscan.spoken import fee_of_list, given, info, kind_of, reward, signed
from chaintrace.adapters.tronscan.standing import placed
from chaintrace.adapters.tronscan.telling import Telling, in_order, ties
from chaintrace.adapters.tronscan.transactions import calls_inside, with_moves
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Gap, Observation, Source
from chaintrace.model.transaction import Transaction

STAKED = (
    "totalFrozen",
    "totalFrozenV2",
    "frozenForEnergy",
    "frozenForBandWidth",
    "frozenForEnergyV2",
    "frozenForBandWidthV2",
    "delegateFrozenForEnergy",
    "delegateFrozenForBandWidth",
    "delegatedFrozenV2BalanceForEnergy",
    "delegatedFrozenV2BalanceForBandwidth",
    "freezing",
    "unfreezeV2",
    "canWithdrawAmountV2",
)
"""What of an account's own TRX is not in its balance, by the words of `accountv2`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An entry of the list of transactions."""

    txid: str
    height: int
    time: int
    about: Table = field(compare=False)
    source: Source = field(compare=False)

    @property
    def key(self) -> str:
        """A transaction stands once in a list."""
        return self.txid


class Call(NamedTuple):
    """A call inside a transaction: value in base units of TRX or of the TRC-10 token `contract`."""

    hash: str
    txid: str
    height: int
    time: int
    note: str
    caller: str
    receiver: str
    contract: str
    value: int
    source: Source

    @property
    def key(self) -> tuple[str, str]:
        """Its own hash, and the token: a call may carry more than one."""
        return self.hash, self.contract


def read_sent(chain: str, page: Page, account: Account) -> tuple[tuple[Sent, ...], tuple[Observation, ...]]:
    """The transactions of a page. Raises Malformed for one of another account, and for what is none."""
    found = []
    for about in page.rows:
        txid, time = txid_of(about.get("hash"), "hash"), seconds(given(about, "timestamp"), "timestamp")
        signed(txid, about)
        if account.address not in _parties(about):
            raise Malformed(
                f"the explorer lists {txid} for {account.address}, and it is not of it: the page is not used"
            )
        found.append(Sent(txid, whole(given(about, "block"), "block", INT64), time or 0, about, page.source))
    return tuple(found), tuple(claims_beside(chain, page.whole, page.source))


def _parties(about: Table) -> set[Json]:
    """Who signed a transaction, and whom it names."""
    content = table(about.get("contractData") or {}, "contractData")
    named = [*content.values(), *rows(about.get("toAddressList"), "toAddressList")]
    return {about.get("ownerAddress"), about.get("toAddress"), *(one for one in named if isinstance(one, str))}


def read_calls(chain: str, page: Page, account: Account) -> tuple[tuple[Call, ...], tuple[Observation, ...]]:
    """The calls of a page, those that were not carried out with the value 0.

    Raises Malformed for a call of another account, and for what is none.
    """
    found = []
    for row in page.rows:
        sides = [address_of(row.get(name), name) for name in ("from", "to")]
        if account.address not in sides:
            raise Malformed(
                f"the explorer lists a call for {account.address}, and it is not of it: the page is not used"
            )
        token = told_token(row.get("token_id"), "token_id")
        carried = whole(given(row, "call_value"), "call_value", INT64)
        failed = row.get("rejected") is True or row.get("revert") is True or row.get("result") != "SUCCESS"
        found.append(
            Call(
                txid_of(row.get("internal_hash"), "internal_hash"),
                txid_of(row.get("hash"), "hash"),
                whole(given(row, "block"), "block", INT64),
                seconds(given(row, "timestamp"), "timestamp") or 0,
                word(row.get("note"), "note"),
                sides[0],
                sides[1],
                "" if token == "_" else token,  # noqa: S105  # the explorer's name of TRX
                0 if failed else carried,
                page.source,
            )
        )
    return tuple(found), tuple(claims_beside(chain, page.whole, page.source))


def told_native(
    ask: Asking, account: Account, sent: Listing[Sent], calls: Listing[Call], at: network.Status
) -> Telling:
    """The transactions of both lists as of the tip `at`, with what they move of TRX. Raises as the questions do."""
    inside: dict[str, list[Call]] = defaultdict(list)
    for call in calls.entries.values():
        inside[call.txid].append(call)
    made, gaps, observations = [], list[Gap](), list[Observation]()
    for entry in sent.entries.values():
        transaction = _sent(ask, entry, inside.pop(entry.txid, []), at, gaps, observations)
        made.append(transaction)
    made += [_only_calls(ask, own, at) for own in inside.values()]
    transactions = in_order(made)
    return Telling(
        transactions,
        net(transactions, account),
        len(sent.entries),
        (),
        (*ties(account, transactions), *gaps),
        tuple(observations),
    )


def balance_of(held: Table | None) -> int | None:
    """The balance of an account in sun; None where it is not told, or not all that the account has."""
    if held is None or held.get("balanceStr", held.get("balance")) is None:
        return None
    if any(whole(held.get(name), name, INT64) for name in STAKED if not isinstance(held.get(name), dict)):
        return None
    return whole(held.get("balanceStr", held.get("balance")), "balanceStr", INT64)


def _sent(  # noqa: PLR0917  # the lists that it adds to are its results
    ask: Asking,
    entry: Sent,
    calls: list[Call],
    at: network.Status,
    gaps: list[Gap],
    observations: list[Observation],
) -> Transaction:
    """A transaction of the list, with the calls inside that touch the account."""
    chain, about = ask.endpoint.chain, entry.about
    place = Place(placed(ask, entry.height, entry.time, at), 0)
    came_of_it = info(entry.txid, about, entry.height, fee_of_list(about))
    decoded = decode(chain, signed(entry.txid, about), came_of_it, place, entry.source)
    observations += decoded.observations
    lacks = [gap for gap in decoded.gaps if "the bytes of" not in gap.text]
    if kind_of(about) == "WithdrawBalanceContract" and reward(about) is None:
        text = f"the reward that {entry.txid} took out is not told by the explorer: ask a full node"
        lacks.append(Gap("source", chain, entry.txid, None, text))
    gaps += lacks
    if decoded.transaction.status != "confirmed":
        return decoded.transaction
    return with_moves(decoded.transaction, place, calls_inside(_carried(calls)))


def _only_calls(ask: Asking, calls: list[Call], at: network.Status) -> Transaction:
    """A transaction of which only calls inside touch the account."""
    first, chain = calls[0], ask.endpoint.chain
    place = Place(placed(ask, first.height, first.time, at), 0)
    bare = Transaction(chain, first.txid, place.block, 0, (), "confirmed", first.source)
    return with_moves(bare, place, calls_inside(_carried(calls)))


def _carried(calls: list[Call]) -> Iterator[tuple[str, str, str, str, int]]:
    """What calls carried, the earliest hash first: their order is not told."""
    for call in sorted(calls, key=lambda one: one.key):
        yield call.note, call.caller, call.receiver, call.contract, call.value
