"""Prices: what one whole unit of an asset was quoted at, when, in which currency, and who says so.

A price is a Decimal, exactly as its source writes it. It is data with a source, as a movement is: nothing here fills a
day that the source does not have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias

from chaintrace.model.provenance import Source

Interval: TypeAlias = Literal["minute", "hour", "day"]
"""How far apart the prices of a series are."""

SECONDS: Mapping[Interval, int] = {"minute": 60, "hour": 3_600, "day": 86_400}
"""The seconds of an interval: so long a price holds, and not a second longer."""

MOST_DIGITS = 40
"""Digits of a price, before and after its point together: more is no price of a market."""

_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_PLAIN = re.compile(r"[0-9]+(?:[.][0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Price:
    """What one whole unit was quoted at, at a moment: `time` is Unix seconds (UTC), for a close the interval's end."""

    time: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """The prices of one asset in one currency, by time. `contract` is `""` for the chain's native asset.

    `told` says in words who quotes them; `sources` are the bytes that they were read from, each with its digest.
    """

    chain: str
    contract: str
    currency: str
    interval: Interval
    told: str
    prices: tuple[Price, ...]
    sources: tuple[Source, ...] = ()


def currency_code(text: str) -> str:
    """A currency as ISO 4217 writes it. Raises ValueError with the rest of a sentence for what has not that form."""
    if not _CURRENCY.match(text):
        raise ValueError(
            f"is {text[:20]!r}: a currency is three capital letters as in ISO 4217, such as USD, EUR or CNY; what is "
            "quoted in a stablecoin is quoted in no currency"
        )
    return text


def plain_price(text: str) -> Decimal:
    """A price as a plain decimal, exactly. Raises ValueError with the rest of a sentence for anything else."""
    if not _PLAIN.match(text) or len(text) > MOST_DIGITS + 1:
        raise ValueError(
            f"is {text[:60]!r}: it must be a plain decimal such as 0.9987, without sign, exponent, space or separator"
        )
    return positive(Decimal(text))


def positive(number: Decimal) -> Decimal:
    """A price that is larger than nothing and has a size that can be. Raises ValueError with the rest of a sentence."""
    try:
        zero = not number.is_finite() or number <= 0
    except InvalidOperation:
        zero = True
    if zero:
        raise ValueError(f"is {str(number)[:60]!r}: a price is larger than 0; leave out what has none")
    digits, exponent = len(number.as_tuple().digits), number.adjusted()
    if digits > MOST_DIGITS or abs(exponent) > MOST_DIGITS:
        raise ValueError(f"is {str(number)[:60]!r}: no price has more than {MOST_DIGITS} digits")
    return number


def plainly(number: Decimal) -> str:
    """A price as text, every digit as the source has it and never with an exponent."""
    return format(number, "f")
