"""One pass over files of blocks and undo data, into the tables of the index.

Each block is read, checked against the Merkle root of its header, and forgotten again: memory is one block, plus one
small tuple per header for the choice of the chain. What is damaged becomes a gap with file and offset.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters.bitcoin.blockfile import Bytes, Damage, Frame, Layout, layout, records
from chaintrace.adapters.bitcoin.headers import Link, select
from chaintrace.adapters.bitcoin.networks import network
from chaintrace.adapters.bitcoin.rawblock import (
    Header,
    RawTransaction,
    bip34_height,
    iter_transactions,
    merkle_root,
    parse_header,
)
from chaintrace.adapters.bitcoin.undoindex import ON_TRUST, Indexed, add_file, index_undo
from chaintrace.errors import InputError, Malformed

Progress: TypeAlias = Callable[[int, int], None]
"""Told after each file: bytes read so far, bytes in all."""

_EMPTY_ROOT = "00" * 32


@dataclass(frozen=True, slots=True)
class BlockFiles:
    """What is to be indexed: block files in order, the undo file of each (if any), and the chain they are of.

    `undo` may also name one file for a single raw block: a `rev*.dat`, one bare record, or plain outputs.
    """

    chain: str
    blocks: tuple[Path, ...]
    undo: dict[Path, Path]

    def fingerprint(self) -> str:
        """Text that changes when a file's place, size or time of change does."""
        lines = [self.chain]
        for path in self.blocks:
            for file in (path, self.undo.get(path), path.parent / "xor.dat"):
                if file is not None and file.is_file():
                    state = file.stat()
                    lines.append(f"{file.resolve().as_posix()} {state.st_size} {state.st_mtime_ns}")
        return "\n".join(lines)


class Indexing:
    """Fills one index. Call `build` once."""

    def __init__(self, files: BlockFiles, progress: Progress | None = None) -> None:
        """`progress` is told how far the reading has come."""
        self._files = files
        self._progress = progress
        self._links: list[Link] = []
        self._left_out: set[str] = set()
        self._gaps: list[tuple[str, str, str]] = []

    def build(self, connection: sqlite3.Connection) -> None:
        """Reads every file. Raises InputError where a file is no file of blocks of this chain, or none is in any."""
        total = sum(path.stat().st_size for path in self._files.blocks)
        done = 0
        for path in self._files.blocks:
            form = layout(path, self._files.chain)
            found = list(self._read_file(connection, form))
            undo = self._files.undo.get(path)
            if undo is not None:
                for offset, reason in index_undo(connection, undo, form, self._files.chain, found):
                    self._damaged(undo, offset, reason)
            done += path.stat().st_size
            if self._progress is not None:
                self._progress(done, total)
        if len(self._left_out) == len(self._links):
            path = self._files.blocks[0]
            raise InputError("no whole block stands in the file: give a blk*.dat file or a raw block", path=path)
        self._choose(connection)

    def _choose(self, connection: sqlite3.Connection) -> None:
        """Writes heights and ranks, and the gaps. A damaged block that no other follows is no tip of the chain."""
        followed = {link.prev_hash for link in self._links}
        links = [link for link in self._links if link.hash in followed or link.hash not in self._left_out]
        chosen = select(links, self._files.chain, network(self._files.chain).bip34)
        connection.executemany(
            "UPDATE block SET height = ?, rank = ? WHERE hash = ?",
            ((place.height, place.rank, bytes.fromhex(block)) for block, place in chosen.places.items()),
        )
        gaps = [*self._gaps, *((gap.kind, gap.subject, gap.text) for gap in chosen.gaps)]
        connection.executemany("INSERT INTO gap (kind, subject, text) VALUES (?, ?, ?)", gaps)

    def _damaged(self, path: Path, offset: int, reason: str) -> None:
        """Notes a stretch of a file that could not be used, or that nothing vouches for."""
        kind = "claimed" if reason == ON_TRUST else "source"
        self._gaps.append((kind, path.name, f"{path.name}, offset {offset}: {reason}"))

    def _read_file(self, connection: sqlite3.Connection, form: Layout) -> Iterator[Indexed]:
        """Indexes one file and gives its blocks, those that an earlier file holds too left out."""
        with Bytes(form.path, form.key) as data:
            number = add_file(connection, form, data.size)
            for record in records(data, form):
                if isinstance(record, Damage):
                    self._damaged(form.path, record.offset, record.reason)
                    continue
                raw = data.read(record.offset, record.length)
                try:
                    indexed = self._read_block(connection, raw, (form.path, number), record)
                except Malformed as error:
                    if not form.magic:
                        reason = f"the file is neither a blk*.dat file of {self._files.chain} nor a raw block ({error})"
                        raise InputError(reason, path=form.path) from error
                    self._damaged(form.path, record.offset, f"no block: {error}")
                    continue
                if indexed is not None:
                    yield indexed

    def _read_block(
        self, connection: sqlite3.Connection, raw: bytes, file: tuple[Path, int], record: Frame
    ) -> Indexed | None:
        """Indexes one block; None when it is there already. A damaged one keeps its header, for the links.

        Raises Malformed when a single raw block, or a header, cannot be read.
        """
        header = parse_header(raw)
        hash_bytes = bytes.fromhex(header.hash)
        seen = connection.execute("SELECT id, count FROM block WHERE hash = ?", (hash_bytes,)).fetchone()
        if seen is not None and seen[1]:
            return None
        try:
            transactions = tuple(iter_transactions(raw))
            reason = _uncommitted(header, transactions)
        except Malformed as error:
            if record.offset == 0:
                raise
            transactions, reason = (), str(error)
        if reason:
            self._damaged(file[0], record.offset, f"block {header.hash}: {reason}")
        if reason and header.merkle_root != _EMPTY_ROOT:
            transactions = ()
        if seen is not None:
            if not transactions:
                return None
            connection.execute("DELETE FROM block WHERE id = ?", (seen[0],))
        return self._insert(connection, header, transactions, (file[1], record), fresh=seen is None)

    def _insert(
        self,
        connection: sqlite3.Connection,
        header: Header,
        transactions: tuple[RawTransaction, ...],
        place: tuple[int, Frame],
        *,
        fresh: bool,
    ) -> Indexed:
        """Writes a block's rows; its link is noted where it is `fresh`, not a better copy of a damaged block."""
        number, record = place
        said = bip34_height(header.version, transactions[0].inputs[0].script) if transactions else None
        row = (
            *(bytes.fromhex(header.hash), bytes.fromhex(header.prev_hash), header.time, header.bits, said),
            *(len(transactions), number, record.offset, record.length),
        )
        columns = "hash, prev, time, bits, said, count, file, offset, length"
        cursor = connection.execute(f"INSERT INTO block ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608  # columns is the constant above
        block = int(cursor.lastrowid or 0)
        if transactions:
            self._left_out.discard(header.hash)
        else:
            self._left_out.add(header.hash)
        if fresh:
            self._links.append(Link(header.hash, header.prev_hash, header.time, header.bits, said))
        connection.executemany("INSERT INTO tx VALUES (?, ?, ?, ?, ?)", _tx_rows(block, transactions))
        connection.executemany(
            "INSERT OR IGNORE INTO spend VALUES (?, ?, ?, ?, ?, ?)", _spend_rows(block, transactions)
        )
        return Indexed(block, header.prev_hash, len(transactions))


def _uncommitted(header: Header, transactions: tuple[RawTransaction, ...]) -> str | None:
    """Why the header does not vouch for the transactions, or None when it does."""
    if not transactions[0].coinbase:
        return "its first transaction is no coinbase"
    if merkle_root([transaction.txid for transaction in transactions]) == header.merkle_root:
        return None
    if header.merkle_root == _EMPTY_ROOT:
        return "its header names no Merkle root, so that nothing vouches for its transactions"
    return "its transactions do not hash to the Merkle root of its header: bytes are damaged or altered; it is left out"


def _tx_rows(block: int, transactions: tuple[RawTransaction, ...]) -> Iterator[tuple[bytes, int, int, int, int]]:
    """Rows of the table `tx`."""
    for position, transaction in enumerate(transactions):
        yield bytes.fromhex(transaction.txid), block, position, transaction.offset, transaction.length


def _spend_rows(
    block: int, transactions: tuple[RawTransaction, ...]
) -> Iterator[tuple[bytes, int, int, int, int, int]]:
    """Rows of the table `spend`; a coinbase spends nothing."""
    for position, transaction in enumerate(transactions):
        if transaction.coinbase:
            continue
        for entry in transaction.inputs:
            txid = bytes.fromhex(entry.prev_txid)
            yield txid, entry.prev_vout, block, position, transaction.offset, transaction.length
