"""Who could be reached, and by how much at most: an upper bound that grows with the facts and costs less than a trace.

An output's bound is the smaller one of its value and of the sum of its transaction's input bounds, so that it is never
below what any method puts there. What ends a trace (M21-M25) ends the bound too, where it ends all of it.
"""

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Limits, Seed
from chaintrace.model.transaction import Leg, Order, Transaction
from chaintrace.model.view import Missing, MissingSpender, MissingTransaction, View
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.record import Record
from chaintrace.tracing.seeds import Starts

TxKey: TypeAlias = tuple[str, str]
"""chain and txid."""


class Bound(NamedTuple):
    """At most this value, in base units, after at least this many hops."""

    value: int
    hop: int


class Reach:
    """The bound of every output that seeds could reach, and what has to be asked to go on: `frontier`, by its bound.

    It asks a view for what was known when that was made, and learns what came since.
    """

    def __init__(
        self,
        view: View,
        seeds: tuple[Seed, ...],
        limits: Limits,
        starts: Starts,
        may_ask: Callable[[Missing], bool],
    ) -> None:
        """Begin at the seeds' legs and go as far as the view's facts lead. `may_ask` says what has a place ahead."""
        self.frontier: dict[Missing, int] = {}
        self._view = view
        self._seeds = seeds
        self._limits = limits
        self._starts = starts
        self._may_ask = may_ask
        self._arrivals = Arrivals(view, seeds, limits, Record("poison", steps=False))
        self._reached: dict[OutPoint, Bound] = {}
        self._going: dict[OutPoint, Bound] = {}
        self._inputs: dict[TxKey, dict[OutPoint, Bound]] = {}
        self._waiting: dict[Missing, dict[TxKey, Transaction]] = {}
        self._bounds: dict[Missing, int] = {}
        self._seen: set[TxKey] = set()
        self._new: dict[TxKey, Transaction] = {}
        self._new_spenders: dict[OutPoint, Transaction] = {}
        self._new_unspent: set[OutPoint] = set()
        self._agenda: dict[TxKey, Transaction] = {}
        self._heap: list[tuple[str, Order, str]] = []
        for movement in starts.movements:
            self._visit(movement.transaction)
        for outpoint, several in starts.absent.items():
            leg = several[0].leg
            if not self._ends(outpoint.chain, leg, Bound(leg.value or 0, 0)):
                self._onward(outpoint, Bound(leg.value or 0, 0))
        self.grow()

    @property
    def size(self) -> int:
        """How many transactions were reached."""
        return len(self._seen)

    def learn(self, question: Missing, transactions: Iterable[Transaction], unspent: Iterable[OutPoint]) -> None:
        """Take in what came of a question: it leaves the frontier, answered or not. `grow` goes on from there."""
        self.frontier.pop(question, None)
        for outpoint in unspent:
            self._new_unspent.add(outpoint)
            self.frontier.pop(MissingSpender(outpoint), None)
        for transaction in transactions:
            self._take(transaction)
        if isinstance(question, MissingSpender) and question.outpoint in self._going:
            self._onward(question.outpoint, self._going[question.outpoint])
        for waiting in self._waiting.pop(question, {}).values():
            self._visit(waiting)

    def _take(self, transaction: Transaction) -> None:
        """A transaction that the view did not have."""
        self._new[transaction.chain, transaction.txid] = transaction
        transfer = transaction.utxo
        for leg in transfer.inputs if transfer else ():
            if isinstance(leg.holding, OutPoint):
                known = self._new_spenders.get(leg.holding)
                if known is None or known.block is None:
                    self._new_spenders[leg.holding] = transaction
                self.frontier.pop(MissingSpender(leg.holding), None)
                if leg.holding in self._going:
                    self._onward(leg.holding, self._going[leg.holding])

    def confirm(self, view: View, missing: Mapping[Missing, int]) -> None:
        """Keep of the frontier what an exact trace found missing, and add what it found besides.

        `missing` is what can still be asked, with the traced value that waits for it, in base units. `view` has every
        fact that was learned.
        """
        self._view = view
        self._new.clear()
        self._new_spenders.clear()
        self._new_unspent.clear()
        self.frontier = {question: self._bounds.get(question, value) for question, value in missing.items()}

    def grow(self) -> None:
        """Go through every transaction whose inputs' bounds have grown, in chain order."""
        while self._heap:
            chain, _, txid = heappop(self._heap)
            transaction = self._agenda.pop((chain, txid), None)
            if transaction is not None:
                self._pass(transaction)

    def _visit(self, transaction: Transaction) -> None:
        """Put a transaction on the agenda."""
        transfer, key = transaction.utxo, (transaction.chain, transaction.txid)
        if transfer is not None and key not in self._agenda:
            self._agenda[key] = transaction
            heappush(self._heap, (transaction.chain, transfer.order, transaction.txid))

    def _pass(self, transaction: Transaction) -> None:
        """From a transaction's inputs to its outputs."""
        chain, txid, transfer = transaction.chain, transaction.txid, transaction.utxo
        if transfer is None:
            return
        self._seen.add((chain, txid))
        inputs = self._inputs.get((chain, txid), {})
        total = sum(bound.value for bound in inputs.values())
        hop = min((bound.hop for bound in inputs.values()), default=0) + 1
        if total and self._lacks_values(transaction, total):
            total = 0
        for leg in transfer.outputs:
            seeded = (chain, txid, str(leg.index)) in self._starts.by_leg
            bound = Bound(leg.value or 0, 0) if seeded else Bound(min(leg.value or 0, total), hop)
            if bound.value:
                self._arrive(OutPoint(chain, txid, leg.index), leg, bound)

    def _lacks_values(self, transaction: Transaction, total: int) -> bool:
        """Whether the value of an input is not known (M11); the transactions that would tell it are asked for."""
        lacks = False
        for leg in transaction.utxo.inputs if transaction.utxo else ():
            if leg.value is None and isinstance(leg.holding, OutPoint):
                key = (leg.holding.chain, leg.holding.txid)
                parent = self._new.get(key) or self._view.transaction(*key)
                if not isinstance(parent, Transaction):
                    question = MissingTransaction(*key)
                    self._waiting.setdefault(question, {})[transaction.chain, transaction.txid] = transaction
                    self._wait(question, total)
                    lacks = True
        return lacks

    def _arrive(self, outpoint: OutPoint, leg: Leg, bound: Bound) -> None:
        """Raise an output's bound, and go on from there."""
        known = self._reached.get(outpoint, Bound(0, bound.hop))
        raised = Bound(max(known.value, bound.value), min(known.hop, bound.hop))
        if self._reached.get(outpoint) != raised:
            self._reached[outpoint] = raised
            if not self._ends(outpoint.chain, leg, raised):
                self._onward(outpoint, raised)

    def _ends(self, chain: str, leg: Leg, bound: Bound) -> bool:
        """Whether all traced value ends where it arrives, whatever the method."""
        if leg.holding is None or bound.hop >= self._limits.max_hops:
            return True
        if bound.value < self._limits.min_value.get((chain, ""), 0):
            return True
        if self._arrivals.stop(chain, leg.address) is not None:
            return True
        return all(seed.chain == chain and leg.address in seed.victim_addresses for seed in self._seeds)

    def _onward(self, outpoint: OutPoint, bound: Bound) -> None:
        """Go on to what spends an output, or wait for that to be known."""
        self._going[outpoint] = bound
        spender = self._new_spenders.get(outpoint) or (
            None if outpoint in self._new_unspent else self._view.spender(outpoint)
        )
        if isinstance(spender, Transaction):
            until, time = self._limits.until, spender.time
            if until is None or time is None or time <= until:
                self._inputs.setdefault((spender.chain, spender.txid), {})[outpoint] = bound
                self._visit(spender)
        elif spender is not None:
            self._wait(spender, bound.value)

    def _wait(self, question: Missing, value: int) -> None:
        """Something to be asked before the bound can go on, if it may still be asked."""
        if not self._may_ask(question):
            return
        self._bounds[question] = max(value, self._bounds.get(question, 0))
        self.frontier[question] = self._bounds[question]
