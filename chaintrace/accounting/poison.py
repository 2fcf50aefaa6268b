"""Poison: a screen that marks, and never a sum (docs/method.md, M17)."""

from collections.abc import Iterable

from chaintrace.accounting.interface import short
from chaintrace.model.trace import Lot, Origin


class Poison:
    """Marks, not an allocation: whatever leaves while marked is marked whole, for every origin (M17).

    The lots of one receipt each show the whole value, so they are no sum; `total` is the balance.
    """

    __slots__ = ("_hops", "total")

    def __init__(self) -> None:
        """Start empty and unmarked."""
        self._hops: dict[Origin, int] = {}
        self.total = 0

    def put(self, lots: Iterable[Lot]) -> None:
        """Add one receipt: its value is that of its largest lot, its marks are the lots' origins."""
        lots = tuple(lots)
        value = max((lot.value for lot in lots), default=0)
        if not value:
            return
        self.total += value
        for _, origin, hop in lots:
            if origin is not None:
                self._hops[origin] = min(self._hops.get(origin, hop), hop)

    def take(self, value: int) -> tuple[Lot, ...]:
        """Remove `value`: the whole of it for every mark. An empty pool is no longer marked."""
        if value > self.total:
            raise short(value, self.total)
        self.total -= value
        taken = tuple(Lot(value, origin, hop) for origin, hop in self._hops.items()) if value else ()
        if not self.total:
            self._hops.clear()
        return taken or ((Lot(value, None, 0),) if value else ())

    def lots(self) -> tuple[Lot, ...]:
        """The balance, whole, for every mark."""
        return tuple(Lot(self.total, origin, hop) for origin, hop in self._hops.items()) if self.total else ()
