"""How much of an origin lies in given windows of a transaction's inputs, over all orders of the inputs (M7).

The inputs are blocks laid end to end; whole blocks are moved, the one that straddles a window's edge too. FIFO and LIFO
cut the row into windows. The least and the most are exact where they can be derived: over states of placed blocks, over
the sums that blocks before a single one can have, or over the sets that fill a window at an end of the row.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeAlias

from chaintrace.tracing.fillings import MOST_BLOCKS, fillings, neighbours

Window: TypeAlias = tuple[int, int]
"""From and to, in base units from the row's beginning."""

MOST_STATES = 120_000
"""Moves between states of placed blocks that are looked at, at most (about a tenth of a second)."""

MOST_TRIES = 3_000
"""Orders that a search looks at, at most."""

MOST_EFFORT = 3_000_000
"""Blocks laid against windows for one method (a few seconds). It is counted, not timed: two runs write one text."""


class Block(NamedTuple):
    """One input: its length in base units, and the spans of the origin inside it."""

    length: int
    spans: tuple[Window, ...]

    @property
    def held(self) -> int:
        """How much of the origin is in it."""
        return sum(end - start for start, end in self.spans)


class Range(NamedTuple):
    """The least and the most over all orders, in base units; `exact` is False where they were only searched."""

    low: int
    high: int
    exact: bool


class Effort:
    """What may still be spent on ranges, in blocks laid against windows; the places of one method share it."""

    def __init__(self, left: int = MOST_EFFORT) -> None:
        """All of it is left."""
        self.left = left

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0

    def covers(self, cost: int) -> bool:
        """Spend `cost` where anything is left, the last time more than there is; whether it was spent."""
        if self.spent:
            return False
        self.left -= cost
        return True


def inside(block: Block, offset: int, windows: Sequence[Window]) -> int:
    """How much of the origin lies in the windows when the block begins at `offset`."""
    return sum(
        max(0, min(offset + end, right) - max(offset + start, left))
        for start, end in block.spans
        for left, right in windows
    )


def value(blocks: Sequence[Block], windows: Sequence[Window]) -> int:
    """How much of the origin lies in the windows when the blocks lie in this order."""
    starts = accumulate((block.length for block in blocks), initial=0)
    return sum(inside(block, offset, windows) for block, offset in zip(blocks, starts, strict=False))  # one start more


def extremes(blocks: Sequence[Block], windows: Sequence[Window], effort: Effort | None = None) -> Range:
    """The least and the most of the origin in disjoint windows, over all orders of the blocks.

    When `effort` is spent, only a few orders are looked at, and the range is not exact.
    """
    effort = effort or Effort()
    row = [block for block in blocks if block.length]
    windows = joined(windows)
    total, held = sum(block.length for block in row), sum(block.held for block in row)
    wide = sum(right - left for left, right in windows)
    bounds = Range(max(0, held + wide - total), min(held, wide), exact=True)
    if bounds.low == bounds.high:
        return bounds
    kinds = {block: row.count(block) for block in dict.fromkeys(row)}
    moves = _states(kinds) * len(kinds)
    if moves <= MOST_STATES and effort.covers(moves * len(windows)):
        return _by_states(kinds, windows)
    sets = 2 ** (len(row) // 2 + 1) * len(kinds)
    exact = _by_sums(row, kinds, windows) if len(row) <= MOST_BLOCKS and effort.covers(sets) else None
    return exact or _searched(row, windows, bounds, effort)


def _by_sums(row: Sequence[Block], kinds: dict[Block, int], windows: Sequence[Window]) -> Range | None:
    """By the sums that some of the blocks can have: for a single block of another sort, or a window at an end."""
    if sum(1 for block in row if block.held) == 1:
        return _by_offset(row, windows)
    rest = [_inverse(block) for block in row]
    if sum(1 for block in rest if block.held) == 1:
        found, wide = _by_offset(rest, windows), sum(right - left for left, right in windows)
        return Range(wide - found.high, wide - found.low, exact=True)
    left, right = windows[0]
    if len(windows) == 1 and not left:
        return _at_start(kinds, right)
    if len(windows) == 1 and right == sum(block.length for block in row):
        found, held = _at_start(kinds, left), sum(block.held for block in row)
        return Range(held - found.high, held - found.low, exact=True)
    return None


def joined(windows: Sequence[Window]) -> list[Window]:
    """The same windows in order, those that touch made one."""
    out: list[Window] = []
    for left, right in sorted(window for window in windows if window[0] < window[1]):
        if out and out[-1][1] == left:
            out[-1] = (out[-1][0], right)
        else:
            out.append((left, right))
    return out


def _inverse(block: Block) -> Block:
    """The same block, with what is not of the origin as its spans."""
    edges = [0, *(edge for span in block.spans for edge in span), block.length]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return Block(block.length, tuple((start, end) for start, end in pairs if start < end))


def _states(kinds: dict[Block, int]) -> int:
    """How many multisets of blocks can have been placed."""
    count = 1
    for times in kinds.values():
        count *= times + 1
    return count


def _by_states(kinds: dict[Block, int], windows: Sequence[Window]) -> Range:
    """Over the multisets of placed blocks: where the next block begins depends on nothing else."""
    blocks, times = list(kinds), list(kinds.values())
    strides = list(accumulate((most + 1 for most in times), lambda a, b: a * b, initial=1))
    count = strides.pop()
    low: list[int | None] = [None] * count
    high, offsets, digits = [0] * count, [0] * count, [0] * len(blocks)
    low[0] = 0
    for state in range(count):
        least, most, offset = low[state] or 0, high[state], offsets[state]
        for kind, block in enumerate(blocks):
            if digits[kind] == times[kind]:
                continue
            after = state + strides[kind]
            gain = inside(block, offset, windows)
            known = low[after]
            low[after] = least + gain if known is None else min(known, least + gain)
            high[after] = max(high[after], most + gain)
            offsets[after] = offset + block.length
        _count_up(digits, times)
    return Range(low[-1] or 0, high[-1], exact=True)


def _count_up(digits: list[int], times: Sequence[int]) -> None:
    """The next multiset, in the order of the states' numbers."""
    for kind, most in enumerate(times):
        if digits[kind] < most:
            digits[kind] += 1
            return
        digits[kind] = 0


def _by_offset(row: Sequence[Block], windows: Sequence[Window]) -> Range:
    """Only one block holds any: its offset is a sum of others, and what it gives bends only where two edges meet."""
    single = next(block for block in row if block.held)
    lengths = [block.length for block in row]
    lengths.remove(single.length)
    bends = {edge - own for window in windows for edge in window for span in single.spans for own in span}
    offsets = neighbours(lengths, bends | {0, sum(lengths)})
    found = [inside(single, offset, windows) for offset in offsets]
    return Range(min(found), max(found), exact=True)


def _at_start(kinds: dict[Block, int], width: int) -> Range:
    """A window at the beginning: a set of whole blocks fills it, up to the block that straddles its end."""
    lows, highs = [], []
    for straddling in kinds:
        others = [block for block, times in kinds.items() for _ in range(times - (block is straddling))]
        pairs = [(block.length, block.held) for block in others]
        for start, end, slope in _slopes(straddling):
            base = inside(straddling, 0, [(0, start)])
            room = (width - end, width - start)
            for least, most in fillings(pairs, room, slope):
                gain = base + slope * (width - start)
                lows.append(least + gain)
                highs.append(most + gain)
    return Range(min(lows), max(highs), exact=True)


def _slopes(block: Block) -> Iterator[tuple[int, int, int]]:
    """The block's stretches: from, to, and whether (1) or not (0) they are of the origin."""
    edges = sorted({0, block.length, *(edge for span in block.spans for edge in span)})
    for start, end in pairwise(edges):
        yield start, end, int(any(left <= start < right for left, right in block.spans))


def _searched(row: Sequence[Block], windows: Sequence[Window], bounds: Range, effort: Effort) -> Range:
    """Try orders from several beginnings, moving one block at a time; the ends are attained, perhaps not the last."""
    beginnings = [
        list(row),
        sorted(row, key=lambda block: block.held),
        sorted(row, key=lambda block: -block.held),
        _centred(row, windows[0][0]),
        _centred([_inverse(block) for block in row], windows[0][0], _inverse),
    ]
    high = max(_climb(order, windows, (1, bounds.high), effort) for order in beginnings)
    low = min(-_climb(order, windows, (-1, -bounds.low), effort) for order in beginnings)
    return Range(low, high, (low, high) == (bounds.low, bounds.high))


def _centred(row: Sequence[Block], left: int, back: Callable[[Block], Block] = lambda block: block) -> list[Block]:
    """Blocks without the origin up to `left`, then those with it, then the rest."""
    before: list[Block] = []
    for block in sorted((block for block in row if not block.held), key=lambda block: -block.length):
        if sum(other.length for other in before) + block.length <= left:
            before.append(block)
    rest = list(row)
    for block in before:
        rest.remove(block)
    return [back(block) for block in (*before, *sorted(rest, key=lambda block: -block.held))]


def _climb(order: list[Block], windows: Sequence[Window], aim: tuple[int, int], effort: Effort) -> int:
    """Move single blocks while that helps, within a budget; `aim` is a sign, -1 to look for the least, and a bound."""
    (sign, goal), cost = aim, len(order) * len(windows)
    best, tries, better = sign * value(order, windows), 0, True
    budget = MOST_TRIES * 24 // max(24, len(order))
    while better and best < goal and tries < budget:
        better = False
        for source in range(len(order)):
            for target in range(len(order)):
                if source == target or tries >= budget:
                    continue
                if not effort.covers(cost):
                    return best
                tries += 1
                moved = order[:source] + order[source + 1 :]
                moved.insert(target, order[source])
                found = sign * value(moved, windows)
                if found > best:
                    best, order, better = found, moved, True
    return best
