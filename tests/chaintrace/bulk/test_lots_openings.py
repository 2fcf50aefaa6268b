"""The least openings (M9) are the same whether sums are compared on the way or known to be small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.bulk.lots import NONE
from chaintrace.bulk.lots_memory import zeros
from chaintrace.bulk.lots_openings import LARGEST, LOWEST, OPENED, openings, small_openings
from chaintrace.bulk.lots_run import POOL

ACCOUNTS = 4
SIDES = st.integers(NONE, ACCOUNTS - 1)
LEDGERS = st.lists(st.tuples(SIDES, SIDES, st.integers(0, 9)), max_size=30)


def columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    senders, receivers, values = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(senders, np.int32), np.array(receivers, np.int32), np.array(values, np.int64)


@given(rows=LEDGERS)
def test_both_ways_give_the_same_openings(rows: list[tuple[int, int, int]]) -> None:
    quick, careful = zeros(2, ACCOUNTS), zeros(ACCOUNTS, 4)
    assert small_openings(*columns(rows), quick)
    flags = np.full(ACCOUNTS, POOL, np.uint8)
    assert openings(*columns(rows), flags, careful) == NONE
    assert (-quick[LOWEST]).tolist() == careful[:, OPENED].tolist()


@pytest.mark.parametrize("values", [[LARGEST], [LARGEST - 3, 2, 1], [0, LARGEST]])
def test_values_that_fit_together_are_small(values: list[int]) -> None:
    held = zeros(2, ACCOUNTS)
    assert small_openings(*columns([(0, 1, value) for value in values]), held)
    assert held[LOWEST].tolist() == [-LARGEST, 0, 0, 0]


@pytest.mark.parametrize("values", [[LARGEST, 1], [LARGEST - 3, 2, 2], [2**62, 2**62], [1, LARGEST]])
def test_values_that_do_not_fit_together_are_not(values: list[int]) -> None:
    assert not small_openings(*columns([(NONE, 1, value) for value in values]), zeros(2, ACCOUNTS))
