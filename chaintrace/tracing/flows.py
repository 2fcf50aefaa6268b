"""The nouns of the way back (M28): a flow is value that arrived once, an end is where its way ends; and their order."""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset
from chaintrace.model.sensitivity import SourceKind
from chaintrace.model.transaction import Movement, Order, Transaction

UNKNOWN: Order = (-1, 0, 0)
"""The place in chain order of a transaction that is not in the sources: before all that are."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Value that arrived in one movement: a transfer of an account chain, one output of a UTXO chain (M1).

    `value` is in base units, `address` the receiver's. `movement` is None where the transaction is not in the sources.
    """

    chain: str
    txid: str
    index: str
    asset: Asset = field(compare=False)
    value: int = field(compare=False)
    address: str = field(compare=False)
    movement: Movement | None = field(compare=False)

    @property
    def order(self) -> Order:
        """The place in chain order (M2)."""
        return self.movement.order if self.movement is not None else UNKNOWN

    @property
    def transaction(self) -> Transaction | None:
        """The transaction, None where it is not in the sources."""
        return self.movement.transaction if self.movement is not None else None

    def end(self, kind: SourceKind, address: str, hop: int, tags: tuple[Tag, ...] = ()) -> "End":
        """The way back ends at this flow."""
        tx = self.transaction
        time, height = (tx.time, tx.height) if tx is not None else (None, None)
        return End(kind, self.asset, address, self.txid, self.index, time, height, self.value, hop, tags)


class End(NamedTuple):
    """Where a way back ends, and why: all of a `SourceShare` but the origin and the value."""

    kind: SourceKind
    asset: Asset
    address: str
    txid: str
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    time: int | None
    height: int | None
    reach: int
    hop: int
    tags: tuple[Tag, ...]


class Parts(NamedTuple):
    """What a flow was made of, oldest first: earlier flows (None for the pool's opening), and how much of each.

    Two lists of equal length, for a busy pool has millions of parts. Values are in base units and sum to the flow's.
    """

    flows: list[Flow | None]
    values: list[int]


class _Names(tuple[str, str]):
    """A txid and an index, the last one first: they part what has one order (`Movement.where`)."""

    __slots__ = ()

    def __lt__(self, other: tuple[str, ...]) -> bool:
        return tuple.__gt__(self, other)


class Latest:
    """Flows, the latest in chain order first, each once while it waits."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._heap: list[tuple[tuple[int, int, int], _Names, str]] = []
        self._waiting: dict[tuple[str, str, str], Flow] = {}

    def add(self, flow: Flow) -> None:
        """Let a flow wait."""
        key = (flow.chain, flow.txid, flow.index)
        if key not in self._waiting:
            self._waiting[key] = flow
            rank, position, place = flow.order
            heappush(self._heap, ((-rank, -position, -place), _Names(key[1:]), flow.chain))

    def pop(self) -> Flow | None:
        """The latest flow that waits; None where none does."""
        if not self._heap:
            return None
        _, (txid, index), chain = heappop(self._heap)
        return self._waiting.pop((chain, txid, index))
