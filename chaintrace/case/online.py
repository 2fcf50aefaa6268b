"""A case that follows itself: the door, its sources, the following, and what the log keeps of all that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

from chaintrace.adapters.bitcoin_core import BitcoinCore
from chaintrace.adapters.network import Endpoint, NetworkSource
from chaintrace.adapters.transport import Door, Query
from chaintrace.case.access import Access, opened_door
from chaintrace.case.assembly import Question, Stopped, placed, stopped
from chaintrace.case.endpoints import connected
from chaintrace.case.follow import Followed, Goal, follow
from chaintrace.case.log import Clock, Detail, Writer
from chaintrace.case.reached import before_stops
from chaintrace.case.rooms import Rooms
from chaintrace.case.rules import Observer, RuleSet, nobody
from chaintrace.case.view import CaseView
from chaintrace.case.way_back import lacking, way_back
from chaintrace.errors import AdapterError, InputError
from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Trace
from chaintrace.model.view import Missing, MissingHistory


def noted(writer: Writer, query: Query) -> None:
    """Write one outgoing request into the log. It holds no credentials."""
    details: dict[str, Detail] = {
        "adapter": query.adapter,
        "host": query.host,
        "request": query.request,
        "status": query.status,
        "sha256": query.sha256,
        "bytes": query.size,
        "outcome": query.outcome,
    }
    writer.append("request", details, sync=False)


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a case: what may be asked, the log that it writes, who watches, and the clock."""

    allowed: Access
    writer: Writer
    observer: Observer
    clock: Clock


def followed(question: Question, rooms: Rooms, chosen: RuleSet, session: Session) -> tuple[Rooms, tuple[str, ...]]:
    """Fetch what the traces of a case miss; the rooms with all of it, and sentences for the person who runs it.

    Every outgoing request and the outcome are in the log, also when it raises. Raises AdapterError when a seed could
    not be fetched, InputError for one that cannot be a seed (with its file and line), OutputError.
    """
    config = question.config
    if not config.networks:
        return rooms, ()
    exact = _Exact(question, chosen)
    goal = Goal(config.seeds, config.limits, exact.traced, exact.further, config.options)
    watched, writer, mode = _Watched(session.observer), session.writer, session.allowed.allowed
    try:
        tell, lines = partial(noted, writer), config.budgets.workers
        with opened_door(rooms.archive, session.allowed, tell, connections=lines) as door:
            sources = [source_of(one, door, watched) for one in config.networks]
            made = follow(goal, rooms.ground, sources, config.budgets, watched, session.clock)
    except (AdapterError, InputError) as error:
        writer.append("follow", {"network": mode, "failed": str(error)})
        raise (placed(error, config) if isinstance(error, InputError) else error) from error
    writer.append("follow", {"network": mode, **_outcome(made)})
    return replace(rooms, view=made.view), made.notices


def source_of(endpoint: Endpoint, door: Door, observer: Observer = nobody) -> NetworkSource:
    """A connected source; a node that reads block after block says how far it is. Raises InputError."""
    if endpoint.adapter != BitcoinCore.name:
        return connected(endpoint, door)

    def progress(outpoint: OutPoint, height: int, end: int) -> None:
        del outpoint  # several are looked for at once
        observer("looking block after block for what spends an output", height, end)

    return BitcoinCore(progress=progress).connect(endpoint, door)


class _Watched:
    """An observer that several threads may tell."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._lock = Lock()

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """Pass it on, one at a time."""
        with self._lock:
            self._observer(what, done, total)


class _Exact:
    """The exact traces of a case, and what its report misses besides: histories that rules need, and the way back."""

    def __init__(self, question: Question, chosen: RuleSet) -> None:
        self._question = question
        self._rules = chosen.rules
        self._made: Stopped | None = None

    def traced(self, view: CaseView) -> Mapping[str, Trace]:
        """The traces over what is known so far."""
        self._made = stopped(self._question, view, self._rules, nobody)
        return self._made.traces

    def further(self, view: CaseView) -> Mapping[Missing, int]:
        """What is missing over the same view besides the traces, with the value that waits for it, in base units.

        Rules need a history from its beginning. A source that can tell balances tells traces less, so it is asked once
        more, but only where value went on to a stop: elsewhere no stop could come one address earlier.
        """
        config, found = self._question.config, dict[Missing, int]()
        if self._made is not None and self._made.lacking:
            traces = self._made.traces.values()
            waits, most = before_stops(traces), max((hop.traced for one in traces for hop in one.hops), default=0)
            for one in self._made.lacking:
                value = waits.get(one.account, 0) if isinstance(one, MissingHistory) else most
                found |= {one: value} if value else {}
        if self._question.backward:
            way = way_back(config, view if self._made is None else self._made.view, self._rules)
            most = max((share.value for share in way.before.shares), default=0)
            found |= {one: most for one in way.lacking if most and one not in found}
            found |= lacking(way.view, config.seeds, config.limits, config.options)
        return found


def _outcome(made: Followed) -> dict[str, Detail]:
    """What came of following: how much was asked, as of which tips, and why it ended early."""
    tips: Sequence[Detail] = [
        {"chain": pin.chain, "height": pin.tip.height, "hash": pin.tip.hash}
        for _, pin in sorted(made.view.facts.heard.pins.items())
    ]
    return {"questions": made.requests, "tips": tips, "reasons": list(made.reasons)}
