"""Haircut and LIBR: what leaves is shared between origins (docs/method.md, M14-M16)."""

from collections.abc import Iterable

from chaintrace.accounting.interface import short
from chaintrace.model.trace import Lot, Origin


def shares(parts: Iterable[int], value: int, total: int) -> list[int]:
    """Divide `value` in proportion to `parts`, which sum to `total` > 0 (M16).

    Each gets the floor of its share; the spare units go to the largest remainders, ties to the earlier part.
    """
    divided = [divmod(part * value, total) for part in parts]
    if len(divided) == 2:  # the usual case, one origin among unidentified value: the larger remainder is at least half
        (first, rest), (second, _) = divided
        up = first + second < value
        earlier = up and 2 * rest >= total
        return [first + earlier, second + (up and not earlier)]
    out = [quotient for quotient, _ in divided]
    spare = value - sum(out)
    if spare:
        order = sorted(range(len(divided)), key=lambda place: -divided[place][1])  # stable: ties to the earlier
        for place in order[:spare]:
            out[place] += 1
    return out


class _Sums:
    """One sum and one least hop an origin, in the order in which the origins arrived (M16, M25)."""

    __slots__ = ("_held", "_hops", "total")

    def __init__(self) -> None:
        self._held: dict[Origin, int] = {}
        self._hops: dict[Origin, int] = {}
        self.total = 0

    def put(self, lots: Iterable[Lot]) -> None:
        held, hops = self._held, self._hops
        for value, origin, hop in lots:
            if not value:
                continue
            self.total += value
            if origin in held:
                held[origin] += value
                if hop < hops[origin]:  # noqa: PLR1730  # a call of min costs more than all the rest
                    hops[origin] = hop
            else:
                held[origin] = value
                hops[origin] = hop

    def lots(self) -> tuple[Lot, ...]:
        return tuple(Lot(value, origin, self._hops[origin]) for origin, value in self._held.items())

    def _remove(self, parts: Iterable[tuple[Origin, int]]) -> tuple[Lot, ...]:
        """Take each part; an origin that is drained is forgotten, and counts as new when it returns."""
        held, hops, taken, gone = self._held, self._hops, [], 0
        for origin, value in parts:
            if not value:
                continue
            taken.append(Lot(value, origin, hops[origin]))
            left = held[origin] - value
            if left:
                held[origin] = left
            else:
                del held[origin], hops[origin]
            gone += value
        self.total -= gone
        return tuple(taken)


class Haircut(_Sums):
    """Rolling pro rata: every origin, unidentified included, leaves in proportion to its share (M15)."""

    __slots__ = ()

    def take(self, value: int) -> tuple[Lot, ...]:
        """Remove from every origin by M16."""
        if value > self.total:
            raise short(value, self.total)
        held = self._held
        if len(held) == 1:
            return self._remove([(next(iter(held)), value)])
        if not value:
            return ()
        return self._remove(zip(tuple(held), shares(held.values(), value, self.total), strict=True))


class Libr(_Sums):
    """Lowest intermediate balance rule: unidentified value leaves first, then traced value pro rata (M14).

    Assumes that all unidentified value was the wrongdoer's.
    """

    __slots__ = ()

    def take(self, value: int) -> tuple[Lot, ...]:
        """Remove unidentified value first, and the rest from the origins by M16."""
        if value > self.total:
            raise short(value, self.total)
        free = min(self._held.get(None, 0), value)
        rest = value - free
        if not rest:
            return self._remove([(None, free)])
        traced = [origin for origin in self._held if origin is not None]
        parts = shares([self._held[origin] for origin in traced], rest, self.total - self._held.get(None, 0))
        share = dict(zip(traced, parts, strict=True))
        return self._remove([(origin, free if origin is None else share[origin]) for origin in tuple(self._held)])


class LibrFifo:
    """LIBR that shares between several origins by age (M14, option `libr_between = "fifo"`).

    The lots keep their places, so that age goes with them; the least hop is the origin's (M25).
    """

    __slots__ = ("_hops", "_row", "total")

    def __init__(self) -> None:
        """Start empty."""
        self._row: list[tuple[int, Origin]] = []
        self._hops: dict[Origin, int] = {}
        self.total = 0

    def put(self, lots: Iterable[Lot]) -> None:
        """Add lots; a neighbour of the same origin grows."""
        row, hops = self._row, self._hops
        for value, origin, hop in lots:
            if not value:
                continue
            self.total += value
            hops[origin] = min(hops.get(origin, hop), hop)
            if row and row[-1][1] == origin:
                row[-1] = (row[-1][0] + value, origin)
            else:
                row.append((value, origin))

    def take(self, value: int) -> tuple[Lot, ...]:
        """Remove unidentified value first, and the rest from the oldest traced lots."""
        if value > self.total:
            raise short(value, self.total)
        free = min(value, sum(held for held, origin in self._row if origin is None))
        due = {True: free, False: value - free}
        taken, kept = list[Lot](), list[tuple[int, Origin]]()
        for held, origin in self._row:
            part = min(held, due[origin is None])
            due[origin is None] -= part
            if part:
                taken.append(Lot(part, origin, self._hops[origin]))
            if part < held:
                kept.append((held - part, origin))
        self._row = kept
        self.total -= value
        staying = {origin for _, origin in kept}
        self._hops = {origin: hop for origin, hop in self._hops.items() if origin in staying}
        return tuple(taken)

    def lots(self) -> tuple[Lot, ...]:
        """What lies there, oldest first."""
        return tuple(Lot(value, origin, self._hops[origin]) for value, origin in self._row)
