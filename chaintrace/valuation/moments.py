"""Which price of a series holds at a moment: the last one at or before it, for one interval, and no other."""

from bisect import bisect_right
from datetime import UTC, datetime

from chaintrace.model.prices import SECONDS, Price, PriceSeries
from chaintrace.valuation.interface import Unvalued


def price_at(series: PriceSeries, time: int) -> Price | Unvalued:
    """The last price at or before `time` (Unix seconds, UTC), if it is less than one interval old; else why not.

    Nothing is interpolated, and no later price is looked at: it was not known then.
    """
    place = bisect_right(series.prices, time, key=lambda price: price.time)
    if not place:
        first = f"the first one counts from {shown(series.prices[0].time)}" if series.prices else "there is none"
        return Unvalued(f"no price at or before {shown(time)}: {first}")
    last = series.prices[place - 1]
    if time - last.time < SECONDS[series.interval]:
        return last
    return Unvalued(
        f"no price of the {series.interval} before {shown(time)}: the last one before it is of {shown(last.time)}"
    )


def shown(time: int) -> str:
    """Unix seconds as a sentence prints them: UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
