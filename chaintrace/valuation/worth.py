"""The value of an exact amount in money: base units, scale, price and rate multiplied as fractions, never rounded."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from chaintrace.model.chain import Asset
from chaintrace.model.prices import plainly
from chaintrace.valuation.ecb import MOST_DAYS, Rate
from chaintrace.valuation.interface import Unvalued, Valuation, Worth
from chaintrace.valuation.moments import price_at

MARKET = "last price at or before the moment, less than one {interval} old; nothing interpolated"
DECLARED = "declared in the case as {price} {currency}; not a market price"
CONVERTED = {
    "same day": "converted at the ECB's reference rates of the same day (UTC)",
    "last published": (
        f"converted at the ECB's reference rates last published up to that day (UTC), at most {MOST_DAYS} days before"
    ),
}


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A price with its currency, its moment (None: declared), how it was chosen, and who says it."""

    price: Decimal
    currency: str
    time: int | None
    rule: str
    told: str


def worth(valuation: Valuation, value: int, asset: Asset, time: int | None) -> Worth | Unvalued:
    """What `value` base units of an asset were worth at a moment (Unix seconds, UTC), or why nobody can say."""
    if time is None:
        return Unvalued("the time is not known")
    if asset.decimals is None:
        return Unvalued("nobody said how many decimals the asset has")
    quoted = _quoted(valuation, asset, time)
    if isinstance(quoted, Unvalued):
        return quoted
    exact = Fraction(value, 10**asset.decimals) * Fraction(quoted.price)
    if quoted.currency == valuation.currency:
        return Worth(exact, quoted.price, quoted.currency, quoted.time, None, quoted.rule, quoted.told)
    rate = _rate(valuation, quoted.currency, datetime.fromtimestamp(time, UTC).date())
    if isinstance(rate, Unvalued):
        return rate
    exact = exact * Fraction(rate.wanted) / Fraction(rate.given)
    rule = f"{quoted.rule}; {CONVERTED[valuation.ecb]}"
    return Worth(exact, quoted.price, quoted.currency, quoted.time, rate, rule, quoted.told)


def _quoted(valuation: Valuation, asset: Asset, time: int) -> _Quoted | Unvalued:
    """The price of an asset at a moment: the one declared, else the market's."""
    key = (asset.chain, asset.contract)
    if (declared := valuation.declared.get(key)) is not None:
        rule = DECLARED.format(price=plainly(declared.price), currency=declared.currency)
        return _Quoted(declared.price, declared.currency, None, rule, "the case's own declaration")
    series = valuation.series.get(key)
    if series is None:
        return Unvalued(valuation.refused.get(key, "no price of this asset is given"))
    found = price_at(series, time)
    if isinstance(found, Unvalued):
        return found
    rule = MARKET.format(interval=series.interval)
    return _Quoted(found.price, series.currency, found.time, rule, series.told)


def _rate(valuation: Valuation, given: str, day: date) -> Rate | Unvalued:
    """What converts a currency into the one asked for on a day, by the case's rule."""
    if not valuation.ecb or valuation.rates is None:
        return Unvalued(
            f"the price is in {given}, the case asks for {valuation.currency}, and [valuation] names no ecb rule by "
            "which to convert it"
        )
    found = valuation.rates.on(day, given, valuation.currency, last=valuation.ecb == "last published")
    return found if isinstance(found, Rate) else Unvalued(found)
