"""Signs of change in how the outputs were spent later.

An output whose spender is not known is never ruled out, and nothing speaks for it either.
"""

from collections.abc import Callable

from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View
from heuristics.control.change_outputs import NOTHING, Remaining, has_peel_shape, left, parents, spendable, spenders

NO_REPLACEMENT = 0xFFFF_FFFE
"""The least sequence of an input that does not allow replacement.

Source: BIP 125, which names 0xffffffff - 1 as the least that does not signal.
"""


def change_locktime(transaction: Transaction, view: View) -> Remaining:
    """Leaves outputs whose spender has a locktime too, or none as well: a wallet sets it always or never.

    Source: BlockSci, `locktime`.
    Known failures: payer and payee with one software, of which it says nothing; a wallet that changed its software.
    Published: no figure.
    """
    mine = transaction.locktime
    if mine is None:
        return NOTHING
    return like(transaction, view, lambda spender: spender.locktime is None or (spender.locktime > 0) == (mine > 0))


def change_version_sequence(transaction: Transaction, view: View) -> Remaining:
    """Leaves outputs whose spender has the same version and the same kinds of sequences: the same software, perhaps.

    Source: Möser and Narayanan, Resurrecting Address Clustering in Bitcoin, FC 2022 (consistent fingerprint).
    Known failures: payer and payee with one software, of which it says nothing; eras in which software changed.
    Published: on 578 payments of one day .779 of the change and none of the rest by version, .768 and .007 by sequence
    (decluster); against the label of `change_optimal` it is right in .60 to .74 only.
    """
    return like(transaction, view, lambda spender: _agree(transaction, spender))


def _agree(one: Transaction, other: Transaction) -> bool:
    """Whether what is known of two transactions' versions and sequences is the same."""
    if one.version is not None and other.version is not None and one.version != other.version:
        return False
    first, second = _kinds(one), _kinds(other)
    return not first or not second or first == second


def _kinds(transaction: Transaction) -> frozenset[int]:
    """The kinds of sequences of the inputs; none where one is not known."""
    found = [leg.sequence for leg in transaction.utxo.inputs] if transaction.utxo is not None else []
    known = [number for number in found if number is not None]
    return frozenset(max(number, NO_REPLACEMENT - 1) for number in known) if len(known) == len(found) else frozenset()


def change_consumer(transaction: Transaction, view: View) -> Remaining:
    """Leaves outputs whose spender makes at most two: who pays many at once is a business, and was the payee.

    Source: Nick, Data-Driven De-Anonymization in Bitcoin, 2015 (consumer heuristic).
    Known failures: wallets that pay several payees at once.
    Published: no figure.
    """
    return like(transaction, view, lambda spender: len(spender.utxo.outputs if spender.utxo else ()) <= 2)


def like(transaction: Transaction, view: View, agrees: Callable[[Transaction], bool]) -> Remaining:
    """The outputs whose spender agrees, or is not known; the spenders are what it rests on."""
    if transaction.utxo is None or not transaction.utxo.inputs:
        return NOTHING
    later = spenders(transaction, view)
    evidence = tuple(dict.fromkeys(spender.txid for spender in later.values()))
    found = left(transaction.utxo, lambda leg: leg.index not in later or agrees(later[leg.index]), evidence)
    return found._replace(unknown=found.vouts - later.keys())


def change_peel(transaction: Transaction, view: View) -> Remaining:
    """In a peel chain, leaves outputs whose spender spends one output and makes two as well: the rest goes on so.

    The transaction, and the one before it or one after it, have one input and two outputs. Where that leaves both, and
    the one before is known to have the shape, the larger output is left if it alone goes on in the shape.
    Source: BlockSci, `peeling_chain`; the larger output was its rule of 2018.
    Known failures: ordinary payments have the same shape, and the payee's next one too.
    Published: no figure.
    """
    transfer = transaction.utxo
    if transfer is None or not has_peel_shape(transaction) or len(spendable(transfer)) != 2:
        return NOTHING
    later = spenders(transaction, view)
    goes_on = {vout for vout, spender in later.items() if has_peel_shape(spender)}
    before = tuple(one.txid for one in parents(transaction, view) if has_peel_shape(one))
    if not before and not goes_on:
        return NOTHING
    evidence = tuple(dict.fromkeys((*before, *(spender.txid for spender in later.values()))))
    found = left(transfer, lambda leg: leg.index not in later or leg.index in goes_on, evidence)
    found = found._replace(unknown=found.vouts - later.keys())
    larger = larger_output(spendable(transfer))
    alone = larger is not None and goes_on == {larger.index}
    return Remaining(frozenset(goes_on), evidence) if alone and before and len(found.vouts) > 1 else found


def larger_output(outputs: tuple[Leg, ...]) -> Leg | None:
    """The largest of several outputs; None where two have its value."""
    first, second = sorted(outputs, key=lambda leg: leg.value or 0, reverse=True)[:2]
    return first if first.value != second.value else None
