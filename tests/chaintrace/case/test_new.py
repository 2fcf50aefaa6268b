"""A new case: its template, its log, and cases that a command line describes."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case import log
from chaintrace.case.config import KEYS, load
from chaintrace.case.new import QuickSource, new, quick_files, quoted
from chaintrace.errors import InputError, OutputError
from tests.chaintrace.small_case import small_case


def clock() -> datetime:
    return datetime(2026, 1, 2, tzinfo=UTC)


def test_the_template_is_toml_with_known_tables_and_a_log_begins(tmp_path):
    path = new(tmp_path / "deep" / "case", clock)
    assert set(tomllib.loads(path.read_text("utf-8"))) <= set(KEYS)
    assert [entry.action for entry in log.read(path.parent)] == ["new"]


def test_the_commented_keys_of_the_template_are_valid_too(tmp_path):
    text = new(tmp_path / "template", clock).read_text("utf-8")
    lines = [line.removeprefix("# ") if "=" in line or line.startswith("# [") else line for line in text.splitlines()]
    text = "\n".join(lines[1:]).replace("the payment's txid", "ab" * 32).replace('"wallet"', '"address"')
    folder = small_case(tmp_path / "filled", case=text)
    (folder / "addresses.txt").write_text("# none\n")
    assert load(folder).limits.max_hops == 30


def test_a_case_that_is_there_stays(tmp_path):
    before = (small_case(tmp_path) / "case.toml").read_bytes()
    with pytest.raises(InputError, match="holds a case already"):
        new(tmp_path, clock)
    assert (tmp_path / "case.toml").read_bytes() == before


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        new(tmp_path / "file", clock)
    with pytest.raises(OutputError, match="cannot be made"):
        new(tmp_path / "file" / "below", clock)


@pytest.mark.parametrize(("complete", "kept"), [("", frozenset()), ("all", "all"), ("list.txt", frozenset({"taker"}))])
def test_a_command_line_describes_a_case(tmp_path, monkeypatch, complete, kept):
    small_case(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("taker\n")
    source = QuickSource("transfers-csv", (tmp_path / "transfers.csv").relative_to(tmp_path), complete)
    folder = tmp_path / "t1"
    new(folder, clock, quick_files("t1", "0", "ledger", source, folder.relative_to(tmp_path)))
    config = load(folder)
    assert config.sources[0].shown == "../transfers.csv"
    assert config.sources[0].complete == kept
    assert (config.seeds[0].txid, config.seeds[0].index) == ("t1", "0")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_survives_the_quotes(text):
    assert tomllib.loads(f"a = {quoted(text)}")["a"] == text
