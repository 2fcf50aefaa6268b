"""Explore from the seeds: the largest unexplored amount first, by an upper bound, corrected by the exact traces."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias

from chaintrace.addresses import family
from chaintrace.case.anchors import Anchors
from chaintrace.case.asked import Asked, answers
from chaintrace.case.budgets import Budgets
from chaintrace.case.log import Clock
from chaintrace.case.opening import Ground
from chaintrace.case.questions import largest, topic_of, waiting_said
from chaintrace.case.reach import Reach
from chaintrace.case.rules import Observer
from chaintrace.case.view import CaseView
from chaintrace.case.waiting import seeded, united, waiting_in
from chaintrace.errors import InputError
from chaintrace.fetch import Fetcher, Flight, Outcome
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import Limits, Options, Seed, Trace
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing, MissingSpender, chain_of
from chaintrace.store import SILENT
from chaintrace.tracing.seeds import Starts, resolve

__all__ = ["BATCH", "Bite", "Exploration", "Further", "Goal", "Traced", "answers", "nothing"]

Traced: TypeAlias = Callable[[CaseView], Mapping[str, Trace]]
"""The exact trace of every method of a case over a view. Raises InputError for a seed that cannot be one."""

Further: TypeAlias = Callable[[CaseView], Mapping[Missing, int]]
"""What a report misses over a view besides its traces, with the value that waits for it, in base units."""


def nothing(view: CaseView) -> Mapping[Missing, int]:
    """For a report that is made from its traces alone."""
    del view
    return {}


BATCH, FLIGHTS = 4, 4
"""Questions under way for each worker, and in how many flights: enough that nobody waits while the answers of one are
learned from, few enough that the largest amounts come first."""

GRAIN = 32
"""Of so many transactions that were reached one more question is under way: exact traces take longer by then."""

GROWTH: Sequence[tuple[int, int]] = ((10, 400), (4, 200), (1, 125))
"""By how many percent the facts may grow until the next exact trace, where the last one left out less than a tenth of
what waited by the upper bound, less than a quarter, or more: a trace that leaves out nothing was run in vain."""


@dataclass(frozen=True, slots=True)
class _Growth:
    """How many transactions were reached at the last exact trace, and the percentage of it at the next one."""

    known: int = 0
    percent: int = 125

    def is_due(self, size: int, waiting: int) -> bool:
        """Whether the facts have grown enough; twice as far where hardly a question waits that it could spare."""
        times = 1 if GRAIN * waiting >= size else 2
        return 100 * size >= times * self.percent * self.known


@dataclass(frozen=True, slots=True)
class Goal:
    """What is followed: the seeds, the case's limits and options, its exact traces, and what else its report misses."""

    seeds: tuple[Seed, ...]
    limits: Limits
    traced: Traced
    further: Further = nothing
    options: Options = field(default_factory=Options)


Bite: TypeAlias = Literal["requests", "transactions", "seconds", "least value"]
"""Which budget ended a run."""


class Exploration:
    """One run of a follow over pinned tips. It may run again after a re-organisation, and asks nothing twice.

    `traces` are the last exact ones, `missing` is what they missed, `bitten` the budget that ended the run.
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
        self.traces: Mapping[str, Trace] = {}
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
        self._requests = fetcher.requests
        self._flights: deque[Flight] = deque()
        self._asked = Asked((), SILENT)

    def run(self) -> None:
        """Ask until nothing is missing that can be asked, or a budget bites; the last thing is an exact trace.

        What failed before a re-organisation is asked again: it may have failed because of that.
        Raises as `follow` does.
        """
        self.bitten = None
        self._asked = Asked(self._anchors.pins, self._ground.view().facts.heard)
        starts, view = self._starts()
        goal = self._goal
        reach = Reach(view, goal.seeds, goal.limits, starts, self._asked.is_open, goal.options)
        growth, is_exact = _Growth(), False
        while True:
            is_over = not reach.frontier and not self._flights
            if not is_exact and (is_over or growth.is_due(reach.size, len(reach.frontier))):
                growth, is_exact = self._confirm(reach), True
            self._take_off(reach, starts)
            if self._flights:
                self._land(self._flights.popleft(), reach)
                is_exact = False
            elif is_exact:
                self.bitten = self.bitten if reach.frontier else None
                return
            else:  # a budget bites: nothing more is asked
                growth, is_exact = self._confirm(reach), True

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
            asked = [
                question for question in self.missing if chain_of(question) == chain and self._asked.is_open(question)
            ]
            if asked:
                text = f"Following {chain} ended at its budget of {size}. Questions left open: {len(asked)}."
                yield Gap("history", chain, chain, None, text)

    def answered_in_vain(self) -> Iterator[Missing]:
        """What the traces still miss although a source claims to have told it."""
        return self._asked.in_vain(self.missing, self._ground.view().facts.heard)

    def failure(self, question: Missing) -> Outcome | None:
        """What came of a question that no source gave a reply to in this run."""
        return self._asked.failure(question)

    @property
    def room(self) -> int | None:
        """How many requests the budgets leave for what is asked when the traces have ended; None: any number."""
        if self.bitten in {"requests", "seconds"}:
            return 0
        most = self._budgets.requests
        return None if most is None else max(0, most - self._spent_requests)

    @property
    def _spent_requests(self) -> int:
        """What counts for the budget: all but the questions of the beginning, after the tips and the blocks."""
        return self._requests - self._free + sum(len(flight.questions) for flight in self._flights)

    def _starts(self) -> tuple[Starts, CaseView]:
        """The legs of the seeds; what is not there yet is asked for first. Raises as `follow` does."""
        while True:
            view = self._ground.view()
            questions = [question for question in self._of_seeds(view) if self._asked.is_open(question)]
            bite = self._spent(None) if questions else None
            if bite or not questions:
                break
            self._send(questions)
            self._land(self._flights.popleft(), None)
        try:
            return resolve(view, self._goal.seeds, self._goal.limits.until), view
        except InputError as error:
            for question in self._of_seeds(view):
                outcome = self._asked.failure(question)
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
            may_be_output = index.isascii() and index.isdecimal() and family(seed.chain) not in {"evm", "tron"}
            if self._asked.is_open(found) or not may_be_output or found in self._asked.failed:
                yield found
                continue
            spender = view.spender(OutPoint(seed.chain, seed.txid, int(index)))
            if isinstance(spender, MissingSpender):
                yield spender

    def _confirm(self, reach: Reach) -> _Growth:
        """Run the exact traces: what they miss is all that is still worth asking for."""
        view = self._ground.view()
        self.traces = self._goal.traced(view)
        left = waiting_in(self.traces.values(), self._goal.options)
        amounts = united(left, self._goal.further(view))
        self.missing = tuple(amounts)
        made = (one for found in self.traces.values() for one in found.conversions)
        reach.go_on_behind(dict.fromkeys(leg for one in made for leg in one.continues.incoming))
        size, waited = reach.size, {topic_of(question) for question in reach.frontier}
        reach.confirm(view, {question: value for question, value in amounts.items() if self._asked.is_open(question)})
        left_out = len(waited - {topic_of(question) for question in reach.frontier})
        return _Growth(size, next(percent for part, percent in GROWTH if part * left_out <= len(waited)))

    def _take_off(self, reach: Reach, starts: Starts) -> None:
        """Let flights begin, the largest amounts first; none when a budget bites."""
        while reach.frontier and len(self._flights) < FLIGHTS:
            self.bitten = self._spent(reach)
            if self.bitten:
                return
            most = self._budgets.requests
            size = max(self._fetcher.workers * BATCH // FLIGHTS, reach.size // GRAIN)
            size = size if most is None else min(size, most - self._spent_requests)
            questions = largest(reach.frontier, self._budgets.least, size)
            if not questions:
                self.bitten = "least value"
                return
            self._tell(reach, starts)
            self._send(questions)
            for question in questions:
                del reach.frontier[question]

    def _spent(self, reach: Reach | None) -> Bite | None:
        """The budget that is used up."""
        budgets = self._budgets
        if budgets.requests is not None and self._spent_requests >= budgets.requests:
            return "requests"
        if budgets.transactions is not None and reach is not None and reach.size >= budgets.transactions:
            return "transactions"
        if self._end is not None and self._clock() >= self._end:
            return "seconds"
        return None

    def _send(self, questions: Sequence[Missing]) -> None:
        """Let questions go, all as of the pinned tips."""
        flight = self._fetcher.begin(questions, {chain: pin.tip for chain, pin in self._anchors.pins.items()})
        self._asked.take_off(flight)
        self._flights.append(flight)

    def _land(self, flight: Flight, reach: Reach | None) -> None:
        """The answers of a flight: stored together with what was asked, and then learned from."""
        outcomes = flight.land()
        self._ground.flush()
        self._ground.store.tell([answer for outcome in outcomes for answer in answers(outcome)])
        for outcome in outcomes:
            self._requests += outcome.requests
            self._asked.land(outcome)
        if reach is None:
            return
        for outcome in outcomes:
            replies = [reply for _, reply in outcome.replies]
            reach.learn(
                outcome.question,
                [tx for reply in replies for tx in reply.transactions],
                [one.outpoint for reply in replies for one in reply.unspent],
                [cover for reply in replies for cover in reply.coverage],
            )
        reach.grow()

    def _tell(self, reach: Reach, starts: Starts) -> None:
        """One line for whoever watches: what is known so far."""
        waiting = waiting_said(reach.frontier, seeded(starts))
        line = f"following: transactions {reach.size}, unexplored at most {waiting}, requests {self._requests}"
        self._observer(line, self._spent_requests, self._budgets.requests or 0)
