"""What is asked of a valuation (`Valuation`), and what comes of one value: a `Worth`, or `Unvalued` with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from chaintrace.model.prices import PriceSeries
from chaintrace.valuation.ecb import Rate, Rates

Moment: TypeAlias = Literal["loss", "credit", "report"]
"""When values are stated: at the payments themselves, at each credit, at the end of coverage."""

MOMENTS: tuple[Moment, ...] = ("loss", "credit", "report")
"""Every moment, in the order of the table."""

EcbRule: TypeAlias = Literal["", "same day", "last published"]
"""Which day's reference rate converts a price: none does, that of the same day, or the last one that was published."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a case declares one whole unit of an asset to be worth, at every moment: its word, no market's price."""

    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Valuation:
    """In which currency, at which moments and from which prices the values of a report are stated.

    `series` and `declared` are by (chain, contract); an asset has one or the other. `refused` says of an asset why its
    prices could not be had. `rates` are the ECB's, needed where `ecb` names a rule.
    """

    currency: str
    moments: tuple[Moment, ...] = MOMENTS
    series: Mapping[tuple[str, str], PriceSeries] = field(default_factory=dict)
    declared: Mapping[tuple[str, str], Declared] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    ecb: EcbRule = ""
    rates: Rates | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """A value in money, exactly, and all that it was made from.

    `exact` is in units of the currency asked for. `price` is for one whole unit of the asset, in `price_currency`, as
    of `price_time` (Unix seconds, UTC; None where it was declared). `rate` is None where nothing was converted. `rule`
    says in words how the price was chosen, `told` who quotes it.
    """

    exact: Fraction
    price: Decimal
    price_currency: str
    price_time: int | None
    rate: Rate | None
    rule: str
    told: str


@dataclass(frozen=True, slots=True)
class Unvalued:
    """No value, and why: one sentence."""

    reason: str
