"""A sign of change in the order of the outputs that a wallet makes."""

from math import factorial

from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View
from heuristics.control.change_outputs import Remaining
from heuristics.control.change_spent import like

CHANCE = 24
"""Outputs that fall into order by chance once in so many times, or less often, were put in order: four at least."""


def change_order(transaction: Transaction, view: View) -> Remaining:
    """Leaves outputs whose spender puts its outputs in order too, or not either: a wallet does it always or never.

    In order means by their amounts, and where these are equal by their scripts, as BIP 69 has it. Outputs that are not
    say at once that the wallet does not do it; outputs that are say something only from four different amounts on, for
    fewer are in order by chance too often. The order of inputs is not asked for: files do not number them.
    Source: Möser and Narayanan, Resurrecting Address Clustering in Bitcoin, FC 2022 (consistent fingerprint); BIP 69.
    Known failures: payer and payee with one software, of which it says nothing; who puts outputs in order by hand.
    Published: on 578 payments of one day .436 of the change and .048 of the rest (decluster), without asking how many
    outputs there are.
    Measured: not measured, for on the data at hand it has nothing to say.
    """
    mine = is_ordered(transaction)
    return like(transaction, view, lambda spender: mine is None or is_ordered(spender) in {None, mine})


def is_ordered(transaction: Transaction) -> bool | None:
    """Whether the outputs are in the order of BIP 69; None where that could be chance, or scripts are not known."""
    outputs = transaction.utxo.outputs if transaction.utxo is not None else ()
    places = [_place(leg) for leg in outputs]
    values = [value for value, _ in places]
    if sorted(values) != values:
        return False
    if factorial(len(set(values))) < CHANCE or not all(script for _, script in places):
        return None
    return sorted(places) == places


def _place(leg: Leg) -> tuple[int, str]:
    """What an output is put in order by."""
    return leg.value or 0, leg.script
