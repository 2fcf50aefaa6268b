"""Values in money: an exact amount, times a price with a source, times the ECB's reference rates where they differ.

Whatever lacks a price or a rate has no value here, and says why: nothing is interpolated, and nothing is filled.
"""

from chaintrace.valuation.ecb import Rate, Rates, installed_rates, read_rates
from chaintrace.valuation.interface import MOMENTS, Declared, EcbRule, Moment, Unvalued, Valuation, Worth
from chaintrace.valuation.moments import price_at
from chaintrace.valuation.money import PLACES, rounded
from chaintrace.valuation.worth import worth

__all__ = [
    "MOMENTS",
    "PLACES",
    "Declared",
    "EcbRule",
    "Moment",
    "Rate",
    "Rates",
    "Unvalued",
    "Valuation",
    "Worth",
    "installed_rates",
    "price_at",
    "read_rates",
    "rounded",
    "worth",
]
