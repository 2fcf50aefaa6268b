"""A value in money is exact: base units times price times rates, summed before anything is rounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.chain import MAX_VALUE, Asset
from chaintrace.model.prices import Price, PriceSeries
from chaintrace.valuation import Declared, Rates, Unvalued, Valuation, Worth, worth

GOLD = Asset("ledger", "GOLD", "GOLD", 2)
KEY = ("ledger", "GOLD")
NOON = 1_711_627_200  # Thursday 2024-03-28T12:00:00Z
MIDNIGHT = NOON - 43_200
DAY = 86_400
RATES = Rates((date(2024, 3, 28),), {"USD": 1, "CNY": 2}, (("2024-03-28", "1.0811", "7.8144"),))
SERIES = PriceSeries("ledger", "GOLD", "USD", "day", "a list", (Price(MIDNIGHT, Decimal("3.5")),))
IN_USD = Valuation("USD", series={KEY: SERIES})
IN_CNY = Valuation("CNY", series={KEY: SERIES}, ecb="same day", rates=RATES)

prices = st.decimals(Decimal("1e-18"), Decimal(10**12), allow_nan=False, allow_infinity=False, places=18)


def at_price(price: Decimal) -> Valuation:
    return replace(IN_USD, series={KEY: replace(SERIES, prices=(Price(MIDNIGHT, price),))})


def value(valuation: Valuation, units: int, time: int | None = NOON, asset: Asset = GOLD) -> Fraction:
    found = worth(valuation, units, asset, time)
    assert isinstance(found, Worth), found
    return found.exact


def reason(valuation: Valuation, time: int | None = NOON, asset: Asset = GOLD) -> str:
    found = worth(valuation, 100, asset, time)
    assert isinstance(found, Unvalued)
    return found.reason


def test_an_amount_times_a_price():
    found = worth(IN_USD, 150, GOLD, NOON)
    assert found == Worth(
        Fraction(21, 4),
        Decimal("3.5"),
        "USD",
        MIDNIGHT,
        None,
        "last price at or before the moment, less than one day old; nothing interpolated",
        "a list",
    )


def test_another_currency_is_converted_by_the_rates_of_the_day_and_says_so():
    found = worth(IN_CNY, 150, GOLD, NOON)
    assert found.exact == Fraction(21, 4) * Fraction("7.8144") / Fraction("1.0811")
    assert (found.price, found.price_currency, found.rate.day) == (Decimal("3.5"), "USD", date(2024, 3, 28))
    assert found.rule.endswith("; converted at the ECB's reference rates of the same day (UTC)")


def test_no_price_is_converted_without_a_rule():
    assert reason(replace(IN_CNY, ecb="", rates=None)) == (
        "the price is in USD, the case asks for CNY, and [valuation] names no ecb rule by which to convert it"
    )


def test_a_day_without_a_rate_has_no_value_unless_the_rule_says_so():
    two = replace(SERIES, prices=(*SERIES.prices, Price(MIDNIGHT + DAY, Decimal(4))))
    rates = replace(
        RATES,
        days=(date(2024, 3, 28), date(2024, 4, 2)),
        cells=(*RATES.cells, ("2024-04-02", "1.0749", "7.7759")),
    )
    friday = replace(IN_CNY, series={KEY: two}, rates=rates)
    assert "published no reference rate of USD and CNY on 2024-03-29" in reason(friday, NOON + DAY)
    found = worth(replace(friday, ecb="last published"), 100, GOLD, NOON + DAY)
    assert found.exact == 4 * Fraction("7.8144") / Fraction("1.0811")
    assert "last published up to that day" in found.rule


def test_a_missing_day_has_no_value():
    assert reason(IN_USD, NOON + DAY).startswith("no price of the day before 2024-03-29T12:00:00Z")


def test_a_stablecoin_is_not_worth_one_unless_the_case_says_it():
    usdt = Asset("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "USDT", 6)
    assert reason(IN_USD, asset=usdt) == "no price of this asset is given"
    said = replace(IN_USD, declared={("tron", usdt.contract): Declared(Decimal("1.00"), "USD")})
    found = worth(said, 1_500_000, usdt, NOON + 400 * DAY)
    assert (found.exact, found.price_time) == (Fraction(3, 2), None)
    assert found.rule == "declared in the case as 1.00 USD; not a market price"
    assert found.told == "the case's own declaration"


def test_another_contract_with_the_same_name_is_another_asset():
    assert reason(IN_USD, asset=Asset("ledger", "FAKE", "GOLD", 2)) == "no price of this asset is given"


def test_what_is_not_known_is_said():
    assert reason(IN_USD, None) == "the time is not known"
    assert reason(IN_USD, asset=replace(GOLD, decimals=None)) == "nobody said how many decimals the asset has"
    refused = replace(IN_USD, series={}, refused={KEY: "no price: a host did not answer"})
    assert reason(refused) == "no price: a host did not answer"


@given(st.lists(st.integers(0, MAX_VALUE), max_size=8), prices)
def test_the_parts_sum_to_the_whole_exactly(parts, price):
    assert sum(value(at_price(price), part) for part in parts) == value(at_price(price), sum(parts))
    converted = replace(at_price(price), currency="CNY", ecb="same day", rates=RATES)
    assert sum(value(converted, part) for part in parts) == value(converted, sum(parts))


@given(st.integers(0, MAX_VALUE), st.integers(0, MAX_VALUE), prices, prices)
def test_more_units_and_a_higher_price_are_never_worth_less(one, other, price, another):
    low, high = sorted((one, other))
    cheap, dear = sorted((price, another))
    assert value(at_price(cheap), low) <= value(at_price(dear), high)


@given(st.integers(0, MAX_VALUE), prices)
def test_a_pencil_gives_the_same(units, price):
    assert value(at_price(price), units) * 10**2 == units * Fraction(price)


@pytest.mark.parametrize("decimals", [0, 18, 255])
def test_every_scale_is_exact(decimals):
    assert value(at_price(Decimal("0.5")), 1, asset=replace(GOLD, decimals=decimals)) == Fraction(1, 2 * 10**decimals)
