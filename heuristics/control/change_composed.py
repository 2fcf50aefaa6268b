"""Signs of change that others made of several: measured beside ours, and no part of `change`.

Each asks at once what `change_optimal`, `change_one_time`, `change_round_payment` and `change_script_type` ask one by
one; a vote of it would count them twice.
"""

from collections.abc import Callable

from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.model.view import View
from heuristics.control.change_history import Dealings, dealings
from heuristics.control.change_outputs import MOST_OUTPUTS, NOTHING, Remaining, left, script_kind, spendable

UNIT = 1_000
"""A multiple of so many satoshi is no change. Source: graphsense-lib 2.18.1."""


def change_legacy(transaction: Transaction, view: View) -> Remaining:
    """Leaves the one output below every input whose address is paid there for the first time.

    It speaks only where exactly one is, and where the whole history of every output's address is known. With one input
    every output is below it.
    Source: BlockSci, `legacy`.
    Known failures: as those of `change_optimal` and of `change_one_time`; a payee's new address below every input.
    Published: no figure.
    Measured: not measured, for on the data at hand it has nothing to say.
    """
    return _only(transaction, view, lambda leg, told: told.paid[:1] == (transaction.txid,) and _fits(transaction, leg))


def change_graphsense(transaction: Transaction, view: View) -> Remaining:
    """Leaves the one output below every input that is not round, has the inputs' type and an address used only there.

    Two to ten outputs; the address is paid once and spent from once at most, stands once among the outputs, and the
    amount is no multiple of 1,000 satoshi. It speaks only where exactly one output is so, and where the whole history
    of every output's address is known.
    Source: graphsense-lib 2.18.1, `one_time_change`.
    Known failures: as those of the four signs that it is made of; it says little.
    Published: no figure.
    Measured: not measured, for on the data at hand it has nothing to say.
    """
    transfer = transaction.utxo
    if transfer is None or len(transfer.outputs) > MOST_OUTPUTS:
        return NOTHING
    kinds = {script_kind(transaction.chain, leg) for leg in transfer.inputs}
    paid = [leg.address for leg in transfer.outputs]

    def fits(leg: Leg, told: Dealings) -> bool:
        is_new = told.paid == (transaction.txid,) and len(told.spent) <= 1 and paid.count(leg.address) == 1
        return is_new and kinds == {script_kind(transaction.chain, leg)} and bool((leg.value or 0) % UNIT)

    return _only(transaction, view, lambda leg, told: fits(leg, told) and _fits(transaction, leg))


def _fits(transaction: Transaction, leg: Leg) -> bool:
    """Whether an output is below every input; not so where the value of one is not known."""
    values = [one.value for one in transaction.utxo.inputs] if transaction.utxo is not None else []
    return bool(values) and all(value is not None and (leg.value or 0) < value for value in values)


def _only(transaction: Transaction, view: View, fits: Callable[[Leg, Dealings], bool]) -> Remaining:
    """The one output that fits, by its address's history; nothing where none or several do, or one is not known."""
    transfer = transaction.utxo
    outputs = spendable(transfer) if transfer is not None else ()
    if transfer is None or not transfer.inputs or len(outputs) < 2 or not all(leg.address for leg in outputs):
        return NOTHING
    told = _told(transaction, transfer, view)
    found = {leg.index for leg in outputs if told and fits(leg, told[leg.address])}
    return left(transfer, lambda leg: leg.index in found) if len(found) == 1 else NOTHING


def _told(transaction: Transaction, transfer: Transfer, view: View) -> dict[str, Dealings]:
    """The history of each output's address; none at all where one is not known, or does not show this payment."""
    found = {}
    for leg in spendable(transfer):
        known = dealings(leg.address, transfer, view)
        if known is None or transaction.txid not in known.paid:
            return {}
        found[leg.address] = known
    return found
