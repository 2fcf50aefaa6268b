"""A stand-in for Coinbase Exchange: products and their daily candles, as its documents show them, over loopback.

The closes are written as the exchange writes numbers, also with an exponent. As the documents say, some candles before
the start that was asked may come too, the newest stands first, and a day without a trade has no candle.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.hostile.server import Given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.hostile.server import Asked

DAY = 86_400
MOST = 300


def seconds(text: str) -> int:
    """Unix seconds of a time that says that it is UTC."""
    assert text.endswith("Z"), text
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())


class Coinbase:
    """`closes` holds, by product and first second of a day (Unix, UTC), the close as it stands in the JSON."""

    def __init__(self, closes: Mapping[str, Mapping[int, str]]) -> None:
        self.closes = closes

    def __call__(self, asked: Asked) -> Given:
        parts = urlsplit(asked.path)
        _, products, product, *rest = parts.path.split("/")
        if products != "products" or product not in self.closes:
            return Given.json({"message": "NotFound"}, 404)
        if not rest:
            base, _, quote = product.partition("-")
            return Given.json({"id": product, "base_currency": base, "quote_currency": quote, "status": "online"})
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        start, end, step = seconds(query["start"]), seconds(query["end"]), int(query["granularity"])
        if step != DAY or (end - start) // step > MOST:
            return Given.json({"message": "granularity too small for the requested time range"}, 400)
        return Given(self.candles(product, start - 2 * DAY, end))

    def candles(self, product: str, start: int, end: int) -> bytes:
        """The candles whose days begin between these seconds, both included."""
        days = sorted((day for day in self.closes[product] if start <= day <= end), reverse=True)
        rows = (f"[{day},1.5,2.5,2,{self.closes[product][day]},{json.dumps(12.25)}]" for day in days)
        return f"[{','.join(rows)}]".encode()
