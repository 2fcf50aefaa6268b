"""Lots in arrays: how pools lie in memory, linked here and in blocks in `lots_blocks.py`.

A lot is a row of `lots`, a pool a row of `pools`. Under haircut and LIBR a pool names its first lot, each lot the next
one, and lots that are used up are chained for the next ones. What moves in one transfer lies in `moved`, oldest first.
Values are base units below 2^63; that no sum of a pool comes to more was checked before (`lots_openings.py`). An origin
is a number, NONE is unidentified (M6). Rules: docs/method.md, M6, M12-M16, M25.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np

from chaintrace.bulk.compiled import need_bulk

_Kernel = TypeVar("_Kernel", bound=Callable[..., object])

NONE = -1
"""No lot, no account, and the origin of what is unidentified."""

VALUE, ORIGIN, HOP, NEXT, SORTED = range(5)
"""Columns of `lots` that are linked, and of `moved`. NEXT is the next lot of the pool, in `moved` a remainder; SORTED
is in `moved` alone and holds the remainders once more, to be put in order."""

KEY = 1
"""The second column of `lots` in blocks, which have no other: origin and hop in one number, the origin in the upper 32
bits."""

BITS = 32
"""Bits of a hop in a key."""

SHIFT, LAST = 2, 3
"""Rows of a block are four: the shift from a row to its block, and the place of the last row in it."""

TOTAL, FREE, LENGTH, TRACED, HEAD, TAIL = range(6)
"""Columns of `pools`: the sum, the unidentified lot, how many lots, how much of the sum is traced, first and last lot.

A pool in blocks has VALUE and KEY of its front lot in place of TOTAL and FREE, and HEAD and TAIL are those of the lots
behind it."""

WIDTH = 8
"""Columns of `pools` with those that nobody uses: a row is a line of the processor's cache."""

ROW, FOUND, SPARE, USED, SEED, COUNTED = range(6)
"""Places of `state`: the next transfer, outcomes written, the first lot or block given up, lots or blocks ever used,
the next seed, and transactions counted (M25)."""

STATE = 6
"""Places of `state`."""

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


def inlined(function: _Kernel) -> _Kernel:
    """The same, and always written out where it is called: a call hands over nine numbers an array."""
    need_bulk()
    from numba import njit

    made: _Kernel = njit(nogil=True, error_model="numpy", _nrt=False, forceinline=True)(function)
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


@inlined
def at(place: int) -> int:
    """An index that is not below zero: of any other one numba asks each time whether it counts from the end."""
    return np.uint64(place)


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
