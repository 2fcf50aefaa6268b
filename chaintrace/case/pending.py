"""Transactions of outputs in their order: what spends an output of its own block stands behind its maker (M2).

Sources tell no order of what no block holds, and put all of it in one place; and two files that tell no positions in a
block stand one behind the other, whatever their transactions spend.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import PENDING_RANK, Order, Transaction

Known = Mapping[tuple[str, str], Transaction]
"""Transactions that have been placed, by chain and txid."""

Find = Callable[[str, str], Transaction | None]
"""Gives a transaction as its source tells it."""


def behind(transaction: Transaction, find: Find, read: Find | None, known: Known) -> Transaction:
    """A transaction of outputs, behind all those of its rank that it spends, and those behind theirs.

    Sources of blocks know the positions in them: what stands in one is looked for in what was read whole, by `read`,
    if that was more than one file.
    """
    transfer = transaction.utxo
    ask = None if transfer is None else find if transfer.order[0] == PENDING_RANK else read
    if transfer is None or ask is None:
        return transaction
    placed: dict[str, Order] = {}
    waiting, begun = [transaction], set[str]()
    while waiting:
        one = waiting[-1]
        if one.txid in begun:
            waiting.pop()
            placed.setdefault(one.txid, _order(one, known, placed))
        else:
            begun.add(one.txid)
            waiting += (parent for parent in _spent(one, ask, known) if parent.txid not in begun)
    order = placed[transaction.txid]
    if order == transfer.order:
        return transaction
    return replace(transaction, position=order[1], transfers=(replace(transfer, order=order),))


def _spent(one: Transaction, find: Find, known: Known) -> Iterator[Transaction]:
    """The transactions of its rank whose outputs one spends and which have no place yet."""
    rank = one.transfers[0].order[0]
    for txid in _txids(one):
        parent = None if (one.chain, txid) in known else find(one.chain, txid)
        if parent is not None and parent.utxo is not None and parent.utxo.order[0] == rank:
            yield parent


def _order(one: Transaction, known: Known, placed: Mapping[str, Order]) -> Order:
    """Its own place, or the one behind the last of what it spends. What spends itself in a circle has its own."""
    own = one.transfers[0].order
    last: Order = (0, 0, 0)
    for txid in _txids(one):
        parent = known.get((one.chain, txid))
        told = parent.utxo.order if parent is not None and parent.utxo is not None else last
        if told[0] == own[0] or txid in placed:
            last = max(last, placed.get(txid, told))
    return own if last < own else (last[0], last[1], last[2] + 1)


def _txids(one: Transaction) -> dict[str, None]:
    """The transactions whose outputs one spends, each once."""
    inputs = one.utxo.inputs if one.utxo is not None else ()
    return dict.fromkeys(leg.holding.txid for leg in inputs if isinstance(leg.holding, OutPoint))
