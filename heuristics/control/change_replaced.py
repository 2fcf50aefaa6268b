"""A sign of change in what a payment was replaced by."""

from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Transaction, Transfer
from chaintrace.model.view import View
from heuristics.control.change_outputs import NOTHING, Remaining, left, spendable


def change_replaced(transaction: Transaction, view: View) -> Remaining:
    """Leaves the one output that a replacement of this transaction makes smaller: a higher fee is taken from change.

    It is asked about the one that was replaced. The other one spends the same outputs, no more and no fewer, and pays
    the same addresses, one of them less and all others as much.
    Source: BIP 125 for replacing; that the fee comes from the change is the practice of wallets (MauriceBonnes).
    Known failures: who takes the fee from what is paid; a payment that was cancelled or got further inputs is left out.
    Published: no figure.
    Measured: not measured, for on the data at hand it has nothing to say.
    """
    transfer = transaction.utxo
    other = _replacement(transaction, transfer, view) if transfer is not None else None
    if transfer is None or other is None or other.utxo is None:
        return NOTHING
    before, after = _paid(transfer), _paid(other.utxo)
    if not before or before.keys() != after.keys() or any(after[one] > value for one, value in before.items()):
        return NOTHING
    smaller = {one for one, value in before.items() if after[one] < value}
    return left(transfer, lambda leg: leg.address in smaller, (other.txid,)) if len(smaller) == 1 else NOTHING


def _replacement(transaction: Transaction, transfer: Transfer, view: View) -> Transaction | None:
    """The other transaction that spends exactly what this one spends; None where the sources have none."""
    mine = {leg.holding for leg in transfer.inputs}
    first = transfer.inputs[0].holding if transfer.inputs else None
    other = view.spender(first) if isinstance(first, OutPoint) else None
    if not isinstance(other, Transaction) or other.txid == transaction.txid or other.utxo is None:
        return None
    return other if {leg.holding for leg in other.utxo.inputs} == mine else None


def _paid(transfer: Transfer) -> dict[str, int]:
    """What each address is paid; none where one is not known, or is paid twice."""
    outputs = spendable(transfer)
    found = {leg.address: leg.value or 0 for leg in outputs}
    return found if "" not in found and len(found) == len(outputs) else {}
