"""The log: lines are only appended, and whoever alters, removes, adds or moves one is found out."""

from __future__ import annotations

import errno
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case.log import FILE_NAME, NOTHING, START, Head, Writer, append, head_of, read, verify
from chaintrace.errors import InputError, OutputError

ACTIONS = ("new", "trace", "export", "trace")


def clock() -> datetime:
    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    for number, action in enumerate(ACTIONS):
        append(tmp_path, action, {"number": number, "text": "Ümlaut", "list": ["a", {"b": True}]}, clock)
    return tmp_path / FILE_NAME


def test_a_log_is_read_back_in_order(log):
    entries = verify(log)
    assert [entry.action for entry in entries] == list(ACTIONS)
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert entries[0].previous == START
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert entries[0].time == "2026-01-02T03:04:05Z"


def test_a_hash_can_be_worked_out_by_anybody(log):
    import hashlib

    fields = json.loads(log.read_bytes().splitlines()[1])
    sealed = fields.pop("hash")
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == sealed


def test_no_log_has_no_lines(tmp_path):
    assert read(tmp_path) == ()


@pytest.mark.parametrize("line", [0, 1, 3])
def test_an_altered_line_is_found(log, line):
    lines = log.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b"mlaut", b"mlaus")
    log.write_bytes(b"".join(lines))
    with pytest.raises(InputError, match="was altered") as caught:
        verify(log)
    assert caught.value.line == line + 1


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_removed_line_is_found(log, line):
    lines = log.read_bytes().splitlines(keepends=True)
    del lines[line]
    log.write_bytes(b"".join(lines))
    with pytest.raises(InputError, match="does not follow") as caught:
        verify(log)
    assert caught.value.line == line + 1


def test_swapped_lines_are_found(log):
    lines = log.read_bytes().splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    log.write_bytes(b"".join(lines))
    with pytest.raises(InputError, match="does not follow"):
        verify(log)


def test_a_line_cut_off_at_the_end_is_found_when_the_head_is_remembered(log):
    last = verify(log)[-1]
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]))
    assert len(verify(log)) == len(ACTIONS) - 1
    with pytest.raises(InputError, match="its end was removed"):
        verify(log, Head(last.number, last.hash))


def test_a_log_that_goes_on_after_the_remembered_head_is_sound(log):
    second = verify(log)[1]
    assert len(verify(log, Head(second.number, second.hash))) == len(ACTIONS)


def test_nothing_is_added_to_an_altered_log(log):
    before = log.read_bytes().replace(b"mlaut", b"mlaus")
    log.write_bytes(before)
    with pytest.raises(InputError):
        append(log.parent, "trace", {}, clock)
    assert log.read_bytes() == before


@given(place=st.integers(min_value=0), byte=st.integers(0, 255))
def test_any_changed_byte_is_found(tmp_path_factory, place, byte):
    folder = tmp_path_factory.mktemp("log")
    for action in ACTIONS[:3]:
        append(folder, action, {"a": 1}, clock)
    content = bytearray((folder / FILE_NAME).read_bytes())
    place %= len(content) - 1
    if content[place] == byte:
        return
    content[place] = byte
    (folder / FILE_NAME).write_bytes(bytes(content))
    with pytest.raises(InputError):
        verify(folder / FILE_NAME)


def test_nothing_stands_before_the_first_line():
    assert Head(0, START) == NOTHING


def test_a_line_that_does_not_fit_on_the_disk_is_taken_back(log, monkeypatch):
    before = log.read_bytes()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        append(log.parent, "trace", {}, clock)
    assert log.read_bytes() == before


def test_a_writer_goes_on_from_a_head_in_the_same_chain(tmp_path):
    append(tmp_path, "new", {}, clock)
    writer = Writer(tmp_path, clock, head_of(read(tmp_path)))
    heads = [writer.append("request", {"number": number}, sync=False) for number in range(3)]
    append(tmp_path, "trace", {}, clock)
    entries = verify(tmp_path / FILE_NAME, heads[-1])
    assert [entry.action for entry in entries] == ["new", "request", "request", "request", "trace"]
    assert writer.head == heads[-1]
    assert head_of(()) == NOTHING
