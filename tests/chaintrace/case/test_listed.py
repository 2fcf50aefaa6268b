"""Addresses of sanctions lists that value reached: named with the dates, and the trace goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

import chaintrace as ct
from chaintrace.case.listed import MOST, NOTE, first_credits, listed
from chaintrace.model.attribution import Tag
from chaintrace.tracing import trace
from tests.chaintrace.small_case import TAGS, small_case
from tests.chaintrace.tracing.ledger import payments

AFTER = "on the day of the {} or after it"
LEDGER = payments(("victim", "ann", 9), ("ann", "bob", 4), ("ann", "carl", 5))
TRACES = [trace(LEDGER, (LEDGER.seed("t1"),), method) for method in ("fifo", "lifo")]
DAY = "2020-09-13"
"""The day of the first blocks of these ledgers."""


def tag(address: str = "bob", **more: str) -> Tag:
    return replace(Tag("ledger", address, "Somebody", "", "", 60, "a copy", source_family="ofac-sdn"), **more)


def said(*tags: Tag) -> list[str]:
    table: dict = {}
    for one in tags:
        table[one.chain, one.address] = (*table.get((one.chain, one.address), ()), one)
    return list(listed(table, TRACES))


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({}, f"on a day that the list does not say; traced value first arrived there on {DAY}"),
        (
            {"valid_from": "2022-04-14"},
            f"listed on 2022-04-14; traced value first arrived there on {DAY}, before the listing",
        ),
        (
            {"valid_from": DAY},
            f"listed on {DAY}; traced value first arrived there on {DAY}, {AFTER.format('listing')}",
        ),
    ],
)
def test_the_dates_of_the_list_stand_beside_the_first_credit(dates, words):
    assert said(tag(**dates)) == [f"{NOTE}: bob on ledger stands on OFAC's SDN list as Somebody, {words}."]


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (("2019-01-01", "2020-01-01"), AFTER.format("delisting")),
        (("2019-01-01", DAY), AFTER.format("delisting")),
        (("2019-01-01", "2021-01-01"), f"{AFTER.format('listing')}, and before the day given for the delisting"),
        (("2021-01-01", "2022-01-01"), "before the listing"),
        (("", "2022-01-01"), "before the day given for the delisting"),
    ],
)
def test_of_a_delisted_address_it_says_that_it_stood_there_and_whether_value_came_after_that(dates, words):
    since, until = dates
    [sentence] = said(tag(valid_from=since, valid_to=until))
    assert sentence.startswith(f"{NOTE}: bob on ledger stood on OFAC's SDN list as Somebody, ")
    assert f"delisted on {until}; " in sentence
    assert sentence.endswith(f"first arrived there on {DAY}, {words}.")


def test_copies_of_one_list_are_told_once_and_other_lists_not():
    assert len(said(tag(), tag(source="another copy"))) == 1
    assert said(tag(source_family="graphsense")) == []
    assert said(tag("dora")) == []  # value did not get there


def test_of_many_the_first_are_named_and_the_rest_counted():
    many = payments(("victim", "ann", 100), *(("ann", f"b{n:02}", 1) for n in range(MOST + 3)))
    traces = [trace(many, (many.seed("t1"),), "fifo")]
    lines = list(listed({("ledger", f"b{n:02}"): (tag(f"b{n:02}"),) for n in range(MOST + 3)}, traces))
    assert len(lines) == MOST + 1
    assert lines[-1] == f"{NOTE}: addresses on these lists that value reached, besides those named: 3; see tags.csv."


def test_the_first_credit_is_the_earliest_of_any_method():
    times = {address: time for (_, address), time in first_credits(TRACES).items()}
    assert times["ann"] < times["bob"] < times["carl"]


def test_a_listed_address_is_said_in_the_report_and_does_not_stop_the_trace(tmp_path):
    header, *rows = TAGS.splitlines()
    tags = "\n".join([
        f"{header},source_family,valid_from",
        *(f"{row},," for row in rows),
        "ledger,taker,SOMEBODY,,,authority_data,a copy of the list,,ofac-sdn,2018-01-01",
    ]) + "\n"  # fmt: skip
    found = ct.open_case(small_case(tmp_path, tags=tags)).follow()
    assert [row["address"] for row in found.endpoints] == ["shop"]
    [note] = [one for one in found.report.inputs.notes if one.startswith(NOTE)]
    assert "taker on ledger stands on OFAC's SDN list as SOMEBODY, listed on 2018-01-01" in note
