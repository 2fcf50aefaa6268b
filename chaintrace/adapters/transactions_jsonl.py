"""Adapter `transactions-jsonl`: a file of UTXO transactions, one JSON object a line, plain or gzipped.

Chain order is block_height, block_index, else the row. A file without any height has one rank and the rows' order.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from chaintrace.adapters.assets import native_asset
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import check_unchanged
from chaintrace.adapters.utxo_index import Against, Ends, LineIndex, Made
from chaintrace.adapters.utxo_lines import Line, LineReader
from chaintrace.adapters.whole_file import WholeFile
from chaintrace.errors import InputError
from chaintrace.model.archive import Archive
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Coverage, Gap, Source
from chaintrace.model.transaction import PENDING_RANK, Transaction, Transfer


class TransactionsJsonl:
    """Opens a file of UTXO transactions (`.jsonl` or `.jsonl.gz`)."""

    name = "transactions-jsonl"
    summary = "UTXO transactions, one JSON object a line, plain or gzipped"
    needs_complete = True

    def open(self, spec: SourceSpec, archive: Archive, cache: Path) -> "TransactionsFile":
        """Keep the file's bytes in the archive and open it. Raises InputError when it cannot be read."""
        del cache  # the index of its lines lies where the system keeps what is taken away
        return TransactionsFile(spec, archive.keep_file(self.name, spec.shown, spec.path))


class TransactionsFile(WholeFile):
    """One opened file: read whole, once, in bounded memory. `held` inputs and outputs may stay there meanwhile."""

    held = 0

    def __init__(self, spec: SourceSpec, source: Source) -> None:
        super().__init__(spec, source)
        self._reader = LineReader(spec)

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction in chain order, with what the file itself knows of its inputs. Raises InputError."""
        return self._told(self._indexed())

    def _told(self, index: LineIndex) -> Iterator[Transaction]:
        """Every transaction of an index, which is closed then."""
        with closing(index):
            yield from (self._transaction(*placed) for placed in index.in_order())

    def _indexed(self) -> LineIndex:
        """Read the file, and note what had to be mended and how far it reaches. Raises InputError."""
        index = LineIndex(self._lines(), self._spec.chain, self._spec.first_row, self._refuse, self.held)
        with ExitStack() as refused:
            refused.callback(index.close)
            check_unchanged(self._spec.path, self._spec.shown, self._source.sha256)
            twice = (self._twice_gap(made) for made in index.made_twice)
            self._gaps = (*twice, *map(self._order_gap, index.against))
            self._coverage = (self._covered(index.ends()),)
            refused.pop_all()
        return index

    def _lines(self) -> Iterator[Line]:
        """The lines of the file."""
        return self._reader.lines(self._refuse)

    def _refuse(self, sentence: str, line: int | None) -> None:
        """Raise InputError at a line of the file."""
        raise InputError(sentence, path=self._spec.shown, line=line)

    def _transaction(self, line: Line, rank: int, position: int) -> Transaction:
        """The transaction of a line at its place in the chain."""
        chain = self._spec.chain
        asset = native_asset(chain)
        transfer = Transfer("utxo", "utxo", asset, line.inputs, line.outputs, (rank, position, 0))
        pending = rank == PENDING_RANK
        return Transaction(
            *(chain, line.txid, None if pending else Block(line.height, line.hash, line.time), position, (transfer,)),
            status="pending" if pending else "confirmed",
            source=self._source,
            version=line.version,
            locktime=line.locktime,
        )

    def _order_gap(self, found: Against) -> Gap:
        """A transaction that its file puts before one whose output it spends."""
        parent = "no block yet" if found.parent == PENDING_RANK else f"height {found.parent}"
        text = (
            f"{found.txid} stands at height {found.height} in {self._spec.shown} and spends an output of a transaction "
            f"at {parent}: taken as spent after it was made"
        )
        return Gap("order", self._spec.chain, found.txid, None, text)

    def _twice_gap(self, made: Made) -> Gap:
        """A coinbase of two heights: nobody can ever spend the coins of the earlier one."""
        text = (
            f"{made.line.txid} stands at the heights {made.earlier} and {made.line.height} in {self._spec.shown}: the "
            "later one counts, as it did to the network, and the coins of the earlier one cannot be spent (BIP-30)"
        )
        return Gap("order", self._spec.chain, made.line.txid, None, text)

    def _covered(self, ends: Ends) -> Coverage:
        """What the case declares (M10), from the first confirmed transaction of the file to its last."""
        complete = self._spec.complete
        addresses = None if complete == "all" else complete or frozenset()
        return Coverage(self._spec.chain, addresses, frozenset({""}), *ends)

    def line_of(self, txid: str, index: str) -> int | None:
        """The first line with that transaction, for a message; reads the file again."""
        del index
        return next((line.line for line in self._lines() if line.txid == txid), None)
