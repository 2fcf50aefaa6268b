"""The index on disk: where each transaction and each spend stands in the files of blocks.

One SQLite file, written once and then only read: it is built under another name and gets its own by `os.replace`, so
a reader sees a whole index or none. It keeps a rollback journal and not a write-ahead log, because a finished index is
never written again and must be readable in a folder that is not writable. `PRAGMA user_version` is its form; another
form, another state of the files (sizes, times of change), or a file that is no database, and it is built again.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from chaintrace.errors import OutputError

VERSION = 1
"""The form of the tables. Raise it with every change of `SCHEMA` or of what is put into it."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT NOT NULL, magic BLOB NOT NULL, key BLOB NOT NULL,
                   size INTEGER NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE block (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, prev BLOB NOT NULL, time INTEGER NOT NULL,
                    bits INTEGER NOT NULL, said INTEGER, count INTEGER NOT NULL, file INTEGER NOT NULL,
                    offset INTEGER NOT NULL, length INTEGER NOT NULL, height INTEGER, rank INTEGER);
CREATE INDEX block_rank ON block (rank) WHERE rank IS NOT NULL;
CREATE TABLE tx (txid BLOB NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL, offset INTEGER NOT NULL,
                 length INTEGER NOT NULL, PRIMARY KEY (txid, block, position)) WITHOUT ROWID;
CREATE TABLE spend (txid BLOB NOT NULL, vout INTEGER NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL,
                    offset INTEGER NOT NULL, length INTEGER NOT NULL,
                    PRIMARY KEY (txid, vout, block, position)) WITHOUT ROWID;
CREATE TABLE undo (block INTEGER PRIMARY KEY, file INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
                   framed INTEGER NOT NULL);
CREATE TABLE gap (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL);
"""
"""Offsets and lengths are bytes: a block's in its file, a transaction's in its block. `rank` is NULL for a stale block.
`count` is 0 for a block whose transactions are damaged. `height` is NULL where it is not known."""

Builder: TypeAlias = Callable[[sqlite3.Connection], None]
"""Fills an empty index."""


def open_index(path: Path | None, fingerprint: str, build: Builder) -> sqlite3.Connection:
    """The index at `path` if it is of these files and this form, else a new one, which then stands there.

    `fingerprint` is any text that changes with the files. Without a path the index is in memory. Raises OutputError
    when it cannot be written, and whatever `build` raises; an index that stood at `path` then still stands.
    """
    if path is None:
        connection = sqlite3.connect(":memory:")
        try:
            _fill(connection, fingerprint, build)
        except BaseException:
            connection.close()
            raise
        return connection
    ready = _ready(path, fingerprint)
    if ready is not None:
        return ready
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, fingerprint, build)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(
            f"{path}: the index of the blocks could not be written ({error}): make room, or name another folder"
        ) from error
    ready = _ready(path, fingerprint)
    if ready is None:
        raise OutputError(f"{path}: the index of the blocks was written and cannot be read back: try another folder")
    return ready


def _write(path: Path, fingerprint: str, build: Builder) -> None:
    """Builds the index beside its place and moves it there when it is whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(draft)
        with contextlib.closing(connection):
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -65536")
            _fill(connection, fingerprint, build)
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)  # noqa: PTH105  # the one call that replaces on every system
    finally:
        draft.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, fingerprint: str, build: Builder) -> None:
    """Makes the tables, lets `build` fill them, and only then writes the version that says that they are whole."""
    connection.executescript(SCHEMA)
    with connection:
        build(connection)
        connection.execute("INSERT INTO meta VALUES ('fingerprint', ?)", (fingerprint,))
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _ready(path: Path, fingerprint: str) -> sqlite3.Connection | None:
    """The index at `path`, open for reading, if it is whole, of this form and of these files; else None."""
    if not path.is_file():
        return None
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        found = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone() if version else None
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        version, found = 0, None  # no database, or a damaged one (of which SQLite complains in its own bytes)
    if version == VERSION and found == (fingerprint,):
        return connection
    connection.close()
    return None
