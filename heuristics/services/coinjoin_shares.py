"""Whether the inputs of a coinjoin can be dealt out so that everybody pays for an equal output and the change of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

FLOOR = 10_000
"""What a maker may earn at most, or add to the fee of the network, in satoshi: BlockSci's `minBaseFee`."""

PERCENT = 100
"""What a maker may earn is one part in so many of the equal output, where that is more: BlockSci's `percentageFee`."""

SETS = 60_000
"""So many sets of addresses are looked at, at most: all those up to a size."""

LOOKS = 300_000
"""After so many looks at such sets the search gives up, and the rule that asked says nothing."""

MOST = 50
"""More participants are not dealt with: crocs-muni/coinjoin-analysis leaves out what has more than 100 outputs."""


SHIFTS = (2, 3, 5)
"""By how many times the width of what is allowed the amounts of a control are shifted, up and down in turn."""


class Fit(NamedTuple):
    """A set of addresses, as bits, that pays for one participant."""

    bits: int
    size: int


def is_dealt(spent: Sequence[int], equal: int, number: int, change: Sequence[int]) -> bool:
    """Whether `number` participants can each have paid for `equal` and for one change or none, and this says something.

    Amounts are in satoshi; `spent` holds what each address spends. With many inputs nearly any amounts can be paid for:
    so the same is asked of amounts that nobody got (`SHIFTS`), and where more than one of these can be paid for too,
    the answer is False.
    """
    due = sorted((equal + one for one in change), reverse=True) + [equal] * (number - len(change))
    if len(due) != number or len(spent) < number or number > MOST:
        return False
    payers, earned = Payers(spent), max(FLOOR, equal // PERCENT)
    if not payers.can_deal(due, earned):
        return False
    return sum(payers.can_deal(shifted(due, times * (FLOOR + earned)), earned) for times in SHIFTS) <= 1


def shifted(due: Sequence[int], by: int) -> list[int]:
    """The amounts, each second one larger by so much and the others smaller; what would vanish becomes larger."""
    return [one + by if number % 2 or one <= by else one - by for number, one in enumerate(due)]


class Payers:
    """The addresses that spend, and the sums that small sets of them make."""

    def __init__(self, spent: Sequence[int]) -> None:
        """Add up every set of addresses up to a size, so that no more than `SETS` are looked at."""
        self._spent = spent
        sums = sorted(
            (sum(spent[number] for number in chosen), sum(1 << number for number in chosen), len(chosen))
            for size in range(1, _largest(len(spent)) + 1)
            for chosen in combinations(range(len(spent)), size)
        )
        self._totals = [total for total, _, _ in sums]
        self._sets = [Fit(bits, size) for _, bits, size in sums]

    def can_deal(self, due: Sequence[int], earned: int) -> bool:
        """Whether the addresses can be dealt out to those to whom `due` is due, in satoshi.

        The makers, all but one, pay what is due less what they earn, at most `earned`, or a little more for the fee of
        the network, at most `FLOOR`. The last one, the taker, pays all that is left. False where no such deal exists,
        and where the search gave up.
        """
        return _Search(self._spent, due, [self.fits(amount - earned, amount + FLOOR) for amount in due]).finds()

    def fits(self, least: int, most: int) -> list[Fit]:
        """The sets that spend an amount between two bounds, the smallest sets first."""
        found = self._sets[bisect_left(self._totals, least) : bisect_right(self._totals, most)]
        return sorted(found, key=lambda fit: fit.size)


class _Search:
    """Depth first; next comes whoever has the fewest sets of addresses left that pay for what is due."""

    def __init__(self, spent: Sequence[int], due: Sequence[int], fits: Sequence[Sequence[Fit]]) -> None:
        self._spent = spent
        self._due = due
        self._fits = fits
        self._looks = LOOKS

    def finds(self) -> bool:
        """Whether a deal was found before the search gave up."""
        return self._deal(dict(enumerate(self._fits)), 0, None)

    def _deal(self, waiting: Mapping[int, Sequence[Fit]], used: int, taker: int | None) -> bool:
        """Deal with those who wait, as makers; one of them may be left for the end, as the taker."""
        if not waiting:
            left = sum(value for number, value in enumerate(self._spent) if not used >> number & 1)
            return taker is not None and left >= self._due[taker]
        who = min(waiting, key=lambda one: len(waiting[one]))
        others = {one: fits for one, fits in waiting.items() if one != who}
        if any(self._deal(self._left(others, fit), used | fit.bits, taker) for fit in self._tried(waiting[who])):
            return True
        return taker is None and self._looks > 0 and self._deal(others, used, who)

    def _tried(self, fits: Sequence[Fit]) -> Iterator[Fit]:
        """One set after the other, until the search gives up."""
        for fit in fits:
            if self._looks <= 0:
                return
            yield fit

    def _left(self, waiting: Mapping[int, Sequence[Fit]], taken: Fit) -> dict[int, list[Fit]]:
        """The sets that are left to those who wait when one is taken."""
        self._looks -= sum(map(len, waiting.values()), start=1)
        return {one: [fit for fit in fits if not fit.bits & taken.bits] for one, fits in waiting.items()}


def _largest(addresses: int) -> int:
    """The size of the largest sets that are looked at: with all smaller ones they are no more than `SETS`."""
    number, size = 0, 0
    while size < addresses and number + comb(addresses, size + 1) <= SETS:
        size += 1
        number += comb(addresses, size)
    return size
