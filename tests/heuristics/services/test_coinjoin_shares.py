"""Dealing out inputs: a deal that was made is found, and one that says nothing is not told."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from heuristics.services.coinjoin_shares import FLOOR, Payers, is_dealt, shifted

EQUAL = 10_000_000
coins = st.tuples(st.integers(EQUAL + 100_000, 30_000_000), st.lists(st.integers(1_000, 20_000_000), max_size=2))


@st.composite
def deals(draw):
    """What the addresses of three to five makers and a taker spend, and the changes, in any order."""
    makers = [[first, *more] for first, more in draw(st.lists(coins, min_size=3, max_size=5))]
    earned = [draw(st.integers(-FLOOR, EQUAL // 100)) for _ in makers]
    change = [sum(several) - EQUAL + fee for several, fee in zip(makers, earned, strict=True)]
    taker = [EQUAL + sum(earned) + 500_000 + draw(st.integers(0, 10**7))]
    change.append(taker[0] - EQUAL - sum(earned) - draw(st.integers(500, 400_000)))
    spent = [coin for several in (*makers, taker) for coin in several]
    return draw(st.permutations(spent)), draw(st.permutations(change))


@given(deals())
def test_a_deal_that_was_made_is_found(made):
    spent, change = made
    assert Payers(spent).can_deal([EQUAL + one for one in change], EQUAL // 100)


@given(st.lists(st.integers(1, 10**9), min_size=3, max_size=9), st.integers(0, 10**6))
def test_nobody_can_be_paid_more_than_was_spent(spent, change):
    due = [sum(spent) // 2 + 3 * FLOOR] * 2 + [change + 3 * FLOOR]
    assert not Payers(spent).can_deal(due, FLOOR)


@given(st.lists(st.integers(10**6, 10**9), min_size=2, max_size=9), st.integers(1, 10**5))
def test_a_shift_moves_every_amount(due, by):
    moved = shifted(due, by)
    assert all(abs(one - other) == by and other > 0 for one, other in zip(due, moved, strict=True))
    assert [one < other for one, other in zip(due, moved, strict=True)] == [
        number % 2 == 1 for number in range(len(due))
    ]


def test_what_fits_any_amount_says_nothing():
    spent = [2_000_000 + 70_001 * number for number in range(24)]
    change = [1_000_000, 2_345_678, 4_000_111, 999_999]
    assert Payers(spent).can_deal([EQUAL + one for one in (*change, 0)], EQUAL // 100)
    assert not is_dealt(spent, EQUAL, 5, change)


def test_fewer_addresses_than_participants_and_more_changes_than_participants():
    assert not is_dealt([EQUAL * 3, EQUAL], EQUAL, 3, [])
    assert not is_dealt([EQUAL + 1] * 4, EQUAL, 3, [1, 2, 3, 4])


def test_a_search_that_finds_nothing_ends():
    spent = [3_000_000 + 11 * number for number in range(40)]
    due = [7_654_321 + 1_111 * number for number in range(20)]
    assert any(one > other for one, other in pairwise(due[::-1]))
    assert not Payers(spent).can_deal(due, 1)
