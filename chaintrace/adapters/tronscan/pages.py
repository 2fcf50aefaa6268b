"""The pages of a list of Tronscan's, one after the other, and one window of them after the other.

Pages may be shorter than was asked for, so that the next one begins after the entries that came. A window ends where
the API lists no further; the next one begins at the time of the last entry there, and lists that second again.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from chaintrace.adapters.tronscan.asking import LIMIT, Asking, Place
from chaintrace.adapters.tronscan.shapes import Page
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation

_NOW = 1 << 62


class Entry(Protocol):
    """An entry of a list: what tells it from others, and the time of its block (Unix seconds, UTC)."""

    @property
    def key(self) -> Hashable:
        """Equal ones are two entries, or one that was listed twice."""
        ...

    @property
    def time(self) -> int:
        """When."""
        ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Listing(Generic[E]):
    """What one reading of a list gave: its entries without repeats, and how often each stood there.

    `known` is how many the explorer counts (None: it does not say). `odd` says what was odd about the pages; it
    matters where the numbers differ. `odd_sort` is why the list is not of the sort that was asked for; empty where it
    is.
    """

    entries: dict[Hashable, E]
    times: Counter[Hashable]
    known: int | None
    odd: tuple[str, ...] = ()
    odd_sort: str = ""
    claims: tuple[Observation, ...] = ()

    def with_those_of(self, other: "Listing[E]") -> "Listing[E]":
        """Nothing that was read is lost: with what only an earlier reading had."""
        lost = {key: entry for key, entry in other.entries.items() if key not in self.entries}
        times = self.times + Counter({key: other.times[key] for key in lost})
        return replace(self, entries=self.entries | lost, times=times, claims=(*self.claims, *other.claims))

    def until(self, time: int | None) -> "Listing[E]":
        """Its entries up to a time."""
        return self._where(lambda entry: time is None or entry.time <= time)

    def after(self, time: int | None) -> "Listing[E]":
        """Its later entries."""
        return self._where(lambda entry: time is not None and entry.time > time)

    def _where(self, holds: Callable[[E], bool]) -> "Listing[E]":
        """Those of its entries for which something holds."""
        entries = {key: entry for key, entry in self.entries.items() if holds(entry)}
        return replace(self, entries=entries, times=Counter({key: self.times[key] for key in entries}))


Reader = Callable[[Page], tuple[tuple[E, ...], tuple[Observation, ...]]]
"""Reads a page: its entries, and the claims on it. Raises Malformed."""

Sort = Callable[[Page], str]
"""Why a page is not of the sort that was asked for; empty where it is."""


@dataclass(frozen=True, slots=True)
class Wanted(Generic[E]):
    """A list of an account, how its pages are read, and how many entries are too many."""

    listed: str
    account: Account
    read: Reader[E]
    most: int
    sort: Sort = lambda _: ""

    def check(self, page: Page) -> None:
        """Read a page, unless it is of another sort. Raises Malformed."""
        if not self.sort(page):
            self.read(page)


@dataclass(slots=True)
class _Gathered(Generic[E]):
    """What one reading has so far. `is_over` when its first page says not to read on."""

    entries: dict[Hashable, E] = field(default_factory=dict)
    times: Counter[Hashable] = field(default_factory=Counter)
    odd: dict[str, None] = field(default_factory=dict)
    claims: dict[Observation, None] = field(default_factory=dict)
    known: int | None = None
    odd_sort: str = ""
    is_begun: bool = False
    is_over: bool = False

    def begin(self, page: Page, wanted: Wanted[E]) -> None:
        """Look at the first page of all."""
        if not self.is_begun:
            self.is_begun, self.known, self.odd_sort = True, page.counted, wanted.sort(page)
            self.is_over = bool(self.odd_sort) or (page.counted is not None and page.counted > wanted.most)

    def take(self, entries: tuple[E, ...], until: int | None, lowest: int) -> int:
        """The entries of a page, without those later than was asked for. The lowest time so far."""
        for entry in entries:
            if entry.time > lowest:
                self.odd["its entries are in the wrong order"] = None
            lowest = min(lowest, entry.time)
            if until is not None and entry.time > until:
                self.odd["entries of another time stand in it"] = None
                continue
            self.entries.setdefault(entry.key, entry)
            self.times[entry.key] += 1
        return lowest

    def forget(self, time: int) -> None:
        """What was listed of one second, because the next window lists it again."""
        for key in [key for key, entry in self.entries.items() if entry.time == time]:
            del self.entries[key], self.times[key]

    @property
    def listing(self) -> Listing[E]:
        """All of it."""
        return Listing(self.entries, self.times, self.known, (*self.odd,), self.odd_sort, (*self.claims,))


class Pages:
    """Reads lists of one explorer. `window` is how many entries it lists of one question at most."""

    def __init__(self, ask: Asking, window: int) -> None:
        self._ask = ask
        self._window = window

    def read(self, wanted: Wanted[E], pin: str, *, to_the_end: bool = False) -> Listing[E]:
        """A list, newest first. One that is too long is not read beyond its first page.

        `to_the_end`: until an empty page comes, whatever the explorer counts. Raises as the questions do.
        """
        gathered: _Gathered[E] = _Gathered()
        until: int | None = None
        while True:
            lowest = self._one_window(wanted, until, pin, gathered, to_the_end=to_the_end)
            if lowest is None:
                return gathered.listing
            if until is not None and lowest >= until:
                gathered.odd[f"one second has more than {self._window} entries"] = None
                return gathered.listing
            until = lowest
            gathered.forget(until)

    def _one_window(
        self, wanted: Wanted[E], until: int | None, pin: str, gathered: _Gathered[E], *, to_the_end: bool
    ) -> int | None:
        """Read one window. The time of its last entry where the list goes on beyond it; else None."""
        start, counted, lowest, seen = 0, None, _NOW, set[tuple[Hashable, ...]]()
        while start < self._window and len(gathered.entries) <= wanted.most:
            place = Place(until, start, min(LIMIT, self._window - start))
            page = self._ask.page(wanted.listed, wanted.account, place, pin, wanted.check)
            gathered.begin(page, wanted)
            counted = page.counted if start == 0 and until is None else counted
            if gathered.is_over:
                return None
            entries, claims = wanted.read(page)
            keys = tuple(entry.key for entry in entries)
            if keys in seen:
                gathered.odd["its pages repeat"] = None
            if not entries or keys in seen:
                return None
            seen.add(keys)
            lowest = gathered.take(entries, until, lowest)
            gathered.claims.update(dict.fromkeys(claims))
            start += len(entries)
            if counted is not None and start >= counted and not to_the_end:
                return None
        return None if len(gathered.entries) > wanted.most else lowest
