"""Amounts as apps show them: every way to read them, and every value that they may stand for."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case.locating.shown_amount import fits, readings
from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_VALUE

WIDE = Context(prec=400)


def read(text: str) -> list[str]:
    return [str(one) for one in readings(text, "--amount")]


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("1000", ["1000"]),
        ("1,000.5", ["1000.5"]),
        ("1.000,5", ["1000.5"]),
        ("1 000,50", ["1000.50"]),
        ("1\u202f000,50", ["1000.50"]),
        ("1'000.5", ["1000.5"]),
        ("1\u2019000", ["1000"]),
        ("12,34,567.8", ["1234567.8"]),
        ("1.234.567", ["1234567"]),
        ("1234,567", ["1234.567"]),
        ("0,500", ["0.500"]),
        ("1,5", ["1.5"]),
        (".5", ["0.5"]),
        ("-1,000.50", ["1000.50"]),
        ("\u22121000.5", ["1000.5"]),
        ("+ 7", ["7"]),
        ("\uff11\uff10", ["10"]),
        ("1,000", ["1000", "1.000"]),
        ("12.345", ["12345", "12.345"]),
    ],
)
def test_every_way_to_read_an_amount_is_read(text, ways):
    assert read(text) == ways


def test_where_there_are_two_ways_each_says_which_it_is():
    first, second = readings("1,000", "--amount")
    assert (first.how, second.how) == ("its comma groups thousands", "its comma parts the decimals")
    assert [one.how for one in readings("1,000.5", "--amount")] == [""]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,00.5",
        "1..5",
        "1.5.2",
        "1000 USDT",
        "$5",
        "1e3",
        "1,000.5,",
        "1,2,3",
        "5.",
        "--5",
        "1.2K",
        "9" * 200,
    ],
)
def test_what_is_no_amount_is_refused_with_the_option(text):
    with pytest.raises(InputError, match=r"^--fee is '.*cannot be read as an amount"):
        readings(text, "--fee")


def closes(value: int, decimals: int | None, text: str, fee: str | None = None) -> list[tuple[str, str]]:
    fees = () if fee is None else readings(fee, "--fee")
    return [(fit.close, fit.side) for fit in fits(value, decimals, readings(text, "--amount"), fees)]


@pytest.mark.parametrize(
    ("value", "text", "close"),
    [
        (1_000_500_000, "1,000.5", "exact"),
        (1_000_450_000, "1,000.5", "rounded"),
        (1_000_449_999, "1,000.5", None),
        (1_000_549_999, "1,000.5", "rounded or cut"),
        (1_000_550_000, "1,000.5", "cut"),
        (1_000_599_999, "1,000.5", "cut"),
        (1_000_600_000, "1,000.5", None),
        (1_000_500_000, "1,000.50000000", "exact"),
        (1_000_500_001, "1,000.5000000", None),
    ],
)
def test_a_value_fits_as_it_is_as_it_is_rounded_and_as_it_is_cut_off(value, text, close):
    assert closes(value, 6, text) == ([] if close is None else [(close, "")])


def test_a_fee_is_deducted_or_added_and_what_is_exact_comes_first():
    assert closes(999_000_000, 6, "1000.0", "1") == [("exact", "less")]
    assert closes(1_001_000_000, 6, "1000.0", "1") == [("exact", "plus")]
    assert closes(1_000_000_000, 6, "1000.0", "1") == [("exact", "")]
    assert closes(1_000_400_000, 6, "1000", "0.4") == [("exact", "plus"), ("rounded or cut", ""), ("cut", "less")]
    assert closes(999, 0, "1000", "0.5") == []
    assert closes(0, 6, "1000", "1000") == [("exact", "less")]
    assert closes(400_000, 6, "0.4", "0") == [("exact", "")]
    assert closes(600_000, 6, "0", "1") == [("cut", "")]


def test_the_reason_is_told_in_words():
    ((fit),) = fits(999_000_000, 6, readings("1000.0", "--amount"), readings("1", "--fee"))
    assert str(fit) == "1000.0 less the fee 1, exactly"
    first, _ = (fits(value, 6, readings("1,000", "--amount"), ()) for value in (10**9, 10**6))
    assert str(first[0]) == "1000, exactly (its comma groups thousands)"


def test_where_nobody_said_the_decimals_every_scale_is_tried():
    (fit,) = fits(10**21, None, readings("1000.5", "--amount"), ()) or (None,)
    assert fit is None
    (fit,) = fits(10_005 * 10**17, None, readings("1000.5", "--amount"), ())
    assert (fit.decimals, fit.close) == (18, "exact")
    assert "18 decimals, which the source does not say" in str(fit)
    assert closes(5, None, "0") == []
    assert closes(0, None, "0") == [("exact", "")]


@given(
    value=st.integers(0, MAX_VALUE),
    decimals=st.integers(0, 40),
    places=st.integers(0, 40),
    way=st.sampled_from([ROUND_HALF_UP, ROUND_DOWN, ROUND_HALF_EVEN]),
)
def test_whatever_an_app_shows_of_a_value_is_fitted_by_it(value, decimals, places, way):
    exact = Decimal(value).scaleb(-decimals, WIDE)
    shown = exact.quantize(Decimal(1).scaleb(-places), rounding=way, context=WIDE)
    assert fits(value, decimals, readings(f"{shown:f}", "--amount"), ())
    assert fits(value, decimals, readings(f"{shown:,f}", "--amount"), ())


@given(value=st.integers(0, 10**12), shown=st.integers(0, 10**6), places=st.integers(0, 6))
def test_what_fits_is_less_than_one_shown_unit_away(value, shown, places):
    unit = 10 ** (6 - places)
    text = str(shown).rjust(places + 1, "0")
    text = f"{text[: len(text) - places]}.{text[len(text) - places :]}" if places else text
    ways = [one for one in readings(text, "--amount") if one.places == places]
    near = -unit < 2 * (value - shown * unit) + (unit > 1) and value - shown * unit < unit
    assert bool(fits(value, 6, ways, ())) == (near if unit > 1 else value == shown)
