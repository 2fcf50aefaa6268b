"""Payjoins: payments to which the payee adds a coin of its own, as far as anything in them speaks for that."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer, utxo_fee
from heuristics.services.coinjoin_shape import kinds

UNIT, ROUNDER = 3, 2
"""A round amount has so many zeros at its end in satoshi (graphsense-lib 2.18.1), and is much rounder than another one
where it has so many more: chosen, as by chance one amount in a hundred has."""

OUTPUTS = 3
"""A payjoin has two outputs, the payee's and change; BIP 78 lets the payer pay somebody else beside, or the payee split
its own. Of more outputs nothing can be told."""

DIFFERENCES = 30
"""So many differences between outputs and inputs are looked at, at most: chosen, so that chance makes one of them round
in one transaction of 30 at most."""

INPUTS = 4
"""So many inputs a payjoin without any other sign has, at most: a coin of the payee and up to three of the payer's
(chosen; to pass over payments of many coins would cost many true pairs)."""

KINDS = frozenset({"p2wpkh", "p2tr", "p2sh"})
"""The coins of wallets that make payjoins: of witnesses, plain or wrapped (the guide of BTCPay Server)."""


def may_be_payjoin(transaction: Transaction) -> bool:
    """Whether a payment looks as one to which the payee added a coin, whenever it was made.

    One of three things speaks for it: an input that nobody needs, an output that may be the payee's coin and a round
    amount, or the form that BIP 78 asks for where nothing else explains the amounts. A wallet that gathers its coins,
    and one that pays an amount that is not round, look the same: most that is passed over so is nobody's payjoin.
    Where the value of an input is not known, two or three outputs are enough. False where one address alone is spent.
    """
    transfer = transaction.utxo
    if transfer is None or len({leg.address for leg in transfer.inputs}) < 2:
        return False
    outputs = [leg for leg in transfer.outputs if isinstance(leg.holding, OutPoint)]
    if utxo_fee(transfer) is None:
        return 2 <= len(outputs) <= OUTPUTS
    return (
        has_unneeded_input(transfer, outputs)
        or has_round_share(transfer, outputs)
        or has_bare_form(transaction, transfer, outputs)
    )


def has_unneeded_input(transfer: Transfer, outputs: Sequence[Leg]) -> bool:
    """Whether without its smallest input a transaction could still pay all outputs but any one, and the fee.

    `outputs` are those of it that count. Whichever of them is change, less of it would have done without that input:
    the payee may have added it. False where there are not two or three, or the value of an input is not known.
    Source: the notes on BIP 78 of 6102bitcoin (unnecessary input heuristic 2), for two outputs.
    """
    values = [leg.value for leg in transfer.inputs if leg.value is not None]
    if utxo_fee(transfer) is None or not 2 <= len(outputs) <= OUTPUTS or len(values) < 2:
        return False
    return min(values) <= min(leg.value or 0 for leg in outputs)


def has_round_share(transfer: Transfer, outputs: Sequence[Leg]) -> bool:
    """Whether one of two or three outputs is some inputs' value and a round amount, and much less round itself.

    Round is a multiple of 1,000 satoshi, much less round what has none of these zeros or two fewer at least. Every set
    of inputs but all is looked at where these are few, and single inputs otherwise. `outputs` are those that count.
    False among so many that some differ so by chance, and where the value of an input is not known.
    Source: decluster, which takes payjoins apart by the roundest difference.
    """
    spent = [leg.value for leg in transfer.inputs if leg.value is not None]
    if not 2 <= len(outputs) <= OUTPUTS or not 2 <= len(spent) == len(transfer.inputs):
        return False
    made = [leg.value or 0 for leg in outputs]
    return any(_is_rounder(one - value, one) for value in _added(spent, len(made)) for one in made if one > value)


def has_bare_form(transaction: Transaction, transfer: Transfer, outputs: Sequence[Leg]) -> bool:
    """Whether a payment has the form of a payjoin, and no amount or script of it says who is paid.

    Two outputs, neither of a round amount; four inputs at most, of one sequence (the payer checks that); the outputs
    have the types of the inputs, all of them of witnesses. A round amount, or another type of script, would be what is
    paid: in a payjoin the payee's own coin hides the one, and its wallet has the type of the other.
    Source: BIP 78 and the guide of BTCPay Server.
    """
    if len(outputs) != 2 or len(transfer.outputs) != 2 or len(transfer.inputs) > INPUTS:
        return False
    if any(_is_paid(leg, transfer) for leg in outputs) or len({leg.sequence for leg in transfer.inputs}) > 1:
        return False
    spent = kinds(transfer.inputs, transaction.chain)
    return spent <= KINDS and spent == kinds(outputs, transaction.chain)


def _is_paid(output: Leg, transfer: Transfer) -> bool:
    """Whether an output is a round amount, and not perhaps a round coin with another one."""
    coins = [leg.value or 0 for leg in transfer.inputs]
    made = output.value or 0
    return zeros(made) >= UNIT and not any(made > coin and zeros(made - coin) >= UNIT for coin in coins)


def zeros(value: int) -> int:
    """How many zeros an amount has at its end; none for an amount of nothing."""
    text = str(value)
    return len(text) - len(text.rstrip("0")) if value else 0


def _added(spent: Sequence[int], outputs: int) -> Iterator[int]:
    """What a payee may have brought: sets of inputs but all of them, as far as `DIFFERENCES` allows."""
    sizes = range(1, len(spent)) if (2 ** len(spent) - 2) * outputs <= DIFFERENCES else range(1, 2)
    if len(spent) * outputs <= DIFFERENCES:
        yield from (sum(several) for size in sizes for several in combinations(spent, size))


def _is_rounder(amount: int, other: int) -> bool:
    """Whether an amount is round, and another one is not or much less."""
    return zeros(amount) >= UNIT and (zeros(other) < UNIT or zeros(amount) >= zeros(other) + ROUNDER)
