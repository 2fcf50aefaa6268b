"""How much of an origin lies in windows of a row of blocks, over all orders: against every permutation."""

from __future__ import annotations

from itertools import permutations
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.tracing import orders
from chaintrace.tracing.fillings import neighbours
from chaintrace.tracing.orders import Block, Effort, Range, extremes, joined, value


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    """A short block: of the origin, not of it, or in stretches."""
    length = draw(st.integers(1, 9))
    edges = draw(st.sampled_from([[], [0, length], None]))
    if edges is None:
        edges = sorted(draw(st.sets(st.integers(0, length), max_size=4)))
        edges = edges[: len(edges) // 2 * 2]
    return Block(length, tuple(zip(edges[::2], edges[1::2], strict=True)))


ROWS = st.lists(blocks(), min_size=1, max_size=6)
EDGES = st.lists(st.integers(0, 1_000), min_size=2, max_size=2) | st.lists(
    st.integers(0, 1_000), min_size=4, max_size=4
)


def cut(row: list[Block], edges: list[int]) -> list[tuple[int, int]]:
    """One or two disjoint windows of the row; an edge in the last third is an end of the row."""
    total = sum(block.length for block in row)
    places = sorted(total * max(0, min(600, edge - 200)) // 600 for edge in edges)
    return list(zip(places[::2], places[1::2], strict=True))


def attained(row: list[Block], windows: list[tuple[int, int]]) -> tuple[int, int]:
    found = [value(order, windows) for order in permutations(row)]
    return min(found), max(found)


@pytest.mark.parametrize("states", [orders.MOST_STATES, 0])
@given(row=ROWS, edges=EDGES)
def test_the_ends_are_those_of_all_permutations(states: int, row: list[Block], edges: list[int]) -> None:
    """By states, and without them: by sums where these decide, else searched, and then never beyond the truth."""
    windows = cut(row, edges)
    low, high = attained(row, windows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "MOST_STATES", states)
        found = extremes(row, windows)
    if states:
        assert found.exact
    if found.exact:
        assert (found.low, found.high) == (low, high)
    else:
        assert low <= found.low <= found.high <= high


@given(row=ROWS, edge=st.integers(0, 1_000), first=st.booleans())
def test_a_window_at_an_end_is_exact_by_sums_alone(row: list[Block], edge: int, first: bool) -> None:
    total = sum(block.length for block in row)
    windows = [(0, total * edge // 1_000)] if first else [(total * edge // 1_000, total)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "MOST_STATES", 0)
        assert extremes(row, windows) == (*attained(row, windows), True)


@given(lengths=st.lists(st.integers(0, 60), max_size=8), place=st.integers(0, 500))
def test_neighbours_are_the_sums_next_to_a_place(lengths: list[int], place: int) -> None:
    sums = {
        sum(length for bit, length in enumerate(lengths) if chosen >> bit & 1) for chosen in range(2 ** len(lengths))
    }
    below, above = [one for one in sums if one <= place], [one for one in sums if one >= place]
    assert neighbours(lengths, [place]) == {*([max(below)] if below else []), *([min(above)] if above else [])}


@pytest.mark.parametrize("edges", [(0.1, 0.9), (0, 0.5), (0.4, 1)])
@pytest.mark.parametrize("traced", [1, 12])
def test_twenty_four_different_inputs_take_less_than_a_second(edges: tuple, traced: int) -> None:
    row = [Block(7_919**3 % (104_729 + 37 * n), ()) for n in range(24)]
    row = [Block(block.length, ((0, block.length),)) if n < traced else block for n, block in enumerate(row)]
    total = sum(block.length for block in row)
    start = process_time()
    found = extremes(row, [(int(total * edges[0]), int(total * edges[1]))])
    assert process_time() - start < 1
    assert found.exact or traced > 1
    assert found.low < found.high


def test_many_equal_inputs_are_no_more_work_than_their_number() -> None:
    row = [Block(5, ((0, 5),))] * 100 + [Block(3, ())] * 300
    assert extremes(row, [(1_000, 1_100)]) == Range(0, 100, exact=True)
    assert extremes(row, [(1, 1_399)]) == Range(498, 500, exact=True)


def test_a_row_that_is_too_long_is_searched_and_says_so() -> None:
    row = [Block(1_000 + 7 * n, ((0, 500),) if n % 2 else ()) for n in range(60)]
    found = extremes(row, [(10_000, 12_345)])
    assert not found.exact
    assert 0 <= found.low < found.high <= 2_345


def test_windows_that_touch_are_one() -> None:
    assert joined([(5, 9), (0, 2), (2, 5), (4, 4), (10, 11)]) == [(0, 9), (10, 11)]


@given(row=ROWS, edges=EDGES)
def test_without_effort_the_range_is_one_that_orders_attain(row: list[Block], edges: list[int]) -> None:
    windows = cut(row, edges)
    low, high = attained(row, windows)
    found = extremes(row, windows, Effort(0))
    assert low <= found.low <= value(row, windows) <= found.high <= high
    assert not found.exact or (found.low, found.high) == (low, high)


def test_effort_is_counted_and_runs_out() -> None:
    effort = Effort(10)
    assert effort.covers(9)
    assert effort.covers(9)
    assert effort.spent
    assert not effort.covers(1)
