"""Which price holds at a moment: the last one, for one interval; a missing day is never filled."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.prices import SECONDS, Price, PriceSeries
from chaintrace.valuation import Unvalued, price_at

MIDNIGHT = 1_652_054_400  # 2022-05-09T00:00:00Z
DAY = SECONDS["day"]


def series(*days: int, interval: str = "day") -> PriceSeries:
    """Closes at these numbers of intervals after MIDNIGHT, each 100 more than the one before."""
    step = SECONDS[interval]
    prices = tuple(Price(MIDNIGHT + day * step, Decimal(100 * number)) for number, day in enumerate(days, 1))
    return PriceSeries("ledger", "GOLD", "USD", interval, "a list", prices)


def test_a_price_holds_from_its_moment_until_the_next_one_is_due():
    two = series(0, 1)
    assert price_at(two, MIDNIGHT) == two.prices[0]
    assert price_at(two, MIDNIGHT + DAY - 1) == two.prices[0]
    assert price_at(two, MIDNIGHT + DAY) == two.prices[1]


def test_what_is_later_was_not_known():
    assert price_at(series(0), MIDNIGHT - 1) == Unvalued(
        "no price at or before 2022-05-08T23:59:59Z: the first one counts from 2022-05-09T00:00:00Z"
    )
    assert price_at(series(), MIDNIGHT) == Unvalued("no price at or before 2022-05-09T00:00:00Z: there is none")


def test_a_missing_day_has_no_price_although_the_days_round_it_have():
    assert price_at(series(0, 2), MIDNIGHT + DAY) == Unvalued(
        "no price of the day before 2022-05-10T00:00:00Z: the last one before it is of 2022-05-09T00:00:00Z"
    )


@pytest.mark.parametrize("interval", sorted(SECONDS))
def test_each_interval_ends_after_its_seconds(interval):
    one = series(0, interval=interval)
    assert price_at(one, MIDNIGHT + SECONDS[interval] - 1) == one.prices[0]
    assert isinstance(price_at(one, MIDNIGHT + SECONDS[interval]), Unvalued)


@given(
    days=st.sets(st.integers(0, 40)).map(sorted),
    seconds=st.integers(-DAY, 42 * DAY),
    interval=st.sampled_from(sorted(SECONDS)),
)
def test_a_price_is_found_exactly_where_its_interval_was_quoted(days, seconds, interval):
    found = price_at(series(*days, interval=interval), MIDNIGHT + seconds)
    assert isinstance(found, Price) == (seconds // SECONDS[interval] in days)
    if isinstance(found, Price):
        assert found.time == MIDNIGHT + seconds // SECONDS[interval] * SECONDS[interval]
