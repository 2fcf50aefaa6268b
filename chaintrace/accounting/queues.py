"""FIFO and LIFO: lots in order of arrival, neighbours of one origin merged (docs/method.md, M12-M13)."""

from collections import deque
from collections.abc import Iterable

from chaintrace.accounting.interface import short
from chaintrace.model.trace import Lot


class _Queue:
    """Lots in order of arrival, neighbours of one origin merged with their least hop (M25)."""

    __slots__ = ("_lots", "total")

    def __init__(self) -> None:
        self._lots: deque[Lot] = deque()
        self.total = 0

    def put(self, lots: Iterable[Lot]) -> None:
        mine = self._lots
        for lot in lots:
            value, origin, hop = lot
            if not value:
                continue
            self.total += value
            last = mine[-1] if mine else None
            if last is not None and last[1] == origin:
                mine[-1] = Lot(last[0] + value, origin, min(last[2], hop))
            else:
                mine.append(lot)

    def lots(self) -> tuple[Lot, ...]:
        return tuple(self._lots)


class Fifo(_Queue):
    """First in, first out: the oldest lots leave first (M12)."""

    __slots__ = ()

    def take(self, value: int) -> tuple[Lot, ...]:
        """Remove from the front."""
        if value > self.total:
            raise short(value, self.total)
        self.total -= value
        mine, taken = self._lots, []
        while value:
            lot = mine[0]
            held = lot[0]
            if held <= value:
                taken.append(mine.popleft())
                value -= held
            else:
                taken.append(Lot(value, lot[1], lot[2]))
                mine[0] = Lot(held - value, lot[1], lot[2])
                break
        return tuple(taken)


class Lifo(_Queue):
    """Last in, first out: the newest lots leave first, and travel on oldest first (M13)."""

    __slots__ = ()

    def take(self, value: int) -> tuple[Lot, ...]:
        """Remove from the back."""
        if value > self.total:
            raise short(value, self.total)
        self.total -= value
        mine, taken = self._lots, []
        while value:
            lot = mine[-1]
            held = lot[0]
            if held <= value:
                taken.append(mine.pop())
                value -= held
            else:
                taken.append(Lot(value, lot[1], lot[2]))
                mine[-1] = Lot(held - value, lot[1], lot[2])
                break
        taken.reverse()
        return tuple(taken)
