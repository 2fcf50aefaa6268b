"""Transfers on the disk while they are checked and put in chain order: what `transfers_csv.Ledger` holds in memory.

A table of the rows and one of the first row of each transaction, in SQLite: a part of both is in memory, whatever their
size. They are thrown away at the end, so nothing is done for them to survive a crash.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from chaintrace.adapters.rows import Row
from chaintrace.errors import OutputError

_MEGABYTES = 64
"""Of memory for the tables."""

_SETTINGS = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -{_MEGABYTES * 1024};
"""
_RANK = "coalesce(height, time)"
"""The height, or the time in a file without heights."""
_VALUE = Row._fields.index("value")
_PLACES = ", ".join("?" * len(Row._fields))
_ROWS = (
    f"INSERT OR IGNORE INTO rows VALUES ({_PLACES})",  # noqa: S608  # question marks
    "SELECT * FROM rows WHERE txid = ? AND index_text = ?",
)
_FIRST = (
    f"INSERT OR IGNORE INTO first VALUES ({_PLACES})",  # noqa: S608  # the same
    "SELECT * FROM first WHERE txid = ?",
)
_KINDS = {"line": "INTEGER", "row": "INTEGER", "height": "INTEGER", "time": "INTEGER", "decimals": "INTEGER"}


class Ends(NamedTuple):
    """How many rows there are, the ranks of the first and the last block, and the last one's height and time."""

    rows: int
    start: int
    end: int
    height: int | None
    time: int


class SortedRows:
    """The rows of one chain by transaction and index."""

    def __init__(self, database: sqlite3.Connection) -> None:
        names = [f"{name} {_KINDS.get(name, 'TEXT')}" for name in Row._fields]
        for table, key in (("rows", "txid, index_text"), ("first", "txid")):
            database.execute(f"CREATE TABLE {table} ({', '.join(names)}, PRIMARY KEY ({key})) WITHOUT ROWID")
        self._database = database
        self.most = 0
        """The largest value, in base units."""

    def row_of(self, key: tuple[str, str], row: Row) -> Row:
        """The row that is held of a transfer, or this one, which is held from now on (`transfers_csv.Held`)."""
        self.most = max(self.most, row.value)
        return self._held(_ROWS, key, row)

    def first_of(self, txid: str, row: Row) -> Row:
        """The same of a transaction."""
        return self._held(_FIRST, (txid,), row)

    def ends(self) -> Ends:
        """Of at least one row."""
        (rows,) = self._database.execute("SELECT count(*) FROM rows").fetchone()
        found = self._database.execute(f"SELECT min({_RANK}), max({_RANK}), max(height) FROM first")  # noqa: S608  # our own words
        start, end, height = found.fetchone()
        (time,) = self._database.execute(f"SELECT max(time) FROM first WHERE {_RANK} = ?", (end,)).fetchone()  # noqa: S608  # the same
        return Ends(rows, start, end, height, time)

    def ordered(self) -> Iterator[Row]:
        """Every row in chain order (M2)."""
        for found in self._database.execute(f"SELECT * FROM rows ORDER BY {_RANK}, row"):  # noqa: S608  # our own words
            yield _row(found)

    def _held(self, statements: tuple[str, str], key: tuple[str, ...], row: Row) -> Row:
        put, get = statements
        if self._database.execute(put, (*row[:_VALUE], str(row.value), *row[_VALUE + 1 :])).rowcount:
            return row
        return _row(self._database.execute(get, key).fetchone())


@contextmanager
def sorted_rows(folder: Path) -> Iterator[SortedRows]:
    """An empty table in a folder. Raises OutputError where the disk is full."""
    try:
        with closing(sqlite3.connect(folder / "rows.sqlite", isolation_level=None)) as database:
            database.executescript(_SETTINGS)
            database.execute("BEGIN")
            yield SortedRows(database)
    except sqlite3.Error as error:
        raise OutputError(
            f"{folder} cannot be written ({error}): make room there, or name another folder in TMPDIR"
        ) from error


def _row(found: tuple[Any, ...]) -> Row:
    """A row as it was put."""
    held = Row._make(found)
    return held._replace(value=int(held.value))
