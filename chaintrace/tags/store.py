"""The user's tags in one SQLite file, keyed by chain and address. Nothing in it is overwritten by another list.

A pack is a list that was imported; a claim is what a pack says, once, for however many addresses; a row of `tags` joins
an address to a claim. So a million addresses of one exchange cost little more than their own bytes, and a look-up reads
two small trees. The rows of an address lie together (WITHOUT ROWID), those of one pack are found by their claims.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Self

from chaintrace.errors import InputError, OutputError
from chaintrace.journal import write_ahead
from chaintrace.tags.categories import stops
from chaintrace.tags.claims import COLUMNS, Claim, Pack, StoredTag

VERSION = 1
"""`PRAGMA user_version` of a file that this version writes."""

SCHEMA = f"""
CREATE TABLE packs (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
    creator TEXT NOT NULL, lastmod TEXT NOT NULL, imported_by TEXT NOT NULL, imported_at TEXT NOT NULL,
    declared TEXT NOT NULL);
CREATE TABLE claims (
    id INTEGER PRIMARY KEY, pack_id INTEGER NOT NULL, key BLOB NOT NULL,
    {", ".join(f"{name} {'INTEGER' if name == 'level' else 'TEXT'} NOT NULL" for name in COLUMNS)},
    UNIQUE (pack_id, key));
CREATE TABLE tags (
    address TEXT NOT NULL, chain TEXT NOT NULL, claim_id INTEGER NOT NULL, line INTEGER NOT NULL,
    PRIMARY KEY (address, chain, claim_id)) WITHOUT ROWID;
CREATE TABLE actors (
    pack_id INTEGER NOT NULL, id TEXT NOT NULL, label TEXT NOT NULL, more TEXT NOT NULL,
    PRIMARY KEY (id, pack_id)) WITHOUT ROWID;
"""

PACK_COLUMNS = (
    "name", "sha256", "kind", "title", "creator", "lastmod", "imported_by", "imported_at", "declared",
)  # fmt: skip

_WANTED = ", ".join(["t.chain", "t.address", *(f"c.{name}" for name in COLUMNS), "c.pack_id"])
_FOUND = f"SELECT {_WANTED} FROM tags t JOIN claims c ON c.id = t.claim_id WHERE t.address = ?"  # noqa: S608  # names of columns
_ALL = f"SELECT {_WANTED} FROM tags t JOIN claims c ON c.id = t.claim_id"  # noqa: S608  # names of columns of ours
_ORDER = (
    " ORDER BY t.address, t.chain, c.level DESC, c.label, c.actor, c.category, c.source, c.lastmod, c.more, t.claim_id"
)
"""Of the tags alone, as far as they differ: an export that was imported is written out in the same order."""
CACHE = 65_536
"""KiB of the file that are kept in memory while a list is imported."""
_PATIENCE = 5.0
"""Seconds to wait for another run that imports."""


class TagStore:
    """A store in the file `path`. Raises InputError for a file that is none, OutputError where none can be made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with spoken(path):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise OutputError(f"{path.parent} cannot be made ({error.strerror}): set CHAINTRACE_HOME") from error
            self.connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            with spoken(path):
                self._prepare()
        except BaseException:
            self.close()
            raise
        self._packs: dict[int, Pack] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self) -> None:
        self.connection.execute("PRAGMA synchronous = NORMAL")  # with a WAL no crash damages the file
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            return
        if version:
            raise InputError("a newer chaintrace made this store of tags: update chaintrace", path=self._path)
        write_ahead(self.connection, _PATIENCE)
        with self.writing():
            (version,) = self.connection.execute("PRAGMA user_version").fetchone()
            if version == 0:  # nobody else was quicker
                for statement in SCHEMA.split(";"):
                    self.connection.execute(statement)
                self.connection.execute(f"PRAGMA user_version = {VERSION}")

    def widen(self) -> None:
        """Keep more of the file in memory while a list is imported: its addresses come in no order."""
        self.connection.execute(f"PRAGMA cache_size = -{CACHE}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One database transaction: all of it, or nothing."""
        with spoken(self._path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise

    def lookup(self, address: str, chain: str | None = None) -> tuple[StoredTag, ...]:
        """The tags of an address in its one form, on one chain or on every one: the most confident first."""
        sql, values = _FOUND, [address]
        if chain is not None:
            sql, values = f"{_FOUND} AND t.chain = ?", [address, chain]
        with spoken(self._path):
            rows = self.connection.execute(sql, values).fetchall()
            found = [self._stored(row) for row in rows]
        return tuple(sorted(found, key=_rank)) if len(found) > 1 else tuple(found)

    def every(self, chain: str | None = None) -> Iterator[StoredTag]:
        """Every tag, by address, then chain; those of an address the most confident first."""
        where, values = ("", ()) if chain is None else (" WHERE t.chain = ?", (chain,))
        with spoken(self._path), closing(self.connection.execute(_ALL + where + _ORDER, values)) as rows:
            for row in rows:
                yield self._stored(row)

    def packs(self) -> Sequence[Pack]:
        """Every pack, in the order of import."""
        with spoken(self._path):
            numbers = self.connection.execute("SELECT id FROM packs ORDER BY id").fetchall()
            return [self._pack(number) for (number,) in numbers]

    def count(self) -> int:
        """How many tags there are."""
        with spoken(self._path):
            return int(self.connection.execute("SELECT count(*) FROM tags").fetchone()[0])

    def actor_label(self, actor: str) -> str:
        """How the last actor pack that names an actor calls it; "" where none does."""
        with spoken(self._path):
            sql = "SELECT label FROM actors WHERE id = ? ORDER BY pack_id DESC"
            row = self.connection.execute(sql, (actor,)).fetchone()
        return str(row[0]) if row else ""

    def _stored(self, row: Sequence[str | int]) -> StoredTag:
        chain, address, *cells, pack = row
        claim = Claim(*cells)  # type: ignore[arg-type]  # COLUMNS is the order of the fields, and of the query
        label = self.actor_label(claim.actor) if claim.actor else ""
        return StoredTag(str(chain), str(address), claim, self._pack(int(pack)), stops(claim.category), label)

    def _pack(self, number: int) -> Pack:
        """A pack by its number: few, so that each is read once."""
        if number not in self._packs:
            sql = f"SELECT {', '.join(PACK_COLUMNS)} FROM packs WHERE id = ?"  # noqa: S608  # names of columns of ours
            self._packs[number] = Pack(*self.connection.execute(sql, (number,)).fetchone())
        return self._packs[number]

    def forget(self) -> None:
        """Read packs anew: an import replaced some."""
        self._packs.clear()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def _rank(tag: StoredTag) -> tuple[str, int, *tuple[str, ...]]:
    """The order of `tag_file.by_address`."""
    one = tag.claim
    who = (one.label, one.actor, one.category, one.source, one.lastmod)
    return (tag.chain, -one.level, *who, one.source_family, one.valid_from, one.valid_to)


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """What SQLite complains of, as one of our errors that names the file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # Python's own have none; the other bits say why
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise InputError("it is no store of tags, or damaged: move it away, import again", path=path) from error
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise InputError("another run is importing tags: try again when it has ended", path=path) from error
        raise OutputError(
            f"{path}: the store of tags cannot be used ({error}): make room, or mend its rights"
        ) from error
