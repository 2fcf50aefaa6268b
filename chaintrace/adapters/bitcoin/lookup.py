"""The read side of the index: rows, and the bytes that they point to.

What is read from a file is parsed and hashed again, so that bytes which changed since the index was made are found out.
"""

import sqlite3
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from chaintrace.adapters.bitcoin import undo
from chaintrace.adapters.bitcoin.blockfile import Bytes
from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE, RawTransaction, iter_transactions, parse_transaction
from chaintrace.errors import Malformed

_COLUMNS = "block.id, block.hash, block.height, block.rank, block.time, block.file, block.offset, block.length"
_ON = "JOIN block ON block.id = place.block"
_TX = f"SELECT {_COLUMNS}, place.position, place.offset, place.length FROM tx AS place {_ON} WHERE place.txid = ?"  # noqa: S608  # constants of this file
_SPEND = f"SELECT {_COLUMNS}, place.position, place.offset, place.length FROM spend AS place {_ON} WHERE place.txid = ? AND place.vout = ?"  # noqa: S608, E501  # constants of this file
_IN_CHAIN = "AND block.rank IS NOT NULL ORDER BY block.rank DESC LIMIT 1"
_UNDO = """SELECT undo.file, undo.offset, undo.length, undo.framed, block.file, block.offset, block.length
           FROM undo JOIN block ON block.id = undo.block WHERE undo.block = ?"""

Spent: TypeAlias = tuple[undo.SpentOutput, ...]
"""What one transaction spent, in input order."""


class BlockRow(NamedTuple):
    """A block of the index. `height` is None where it is not known; offset and length are bytes of its file."""

    id: int
    hash: bytes
    height: int | None
    rank: int
    time: int
    file: int
    offset: int
    length: int


class Found(NamedTuple):
    """A transaction in its block."""

    block: BlockRow
    position: int
    raw: RawTransaction


class FileRow(NamedTuple):
    """A file that was read: path, size in bytes, and digest when it was indexed."""

    id: int
    path: Path
    size: int
    sha256: str


class Lookup:
    """Answers from one index and the files that it is about. One thread at a time."""

    def __init__(self, index: sqlite3.Connection) -> None:
        """Takes the index over: `close` closes it."""
        self._index = index
        self._open: tuple[int, Bytes] | None = None
        self.raw = lru_cache(maxsize=512)(self._raw)
        self.undo_of = lru_cache(maxsize=4)(self._undo_of)

    def close(self) -> None:
        """Lets the index and the file that is open go."""
        if self._open is not None:
            self._open[1].close()
            self._open = None
        self._index.close()

    def files(self) -> tuple[FileRow, ...]:
        """The files, each undo file behind the block file it goes with."""
        rows = self._index.execute("SELECT id, path, size, sha256 FROM file ORDER BY id")
        return tuple(FileRow(number, Path(path), size, sha256) for number, path, size, sha256 in rows)

    def gaps(self) -> Iterator[tuple[str, str, str]]:
        """Kind, subject and text of what the files lack."""
        yield from self._index.execute("SELECT kind, subject, text FROM gap ORDER BY id")

    def chain(self) -> Iterator[BlockRow]:
        """The blocks of the chain in chain order, those without readable transactions left out."""
        query = f"SELECT {_COLUMNS} FROM block WHERE rank IS NOT NULL AND count > 0 ORDER BY rank"  # noqa: S608  # constants of this file
        return (BlockRow(*row) for row in self._index.execute(query))

    def headers(self, first: int, last: int) -> Iterator[bytes]:
        """The headers of the chain from one height to another, both ends in; those that no file holds are left out."""
        query = "SELECT file, offset FROM block WHERE rank IS NOT NULL AND height BETWEEN ? AND ? ORDER BY file, offset"
        for file, offset in self._index.execute(query, (first, last)).fetchall():
            yield self.read(file, offset, HEADER_SIZE)

    @cached_property
    def runs(self) -> tuple[tuple[BlockRow, BlockRow], ...]:
        """First and last block of each stretch of the chain without a hole, in chain order; there is at least one.

        Where heights are not known the chain is one stretch: nothing in the files can show a hole.
        """
        runs: list[tuple[BlockRow, BlockRow]] = []
        for row in self.chain():
            whole = bool(runs) and (row.height is None or row.height == (runs[-1][1].height or 0) + 1)
            runs[-1 if whole else len(runs) :] = [(runs[-1][0] if whole else row, row)]
        return tuple(runs)

    def last(self) -> BlockRow:
        """The last block of the chain. Raises Malformed for an index without a chain."""
        query = f"SELECT {_COLUMNS} FROM block WHERE rank IS NOT NULL ORDER BY rank DESC LIMIT 1"  # noqa: S608  # constants of this file
        row = self._index.execute(query).fetchone()
        if row is None:
            raise Malformed("the files hold no chain of whole blocks")
        return BlockRow(*row)

    def stale(self) -> tuple[str, ...]:
        """Hashes of the blocks that are not in the chain, in the order of the files."""
        rows = self._index.execute("SELECT hash FROM block WHERE rank IS NULL ORDER BY id")
        return tuple(block_hash.hex() for (block_hash,) in rows)

    def transaction(self, txid: bytes) -> Found | None:
        """Where the chain holds this txid last; None when it does not."""
        return self._found(f"{_TX} {_IN_CHAIN}", (txid,), txid)

    def spender(self, txid: bytes, vout: int) -> Found | None:
        """The transaction of the chain that spends this output; None when there is none."""
        found = self._found(f"{_SPEND} {_IN_CHAIN}", (txid, vout))
        if found is None:
            return None
        place = (bytes.fromhex(found.raw.txid), found.block.id, found.position)
        known = self._index.execute("SELECT 1 FROM tx WHERE txid = ? AND block = ? AND position = ?", place).fetchone()
        if known and any((txid.hex(), vout) == (spent[0], spent[1]) for spent in found.raw.inputs):
            return found
        raise Malformed(self._changed(found.block.file))

    def _raw(self, txid: bytes) -> RawTransaction | None:
        """A transaction of any block by its txid: which block it stands in changes nothing in it."""
        found = self._found(f"{_TX} LIMIT 1", (txid,), txid)
        return None if found is None else found.raw

    def _undo_of(self, block: int) -> tuple[Spent, ...]:
        """What a block's transactions but the coinbase spent; empty without undo data."""
        found = self._index.execute(_UNDO, (block,)).fetchone()
        if found is None:
            return ()
        record = self.read(*found[:3])
        return undo.parse_record(record) if found[3] else undo.parse_plain(record, self.transactions(*found[4:]))

    def transactions(self, file: int, offset: int, length: int) -> tuple[RawTransaction, ...]:
        """The transactions of the block at a place."""
        return tuple(iter_transactions(self.read(file, offset, length)))

    def read(self, file: int, offset: int, length: int) -> bytes:
        """Bytes of a file of the index; the last file used stays open."""
        if self._open is None or self._open[0] != file:
            place = self._index.execute("SELECT path, key FROM file WHERE id = ?", (file,)).fetchone()
            if place is None:
                raise Malformed("the index of the blocks is damaged: take the case's folder cache away and run again")
            path, key = place
            if self._open is not None:
                self._open[1].close()
            self._open = (file, Bytes(Path(path), key))
        return self._open[1].read(offset, length)

    def _found(self, query: str, key: tuple[bytes | int, ...], txid: bytes | None = None) -> Found | None:
        """The transaction that a query places. Raises Malformed when other bytes stand there now."""
        found = self._index.execute(query, key).fetchone()
        if found is None:
            return None
        block, (position, offset, length) = BlockRow(*found[:8]), found[8:]
        try:
            raw = parse_transaction(self.read(block.file, block.offset + offset, length))
        except Malformed as error:
            raise Malformed(self._changed(block.file)) from error
        if txid is not None and raw.txid != txid.hex():
            raise Malformed(self._changed(block.file))
        return Found(block, position, raw)

    def _changed(self, file: int) -> str:
        """The sentence for bytes that are no longer those of the index."""
        found = self._index.execute("SELECT path FROM file WHERE id = ?", (file,)).fetchone()
        name = Path(found[0]).name if found else "a file of blocks"
        return f"{name} has changed since it was opened: run the command again"
