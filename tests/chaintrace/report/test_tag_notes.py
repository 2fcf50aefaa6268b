"""What a report says of tags beside the figures: how well supported, newer than the value, delisted, contradicting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.model.attribution import Tag
from chaintrace.model.finding import Service
from chaintrace.report import build
from chaintrace.report.credited import label_of
from chaintrace.report.tag_notes import moved, note
from tests.chaintrace.report.samples import accounts, bank

DAYS = ("2020-09-13", "2020-09-20")


@pytest.mark.parametrize(
    ("lastmod", "listed", "delisted", "said"),
    [
        ("", "", "", ""),
        ("2020-01-01", "2019-01-01", "", ""),
        ("2020-09-15", "", "", "said on 2020-09-15, after the first movement of traced value here (2020-09-13)"),
        ("2024-01-01", "", "", "said on 2024-01-01, after the last movement of traced value here (2020-09-20)"),
        ("32.13.2024", "", "", ""),
        ("spring 2024", "", "", ""),
        ("", "2020-09-14", "", "listed on 2020-09-14, after the first movement here (2020-09-13)"),
        ("", "2022-08-08", "", "listed on 2022-08-08, after the last movement here (2020-09-20)"),
        ("", "", "2020-09-01", "delisted on 2020-09-01, before the first movement here (2020-09-13)"),
        ("", "", "2020-09-13", "delisted on 2020-09-13"),
        (
            "",
            "2022-08-08",
            "2025-03-21",
            "listed on 2022-08-08, after the last movement here (2020-09-20); delisted on 2025-03-21",
        ),
    ],
)
def test_dates_are_said_beside_what_moved(lastmod, listed, delisted, said):
    tag = replace(bank(), lastmod=lastmod, valid_from=listed, valid_to=delisted)
    assert note(tag, DAYS) == said


def test_where_nothing_moved_a_delisting_is_said_all_the_same():
    assert note(replace(bank(), valid_to="2025-03-21"), None) == "delisted on 2025-03-21"


def test_the_table_and_the_page_say_it(tmp_path):
    from chaintrace.report.html import HtmlPage

    tags = (replace(bank(), source_family="explorer:x", valid_to="2020-01-01"),)
    report = build(accounts(tags={("ledger", "SBANK"): tags}))
    (row,) = report.tables["tags"].records()
    assert (row["grade"], row["source_family"], row["valid_to"]) == ("claimed", "explorer:x", "2020-01-01")
    assert "delisted on 2020-01-01, before the first movement here" in str(row["note"])
    assert "said on 2024-01-01, after the last movement" in str(row["note"])
    HtmlPage().write(report, tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "delisted on 2020-01-01" in page


def test_a_conflict_lowers_the_confidence_that_is_stated():
    agreed = bank(actor="bank", confidence=70)
    other = Tag("ledger", "SBANK", "Another", "another", "exchange", 20, "b", stops=True)
    silent = Tag("ledger", "SBANK", "Note", "", "", 5, "c")
    for tags, confidence, conflict in (
        ((agreed,), 70, "no"),
        ((agreed, silent), 70, "no"),
        ((agreed, other, silent), 20, "yes"),
    ):
        inputs = accounts(tags={("ledger", "SBANK"): tags})
        label = label_of(inputs, "ledger", "SBANK")
        assert (label.entity, label.confidence) == ("bank", confidence)
        assert {row["conflict"] for row in build(inputs).tables["tags"].records()} == {conflict}


def test_the_claim_that_stops_is_named_before_one_that_only_says_more():
    listed = Tag("ledger", "SBANK", "A PERSON", "", "", 100, "a list of sanctions")
    label = label_of(accounts(tags={("ledger", "SBANK"): (listed, bank(actor="bank"))}), "ledger", "SBANK")
    assert (label.entity, label.category) == ("bank", "exchange")


def test_the_days_of_a_service_behind_an_address_are_those_of_the_address():
    found = Service("ledger", "SBANK", "WALLET", ("tx2",), "swept", 1, 40)
    days = moved(accounts(findings=(found, replace(found, subject="ELSEWHERE", object="OTHER"))))
    assert days["ledger", "WALLET"] == days["ledger", "SBANK"] == ("2020-09-13", "2020-09-13")
    assert ("ledger", "OTHER") not in days
