"""Which accounts could be reached, and by how much at most: the part of the upper bound that lies on account chains."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import partial
from heapq import heappop, heappush
from typing import TypeAlias

from chaintrace.case.bounds import Bound, Ends
from chaintrace.case.reach_pools import BoundedPool, Held, What, what_of
from chaintrace.model.chain import Account, Asset
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import Options
from chaintrace.model.transaction import PENDING_RANK, Movement, Order, Transaction
from chaintrace.model.view import History, MissingHistory, View
from chaintrace.store.merging import Unequal, merged
from chaintrace.tracing.wallets import Wallets

PoolKey: TypeAlias = tuple[str, str, str]
"""chain, contract and address."""

Waiting: TypeAlias = Callable[[MissingHistory, int], None]
"""A question, and at most how much waits for it, in base units (0: nothing any more)."""

NEVER = PENDING_RANK + 1
"""The rank from which on a pool's history was looked for, while it was not."""


class AccountReach:
    """The bound of every pool that seeds could reach, and the histories that have to be asked for to go on."""

    def __init__(self, view: View, ends: Ends, options: Options, wait: Waiting) -> None:
        """Nothing is reached yet. `wait` is told of every question that stands in the way."""
        self.seen: set[tuple[str, str]] = set()
        self._view = view
        self._ends = ends
        self._wait = wait
        self._wallets = Wallets(options, ends.is_stop)
        self._pools: dict[PoolKey, BoundedPool] = {}
        self._asked: dict[PoolKey, MissingHistory] = {}
        self._told: dict[tuple[str, str], Transaction] = {}
        self._touching: dict[PoolKey, dict[str, None]] = {}
        self._covered: dict[PoolKey, list[Coverage]] = {}
        self._agenda: list[tuple[str, Order, str, str]] = []

    def arrive(self, movement: Movement, what: What, bound: Bound) -> None:
        """Raise the bound of what a transfer brings to its receiver; `grow` sees what that changes."""
        tx, transfer = movement.transaction, movement.transfer
        self.seen.add((tx.chain, tx.txid))
        if not transfer.outputs:  # a burn or a fee
            return
        address = transfer.outputs[0].address
        pool = self._pool(transfer.asset, address)
        if transfer.inputs and transfer.inputs[0].address in pool.addresses:
            return
        known = pool.inflows.get(what)
        raised = bound if known is None else known[1].raised(bound)
        if (known is None or raised != known[1]) and not self._ends.ends(transfer.asset, address, raised):
            pool.receive(movement, what, raised)
            self._onward(pool, movement.order[0])

    def start(self, movement: Movement) -> None:
        """A seed's transfer, with its whole value."""
        self.arrive(movement, what_of(movement), Bound(movement.transfer.value or 0, 0))

    def learn(self, transactions: Iterable[Transaction], coverage: Iterable[Coverage]) -> None:
        """Take in what was told: movements of any accounts, and whose histories are whole now, from some rank on."""
        changed: dict[PoolKey, None] = {}
        for told in transactions:
            if told.utxo is None:
                changed.update(dict.fromkeys(self._take(told)))
        for cover in coverage:
            for address in cover.addresses or ():
                for contract in cover.contracts or ():
                    key = (cover.chain, contract, address)
                    self._covered.setdefault(key, []).append(cover)
                    changed.setdefault(key)
                    self._forget(key)
        for key in changed:
            pool = self._pools.get(key)
            if pool is not None:
                self._look(pool)
                self._plan(pool)

    def ask_on(self, account: Account) -> None:
        """A question about an account was answered in some way: what still waits there may be another one now."""
        key = _key(account)
        self._forget(key)
        pool = self._pools.get(key)
        if pool is not None:
            self._look(pool)
            self._plan(pool)

    def _forget(self, key: PoolKey) -> None:
        """Look for the history of a pool as if nobody had looked before."""
        pool = self._pools.get(key)
        if pool is not None:
            pool.looked = NEVER

    def confirm(self, view: View, missing: Iterable[MissingHistory]) -> None:
        """Go on with a view that has all that was learned, and with the questions that exact traces found missing.

        It knows balances that a single answer leaves open.
        """
        self._view = view
        self._asked.update((_key(question.account), question) for question in missing)
        self._told.clear()
        self._touching.clear()
        self._covered.clear()
        for pool in dict.fromkeys(self._pools.values()):
            if pool.is_loose:
                self._look(pool, anew=True)
                self._plan(pool)

    def grow(self) -> None:
        """See every movement again before which a bound was raised, in chain order."""
        while self._agenda:
            _, _, contract, address = entry = heappop(self._agenda)
            pool = self._pools[entry[0], contract, address]
            for movement, what, bound in pool.walk(partial(self._is_behind, entry[0])):
                self.arrive(movement, what, bound)
            self._plan(pool)

    def _is_behind(self, chain: str, order: Order) -> bool:
        """Whether something earlier in a chain waits."""
        return bool(self._agenda) and self._agenda[0][:2] < (chain, order)

    def _plan(self, pool: BoundedPool) -> None:
        """Put a pool on the agenda where a movement of it is to be seen again."""
        order = pool.next()
        if order is not None:
            heappush(self._agenda, (pool.asset.chain, order, pool.asset.contract, pool.addresses[0]))

    def _pool(self, asset: Asset, address: str) -> BoundedPool:
        """The pool of an address, or of its declared wallet; a stop is part of none (M21)."""
        key = (asset.chain, asset.contract, address)
        if key not in self._pools:
            pool = BoundedPool(asset, self._wallets.together(asset.chain, address), self._ends.exists)
            for member in pool.addresses:
                self._pools[asset.chain, asset.contract, member] = pool
        return self._pools[key]

    def _onward(self, pool: BoundedPool, rank: int) -> None:
        """After something arrived: its movements are to be seen again, or its history is looked for."""
        if not pool.covered(rank):
            self._look(pool)
        self._plan(pool)

    def _look(self, pool: BoundedPool, *, anew: bool = False) -> None:
        """Take up a pool's history from the first arrival on that it does not cover; ask for what is not held."""
        rank, value = pool.uncovered()
        if not (value or anew):
            return
        if rank >= pool.looked and not anew:
            asked = (self._asked.get(_key(Account(address, pool.asset))) for address in pool.addresses)
            self._ask(value, [question for question in asked if question is not None])
            return
        pool.looked = rank
        found = [self._held(Account(address, pool.asset), rank) for address in pool.addresses]
        missing = [one for one in found if isinstance(one, MissingHistory)]
        self._drop(pool, missing)
        if missing:
            self._ask(value, missing)
        else:
            pool.load(_united([one for one in found if isinstance(one, Held)]))

    def _drop(self, pool: BoundedPool, missing: Container[MissingHistory]) -> None:
        """Let no question wait any more that is not missing now."""
        for address in pool.addresses:
            key = _key(Account(address, pool.asset))
            before = self._asked.get(key)
            if before is not None and before not in missing:
                del self._asked[key]
                self._wait(before, 0)

    def _ask(self, value: int, missing: Iterable[MissingHistory]) -> None:
        """Let questions wait."""
        for question in missing:
            self._asked[_key(question.account)] = question
            self._wait(question, value)

    def _take(self, told: Transaction) -> Iterator[PoolKey]:
        """Keep a telling until the view has it; the pools that learn something of it."""
        key = (told.chain, told.txid)
        known = self._told.get(key)
        self._told[key] = told if known is None else _merged(known, told)
        for transfer in told.transfers:
            for leg in (*transfer.inputs, *transfer.outputs):
                touched = (told.chain, transfer.asset.contract, leg.address)
                self._touching.setdefault(touched, {})[told.txid] = None
                pool = self._pools.get(touched)
                if pool is not None:
                    pool.take(told)
                    yield touched

    def _held(self, account: Account, rank: int) -> Held | MissingHistory:
        """What is held of an account's history from a rank on: by the view, or by what was learned since."""
        key = _key(account)
        learned = [self._told[account.chain, txid] for txid in self._touching.get(key, ())]
        found = self._view.history(account, rank)
        if isinstance(found, History):
            tellings = {movement.transaction.txid: movement.transaction for movement in found.movements}
            starts = [cover.start for cover in found.coverage if cover.opening is not None]
            start = min(starts, default=0) if found.opening is not None else 0
            return Held((*tellings.values(), *learned), found.coverage, found.opening, start, is_whole=True)
        coverage = tuple(cover for cover in self._covered.get(key, ()) if cover.start <= rank)
        if not coverage:
            return found
        known = [cover for cover in coverage if cover.opening is not None]
        first = min(known, key=lambda cover: cover.start) if known else None
        if first is None:
            return Held(learned, coverage, None, 0, is_whole=False)
        return Held(learned, coverage, first.opening, first.start, is_whole=False)


def _key(account: Account) -> PoolKey:
    return account.chain, account.asset.contract, account.address


def _united(held: Sequence[Held]) -> Held:
    """What is held of a wallet: known where it is known of every member."""
    if len(held) == 1:
        return held[0]
    openings = [one.opening for one in held]
    return Held(
        [telling for one in held for telling in one.tellings],
        tuple(cover for one in held for cover in one.coverage),
        None if None in openings else sum(opening or 0 for opening in openings),
        min(one.start for one in held),
        all(one.is_whole for one in held),
    )


def _merged(known: Transaction, told: Transaction) -> Transaction:
    """Two tellings as one; of two that contradict each other the first."""
    try:
        return merged(known, told)
    except Unequal:
        return known
