"""Clusters in a trace and over whole sources: who rests where is said, and no value moves because of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import chaintrace
from chaintrace.case import assembly
from chaintrace.case.clusters import absent, looked, unproven
from chaintrace.case.look import look, named
from chaintrace.case.result import now
from chaintrace.cluster import Terms, Undone
from chaintrace.plugins import heuristics
from chaintrace.report.columns import COLUMNS
from chaintrace.report.interface import Control
from tests.chaintrace.case.outputs_case import CHAIN, line, outputs_case, txid

USER = "coins,U,Somebody,some,user,service_api,register,2026-01-01\n"
CELLS = ("cluster", "cluster_with", "cluster_text", "cluster_reasons")
JOIN = txid("join")


def traced(folder, **case):
    return chaintrace.open_case(outputs_case(folder, **case)).follow()


def resting(result):
    return {row["address"]: [row[name] for name in CELLS] for row in result.table("resting")}


def test_a_resting_place_is_told_with_what_it_is_in_one_cluster_with_and_why(tmp_path):
    found = resting(traced(tmp_path / "case", tags=USER))
    assert found["A"] == [
        "A",
        "U;B",
        (
            "in one cluster with U, attributed to some by register; "
            "in one cluster with B, where value of this case rests too"
        ),
        f"U: common_input (50) in {JOIN}; B: common_input (50) in {JOIN}",
    ]
    assert found["B"][1] == "U;A"
    assert found["C"] == found["X"] == ["", "", "", ""]


def test_the_columns_stand_at_the_right():
    assert COLUMNS["resting"][-4:] == CELLS


def test_the_victims_and_the_payers_addresses_are_told_too(tmp_path):
    back = (line("back", 4, [("pay", 1, "V", 10), ("part", 3, "A", 6)], [("W", 16)]),)
    more = (line("again", 5, [("join", 0, "X", 27)], [("A", 20), ("Y", 7)]),)
    found = resting(traced(tmp_path / "case", seed='victim_addresses = ["V"]', more=(*back, *more)))
    assert found["A"][1] == "V;B"
    assert found["A"][2].startswith(
        "in one cluster with V, from which the payment payment was made; "
        "in one cluster with V, which the case declares as the victim's, for the payment payment; "
    )


def test_a_tag_of_another_member_makes_no_endpoint_and_stands_in_the_tags(tmp_path):
    shop = "coins,U,The Shop,shop,exchange,service_api,register,2026-01-01\n"
    result = traced(tmp_path / "case", tags=shop)
    assert list(result.table("endpoints")) == []
    assert "in one cluster with U, attributed to shop by register" in resting(result)["A"][2]
    assert [row["address"] for row in result.table("tags")] == ["U"]


def test_tags_of_two_actors_part_the_resting_places(tmp_path):
    later = (line("later", 4, [("part", 2, "B", 8), ("else", 1, "Z", 5)], [("W", 13)]),)
    other = USER + "coins,Z,Other,other,user,untrusted_transaction,a letter,2026-01-01\n"
    joined = traced(tmp_path / "joined", tags=USER, more=later)
    assert joined.report.inputs.control.clusters.of(CHAIN, "A").members == ("A", "B", "U", "Z")
    parted = traced(tmp_path / "parted", tags=other, more=later)
    assert len(parted.report.inputs.control.clusters.conflicts) == 3
    assert {cells[0] for cells in resting(parted).values()} == {""}
    assert {row["address"] for row in parted.table("tags")} == {"U", "Z"}
    assert "Refused" in (parted.folder / "report.html").read_text("utf-8")
    case = (tmp_path / "parted" / "case.toml").read_text("utf-8")
    (tmp_path / "parted" / "case.toml").write_text(f"{case}\n[limits]\nmin_tag_confidence = 41\n", "utf-8")
    sure = chaintrace.open_case(tmp_path / "parted").follow()
    assert sure.report.inputs.control.clusters.of(CHAIN, "A").members == ("A", "B", "U", "Z")


def test_no_amount_changes_with_the_clusters(tmp_path, monkeypatch):
    tables = ("endpoints", "credits", "hops", "not_followed", "reconciliation", "methods", "gaps")
    with_clusters, without_rules = traced(tmp_path / "on", tags=USER), traced(tmp_path / "off", tags=USER, rules="")
    monkeypatch.setattr(assembly, "of_traces", lambda *_: Control())
    without = traced(tmp_path / "none", tags=USER)
    for other in (without_rules, without):
        for name in tables:
            assert list(with_clusters.table(name)) == list(other.table(name)), name
        for row, plain in zip(with_clusters.table("resting"), other.table("resting"), strict=True):
            assert {**row, **dict.fromkeys(CELLS)} == {**plain, **dict.fromkeys(CELLS)}
    inputs = with_clusters.report.inputs
    assert inputs.traces == without.report.inputs.traces
    assert replace(inputs, control=Control()).traces == inputs.traces


def test_two_runs_write_the_same_bytes(tmp_path):
    folders = [traced(tmp_path / name, tags=USER).folder for name in ("one", "two")]
    names = sorted(path.name for path in folders[0].iterdir())
    assert [(folders[1] / name).read_bytes() for name in names] == [(folders[0] / name).read_bytes() for name in names]


def test_the_page_sums_by_cluster_and_shows_the_chain_of_reasons(tmp_path):
    page = (traced(tmp_path / "case", tags=USER).folder / "report.html").read_text("utf-8")
    section = page.partition('id="clusters"')[2].partition("<h2")[0]
    assert "14 base units" in section
    assert "2 addresses" in section
    assert "attributed to some by register" in section
    assert section.count(f"<code>{JOIN}</code>") == 2
    assert "How often common_input errs: " in section


@pytest.fixture
def view(tmp_path):
    outputs_case(tmp_path / "case", tags=USER)
    with look(named(str(tmp_path / "case")), CHAIN, now) as opened:
        yield opened


def test_over_a_case_every_transaction_of_its_sources_counts(view):
    seen = looked(view, CHAIN, heuristics(), Terms())
    assert [one.members for one in seen.clusters] == [("A", "B", "U")]
    assert absent(view, CHAIN, ("V", "nowhere", "X", "C")) == ("nowhere",)
    assert unproven(view, seen.clusters.of(CHAIN, "A"), seen.unknown) == ()


def test_what_is_undone_is_told_and_joins_nothing(view):
    seen = looked(view, CHAIN, heuristics(), Terms(without=(Undone(JOIN),)))
    assert list(seen.clusters) == []
    assert len(seen.undone) == 2


def test_a_file_that_declares_nothing_complete_proves_no_member(tmp_path):
    outputs_case(tmp_path / "case")
    with look(named(str(tmp_path / "case" / "transactions.jsonl")), CHAIN, now) as opened:
        seen = looked(opened, CHAIN, heuristics(), Terms())
        cluster = seen.clusters.of(CHAIN, "A")
        assert unproven(opened, cluster, seen.unknown) == cluster.members == ("A", "B", "U")


def test_where_an_input_is_not_told_no_member_is_proven(tmp_path):
    row = json.loads(line("gap", 4, [("far", 0, "", 1)], [("A", 1)]))
    del row["inputs"][0]["address"], row["inputs"][0]["value"]
    folder = outputs_case(tmp_path / "case", more=(json.dumps(row) + "\n",))
    with look(named(str(folder)), CHAIN, now) as opened:
        seen = looked(opened, CHAIN, heuristics(), Terms())
        assert unproven(opened, seen.clusters.of(CHAIN, "A"), seen.unknown) == ("A", "B", "U")
