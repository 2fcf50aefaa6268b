"""The archive: every byte once, under its digest, with when and where it was read."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from chaintrace.errors import InputError, OutputError
from chaintrace.store import FileArchive
from chaintrace.store import archive as archive_file
from tests.chaintrace.secret_samples import WIFS

MORNING = datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    times = iter(MORNING + timedelta(hours=n) for n in range(100))
    return lambda: next(times)


@pytest.fixture
def archive(tmp_path, clock):
    return FileArchive(tmp_path / "archive", clock)


def test_content_is_kept_under_its_digest(archive, tmp_path):
    source = archive.keep("esplora", "GET /tx/1", b"answer")
    digest = hashlib.sha256(b"answer").hexdigest()
    assert (source.adapter, source.request, source.sha256) == ("esplora", "GET /tx/1", digest)
    assert source.retrieved_at == MORNING
    assert (tmp_path / "archive" / "raw" / digest[:2] / digest).read_bytes() == b"answer"
    assert archive.read(digest) == b"answer"


def test_a_file_is_kept_as_it_is(archive, tmp_path):
    path = tmp_path / "big.csv"
    path.write_bytes(os.urandom(3_000_001))
    source = archive.keep_file("transfers-csv", "big.csv", path)
    assert archive.read(source.sha256) == path.read_bytes()
    assert [entry.name for entry in (tmp_path / "archive" / "raw").iterdir()] == [source.sha256[:2]]


def test_a_second_identical_reading_keeps_the_first_record(archive, tmp_path, clock):
    first = archive.keep("a", "r", b"x")
    again = archive.keep("a", "r", b"x")
    other = archive.keep("a", "s", b"x")
    assert (again.retrieved_at, other.retrieved_at) == (MORNING, MORNING + timedelta(hours=1))
    assert archive.records() == (first, other)
    later = FileArchive(tmp_path / "archive", clock)
    assert later.keep("a", "r", b"x").retrieved_at == MORNING
    assert later.records() == (first, other)


def test_the_index_says_what_was_read(archive, tmp_path):
    archive.keep("a", "r", b"xyz")
    (line,) = (tmp_path / "archive" / "index.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "sha256": hashlib.sha256(b"xyz").hexdigest(),
        "adapter": "a",
        "request": "r",
        "retrieved_at": "2026-01-01T08:00:00.000000Z",
        "size": 3,
    }


def test_bytes_that_were_changed_are_refused(archive, tmp_path):
    source = archive.keep("a", "r", b"x")
    (tmp_path / "archive" / "raw" / source.sha256[:2] / source.sha256).write_bytes(b"y")
    with pytest.raises(InputError, match=f"the archive's copy of {source.sha256} was changed"):
        archive.read(source.sha256)


def test_bytes_that_are_absent_are_refused(archive):
    with pytest.raises(InputError, match="the archive does not hold "):
        archive.read("0" * 64)


def test_a_file_that_cannot_be_read_is_bad_input(archive, tmp_path):
    with pytest.raises(
        InputError, match=r"^x\.csv: the file cannot be read \(no such file or directory\): correct the path"
    ):
        archive.keep_file("a", "x.csv", tmp_path / "x.csv")
    with pytest.raises(InputError, match=r"^folder: the file cannot be read"):
        archive.keep_file("a", "folder", tmp_path)


def test_a_file_is_looked_through_for_secrets_once_and_one_with_a_secret_is_refused_each_time(
    tmp_path, clock, monkeypatch
):
    looked = []
    look = archive_file.refuse_file
    monkeypatch.setattr(archive_file, "refuse_file", lambda path, shown: (looked.append(path.name), look(path, shown)))
    (tmp_path / "list.csv").write_text("a list of this test", "utf-8")
    (tmp_path / "found.txt").write_text(f"on the desk: {WIFS[0]}", "utf-8")
    for name in ("one", "other"):
        kept = FileArchive(tmp_path / name, clock)
        kept.keep_file("transfers-csv", "list.csv", tmp_path / "list.csv")
        with pytest.raises(InputError, match="it holds a private key"):
            kept.keep_file("transfers-csv", "found.txt", tmp_path / "found.txt")
        assert len(kept.records()) == 1
    assert looked == ["list.csv", "found.txt", "found.txt"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path, clock):
    (tmp_path / "archive").write_text("in the way")
    with pytest.raises(OutputError, match="the archive of the case cannot be written"):
        FileArchive(tmp_path / "archive", clock).keep("a", "r", b"x")


def test_a_full_disk_leaves_no_part_behind(archive, tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"cannot be written \(no space left on device\)"):
        archive.keep("a", "r", b"x")
    assert list((tmp_path / "archive" / "raw").iterdir()) == []
    assert not (tmp_path / "archive" / "index.jsonl").exists()


def test_a_line_that_a_killed_run_left_unfinished_does_not_count(archive, tmp_path, clock):
    first = archive.keep("a", "r", b"x")
    index = tmp_path / "archive" / "index.jsonl"
    with index.open("ab") as file:
        file.write(b'{"sha256": "12')
    later = FileArchive(tmp_path / "archive", clock)
    assert later.records() == (first,)
    second = later.keep("a", "s", b"y")
    assert FileArchive(tmp_path / "archive", clock).records() == (first, second)
    assert index.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("line", ["{", "[]", '{"sha256": "1"}', '{"retrieved_at": "now"}'])
def test_a_damaged_index_is_refused_with_its_line(archive, tmp_path, clock, line):
    archive.keep("a", "r", b"x")
    with (tmp_path / "archive" / "index.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(InputError, match=r"^index\.jsonl, line 2: this line of the archive's index is damaged"):
        FileArchive(tmp_path / "archive", clock).keep("a", "r", b"x")


def test_without_sync_everything_is_forced_to_the_disk_at_once(tmp_path, clock, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", lambda _: calls.append("one"))
    monkeypatch.setattr(os, "sync", lambda: calls.append("all"), raising=False)
    archive = FileArchive(tmp_path / "archive", clock, sync=False)
    archive.keep("a", "r", b"x")
    archive.keep("a", "s", b"y")
    assert calls == []
    archive.flush()
    assert calls == ["all"]


def test_without_sync_each_is_forced_once_where_the_system_cannot_do_all(tmp_path, clock, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", calls.append)
    monkeypatch.delattr(os, "sync", raising=False)
    archive = FileArchive(tmp_path / "archive", clock, sync=False)
    for content in (b"x", b"y"):
        archive.keep("a", "r", content)
    archive.flush()
    assert len(calls) == 2
    archive.keep("a", "s", b"z")
    archive.flush()
    assert len(calls) == 3


def test_with_sync_there_is_nothing_to_flush(archive, monkeypatch):
    archive.keep("a", "r", b"x")
    monkeypatch.setattr(os, "sync", lambda: pytest.fail("asked for nothing"), raising=False)
    archive.flush()


def test_many_threads_keep_every_record(tmp_path, clock):
    moment = clock()
    archive = FileArchive(tmp_path / "archive", lambda: moment, sync=False)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: archive.keep("a", str(number), b"%d" % (number % 50)), range(500)))
    again = FileArchive(tmp_path / "archive", clock).records()
    assert {source.request for source in again} == {str(number) for number in range(500)}
    assert len(list((tmp_path / "archive" / "raw").glob("*/*"))) == 50
