"""What is missing x the sources of its chain -> answers, in chain order.

A question goes to the first source of its chain. Unavailable, Malformed and Declined send it on to the next one; a
source that has Refused is not asked again, and neither is one that was unavailable several times in a row, or one that
declines to say what it is. A reply that leaves the question open, or anything unproven, keeps its facts and sends it on
too. What came of a question is a value, never an exception.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

from chaintrace.adapters.network import (
    Endpoint,
    NetworkSource,
    Reply,
    StateSource,
    Status,
    replied,
    settled_last,
    unread_piece,
)
from chaintrace.errors import AdapterError, Declined, InputError, Malformed, Refused, Unavailable
from chaintrace.model.chain import Block
from chaintrace.model.transaction import PENDING_RANK, Order
from chaintrace.model.view import Missing, MissingState, chain_of
from chaintrace.store.answers import question_text
from chaintrace.threads import Pool

WORKERS, MOST_WORKERS = 8, 64
"""How many questions are in flight: by default, and at most."""

PATIENCE = 5
"""How often in a row a source may be unavailable before it is left alone for the rest of the run."""

Said: TypeAlias = tuple[tuple[Endpoint, Reply | AdapterError], ...]
"""What sources say to one question, or what they raised, in their order."""

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: replies (only the last may settle it), and what failed on the way, in order.

    `requests` counts the sources that it was put to.
    """

    question: Missing
    replies: tuple[tuple[Endpoint, Reply], ...] = ()
    errors: tuple[tuple[Endpoint, AdapterError], ...] = ()
    requests: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether a source answered the question; that it has no such thing is an answer too."""
        return bool(self.replies) and not self.replies[-1][1].still_missing

    @property
    def is_failed(self) -> bool:
        """Whether no source gave any reply at all."""
        return not self.replies

    @property
    def order(self) -> tuple[str, Order, str]:
        """Its place among others: chain, chain order of the first transaction, and the question."""
        orders = [tx.transfers[0].order for _, reply in self.replies for tx in reply.transactions if tx.transfers]
        last: Order = (PENDING_RANK + 1, 0, 0)
        return chain_of(self.question), min(orders, default=last), question_text(self.question)


class Flight:
    """Questions that are being asked. Several may be under way at a time, so that no thread waits while others do."""

    def __init__(self, questions: Sequence[Missing], land: Callable[[], list[Outcome]]) -> None:
        self.questions = tuple(questions)
        self._land = land

    def land(self) -> tuple[Outcome, ...]:
        """Wait for what came of all of them, in chain order. Raises what a source's bug raises.

        An interrupt (Ctrl-C) leaves at once; answers that are under way then are in the archive, not lost.
        """
        return tuple(sorted(self._land(), key=lambda outcome: outcome.order))


class Fetcher:
    """The sources of a run and the threads that ask them. Leave its `with` block and the threads end.

    `requests` counts the questions that were put to sources. `spare` threads more than `workers` read answers while
    the door has all its connections in use. Raises InputError for a number of workers that is not 1 to 64.
    """

    def __init__(self, sources: Sequence[NetworkSource], workers: int = WORKERS, spare: int = 0) -> None:
        if not 1 <= workers <= MOST_WORKERS:
            raise InputError(f"{workers} workers: the number must be 1 to {MOST_WORKERS}, so correct it")
        self.workers = workers
        self.requests = 0
        self._lock = threading.Lock()
        self._asked = [_Asked(source) for source in sources]
        self._tellers = [(one, _Asked(one.source)) for one in self._asked if isinstance(one.source, StateSource)]
        self._pool: Pool[tuple[Missing, Block], Outcome] = Pool(workers + spare, self._outcome)

    def __enter__(self) -> Self:
        """Nothing is asked yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the threads end; after an interrupt (Ctrl-C) nobody waits for what is still in flight."""
        del error, trace
        self._pool.close(wait=kind is None or not issubclass(kind, KeyboardInterrupt))

    def begin(self, questions: Sequence[Missing], tips: Mapping[str, Block]) -> Flight:
        """Ask all questions, each as of the tip of its chain, after those that wait already; nobody waits for them."""
        return Flight(questions, self._pool.begin([(question, tips[chain_of(question)]) for question in questions]))

    def fetch(self, questions: Sequence[Missing], tips: Mapping[str, Block]) -> tuple[Outcome, ...]:
        """Ask all questions, each as of the tip of its chain, and wait for what came of them, in chain order."""
        return self.begin(questions, tips).land()

    def status(self, chain: str) -> Status:
        """What the first source of a chain is that says so. Raises what the last of them raised."""
        return self._first(chain, self._status)

    def forget(self, chain: str) -> None:
        """Ask the sources of a chain anew what they are and how far they have come."""
        for asked in self._of(chain):
            asked.status = None

    def give_another_chance(self, chain: str) -> None:
        """Let sources of a chain that were left alone as unavailable be asked once more: one failure bars them again.

        A node that is taken to another fork cannot answer about the old one, however often it is asked.
        """
        for asked in self._of(chain):
            if isinstance(asked.barred, Unavailable):
                asked.barred, asked.failures = None, PATIENCE - 1

    def block_hash(self, chain: str, height: int) -> str:
        """The canonical block at a height, by the first source that says so. Raises what the last of them raised."""

        def ask(asked: "_Asked") -> str:
            self._status(asked)
            return self._counted(asked, partial(asked.source.block_hash, height))

        return self._first(chain, ask)

    def _first(self, chain: str, ask: Callable[["_Asked"], _Made]) -> _Made:
        """The answer of the first source of a chain that gives one."""
        failure: AdapterError = Unavailable(f"no source of {chain} can be asked: add one, or trace offline")
        for asked in self._of(chain):
            try:
                return ask(asked)
            except AdapterError as error:
                failure = error
        raise failure

    @property
    def silent(self) -> Mapping[Endpoint, AdapterError]:
        """The sources that were left alone in this run, and why."""
        return {asked.source.endpoint: asked.barred for asked in self._asked if asked.barred is not None}

    @property
    def statuses(self) -> Mapping[Endpoint, Status]:
        """What the sources that were asked in this run are, and how far they have come."""
        return {asked.source.endpoint: asked.status for asked in self._asked if asked.status is not None}

    def _of(self, chain: str) -> list["_Asked"]:
        return [asked for asked in self._asked if asked.source.endpoint.chain == chain]

    def _outcome(self, item: tuple[Missing, Block]) -> Outcome:
        """Put one question to one source after another."""
        question, tip = item
        replies: list[tuple[Endpoint, Reply]] = []
        errors: list[tuple[Endpoint, AdapterError]] = []
        requests = 0
        for asked in self._of(chain_of(question)):
            endpoint = asked.source.endpoint
            requests += asked.barred is None
            try:
                at = self._at(asked, tip)
                reply = unread_piece(question) or self._counted(asked, partial(replied, asked.source, question, at))
            except AdapterError as error:
                errors.append((endpoint, error))
                continue
            replies.append((endpoint, reply))
            if not reply.still_missing and not reply.gaps:
                break
        return Outcome(question, settled_last(replies), tuple(errors), requests)

    def states(self, questions: Sequence[MissingState], tips: Mapping[str, Block]) -> list[Said]:
        """What each source that can tell a state says to each question, or what it raised: none stands for another.

        Asked all at once, and given in the order of the questions. One that refuses, or was unavailable too often, is
        not asked for states any more, and for everything else it is.
        """
        pool = Pool(self.workers, self._said)
        try:
            return pool.begin([(question, tips[chain_of(question)]) for question in questions])()
        finally:
            pool.close(wait=False)

    def tellers(self, chain: str) -> int:
        """How many sources a question after a state on a chain is put to, at most."""
        return sum(
            one.source.endpoint.chain == chain and one.barred is None and asked.barred is None
            for asked, one in self._tellers
        )

    def _said(self, item: tuple[MissingState, Block]) -> Said:
        """Put one question to every source of its chain that can tell a state."""
        question, tip = item
        said: list[tuple[Endpoint, Reply | AdapterError]] = []
        for asked, teller in self._tellers:
            endpoint = asked.source.endpoint
            if endpoint.chain != question.account.chain or not isinstance(asked.source, StateSource):
                continue
            try:
                at = self._at(asked, tip)
                said.append((endpoint, self._counted(teller, partial(asked.source.state, question, at))))
            except AdapterError as error:
                said.append((endpoint, error))
        return tuple(said)

    def _at(self, asked: "_Asked", tip: Block) -> Status:
        """What a source is, as of the tip of this run. Raises as `_status`."""
        return replace(self._status(asked), height=tip.height or 0, block_hash=tip.hash, time=tip.time)

    def _status(self, asked: "_Asked") -> Status:
        """What a source is, asked once. Raises what it raises, and Malformed for a source of another chain."""
        with asked.lock:
            if asked.status is None:
                try:
                    status = self._counted(asked, asked.source.status)
                except Declined as error:  # what does not say what it is cannot be asked anything
                    asked.barred = error
                    raise
                chain = asked.source.endpoint.chain
                if status.chain and status.chain != chain:
                    sentence = f"{asked.source.endpoint.shown} is a source of {status.chain}, not of {chain}"
                    asked.barred = Malformed(f"{sentence}: correct the url or the chain")
                    raise asked.barred
                asked.status = status
            return asked.status

    def _counted(self, asked: "_Asked", ask: Callable[[], _Made]) -> _Made:
        """Ask a source that may still be asked. Raises AdapterError."""
        if asked.barred is not None:
            raise asked.barred
        with self._lock:
            self.requests += 1
        try:
            made = ask()
        except AdapterError as error:
            with self._lock:
                asked.fail(error)
            raise
        with self._lock:
            asked.failures = 0
        return made


class _Asked:
    """A source with what this run knows of it.

    `lock` is held while its status is asked; the fetcher's own lock guards the count of failures. When a failing source
    is left alone may depend on timing; what the others then tell does not.
    """

    def __init__(self, source: NetworkSource) -> None:
        self.source = source
        self.lock = threading.Lock()
        self.status: Status | None = None
        self.barred: AdapterError | None = None
        self.failures = 0

    def fail(self, error: AdapterError) -> None:
        """Leave it alone when it refuses everything, or was unavailable several times in a row."""
        self.failures = 0 if isinstance(error, Declined) else self.failures + isinstance(error, Unavailable)
        if self.failures >= PATIENCE or (isinstance(error, Refused) and not isinstance(error, Declined)):
            self.barred = error
