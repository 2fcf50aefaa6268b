"""Rows of the list of TRC-20 transfers put together to transactions that hold what touches one account.

A row does not say where in its transaction its transfer stands. Where an account has more than one in a transaction,
that is asked for as a whole: it says whether equal rows are two transfers or one told twice, and in which order they
came. Which of two transactions of one block was first, the explorer does not say at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chaintrace.adapters import network
from chaintrace.adapters.accounts.movements import net
from chaintrace.adapters.ranks import rank_of
from chaintrace.adapters.tron import transfers
from chaintrace.adapters.tronscan.asking import Asking
from chaintrace.adapters.tronscan.listed import Row
from chaintrace.adapters.tronscan.pages import Listing
from chaintrace.adapters.tronscan.standing import placed
from chaintrace.adapters.tronscan.transactions import Found, details, read, token_move
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Gap, Observation
from chaintrace.model.transaction import Status, Transaction

SEVERAL = 200
"""Transactions that are asked for as a whole, in one history, at most."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Transactions of a listing in chain order. `net` is what came in less what went out, in base units.

    `count` is how many entries an honest list of them has; `faults` say what could not be looked into.
    """

    transactions: tuple[Transaction, ...]
    net: int
    count: int
    faults: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    observations: tuple[Observation, ...] = ()


def told(ask: Asking, account: Account, listing: Listing[Row], at: network.Status) -> Telling:
    """The transactions of a listing as of the tip `at`. Raises as the questions do."""
    by_txid: dict[str, list[Row]] = defaultdict(list)
    for key, row in listing.entries.items():
        by_txid[row.txid] += [row] * listing.times[key]
    several = [txid for txid, rows in by_txid.items() if len(rows) > 1]
    asked = {txid: whole_of(ask, txid, at) for txid in several[:SEVERAL]}
    made, count = [], 0
    for txid, rows in by_txid.items():
        found = asked.get(txid)
        own = _of_rows(ask, account, rows, at) if found is None else found.transaction
        made.append(own)
        count += len(rows) if found is None or own.status != "confirmed" else _touching(own, account)
    transactions = in_order(made)
    return Telling(
        transactions,
        net(transactions, account),
        count,
        (f"{len(several)} transactions stand in it more than once",) if len(several) > SEVERAL else (),
        (*ties(account, transactions), *(gap for found in asked.values() for gap in found.gaps)),
        tuple(one for found in asked.values() for one in found.decoded.observations),
    )


def net_of(account: Account, listing: Listing[Row]) -> int:
    """What came in less what went out by the rows of a listing, in base units."""
    total = 0
    for key, row in listing.entries.items():
        side = (row.receiver == account.address) - (row.sender == account.address)
        total += side * row.value * listing.times[key]
    return total


def whole_of(ask: Asking, txid: str, at: network.Status) -> Found:
    """A transaction as a whole. Raises Unavailable where it is in a list only."""
    about = details(ask, txid, at)
    if not about.table:
        raise Unavailable(f"{ask.host} lists transaction {txid} and does not have it: try again later")
    return read(ask, txid, about, at)


def in_order(transactions: Iterable[Transaction]) -> tuple[Transaction, ...]:
    """Those that move something, in chain order; of one block in the order of their txids."""
    ordered = sorted(transactions, key=lambda one: (rank_of(one.chain, one.block), one.txid))
    return tuple(one for one in ordered if one.transfers)


def ties(account: Account, transactions: Sequence[Transaction]) -> Iterator[Gap]:
    """The gap of transactions of one block, whose order the explorer does not tell."""
    mine = Counter(one.height for one in transactions if _touching(one, account))
    tied = sum(number > 1 for number in mine.values())
    if tied:
        text = (
            f"{account.address} has more than one transaction in the same block, {tied} times; Tronscan does not tell "
            "their order there, and they are taken in the order of their txids: ask a full node for it"
        )
        yield Gap("order", account.chain, account.address, None, text, account.asset.contract)


def _of_rows(ask: Asking, account: Account, rows: Sequence[Row], at: network.Status) -> Transaction:
    """A transaction that holds what its rows tell; a failed one holds nothing."""
    chain, first, seen = account.chain, rows[0], Counter[str]()
    block = placed(ask, first.height, first.time, at)
    moves = [token_move(account.asset.contract, row.sender, row.receiver, row.value, seen) for row in rows if row.moved]
    status: Status = "confirmed" if moves else "failed"
    made = transfers(chain, moves, (rank_of(chain, block), 0))
    return Transaction(chain, first.txid, block, 0, made, status, first.source)


def _touching(transaction: Transaction, account: Account) -> int:
    """How many transfers of a transaction touch an account."""
    return sum(
        any(leg.holding == account for leg in (*transfer.inputs, *transfer.outputs))
        for transfer in transaction.transfers
    )
