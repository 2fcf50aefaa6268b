"""Findings of a long run, kept in a database that the system takes away: in their order, each once."""

import hashlib
import pickle
import sqlite3
from collections.abc import Iterator, Mapping
from functools import lru_cache

from chaintrace.model.finding import AnyFinding

_CACHE = -32_768
"""The most pages that SQLite keeps in memory, in KiB, as it writes it: below zero."""

_TABLES = """
CREATE TABLE finding (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, told BLOB NOT NULL);
CREATE TABLE about (subject TEXT NOT NULL, chain TEXT NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (subject, chain, id)) WITHOUT ROWID"""
_ABOUT = "SELECT told FROM about JOIN finding USING (id) WHERE subject = ? AND chain = ? AND id <= ? ORDER BY id"


class KeptFindings(Mapping[tuple[str, str], tuple[AnyFinding, ...]]):
    """What rules said, by (chain, subject) and by every txid of the evidence, as far as the last stage that ended."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("PRAGMA journal_mode = OFF")
        self._kept.execute("PRAGMA synchronous = OFF")
        self._kept.execute(f"PRAGMA cache_size = {_CACHE}")
        for statement in _TABLES.split(";"):
            self._kept.execute(statement)
        self._ended = 0
        self._is_asked = True
        self._about = lru_cache(maxsize=4096)(self._found)

    def begin(self, *, is_asked: bool) -> None:
        """Begin a stage: it sees what was kept so far. `is_asked` tells whether a later stage sees what it says."""
        self._ended = len(self)
        self._is_asked = is_asked
        self._about.cache_clear()

    def add(self, finding: AnyFinding) -> None:
        """Keep a finding, unless it is one that is kept already."""
        digest = hashlib.blake2b(repr(finding).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        cursor = self._kept.execute(
            "INSERT OR IGNORE INTO finding (digest, told) VALUES (?, ?)",
            (digest, pickle.dumps(finding)),
        )
        if cursor.rowcount and self._is_asked:
            number = cursor.lastrowid
            subjects = dict.fromkeys((finding.subject, *finding.evidence))
            rows = ((subject, finding.chain, number) for subject in subjects)
            self._kept.executemany("INSERT INTO about VALUES (?, ?, ?)", rows)

    def __getitem__(self, key: tuple[str, str]) -> tuple[AnyFinding, ...]:
        """What was said about a subject. Raises KeyError where nothing was."""
        found = self._about(*key)
        if not found:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The subjects."""
        return ((chain, subject) for subject, chain in self._kept.execute("SELECT DISTINCT subject, chain FROM about"))

    def __len__(self) -> int:
        """How many findings there are."""
        return int(self._kept.execute("SELECT COALESCE(MAX(id), 0) FROM finding").fetchone()[0])

    def said(self) -> Iterator[AnyFinding]:
        """Every finding, in the order in which it was said."""
        return (_finding(told) for (told,) in self._kept.execute("SELECT told FROM finding ORDER BY id"))

    def close(self) -> None:
        """Let the database go; the system takes it away."""
        self._kept.close()

    def _found(self, chain: str, subject: str) -> tuple[AnyFinding, ...]:
        return tuple(_finding(told) for (told,) in self._kept.execute(_ABOUT, (subject, chain, self._ended)))


def _finding(told: bytes) -> AnyFinding:
    """The finding again."""
    finding: AnyFinding = pickle.loads(told)  # noqa: S301  # written by `add`, in a file that nobody else can open
    return finding
