"""Peel chains: a large sum that goes on from transaction to transaction and leaves a smaller payment at each."""

from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.model.chain import OutPoint
from chaintrace.model.finding import AnyFinding, CommonControl
from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View
from heuristics.control.change_outputs import has_peel_shape, is_mixed, parents, spendable, spenders
from heuristics.control.change_spent import larger_output

LEAST = 3
"""How many transactions in a row make a chain: chosen, not measured. Two are any payment and the next one."""

MOST = 10_000
"""Where a chain is no longer followed. None that we know of has as many."""


class Peel(NamedTuple):
    """One transaction of a chain: what it peels off, and what goes on.

    `next_txid` is the transaction that spends what goes on; `""` at the end of the chain, where the larger output is
    taken for it.
    """

    transaction: Transaction
    peeled: Leg
    goes_on: Leg
    next_txid: str


def peel_chain(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A lead, no union: at each transaction of a peel chain the larger output goes on, and the other one is the peel.

    A chain is three transactions or more in a row with one input and two outputs, each spending the larger output of
    the one before, while the other one is not known to go on in the same shape. It is told where it begins, with a
    finding for every transaction: the address that is spent with the one that the rest goes to; the peel stands in the
    text. The last transaction, after which nothing more is known, is told by its larger output alone. The rule abstains
    where a coinjoin comes in between, and where both outputs go on in the same shape.
    Source: Meiklejohn et al., A Fistful of Bitcoins, IMC 2013, section 5; BlockSci, `peeling_chain`.
    Known failures: payees who pass on the larger part in the same way, one after another, look the same.
    Measured (docs/accuracy.md): it names the 21 peels of a known chain in block 176149, and 81 of 81 on an emulated
    chain. How often payees are taken for the chain: not measured.
    """
    if not has_peel_shape(transaction) or is_mixed(transaction, view) or _comes_from_a_chain(transaction, view):
        return
    found = list(peels(transaction, view))
    if len(found) < LEAST:
        return
    for number, peel in enumerate(found, 1):
        payer = peel.transaction.utxo.inputs[0].address if peel.transaction.utxo is not None else ""
        if not payer or not peel.goes_on.address or payer == peel.goes_on.address:
            continue
        evidence = (peel.transaction.txid, peel.next_txid) if peel.next_txid else (peel.transaction.txid,)
        text = f"peel {number} of {len(found)}: {peel.peeled.value} base units to {_name(peel.peeled)}"
        yield CommonControl(transaction.chain, payer, peel.goes_on.address, evidence, text=text)


def peels(start: Transaction, view: View) -> Iterator[Peel]:
    """Follow a chain from a transaction on, as far as it is known and each step is the only one in the shape.

    The last peel has no next transaction. A start that is not of the shape gives none.
    """
    seen: set[str] = set()
    current: Transaction | None = start
    while current is not None and current.txid not in seen and len(seen) < MOST:
        seen.add(current.txid)
        found = peel(current, view)
        if found is None:
            return
        yield found[0]
        current = found[1]


def peel(transaction: Transaction, view: View) -> tuple[Peel, Transaction | None] | None:
    """What a transaction peels off, and the one that goes on; None where that cannot be told."""
    transfer = transaction.utxo
    outputs = spendable(transfer) if transfer is not None else ()
    if len(outputs) != 2 or not has_peel_shape(transaction) or is_mixed(transaction, view):
        return None
    larger = larger_output(outputs)
    if larger is None:
        return None
    later = {vout: one for vout, one in spenders(transaction, view).items() if has_peel_shape(one)}
    if set(later) - {larger.index}:
        return None
    other = next(leg for leg in outputs if leg.index != larger.index)
    after = later.get(larger.index)
    return Peel(transaction, other, larger, after.txid if after is not None else ""), after


def _comes_from_a_chain(transaction: Transaction, view: View) -> bool:
    """Whether the transaction spends what goes on from another one of a chain: then the chain began earlier."""
    spent = transaction.utxo.inputs[0].holding if transaction.utxo is not None else None
    found = [peel(before, view) for before in parents(transaction, view)]
    return any(one is not None and one[0].goes_on.holding == spent for one in found)


def _name(leg: Leg) -> str:
    """An output's address; its outpoint where it has none."""
    return leg.address or (str(leg.holding) if isinstance(leg.holding, OutPoint) else "")
