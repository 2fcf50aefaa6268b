"""What a notebook shows: tables and reports as escaped HTML, with every digit."""

from __future__ import annotations

from pathlib import Path

import networkx as nx

from chaintrace.case.result import Trace, open_case
from chaintrace.report import build
from chaintrace.report.interface import Table
from chaintrace.report.markup import escaped
from chaintrace.report.notebook import LISTED, LONGEST, SHOWN, shown_table
from tests.chaintrace.report.samples import accounts, outputs
from tests.chaintrace.small_case import TAGS, small_case

HOSTILE = "<script>alert(1)</script>"


def test_a_table_keeps_every_digit_and_runs_nothing() -> None:
    whole = Table("hops", ("value", "address", "memo"), ((2**256 - 1, HOSTILE, None),))
    shown = shown_table(whole)
    assert str(2**256 - 1) in shown
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "empty: memo" in shown


def test_a_long_table_says_how_long_it_is() -> None:
    whole = Table("hops", ("step",), tuple((number,) for number in range(100, 100 + SHOWN + 5)))
    shown = shown_table(whole)
    assert f"the first {SHOWN} of {SHOWN + 5} rows" in shown
    assert str(100 + SHOWN) not in shown


def test_a_long_text_is_cut_and_an_outpoint_is_not() -> None:
    outpoint = "f" * 64 + ":4294967295"
    shown = shown_table(Table("hops", ("outpoint", "text"), ((outpoint, "y" * (LONGEST + 1)),)))
    assert outpoint in shown
    assert "y" * LONGEST + "…" in shown


def test_a_table_without_rows_is_said() -> None:
    assert "<table" not in shown_table(Table("hops", ("step",), ()))
    assert "0 rows" in shown_table(Table("hops", ("step",), ()))


def test_a_trace_shows_its_sentence_its_picture_and_its_endpoints(tmp_path: Path) -> None:
    tags = TAGS.replace("The Shop", HOSTILE)
    trace = open_case(small_case(tmp_path / "case", tags=tags)).follow()
    shown = trace._repr_html_()
    assert trace.report.sentence[:40] in shown
    assert "<svg" in shown
    assert "<script>alert" not in shown
    assert shown.count("<script") == 2  # the picture's data and our own script
    assert "traced_amount" in shown
    assert "could_change" not in shown
    assert repr(trace) == f"<trace in {trace.folder}: {trace.report.sentence}>"
    assert "could_change" in trace.endpoints._repr_html_()
    assert "endpoints: 1 row" in trace.endpoints._repr_html_()


def test_a_trace_says_why_it_is_not_complete_and_what_is_to_be_noted(tmp_path: Path) -> None:
    report = build(accounts())
    shown = Trace(report, Path(), (f"a notice {HOSTILE}",))._repr_html_()
    assert f"<p>Not complete:</p><ul><li>{escaped(report.reasons[0])}</li>" in shown
    assert "<p>To note:</p><ul><li>a notice &lt;script&gt;" in shown
    many = Trace(report, Path(), tuple(f"notice {n}." for n in range(LISTED + 5)))._repr_html_()
    assert f"<li>notice {LISTED - 1}.</li><li>5 more: trace.notices has all</li></ul>" in many
    trace = open_case(small_case(tmp_path / "case")).follow()
    assert trace.complete
    plain = Trace(trace.report, trace.folder)._repr_html_()
    assert "Not complete" not in plain
    assert "To note" not in plain


def test_the_graph_has_an_edge_a_hop_with_whole_numbers(tmp_path: Path) -> None:
    trace = open_case(small_case(tmp_path / "case")).follow()
    graph = trace.graph()
    assert graph.number_of_edges() == len(trace.hops)
    assert [edge["traced_value"] for *_, edge in graph.edges(data=True)] == [100, 60]
    assert [edge["traced_amount"] for *_, edge in graph.edges(data=True)] == [
        row["traced_amount"] for row in trace.hops
    ]
    assert set(graph.nodes) == {"ledger:victim", "ledger:taker", "ledger:shop"}
    assert graph.nodes["ledger:shop"]["attributed_to"] == "shop"
    assert graph.nodes["ledger:victim"]["attributed_to"] is None
    assert [graph.nodes[f"ledger:{name}"]["roles"] for name in ("victim", "taker", "shop")] == [
        "payer", "payment; resting", "endpoint",
    ]  # fmt: skip


def test_the_graph_goes_on_where_several_inputs_are_spent_together() -> None:
    report = build(outputs())
    trace = Trace(report, Path())
    graph = trace.graph()
    moved = [edge for *_, edge in graph.edges(data=True) if edge["kind"] == "transfer"]
    assert [edge["traced_value"] for edge in moved] == [row["traced_value"] for row in trace.hops]
    assert all(edge["value"] is None for *_, edge in graph.edges(data=True) if edge["kind"] == "input")
    assert not [name for name in graph.nodes if "None" in name or ";" in name]
    assert nx.has_path(graph, "bitcoin:1A", "bitcoin:1C")
