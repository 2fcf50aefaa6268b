"""Pending transactions in their order: one that spends outputs of another pending one stands behind it (M2).

Sources tell no order of what no block holds, and put all of it in one place.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import PENDING_RANK, Order, Transaction

Known = Mapping[tuple[str, str], Transaction]
"""Transactions that have been placed, by chain and txid."""

Find = Callable[[str, str], Transaction | None]
"""Gives a transaction as its source tells it."""


def behind(transaction: Transaction, find: Find, known: Known) -> Transaction:
    """A transaction of outputs; a pending one behind all pending ones that it spends, and those behind theirs."""
    transfer = transaction.utxo
    if transfer is None or transfer.order[0] != PENDING_RANK:
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
            waiting += (parent for parent in _spent(one, find, known) if parent.txid not in begun)
    order = placed[transaction.txid]
    return transaction if order == transfer.order else replace(transaction, transfers=(replace(transfer, order=order),))


def _spent(one: Transaction, find: Find, known: Known) -> Iterator[Transaction]:
    """The pending transactions whose outputs one spends and which have no place yet."""
    for txid in _txids(one):
        parent = None if (one.chain, txid) in known else find(one.chain, txid)
        if parent is not None and parent.utxo is not None and parent.utxo.order[0] == PENDING_RANK:
            yield parent


def _order(one: Transaction, known: Known, placed: Mapping[str, Order]) -> Order:
    """Its own place, or the one behind the last of what it spends. What spends itself in a circle has its own."""
    own = one.transfers[0].order
    last: Order = (0, 0, 0)
    for txid in _txids(one):
        parent = known.get((one.chain, txid))
        told = parent.utxo.order if parent is not None and parent.utxo is not None else last
        last = max(last, placed.get(txid, told))
    return own if last < own else (last[0], last[1], last[2] + 1)


def _txids(one: Transaction) -> dict[str, None]:
    """The transactions whose outputs one spends, each once."""
    inputs = one.utxo.inputs if one.utxo is not None else ()
    return dict.fromkeys(leg.holding.txid for leg in inputs if isinstance(leg.holding, OutPoint))
