"""Bytes of good cases changed at random: every run ends in 0, 2 or 3, with one sentence where it refuses."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaintrace.small_case import small_case
from tests.faults.running import trace, tree
from tests.faults.test_transactions_file import BLOCK_CASE, BLOCKS, CASE, GOOD
from tests.oracle.generate import write_case

KINDS = ("small", "account", "utxo", "outputs", "blocks")
# What breaks readers more often than chance: quotes, separators, signs, digits of others, bytes that are no UTF-8.
MARKS = b"\0 \n \r \" ' , ; - . 0 [ ] { } = # \xff".split(b" ")
WORDS = [
    b"9" * 30,
    b"true",
    b"null",
    b"NaN",
    b"1e5",
    b"\\u0000",
    "９".encode(),
    b"\xef\xbb\xbf",
    b"\x1f\x8b",
    b"\xed\xa0\x80",
]
PIECES = [b"", *MARKS, *WORDS]


def made(folder: Path, kind: str, seed: int) -> None:
    """A good case of a kind."""
    if kind == "small":
        small_case(folder)
    elif kind in {"outputs", "blocks"}:
        folder.mkdir()
        name, case, data = (
            ("chain.jsonl", CASE, GOOD.encode()) if kind == "outputs" else ("blk00000.dat", BLOCK_CASE, BLOCKS)
        )
        (folder / "case.toml").write_text(case, "utf-8")
        (folder / name).write_bytes(data)
    else:
        write_case(random.Random(seed), folder, kind)


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[float, int, bytes]]:
    """Where (as a part of the file), how many bytes go, and what comes in their place."""
    piece = st.one_of(st.sampled_from(PIECES), st.binary(max_size=4))
    change = st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from([0, 0, 1, 1, 2, 9, 60]), piece)
    return draw(st.lists(change, min_size=1, max_size=3))


def spoilt(content: bytes, wanted: list[tuple[float, int, bytes]]) -> bytes:
    for part, gone, piece in wanted:
        place = int(part * len(content))
        content = content[:place] + piece + content[place + gone :]
    return content


def ends_well(kind: str, seed: int, which: int, wanted: list[tuple[float, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "case"
        made(folder, kind, seed)
        files = sorted(path for path in folder.iterdir() if path.is_file())
        file = files[which % len(files)]
        file.write_bytes(spoilt(file.read_bytes(), wanted))
        came = trace(folder)
        assert came.code in {0, 2, 3}, came
        assert "Traceback" not in came.err
        assert len(came.told) == (came.code == 2), came
        assert (folder / "report" / "report.html").exists() == (came.code != 2)


@given(st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 9), changes())
def test_changed_bytes_never_break_a_run(kind, seed, which, wanted):
    ends_well(kind, seed, which, wanted)


@pytest.mark.soak
@given(st.sampled_from(KINDS), st.integers(0, 10_000), st.integers(0, 9), changes())
def test_changed_bytes_never_break_a_run_at_length(kind, seed, which, wanted):
    ends_well(kind, seed, which, wanted)


@given(st.sampled_from(["store.sqlite", "lock.sqlite", "log.jsonl", "index.jsonl"]), changes())
def test_changed_bytes_of_what_a_case_keeps_never_break_a_run(name, wanted):
    with tempfile.TemporaryDirectory() as home:
        folder = small_case(Path(home) / "case")
        assert trace(folder).code == 0
        file = folder / "archive" / name if name == "index.jsonl" else folder / name
        file.write_bytes(spoilt(file.read_bytes(), wanted))
        shutil.rmtree(folder / "cache", ignore_errors=True)
        report = tree(folder / "report")
        came = trace(folder)
        assert came.code in {0, 2, 3}, came
        assert len(came.told) == (came.code == 2), came
        assert came.code != 2 or tree(folder / "report") == report
