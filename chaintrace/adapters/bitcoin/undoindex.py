"""Which undo record belongs to which block, into the index.

A `rev*.dat` file holds the records of the `blk*.dat` file with its number, in the order in which the node connected
the blocks, without saying which. The number of transactions and the checksum, which covers the previous block's hash,
find the block. What fits none is said, not used.
"""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from chaintrace.adapters.bitcoin import undo
from chaintrace.adapters.bitcoin.blockfile import MAX_RECORD, Bytes, Damage, Frame, Layout, frames
from chaintrace.adapters.bitcoin.networks import network
from chaintrace.errors import InputError, Malformed


class Indexed(NamedTuple):
    """A block of the index, as far as finding its undo record needs it."""

    block: int
    prev_hash: str
    transactions: int


ON_TRUST = "the spent outputs carry no checksum of a node: their values are taken on trust"
"""What is said of plain spent outputs: they are used, and nothing but the file vouches for them."""

_ByCount: TypeAlias = dict[int, list[Indexed]]


def index_undo(
    connection: sqlite3.Connection, path: Path, beside: Layout, chain: str, found: Sequence[Indexed]
) -> Iterator[tuple[int, str]]:
    """Indexes the undo file of the block file `beside`, whose blocks are `found`.

    Gives offset and reason of each stretch that could not be used. Raises InputError for a file without frames that
    goes with more than one block.
    """
    form = _layout(path, beside, chain)
    with Bytes(path, form.key) as data:
        number = add_file(connection, form, data.size)
        if not form.magic:
            yield from _single(connection, data, path, number, found)
            return
        by_count: _ByCount = defaultdict(list)
        for indexed in found:
            by_count[indexed.transactions - 1].append(indexed)
        unused: list[int] = []
        for record in frames(data, form.magic, undo.CHECKSUM_SIZE):
            if isinstance(record, Damage):
                yield record.offset, record.reason
            elif not _matched(connection, data, record, number, by_count):
                unused.append(record.offset)
        if unused:
            more = f", and {len(unused) - 1} more," if len(unused) > 1 else ""
            yield unused[0], f"an undo record{more} whose checksum fits no block of {beside.path.name}"


def add_file(connection: sqlite3.Connection, form: Layout, size: int) -> int:
    """Writes a file's row, with its SHA-256 as it lies on the disk, and gives its number in the index."""
    with form.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    row = (str(form.path), form.magic, form.key, size, digest)
    return int(connection.execute("INSERT INTO file VALUES (NULL, ?, ?, ?, ?, ?)", row).lastrowid or 0)


def _layout(path: Path, beside: Layout, chain: str) -> Layout:
    """How the undo file is written: framed with the block file's key or without one, else as the block file is."""
    for key in (beside.key, b""):
        with Bytes(path, key) as data:
            magic = data.read(0, 4)
            if magic in network(chain).magics:
                return Layout(path, magic, key)
    return Layout(path, beside.magic, beside.key)


def _matched(connection: sqlite3.Connection, data: Bytes, record: Frame, number: int, by_count: _ByCount) -> bool:
    """Whether a block is found that the record's checksum fits; then the record's row has been written."""
    raw = data.read(record.offset, record.length + undo.CHECKSUM_SIZE)
    body, trailer = raw[: record.length], raw[record.length :]
    try:
        candidates = by_count.get(undo.transaction_count(body), [])
    except Malformed:
        return False
    for indexed in candidates:
        if undo.checksum(indexed.prev_hash, body) == trailer:
            row = (indexed.block, number, record.offset, record.length, 1)
            connection.execute("INSERT OR IGNORE INTO undo VALUES (?, ?, ?, ?, ?)", row)
            return True
    return False


def _single(
    connection: sqlite3.Connection, data: Bytes, path: Path, number: int, found: Sequence[Indexed]
) -> Iterator[tuple[int, str]]:
    """One record without a frame, for the only block: with its checksum, or plain outputs, and then that is said."""
    if len(found) != 1 or data.size > MAX_RECORD:
        raise InputError("undo data without a frame go with exactly one block: give a rev*.dat file", path=path)
    raw = data.read(0, data.size)
    body, trailer = raw[: -undo.CHECKSUM_SIZE], raw[-undo.CHECKSUM_SIZE :]
    framed = undo.checksum(found[0].prev_hash, body) == trailer
    if not framed:
        yield 0, ON_TRUST
    row = (found[0].block, number, 0, len(body) if framed else len(raw), int(framed))
    connection.execute("INSERT INTO undo VALUES (?, ?, ?, ?, ?)", row)
