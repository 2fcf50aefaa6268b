"""Arrays that begin where a line of the processor's cache begins, large ones where a huge page of the system does.

A row of 32 or 64 bytes then lies in one line. For large arrays numpy asks the system for huge pages: with small ones a
million lots are thousands of interruptions to be given memory.
"""

from typing import Any

import numpy as np

from chaintrace.bulk.lots import Ints

_LINE, _HUGE = 64, 2**21
"""Bytes of a line, and of a huge page (Linux on x86-64)."""


def aligned(rows: int, columns: int, kind: "type[np.integer[Any]]" = np.int64, *, zero: bool = False) -> Ints:
    """So many rows of whole numbers, whatever they are: memory is given for what is written, not for what is asked."""
    size = rows * columns * np.dtype(kind).itemsize
    begin_at = _HUGE if size >= _HUGE else _LINE
    room = (np.zeros if zero else np.empty)(size + begin_at, np.uint8)
    begin = -room.ctypes.data % begin_at
    return room[begin : begin + size].view(kind).reshape(rows, columns)


def zeros(rows: int, columns: int) -> Ints:
    """So many rows of zeros, of 64 bits."""
    return aligned(rows, columns, zero=True)


def larger(array: Ints) -> Ints:
    """Twice as many rows, the first as they were."""
    rows, columns = array.shape
    enlarged = aligned(2 * rows, columns, array.dtype.type)
    enlarged[:rows] = array
    return enlarged
