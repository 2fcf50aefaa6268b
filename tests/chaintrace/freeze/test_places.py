"""What no method goes below at a letter's addresses in all, beside the least of each row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.freeze.addressed import Asked, addressed
from chaintrace.freeze.authority import Asker
from tests.chaintrace.freeze.samples import EVIDENCE, USDT
from tests.chaintrace.freeze.test_addressed import HOT, credit, report, resting, tag

METHODS = ("fifo", "lifo", "libr", "haircut")
HUOBI = (tag("huobi", HOT),)


def of(folder: str, **outcomes):
    """One request of a report whose methods end so."""
    found, _ = addressed(report(**outcomes), EVIDENCE, Asker(), Asked())
    return next(one for one in found if one.folder == folder)


def test_two_payments_that_the_methods_share_out_otherwise_leave_less_by_row_than_in_all():
    made = of(
        "htx",
        fifo=[credit(HOT, 60, HUOBI), credit(HOT, 30, HUOBI, "B")],
        lifo=[credit(HOT, 20, HUOBI), credit(HOT, 70, HUOBI, "B")],
    )
    assert [(place.origin, place.low, place.asked) for place in made.places] == [("B", 30, 30), ("A", 20, 20)]
    assert made.in_all == ((USDT, 90),)
    assert made.asked() == [(USDT, 50)]


def test_what_the_main_method_does_not_bring_there_counts_where_another_does():
    made = of("htx", fifo=[credit(HOT, 60, HUOBI)], lifo=[credit(HOT, 10, HUOBI), credit(HOT, 45, HUOBI, "B")])
    assert [(place.origin, place.asked) for place in made.places] == [("A", 10)]
    assert made.in_all == ((USDT, 55),)


def test_what_rests_counts_for_the_issuer_alone():
    ends = {
        "fifo": [credit(HOT, 60, HUOBI), resting("TRest", 40)],
        "lifo": [credit(HOT, 50, HUOBI), resting("TRest", 50)],
    }
    assert of("htx", **ends).in_all == ((USDT, 50),)
    assert of("tether", **ends).in_all == ((USDT, 100),)


@pytest.mark.slow
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from([HOT, "THot2"]), st.sampled_from("AB"), st.integers(1, 2**256 - 1)), min_size=1
        ),
        min_size=4,
        max_size=4,
    )
)
def test_the_amount_asked_for_is_never_above_what_any_method_brings_there(ends):
    """Neither in all nor by address: the least of the rows never sum to more than one method brings."""
    outcomes = {
        method: [credit(address, value, (tag("huobi", address),), origin) for address, origin, value in found]
        for method, found in zip(METHODS, ends, strict=True)
    }
    made = of("htx", **outcomes)
    [(_, asked)], [(_, in_all)] = made.asked(), made.in_all
    over = {method: sum(out.value for out in found) for method, found in outcomes.items()}
    places = {place.address for place in made.places}
    there = {method: sum(out.value for out in found if out.address in places) for method, found in outcomes.items()}
    assert asked <= in_all == min(there.values()) <= min(over.values())
    for address in places:
        rows = sum(place.asked for place in made.places if place.address == address)
        assert rows <= min(sum(out.value for out in found if out.address == address) for found in outcomes.values())
