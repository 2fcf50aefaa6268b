"""Which case folders hold an address or a txid: a plain index in the user's own folder, made anew where a case changed.

It holds what the stores and the last reports of the cases hold, and nothing else. Only the user can read the file.
"""

import csv
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from chaintrace.case.config import FILE_NAME, load
from chaintrace.case.rooms import REPORT, STORE
from chaintrace.errors import InputError, OutputError
from chaintrace.store.held import held
from chaintrace.tags.home import home

INDEX = "cases.sqlite"
VERSION = 1
FACTS, REPORTED, NAMED = "facts", "report", "case file"
"""Where a case holds it: in its store, in its last report, in case.toml as a payment."""

_TABLES = {
    "hops": ("txid", "from_address", "to_address", "spender"),
    "endpoints": ("address", "service_address", "path"),
    "resting": ("address",),
    "not_followed": ("address", "txid"),
}
"""The columns of a report's tables in which addresses and txids stand; several are joined by `;`."""

_SCHEMA = """
CREATE TABLE cases (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE held (text TEXT NOT NULL, case_id INTEGER NOT NULL, place TEXT NOT NULL,
    PRIMARY KEY (text, case_id, place)) WITHOUT ROWID;
CREATE INDEX held_by ON held (case_id)"""


class CaseIndex:
    """The index over the case folders below a folder. `notices` say which cases could not be read, and why."""

    def __init__(self, root: Path, path: Path | None = None) -> None:
        """Bring the index up to date. Raises InputError for a folder that is none, OutputError as the system says."""
        if not root.is_dir():
            raise InputError("there is no such folder: name one that holds case folders", path=root)
        self._path = home() / INDEX if path is None else path
        self.notices: list[str] = []
        self._database = self._opened()
        try:
            self._cases = self._update(root)
        except sqlite3.Error as error:
            self.close()
            raise OutputError(f"{self._path} cannot be written ({error}): remove it, it is made anew") from error

    def where(self, text: str) -> tuple[tuple[str, str], ...]:
        """(folder of the case, where in it) for a text in its one form, by folder."""
        sql = "SELECT case_id, place FROM held WHERE text = ? ORDER BY place"
        found: dict[int, list[str]] = {}
        for number, place in self._database.execute(sql, (text,)):
            found.setdefault(number, []).append(place)
        return tuple(
            sorted(
                (self._cases[number], ", ".join(places)) for number, places in found.items() if number in self._cases
            )
        )

    @property
    def cases(self) -> int:
        """How many cases it covers."""
        return len(self._cases)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _opened(self) -> sqlite3.Connection:
        """The file, private to the user; one of another version is made anew."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            self._path.chmod(0o600)
            database = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            if database.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                with suppress(sqlite3.Error):
                    database.executescript("DROP TABLE IF EXISTS cases; DROP TABLE IF EXISTS held")
                database.executescript(f"{_SCHEMA}; PRAGMA user_version = {VERSION}")
        except OSError as error:
            sentence = f"the index of cases cannot be written ({error.strerror}): set CHAINTRACE_HOME"
            raise OutputError(sentence) from error
        except sqlite3.Error as error:
            raise OutputError(f"{self._path} is no index of cases ({error}): remove it, it is made anew") from error
        return database

    def _update(self, root: Path) -> Mapping[int, str]:
        """Read what changed below a folder; the cases there, by number."""
        known = {
            path: (number, state) for number, path, state in self._database.execute("SELECT id, path, state FROM cases")
        }
        top = root.resolve()
        found: dict[int, str] = {}
        for folder in case_folders(top):
            number, state = known.pop(str(folder), (0, ""))
            now = state_of(folder)
            if state != now:
                number = self._read(folder, number, now)
            if number:
                found[number] = str(folder.relative_to(top)) if folder != top else folder.name
        for path, (number, _) in known.items():
            if Path(path).is_relative_to(top):  # the case is no longer there
                self._forget(number)
        return found

    def _read(self, folder: Path, number: int, state: str) -> int:
        """Read one case, all of it or nothing; its number, 0 where it cannot be read."""
        with suppress(sqlite3.Error):
            self._database.execute("ROLLBACK")
        self._database.execute("BEGIN IMMEDIATE")
        try:
            if number:
                self._forget(number)
            row = self._database.execute(
                "INSERT INTO cases (path, name, state) VALUES (?, ?, ?)", (str(folder), folder.name, state)
            )
            made = row.lastrowid or 0
            sql = "INSERT OR IGNORE INTO held (text, case_id, place) VALUES (?, ?, ?)"
            self._database.executemany(sql, ((text, made, place) for text, place in contents(folder)))
            self._database.execute("COMMIT")
        except (InputError, ValueError, OSError) as error:
            self._database.execute("ROLLBACK")
            self.notices.append(f"the case {folder.name} is not in the index: {error}")
            return 0
        return made

    def _forget(self, number: int) -> None:
        self._database.execute("DELETE FROM held WHERE case_id = ?", (number,))
        self._database.execute("DELETE FROM cases WHERE id = ?", (number,))


def case_folders(root: Path) -> Iterator[Path]:
    """The folders with a case.toml, the folder itself among them, by path. Links are not followed."""
    for where, folders, files in os.walk(root):
        folders.sort()
        if FILE_NAME in files:
            folders.clear()  # a case holds no case
            yield Path(where)


def state_of(folder: Path) -> str:
    """Sizes and times of the files of a case on which the index rests."""
    names = (FILE_NAME, STORE, f"{STORE}-wal", *(f"{REPORT}/{table}.csv" for table in _TABLES))
    told = []
    for name in names:
        with suppress(OSError):
            found = (folder / name).stat()
            told.append(f"{name} {found.st_size} {found.st_mtime_ns}")
    return "\n".join(told)


def contents(folder: Path) -> Iterator[tuple[str, str]]:
    """(text, where) of every address and txid of a case. Raises InputError, ValueError, OSError."""
    for seed in load(folder).seeds:
        yield seed.txid, NAMED
    if (folder / STORE).is_file():
        for _, text in held(folder / STORE):
            yield text, FACTS
    for table, columns in _TABLES.items():
        path = folder / REPORT / f"{table}.csv"
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                for text in _texts(csv.DictReader(file), columns):
                    yield text, REPORTED


def _texts(rows: Iterable[Mapping[str, str]], columns: Iterable[str]) -> Iterator[str]:
    for row in rows:
        for column in columns:
            yield from filter(None, (row.get(column) or "").split(";"))
