"""A pool of an account chain while traced value lies in it. Without any it sleeps, for then its balance says all."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain as joined
from itertools import islice

from chaintrace.accounting import Pool
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import Lot
from chaintrace.model.transaction import PENDING_RANK, Movement, Transaction, Where
from chaintrace.model.view import History


class Awake:
    """A loaded pool: its lots and its own movements. A wallet's pool has several addresses."""

    __slots__ = ("_seen", "_traced", "_turn", "addresses", "asset", "coverage", "movements", "pool", "since")

    def __init__(self, asset: Asset, histories: Sequence[History], pool: Pool, movements: Sequence[Movement]) -> None:
        """`movements` are those of all `histories`, in chain order, each once."""
        self.asset = asset
        self.addresses = tuple(sorted(history.account.address for history in histories))
        self.coverage: tuple[Coverage, ...] = tuple(joined.from_iterable(history.coverage for history in histories))
        self.movements = movements
        self.pool = pool
        self.since: dict[str, tuple[int, Transaction]] = {}
        self._traced = 0
        self._turn = 0
        self._seen = 0

    @property
    def name(self) -> str:
        """The pool's addresses as a report writes them."""
        return ";".join(self.addresses)

    def put(self, lots: Sequence[Lot], step: int, transaction: Transaction) -> None:
        """Add lots, and remember at which step of the trace, and with which transaction, each origin first arrived."""
        for lot in lots:
            if lot[1] is not None:
                self._traced += lot[0]
                self.since.setdefault(lot[1], (step, transaction))
        self.pool.put(lots)

    def covered(self, rank: int) -> bool:
        """Whether some source holds every movement of the pool at `rank`; what is pending comes after every block."""
        return any(cover.start <= rank and (rank <= cover.end or rank == PENDING_RANK) for cover in self.coverage)

    def whole(self) -> bool:
        """Whether one source covers every movement of the pool, the first and the last being the outermost."""
        if not self.movements:
            return True
        first, last = self.movements[0].order[0], self.movements[-1].order[0]
        return any(cover.start <= first and last <= cover.end for cover in self.coverage)

    def drained(self, lots: Sequence[Lot]) -> bool:
        """Note that these lots left; whether nothing traced is left behind."""
        for lot in lots:
            if lot[1] is not None:
                self._traced -= lot[0]
        return not self._traced

    def onward(self, where: Where) -> Iterator[Movement]:
        """The movements behind one that stands there, until the pool falls asleep."""
        turn = self._turn
        for movement in islice(self.movements, bisect_right(self.movements, where, key=_where), None):
            if turn != self._turn:
                return
            yield movement

    def sleep(self, where: Where) -> None:
        """Nothing traced is left after the movement that stands there: the next ones need not be seen one by one."""
        self._turn += 1
        self._seen = bisect_right(self.movements, where, key=_where)

    def slept(self, where: Where | None = None) -> Sequence[Movement]:
        """The movements that the pool slept through, up to the one that stands there (exclusive), or to the end."""
        end = len(self.movements) if where is None else bisect_left(self.movements, where, key=_where)
        return self.movements[self._seen : end]

    def wake(self, slept: Sequence[Movement], maker: Callable[[], Pool]) -> None:
        """Take up the balance as it is after the movements that it slept through, all of it unidentified."""
        balance = self.pool.total
        for _, _, transfer in slept:
            inputs, outputs = transfer.inputs, transfer.outputs
            value = (outputs or inputs)[0].value or 0
            if inputs and inputs[0].address in self.addresses:
                balance -= value
            if outputs and outputs[0].address in self.addresses:
                balance += value
        self.pool = maker()
        self.pool.put((Lot(balance, None, 0),))


def _where(movement: Movement) -> Where:
    return movement.where
