"""Which inputs of a coinjoin can alone have paid for a change: what is the same in every way of dealing them out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from heuristics.services.coinjoin_shares import FLOOR, MOST, PERCENT, Fit, Payers

LOOKS = 100_000
"""After so many looks at sets of addresses nothing is told: there may be further ways."""


class Deal(NamedTuple):
    """One way: the set of addresses that paid for each participant, as bits, in the order of what is due."""

    bits: tuple[int, ...]


def certain(spent: Sequence[int], equal: int, number: int, change: Sequence[int]) -> dict[int, int]:
    """By the place of a change, the addresses (as bits) that paid for it in every way there is; none that differ.

    Amounts are in satoshi; `spent` holds what each address spends, and everybody pays for `equal` and for one change or
    none, as `coinjoin_shares.is_dealt` says. Empty where there is no way, and where the search gave up.
    """
    due = [equal + one for one in change] + [equal] * (number - len(change))
    if len(due) != number or len(spent) < number or number > MOST:
        return {}
    payers, earned = Payers(spent), max(FLOOR, equal // PERCENT)
    search = _Ways(spent, due, [payers.fits(amount - earned, amount + FLOOR) for amount in due])
    common: dict[int, int] | None = None
    for deal in search.ways(dict(enumerate(search.fits)), {}, None):
        told = dict(enumerate(deal.bits[: len(change)]))
        common = told if common is None else {place: bits for place, bits in common.items() if told[place] == bits}
        if not common:
            return {}
    return {} if common is None or search.looks <= 0 else common


class _Ways:
    """Depth first through all ways; next comes whoever has the fewest sets left."""

    def __init__(self, spent: Sequence[int], due: Sequence[int], fits: Sequence[Sequence[Fit]]) -> None:
        self._spent = spent
        self._due = due
        self.fits = fits
        self.looks = LOOKS

    def ways(self, waiting: Mapping[int, Sequence[Fit]], dealt: Mapping[int, int], taker: int | None) -> Iterator[Deal]:
        """Every way to deal with those who wait, one of whom may be the taker, who gets what is left."""
        used = sum(dealt.values())
        if not waiting:
            if taker is not None:
                yield from self._with_taker(dealt, used, taker)
            return
        who = min(waiting, key=lambda one: len(waiting[one]))
        others = {one: fits for one, fits in waiting.items() if one != who}
        for fit in waiting[who]:
            self.looks -= 1 + sum(map(len, others.values()))
            if self.looks <= 0:
                return
            left = {one: [other for other in fits if not other.bits & fit.bits] for one, fits in others.items()}
            yield from self.ways(left, {**dealt, who: fit.bits}, taker)
        if taker is None and self.looks > 0:
            yield from self.ways(others, dealt, who)

    def _with_taker(self, dealt: Mapping[int, int], used: int, taker: int) -> Iterator[Deal]:
        """The way in which the taker has all other addresses, if they pay for what is due to it."""
        rest = (1 << len(self._spent)) - 1 & ~used
        if sum(value for number, value in enumerate(self._spent) if rest >> number & 1) >= self._due[taker]:
            whole = {**dealt, taker: rest}
            yield Deal(tuple(whole[place] for place in range(len(self._due))))
