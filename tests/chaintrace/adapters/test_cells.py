"""Whole numbers and times of one cell, within their bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters import cells
from chaintrace.model.chain import MAX_TIME, MAX_VALUE, MIN_TIME


@given(value=st.integers(0, MAX_VALUE))
def test_every_value_is_itself(value):
    assert cells.base_units(str(value)) == value


@given(value=st.one_of(st.integers(max_value=-1), st.integers(MAX_VALUE + 1)))
def test_what_is_out_of_bounds_is_refused(value):
    with pytest.raises(ValueError, match=r"^is '"):
        cells.base_units(str(value))


@given(text=st.text().filter(lambda text: not (text.isascii() and text.isdigit())))
def test_what_is_not_plain_digits_is_refused(text):
    with pytest.raises(ValueError, match=r"^is "):
        cells.base_units(text)


@given(value=st.floats())
def test_no_float_is_an_amount(value):
    with pytest.raises(ValueError, match="must be a whole number"):
        cells.base_units(repr(value))


@given(seconds=st.integers(MIN_TIME, MAX_TIME), offset=st.integers(-14 * 60, 14 * 60))
def test_a_time_is_the_same_in_every_form(seconds, offset):
    moment = datetime.fromtimestamp(seconds, UTC)
    assert cells.time(str(seconds)) == seconds
    assert cells.time(moment.strftime("%Y-%m-%dT%H:%M:%SZ")) == seconds
    assert cells.time(moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()) == seconds


@given(seconds=st.one_of(st.integers(0, MIN_TIME - 1), st.integers(MAX_TIME + 1, 10**25)))
def test_a_time_outside_the_years_is_refused(seconds):
    with pytest.raises(ValueError, match=r"years 2009 to 2100|the largest that there can be"):
        cells.time(str(seconds))


def test_an_empty_cell_says_nothing_of_decimals_and_height():
    assert cells.decimals("") is None
    assert cells.height("") is None
    assert (cells.decimals("255"), cells.height("0")) == (255, 0)


def test_long_text_is_cut_where_it_is_shown():
    assert len(cells.shown("x" * 1000)) < 70


def test_a_memo_is_anybodys_words_in_plain_letters():
    assert cells.memo("  12345 ") == "12345"
    assert cells.memo("") == cells.memo(" \n") == ""
    assert cells.memo("a\tb\x00\u202ec 日本") == r"a\tb\x00\u202ec 日本"
    assert cells.memo("=1+1") == "=1+1"  # CSV files guard it where it is written


def test_a_long_memo_is_refused_and_never_cut():
    assert len(cells.memo("x" * cells.MOST_MEMO)) == 1_000
    with pytest.raises(ValueError, match="it has 1,001 characters, and at most 1,000 are read"):
        cells.memo("x" * 1_001)
