"""The page of faults: written and read back alike, complete for each adapter, and wrong as soon as one is missing."""

from __future__ import annotations

import pytest

from chaintrace.adapters import NETWORK
from chaintrace.errors import Malformed
from tests.hostile.faults import BY_NAME, FAULTS, HTTP_ONLY
from tests.hostile.reliability import HOST, KINDS, PAGE, compare, outcome, read, render

SOME = {fault.name: f"Refused: {HOST} says | no" for fault in FAULTS}


def test_the_page_is_as_the_tests_write_it_and_has_every_fault_of_every_adapter():
    text = PAGE.read_text("utf-8")
    outcomes = read(text)
    assert render(outcomes) == text
    assert set(outcomes) == set(NETWORK)
    for adapter, rows in outcomes.items():
        assert set(rows) == set(BY_NAME), adapter
        assert all(row.partition(": ")[0] in KINDS and row.partition(": ")[2] for row in rows.values()), adapter


def test_what_is_written_is_read_back():
    assert read(render({"one": SOME, "another": SOME})) == {"one": SOME, "another": SOME}


def test_a_page_that_is_behind_is_noticed_and_can_be_written(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    monkeypatch.delenv("CHAINTRACE_WRITE_DOCS", raising=False)
    with pytest.raises(AssertionError, match="the page is behind"):
        compare("one", SOME, page)
    monkeypatch.setenv("CHAINTRACE_WRITE_DOCS", "1")
    compare("one", SOME, page)
    monkeypatch.delenv("CHAINTRACE_WRITE_DOCS")
    compare("one", SOME, page)
    with pytest.raises(AssertionError, match="the page is behind"):
        compare("one", {**SOME, "drip": "Malformed: other"}, page)


def test_a_fault_that_was_not_tried_or_ends_in_nothing_is_noticed(tmp_path):
    with pytest.raises(AssertionError, match="not every fault was tried"):
        compare("one", {name: text for name, text in SOME.items() if name != "drip"}, tmp_path / "page.md")
    with pytest.raises(AssertionError, match="an outcome begins with"):
        compare("one", {**SOME, "drip": "an empty history"}, tmp_path / "page.md")


def test_an_outcome_is_one_of_our_errors_and_names_no_port():
    def ask():
        raise Malformed("127.0.0.1:4711 lies")

    assert outcome(ask, "127.0.0.1:4711") == "Malformed: HOST lies"
    with pytest.raises(AssertionError, match="taken for an answer"):
        outcome(list, "127.0.0.1:4711")


def test_the_faults_have_names_of_their_own():
    assert len(BY_NAME) == len(FAULTS)
    assert set(BY_NAME) >= HTTP_ONLY
