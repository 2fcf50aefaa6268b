"""Work on long columns in shares, one a core: compiled code lets other threads run beside it."""

import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any, TypeVar

from chaintrace.threads import Pool

_Made = TypeVar("_Made")


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cuts(size: int, least: int, most: int | None = None) -> list[int]:
    """Where `size` things are cut into at most `most` shares (None: one a core) of `least` at least: 0, …, `size`."""
    shares = max(1, min(most or cores(), size // least))
    return [size * share // shares for share in range(shares + 1)]


def each(places: Sequence[int], task: Callable[[int, int], _Made]) -> list[_Made]:
    """What `task` makes of each share, from a place up to the next one, in their order. The last is done right here.

    It raises what the task raises.
    """
    shares = [*pairwise(places)]
    if len(shares) == 1:
        return [task(*shares[0])]
    wait = _pool(os.getpid()).begin([partial(task, *share) for share in shares[:-1]])
    own = task(*shares[-1])
    return [*wait(), own]


@cache
def _pool(_process: int) -> Pool[Callable[[], Any], Any]:
    """Threads for all cores but this one. A process that was forked has none of its parent's."""
    return Pool(max(1, cores() - 1), lambda task: task())
