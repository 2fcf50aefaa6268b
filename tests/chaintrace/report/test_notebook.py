"""What a notebook shows: tables and reports as escaped HTML, with every digit."""

from __future__ import annotations

from pathlib import Path

from chaintrace.case.result import open_case
from chaintrace.report.interface import Table
from chaintrace.report.notebook import LONGEST, SHOWN, shown_table
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


def test_a_result_shows_its_sentence_its_picture_and_its_endpoints(tmp_path: Path) -> None:
    tags = TAGS.replace("The Shop", HOSTILE)
    result = open_case(small_case(tmp_path / "case", tags=tags)).follow()
    shown = result._repr_html_()
    assert result.report.sentence[:40] in shown
    assert "<svg" in shown
    assert "<script" not in shown
    assert "traced_amount" in shown
    assert "could_change" not in shown
    assert repr(result) == f"<result in {result.folder}: {result.report.sentence}>"
    assert "could_change" in result.endpoints._repr_html_()
    assert "endpoints: 1 row" in result.endpoints._repr_html_()


def test_the_graph_has_an_edge_a_hop_with_whole_numbers(tmp_path: Path) -> None:
    result = open_case(small_case(tmp_path / "case")).follow()
    graph = result.graph()
    assert graph.number_of_edges() == len(result.hops)
    assert [edge["traced_value"] for *_, edge in graph.edges(data=True)] == [100, 60]
    assert set(graph.nodes) == {"ledger:victim", "ledger:taker", "ledger:shop"}
