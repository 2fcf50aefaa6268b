"""Damage inside the case's own folder: the store, the log, the lock, the archive, the report."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from chaintrace.case.log import canonical
from tests.chaintrace.small_case import TRANSFERS, small_case
from tests.faults.running import refused, trace, tree

SEALED = {"number": 1, "time": "t", "action": "trace", "details": {}, "previous": "0" * 64}


@pytest.fixture
def traced(tmp_path):
    """A case that was traced."""
    folder = small_case(tmp_path / "case")
    assert trace(folder).code == 0
    return folder


def sql(path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA user_version = 99", "the store has version 99"),
        ("DROP TABLE touches", "no such table"),
        ("UPDATE transfers SET value = 'abc'", "the file is damaged"),
        ("UPDATE transfers SET kind = 99", "the file is damaged"),
        ("DELETE FROM holdings", "the file is damaged"),
    ],
)
def test_a_store_of_another_shape(traced, statement, words):
    sql(traced / "store.sqlite", statement)
    sentence = refused(traced)
    assert sentence.startswith("store.sqlite"), sentence
    assert words in sentence


def test_a_damaged_store_is_made_again_once_it_is_moved_away(traced):
    before = tree(traced / "report")
    (traced / "store.sqlite").write_bytes(b"no database" * 1000)
    assert "the file is damaged or is no store: move it away" in refused(traced)
    (traced / "store.sqlite").unlink()
    assert trace(traced).code == 0
    assert tree(traced / "report") == before


@pytest.mark.parametrize("page", range(1, 14))
def test_a_page_of_the_store_is_lost(traced, page):
    content = bytearray((traced / "store.sqlite").read_bytes())
    content[4096 * page : 4096 * (page + 1)] = b"\xa5" * 4096
    (traced / "store.sqlite").write_bytes(content)
    before = tree(traced / "report")
    came = trace(traced)
    assert came.code in {0, 2}
    assert tree(traced / "report") == before


@pytest.mark.parametrize("name", ["lock.sqlite", "store.sqlite"])
def test_a_file_that_another_program_holds(traced, monkeypatch, name):
    monkeypatch.setattr("chaintrace.case.rooms.SqliteStore.__init__.__kwdefaults__", {"patience": 0.1})
    connection = sqlite3.connect(traced / name, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        assert "another run is" in refused(traced)
    finally:
        connection.close()
    assert trace(traced).code == 0


@pytest.mark.parametrize(
    "statement",
    ["UPDATE head SET number = 'x'", "UPDATE head SET hash = NULL", "ALTER TABLE head RENAME COLUMN number TO other"],
)
def test_an_altered_lock(traced, statement):
    sql(traced / "lock.sqlite", statement)
    assert refused(traced).startswith("lock.sqlite")


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (lambda log: log.replace(b"trace", b"trase"), "line 1: the line was altered"),
        (lambda log: log[:-30], "line 1: the line was altered"),
        (lambda log: log + b"\n", "line 2: the line was altered"),
        (lambda log: log + log, "line 2: the line does not follow"),
        (lambda log: log + b'{"number":2', "line 2: the line was not finished when a run was stopped: remove it"),
        (lambda log: b"\xef\xbb\xbf" + log, "line 1: the line was altered"),
        (lambda log: log.replace(b"\n", b"\r\n"), "line 1: the line was altered"),
        (lambda _: b"[" * 100_000 + b"\n", "line 1: the line was altered"),
        (lambda _: b"", "the log had 1 lines and its end was removed"),
    ],
)
def test_a_damaged_log(traced, alter, words):
    log = traced / "log.jsonl"
    log.write_bytes(alter(log.read_bytes()))
    sentence = refused(traced)
    assert sentence.startswith("log.jsonl"), sentence
    assert words in sentence


def test_an_unfinished_line_that_is_removed_lets_the_case_go_on(traced):
    log = traced / "log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"number":2')
    refused(traced)
    log.write_bytes(whole)
    assert trace(traced).code == 0


@pytest.mark.parametrize(
    "fields",
    [{"details": "text"}, {"details": None}, {"number": True}, {"time": None}, {"action": 5}, {"previous": 0}],
)
def test_a_log_that_is_sealed_and_makes_no_sense(tmp_path, fields):
    import hashlib

    body = {**SEALED, **fields}
    folder = small_case(tmp_path / "case")
    line = canonical({**body, "hash": hashlib.sha256(canonical(body)).hexdigest()}) + b"\n"
    (folder / "log.jsonl").write_bytes(line)
    assert refused(folder).startswith("log.jsonl, line 1: ")


def test_what_was_taken_from_the_archive_is_put_back(traced):
    raw = traced / "archive" / "raw"
    before = tree(raw)
    shutil.rmtree(raw)
    assert trace(traced).code == 0
    assert tree(raw) == before
    for path in raw.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    assert trace(traced).code == 0
    assert tree(raw) == before


@pytest.mark.parametrize("line", [b"[1]\n", b"\xff\n", b"[" * 100_000 + b"\n", b"{}\n"])
def test_a_damaged_index_of_the_archive(traced, line):
    (traced / "archive" / "index.jsonl").write_bytes(line)
    assert "index.jsonl, line 1: this line of the archive's index is damaged" in refused(traced)


def test_a_source_that_was_changed_gives_another_report_and_the_archive_keeps_both(traced):
    before = tree(traced / "report")
    (traced / "transfers.csv").write_text(TRANSFERS.replace(",60", ",50"), "utf-8")
    assert trace(traced).code == 0
    assert tree(traced / "report") != before
    (traced / "transfers.csv").write_text(TRANSFERS, "utf-8")
    assert trace(traced).code == 0
    assert tree(traced / "report") == before


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "~$endpoints.csv"])
def test_a_report_folder_with_a_file_of_somebody(traced, name):
    (traced / "report" / name).write_text("mine", "utf-8")
    assert f"holds {name!r}, which is no file of a report" in refused(traced)


def test_what_a_desktop_leaves_in_a_folder_is_in_nobodys_way(traced):
    (traced / "report" / ".DS_Store").write_bytes(b"\0")
    assert trace(traced).code == 0


@pytest.mark.parametrize("name", ["report", "archive", "cache", "log.jsonl", "store.sqlite", "lock.sqlite"])
def test_a_thing_of_the_wrong_kind_stands_in_the_way(tmp_path, name):
    folder = small_case(tmp_path / "case")
    if name in {"report", "archive", "cache"}:
        (folder / name).write_text("mine", "utf-8")
    else:
        (folder / name).mkdir()
    came = trace(folder)
    assert came.code == 2
    assert len(came.told) == 1
    assert (folder / name).is_dir() == (name not in {"report", "archive", "cache"})


def test_a_report_that_is_a_link_stays_one(traced, tmp_path):
    shutil.rmtree(traced / "report")
    (tmp_path / "elsewhere").mkdir()
    (traced / "report").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert trace(traced).code == 0
    assert (traced / "report").is_symlink()
    assert (tmp_path / "elsewhere" / "report.html").is_file()


def test_a_report_that_is_a_link_to_itself(traced):
    shutil.rmtree(traced / "report")
    (traced / "report").symlink_to("report")
    came = trace(traced)
    assert (came.code, len(came.told)) == (2, 1)
