"""The four allocating methods, each in the plainest form that M12 to M16 allow.

A lot is a tuple (origin or None, value, hop). A pool is put(lots), take(value) -> lots, and lots(); oldest lots first.
"""

from __future__ import annotations

Lot = tuple[str | None, int, int]


def share(parts: list[int], value: int) -> list[int]:
    """M16: floor(part * value / total), spare units to the largest remainders, ties to the earlier part."""
    total = sum(parts)
    if not value:
        return [0] * len(parts)
    given = [part * value // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(parts[i] * value % total), i))
    for i in by_remainder[: value - sum(given)]:
        given[i] += 1
    return given


class Row:
    """Lots in a row: FIFO (M12) takes from the old end, LIFO (M13) from the new end."""

    def __init__(self, *, newest_first: bool) -> None:
        self.newest_first = newest_first
        self.row: list[Lot] = []

    def put(self, lots: list[Lot]) -> None:
        """Neighbours of one origin become one lot, with the least hop (M25)."""
        for origin, value, hop in lots:
            if not value:
                continue
            if self.row and self.row[-1][0] == origin:
                _, before, least = self.row.pop()
                self.row.append((origin, before + value, min(least, hop)))
            else:
                self.row.append((origin, value, hop))

    def take(self, value: int) -> list[Lot]:
        """The lots that leave, oldest first."""
        taken: list[Lot] = []
        while value:
            place = -1 if self.newest_first else 0
            origin, lies, hop = self.row.pop(place)
            part = min(lies, value)
            value -= part
            taken.append((origin, part, hop))
            if part < lies:
                self.row.insert(len(self.row) if self.newest_first else 0, (origin, lies - part, hop))
        return taken[::-1] if self.newest_first else taken

    def lots(self) -> list[Lot]:
        return list(self.row)


class Shares:
    """One sum and one least hop per origin, in order of arrival; an origin that drains to 0 is forgotten.

    `free_first` makes it LIBR (M14: unidentified value leaves first), else it is the haircut (M15).
    """

    def __init__(self, *, free_first: bool) -> None:
        self.free_first = free_first
        self.sums: dict[str | None, tuple[int, int]] = {}

    def put(self, lots: list[Lot]) -> None:
        for origin, value, hop in lots:
            if value:
                before, least = self.sums.get(origin, (0, hop))
                self.sums[origin] = (before + value, min(least, hop))

    def division(self, value: int) -> dict[str | None, int]:
        """How much of each origin leaves."""
        free = min(value, self.sums.get(None, (0, 0))[0]) if self.free_first else 0
        sharing = [o for o in self.sums if o is not None or not self.free_first]
        parts = share([self.sums[o][0] for o in sharing], value - free)
        return {None: free, **dict(zip(sharing, parts, strict=True))}

    def take(self, value: int) -> list[Lot]:
        taken: list[Lot] = []
        division = self.division(value)
        for origin, (lies, hop) in list(self.sums.items()):
            part = division.get(origin, 0)
            if part:
                taken.append((origin, part, hop))
            if part == lies:
                del self.sums[origin]
            else:
                self.sums[origin] = (lies - part, hop)
        return taken

    def lots(self) -> list[Lot]:
        return [(origin, value, hop) for origin, (value, hop) in self.sums.items()]


class LibrFifo:
    """M14 with libr_between = "fifo": unidentified value first, then the oldest traced lots."""

    def __init__(self) -> None:
        self.row: list[tuple[str | None, int]] = []
        self.hops: dict[str | None, int] = {}

    def put(self, lots: list[Lot]) -> None:
        for origin, value, hop in lots:
            if value:
                self.row.append((origin, value))
                self.hops[origin] = min(hop, self.hops.get(origin, hop))

    def take(self, value: int) -> list[Lot]:
        free = min(value, sum(v for origin, v in self.row if origin is None))
        left = {True: free, False: value - free}  # is it unidentified: how much of it still has to leave
        taken: list[Lot] = []
        kept = []
        for origin, lies in self.row:
            part = min(lies, left[origin is None])
            left[origin is None] -= part
            if part:
                taken.append((origin, part, self.hops[origin]))
            if part < lies:
                kept.append((origin, lies - part))
        self.row = kept
        self.hops = {origin: hop for origin, hop in self.hops.items() if any(o == origin for o, _ in kept)}
        return taken

    def lots(self) -> list[Lot]:
        return [(origin, value, self.hops[origin]) for origin, value in self.row]


def new_pool(method: str, libr_between: str) -> Row | Shares | LibrFifo:
    """An empty pool of `method`."""
    if method == "libr":
        return LibrFifo() if libr_between == "fifo" else Shares(free_first=True)
    if method == "haircut":
        return Shares(free_first=False)
    return Row(newest_first={"fifo": False, "lifo": True}[method])
