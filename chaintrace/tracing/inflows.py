"""Account chains backward: a pool run forward once, each inflow its own origin, gives the parts of its outflows."""

from collections.abc import Iterator, Sequence

from chaintrace.accounting import Haircut
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Coverage, Gap
from chaintrace.model.trace import Limits, Lot, Options, Origin
from chaintrace.model.transaction import PENDING_RANK, Movement
from chaintrace.model.view import History, View
from chaintrace.tracing.accounts import merged
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.flows import End, Flow, Parts
from chaintrace.tracing.openings import opening, opening_gap
from chaintrace.tracing.wallets import Wallets

OPENING = "opening"
"""The origin of what lay in a pool before its first movement: the oldest."""


class Pooled:
    """One pool's movements with the running balance: which inflows lie there when an outflow leaves (M5, M9)."""

    def __init__(self, histories: Sequence[History], movements: Sequence[Movement]) -> None:
        """`movements` are those of all `histories`, in chain order, each once."""
        self.addresses = frozenset(history.account.address for history in histories)
        self.name = ";".join(sorted(self.addresses))
        self.asset = histories[0].account.asset
        self.coverage: tuple[Coverage, ...] = tuple(cover for history in histories for cover in history.coverage)
        self.movements = movements
        known = [history.opening for history in histories]
        total = None if None in known else sum(value or 0 for value in known)
        self.known = total is not None
        opened = opening(movements, self.addresses, None, total)
        self.opening, self.outflows = opened.value, opened.outflows
        self.implied = opened.implied
        self.places = {
            (movement.transaction.txid, movement.transfer.index): place for place, movement in enumerate(movements)
        }
        self.since = self._since()
        self.needed: set[int] = set()
        self._flows: dict[Origin, Flow | None] = {OPENING: None}
        self._parts: dict[int, Parts] = {}
        # In one search backward: the part of the history that is being marked, and the least step of its outflows.
        self.marked: int | None = None
        self.least = 0

    def covered(self, rank: int) -> bool:
        """Whether some source holds every movement of the pool at `rank`; what is pending comes after every block."""
        return any(cover.start <= rank and (rank <= cover.end or rank == PENDING_RANK) for cover in self.coverage)

    def change(self, place: int) -> int:
        """By how much a movement changes the balance: 0 for one that stays inside the pool (M8)."""
        transfer = self.movements[place].transfer
        value = transfer.value or 0
        leaves = bool(transfer.inputs) and transfer.inputs[0].address in self.addresses
        arrives = bool(transfer.outputs) and transfer.outputs[0].address in self.addresses
        return value * (arrives - leaves)

    def _since(self) -> list[int]:
        """For each movement, the first one after the pool was last empty: nothing older can leave with it."""
        since, first, balance = [], 0, self.opening
        for place in range(len(self.movements)):
            since.append(first)
            balance += self.change(place)
            if not balance:
                first = place + 1
        return since

    def flow(self, place: int) -> Flow:
        """The inflow at a place; always the same object."""
        known = self._flows.get(str(place))
        if known is None:
            tx, transfer = self.movements[place].transaction, self.movements[place].transfer
            leg = transfer.outputs[0]
            value = transfer.value or 0
            known = Flow(tx.chain, tx.txid, transfer.index, self.asset, value, leg.address, self.movements[place])
            self._flows[str(place)] = known
        return known

    def parts(self, place: int) -> Parts:
        """By haircut, which inflows (their places as text) and how much of the opening leave with an outflow."""
        if place not in self._parts:
            self._run()
        return self._parts[place]

    def _run(self) -> None:
        """Run the pool forward over what the needed outflows depend on, and keep what leaves with each."""
        pool, at = Haircut(), -1
        for place in sorted(self.needed):
            first = self.since[place]
            if at < first:
                pool, at = Haircut(), first
                if not first:
                    pool.put((Lot(self.opening, OPENING, 0),))
            for earlier in range(at, place):
                change = self.change(earlier)
                if change > 0:
                    self.flow(earlier)
                    pool.put((Lot(change, str(earlier), 0),))
                elif change:
                    pool.take(-change)
            left = pool.take(-self.change(place))
            self._parts[place] = Parts([self._flows[lot[1]] for lot in left], [lot[0] for lot in left])
            at = place + 1


class Inflows:
    """The way back on account chains: where it ends, what it can reach, and how a flow divides."""

    def __init__(self, view: View, limits: Limits, options: Options, arrivals: Arrivals) -> None:
        """No pool is loaded yet."""
        self._view = view
        self._limits = limits
        self._arrivals = arrivals
        self._wallets = Wallets(options, arrivals.stop)
        self._pools: dict[tuple[str, str, str], Pooled | None] = {}

    def begin(self) -> None:
        """Forget the marks of the search before; pools stay."""
        for pool in self._pools.values():
            if pool is not None:
                pool.marked = None

    def inside(self, movement: Movement) -> bool:
        """Whether a movement stays inside one pool: an address to itself, or inside a declared wallet (M8)."""
        transfer = movement.transfer
        if not transfer.inputs or not transfer.outputs:
            return False
        return self._wallets.inside(transfer.asset.chain, transfer.inputs[0].address, transfer.outputs[0].address)

    def hop(self, flow: Flow) -> int:
        """The least number of steps from a seed back to a flow that was reached."""
        receiver = self.pool(Account(flow.address, flow.asset))
        return receiver.least + 1 if receiver is not None else 0

    def end(self, flow: Flow, hop: int) -> End | None:
        """Why the way back ends at a flow, the first rule that applies; None where it goes on."""
        if flow.movement is None or not flow.movement.transfer.inputs:
            return flow.end("mint", "", hop)
        sender = flow.movement.transfer.inputs[0].address
        stop = self._arrivals.stop(flow.chain, sender)
        if stop is not None:
            return flow.end("stop", sender, hop + 1, stop[0])
        if hop + 1 >= self._limits.max_hops:
            return self.limit(flow, hop)
        pool = self.pool(Account(sender, flow.asset))
        if pool is None or not pool.covered(flow.order[0]):
            return flow.end("history not in the sources", sender, hop + 1)
        return None

    def limit(self, flow: Flow, hop: int) -> End:
        """The way back ends at the sender because a limit is met."""
        sender = flow.movement.transfer.inputs[0].address if flow.movement is not None else ""
        return flow.end("limit", sender, hop + 1)

    def reach(self, flow: Flow, hop: int) -> Iterator[Flow]:
        """The inflows that lay in the sender's pool when the flow left, each once: what poison would mark backward."""
        pool = self._sender(flow)
        place = pool.places[flow.txid, flow.index]
        pool.needed.add(place)
        first = pool.since[place]
        if pool.marked == first:  # a later outflow of the same stretch has reached all of them
            pool.least = min(pool.least, hop)
            return
        pool.marked, pool.least = first, hop
        for earlier in range(place - 1, first - 1, -1):
            if pool.change(earlier) > 0:
                yield pool.flow(earlier)

    def opening(self, flow: Flow, hop: int) -> End:
        """The opening of the pool that a flow left, as a source of it."""
        pool = self._sender(flow)
        return End("opening", pool.asset, pool.name, "", "", None, None, pool.opening, hop + 1, ())

    def assumed(self, flow: Flow) -> Gap | None:
        """The opening of the pool that a flow left, where nobody knows it and the least one was taken (M9)."""
        pool = self._sender(flow)
        return opening_gap(pool.asset, pool.name, pool.opening) if pool.implied else None

    def parts(self, flow: Flow) -> Parts:
        """What a flow was made of when it left its sender's pool, by haircut."""
        pool = self._sender(flow)
        return pool.parts(pool.places[flow.txid, flow.index])

    def _sender(self, flow: Flow) -> Pooled:
        """The pool that a flow left; asked only for flows whose way back goes on."""
        if flow.movement is None or (pool := self.pool(self._account(flow.movement))) is None:
            message = f"the way back of {flow.txid} {flow.index} was to end there"
            raise AssertionError(message)
        return pool

    def _account(self, movement: Movement) -> Account:
        return Account(movement.transfer.inputs[0].address, movement.transfer.asset)

    def pool(self, account: Account) -> Pooled | None:
        """The pool of an account, or of its declared wallet; None where no source holds the account's history."""
        key = (account.chain, account.asset.contract, account.address)
        if key not in self._pools:
            pool = self._load(account)
            for address in pool.addresses if pool is not None else (account.address,):
                self._pools[account.chain, account.asset.contract, address] = pool
        return self._pools[key]

    def _load(self, account: Account) -> Pooled | None:
        """Load a pool, a wallet's with its other members; None where the history of one of them is missing (M10)."""
        together = self._wallets.together(account.chain, account.address)
        found = [self._view.history(Account(address, account.asset)) for address in together]
        histories = [history for history in found if isinstance(history, History)]
        if len(histories) < len(found):
            return None
        return Pooled(histories, [movement for movement in merged(histories) if self._exists(movement)])

    def _exists(self, movement: Movement) -> bool:
        """Whether a movement is not after `until` (M25)."""
        time, until = movement.transaction.time, self._limits.until
        return until is None or time is None or time <= until
