"""Division by the largest remainder in compiled code is that of the pools in Python (M16)."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.accounting import shares
from chaintrace.bulk.lots import SORTED, VALUE
from chaintrace.bulk.lots_openings import LARGEST
from chaintrace.bulk.lots_sums import divide, largest

PARTS = st.lists(st.one_of(st.integers(1, 5), st.integers(1, 2**57)), min_size=2, max_size=40)


def moved(column: int, values: list[int]) -> np.ndarray:
    table = np.zeros((len(values), SORTED + 1), np.int64)
    table[:, column] = values
    return table


@given(parts=PARTS, share=st.fractions(0, 1))
def test_shares_are_those_of_the_pools(parts: list[int], share) -> None:
    total = sum(parts)
    assert total <= LARGEST
    value = int(total * share)
    table = moved(VALUE, parts)
    divide(table, len(parts), value, total)
    assert table[:, VALUE].tolist() == shares(parts, value, total)


@given(rests=st.lists(st.integers(0, 9) | st.integers(0, LARGEST), min_size=1, max_size=60), data=st.data())
def test_the_remainder_of_a_rank_is_found(rests: list[int], data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, len(rests)))
    table = np.zeros((len(rests), SORTED + 1), np.int64)
    table[:, 3] = rests
    assert largest(table, len(rests), rank) == sorted(rests, reverse=True)[rank - 1]
