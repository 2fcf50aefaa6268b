"""Transactions that fall apart into several: some inputs pay for some outputs, and the others for the rest."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Transfer, utxo_fee

LEAST_OUTPUTS = 3
"""With two outputs it would be two people who pay one each, and get no change: services that forward a coin whole, and
pay the fee from another one, look the same. Of 119 transactions of 2014 with two outputs 50 do (block 300025)."""

MOST = 12
"""More payers and outputs than that are not looked at: the limit of Boltzmann."""

CHANCE = 5
"""The amounts must be so many times larger than what chance needs to make two sums meet: chosen. With 20, of 96 such
coinjoins that were made to measure it 20 stay unseen, and with 5 three, for 3 more of 139 payments of 2014."""


def is_separable(transfer: Transfer) -> bool:
    """Whether some addresses pay exactly for some outputs, less a part of the fee, and the others for the rest.

    So look coinjoins without equal outputs, in which everybody gets back what he brought. Three outputs at least, and
    twelve payers and outputs at most. False where the sums are so many, or the fee so large, that chance could make two
    meet (more than one in 5 expected), and where the value of an input is not known.
    Source: Atlas 2014 (CoinJoin Sudoku), and Boltzmann (LaurentMT), whose count of readings is then more than one.
    """
    fee = utxo_fee(transfer)
    outputs = [leg.value for leg in transfer.outputs if leg.value and isinstance(leg.holding, OutPoint)]
    paid = Counter[str]()
    for leg in transfer.inputs:
        paid[leg.address] += leg.value or 0
    if fee is None or len(paid) < 2 or len(outputs) < LEAST_OUTPUTS or len(paid) + len(outputs) > MOST:
        return False
    spent, made = _sums(list(paid.values())), sorted(_sums(outputs))
    if len(spent) * len(made) // 2 * (fee + 1) * CHANCE > paid.total():
        return False
    return any(made[(place := bisect_left(made, one - fee)) :][:1] and made[place] <= one for one in spent)


def _sums(values: Sequence[int]) -> list[int]:
    """What every set of values makes together, but the empty one and the whole."""
    sums = [0]
    for value in values:
        sums += [one + value for one in sums]
    return sums[1:-1]
