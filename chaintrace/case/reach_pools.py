"""The bound of one account pool: at most how much traced value lies there before each of its movements.

What arrives adds its bound, an outflow takes along the smaller one of its value and of what may lie there. What left
need not have been traced, so that only the balance lowers the bound: where that is known, no more lies there than it,
and a sweep to zero empties it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from chaintrace.case.bounds import Bound
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import PENDING_RANK, Movement, Order, Transaction, Transfer
from chaintrace.store.merging import Unequal, merged
from chaintrace.tracing.openings import opening

EMPTY = Bound(0, 0)


class What(NamedTuple):
    """What a transfer of one asset is, however a telling names it: the ordinal counts equal ones of a transaction."""

    txid: str
    sender: str
    receiver: str
    value: int
    ordinal: int


class Held(NamedTuple):
    """What is held of a pool's members: tellings, coverage, and the opening before the rank `start` (None: not known).

    `is_whole` is False where more of its movements may be known elsewhere, so that no opening can be inferred.
    """

    tellings: Sequence[Transaction]
    coverage: tuple[Coverage, ...]
    opening: int | None
    start: int
    is_whole: bool


class Flow(NamedTuple):
    """A transfer of the pool's asset that touches it, and by how much it changes the balance (0: it stays inside)."""

    movement: Movement
    what: What
    change: int


class BoundedPool:
    """One address's, or one wallet's, balance of an asset: what is known of it, and the bound before each movement."""

    def __init__(self, asset: Asset, addresses: tuple[str, ...], exists: Callable[[int | None], bool]) -> None:
        """Nothing arrived and nothing is known. `exists` says of a time whether what happens then is traced."""
        self.asset = asset
        self.addresses = addresses
        self.inflows: dict[What, tuple[Movement, Bound]] = {}
        self.looked = PENDING_RANK + 1
        self._exists = exists
        self._held: Held | None = None
        self._tellings: dict[str, Transaction] = {}
        self._flows: list[Flow] = []
        self._places: dict[What, int] = {}
        self._before: list[Bound | None] = []
        self._balances: list[int] | None = None
        self._left: dict[What, Bound] = {}
        self._changed: list[int] = []
        self._is_stale = False

    @property
    def is_loose(self) -> bool:
        """Whether its balance is not known, though it could be: by a view that has all that was told."""
        return self._held is not None and self._held.opening is None and not self._held.is_whole

    def covered(self, rank: int) -> bool:
        """Whether some source holds every movement at a rank; what is pending comes after every block."""
        held = self._held.coverage if self._held is not None else ()
        return any(cover.start <= rank and (rank <= cover.end or rank == PENDING_RANK) for cover in held)

    def uncovered(self) -> tuple[int, int]:
        """The least rank of what arrived where no history is held, and at most how much of that is traced."""
        left = [(movement.order[0], bound.value) for movement, bound in self.inflows.values()]
        left = [one for one in left if not self.covered(one[0])]
        return min((rank for rank, _ in left), default=PENDING_RANK), sum(value for _, value in left)

    def load(self, held: Held) -> None:
        """Take up a history; what was learned of it before stays."""
        self._held = held
        for telling in held.tellings:
            self._tell(telling)
        self._is_stale = True

    def take(self, telling: Transaction) -> None:
        """Take in what is told of a transaction that touches the pool."""
        if self._held is not None and self._tell(telling):
            self._is_stale = True

    def receive(self, movement: Movement, what: What, bound: Bound) -> None:
        """Raise the bound of what arrives."""
        self.inflows[what] = (movement, bound)
        if not self.covered(movement.order[0]):
            return
        if what not in self._places:
            self._tell(movement.transaction)
            self._is_stale = True
        elif not self._is_stale:
            heappush(self._changed, self._places[what])

    def next(self) -> Order | None:
        """The place in the chain of the first movement that is to be seen again; None where none is."""
        if self._is_stale:
            self._arrange()
        return self._flows[self._changed[0]].movement.order if self._changed else None

    def walk(self, ahead: Callable[[Order], bool]) -> Iterator[tuple[Movement, What, Bound]]:
        """See movements again from the first changed one on; what leaves with a higher bound than before.

        It pauses before a movement that something else is `ahead` of.
        """
        while self.next() is not None:
            place = heappop(self._changed)
            if ahead(self._flows[place].movement.order):
                heappush(self._changed, place)
                return
            while self._changed and self._changed[0] == place:
                heappop(self._changed)
            flow, before = self._flows[place], self._before[place] or EMPTY
            after = self._after(place, flow, before)
            if self._before[place + 1] != after:
                self._before[place + 1] = after
                if place + 1 < len(self._flows):
                    heappush(self._changed, place + 1)
            if flow.change < 0 and before.value:
                bound = Bound(min(-flow.change, before.value), before.hop + 1)
                known = self._left.get(flow.what)
                if known is None or known.raised(bound) != known:
                    self._left[flow.what] = bound if known is None else known.raised(bound)
                    yield flow.movement, flow.what, self._left[flow.what]

    def _after(self, place: int, flow: Flow, before: Bound) -> Bound:
        """The bound after a movement."""
        value, hop = before
        if flow.change > 0 and flow.what in self.inflows and self.covered(flow.movement.order[0]):
            bound = self.inflows[flow.what][1]
            hop = min(hop, bound.hop) if value else bound.hop
            value += bound.value
        if self._balances is not None:
            value = min(value, self._balances[place])
        return Bound(value, hop) if value else EMPTY

    def _tell(self, telling: Transaction) -> bool:
        """Unite a telling with what is known of its transaction; whether that says anything new of the pool."""
        known = self._tellings.get(telling.txid)
        if known is None:
            self._tellings[telling.txid] = telling
            return True
        if known is telling or known.transfers == telling.transfers:
            return False
        try:
            united = merged(known, telling)
        except Unequal:
            return False
        self._tellings[telling.txid] = united
        return self._own(known) != self._own(united)

    def _own(self, transaction: Transaction) -> list[Transfer]:
        """The transfers that touch the pool."""
        mine = self.addresses
        return [
            transfer
            for transfer in transaction.transfers
            if transfer.asset == self.asset
            and any(leg.address in mine for leg in (*transfer.inputs, *transfer.outputs))
        ]

    def _arrange(self) -> None:
        """Put the movements in chain order; all of them are to be seen again."""
        held, self._is_stale = self._held, False
        start = held.start if held is not None else 0
        movements = sorted(
            (
                Movement(transfer.order, telling, transfer)
                for telling in self._tellings.values()
                if self._exists(telling.time)
                for transfer in self._own(telling)
                if transfer.order[0] >= start
            ),
            key=lambda movement: movement.where,
        )
        self._flows = self._named(movements)
        self._places = {flow.what: place for place, flow in enumerate(self._flows)}
        self._before = [EMPTY, *[None] * len(movements)]
        self._balances = None if held is None or self.is_loose else self._running(movements, held.opening)
        self._changed = [0] if movements else []

    def _named(self, movements: Sequence[Movement]) -> list[Flow]:
        """The movements with their names, and what each does to the balance."""
        equal: Counter[tuple[str, str, str, int]] = Counter()
        flows = []
        for movement in movements:
            named = named_by(movement)
            leaves, arrives = named[1] in self.addresses, named[2] in self.addresses
            if movement.transfer.inputs and movement.transfer.outputs and leaves and arrives:
                change = 0
            else:
                change = named[3] if arrives and movement.transfer.outputs else -named[3]
            flows.append(Flow(movement, What(*named, equal[named]), change))
            equal[named] += 1
        return flows

    def _running(self, movements: Sequence[Movement], known: int | None) -> list[int]:
        """The balance after each movement, as the tracer counts it (M9)."""
        balance, balances = opening(movements, self.addresses, None, known).value, list[int]()
        for flow in self._flows:
            balance += flow.change
            balances.append(balance)
        return balances


def named_by(movement: Movement) -> tuple[str, str, str, int]:
    """A movement by its txid, sender, receiver and value; `""` for nobody."""
    transfer = movement.transfer
    sender = transfer.inputs[0].address if transfer.inputs else ""
    receiver = transfer.outputs[0].address if transfer.outputs else ""
    return movement.transaction.txid, sender, receiver, transfer.value or 0


def what_of(movement: Movement) -> What:
    """A movement's name among those of its transaction."""
    named, asset, ordinal = named_by(movement), movement.transfer.asset, 0
    for transfer in movement.transaction.transfers:
        if transfer is movement.transfer or transfer.index == movement.transfer.index:
            break
        other = Movement(transfer.order, movement.transaction, transfer)
        ordinal += transfer.asset == asset and named_by(other) == named
    return What(*named, ordinal)
