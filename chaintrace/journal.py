"""A write-ahead log for a file of SQLite, also where two runs make the file at the same time."""

import sqlite3
import time

_NAP = 0.01
"""Seconds between tries."""

_PRIMARY = 0xFF
"""The bits of a result code of SQLite that say what is wrong; the others say why (sqlite.org/rescode.html)."""


def write_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Let a file have a write-ahead log. Raises sqlite3.OperationalError when others kept it busy so many seconds.

    Two connections that change the journal of one file at the same time would wait for each other: SQLite lets one of
    them fail at once, and the other wait in vain. So none waits inside, and each tries again.
    """
    ends_at = time.monotonic() + patience
    connection.execute("PRAGMA busy_timeout = 0")
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() >= ends_at:
                raise
            time.sleep(_NAP)
    connection.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
