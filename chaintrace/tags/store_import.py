"""A list comes into the store: whole or not at all, once however often it is given, in memory that does not grow.

A pack is known by its name: a TagPack by creator, title and file name, OFAC's lists by what they are, any other file by
its path. A newer version takes the place of the older one of the same name, and touches nothing else.
"""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from chaintrace.errors import InputError
from chaintrace.private_keys import refuse, refuse_file
from chaintrace.tags import list_readers, ofac
from chaintrace.tags.claims import COLUMNS, Claim, Kind, Pack, Problem, RowError
from chaintrace.tags.json_list import json_list
from chaintrace.tags.list_readers import Listing
from chaintrace.tags.row_check import checked
from chaintrace.tags.store import PACK_COLUMNS, TagStore
from chaintrace.tags.store_conflicts import conflicts
from chaintrace.tags.store_delisted import KIND, delisted
from chaintrace.tags.tag_file import day

MOST_PROBLEMS = 1_000
"""How many problems of each kind are told one by one; all are counted."""

KINDS = ("tagpack", "csv", "json", "ofac-xml", "ofac-csv", "list")
"""What `--kind` may name; left out, the end of the file's name and its first row tell."""

_SUFFIXES: Mapping[str, str] = {
    ".yaml": "tagpack",
    ".yml": "tagpack",
    ".xml": "ofac-xml",
    ".csv": "csv",
    ".json": "json",
}
_CACHED = 50_000
"""How many claims of a pack are remembered while it is imported; others are asked of the store."""
_CLAIM = f"INSERT INTO claims (pack_id, key, {', '.join(COLUMNS)}) VALUES (?, ?{', ?' * len(COLUMNS)})"  # noqa: S608  # names of columns of ours
_PACK = f"INSERT INTO packs ({', '.join(PACK_COLUMNS)}) VALUES (?{', ?' * (len(PACK_COLUMNS) - 1)})"  # noqa: S608  # names of columns of ours


Watch: TypeAlias = Callable[[str], object]
"""Whoever watches an import: is told in words how far it has come."""

WATCHED = 50_000
"""After so many rows whoever watches is told."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person says of a whole list: `fields` fill what rows leave empty, `columns` names columns of a CSV."""

    fields: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    pack: str = ""

    def text(self) -> str:
        """The same as JSON: a file that is imported with other words is another version."""
        given = {"fields": dict(self.fields), "columns": dict(self.columns), "kind": self.kind, "pack": self.pack}
        return json.dumps(given, sort_keys=True, ensure_ascii=False)


@dataclass(slots=True)
class Imported:
    """What came of it. `kept` rows are tags now, `duplicates` stood twice in the file, `refused` were left out."""

    pack: str
    kind: str
    read: int = 0
    kept: int = 0
    actors: int = 0
    duplicates: int = 0
    refused: int = 0
    replaced: int = 0
    conflicting: int = 0
    delisted: int = 0
    """Tags that an older version of OFAC's list had and this one has not: kept, as delisted."""
    held: bool = False
    """The same bytes, with the same words, are held already: nothing was changed."""
    counts: Counter[Kind] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    watch: Watch = field(default=str, compare=False, repr=False)

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep its sentence while there are not too many of its kind."""
        self.counts[problem.kind] += 1
        if self.counts[problem.kind] <= MOST_PROBLEMS:
            self.problems.append(problem)


def import_list(
    store: TagStore, path: Path, declared: Declared, who: str, when: datetime, *, watch: Watch = str
) -> Imported:
    """Import a file; `who` and `when` (UTC) are kept with it. `watch` is told how far a long one has come.

    Raises InputError when it cannot be read as a list; then nothing was changed.
    """
    refuse(f"{declared.text()} {who}", "the options given")
    digest = sha256(path)
    listing = listed(path, declared)
    name = declared.pack or pack_name(path, listing)
    pack = Pack(
        name, digest, listing.kind, listing.title, listing.creator, "", who, when.isoformat(timespec="seconds"),
        declared.text(),
    )  # fmt: skip
    done = Imported(name, listing.kind, notes=[*listing.notes], watch=watch)
    sql = "SELECT name FROM packs WHERE sha256 = ? AND declared = ?"
    held = store.connection.execute(sql, (digest, pack.declared)).fetchone()
    if held is not None:
        done.held, done.pack = True, str(held[0])
        return done
    for problem in listing.problems:
        done.add(problem)
        done.refused += problem.refused
    store.widen()
    with store.writing():
        _written(store, pack, listing, declared, done)
        if sha256(path) != digest:
            raise InputError("it changed while it was read: import it again", path=path.name)
    store.forget()
    return done


def _written(store: TagStore, pack: Pack, listing: Listing, declared: Declared, done: Imported) -> None:
    """Write the rows, take the older version away, look for conflicts; inside one database transaction."""
    database = store.connection
    older = database.execute("SELECT id, lastmod FROM packs WHERE name = ?", (pack.name,)).fetchall()
    number = database.execute(_PACK, tuple(getattr(pack, name) for name in PACK_COLUMNS)).lastrowid or 0
    writer = _Writer(database, number)
    newest = _rows(writer, _said_by(pack.name), listing, declared, done)
    if done.read >= WATCHED:
        done.watch(f"{done.read:,} rows read, looking for conflicts")
    for was, lastmod in older:
        if newest and lastmod > newest:
            sentence = f"it is of {newest}, older than that of {lastmod} which is held: name it otherwise with --pack"
            raise InputError(sentence, path=pack.name)
        if pack.kind == KIND:
            for chain, address, claim in delisted(database, (was, number), pack.name, newest):
                writer.write(chain, address, claim, 0)
                done.delisted += 1
        done.replaced += _removed(database, was)
    database.execute("UPDATE packs SET lastmod = ? WHERE id = ?", (newest, number))
    rows = [(number, *actor) for actor in listing.actors]
    database.executemany("INSERT INTO actors (pack_id, id, label, more) VALUES (?, ?, ?, ?)", rows)
    done.actors = len(rows)
    done.read += len(rows)
    for problem in conflicts(database, number):
        done.conflicting += 1
        done.add(problem)


def _rows(writer: "_Writer", name: str, listing: Listing, declared: Declared, done: Imported) -> str:
    """Write every row that can be kept; the newest `lastmod`."""
    newest = ""
    fields = {**declared.fields}
    defaults = {**listing.defaults, **fields}
    for raw in listing.rows:
        done.read += not isinstance(raw, Problem) or raw.refused
        if done.read and done.read % WATCHED == 0:
            done.watch(f"{done.read:,} rows read")
        if isinstance(raw, Problem):
            done.add(raw)
            done.refused += raw.refused
            continue
        try:
            row = checked(raw, defaults, name)
        except RowError as error:
            done.add(Problem(error.kind, error.sentence, raw.line))
            done.refused += 1
            continue
        for problem in row.problems:
            done.add(problem)
        newest = max(newest, day(row.claim.lastmod))
        first = writer.write(row.chain, row.address, row.claim, raw.line)
        if first is None:
            done.kept += 1
        else:
            done.duplicates += 1
            done.add(Problem("duplicate", f"the tag of {row.address} stands on line {first} already", raw.line))
    return newest


class _Writer:
    """Writes the tags of one pack."""

    def __init__(self, database: sqlite3.Connection, pack: int) -> None:
        self._database, self._pack = database, pack
        self._held: dict[Claim, int] = {}

    def write(self, chain: str, address: str, claim: Claim, line: int) -> int | None:
        """Write a tag; the line on which the same one stands already, else None."""
        number = self._claim(claim)
        sql = "INSERT OR IGNORE INTO tags (address, chain, claim_id, line) VALUES (?, ?, ?, ?)"
        if self._database.execute(sql, (address, chain, number, line)).rowcount:
            return None
        sql = "SELECT line FROM tags WHERE address = ? AND chain = ? AND claim_id = ?"
        return int(self._database.execute(sql, (address, chain, number)).fetchone()[0])

    def _claim(self, claim: Claim) -> int:
        """The number of a claim of this pack, which is written when it is new."""
        found = self._held.get(claim)
        if found is not None:
            return found
        cells = claim.cells()
        key = hashlib.blake2b(json.dumps(cells, ensure_ascii=False).encode(), digest_size=16).digest()
        sql = "SELECT id FROM claims WHERE pack_id = ? AND key = ?"
        row = self._database.execute(sql, (self._pack, key)).fetchone()
        number = int(row[0]) if row else self._database.execute(_CLAIM, (self._pack, key, *cells)).lastrowid or 0
        if len(self._held) >= _CACHED:
            self._held.clear()
        self._held[claim] = number
        return number


def _removed(database: sqlite3.Connection, number: int) -> int:
    """Take a pack away; how many tags it had."""
    of_pack = "(SELECT id FROM claims WHERE pack_id = ?)"
    gone = database.execute(f"DELETE FROM tags WHERE claim_id IN {of_pack}", (number,)).rowcount  # noqa: S608  # our own words
    for table, column in (("claims", "pack_id"), ("actors", "pack_id"), ("packs", "id")):
        database.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608  # our own names
    return gone


def listed(path: Path, declared: Declared) -> Listing:
    """Open a file with the reader of its kind. Raises InputError for a folder, an absent file, or no such kind."""
    shown = path.name
    if not path.is_file():
        raise InputError("there is no such file: correct the path", path=path)
    try:
        refuse_file(path, shown)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}): correct the path", path=path) from error
    kind = declared.kind or _SUFFIXES.get(path.suffix.lower(), "list")
    if kind == "csv" and not declared.kind and ofac.is_sdn_csv(path, shown):
        kind = "ofac-csv"
    if declared.columns and kind not in {"csv", "json"}:
        raise InputError("--column is for a CSV with a header, or JSON: leave it out", path=shown)
    match kind:
        case "tagpack":
            return list_readers.tagpack(path, shown)
        case "ofac-xml":
            return ofac.xml(path, shown)
        case "ofac-csv":
            return ofac.sdn_csv(path, shown)
        case "csv":
            return list_readers.table(path, shown, declared.columns)
        case "json":
            return json_list(path, shown, declared.columns)
    return list_readers.addresses(path, shown)


def pack_name(path: Path, listing: Listing) -> str:
    """The name of a pack that nobody named."""
    if listing.kind in {KIND, "ofac-sdn-csv", "ofac-live"}:
        return listing.kind
    parts = [part for part in (listing.creator, listing.title) if part]
    return " / ".join([*parts, path.name]) if parts else str(path.resolve())


def _said_by(pack: str) -> str:
    """Who says a tag that names no source: its list, without the folder, which is nobody's word and names a user."""
    path = Path(pack)
    return path.name if path.is_absolute() else pack


def sha256(path: Path) -> str:
    """The digest of a file, in hex. Raises InputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}): correct the path", path=path) from error
