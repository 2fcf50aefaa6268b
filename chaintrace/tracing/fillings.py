"""Sums that sets of numbers can have, by meeting in the middle: two halves of all sets, each listed and sorted."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Collection, Iterator, Sequence

MOST_BLOCKS = 25
"""Blocks up to which all sets can be listed in halves (4,096 each) in well under a second."""


def neighbours(lengths: Sequence[int], places: Collection[int]) -> set[int]:
    """For each place, the largest sum of some of the lengths that is not above it, and the least not below it."""
    half = len(lengths) // 2
    left, right = sorted(_sums(lengths[:half])), sorted(_sums(lengths[half:]))
    found: set[int] = set()
    for place in places:
        below = [one + right[at - 1] for one in left if (at := bisect_right(right, place - one))]
        above = [one + right[at] for one in left if (at := bisect_left(right, place - one)) < len(right)]
        found.update([max(below)] if below else [])
        found.update([min(above)] if above else [])
    return found


def _sums(lengths: Sequence[int]) -> set[int]:
    sums = {0}
    for length in lengths:
        sums |= {length + one for one in sums}
    return sums


def fillings(pairs: Sequence[tuple[int, int]], room: tuple[int, int], slope: int) -> Iterator[tuple[int, int]]:
    """The least and the most of held - slope * length, over all sets whose lengths sum into `room`, ends included.

    `pairs` are (length, held). Yields nothing where no set fits.
    """
    half = len(pairs) // 2
    left, right = _gains(pairs[:half], slope), _gains(pairs[half:], slope)
    lengths = [length for length, _, _ in right]
    least, most = deque[int](), deque[int]()  # places in `right`: the window's minima and maxima, best first
    begin = end = 0
    low: int | None = None
    high: int | None = None
    for length, gain_low, gain_high in reversed(left):  # the window in `right` moves up while this length falls
        while end < len(right) and lengths[end] <= room[1] - length:
            while least and right[least[-1]][1] >= right[end][1]:
                least.pop()
            while most and right[most[-1]][2] <= right[end][2]:
                most.pop()
            least.append(end)
            most.append(end)
            end += 1
        while begin < end and lengths[begin] < room[0] - length:
            begin += 1
        while least and least[0] < begin:
            least.popleft()
        while most and most[0] < begin:
            most.popleft()
        if least and most:
            under, over = gain_low + right[least[0]][1], gain_high + right[most[0]][2]
            low = under if low is None else min(low, under)
            high = over if high is None else max(high, over)
    if low is not None and high is not None:
        yield low, high


def _gains(pairs: Sequence[tuple[int, int]], slope: int) -> list[tuple[int, int, int]]:
    """Each length that sets can have, with the least and the most gain, shortest first."""
    gains = {0: (0, 0)}
    for length, held in pairs:
        gain = held - slope * length
        for before, (low, high) in list(gains.items()):
            known = gains.get(before + length)
            under, over = low + gain, high + gain
            gains[before + length] = (min(known[0], under), max(known[1], over)) if known else (under, over)
    return [(length, *gains[length]) for length in sorted(gains)]
