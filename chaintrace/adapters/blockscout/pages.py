"""One list of an instance, read page by page, and what was odd about it.

A list begins with the newest row. Its page names the parameters of the next one, and all of them are sent back. That a
page names none is no proof that it is the last: whoever reads a list holds it against a balance or a counter, and reads
it anew with markers of our own making where they differ. Since version 12 the parameters no longer hold a count.
Source: blockscout/blockscout, `block_scout_web/chain.ex` (`paging_params`), and docs.blockscout.com, "v12.0.0".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from chaintrace.adapters.blockscout.asking import Asking, Marker, Page
from chaintrace.adapters.blockscout.reading import Said
from chaintrace.adapters.blockscout.rows import Row
from chaintrace.model.provenance import Source

_Row = TypeVar("_Row", bound=Row)
_COUNT = "items_count"
"""Before version 12, how many rows came before the next page: it grows though the place be the same."""
_STALE = 2
"""So many pages in a row that bring nothing new are followed."""


@dataclass(frozen=True, slots=True)
class List(Generic[_Row]):
    """A list: where it is, how its rows are read, and the marker that leads behind a row (None: none can be made)."""

    path: str
    read: Callable[[Said], _Row]
    behind: Callable[[_Row], Marker | None]
    params: Marker = field(default_factory=dict)


@dataclass(slots=True)
class Listing(Generic[_Row]):
    """What one reading of a list gave: its rows by their keys, where each was read, and what was odd."""

    rows: dict[str, _Row] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)
    too_long: bool = False
    unknown: bool = False

    def add(self, row: _Row, source: Source) -> bool:
        """Keep a row. False where it was there before."""
        if row.key in self.rows:
            self.odd.add("pages repeat")
            return False
        self.rows[row.key] = row
        self.sources[row.key] = source
        return True

    def union(self, earlier: "Listing[_Row]") -> None:
        """What another reading gave and this one did not is not lost."""
        for key, row in earlier.rows.items():
            if key not in self.rows:
                self.odd.add("rows vanish between two readings")
                self.rows[key] = row
                self.sources[key] = earlier.sources[key]


def read_list(ask: Asking, what: List[_Row], pin: str, most: int, *, bold: bool = False) -> Listing[_Row]:
    """Read a list to its end, or until it has more than `most` rows. Raises Unavailable, Refused or Malformed.

    `bold`: where a page names no next one, go on behind its last row all the same.
    """
    listing: Listing[_Row] = Listing()
    marker: Marker = {}
    seen: list[Marker] = [marker]
    last: tuple[int, ...] | None = None
    stale = 0
    while True:
        page = ask.page(what.path, {**what.params, **marker}, pin)
        listing.unknown |= not page.known
        before = len(listing.rows)
        for said in page.items:
            row = what.read(said)
            if row.height is not None:
                if last is not None and len(last) == len(row.place) and row.place > last:
                    listing.odd.add("pages are in the wrong order")
                last = row.place
            listing.add(row, page.source)
        if len(listing.rows) > most:
            listing.too_long = True
            return listing
        marker = page.marker or (_own(what, page) if bold else {})
        place = {name: value for name, value in marker.items() if name != _COUNT}
        stale = stale + 1 if len(listing.rows) == before else 0
        if not marker or place in seen or stale > _STALE:
            if marker:
                listing.odd.add("a page leads back to an earlier one, or to nothing new")
            return listing
        seen.append(place)


def _own(what: List[_Row], page: Page) -> Mapping[str, str]:
    """The marker behind the last row of a page; empty where the page has none, or none can be made."""
    return (what.behind(what.read(page.items[-1])) or {}) if page.items else {}
