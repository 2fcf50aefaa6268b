"""What may be a price and a currency: exact text, larger than nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.prices import currency_code, plain_price, plainly, positive

WORDS = ["0.00", "0", "1e3", "1E-5", "-1", "+1", "1,5", ".5", "5.", "１", "NaN", "Infinity", "1_0"]


@pytest.mark.parametrize("text", [*WORDS, "", "1 000", "1" * 42])
def test_only_a_plain_decimal_larger_than_nothing_is_a_price(text):
    with pytest.raises(ValueError, match=r"^is '"):
        plain_price(text)
    assert plain_price("1") == 1


@pytest.mark.parametrize("number", ["0", "-1", "NaN", "sNaN", "Infinity", "1e41", "1e-41", "9" * 41, "1e999999"])
def test_a_number_that_no_market_has_is_refused(number):
    with pytest.raises(ValueError, match=r"^is '"):
        positive(Decimal(number))


@pytest.mark.parametrize("text", ["usd", "US", "USDT", "U$D", "", "ＵＳＤ", "USD "])
def test_a_currency_is_three_capital_letters(text):
    with pytest.raises(ValueError, match="a currency is three capital letters"):
        currency_code(text)
    assert currency_code("CNY") == "CNY"


@given(st.from_regex(r"[1-9][0-9]{0,17}(\.[0-9]{1,18})?", fullmatch=True))
def test_a_price_is_printed_as_its_source_has_it(text):
    assert plainly(plain_price(text)) == text


def test_an_exponent_is_never_printed():
    assert plainly(positive(Decimal("1.50e-05"))) == "0.0000150"
    assert plainly(positive(Decimal("6e4"))) == "60000"
