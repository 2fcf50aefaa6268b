"""Sanctioned: whom it stops at, which dates decide, and that it is used only where a case names it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import chaintrace as ct
from chaintrace import resources
from chaintrace.cli import run
from chaintrace.model.attribution import Tag
from chaintrace.plugins import heuristics
from chaintrace.report.wording import violations
from chaintrace.tags import by_address, read_csv
from heuristics.services.sanctioned import sanctioned
from tests.chaintrace.small_case import CASE, TAGS, small_case
from tests.chaintrace.tracing.ledger import payments

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = payments(("victim", "ann", 9), ("ann", "bob", 4))
CHOSEN = '\n[rules]\nuse = ["*", "sanctioned"]\n'
LISTED = (
    f"{TAGS.splitlines()[0]},source_family,valid_from,valid_to,more\n"
    'ledger,taker,GROUP,,,authority_data,list entry 7,2026-01-01,ofac-sdn,{},{},"{{""programs"": ""CYBER2""}}"\n'
    "ledger,shop,The Shop,shop,exchange,service_api,register,2026-01-01,,,,\n"
)


def tag(**more: object) -> Tag:
    one = Tag("ledger", "bob", "GROUP", "", "", 60, "list entry 7", source_family="ofac-sdn")
    return replace(one, **more)  # type: ignore[arg-type]  # fields by their names


def said(*tags: Tag) -> list[str]:
    found = list(sanctioned(LEDGER.account("bob"), replace(LEDGER, tagged={"bob": tags})))
    assert all((one.subject, one.object, one.evidence) == ("bob", "", ()) for one in found)
    return [one.text for one in found]


def test_a_listed_address_is_a_stop_with_the_list_its_date_its_programme_and_its_source():
    [text] = said(tag(valid_from="2022-04-14", programs="DPRK3"))
    assert text == (
        "the address stands on OFAC's SDN list as GROUP (listed on 2022-04-14, under DPRK3; no delisting known; "
        "list entry 7)."
    )
    assert list(violations(text)) == []
    assert "on a day that the list does not say" in said(tag())[0]


@pytest.mark.parametrize(
    ("dates", "speaks"),
    [
        ([("2022-08-08", "2025-03-21")], False),
        ([("", "2025-03-21")], False),
        ([("2022-08-08", ""), ("2022-08-08", "2025-03-21")], False),  # an older copy does not know of the delisting
        ([("", ""), ("2022-08-08", "2025-03-21")], False),
        ([("2022-08-08", "2022-11-08"), ("2022-11-08", "")], True),  # listed again on the day of the delisting
        ([("2022-08-08", "2022-11-08"), ("2022-11-08", ""), ("2022-11-08", "2025-03-21")], False),
    ],
)
def test_whoever_was_delisted_last_is_no_stop(dates, speaks):
    assert bool(said(*(tag(valid_from=since, valid_to=until) for since, until in dates))) is speaks


def test_it_says_nothing_of_other_lists_nor_where_a_tag_stops_already():
    assert not said()
    assert not said(tag(source_family="somebody", valid_from="2022-04-14"))
    assert not said(tag(), tag(category="mixing_service", stops=True, source_family="other"))


def test_the_confidence_is_never_more_than_that_of_the_list():
    [rule] = [one for one in heuristics() if one.id == "sanctioned"]
    assert rule.by_name
    [found] = sanctioned(LEDGER.account("bob"), replace(LEDGER, tagged={"bob": (tag(confidence=20),)}))
    assert found.confidence == 20 < rule.confidence


def test_of_the_core_it_stops_at_listed_addresses_and_at_no_delisted_one():
    core = by_address(read_csv(resources.read_bytes("labels/core.csv"), "core.csv", strict=False).tags)
    thief = ("ethereum", "0x098b716b8aaf21512996dc57eb0615e2383e2f96")
    gone = [place for place, tags in core.items() if any(one.valid_to for one in tags)]
    assert len(gone) > 10
    for place in (thief, *gone):
        view = replace(LEDGER, tagged={place[1]: core[place]}, chain=place[0])
        account = replace(LEDGER.account(place[1]), asset=replace(LEDGER.account("").asset, chain=place[0]))
        assert bool(list(sanctioned(account, view))) is (place == thief)


def case(folder: Path, *dates: str, rules: str = CHOSEN) -> Path:
    return small_case(folder, case=CASE + rules, tags=LISTED.format(*dates))


def test_a_case_that_does_not_name_the_rule_follows_a_thief_who_is_listed(tmp_path):
    result = ct.open_case(case(tmp_path, "2020-01-01", "", rules="")).follow(offline=True)
    assert [row["address"] for row in result.endpoints] == ["shop"]


@pytest.mark.parametrize(
    ("since", "clause"),
    [("2020-01-01", "on the day of the listing or after it"), ("2021-01-01", "before the listing")],
)
def test_a_case_that_names_it_stops_there_and_says_what_came_before_the_listing(tmp_path, since, clause):
    result = ct.open_case(case(tmp_path, since, "")).follow(offline=True)
    [row] = result.endpoints
    assert (row["address"], row["entity"], row["label_source"]) == ("taker", "", "rule sanctioned")
    assert row["reason"] == (
        f"the address stands on OFAC's SDN list as GROUP (listed on {since}, under CYBER2; no delisting known; list "
        f"entry 7). Value credited on 2020-09-13: {clause}."
    )
    assert row["route"] == "not known"


def test_a_case_that_names_it_follows_whoever_was_delisted(tmp_path):
    result = ct.open_case(case(tmp_path, "2020-01-01", "2025-03-21")).follow(offline=True)
    assert [row["address"] for row in result.endpoints] == ["shop"]


def test_it_says_how_it_is_used_and_speaks_of_a_file_only_where_it_is_named(tmp_path, capsys):
    assert run(["rules"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {line[0]: line[4] for line in lines if line[0] in {"busy", "sanctioned"}} == {
        "busy": "*",
        "sanctioned": "by name",
    }
    folder = str(case(tmp_path, "2020-01-01", "", rules=""))
    for named, speaks in (([], False), (["--rule", "sanctioned"], True)):
        assert run(["findings", folder, *named]) == 0
        assert ("service,sanctioned,60,taker" in capsys.readouterr().out) is speaks


def test_on_a_chain_of_outputs_it_stops_where_value_arrives(tmp_path):
    text = resources.read_text("cases/first-payments/case.toml").replace("use = []", 'use = ["sanctioned"]')
    (tmp_path / "case.toml").write_text(f'{text}\n[[tags]]\npath = "tags.csv"\n', encoding="utf-8")
    (tmp_path / "transactions.jsonl").write_bytes(resources.read_bytes("cases/first-payments/transactions.jsonl"))
    (tmp_path / "tags.csv").write_text(LISTED.splitlines()[0], encoding="utf-8")
    before = ct.open_case(tmp_path).follow(offline=True)
    payment = next(hop for hop in before.hops if hop["hop"] == 1 and hop["to_address"] != hop["from_address"])
    row = f"bitcoin,{payment['to_address']},GROUP,,,60,list,2026-01-01,ofac-sdn,,,"
    (tmp_path / "tags.csv").write_text(f"{LISTED.splitlines()[0]}\n{row}\n", encoding="utf-8")
    found = ct.open_case(tmp_path).follow(offline=True)
    assert not before.endpoints
    assert {row["address"] for row in found.endpoints} == {payment["to_address"]}
