"""Coinbase Exchange: which questions it is asked, what its answers mean, and each fault over a real connection."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.prices import CoinbaseExchange, Pair
from chaintrace.errors import InputError, Malformed
from chaintrace.model.prices import Price
from tests.hostile import reliability
from tests.hostile.coinbase_server import DAY, Coinbase
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Given, HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.server import Asked

MAY_8 = 1_651_968_000  # 2022-05-08T00:00:00Z
MAY_9 = MAY_8 + DAY
NOON = MAY_9 + DAY // 2
BTC = Pair("bitcoin", ("",), "BTC-USD")
CLOSES = {
    "BTC-USD": {MAY_8 - DAY: "35501.95", MAY_8: "34038.39", MAY_9: "30077.31"},
    "ETH-USDT": {MAY_8: "2500"},
    "SHIB-USD": {MAY_8: "1.8e-05"},
}


@contextmanager
def asked(folder: Path, closes=CLOSES) -> Iterator[tuple[HostileServer, CoinbaseExchange]]:
    """A stand-in, and the exchange as the adapter asks it."""
    with HostileServer(Coinbase(closes)) as server, quick_door(folder) as door:
        yield server, CoinbaseExchange(server.url, door)


def test_the_close_before_the_moment_is_asked_for_and_nothing_else_is_kept(tmp_path):
    with asked(tmp_path) as (server, exchange):
        (one,) = exchange.series(BTC, [NOON])
        assert one.prices == (Price(MAY_9, Decimal("34038.39")),)
        assert (one.currency, one.interval) == ("USD", "day")
        assert one.told == "Coinbase Exchange, product BTC-USD: close of each day (UTC)"
        assert [ask.path for ask in server.asked] == [
            "/products/BTC-USD",
            "/products/BTC-USD/candles?granularity=86400&start=2022-01-08T00:00:00Z&end=2022-05-08T00:00:00Z",
        ]
        assert [source.sha256 != "" for source in one.sources] == [True, True]


def test_a_close_holds_from_midnight(tmp_path):
    with asked(tmp_path) as (_, exchange):
        (one,) = exchange.series(BTC, [MAY_9, MAY_9 + DAY - 1, MAY_9 + DAY])
        assert [price.time for price in one.prices] == [MAY_9, MAY_9 + DAY]


def test_years_take_few_questions_and_each_is_asked_once(tmp_path):
    days = {MAY_8 - number * 200 * DAY: f"{number + 1}.5" for number in range(8)}
    with asked(tmp_path, {"BTC-USD": days}) as (server, exchange):
        (one,) = exchange.series(BTC, [day + DAY for day in days])
        assert len(one.prices) == 8
        assert len(server.asked) == 1 + 7
        assert exchange.series(BTC, [day + DAY for day in days])[0].prices == one.prices
        assert len(server.asked) == 1 + 7


def test_every_name_of_the_asset_has_the_series(tmp_path):
    with asked(tmp_path) as (_, exchange):
        found = exchange.series(replace(BTC, contracts=("WBTC", "0x1")), [NOON])
        assert [one.contract for one in found] == ["WBTC", "0x1"]


def test_a_number_with_an_exponent_is_exact(tmp_path):
    with asked(tmp_path) as (_, exchange):
        (one,) = exchange.series(replace(BTC, product="SHIB-USD"), [NOON])
        assert one.prices[0].price == Decimal("0.000018")


def test_a_day_without_a_trade_stays_absent(tmp_path):
    with asked(tmp_path, {"BTC-USD": {MAY_8 - DAY: "1", MAY_9: "2"}}) as (_, exchange):
        (one,) = exchange.series(BTC, [NOON])
        assert one.prices == ()


def test_a_product_that_is_quoted_in_a_stablecoin_is_refused(tmp_path):
    with (
        asked(tmp_path) as (_, exchange),
        pytest.raises(InputError, match="the product ETH-USDT: its quote_currency is 'USDT'"),
    ):
        exchange.series(replace(BTC, product="ETH-USDT"), [NOON])


def test_an_unknown_product_is_declined(tmp_path):
    with asked(tmp_path) as (server, exchange):
        said = reliability.outcome(lambda: exchange.series(replace(BTC, product="TRX-USD"), [NOON]), server.host)
        assert said.startswith("Declined: HOST does not know this question (status 404)")


@pytest.mark.parametrize("fault", [one.name for one in CARRIAGE if one.name not in {"wrong id", "refused"}])
@pytest.mark.parametrize("on", ["/products/BTC-USD", "/products/BTC-USD/candles"])
def test_no_fault_of_the_connection_is_a_price(tmp_path, fault, on):
    with HostileServer(Coinbase(CLOSES)) as server:
        server.fault(fault, on=on)
        with quick_door(tmp_path) as door:
            said = reliability.outcome(lambda: CoinbaseExchange(server.url, door).series(BTC, [NOON]), server.host)
        assert said.partition(":")[0] in {"Unavailable", "Refused", "Malformed"}
        assert "HOST" in said
        server.good()
        with quick_door(tmp_path) as door:
            assert CoinbaseExchange(server.url, door).series(BTC, [NOON])[0].prices[0].price == Decimal("34038.39")


def test_nobody_at_the_port_is_unavailable(tmp_path):
    with asked(tmp_path) as (server, exchange):
        server.fault("refused")
        assert reliability.outcome(lambda: exchange.series(BTC, [NOON]), server.host).startswith("Unavailable: HOST")


def test_a_pause_that_the_host_wants_is_made(tmp_path):
    with HostileServer(Coinbase(CLOSES)) as server, quick_door(tmp_path) as door:
        server.fault("429 and when", times=1)
        assert CoinbaseExchange(server.url, door).series(BTC, [NOON])[0].prices
        assert [query.status for query in door.queries] == [429, 200, 200]
        assert {query.adapter for query in door.queries} == {"coinbase-exchange"}


WRONG = {
    "another product": ("/products/BTC-USD", {"id": "BTC-EUR", "quote_currency": "EUR"}, "about the product 'BTC-EUR'"),
    "no product": ("/products/BTC-USD", [], "with what is no product"),
    "no quote": ("/products/BTC-USD", {"id": "BTC-USD"}, "with what is no product"),
    "no list": ("/products/BTC-USD/candles", {"message": "hello"}, "with no list of candles"),
    "no candle": ("/products/BTC-USD/candles", [[MAY_8, 1]], "where a candle is due"),
    "text": ("/products/BTC-USD/candles", [[MAY_8, 1, 1, 1, "34038.39", 1]], "a close that is no number"),
    "true": ("/products/BTC-USD/candles", [[MAY_8, 1, 1, 1, True, 1]], "a close that is no number"),
    "nothing": ("/products/BTC-USD/candles", [[MAY_8, 1, 1, 1, None, 1]], "a close that is no number"),
    "zero": ("/products/BTC-USD/candles", [[MAY_8, 1, 1, 1, 0, 1]], "a price is larger than 0"),
    "below zero": ("/products/BTC-USD/candles", [[MAY_8, 1, 1, 1, -2.5, 1]], "a price is larger than 0"),
    "huge": ("/products/BTC-USD/candles", [[MAY_8, 1, 1, 1, 10**50, 1]], "a close that no market has"),
    "half a day": ("/products/BTC-USD/candles", [[MAY_8 + 1, 1, 1, 1, 2, 1]], "a candle of no whole day"),
    "time as text": ("/products/BTC-USD/candles", [[str(MAY_8), 1, 1, 1, 2, 1]], "a candle of no whole day"),
    "two closes": ("/products/BTC-USD/candles", [[MAY_8, 1, 1, 1, 2, 1], [MAY_8, 1, 1, 1, 3, 1]], "two closes of one"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_true_is_malformed_and_settles_nothing(tmp_path, name):
    on, body, said = WRONG[name]

    def change(ask: Asked, given: Given) -> Given:
        return Given.json(body) if ask.path.partition("?")[0] == on else given

    with asked(tmp_path) as (server, exchange):
        server.change(change)
        with pytest.raises(Malformed, match=r"nothing of it is used|not used") as caught:
            exchange.series(BTC, [NOON])
        assert said in str(caught.value)
        server.good()
        assert exchange.series(BTC, [NOON])[0].prices[0].price == Decimal("34038.39")


@pytest.mark.parametrize("close", ["NaN", "1e999999999", "0x10", "1e-60"])
def test_a_number_that_is_none_is_malformed(tmp_path, close):
    with asked(tmp_path, {"BTC-USD": {MAY_8: close}}) as (_, exchange), pytest.raises(Malformed):
        exchange.series(BTC, [NOON])
