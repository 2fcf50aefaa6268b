"""The lines of a UTXO file by txid and by what they spend, in a database of their own that the system takes away.

Whatever only all lines together can tell is asked there: repeats, who spends what, the order of the chain. Memory is
a few tens of megabytes however long the file is, and more only as far as the caller allows; where parents stand behind
their children, some bytes a line more (`utxo_order`).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from chaintrace.adapters.lines import Refuse
from chaintrace.adapters.utxo_checks import Contradicted, contradicts, is_made_twice, resolved
from chaintrace.adapters.utxo_lines import Line
from chaintrace.adapters.utxo_order import mend
from chaintrace.adapters.utxo_packing import key, packed, unpacked
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import PENDING_RANK

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
SELECT spend.prev, spend.vout FROM spend JOIN place ON place.id = spend.id
    WHERE place.rank < {PENDING_RANK} GROUP BY spend.prev, spend.vout HAVING COUNT(*) > 1 ORDER BY MAX(spend.id)"""  # noqa: S608  # ours
_SPENDERS = f"""
SELECT spend.id FROM spend JOIN place ON place.id = spend.id
    WHERE spend.prev = ? AND spend.vout = ? AND place.rank < {PENDING_RANK} ORDER BY 1"""  # noqa: S608  # ours
_INDEXED = f"""
UPDATE place SET position = block_index WHERE rank IN (
    SELECT rank FROM place WHERE rank < {PENDING_RANK} GROUP BY rank HAVING COUNT(block_index) = COUNT(*))"""  # noqa: S608  # ours
_CHILDREN = """
SELECT id FROM place WHERE id IN (SELECT spend.id FROM spend JOIN place AS parent ON parent.txid = spend.prev)
    ORDER BY rank, position, id"""
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

    def __init__(self, lines: Iterable[Line], chain: str, offset: int, refuse: Refuse, most: int = 0) -> None:
        """Read every line. Refuses what contradicts itself, and a file without any.

        A file that has no more inputs and outputs than `most` stays in memory as it is.

        Where `refuse` raises nothing, what it refused is left out: of two lines that contradict each other both, for
        nothing tells which is right, but for an output, which its own line tells.
        """
        self._chain = chain
        self._refuse = refuse
        self._most = most
        self._held: dict[int, Line] = {}
        self._asked = sqlite3.connect("", isolation_level=None)
        self._asked.execute("PRAGMA journal_mode = OFF")
        self._asked.execute("PRAGMA synchronous = OFF")
        self._asked.execute(f"PRAGMA cache_size = {_CACHE}")
        self._get = lru_cache(maxsize=1024)(self._told)
        self._wrong = set[str]()
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
        self._check_some_left()
        self._set_places(offset)
        self._check_spent_once()
        self.against = tuple(self._against(child, rank) for child, rank in mend(self._asked, self._circle))
        self._complete()
        self._check_some_left()

    def _check_some_left(self) -> None:
        """Refuse the file where it has no line."""
        if self._asked.execute("SELECT 1 FROM place LIMIT 1").fetchone() is None:
            self._refuse("the file holds no transaction", None)

    def ends(self) -> Ends:
        """How far what blocks hold reaches."""
        least, most = self._asked.execute(
            "SELECT MIN(rank), MAX(rank) FROM place WHERE rank < ?", (PENDING_RANK,)
        ).fetchone()
        if most is None:
            return Ends(PENDING_RANK, PENDING_RANK, None, None)
        last = [self._line(found) for (found,) in self._asked.execute("SELECT id FROM place WHERE rank = ?", (most,))]
        times = (line.time for line in last if line.time is not None)
        return Ends(least, most, last[0].height, max(times, default=None))

    def in_order(self) -> Iterator[Placed]:
        """Every line in chain order."""
        for found in self._asked.execute("SELECT id, rank, position FROM place ORDER BY rank, position, id"):
            yield self._placed(*found)

    def placed(self, txid: str) -> Placed | None:
        """The line of a transaction; None where the file has none."""
        found = self._asked.execute("SELECT id, rank, position FROM place WHERE txid = ?", (key(txid),)).fetchone()
        return None if found is None else self._placed(*found)

    def spender(self, outpoint: OutPoint) -> Placed | None:
        """The line that spends an output: the confirmed one, else the first that is pending; None where none does."""
        found = self._asked.execute(_SPENDER, (key(outpoint.txid), outpoint.vout)).fetchone()
        return None if found is None else self._placed(*found)

    def close(self) -> None:
        """Let the database go; the system takes it away."""
        self._asked.close()

    def _placed(self, found: int, rank: int, position: int) -> Placed:
        return Placed(self._line(found), rank, position)

    def get(self, txid: str) -> Line | None:
        """The line of a transaction as it stands in the file; None for one that was refused."""
        return None if txid in self._wrong else self._get(txid)

    def _told(self, txid: str) -> Line | None:
        found = self._asked.execute("SELECT id FROM place WHERE txid = ?", (key(txid),)).fetchone()
        return None if found is None else self._line(*found)

    def _line(self, found: int) -> Line:
        held = self._held.get(found)
        if held is not None:
            return held
        told = self._asked.execute("SELECT line FROM content WHERE id = ?", (found,)).fetchone()
        return unpacked(told[0], self._chain)

    def _hold(self, lines: Iterable[Line]) -> None:
        """Write lines down; in memory as long as there is room for all of them."""
        for line in lines:
            self._held[line.row] = line
            self._most -= len(line.inputs) + len(line.outputs)
        if self._most < 0:
            rows = ((number, packed(line)) for number, line in self._held.items())
            self._asked.executemany("INSERT INTO content VALUES (?, ?)", rows)
            self._held.clear()

    def _change(self, found: int, line: Line) -> None:
        """Write a line in the place of another one."""
        if found in self._held:
            self._held[found] = line
        else:
            self._asked.execute("UPDATE content SET line = ? WHERE id = ?", (packed(line), found))

    def _fill(self, lines: Iterator[Line]) -> None:
        """Write every line, what it spends, and where the file has it."""
        while batch := list(islice(lines, BATCH)):
            spends = (
                (key(leg.holding.txid), leg.holding.vout, line.row)
                for line in batch
                for leg in line.inputs
                if isinstance(leg.holding, OutPoint)
            )
            self._asked.execute("BEGIN")
            self._asked.executemany(
                "INSERT INTO place VALUES (?, ?, ?, ?, NULL, NULL)",
                ((line.row, key(line.txid), line.height, line.block_index) for line in batch),
            )
            self._hold(batch)
            self._asked.executemany("INSERT INTO spend VALUES (?, ?, ?)", spends)
            self._asked.execute("COMMIT")

    def _without_repeats(self) -> Iterator[Made]:
        """Take repeats out. Refuses one with other contents, but for a coinbase of two heights: the later one stays."""
        wrong = dict[int, int]()
        for again, first in self._asked.execute(_REPEATS).fetchall():
            line, known = self._line(again), self._line(first)
            if not contradicts(line, known):
                self._drop(again)
            elif is_made_twice(line, known):
                earlier, later = sorted((line, known), key=lambda one: one.height or 0)
                if earlier.row == first:  # what comes under this txid is compared with the one that stays
                    self._change(first, later)
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
                self._drop(again)
                wrong[first] = line.line
        for first, other in wrong.items():
            known = self._line(first)
            self._refuse(f"{known.txid} stands in line {other} with other contents too", known.line)
            self._drop(first)

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
        wrong = dict[int, None]()
        for prev, vout in self._asked.execute(_RESPENT).fetchall():
            several = [found for (found,) in self._asked.execute(_SPENDERS, (prev, vout))]
            outpoint = OutPoint(self._chain, prev.hex() if isinstance(prev, bytes) else prev, vout)
            for found, other in (*((found, several[0]) for found in several[1:]), (several[0], several[1])):
                place = self._line(other).line
                sentence = f"{outpoint} is spent here and in line {place}: an output is spent once"
                self._refuse(sentence, self._line(found).line)
            wrong.update(dict.fromkeys(several))
        for found in wrong:
            self._drop(found)

    def _complete(self) -> None:
        """Write into each line what the file itself knows of its inputs. Refuses one that contradicts that."""
        self._asked.execute("BEGIN")
        for (found,) in self._asked.execute(_CHILDREN):
            line = self._line(found)
            try:
                whole = resolved(line, self, self._refuse)
            except Contradicted:
                self._wrong.add(line.txid)
            else:
                self._change(found, whole)
        for txid in self._wrong:
            (found,) = self._asked.execute("SELECT id FROM place WHERE txid = ?", (key(txid),)).fetchone()
            self._drop(found)
        self._asked.execute("COMMIT")

    def _circle(self, several: list[int]) -> None:
        """Refuse transactions that spend, over others, what they pay."""
        for found in several:
            line = self._line(found)
            self._refuse(f"{line.txid} spends, over others, what it pays itself: no chain has such a circle", line.line)
        for found in several:
            self._drop(found)
