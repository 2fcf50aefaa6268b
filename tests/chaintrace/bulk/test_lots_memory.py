"""Arrays begin at a line of the cache or at a huge page, and a larger one begins with what was there."""

from __future__ import annotations

import numpy as np
import pytest

from chaintrace.bulk.lots_memory import aligned, larger, zeros


@pytest.mark.parametrize(("rows", "columns", "at"), [(1, 2, 64), (3, 4, 64), (2**17, 2, 2**21), (2**16 + 1, 4, 2**21)])
def test_an_array_begins_where_a_line_or_a_huge_page_does(rows: int, columns: int, at: int) -> None:
    array = aligned(rows, columns)
    assert array.shape == (rows, columns)
    assert array.ctypes.data % at == 0
    assert array.flags.c_contiguous
    assert array.flags.writeable


def test_an_array_may_be_empty_and_of_a_narrower_kind():
    assert aligned(0, 0).shape == (0, 0)
    assert aligned(3, 5, np.int32).nbytes == 60


def test_zeros_are_zero():
    for _ in range(3):
        array = zeros(100, 8)
        assert not array.any()
        array.fill(7)


def test_a_larger_array_begins_with_the_old_one():
    array = aligned(5, 2, np.int32)
    array[:] = np.arange(10).reshape(5, 2)
    more = larger(array)
    assert more.shape == (10, 2)
    assert more.dtype == np.int32
    assert (more[:5] == array).all()
