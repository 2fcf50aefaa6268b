"""A list read from its beginning to its end, page by page, by the height of the last row.

Explorers cut a page where their plan says (1,000 rows, or 10,000), and refuse what lies behind row 10,000 of one
question. So each page after the first begins with the block in which the one before it ended; the rows of that block
come again and must be the same. A block that fills a page is read with page numbers. The end is where a question from
the last block on brings nothing but that block, in a page that is shorter than pages can be, or where one from the
next block on brings nothing. What is odd on the way is noted: whether it matters, the balance decides.

Source: docs.etherscan.io on `startblock`, `page` and `offset`, and its changelog on the size of pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chaintrace.adapters.etherscan.rows import MOST_HEIGHT, Row, Rows
from chaintrace.adapters.etherscan.words import NotOffered, TooMuch
from chaintrace.model.provenance import Source

PAGE = 1_000
"""Rows that are asked for at once: what the free plan of Etherscan gives."""
WINDOW = 10_000
"""Page number times size may not be more than that."""
_FULL = 100
"""Pages of fewer rows are not taken for full ones."""
LAST = 999_999_999
"""The end of what is asked for: a height that no chain has reached."""

Ask = Callable[[int, int, int, int], Rows]
"""Asks for rows: from a height, to a height, the number of the page (from 1), rows in a page."""


@dataclass(slots=True)
class Listing:
    """What one reading of a list gave: its rows in the order of the chain, and what was odd.

    `busy` is how many rows are known of a list that has more than are read, and was left alone; else 0. `source` is
    that of the first page.
    """

    source: Source | None = None
    rows: list[Row] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    busy: int = 0

    def note(self, what: str) -> None:
        """Something odd, once."""
        if what not in self.odd:
            self.odd.append(what)


def read_list(ask: Ask, height: Callable[[Row], int], most: int) -> Listing:
    """The whole list. Raises as the questions do."""
    return _Reading(ask, height, most).whole()


class _Reading:
    """One reading of one list. `most` is the number of rows of the longest list that is read."""

    def __init__(self, ask: Ask, height: Callable[[Row], int], most: int) -> None:
        self._ask = ask
        self._height = height
        self._most = most
        self._size = PAGE
        self._seen = 0
        self.listing = Listing()

    def whole(self) -> Listing:
        """Read on until the end."""
        listing, start, tail = self.listing, 0, list[Row]()
        while True:
            page = self._page(start)
            self._compare(page, tail)
            if not page or (not start and self._is_busy(page)):
                return listing
            last = self._height(page[-1])
            tail = [row for row in page if self._height(row) == last]
            listing.rows += page[: len(page) - len(tail)]
            if len(tail) < len(page):
                start = last
            else:
                listing.rows += tail
                if len(page) < self._seen:
                    return listing
                self._inside(last, page)
                start, tail = last + 1, []
            if len(listing.rows) > self._most:
                listing.busy = len(listing.rows)
                return listing

    def _compare(self, page: list[Row], tail: Sequence[Row]) -> None:
        """A page must begin with the rows with which the one before it ended; what it lost is kept."""
        if [row.told for row in page[: len(tail)]] != [row.told for row in tail]:
            self.listing.note("a page changed while it was read")
            now = [row.told for row in page]
            self.listing.rows += [row for row in tail if row.told not in now]

    def _page(self, start: int) -> list[Row]:
        """One page, in order. Rows from before its beginning are those of a page that came twice."""
        rows = list(self._asked(start, LAST, 1))
        heights = [self._height(row) for row in rows]
        if heights != sorted(heights):
            self.listing.note("pages are in the wrong order")
            rows.sort(key=self._height)
        fresh = [row for row in rows if self._height(row) >= start]
        if len(fresh) < len(rows):
            self.listing.note("pages repeat")
        self._seen = max(self._seen, len(rows))
        return fresh

    def _inside(self, height: int, first: Sequence[Row]) -> None:
        """What the page of one block left out: read with page numbers, as far as the explorer's window reaches."""
        number, size, last = 1, len(first), first
        while True:
            number += 1
            if number * size > WINDOW:
                self.listing.note(f"block {height} has more rows than can be asked for")
                return
            rows = [row for row in self._ask(height, height, number, size).rows if self._height(row) == height]
            if not rows:
                return
            if [row.told for row in rows] == [row.told for row in last]:
                self.listing.note("pages repeat")
                return
            self.listing.rows += rows
            last = rows

    def _is_busy(self, page: Sequence[Row]) -> bool:
        """Whether a first page that looks full stands before more rows than are read: a page far behind it tells."""
        size = len(page)
        if size < _FULL or size % 50 or self._most > WINDOW or self._most <= size:
            return False
        try:
            behind = self._ask(0, LAST, self._most // size, size).rows
        except TooMuch:
            return False
        if len(behind) >= size and [row.told for row in behind] != [row.told for row in page]:
            self.listing.busy = self._most // size * size
        return bool(self.listing.busy)

    def _asked(self, start: int, end: int, number: int) -> Sequence[Row]:
        """Rows; fewer at a time where the explorer cannot answer for so many."""
        while True:
            try:
                found = self._ask(start, end, number, self._size)
            except TooMuch:
                if self._size <= PAGE // 100:
                    raise
                self._size, self._seen = self._size // 10, 0
                continue
            self.listing.source = self.listing.source or found.source
            return found.rows


def read_numbered(ask: Callable[[int, int], Rows]) -> Listing:
    """A list that knows page numbers alone: `ask` is for the number of a page (from 1) and its rows.

    How many rows the first page brings is what the explorer gives at once; so many are asked for from then on, and the
    end is a page that brings nothing. A page that comes again is that of an explorer without pages, unless one far
    behind it is empty: rows may be equal. Raises as the first question does; what later ones refuse is noted.
    """
    first = ask(1, PAGE)
    listing, last = Listing(first.source, list(first.rows)), list(first.rows)
    size = len(last)
    most = WINDOW // size if size else 0
    for number in range(2, most + 1):
        try:
            page = list(ask(number, size).rows)
            if not page:
                return listing
            if page == last and list(ask(most, size).rows) == last:
                return _unpaged(listing, size)
        except (NotOffered, TooMuch) as refusal:
            listing.note(str(refusal))
            return listing
        if len(last) < size:
            listing.note("a page in its midst is short")
        listing.rows += page
        last = page
    if size:
        listing.note(f"it has more than the {len(listing.rows)} rows that can be asked for")
    return listing


def _unpaged(listing: Listing, size: int) -> Listing:
    """The one page of an explorer that knows no numbers of pages. One that looks full may be cut."""
    if len(listing.rows) > size:
        listing.note("pages repeat")
    elif size >= _FULL and not size % 50:
        listing.note(f"it ends after {size} rows, and what is behind them cannot be asked for")
    return listing


def by_number(row: Row) -> int:
    """The height of a row of a list of transactions or tokens."""
    return row.height


def by_hex(row: Row) -> int:
    """The height of a log."""
    return row.hexed("blockNumber", MOST_HEIGHT)
