"""Which movement comes next: chain order inside a chain, block time and name between chains (M2)."""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import TypeAlias

from chaintrace.model.transaction import Movement, Order

_Entry: TypeAlias = tuple[Order, str, str, int, Movement, Iterator[Movement]]
"""A movement's order, txid and index, the number of its history, the movement, and what follows in that history."""


class Agenda:
    """Movements still to be seen, in chain order; between chains by block time, then by the chain's name (M2)."""

    def __init__(self, until: int | None) -> None:
        """`until` is inclusive, in Unix seconds: later movements do not exist (M25).

        `is_waiting` says of a movement that it brings what has not gone out yet, on another chain (M2, M23).
        """
        self._until = until
        self.is_waiting: Callable[[Movement], bool] | None = None
        self._heaps: dict[str, list[_Entry]] = {}
        self._count = count()

    def exists(self, movement: Movement) -> bool:
        """Whether the movement is not after `until`."""
        time = movement.transaction.time
        return self._until is None or time is None or time <= self._until

    def add(self, movement: Movement) -> None:
        """Put a movement on the agenda; one that does not exist is left out."""
        if self.exists(movement):
            self.follow(iter((movement,)))

    def follow(self, movements: Iterator[Movement]) -> None:
        """Put a history on the agenda: movements of one chain that exist, in chain order."""
        first = next(movements, None)
        if first is not None:
            heap = self._heaps.setdefault(first.transaction.chain, [])
            heappush(heap, _entry(first, next(self._count), movements))

    def __iter__(self) -> Iterator[Movement]:
        """Every movement once, however many histories hold it; what is added meanwhile too."""
        heaps = self._heaps
        seen: dict[str, tuple[Order, str, str]] = {}
        while heaps:
            chain = next(iter(heaps)) if len(heaps) == 1 else min(heaps, key=self._head)
            heap = heaps[chain]
            order, txid, index, number, movement, rest = heap[0]
            following = next(rest, None)
            if following is not None:
                heapreplace(heap, _entry(following, number, rest))
            elif len(heap) > 1:
                heappop(heap)
            else:
                del heaps[chain]
            name = (order, txid, index)
            if seen.get(chain) != name:
                seen[chain] = name
                yield movement

    def _head(self, chain: str) -> tuple[bool, int, str]:
        movement = self._heaps[chain][0][4]
        waits = self.is_waiting is not None and self.is_waiting(movement)
        return (waits, movement.transaction.time or 0, chain)


def _entry(movement: Movement, number: int, rest: Iterator[Movement]) -> _Entry:
    order, transaction, transfer = movement
    return (order, transaction.txid, transfer.index, number, movement, rest)
