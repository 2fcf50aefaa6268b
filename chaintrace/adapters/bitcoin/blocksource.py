"""A source of facts that answers from Bitcoin's own blocks.

`BlockSource` looks a transaction or a spender up in the index, reads its bytes where they stand, and gives the model's
`Transaction`. Values and scripts of inputs come from the transactions that they spend, or, where no file holds those,
from undo data; else the value is None (M11).
"""

import hashlib
import re
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, get_args

from chaintrace.adapters.bitcoin.assembly import Standing, assemble
from chaintrace.adapters.bitcoin.blockfile import block_files
from chaintrace.adapters.bitcoin.indexfile import open_index
from chaintrace.adapters.bitcoin.indexing import BlockFiles, Indexing, Progress
from chaintrace.adapters.bitcoin.lookup import BlockRow, FileRow, Found, Lookup, Spent
from chaintrace.adapters.bitcoin.networks import native
from chaintrace.adapters.bitcoin.rawblock import RawOutput, RawTransaction
from chaintrace.errors import InputError
from chaintrace.model.archive import Archive
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Coverage, Gap, GapKind, Source
from chaintrace.model.transaction import Transaction

ADAPTER = "blocks"
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KINDS: dict[str, GapKind] = {kind: kind for kind in get_args(GapKind)}


class BlockSource:
    """Transactions and spenders out of `blk*.dat` files, a node's blocks directory, or one raw block.

    Only the chain with most work answers: what stands in stale blocks alone is not there. Of a txid that two blocks
    hold (BIP-30 names two such coinbases) the later one answers, as it did to the network. One thread at a time.

    `close()` lets the index and the files go; so does the end of the last reference to the source.
    """

    whole = False

    def __init__(  # the choices that open one source, all but three by name
        self,
        path: Path,
        chain: str,
        index_path: Path | None = None,
        *,
        undo_path: Path | None = None,
        progress: Progress | None = None,
        shown: str = "",
        archive: Archive | None = None,
    ) -> None:
        """Opens the files, building the index first where there is none of them (without a path: in memory).

        `undo_path` is a `rev*.dat` or the spent outputs of a single raw block; without it, `rev*.dat` beside the block
        files are used. `shown` is how reports name `path`. `archive` gets each block out of which `transaction` or
        `spender` answered. Raises InputError for a path without blocks of `chain`,
        OutputError when the index cannot be written. Damage inside a file is no error: see `gaps`.
        """
        self.chain = chain
        self._asset = native(chain)
        self._path = path
        self._shown = shown or path.name
        self._archive = archive
        self._kept: dict[int, Source] = {}
        blocks = block_files(path)
        files = BlockFiles(chain, blocks, _undo_files(blocks, undo_path))
        self._lookup = Lookup(open_index(index_path, files.fingerprint(), Indexing(files, progress).build))
        self.close = weakref.finalize(self, self._lookup.close)
        self._sources = {file.id: self._source_of(file) for file in self._lookup.files()}

    @property
    def source(self) -> Source:
        """Of one file, its digest; of several, the digest of the lines `sha256  name`, as sha256sum writes them."""
        files = self.files
        if len(files) == 1:
            return self._sources[files[0].id]
        lines = "".join(f"{file.sha256}  {file.path.name}\n" for file in files)
        return Source(ADAPTER, self._shown, hashlib.sha256(lines.encode()).hexdigest())

    @property
    def files(self) -> tuple[FileRow, ...]:
        """The files that were read, each undo file behind the block file it goes with."""
        return self._lookup.files()

    @property
    def tip(self) -> Block:
        """The last block of the chain."""
        return _block(self._lookup.last())

    @property
    def stale(self) -> tuple[str, ...]:
        """Hashes of the blocks in the files that are not in the chain."""
        return self._lookup.stale()

    def gaps(self) -> tuple[Gap, ...]:
        """What the files lack: truncated or damaged stretches with file and offset, heights, links between chains."""
        return tuple(Gap(_KINDS[kind], self.chain, subject, None, text) for kind, subject, text in self._lookup.gaps())

    def coverage(self) -> tuple[Coverage, ...]:
        """Every address, from the first block's rank to the last one's; a hole in the chain parts coverages (M10)."""
        return tuple(
            Coverage(self.chain, None, None, first.rank, last.rank, last.height, last.time, "all blocks read")
            for first, last in self._lookup.runs
        )

    def transaction(self, txid: str) -> Transaction | None:
        """The transaction with this txid (64 lower-case hex digits), or None when the chain in the files lacks it.

        Raises Malformed when the bytes are no longer what was indexed.
        """
        key = _key(txid)
        found = None if key is None else self._lookup.transaction(key)
        return None if found is None else self._answer(found)

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction that spends an output, or None when none in the files does. Raises Malformed, as above."""
        key = _key(outpoint.txid)
        found = None if key is None else self._lookup.spender(key, outpoint.vout)
        return None if found is None else self._answer(found)

    def blocks(self) -> Iterator[tuple[Block, tuple[Transaction, ...]]]:
        """The chain's blocks in order, each with its transactions in order."""
        for row in self._lookup.chain():
            raws = self._lookup.transactions(row.file, row.offset, row.length)
            yield _block(row), tuple(self._complete(row, position, raw) for position, raw in enumerate(raws))

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction of the chain, once, in chain order."""
        for _, transactions in self.blocks():
            yield from transactions

    def headers(self, first: int, last: int) -> Iterator[bytes]:
        """The headers of the chain from one height to another, both ends in, 80 bytes each, in the order of the files.

        Those that no file holds are left out, and all where heights are not known.
        """
        return self._lookup.headers(first, last)

    def __enter__(self) -> Self:
        """The source itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets the index and the files go."""
        self.close()

    def _answer(self, found: Found) -> Transaction:
        """The transaction that was asked for; its block goes into the archive, and its digest into the source."""
        row = found.block
        transaction = self._complete(*found)
        if self._archive is None:
            return transaction
        if row.id not in self._kept:
            request = f"{self._sources[row.file].request}, offset {row.offset}"
            raw = self._lookup.read(row.file, row.offset, row.length)
            self._kept[row.id] = self._archive.keep(ADAPTER, request, raw)
        return replace(transaction, source=self._kept[row.id])

    def _complete(self, row: BlockRow, position: int, raw: RawTransaction) -> Transaction:
        """The model's transaction, with what its inputs spend."""
        spent = () if raw.coinbase else self._spent(row.id, position, raw)
        return assemble(raw, self._asset, Standing(_block(row), row.rank, position), spent, self._sources[row.file])

    def _spent(self, block: int, position: int, raw: RawTransaction) -> tuple[RawOutput | None, ...]:
        """For each input the output that it spends, or None where neither the files nor undo data know it."""
        spent: list[RawOutput | None] = []
        undone: Spent | None = None
        for place, entry in enumerate(raw.inputs):
            before = self._lookup.raw(bytes.fromhex(entry.prev_txid))
            if before is not None and entry.prev_vout < len(before.outputs):
                spent.append(before.outputs[entry.prev_vout])
                continue
            if undone is None:
                record = self._lookup.undo_of(block)
                undone = record[position - 1] if 0 < position <= len(record) else ()
            known = undone[place] if len(undone) == len(raw.inputs) else None
            spent.append(None if known is None else RawOutput(known.value, known.script))
        return tuple(spent)

    def _source_of(self, file: FileRow) -> Source:
        """The source that facts out of one file carry."""
        request = f"{self._shown}/{file.path.name}" if self._path.is_dir() else self._shown
        return Source(ADAPTER, request, file.sha256)


def _key(text: str) -> bytes | None:
    """The bytes of 64 hex digits; None for any other text, which no block can hold."""
    return bytes.fromhex(text) if _HASH.match(text) else None


def _block(row: BlockRow) -> Block:
    """The model's block."""
    return Block(row.height, row.hash.hex(), row.time)


def _undo_files(blocks: tuple[Path, ...], given: Path | None) -> dict[Path, Path]:
    """The undo file of each block file: the one given, else the `rev` file with the number of the `blk` file.

    Beside one raw block that is no `blk` file, `block.raw`, it is called `block-undo.raw`.
    """
    if given is not None:
        if len(blocks) != 1:
            raise InputError("one undo file goes with one block file: leave it out for a directory", path=given)
        if not given.is_file():
            raise InputError("there is no such undo file: leave it out, or give a rev*.dat file", path=given)
        return {blocks[0]: given}
    beside = {
        path: path.with_name("rev" + path.name[3:] if _is_numbered(path) else f"{path.stem}-undo{path.suffix}")
        for path in blocks
    }
    return {path: rev for path, rev in beside.items() if rev.is_file()}


def _is_numbered(path: Path) -> bool:
    """Whether a node names its files so."""
    return path.name.startswith("blk")
