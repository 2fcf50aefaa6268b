"""Counting in how many ways inputs and outputs can be dealt out into groups that each pay for their own outputs.

Inputs that can change places in every group are one *sort*, as those of equal value always are, and outputs likewise.
A group is how many it has of each sort, packed into one number, so that a round of equal payments is counted at once.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from math import comb, prod
from typing import NamedTuple, TypeAlias

STEPS = 24_000_000
"""Steps of counting, at most: seconds of one processor. Beyond it nothing is said: a part of a count is no count."""

FOLLOWED, MADE = 10, 40
"""Steps that it costs to follow a group, and to make one, measured beside looking at one."""

MOST_SUMS = 2**13
"""Different sums of the inputs, or of the outputs, at most; twelve of each have 4,096."""

Counts: TypeAlias = tuple[int, ...]
"""How many of each sort."""


class TooMany(Exception):
    """A transaction has more readings than can be counted in seconds."""


class Group(NamedTuple):
    """A group: how many of each sort, those of inputs first, and the same packed into a number."""

    counts: Counts
    packed: int


class Readings:
    """The readings of a transaction: a group is of one input or more, and its inputs less its outputs is in `bounds`.

    Values are in base units. Raises TooMany where counting would take more than `steps`.
    """

    def __init__(self, inputs: Sequence[int], outputs: Sequence[int], bounds: tuple[int, int], steps: int) -> None:
        least, most = bounds
        made, spent = _sums(outputs), _sums(inputs)
        self._left = steps
        self._step(len(made) * len(set(outputs)) + len(spent) * len(set(inputs)))
        self._inputs = _sorts(inputs, lambda value: _window(made, value - most, value - least))
        self._outputs = _sorts(outputs, lambda value: _window(spent, value + least, value + most))
        self._whole: Counts = tuple(len(sort) for sort in (*self._inputs, *self._outputs))
        self._places = tuple(_offsets(self._whole))
        self._guards = sum(
            1 << (place + have.bit_length()) for place, have in zip(self._places, self._whole, strict=True)
        )
        self._several = tuple(number for number, have in enumerate(self._whole) if have > 1)
        self._by_inputs: dict[Counts, list[Group]] = {}
        for group in self._groups(bounds):
            self._by_inputs.setdefault(group.counts[: len(self._inputs)], []).append(group)
        self._near: dict[Counts, tuple[list[Group], ...]] = {}
        self._known: dict[int, int] = {}
        self._values = tuple(inputs), tuple(outputs)

    def number(self) -> int:
        """How many readings there are."""
        return self._number(self._packed(self._whole))

    def links(self) -> tuple[tuple[int, ...], ...]:
        """In how many readings an output (a row) and an input (a column) stand in one group, in the order given."""
        wide, whole = len(self._inputs), self._packed(self._whole)
        found: Counter[tuple[int, int]] = Counter()
        for group in (group for several in self._by_inputs.values() for group in several):
            further = self._number(whole - group.packed)
            if further:
                spent = [i for i in range(wide) if group.counts[i]]
                made = [o for o in range(wide, len(self._whole)) if group.counts[o]]
                for i, o in product(spent, made):
                    found[o, i] += further * _ways(self._whole, group.counts, (i, o))
        of_input = {value: number for number, sort in enumerate(self._inputs) for value in sort}
        of_output = {value: number + wide for number, sort in enumerate(self._outputs) for value in sort}
        inputs, outputs = self._values
        return tuple(tuple(found[of_output[o], of_input[i]] for i in inputs) for o in outputs)

    def _groups(self, bounds: tuple[int, int]) -> Iterator[Group]:
        """Every group: for each choice of inputs, the choices of outputs that they pay for."""
        least, most = bounds
        made = sorted((_worth(self._outputs, one), one) for one in _choices(self._outputs))
        keys = [worth for worth, _ in made]
        for spent in _choices(self._inputs):
            start, end = _window(keys, _worth(self._inputs, spent) - most, _worth(self._inputs, spent) - least)
            self._step(1 + MADE * (end - start))
            if any(spent):
                for _, one in made[start:end]:
                    yield Group((*spent, *one), self._packed((*spent, *one)))

    def _number(self, rest: int) -> int:
        """How many readings a remainder has: for each group of its first input, those of what that group leaves."""
        found = self._known.get(rest)
        if found is not None:
            return found
        have, guards, guarded, total = self._unpacked(rest), self._guards, rest | self._guards, 0
        first = next((i for i in range(len(self._inputs)) if have[i]), None)
        if first is None:
            return 0 if rest else 1
        for groups in self._of_inputs(have[: len(self._inputs)], first):
            self._step(len(groups))
            for group in groups:
                if (guarded - group.packed) & guards == guards:
                    self._step(FOLLOWED)
                    further = self._number(rest - group.packed)
                    if further:
                        total += further * self._ways_of_first(have, group.counts, first)
        self._known[rest] = total
        return total

    def _of_inputs(self, spent: Counts, first: int) -> tuple[list[Group], ...]:
        """The groups that hold the first of these inputs and no others than these, parted by their inputs."""
        found = self._near.get(spent)
        if found is None:
            choices = product(*(range(i == first, count + 1) for i, count in enumerate(spent)))
            found = tuple(self._by_inputs[one] for one in choices if one in self._by_inputs)
            self._step(prod(count + (i != first) for i, count in enumerate(spent)))
            self._near[spent] = found
        return found

    def _ways_of_first(self, have: Counts, take: Counts, first: int) -> int:
        """In how many ways a group can be taken that holds the first input."""
        return prod(comb(have[i] - (i == first), take[i] - (i == first)) for i in self._several)

    def _packed(self, counts: Iterable[int]) -> int:
        return sum(count << place for count, place in zip(counts, self._places, strict=True))

    def _unpacked(self, packed: int) -> Counts:
        """The counts of a number; each has a bit above it that is never set, by which too large a group is seen."""
        return tuple(
            packed >> place & ((1 << have.bit_length()) - 1)
            for place, have in zip(self._places, self._whole, strict=True)
        )

    def _step(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            raise TooMany


def _sums(values: Iterable[int]) -> list[int]:
    """Every different sum of some of these values or none, in order. Raises TooMany beyond `MOST_SUMS`."""
    found = {0}
    for value in values:
        found |= {value + one for one in found}
        if len(found) > MOST_SUMS:
            raise TooMany
    return sorted(found)


def _window(keys: Sequence[int], least: int, most: int) -> tuple[int, int]:
    """From where to where sums lie between two values, both inclusive."""
    return bisect_left(keys, least), bisect_right(keys, most)


def _offsets(whole: Counts) -> Iterator[int]:
    """Where the bits of each count begin."""
    place = 0
    for have in whole:
        yield place
        place += have.bit_length() + 1


def _sorts(values: Sequence[int], window: Callable[[int], tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Values by sort, the largest first: two are of one where no group cares which of them it has.

    `window` says which sums of the other side go with a sum of this one. It never shrinks from one value to the next,
    so that only neighbours are compared.
    """
    found: list[list[int]] = []
    for value in sorted(values, reverse=True):
        if found and (value == found[-1][-1] or _can_change_places(values, found[-1][-1], value, window)):
            found[-1].append(value)
        else:
            found.append([value])
    return tuple(map(tuple, found))


def _can_change_places(values: Sequence[int], one: int, other: int, window: Callable[[int], tuple[int, int]]) -> bool:
    """Whether, whatever else is in a group, the same sums of the other side go with it under either value."""
    others = list(values)
    others.remove(one)
    others.remove(other)
    return all(window(beside + one) == window(beside + other) for beside in _sums(others))


def _choices(sorts: Sequence[tuple[int, ...]]) -> Iterator[Counts]:
    """Every choice of so many or fewer of each sort."""
    return product(*(range(len(sort) + 1) for sort in sorts))


def _worth(sorts: Sequence[tuple[int, ...]], counts: Counts) -> int:
    """What a choice is worth, by the first ones of each sort."""
    return sum(sum(sort[:count]) for sort, count in zip(sorts, counts, strict=True))


def _ways(have: Counts, take: Counts, chosen: tuple[int, int]) -> int:
    """In how many ways a group can be taken that certainly holds one input and one output of the chosen sorts."""
    return prod(
        comb(whole - 1, part - 1) if number in chosen else comb(whole, part)
        for number, (whole, part) in enumerate(zip(have, take, strict=True))
    )
