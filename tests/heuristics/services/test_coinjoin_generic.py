"""The coinjoin of no family: five equal payers and more, where no other rule has a name for it."""

from __future__ import annotations

import pytest

from tests.heuristics.services.rounds import joinmarket, mix, said, transaction, tx0, view_of, wabisabi, zerolink

NAMED = ["coinjoin_generic"]
EQUAL = 3_000_000


def test_equal_payers_without_change():
    assert said(transaction([EQUAL + 500 + place for place in range(6)], [EQUAL] * 6)) == NAMED


@pytest.mark.parametrize(("number", "is_one"), [(4, False), (5, True)])
def test_five_of_whom_some_get_change(number, is_one):
    paid = [EQUAL + 400] * (number - 2) + [4_100_000, 7_000_000]
    assert (said(transaction(paid, [EQUAL] * number + [1_100_100, 3_990_000])) == NAMED) is is_one


@pytest.mark.parametrize(
    "other",
    [
        transaction([EQUAL * 6 + 500, *[1_000] * 5], [EQUAL] * 6),
        transaction([EQUAL + 500] * 5, [(EQUAL, "in0"), *[EQUAL] * 4]),
        transaction([EQUAL * 2] * 3, [EQUAL] * 6),
        transaction([EQUAL * 6 + 500], [EQUAL] * 6),
        transaction([EQUAL, 1_000], [EQUAL, 500]),
        transaction([], [EQUAL] * 6),
    ],
    ids=["one pays for all", "to a payer", "fewer pay", "one input", "nothing equal", "made of nothing"],
)
def test_payments_that_one_makes(other):
    assert said(other) == []


def test_no_payments_of_an_exchange():
    one = transaction([EQUAL + 500 + place for place in range(6)], [EQUAL] * 6)
    assert said(one, exchange="in3") == []
    assert said(one, exchange="out3") == NAMED


@pytest.mark.parametrize("round_", [zerolink(), wabisabi(), mix(), joinmarket(), tx0()])
def test_what_has_a_name_needs_no_other(round_):
    assert len(said(round_)) == 1
    assert said(round_) != NAMED


def test_it_says_whose_shape_it_is():
    from heuristics.services.coinjoin_generic import coinjoin_generic

    [found] = coinjoin_generic(mix(at=(400_000, None)), view_of())
    assert found.text.endswith("it has the shape of Whirlpool, but not its height or time.")
