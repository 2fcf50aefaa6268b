"""The index on disk, and the adapter that keeps it in a case's folder."""

from __future__ import annotations

import hashlib
import os
import sqlite3

import pytest

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.adapters.blocks import Blocks
from chaintrace.adapters.interface import SourceSpec
from chaintrace.errors import InputError, Malformed, OutputError
from chaintrace.model.provenance import Source
from tests.chaintrace.adapters.bitcoin.making import REGTEST, Made, framed, opened


@pytest.fixture
def made():
    chain = Made()
    for _ in range(10):
        chain.add()
    return chain


def test_the_index_is_built_once_and_again_when_a_file_changes(tmp_path, made):
    index, told = tmp_path / "cache" / "index.sqlite", []
    for _ in range(2):
        opened(tmp_path, made, index_path=index, progress=lambda done, total: told.append((done, total))).close()
        os.utime(tmp_path / "blk00000.dat", ns=(1, 1))
    size = (tmp_path / "blk00000.dat").stat().st_size
    BlockSource(tmp_path / "blk00000.dat", REGTEST, index).close()
    told.clear()
    with BlockSource(tmp_path / "blk00000.dat", REGTEST, index, progress=lambda *sizes: told.append(sizes)) as source:
        assert source.tip.height == 9
    assert told == []
    made.add()
    with opened(tmp_path, made, index_path=index, progress=lambda *sizes: told.append(sizes)) as source:
        assert source.tip.height == 10
    assert [done > size for done, _ in told] == [True]
    assert [path.name for path in index.parent.iterdir()] == ["index.sqlite"]


def test_the_index_says_its_form(tmp_path, made):
    index = tmp_path / "index.sqlite"
    opened(tmp_path, made, index_path=index).close()
    connection = sqlite3.connect(index)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    opened(tmp_path, made, index_path=index).close()
    connection = sqlite3.connect(index)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()


def test_a_file_that_is_no_index_is_replaced(tmp_path, made):
    index = tmp_path / "index.sqlite"
    for rubbish in (b"", b"not a database" * 100):
        index.write_bytes(rubbish)
        with opened(tmp_path, made, index_path=index) as source:
            assert source.tip.height == 9


def test_bad_input_leaves_the_old_index(tmp_path, made):
    index = tmp_path / "index.sqlite"
    opened(tmp_path, made, index_path=index).close()
    before = index.read_bytes()
    with pytest.raises(InputError):
        opened(tmp_path, b"hello", index_path=index)
    assert index.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blk00000.dat", "index.sqlite"]


def test_an_index_that_cannot_be_written_is_said(tmp_path, made):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="could not be written"):
        opened(tmp_path, made, index_path=tmp_path / "file" / "index.sqlite")


def test_a_file_that_changes_under_the_index_is_malformed(tmp_path, made):
    with opened(tmp_path, made) as source:
        data = bytearray((tmp_path / "blk00000.dat").read_bytes())
        data[-20] ^= 1
        (tmp_path / "blk00000.dat").write_bytes(data)
        with pytest.raises(Malformed, match=r"blk00000\.dat has changed"):
            source.transaction(made.coinbase_txid(9))


# --- the adapter -----------------------------------------------------------------------------------


class Shelf:
    """An archive in a dict."""

    def __init__(self):
        self.kept = {}

    def keep(self, adapter, request, content):
        digest = hashlib.sha256(content).hexdigest()
        self.kept[digest] = content
        return Source(adapter, request, digest)


def test_the_adapter_archives_the_blocks_that_answered(tmp_path, made):
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    shelf = Shelf()
    spec = SourceSpec("blocks", REGTEST, tmp_path, "node/blocks")
    source = Blocks().open(spec, shelf, tmp_path / "cache")
    try:
        assert not source.whole
        assert list(source.transactions())[3].source.request == "node/blocks/blk00000.dat"
        assert shelf.kept == {}
        found = source.transaction(made.coinbase_txid(4))
        assert found.source.request.startswith("node/blocks/blk00000.dat, offset ")
        assert shelf.kept == {found.source.sha256: made.blocks[4]}
        assert source.source.sha256 == hashlib.sha256(framed(made.blocks)).hexdigest()
    finally:
        source.close()
