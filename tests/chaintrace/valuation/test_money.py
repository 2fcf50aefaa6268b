"""The one rounding: half up to two places, and only when a value is printed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.valuation import rounded


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        (Fraction(0), "0.00"),
        (Fraction(5, 1000), "0.01"),
        (Fraction(49, 10_000), "0.00"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(999_995, 1000), "1000.00"),
        (Fraction(2**256), f"{2**256}.00"),
    ],
)
def test_half_goes_up(exact, text):
    assert rounded(exact) == text


def test_a_value_below_nothing_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="not negative"):
        rounded(Fraction(-1, 2))


@given(st.decimals(0, 10**30, allow_nan=False, allow_infinity=False, places=6))
def test_it_is_what_the_decimal_module_does(number: Decimal):
    wide = Context(prec=200, rounding=ROUND_HALF_UP)
    assert rounded(Fraction(number)) == format(number.quantize(Decimal("0.01"), context=wide), "f")


@given(st.fractions(0, 10**12), st.fractions(0, 10**12))
def test_more_is_never_printed_as_less(one: Fraction, other: Fraction):
    low, high = sorted((one, other))
    assert Decimal(rounded(low)) <= Decimal(rounded(high))
