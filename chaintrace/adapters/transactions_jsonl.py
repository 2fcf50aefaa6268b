"""Adapter `transactions-jsonl`: a file of UTXO transactions, one JSON object a line, plain or gzipped.

Chain order is block_height, block_index, else the row. A file without any height has one rank and the rows' order.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from chaintrace.adapters import utxo_checks as checks
from chaintrace.adapters.assets import native_asset
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import check_unchanged
from chaintrace.adapters.utxo_lines import Line, LineReader
from chaintrace.adapters.whole_file import WholeFile
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
        del cache  # the file is read from first to last and needs no index
        return TransactionsFile(spec, archive.keep_file(self.name, spec.shown, spec.path))


class TransactionsFile(WholeFile):
    """One opened file: read whole, once."""

    def __init__(self, spec: SourceSpec, source: Source) -> None:
        super().__init__(spec, source)
        self._reader = LineReader(spec)

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction in chain order, with what the file itself knows of its inputs. Raises InputError."""
        lines: dict[str, Line] = {}
        for line in self._reader.lines():
            checks.add_line(lines, line, self._refuse)
        check_unchanged(self._spec.path, self._spec.shown, self._source.sha256)
        if not lines:
            self._refuse("the file holds no transaction")
        for txid, line in lines.items():
            lines[txid] = checks.resolved(line, lines, self._refuse)
        rank = checks.ranks(lines)
        checks.check_spent_once(lines, rank, self._refuse)
        position = checks.positions(lines, rank, self._spec.first_row)
        against = checks.mend_order(lines, rank, position, self._refuse)
        self._gaps = tuple(self._order_gap(line, theirs) for line, theirs in against)
        self._coverage = (self._covered(lines, rank),)
        ordered = sorted(lines.values(), key=lambda line: (rank[line.txid], position[line.txid], line.row))
        return (self._transaction(line, rank[line.txid], position[line.txid]) for line in ordered)

    def _refuse(self, sentence: str, line: int | None = None) -> NoReturn:
        """Raise InputError at a line of the file."""
        self._reader.refuse(sentence, line)

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

    def _order_gap(self, line: Line, theirs: int) -> Gap:
        """A transaction that its file puts before one whose output it spends."""
        parent = "no block yet" if theirs == PENDING_RANK else f"height {theirs}"
        text = (
            f"{line.txid} stands at height {line.height} in {self._spec.shown} and spends an output of a transaction "
            f"at {parent}: taken as spent after it was made"
        )
        return Gap("order", self._spec.chain, line.txid, None, text)

    def _covered(self, lines: dict[str, Line], rank: checks.Ranks) -> Coverage:
        """What the case declares (M10), from the first confirmed transaction of the file to its last."""
        held = [value for value in rank.values() if value != PENDING_RANK]
        end = max(held)
        last = [line for txid, line in lines.items() if rank[txid] == end]
        times = [line.time for line in last if line.time is not None]
        complete = self._spec.complete
        addresses = None if complete == "all" else complete or frozenset()
        height = last[0].height
        time = max(times, default=None)
        return Coverage(self._spec.chain, addresses, frozenset({""}), min(held), end, height, time)

    def line_of(self, txid: str, index: str) -> int | None:
        """The first line with that transaction, for a message; reads the file again."""
        del index
        return next((line.line for line in self._reader.lines() if line.txid == txid), None)
