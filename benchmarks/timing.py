"""Times and memory of several ways to do one thing: interleaved in one run, so that a busy machine slows all alike."""

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

_Name = TypeVar("_Name")

REPEATS = 5
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Times:
    """The seconds of each repeat of one side."""

    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        """The quickest repeat: what the work costs when nobody else is at the machine."""
        return min(self.seconds)

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.seconds)

    def __str__(self) -> str:
        return f"{span(self.least)} (median {span(self.middle)})"


def race(sides: Mapping[_Name, Callable[[], Any]], repeats: int = REPEATS) -> dict[_Name, Times]:
    """Run every side once, then again from the first, `repeats` times; the time of each run.

    The garbage collector does not look at what was there before: it would charge one side for the other's objects.
    """
    taken: dict[_Name, list[float]] = {name: [] for name in sides}
    with settled():
        for _ in range(repeats):
            for name, side in sides.items():
                start = time.perf_counter()
                side()
                taken[name].append(time.perf_counter() - start)
                gc.collect()
    return {name: Times(tuple(seconds)) for name, seconds in taken.items()}


def cpu(sides: Mapping[_Name, Callable[[], Any]], repeats: int) -> dict[_Name, Times]:
    """The CPU seconds of each side, in turn: on a shared machine others' work is not counted."""
    taken: dict[_Name, list[float]] = {name: [] for name in sides}
    for _ in range(repeats):
        for name, side in sides.items():
            start = time.process_time()
            side()
            taken[name].append(time.process_time() - start)
    return {name: Times(tuple(seconds)) for name, seconds in taken.items()}


@contextmanager
def settled() -> Iterator[None]:
    """While this lasts, the garbage collector leaves alone what lies in memory now."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def peak(side: Callable[[], Any]) -> int:
    """The most bytes that Python held for one run of `side`, beyond what lay there before."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        side()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def ratio(slow: Times, fast: Times) -> float:
    """How many times as long the first takes, by the quickest repeats."""
    return slow.least / fast.least


def span(seconds: float) -> str:
    """A time for a table, three digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def megabytes(size: float) -> str:
    """A size for a table."""
    return f"{size / MEGABYTE:.3g} MB"


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
