"""Lines of a user's file: what cannot be read, and a line that would fill the memory."""

from __future__ import annotations

import gzip

import pytest

from chaintrace.adapters import lines
from chaintrace.adapters.lines import text_lines
from chaintrace.errors import InputError


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_line_that_is_too_long_is_refused_with_its_number(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(lines, "LONGEST", 1_000)
    path = tmp_path / "file"
    path.write_bytes(pack(b"one\n" + b"x" * 999 + b"\n"))
    assert [len(line) for line in text_lines(path, "file")] == [4, 1_000]
    path.write_bytes(pack(b"one\n" + b"x" * 1_000 + b"\n"))
    with pytest.raises(InputError, match=r"^file, line 2: the line has more than 1,000 bytes: write one record a line"):
        list(text_lines(path, "file"))


def test_a_file_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(
        InputError, match=r"cannot be read \(no such file or directory\): correct the path or its rights"
    ):
        list(text_lines(tmp_path / "gone", "gone"))
