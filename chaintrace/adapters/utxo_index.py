"""The lines of a UTXO file by txid and by what they spend, in a database of their own that the system takes away.

Whatever only all lines together can tell is asked there: repeats, who spends what, the order of the chain. Memory is
a few tens of megabytes however long the file is; where parents stand behind their children, some bytes a line more
(`utxo_order`).
"""

import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from chaintrace.adapters.utxo_checks import Refuse, contradicts, is_made_twice, resolved
from chaintrace.adapters.utxo_lines import Line
from chaintrace.adapters.utxo_order import mend
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import PENDING_RANK, Leg

BATCH = 2_000
"""Lines that are written at once."""

_CACHE = -32_768
"""The most pages that SQLite keeps in memory, in KiB, as it writes it: below zero."""

_TABLES = """
CREATE TABLE place (
    id INTEGER PRIMARY KEY, txid NOT NULL, height INTEGER, block_index INTEGER, rank INTEGER, position INTEGER);
CREATE TABLE content (id INTEGER PRIMARY KEY, line BLOB NOT NULL);
CREATE TABLE spend (prev NOT NULL, vout INTEGER NOT NULL, id INTEGER NOT NULL)"""
_INDICES = "CREATE INDEX place_of ON place (txid); CREATE INDEX spender_of ON spend (prev, vout)"
_REPEATS = """
SELECT place.id, first.id FROM place JOIN (SELECT txid, MIN(id) AS id FROM place GROUP BY txid HAVING COUNT(*) > 1)
    AS first ON first.txid = place.txid WHERE place.id > first.id ORDER BY place.id"""
_RESPENT = f"""
SELECT spend.prev, spend.vout, MIN(spend.id), spend.id FROM spend JOIN place ON place.id = spend.id
    WHERE place.rank < {PENDING_RANK} GROUP BY spend.prev, spend.vout HAVING COUNT(*) > 1"""  # noqa: S608  # ours
_INDEXED = f"""
UPDATE place SET position = block_index WHERE rank IN (
    SELECT rank FROM place WHERE rank < {PENDING_RANK} GROUP BY rank HAVING COUNT(block_index) = COUNT(*))"""  # noqa: S608  # ours
_SPENDER = """
SELECT place.id, place.rank, place.position FROM spend JOIN place ON place.id = spend.id
    WHERE spend.prev = ? AND spend.vout = ? ORDER BY place.rank, place.position, place.id LIMIT 1"""


class Placed(NamedTuple):
    """A line with what the file itself knows of its inputs, and its place in the chain's order (M2)."""

    line: Line
    rank: int
    position: int


class Made(NamedTuple):
    """A coinbase that the file has at two heights: the later one, which counts, and the height of the other."""

    line: Line
    earlier: int


class Against(NamedTuple):
    """A transaction that its height puts before one whose output it spends, and the rank of that one."""

    txid: str
    height: int | None
    parent: int


class Ends(NamedTuple):
    """First and last rank of what blocks hold, and the height and the latest time at the last one."""

    start: int
    end: int
    height: int | None
    time: int | None


class LineIndex:
    """The lines of one file, written once and then asked. One thread at a time."""

    def __init__(self, lines: Iterable[Line], chain: str, offset: int, refuse: Refuse) -> None:
        """Read every line. Refuses what contradicts itself, and a file without any."""
        self._chain = chain
        self._refuse = refuse
        self._asked = sqlite3.connect("", isolation_level=None)
        self._asked.execute("PRAGMA journal_mode = OFF")
        self._asked.execute("PRAGMA synchronous = OFF")
        self._asked.execute(f"PRAGMA cache_size = {_CACHE}")
        self.get = lru_cache(maxsize=1024)(self._get)
        with ExitStack() as refused:
            refused.callback(self.close)
            self._read(lines, offset)
            refused.pop_all()

    def _read(self, lines: Iterable[Line], offset: int) -> None:
        """Write the lines down, put them in order, and complete them with what the file itself knows."""
        for statement in _TABLES.split(";"):
            self._asked.execute(statement)
        self._fill(iter(lines))
        for statement in _INDICES.split(";"):
            self._asked.execute(statement)
        self.made_twice = tuple(self._without_repeats())
        self.count: int = self._asked.execute("SELECT COUNT(*) FROM place").fetchone()[0]
        if not self.count:
            self._refuse("the file holds no transaction", None)
        self._set_places(offset)
        self._check_spent_once()
        self.against = tuple(self._against(child, rank) for child, rank in mend(self._asked, self._circle))
        self._complete()

    def ends(self) -> Ends:
        """How far what blocks hold reaches."""
        least, most = self._asked.execute(
            "SELECT MIN(rank), MAX(rank) FROM place WHERE rank < ?", (PENDING_RANK,)
        ).fetchone()
        last = [self._line(found) for (found,) in self._asked.execute("SELECT id FROM place WHERE rank = ?", (most,))]
        times = (line.time for line in last if line.time is not None)
        return Ends(least, most, last[0].height, max(times, default=None))

    def in_order(self) -> Iterator[Placed]:
        """Every line in chain order."""
        for found in self._asked.execute("SELECT id, rank, position FROM place ORDER BY rank, position, id"):
            yield self._placed(*found)

    def placed(self, txid: str) -> Placed | None:
        """The line of a transaction; None where the file has none."""
        found = self._asked.execute("SELECT id, rank, position FROM place WHERE txid = ?", (_key(txid),)).fetchone()
        return None if found is None else self._placed(*found)

    def spender(self, outpoint: OutPoint) -> Placed | None:
        """The line that spends an output: the confirmed one, else the first that is pending; None where none does."""
        found = self._asked.execute(_SPENDER, (_key(outpoint.txid), outpoint.vout)).fetchone()
        return None if found is None else self._placed(*found)

    def close(self) -> None:
        """Let the database go; the system takes it away."""
        self._asked.close()

    def _placed(self, found: int, rank: int, position: int) -> Placed:
        return Placed(self._line(found), rank, position)

    def _get(self, txid: str) -> Line | None:
        """The line of a transaction as it stands in the file."""
        query = "SELECT line FROM place JOIN content USING (id) WHERE txid = ?"
        found = self._asked.execute(query, (_key(txid),)).fetchone()
        return None if found is None else _unpacked(found[0], self._chain)

    def _line(self, found: int) -> Line:
        packed = self._asked.execute("SELECT line FROM content WHERE id = ?", (found,)).fetchone()[0]
        return _unpacked(packed, self._chain)

    def _fill(self, lines: Iterator[Line]) -> None:
        """Write every line, what it spends, and where the file has it."""
        while batch := list(islice(lines, BATCH)):
            spends = (
                (_key(leg.holding.txid), leg.holding.vout, line.row)
                for line in batch
                for leg in line.inputs
                if isinstance(leg.holding, OutPoint)
            )
            self._asked.execute("BEGIN")
            self._asked.executemany(
                "INSERT INTO place VALUES (?, ?, ?, ?, NULL, NULL)",
                ((line.row, _key(line.txid), line.height, line.block_index) for line in batch),
            )
            self._asked.executemany("INSERT INTO content VALUES (?, ?)", ((line.row, _packed(line)) for line in batch))
            self._asked.executemany("INSERT INTO spend VALUES (?, ?, ?)", spends)
            self._asked.execute("COMMIT")

    def _without_repeats(self) -> Iterator[Made]:
        """Take repeats out. Refuses one with other contents, but for a coinbase of two heights: the later one stays."""
        for again, first in self._asked.execute(_REPEATS).fetchall():
            line, known = self._line(again), self._line(first)
            if not contradicts(line, known):
                self._drop(again)
            elif is_made_twice(line, known):
                earlier, later = sorted((line, known), key=lambda one: one.height or 0)
                if earlier.row == first:  # what comes under this txid is compared with the one that stays
                    self._asked.execute("UPDATE content SET line = ? WHERE id = ?", (_packed(later), first))
                    self._asked.execute(
                        "UPDATE place SET height = ?, block_index = ? WHERE id = ?",
                        (later.height, later.block_index, first),
                    )
                self._drop(again)
                yield Made(later, earlier.height or 0)
            else:
                sentence = (
                    f"{line.txid} stands in line {known.line} with other contents: correct one of them or remove it"
                )
                self._refuse(sentence, line.line)

    def _drop(self, found: int) -> None:
        for table in ("place", "content", "spend"):
            self._asked.execute(f"DELETE FROM {table} WHERE id = ?", (found,))  # noqa: S608  # ours

    def _against(self, child: int, rank: int) -> Against:
        line = self._line(child)
        return Against(line.txid, line.height, rank)

    def _set_places(self, offset: int) -> None:
        """Rank: the height, 0 in a file without heights, `PENDING_RANK` for what no block holds. Position: see M1."""
        has_heights = self._asked.execute("SELECT 1 FROM place WHERE height IS NOT NULL LIMIT 1").fetchone()
        self._asked.execute(
            "UPDATE place SET rank = COALESCE(height, ?), position = ? + id",
            (PENDING_RANK if has_heights else 0, offset),
        )
        if has_heights:
            self._asked.execute(_INDEXED)

    def _check_spent_once(self) -> None:
        """Refuse an output that two confirmed transactions of the file spend."""
        found = self._asked.execute(f"{_RESPENT} ORDER BY 4 LIMIT 1").fetchone()
        if found is None:
            return
        prev, vout, *_ = found
        query = f"SELECT spend.id FROM spend JOIN place ON place.id = spend.id WHERE prev = ? AND vout = ? AND place.rank < {PENDING_RANK} ORDER BY 1 LIMIT 2"  # noqa: S608, E501  # ours
        first, again = (self._line(one) for (one,) in self._asked.execute(query, (prev, vout)))
        outpoint = OutPoint(self._chain, prev.hex() if isinstance(prev, bytes) else prev, vout)
        self._refuse(f"{outpoint} is spent here and in line {first.line}: an output is spent once", again.line)

    def _complete(self) -> None:
        """Write into each line what the file itself knows of its inputs. Refuses one that contradicts that."""
        self._asked.execute("BEGIN")
        for (found,) in self._asked.execute("SELECT id FROM place ORDER BY rank, position, id"):
            line = self._line(found)
            if line.inputs:
                whole = resolved(line, self, self._refuse)
                self._asked.execute("UPDATE content SET line = ? WHERE id = ?", (_packed(whole), found))
        self._asked.execute("COMMIT")

    def _circle(self, found: int) -> None:
        """Refuse a transaction that spends, over others, what it pays."""
        line = self._line(found)
        self._refuse(f"{line.txid} spends, over others, what it pays itself: no chain has such a circle", line.line)


def _key(txid: str) -> bytes | str:
    """A txid of 64 hex digits as its bytes, any other as it is."""
    if len(txid) == 64:
        try:
            return bytes.fromhex(txid)
        except ValueError:
            return txid
    return txid


def _packed(line: Line) -> bytes:
    """A line as bytes that only this run reads."""
    spent = tuple(
        (leg.value, *_outpoint(leg), leg.address, leg.index, leg.script_type, leg.script, leg.sequence)
        for leg in line.inputs
    )
    made = tuple(
        (leg.value, leg.holding is not None, leg.address, leg.index, leg.script_type, leg.script)
        for leg in line.outputs
    )
    return marshal.dumps((*line[:8], spent, made, *line[10:]))


def _outpoint(leg: Leg) -> tuple[str, int]:
    """What an input spends."""
    return (leg.holding.txid, leg.holding.vout) if isinstance(leg.holding, OutPoint) else ("", 0)


def _unpacked(packed: bytes, chain: str) -> Line:
    """The line again."""
    told = marshal.loads(packed)  # noqa: S302  # written by `_packed`, in a file that nobody else can open
    txid = told[2]
    spent = tuple(
        Leg(value, OutPoint(chain, prev, vout), address, index, kind, script, sequence)
        for value, prev, vout, address, index, kind, script, sequence in told[8]
    )
    made = tuple(
        Leg(value, OutPoint(chain, txid, index) if lives else None, address, index, kind, script)
        for value, lives, address, index, kind, script in told[9]
    )
    return Line._make((*told[:8], spent, made, *told[10:]))
