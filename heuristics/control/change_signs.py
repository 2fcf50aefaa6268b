"""Signs of change in a payment itself: its addresses, amounts and scripts. None of them is enough alone."""

from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View
from heuristics.control.change_history import dealings
from heuristics.control.change_outputs import NOTHING, Remaining, left, script_kind, spendable

ROUND, ROUNDEST = 3, 6
"""From how many zeros at its end, in satoshi, an amount counts as round, and how many count at most.

Sources: graphsense-lib 2.18.1 (a multiple of 1,000); BlockSci (`power_of_ten_value`, six digits by default).
"""

MARGIN = 2
"""How many zeros fewer change must have than what is paid: by chance one amount in a hundred has two zeros more.

Coins and fees that are round themselves make round change, and then a zero more or less says nothing.
"""


def change_address_reuse(transaction: Transaction, view: View) -> Remaining:  # noqa: ARG001  # a sign's signature
    """Leaves outputs to an address that the transaction spends: some wallets send change back where it came from.

    Source: BlockSci, `address_reuse`; graphsense-lib 2.18.1, `direct_change`.
    Known failures: payments to oneself, and dust that somebody sends to an address to have it spent.
    Published: 92 % right where it speaks, against the label of `change_optimal` (decluster).
    """
    transfer = transaction.utxo
    if transfer is None:
        return NOTHING
    spent = {leg.address for leg in transfer.inputs if leg.address}
    return left(transfer, lambda leg: leg.address in spent)


def change_one_time(transaction: Transaction, view: View) -> Remaining:
    """Leaves outputs to an address that is paid there and nowhere else: a wallet makes a new address for its change.

    It speaks only where the whole history of every output's address is known from the first block on, and not where an
    address is spent and paid by the transaction, or occurs twice in its outputs.
    Source: Meiklejohn et al., A Fistful of Bitcoins, IMC 2013, heuristic 2; of an address that is paid again later
    graphsense-lib 2.18.1, `one_time_change`.
    Known failures: payees whose addresses are new too, which is the custom now: then it leaves both and says nothing.
    Published: estimated false positives of 13 %, and of 0.17 % after a week's wait without services that pay back.
    """
    transfer = transaction.utxo
    if transfer is None or not transfer.inputs:
        return NOTHING
    outputs = [leg.address for leg in spendable(transfer)]
    spent = {leg.address for leg in transfer.inputs}
    if not all(outputs) or len(set(outputs)) < len(outputs) or spent & set(outputs):
        return NOTHING
    told = {address: dealings(address, transfer, view) for address in outputs}
    paid = {address: one.paid for address, one in told.items() if one is not None and transaction.txid in one.paid}
    if len(paid) < len(outputs):
        return NOTHING  # a history that does not show this payment is not known
    return left(transfer, lambda leg: len(paid[leg.address]) == 1)


def change_optimal(transaction: Transaction, view: View) -> Remaining:  # noqa: ARG001  # a sign's signature
    """Leaves outputs below the least of several inputs: with more change, that input would not have been needed.

    Source: Nick, Data-Driven De-Anonymization in Bitcoin, 2015; BlockSci, `optimal_change`.
    Known failures: wallets that gather small coins on the way, and payjoins. With one input it says nothing.
    Published: it fires on about 8.3 % of all transactions (decluster); no figure for how often it is right.
    Measured (docs/accuracy.md): right in 11 of 15 real payments of 2014.
    """
    transfer = transaction.utxo
    values = [leg.value for leg in transfer.inputs if leg.value is not None] if transfer is not None else []
    if transfer is None or len(values) < len(transfer.inputs) or len(values) < 2:
        return NOTHING
    return left(transfer, lambda leg: (leg.value or 0) < min(values))


def change_round_payment(transaction: Transaction, view: View) -> Remaining:  # noqa: ARG001  # a sign's signature
    """Leaves outputs that are much less round than the roundest: a person chooses what is paid, nobody chooses change.

    The roundest is a multiple of 1,000 satoshi at least; an output with one zero fewer at its end is ruled out with it,
    for it may be round as well. More than six zeros count as six, and an output of nothing is not round.
    Source: BlockSci, `power_of_ten_value`; graphsense-lib 2.18.1 for the least that counts.
    Known failures: prices in another currency, of which it says nothing; a round amount less a fee that is paid from
    it; change of a round coin after a payment that is not round.
    Published: 85 % right where it speaks, against the label of `change_optimal` (decluster).
    Measured (docs/accuracy.md): right in 79 of 80 real payments of 2014, and in 80 of 80 on an emulated chain.
    """
    transfer = transaction.utxo
    if transfer is None or not transfer.inputs:
        return NOTHING
    most = max((_zeros(leg) for leg in spendable(transfer)), default=0)
    return left(transfer, lambda leg: _zeros(leg) <= most - MARGIN) if most >= ROUND else NOTHING


def _zeros(leg: Leg) -> int:
    """How many zeros an amount has at its end, at most six; none for an amount of nothing."""
    value = leg.value or 0
    return next((zeros for zeros in range(ROUNDEST, 0, -1) if value and value % 10**zeros == 0), 0)


def change_script_type(transaction: Transaction, view: View) -> Remaining:  # noqa: ARG001  # a sign's signature
    """Leaves outputs of the one type of script that all inputs have: a wallet keeps to its type.

    Source: BlockSci, `address_type`.
    Known failures: wallets that choose the type of their change by that of the payee, and wallets in the middle of a
    change of type. Where both sides have one type it says nothing.
    Published: no figure.
    """
    transfer = transaction.utxo
    if transfer is None:
        return NOTHING
    kinds = {script_kind(transaction.chain, leg) for leg in transfer.inputs}
    theirs = {leg.index: script_kind(transaction.chain, leg) for leg in spendable(transfer)}
    if len(kinds) != 1 or "" in kinds or "" in theirs.values():
        return NOTHING
    return left(transfer, lambda leg: theirs[leg.index] in kinds)
