"""A list read to its end, from the oldest row to the newest, or the other way round.

Known of TronGrid, as its users report at TRON-US/trongrid: fingerprints get lost, and rows too. So a page without one
is followed by the same question from the time of the last row on, until that brings nothing new; and an end that was
found so is still only what the list says: `histories` holds it against something else.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chaintrace.adapters.trongrid.asking import PAGE
from chaintrace.adapters.trongrid.rows import TOKEN, Row

Ask: TypeAlias = Callable[[Mapping[str, str | int]], tuple[Sequence[Row], str]]
"""Asks for one page: its rows, and the mark of the next page (`""`: none was given)."""

Key: TypeAlias = tuple[str, ...]

_USUAL = 20
"""Rows of a page of a host that passes over how many were asked for."""

_FEW = 5
"""Rows of a page that came before, which may be equal movements and not a page that came twice."""

_STALE = 3
"""Pages in a row that bring nothing new, after which a list is taken to go in a circle."""


@dataclass(slots=True)
class Reading:
    """What the pages gave. `doubtful` are txids of which a row came again where none was expected.

    `faults` say what the pages did that they should not, for a person. `first` and `last` are the times of the oldest
    and the newest row (Unix seconds, UTC), `widest` the rows of the longest page, `is_cut` that there were too many.
    """

    rows: dict[Key, Row] = field(default_factory=dict)
    counts: dict[Key, int] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    faults: dict[str, None] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None
    widest: int = _USUAL
    is_cut: bool = False

    def take(self, page: Sequence[Row], overlap: int | None) -> int:
        """Take a page; how many rows of it are new. Rows of the time `overlap` are expected to come again."""
        counted = Counter(row.key for row in page)
        known = counted.keys() & self.rows.keys()
        fresh = len(counted) - len(known)
        self.widest = max(self.widest, len(page))
        again = {key for key in known if self.rows[key].time != overlap}
        if again:
            self.faults["rows come twice" if fresh else "pages repeat"] = None
        if overlap is not None and len(page) < self.widest and self._at(overlap) - counted.keys():
            self.faults["a page shrinks"] = None
        twins = {key for key in counted if counted[key] > 1} | (again if fresh or len(again) <= _FEW else set())
        self.doubtful |= {key[1] for key in twins if key[0] == TOKEN}
        for row in page:
            self.rows.setdefault(row.key, row)
            self.counts[row.key] = max(counted[row.key], self.counts.get(row.key, 0))
        times = [row.time for row in page]
        self.first = min([*times, *(() if self.first is None else (self.first,))], default=None)
        self.last = max([*times, *(() if self.last is None else (self.last,))], default=None)
        return fresh

    def add(self, rows: Sequence[Row]) -> int:
        """Take rows that no list has; how many of them are new."""
        fresh = [row for row in rows if row.key not in self.rows]
        self.rows.update((row.key, row) for row in fresh)
        self.counts.update((row.key, 1) for row in fresh)
        return len(fresh)

    def unite(self, other: "Reading") -> int:
        """Take what another reading of the list gave; how many rows of it are new."""
        fresh = len(other.rows.keys() - self.rows.keys())
        for key, row in other.rows.items():
            self.rows.setdefault(key, row)
            self.counts[key] = max(other.counts[key], self.counts.get(key, 0))
        self.doubtful |= other.doubtful
        self.faults |= other.faults
        return fresh

    def _at(self, time: int) -> set[Key]:
        """The rows of one block."""
        return {key for key, row in self.rows.items() if row.time == time}


def read_on(ask: Ask, reading: Reading, window: tuple[int, int], most: int, *, rising: bool = True) -> Reading:
    """Read a list within a window of times (Unix seconds, both inclusive) until it brings nothing new.

    `most` rows are read at most (`is_cut` then). Raises what asking raises.
    """
    least, latest = window
    mark, stale = "", 0
    overlap: int | None = None
    while stale < _STALE and least <= latest:
        page, further = ask(query_of((least, latest), mark, rising=rising))
        if _is_disordered(page, rising=rising):
            reading.faults["pages are in the wrong order"] = None
        fresh = reading.take(page, overlap if not mark else None)
        stale = 0 if fresh else stale + 1
        if len(reading.rows) > most:
            reading.is_cut = True
            return reading
        if further and further != mark and (fresh or not mark):
            mark = further
            continue
        edge = reading.last if rising else reading.first
        if edge is None or (not fresh and not mark and len(page) < reading.widest):
            return reading
        if not fresh and not mark:  # a block that fills a page by itself: the host does not tell what is left of it
            reading.faults["one block fills a page, and nothing leads to the next one"] = None
            edge += 1 if rising else -1
        mark, overlap = "", edge
        least, latest = (edge, latest) if rising else (least, edge)
    return reading


def query_of(window: tuple[int, int], mark: str = "", *, rising: bool = True) -> Mapping[str, str | int]:
    """The question for one page. Times go in milliseconds; the first is a little early, should it be exclusive."""
    least, latest = window
    order = "asc" if rising else "desc"
    query: dict[str, str | int] = {"limit": PAGE, "order_by": f"block_timestamp,{order}"}
    query |= {"min_timestamp": max(0, least * 1000 - 1), "max_timestamp": latest * 1000 + 999}
    return query | ({"fingerprint": mark} if mark else {})


def _is_disordered(page: Sequence[Row], *, rising: bool) -> bool:
    """Whether the rows of a page are not in the order that was asked for."""
    times = [row.time for row in page]
    return times != sorted(times, reverse=not rising)
