"""Lots in linked arrays: how the pools of FIFO and LIFO lie in memory, and what is taken from them and put there.

A lot is a row of `lots`, a pool a row of `pools` that names its first lot; lots that are used up are chained for the
next ones. What moves in one transfer lies in `moved`, oldest first. Values are base units below 2^63; that no sum of a
pool comes to more was checked before (`lots_openings.py`). An origin is a number, NONE is unidentified (M6).
Rules: docs/method.md, M6, M12-M13, M25.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np

from chaintrace.bulk.compiled import need_bulk

_Kernel = TypeVar("_Kernel", bound=Callable[..., object])

NONE = -1
"""No lot, no account, and the origin of what is unidentified."""

VALUE, ORIGIN, HOP, NEXT, SORTED = range(5)
"""Columns of `lots` and of `moved`. NEXT is the next lot of the pool, in `moved` a remainder; SORTED is in `moved`
alone and holds the remainders once more, to be put in order."""

HEAD, TAIL, TOTAL, LENGTH, FREE, TRACED = range(6)
"""Columns of `pools`: first and last lot, the sum (of sums alone), how many lots, the unidentified lot (of sums alone),
and how much of the sum is traced. The first lot is the oldest, under LIFO the newest."""

ROW, FOUND, SPARE, USED, SEED, COUNTED = range(6)
"""Places of `state`: the next transfer, outcomes written, the first used-up lot, lots ever used, the next seed, and
transactions counted (M25)."""

FIFO, LIFO, LIBR, HAIRCUT = range(4)
"""The methods, as the kernels know them."""

METHODS = {"fifo": FIFO, "lifo": LIFO, "libr": LIBR, "haircut": HAIRCUT}
"""The methods that the kernels have, by name: all that allocate."""

Ints: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]
"""An array of whole numbers, of one or two dimensions: int64, of codes int32, of flags uint8."""


def compiled(function: _Kernel) -> _Kernel:
    """`function`, to be compiled into what calls it. It must make no arrays: numba refuses that here.

    In return it counts no references to arrays, which took half of the time of a transfer.
    """
    need_bulk()
    from numba import njit

    made: _Kernel = njit(nogil=True, error_model="numpy", _nrt=False)(function)
    return made


def kept(function: _Kernel) -> _Kernel:
    """The same for what Python calls: with all that is compiled into it, it is kept on the disk where that can be.

    numba renews it when the function's own file changes; of other files it knows nothing.
    """
    need_bulk()
    from numba import njit

    try:
        made: _Kernel = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function)
    except RuntimeError:  # neither the package's folder nor the user's can be written to: each process compiles
        return compiled(function)
    return made


@compiled
def new_lot(lots: Ints, state: Ints) -> int:
    """The place of a lot that is not in use."""
    spare = state[SPARE]
    if spare == NONE:
        state[USED] += 1
        return state[USED] - 1
    state[SPARE] = lots[spare, NEXT]
    return spare


@compiled
def drop_lot(lots: Ints, state: Ints, lot: int) -> None:
    """Give up the place of a lot."""
    lots[lot, NEXT] = state[SPARE]
    state[SPARE] = lot


@compiled
def take_queue(pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, value: int) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Remove `value` from the head into `moved`; how many lots moved, or NONE when the pool holds less."""
    count, lot = 0, pools[pool, HEAD]
    while value > 0:
        if lot == NONE:
            return NONE
        held = lots[lot, VALUE]
        moved[count, ORIGIN] = lots[lot, ORIGIN]
        moved[count, HOP] = lots[lot, HOP]
        if held <= value:
            moved[count, VALUE] = held
            value -= held
            following = lots[lot, NEXT]
            drop_lot(lots, state, lot)
            pools[pool, LENGTH] -= 1
            lot = following
        else:
            moved[count, VALUE] = value
            lots[lot, VALUE] = held - value
            value = 0
        count += 1
    pools[pool, HEAD] = lot
    if lot == NONE:
        pools[pool, TAIL] = NONE
    return count


@compiled
def turned(moved: Ints, count: int) -> int:
    """Turn what was taken from the newest end into the order in which it lay there: oldest first (M13)."""
    for low in range(count // 2):
        high = count - 1 - low
        for column in range(NEXT):
            moved[low, column], moved[high, column] = moved[high, column], moved[low, column]
    return count


@compiled
def put_queue(pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, count: int, method: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Add what moved, oldest first: behind the last lot, under LIFO before the first. Neighbours merge (M25)."""
    end = TAIL if method == FIFO else HEAD
    for place in range(count):
        value, origin, hop = moved[place, VALUE], moved[place, ORIGIN], moved[place, HOP]
        last = pools[pool, end]
        if last != NONE and lots[last, ORIGIN] == origin:
            lots[last, VALUE] += value
            lots[last, HOP] = min(lots[last, HOP], hop)
            continue
        lot = new_lot(lots, state)
        lots[lot, VALUE], lots[lot, ORIGIN], lots[lot, HOP] = value, origin, hop
        pools[pool, LENGTH] += 1
        if method == LIFO:
            lots[lot, NEXT] = last
        else:
            lots[lot, NEXT] = NONE
            if last != NONE:
                lots[last, NEXT] = lot
            else:
                pools[pool, HEAD] = lot
        pools[pool, end] = lot
