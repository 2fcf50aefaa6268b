"""Explore from the seeds: the largest unexplored amount first, by an upper bound, corrected by the exact traces."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import nsmallest
from typing import Literal, TypeAlias

from chaintrace.adapters.assets import native_asset
from chaintrace.case.anchors import Anchors
from chaintrace.case.budgets import Budgets
from chaintrace.case.log import Clock
from chaintrace.case.opening import Ground
from chaintrace.case.reach import Reach
from chaintrace.case.rules import Observer
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError
from chaintrace.fetch import Fetcher, Outcome, chain_of
from chaintrace.model.amounts import prose
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import Limits, NotFollowed, Seed, Trace
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing, MissingHistory, MissingSpender, MissingTransaction
from chaintrace.store import Answered, Network
from chaintrace.tracing.seeds import Starts, resolve

Traced: TypeAlias = Callable[[CaseView], Mapping[str, Trace]]
"""The exact trace of every method of a case over a view. Raises InputError for a seed that cannot be one."""

Further: TypeAlias = Callable[[CaseView], Mapping[Missing, int]]
"""What a report misses over a view besides its traces, with the value that waits for it, in base units."""


def nothing(view: CaseView) -> Mapping[Missing, int]:
    """For a report that is made from its traces alone."""
    del view
    return {}


BATCH = 2
"""Questions in one batch for each worker: enough that nobody waits, few enough that the largest amounts come first."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is followed: the seeds, the case's limits, its exact traces, and what else its report misses."""

    seeds: tuple[Seed, ...]
    limits: Limits
    traced: Traced
    further: Further = nothing


Bite: TypeAlias = Literal["requests", "transactions", "seconds", "least value"]
"""Which budget ended a run."""


class Exploration:
    """One run of a follow over pinned tips. It may run again after a re-organisation, and asks nothing twice.

    `missing` is what the last exact trace missed, `failed` what no source gave a reply to in this run, `bitten` the
    budget that ended it.
    """

    def __init__(  # noqa: PLR0917  # each is one thing that it rests on
        self,
        goal: Goal,
        ground: Ground,
        budgets: Budgets,
        fetcher: Fetcher,
        anchors: Anchors,
        observer: Observer,
        clock: Clock,
    ) -> None:
        self.missing: tuple[Missing, ...] = ()
        self.failed: dict[Missing, Outcome] = {}
        self.bitten: Bite | None = None
        self._goal = goal
        self._ground = ground
        self._budgets = budgets
        self._fetcher = fetcher
        self._anchors = anchors
        self._observer = observer
        self._clock = clock
        self._free = fetcher.requests
        self._end = None if budgets.seconds is None else clock() + timedelta(seconds=budgets.seconds)
        self._closed: set[Missing] = set()

    def run(self) -> None:
        """Ask until nothing is missing that can be asked, or a budget bites; the last thing is an exact trace.

        What failed before a re-organisation is asked again: it may have failed because of that.
        Raises as `follow` does.
        """
        self.bitten = None
        self.failed.clear()
        self._closed = set(self._ground.view().facts.heard.questions)
        starts, view = self._starts()
        reach = Reach(view, self._goal.seeds, self._goal.limits, starts, self._is_open)
        known, is_exact = 0, False
        while True:
            if not is_exact and (4 * reach.size >= 5 * known or not reach.frontier):
                self._confirm(reach)
                known, is_exact = reach.size, True
            if is_exact and not reach.frontier:
                self.bitten = None
                return
            batch = self._batch(reach)
            if batch:
                self._tell(reach)
                self._ask(batch, reach)
                is_exact = False
            elif is_exact:
                return
            else:
                self._confirm(reach)
                is_exact = True

    def bites(self) -> Iterator[Gap]:
        """What the budget that ended the run left open, chain by chain."""
        if self.bitten is None:
            return
        size = {
            "requests": f"{self._budgets.requests} requests",
            "transactions": f"{self._budgets.transactions} transactions",
            "seconds": f"{self._budgets.seconds} seconds",
            "least value": "the least value that is asked for",
        }[self.bitten]
        for chain in self._anchors.pins:
            asked = [question for question in self.missing if chain_of(question) == chain and self._is_open(question)]
            if asked:
                text = f"Following {chain} ended at its budget of {size}. Questions left open: {len(asked)}."
                yield Gap("history", chain, chain, None, text)

    def answered_in_vain(self) -> Iterator[Missing]:
        """What the traces still miss although a source claims to have told it."""
        how = self._ground.view().facts.heard.questions
        return (question for question in self.missing if how.get(question) == "told")

    def _is_open(self, question: Missing) -> bool:
        """Whether a question can be asked: its chain has a source and a pinned tip, and nobody asked it before."""
        return chain_of(question) in self._anchors.pins and question not in self._closed

    @property
    def _asked(self) -> int:
        """What counts for the budget: all but the questions of the beginning, after the tips and the blocks."""
        return self._fetcher.requests - self._free

    def _starts(self) -> tuple[Starts, CaseView]:
        """The legs of the seeds; what is not there yet is asked for first. Raises as `follow` does."""
        while True:
            view = self._ground.view()
            questions = [question for question in self._of_seeds(view) if self._is_open(question)]
            bite = self._spent(None) if questions else None
            if bite or not questions:
                break
            self._ask(questions, None)
        try:
            return resolve(view, self._goal.seeds, self._goal.limits.until), view
        except InputError as error:
            for question in self._of_seeds(view):
                outcome = self.failed.get(question)
                failure = outcome.errors[-1][1] if outcome and outcome.errors else None
                failure = failure or self._anchors.failures.get(chain_of(question))
                if failure is not None:
                    raise failure from error
            if bite:
                raise InputError(f"the budget of {bite} ended before the seeds were there: raise it") from error
            raise

    def _of_seeds(self, view: CaseView) -> Iterator[Missing]:
        """What is missing of the seeds: their transactions, or what spends those that no source has (M19)."""
        for seed in self._goal.seeds:
            found = view.transaction(seed.chain, seed.txid)
            if isinstance(found, Transaction):
                continue
            index = seed.index or ""
            if self._is_open(found) or not (index.isascii() and index.isdecimal()) or found in self.failed:
                yield found
                continue
            spender = view.spender(OutPoint(seed.chain, seed.txid, int(index)))
            if isinstance(spender, MissingSpender):
                yield spender

    def _confirm(self, reach: Reach) -> None:
        """Run the exact traces: what they miss is all that is still worth asking for."""
        view = self._ground.view()
        amounts: dict[Missing, int] = {}
        for trace in self._goal.traced(view).values():
            waiting: dict[Missing, int] = dict.fromkeys(trace.missing, 0)
            for outcome in trace.of(NotFollowed):
                if outcome.outpoint is not None and (spender := MissingSpender(outcome.outpoint)) in waiting:
                    waiting[spender] += outcome.value
            for question, value in waiting.items():
                amounts[question] = max(value, amounts.get(question, 0))
        for question, value in self._goal.further(view).items():
            amounts[question] = max(value, amounts.get(question, 0))
        self.missing = tuple(amounts)
        reach.confirm(view, {question: value for question, value in amounts.items() if self._is_open(question)})

    def _batch(self, reach: Reach) -> list[Missing]:
        """What is asked next, the largest amounts first; nothing when a budget bites."""
        self.bitten = self._spent(reach)
        if self.bitten:
            return []
        least = self._budgets.least
        worth = [
            (-value, place_of(question), question)
            for question, value in reach.frontier.items()
            if value >= least.get((chain_of(question), ""), 0)
        ]
        if not worth:
            self.bitten = "least value"
        size = self._fetcher.workers * BATCH
        if self._budgets.requests is not None:
            size = min(size, self._budgets.requests - self._asked)
        return [question for _, _, question in nsmallest(size, worth, key=lambda one: one[:2])]

    def _spent(self, reach: Reach | None) -> Bite | None:
        """The budget that is used up."""
        budgets = self._budgets
        if budgets.requests is not None and self._asked >= budgets.requests:
            return "requests"
        if budgets.transactions is not None and reach is not None and reach.size >= budgets.transactions:
            return "transactions"
        if self._end is not None and self._clock() >= self._end:
            return "seconds"
        return None

    def _ask(self, questions: Sequence[Missing], reach: Reach | None) -> None:
        """One batch: asked together, stored together with what was asked, and then learned from."""
        outcomes = self._fetcher.fetch(questions, {chain: pin.tip for chain, pin in self._anchors.pins.items()})
        self._ground.flush()
        self._ground.store.tell([answer for outcome in outcomes for answer in answers(outcome)])
        for outcome in outcomes:
            self._closed.add(outcome.question)
            if outcome.is_failed:
                self.failed[outcome.question] = outcome
            if reach is not None:
                told = [tx for _, reply in outcome.replies for tx in reply.transactions]
                unspent = [one.outpoint for _, reply in outcome.replies for one in reply.unspent]
                reach.learn(outcome.question, told, unspent)
        if reach is not None:
            reach.grow()

    def _tell(self, reach: Reach) -> None:
        """One line for whoever watches: what is known so far."""
        sums: dict[str, int] = {}
        for question, value in reach.frontier.items():
            sums[chain_of(question)] = sums.get(chain_of(question), 0) + value
        waiting = ", ".join(prose(value, native_asset(chain)) for chain, value in sorted(sums.items()))
        line = f"following: transactions {reach.size}, unexplored at most {waiting}, requests {self._fetcher.requests}"
        self._observer(line, self._asked, self._budgets.requests or 0)


def answers(outcome: Outcome) -> Iterator[Answered]:
    """What came of a question, as the store keeps it: one answer for each source that replied."""
    for endpoint, reply in outcome.replies:
        network = Network(endpoint.chain, endpoint.adapter, endpoint.shown)
        how: Literal["told", "absent", "unknown"] = (
            "unknown" if reply.still_missing else "absent" if reply.absent else "told"
        )
        yield Answered(network, outcome.question, how, reply.transactions, reply.unspent, reply.coverage, reply.gaps)


def place_of(question: Missing) -> tuple[str, str, str, int]:
    """A question's place among those with the same amount: the same in every run."""
    match question:
        case MissingTransaction(chain, txid):
            return chain, "transaction", txid, 0
        case MissingSpender(outpoint):
            return outpoint.chain, "spender", outpoint.txid, outpoint.vout
        case MissingHistory(account, since):
            return account.chain, "history", f"{account.address} {account.asset.contract}", since


def subject_of(question: Missing) -> str:
    """What a question is about, as a gap names it: a txid, an outpoint or an address."""
    match question:
        case MissingTransaction(_, txid):
            return txid
        case MissingSpender(outpoint):
            return str(outpoint)
        case MissingHistory(account, _):
            return account.address
