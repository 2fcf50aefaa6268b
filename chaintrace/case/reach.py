"""Who could be reached, and by how much at most: an upper bound that grows with the facts and costs less than a trace.

An output's bound is the smaller one of its value and of the sum of its transaction's input bounds, so that it is never
below what any method puts there. What ends a trace (M21-M25) ends the bound too, where it ends all of it. Accounts have
bounds of their own (`reach_accounts`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import TypeAlias

from chaintrace.case.bounds import Bound, Ends
from chaintrace.case.reach_accounts import AccountReach
from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.finding import Moved
from chaintrace.model.provenance import Coverage
from chaintrace.model.rows import named_transfers
from chaintrace.model.trace import Limits, Options, Seed
from chaintrace.model.transaction import Leg, Movement, Order, Transaction
from chaintrace.model.view import Missing, MissingHistory, MissingSpender, MissingTransaction, View
from chaintrace.tracing.seeds import Starts

TxKey: TypeAlias = tuple[str, str]
"""chain and txid."""


class Reach:
    """The bound of every holding that seeds could reach, and what has to be asked to go on: `frontier`, by its bound.

    It asks a view for what was known when that was made, and learns what came since.
    """

    def __init__(  # noqa: PLR0917  # each is one thing that it rests on
        self,
        view: View,
        seeds: tuple[Seed, ...],
        limits: Limits,
        starts: Starts,
        may_ask: Callable[[Missing], bool],
        options: Options | None = None,
    ) -> None:
        """Begin at the seeds' legs and go as far as the view's facts lead. `may_ask` says what has a place ahead."""
        self.frontier: dict[Missing, int] = {}
        self._view = view
        self._starts = starts
        self._may_ask = may_ask
        self._ends = Ends(view, seeds, limits)
        self._accounts = AccountReach(view, self._ends, options or Options(), self._wait)
        self._reached: dict[OutPoint, Bound] = {}
        self._going: dict[OutPoint, Bound] = {}
        self._inputs: dict[TxKey, dict[OutPoint, Bound]] = {}
        self._waiting: dict[Missing, dict[TxKey, Transaction]] = {}
        self._bounds: dict[Missing, int] = {}
        self._seen: set[TxKey] = set()
        self._new: dict[TxKey, Transaction] = {}
        self._new_spenders: dict[OutPoint, Transaction] = {}
        self._new_unspent: set[OutPoint] = set()
        self._beyond: set[Moved] = set()
        self._agenda: dict[TxKey, Transaction] = {}
        self._heap: list[tuple[str, Order, str]] = []
        for movement in starts.movements:
            if movement.transaction.utxo is None:
                self._accounts.start(movement)
            else:
                self._visit(movement.transaction)
        for outpoint, several in starts.absent.items():
            leg = several[0].leg
            if not self._stays(several[0].asset, leg, Bound(leg.value or 0, 0)):
                self._onward(outpoint, Bound(leg.value or 0, 0))
        self.grow()

    @property
    def size(self) -> int:
        """How many transactions were reached."""
        return len(self._seen) + len(self._accounts.seen)

    def learn(
        self,
        question: Missing,
        transactions: Sequence[Transaction],
        unspent: Iterable[OutPoint],
        coverage: Iterable[Coverage] = (),
    ) -> None:
        """Take in what came of a question: it leaves the frontier, answered or not. `grow` goes on from there."""
        self.frontier.pop(question, None)
        self._accounts.learn(transactions, coverage)
        if isinstance(question, MissingHistory):
            self._accounts.ask_on(question.account)
        for outpoint in unspent:
            self._new_unspent.add(outpoint)
            self.frontier.pop(MissingSpender(outpoint), None)
        for transaction in transactions:
            self._take(transaction)
        if isinstance(question, MissingSpender) and question.outpoint in self._going:
            self._onward(question.outpoint, self._going[question.outpoint])
        for waiting in self._waiting.pop(question, {}).values():
            self._visit(waiting)

    def go_on_behind(self, legs: Iterable[Moved]) -> None:
        """Begin anew at what comes in by continuations (M23), with its whole value: what went out bounds nothing there.

        An exact trace found them. `grow` goes on from there.
        """
        for leg in legs:
            made = self._new.get((leg.chain, leg.txid)) or self._view.transaction(leg.chain, leg.txid)
            if leg in self._beyond or not isinstance(made, Transaction):
                continue
            self._beyond.add(leg)
            if made.utxo is not None:
                self._visit(made)
            for transfer in named_transfers(made.transfers, leg.index) if made.utxo is None else ():
                self._accounts.start(Movement(transfer.order, made, transfer))

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
        self._accounts.confirm(view, [question for question in missing if isinstance(question, MissingHistory)])
        self.grow()
        self._new.clear()
        self._new_spenders.clear()
        self._new_unspent.clear()
        self.frontier = {question: self._bounds.get(question, value) for question, value in missing.items()}

    def grow(self) -> None:
        """Go through every transaction and every pool that bounds have grown in, in chain order."""
        self._accounts.grow()
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
            named = Moved(chain, txid, str(leg.index))
            seeded = named in self._starts.by_leg or named in self._beyond
            bound = Bound(leg.value or 0, 0) if seeded else Bound(min(leg.value or 0, total), hop)
            if bound.value:
                self._arrive(OutPoint(chain, txid, leg.index), transfer.asset, leg, bound)

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

    def _arrive(self, outpoint: OutPoint, asset: Asset, leg: Leg, bound: Bound) -> None:
        """Raise an output's bound, and go on from there."""
        raised = self._reached.get(outpoint, bound).raised(bound)
        if self._reached.get(outpoint) != raised:
            self._reached[outpoint] = raised
            if not self._stays(asset, leg, raised):
                self._onward(outpoint, raised)

    def _stays(self, asset: Asset, leg: Leg, bound: Bound) -> bool:
        """Whether nothing goes on from an output."""
        return leg.holding is None or self._ends.ends(asset, leg.address, bound)

    def _onward(self, outpoint: OutPoint, bound: Bound) -> None:
        """Go on to what spends an output, or wait for that to be known."""
        self._going[outpoint] = bound
        spender = self._new_spenders.get(outpoint) or (
            None if outpoint in self._new_unspent else self._view.spender(outpoint)
        )
        if isinstance(spender, Transaction):
            if self._ends.exists(spender.time):
                self._inputs.setdefault((spender.chain, spender.txid), {})[outpoint] = bound
                self._visit(spender)
        elif spender is not None:
            self._wait(spender, bound.value)

    def _wait(self, question: Missing, value: int) -> None:
        """Something to be asked before the bound can go on, if it may still be asked; 0: nothing waits any more."""
        if not value:
            self.frontier.pop(question, None)
        if not value or not self._may_ask(question):
            return
        self._bounds[question] = max(value, self._bounds.get(question, 0))
        self.frontier[question] = self._bounds[question]
