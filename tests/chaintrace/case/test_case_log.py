"""Notes, accepted leads, and the folders of two analysts: everything stands in the log, and nothing gets lost."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from chaintrace.case import lock, log
from chaintrace.case.checking import check
from chaintrace.case.config import load
from chaintrace.case.links import Accepted
from chaintrace.case.merging import kept_logs, merge
from chaintrace.case.notes import accept, note
from chaintrace.case.result import open_case
from chaintrace.cli import run
from chaintrace.errors import InputError
from tests.chaintrace.small_case import small_case

if TYPE_CHECKING:
    from pathlib import Path

LEAD = Accepted("bridge_amount", "ledger", "t2", "t3", "An Analyst", 'the "same" amount, \\ two minutes later')


def clock() -> datetime:
    return datetime(2026, 11, 28, 12, tzinfo=UTC)


def earlier() -> datetime:
    return datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = small_case(tmp_path / "case")
    open_case(folder).follow(clock=clock)
    return folder


@pytest.fixture
def two(case: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of the case that went on apart: each has notes, the second a file that the first never read."""
    other = tmp_path / "other"
    shutil.copytree(case, other)
    note(case, "first", "A", clock)
    note(other, "second", "B", clock)
    (other / "tags.csv").write_text((other / "tags.csv").read_text().replace("The Shop", "Shop"))
    open_case(other).follow(clock=clock)
    return case, other


def test_a_note_has_a_name_a_time_and_its_words(case: Path) -> None:
    note(case, "  Spoke to 交易所 by telephone.\n", "An Analyst", clock)
    last = log.read(case)[-1]
    assert (last.action, last.time) == ("note", "2026-11-28T12:00:00Z")
    assert last.details == {"by": "An Analyst", "text": "Spoke to 交易所 by telephone."}
    assert lock.remembered(case) == log.head_of(log.read(case))


@pytest.mark.parametrize(("text", "by"), [("", "A"), (" ", "A"), ("words", " "), ("x" * 10_001, "A")])
def test_a_note_without_words_or_a_name_is_none(case: Path, text: str, by: str) -> None:
    before = (case / "log.jsonl").read_bytes()
    with pytest.raises(InputError):
        note(case, text, by, clock)
    assert (case / "log.jsonl").read_bytes() == before


def test_an_accepted_lead_stands_in_the_case_and_in_the_log(case: Path) -> None:
    accept(case, LEAD, clock)
    assert load(case).linked.accepted == (LEAD,)
    details = log.read(case)[-1].details
    assert (details["rule"], details["by"], details["reason"]) == ("bridge_amount", "An Analyst", LEAD.reason)
    with pytest.raises(InputError, match="already"):
        accept(case, LEAD, clock)
    open_case(case).follow(clock=clock)


def test_a_lead_that_cannot_be_one_leaves_the_case_as_it_stood(case: Path) -> None:
    before = {path: path.read_bytes() for path in (case / "case.toml", case / "log.jsonl")}
    with pytest.raises(InputError, match="no source holds the chain"):
        accept(case, Accepted("bridge_amount", "nowhere", "a", "b", "A", "why"), clock)
    assert {path: path.read_bytes() for path in before} == before


def test_no_line_of_either_log_is_lost(two: tuple[Path, Path]) -> None:
    mine, theirs = two
    before, told = (mine / "log.jsonl").read_bytes(), (theirs / "log.jsonl").read_bytes()
    done = merge(mine, theirs, "A", clock)
    assert (mine / "log.jsonl").read_bytes().startswith(before)
    assert (mine / f"logs/{done.head}.jsonl").read_bytes() == told
    assert (done.lines, done.common, done.answers) == (3, 1, 1)
    assert log.read(mine)[-1].details["head"] == log.read(theirs)[-1].hash
    assert check(mine, clock).failures == ()
    open_case(mine).follow(clock=clock)


def test_what_was_merged_once_is_not_merged_again(two: tuple[Path, Path]) -> None:
    mine, theirs = two
    merge(mine, theirs, "A", clock)
    with pytest.raises(InputError, match="does not have"):
        merge(mine, theirs, "A", clock)
    with pytest.raises(InputError, match="the case itself"):
        merge(mine, mine, "A", clock)
    note(theirs, "third", "B", clock)
    merge(mine, theirs, "A", clock)
    assert len(kept_logs(mine, log.read(mine))) == 2


def test_a_folder_that_merged_another_is_merged_with_all_that_it_has(two: tuple[Path, Path], tmp_path: Path) -> None:
    mine, theirs = two
    third = tmp_path / "third"
    shutil.copytree(mine, third)
    merge(third, theirs, "C", clock)
    merge(mine, third, "A", clock)
    assert len(kept_logs(mine, log.read(mine))) == 2
    assert check(mine, clock).failures == ()


def test_another_case_is_not_merged(case: Path, tmp_path: Path) -> None:
    other = small_case(tmp_path / "other", case=(case / "case.toml").read_text().replace("Small", "Large"))
    with pytest.raises(InputError, match="another case"):
        merge(case, other, "A", clock)
    assert not (case / "logs").exists()


@pytest.mark.parametrize("what", ["altered", "gone", "cut"])
def test_a_merged_log_that_was_altered_is_found_out(two: tuple[Path, Path], what: str) -> None:
    mine, theirs = two
    kept = mine / f"logs/{merge(mine, theirs, 'A', clock).head}.jsonl"
    match what:
        case "altered":
            kept.write_bytes(kept.read_bytes().replace(b"second", b"secund"))
        case "gone":
            kept.unlink()
        case "cut":
            kept.write_bytes(b"".join(kept.read_bytes().splitlines(keepends=True)[:-1]))
    assert check(mine, clock).failures != ()


def test_a_case_that_was_moved_is_checked_there(case: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "case"
    shutil.copytree(case, moved, ignore=shutil.ignore_patterns("lock.sqlite", "cache", "store.sqlite"))
    checked = check(moved, clock)
    assert checked.failures == ()
    assert any("readings" in text for text in checked.notes)


@pytest.mark.parametrize("what", ["answer", "no answer", "index", "log"])
def test_whatever_was_altered_is_said(case: Path, what: str) -> None:
    raw = next((case / "archive/raw").glob("*/*"))
    match what:
        case "answer":
            raw.write_bytes(raw.read_bytes().replace(b"1", b"2") + b" ")
        case "no answer":
            raw.unlink()
        case "index":
            (case / "archive/index.jsonl").write_bytes(b"{}\n")
        case "log":
            (case / "log.jsonl").write_bytes((case / "log.jsonl").read_bytes().replace(b"fifo", b"lifo"))
    assert check(case, clock).failures != ()


def test_a_file_that_was_changed_since_the_last_trace_is_told(case: Path) -> None:
    (case / "tags.csv").write_text((case / "tags.csv").read_text().replace("Shop", "Ship"))
    checked = check(case, clock)
    assert checked.failures == ()
    assert any(text.startswith("tags.csv is not the file") for text in checked.notes)


def test_a_clock_that_went_backwards_is_told_and_breaks_nothing(case: Path) -> None:
    note(case, "late", "A", earlier)
    checked = check(case, clock)
    assert checked.failures == ()
    assert any("a clock was set back" in text for text in checked.notes)


def test_the_command_line(two: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    mine, theirs = map(str, two)
    assert run(["case", "note", mine, "words", "--by", "A"]) == 0
    lead = ["--rule", "r", "--chain", "ledger", "--from", "a", "--to", "b", "--reason", "why", "--by", "A"]
    assert run(["case", "accept", mine, *lead]) == 0
    assert run(["case", "merge", mine, theirs, "--by", "A"]) == 0
    assert "asks otherwise" in capsys.readouterr().err
    assert run(["case", "verify", mine]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "the case holds"
    line = json.loads((two[0] / "log.jsonl").read_bytes().splitlines()[0])
    (two[0] / "log.jsonl").write_text(json.dumps(line) + "\n")
    assert run(["case", "verify", mine]) == 3
    assert run(["case", "note", mine, "words"]) == 2
