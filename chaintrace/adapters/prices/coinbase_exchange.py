"""Daily closes of Coinbase Exchange: what its products were traded at, asked through the transport.

Documents: docs.cdp.coinbase.com, Exchange REST API, "Get single product" and "Get product candles" (read 2026-11): a
candle is `[time, low, high, open, close, volume]`, `time` is where its bucket starts, `close` its last trade; at most
300 candles an answer; candles outside of what was asked may come with them; a bucket without a trade has no candle.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from chaintrace.adapters.transport import Answer, Door, Json, Reach, Request, in_short, read_json
from chaintrace.errors import InputError, Malformed
from chaintrace.model.prices import MOST_DIGITS, SECONDS, Price, PriceSeries, currency_code, positive

DAY = SECONDS["day"]
WINDOW = 250
"""Days of one question, counted from 1970: below the 300 candles that are allowed, and the same in every run."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Which product of the exchange prices an asset: `contracts` are all names of the asset on its chain."""

    chain: str
    contracts: tuple[str, ...]
    product: str


class CoinbaseExchange:
    """The public part of the exchange's API. It needs no key, and learns the products and the days that are asked."""

    name = "coinbase-exchange"

    def __init__(self, url: str, door: Door, reach: Reach = "public") -> None:
        self._url = url.rstrip("/")
        self._door = door
        self._reach = reach

    def series(self, pair: Pair, times: Collection[int]) -> tuple[PriceSeries, ...]:
        """The closes that hold at these moments (Unix seconds, UTC), for each name of the asset.

        A day without a trade is absent. Raises Unavailable, Refused or Malformed, and InputError for a product that is
        quoted in no currency.
        """
        answer, quote = self._product(pair.product)
        sources, prices = [answer.source], dict[int, Decimal]()
        days = sorted({time // DAY - 1 for time in times})
        for first, last in _windows(days):
            answer, closes = self._candles(pair.product, first, last)
            sources.append(answer.source)
            prices |= closes
        wanted = {DAY * (day + 1) for day in days}
        told = f"Coinbase Exchange, product {pair.product}: close of each day (UTC)"
        found = tuple(Price(time, price) for time, price in sorted(prices.items()) if time in wanted)
        origin = tuple(sources)
        return tuple(PriceSeries(pair.chain, name, quote, "day", told, found, origin) for name in pair.contracts)

    def _product(self, product: str) -> tuple[Answer, str]:
        """What the exchange says of a product, and the currency that it is quoted in."""
        request = self._request(f"/products/{product}", lambda content, asked: _quote(content, asked, product))
        answer = self._door.ask(request)
        try:
            return answer, currency_code(_quote(answer.content, request, product))
        except ValueError as error:
            raise InputError(f"the product {product}: its quote_currency {error}: choose another product") from error

    def _candles(self, product: str, first: int, last: int) -> tuple[Answer, Mapping[int, Decimal]]:
        """The closes of the days from `first` to `last` (days since 1970), by the moment at which each day ended."""
        start, end = (datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for day in (first, last))
        path = f"/products/{product}/candles?granularity={DAY}&start={start}&end={end}"
        request = self._request(path, _closes)
        answer = self._door.ask(request)
        return answer, _closes(answer.content, request)

    def _request(self, path: str, read: Callable[[bytes, Request], object]) -> Request:
        """A question whose answer is settled: days that are over, and what a product is.

        An answer that cannot be read settles nothing: it is kept, and asked for again in the next run.
        """
        asked = Request(self.name, self._url + path, reach=self._reach, settled=True)

        def check(content: bytes, status: int) -> None:
            del status
            read(content, asked)

        return replace(asked, check=check)


def _windows(days: Collection[int]) -> Iterator[tuple[int, int]]:
    """The days as few ranges, each from the beginning of its window to the last day that is wanted in it."""
    last: dict[int, int] = {}
    for day in sorted(days):
        last[day // WINDOW] = day
    for window, end in last.items():
        yield window * WINDOW, end


def _quote(content: bytes, request: Request, product: str) -> str:
    """What a product is quoted in. Raises Malformed for the answer about another one."""
    told = read_json(content, request)
    quote = told.get("quote_currency") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(quote, str):
        raise Malformed(f"{request.host} answered with what is no product: nothing of it is used")
    if told.get("id") != product:
        other = in_short(repr(told.get("id")), 20)
        raise Malformed(f"{request.host} answered about the product {other} where {product} was asked: not used")
    return quote


def _closes(content: bytes, request: Request) -> Mapping[int, Decimal]:
    """The closes of a list of candles, by the moment at which each day ended (Unix seconds, UTC)."""
    rows = read_json(content, request)
    if not isinstance(rows, list):
        raise Malformed(f"{request.host} answered with no list of candles: nothing of it is used")
    closes: dict[int, Decimal] = {}
    for row in rows:
        time, close = _candle(row, request)
        if closes.setdefault(time + DAY, close) != close:
            raise Malformed(f"{request.host} tells two closes of one day ({time}): nothing of it is used")
    return closes


def _candle(row: Json, request: Request) -> tuple[int, Decimal]:
    """Where a day starts (Unix seconds, UTC), and its close exactly as it is written, also with an exponent."""
    shown = in_short(repr(row), 60)
    if not isinstance(row, list) or len(row) < 5:
        raise Malformed(f"{request.host} answered with {shown} where a candle is due: nothing of it is used")
    time, close = row[0], row[4]
    if isinstance(time, bool) or not isinstance(time, int) or time % DAY:
        raise Malformed(f"{request.host} answered with a candle of no whole day, {shown}: nothing of it is used")
    if isinstance(close, bool) or not isinstance(close, int | Decimal):
        raise Malformed(f"{request.host} answered with a close that is no number, {shown}: nothing of it is used")
    if isinstance(close, int) and abs(close) >= 10**MOST_DIGITS:
        raise Malformed(f"{request.host} answered with a close that no market has, {shown}: nothing of it is used")
    try:
        return time, positive(Decimal(close))
    except ValueError as error:
        raise Malformed(f"{request.host} answered with a candle whose close {error}: nothing of it is used") from error
