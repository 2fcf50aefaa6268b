"""Facts in one SQLite file (WAL): what `Store` promises, for cases that outlive a run."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from chaintrace.errors import InputError, OutputError
from chaintrace.journal import write_ahead
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import Transaction
from chaintrace.store.answers import Answered, Left, Network, Pin
from chaintrace.store.interface import Locate, nowhere
from chaintrace.store.observed import Noted
from chaintrace.store.schema import migrate
from chaintrace.store.sqlite_cells import key
from chaintrace.store.sqlite_facts import SqliteFacts
from chaintrace.store.sqlite_network import NetworkTables
from chaintrace.store.sqlite_numbers import Numbers
from chaintrace.store.sqlite_rows import Writer

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_IN_USE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PATIENCE = 5.0
"""Seconds to wait for another run that is writing."""

_CACHE = -65_536
"""The most pages that SQLite keeps in memory, in KiB, as it writes it: below zero."""


class SqliteStore:
    """A `Store` in the file `path`, made when it is absent. Only this run's changes can be lost, never the file."""

    def __init__(self, path: Path, *, patience: float = _PATIENCE) -> None:
        self._shown = path.name
        with self._spoken():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise OutputError(
                    f"{self._shown}: its folder cannot be made ({error.strerror}): correct its rights"
                ) from error
            self._connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            with self._spoken():
                write_ahead(self._connection, patience)
                self._connection.execute("PRAGMA synchronous = NORMAL")
                migrate(self._connection, self._shown)
                self._connection.execute(f"PRAGMA cache_size = {_CACHE}")
                self._tables = NetworkTables(self._connection)
                self._numbers = Numbers(self._connection)
        except BaseException:
            self.close()
            raise

    def add(self, transactions: Iterable[Transaction], source: Source, chain: str = "", reading: str = "") -> int:
        """Add what a source tells of a chain, in one database transaction; a reading that is held is only read."""
        with self._spoken(), self._writing():
            number = self._source(source)
            sql = "SELECT reading FROM readings WHERE source_id = ? AND chain = ?"
            held = self._connection.execute(sql, (number, chain)).fetchone()
            if held == (reading,):
                return sum(1 for _ in transactions)
            writer = Writer(self._connection, number, self._numbers)
            if held is not None:
                writer.unlink(chain)
            self._connection.execute("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", (number, chain, reading))
            return writer.write(transactions)

    def facts(
        self, sources: Sequence[Source], locate: Locate = nowhere, networks: Sequence[Network] = ()
    ) -> SqliteFacts:
        """What these sources say, then these networks. Raises InputError when two files contradict each other."""
        with self._spoken():
            numbers = {self._known(source): source for source in reversed(sources)}
            files = {number: numbers[number] for number in map(self._known, sources) if number is not None}
            tellers = self._tables.tellers(networks)
            heard = replace(self._tables.heard(networks), beside=partial(self._beside, networks))
            return SqliteFacts(self._connection, files, locate, self._spoken, tellers=tellers, heard=heard)

    def _beside(self, networks: Sequence[Network]) -> tuple[Noted, ...]:
        """What these networks observed beside movements, read now."""
        with self._spoken():
            return tuple(self._tables.noted(networks))

    def pin(self, chain: str, tip: Block, at: datetime) -> Pin:
        """Begin a follow of a chain as of a tip."""
        with self._spoken(), self._writing():
            return self._tables.pin(chain, tip, at)

    def pins(self) -> Mapping[str, Pin]:
        """The newest pin of each chain, open or not."""
        with self._spoken():
            return self._tables.pins()

    def end(self, pin: Pin, at: datetime, gaps: Sequence[Gap] = (), *, stays_open: bool = False) -> None:
        """Say that a follow ended, why it ended early, and whether the next one goes on with it."""
        with self._spoken(), self._writing():
            self._tables.end(pin, at, gaps, stays_open=stays_open)

    def tell(self, answers: Sequence[Answered]) -> None:
        """Add answers under the newest pin of their chains, in one database transaction."""
        with self._spoken(), self._writing():
            self._tables.tell(answers, self._source)

    def unsettled(self, chain: str, depth: int) -> Sequence[Block]:
        """The blocks that were never seen `depth` below a tip."""
        with self._spoken():
            return self._tables.unsettled(chain, depth)

    def confirm(self, chain: str, blocks: Iterable[Block], tip: int) -> None:
        """Say that these blocks were canonical when the chain's tip had a height."""
        with self._spoken(), self._writing():
            self._tables.see(chain, blocks, tip)

    def mark(self, chain: str, block_hash: str, at: datetime, *, canonical: bool) -> None:
        """Say that from `at` (UTC) on a block is canonical or not: its row gets a date, or loses it."""
        date = None if canonical else at.astimezone(UTC).isoformat()
        with self._spoken(), self._writing():
            self._connection.execute(
                "UPDATE blocks SET orphaned_at = ? WHERE hash = ? "
                "AND chain_id = (SELECT id FROM chains WHERE name = ?)",
                (date, key(block_hash), chain),
            )

    def left(self, chain: str) -> Sequence[Left]:
        """The blocks that are marked as not canonical, by height and hash."""
        with self._spoken():
            return self._tables.left(chain)

    def close(self) -> None:
        """Close the file. The facts stay."""
        with suppress(sqlite3.Error):  # a file that cannot be closed in order is read again from its journal
            self._connection.close()

    def _source(self, source: Source) -> int:
        """The number of a source, given now if it has none."""
        known = self._known(source)
        if known is not None:
            return known
        date = None if source.retrieved_at is None else source.retrieved_at.isoformat()
        row = (source.adapter, source.request, source.sha256, date)
        sql = "INSERT INTO sources (adapter, request, sha256, retrieved_at) VALUES (?, ?, ?, ?) RETURNING id"
        return int(self._connection.execute(sql, row).fetchone()[0])

    def _known(self, source: Source) -> int | None:
        """The number of a source, None for one that has told nothing yet."""
        sql = "SELECT id FROM sources WHERE adapter = ? AND request = ? AND sha256 = ?"
        found = self._connection.execute(sql, (source.adapter, source.request, source.sha256)).fetchone()
        return None if found is None else int(found[0])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._numbers.forget()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """What SQLite complains of, in one sentence."""
        try:
            yield
        except sqlite3.Error as error:
            raise _sentence(self._shown, error) from error


def _sentence(shown: str, error: sqlite3.Error) -> InputError | OutputError:
    """Our error for one of SQLite's."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in _DAMAGED:
        sentence = "the file is damaged or is no store: move it away and it is made again from the sources"
        return InputError(sentence, path=shown)
    if code in _IN_USE:
        return OutputError(f"{shown}: another run is writing to it: wait until it has ended and try again")
    if code == sqlite3.SQLITE_FULL:
        return OutputError(f"{shown}: the disk is full: make room and try again; what was stored before still stands")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return OutputError(f"{shown}: it cannot be written: allow writing to the case's folder, or copy the case")
    return OutputError(f"{shown}: the store cannot be used ({error}): try again, or restore it from a copy")
