"""Block files and their index after the first trace: altered bytes, a damaged index, things that are no files."""

from __future__ import annotations

import os
import shutil
import sqlite3

import pytest

from tests.faults.running import refused, trace, tree
from tests.faults.test_transactions_file import BLOCK_CASE, BLOCKS, MADE, case_with

NAME = "blk00000.dat"
FOLDER_CASE = BLOCK_CASE.replace(NAME, "blocks")


@pytest.fixture
def traced(tmp_path):
    folder = case_with(tmp_path, BLOCKS, BLOCK_CASE, NAME)
    assert trace(folder).code == 0
    return folder


def index(folder):
    return next((folder / "cache").glob("*.sqlite"))


def altered(folder, content: bytes, *, hidden: bool) -> None:
    """Put other bytes into the block file; `hidden` keeps its time of change, as a copying program may."""
    file = folder / NAME
    state = file.stat()
    file.write_bytes(content)
    if hidden:
        os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize("place", [0, 1, 2, 3], ids=lambda place: f"block {place}")
def test_a_block_that_was_altered_behind_the_index_is_found_out(traced, place):
    """A bit of an output's value: the transaction still parses, and still spends what the index says."""
    before = tree(traced / "report")
    start = sum(8 + len(raw) for raw in MADE.blocks[:place])
    content = bytearray(BLOCKS)
    content[start + 8 + len(MADE.blocks[place]) - 4 - 20] ^= 1
    altered(traced, bytes(content), hidden=True)
    came = trace(traced)
    assert came.code in {0, 2}
    if came.code == 2:
        assert f"{NAME} has changed since it was opened" in came.told[0]
    assert tree(traced / "report") == before


def test_the_spender_that_was_altered_is_never_believed(traced):
    content = bytearray(BLOCKS)
    value = (30 * 10**8).to_bytes(8, "little")
    place = content.index(value)
    content[place] ^= 1
    altered(traced, bytes(content), hidden=True)
    assert f"{NAME} has changed since it was opened" in refused(traced)


def test_an_altered_file_that_shows_its_change_is_read_anew(traced):
    content = bytearray(BLOCKS)
    content[content.index((30 * 10**8).to_bytes(8, "little"))] ^= 1
    altered(traced, bytes(content), hidden=False)
    came = trace(traced)
    assert came.code == 3
    assert NAME in came.err


@pytest.mark.parametrize("content", [b"", b"no index" * 1000])
def test_an_index_that_is_none_is_made_again(traced, content):
    before = tree(traced / "report")
    index(traced).write_bytes(content)
    assert trace(traced).code == 0
    assert tree(traced / "report") == before


@pytest.mark.parametrize("table", ["file", "block", "tx", "spend", "gap"])
def test_an_index_without_a_table_is_said(traced, table):
    connection = sqlite3.connect(index(traced))
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    assert "cache" in refused(traced)
    shutil.rmtree(traced / "cache")
    assert trace(traced).code == 0


@pytest.mark.parametrize("kind", ["nothing", "folder", "dangling", "pipe", "empty"])
def test_a_blocks_folder_without_blocks(tmp_path, kind):
    folder = case_with(tmp_path, FOLDER_CASE, FOLDER_CASE, "case.toml")
    (folder / "blocks").mkdir()
    file = folder / "blocks" / NAME
    if kind == "folder":
        file.mkdir()
    elif kind == "dangling":
        file.symlink_to("nowhere")
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no named pipes")
        os.mkfifo(file)
    elif kind == "empty":
        file.write_bytes(b"")
    sentence = refused(folder)
    assert sentence.startswith("blocks")


@pytest.mark.parametrize("key", [b"", b"1234", b"12345678"])
def test_a_key_beside_files_that_are_not_obfuscated(tmp_path, key):
    folder = case_with(tmp_path, BLOCKS, BLOCK_CASE, NAME)
    (folder / "xor.dat").write_bytes(key)
    assert trace(folder).code == 0
