"""One run on a case at a time: an exclusive lock that vanishes with the process, on every system.

It is an exclusive transaction on a small SQLite file, so the operating system's own locks do the work. The file also
remembers the last line of the log, so that lines cut off at its end are missed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chaintrace.case.log import NOTHING, Head
from chaintrace.errors import InputError, OutputError

FILE_NAME = "lock.sqlite"


class CaseLock:
    """A held lock. `remember` keeps the head of the log; it is written when the lock is given back."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def head(self) -> Head:
        """The last line of the log that was remembered; NOTHING where none was."""
        try:
            row = self._connection.execute("SELECT number, hash FROM head WHERE id = 1").fetchone()
        except sqlite3.Error as error:
            raise InputError(f"it is no lock of a case ({error}): move it away", path=FILE_NAME) from error
        if row and not (isinstance(row[0], int) and isinstance(row[1], str)):
            raise InputError("what it remembers of the log was altered: restore a copy", path=FILE_NAME)
        return Head(row[0], row[1]) if row else NOTHING

    def remember(self, head: Head) -> None:
        """Keep the head of the log."""
        statement = "INSERT INTO head VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET number = ?, hash = ?"
        self._connection.execute(statement, (head.number, head.hash, head.number, head.hash))


@contextmanager
def hold(folder: Path) -> Iterator[CaseLock]:
    """Hold the case's lock while the block runs.

    Raises InputError when another run holds it, OutputError when the folder cannot be written.
    """
    with closing(_begun(folder)) as connection:
        yield CaseLock(connection)  # what fails in the block is what is told: closing forgets what was to be remembered
        _given_back(connection, folder)


def _begun(folder: Path) -> sqlite3.Connection:
    """A connection that holds the lock; the complaint when it is not to be had."""
    try:
        connection = sqlite3.connect(folder / FILE_NAME, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise OutputError(f"the case {folder} cannot be locked ({error}): nothing was changed") from error
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("CREATE TABLE IF NOT EXISTS head (id INTEGER PRIMARY KEY, number INTEGER, hash TEXT)")
    except sqlite3.Error as error:
        connection.close()
        if "locked" in str(error):
            raise InputError(f"another run is working on {folder}: wait until it has ended") from error
        raise OutputError(f"the case {folder} cannot be locked ({error}): nothing was changed") from error
    return connection


def _given_back(connection: sqlite3.Connection, folder: Path) -> None:
    """Write what is remembered and let go of the lock."""
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise OutputError(f"the lock of {folder} cannot be written ({error}): make room and run again") from error


def remembered(folder: Path) -> Head:
    """The remembered head of a case's log, without taking the lock for long. NOTHING where there is no lock file."""
    if not (folder / FILE_NAME).is_file():
        return NOTHING
    with hold(folder) as lock:
        return lock.head()
