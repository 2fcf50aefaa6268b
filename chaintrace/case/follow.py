"""Follow a case over the network: ask for exactly what its traces miss, until nothing is missing or a budget bites.

    followed = follow(Goal(seeds, limits, traced), rooms.ground, sources, budgets, observer, clock)

`traced` runs every method of the case over a view (architecture, section 1). `sources` are connected network sources
in the order of the case; `ground.networks` names the same ones, so that what they told is heard. What is stored when
the call returns, raises or is killed is whole: the next one asks only for the rest. Exploring goes by an upper bound,
the largest unexplored amount first; the exact traces run when the facts have grown by a quarter, and at the end, and
what they miss is all that is still worth asking for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaintrace.adapters.network import Endpoint, NetworkSource
from chaintrace.case.anchors import Anchors
from chaintrace.case.budgets import Budgets
from chaintrace.case.explore import Exploration, Goal, Traced
from chaintrace.case.issuer_states import ask as ask_issuers
from chaintrace.case.log import Clock
from chaintrace.case.opening import Ground
from chaintrace.case.questions import subject_of
from chaintrace.case.rules import Observer
from chaintrace.case.view import CaseView
from chaintrace.errors import AdapterError, Malformed, Unavailable
from chaintrace.fetch import Fetcher
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingLogs, chain_of

__all__ = ["Budgets", "Followed", "Goal", "Traced", "follow"]

ROUNDS = 3
"""How often a follow begins again because the chain was re-organised under it."""

SPARE = 4
"""For so many connections there is one thread more, so that the link is busy while answers are read."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of it: the view over all facts, sentences for the person who runs it, and why it ended early.

    `gaps` (in the view too) are empty where nothing more could be asked; `requests` counts questions put to sources.
    """

    view: CaseView
    notices: tuple[str, ...]
    gaps: tuple[Gap, ...]
    requests: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not everything was followed, one sentence each (exit code 3)."""
        return tuple(gap.text for gap in self.gaps)


def follow(  # noqa: PLR0917  # each is one thing that a follow rests on
    goal: Goal,
    ground: Ground,
    sources: Sequence[NetworkSource],
    budgets: Budgets,
    observer: Observer,
    clock: Clock,
) -> Followed:
    """Ask until nothing is missing that can be asked, or a budget bites. The caller holds the case's lock.

    Raises AdapterError when a seed could not be fetched or a source is one of another chain, InputError for a seed that
    no source has or that cannot be one, OutputError when the store cannot be written.
    """
    with Fetcher(sources, budgets.workers, spare=budgets.workers // SPARE) as fetcher:
        chains = [source.endpoint.chain for source in sources]
        anchors = Anchors(ground.store, fetcher, chains, budgets.depth, clock)
        anchors.begin()
        for error in _strangers(fetcher):
            raise error
        exploration = Exploration(goal, ground, budgets, fetcher, anchors, observer, clock)
        exploration.run()
        ask_issuers(exploration, ground, fetcher, anchors, observer)
        rounds, silent = 1, dict(fetcher.silent)
        while anchors.moved():
            if rounds == ROUNDS:
                anchors.notices.append("the chain was re-organised again and again: run the case once more")
                break
            rounds += 1
            exploration.run()
            ask_issuers(exploration, ground, fetcher, anchors, observer)
            silent = dict(fetcher.silent)
        anchors.notices.extend(f"{one.shown} was not asked any more in this run: {why}" for one, why in silent.items())
        return _ended(ground, exploration, anchors, fetcher, clock)


def _ended(ground: Ground, exploration: Exploration, anchors: Anchors, fetcher: Fetcher, clock: Clock) -> Followed:
    """Write down how it ended, so that the view and every later report of the same facts say so."""
    bites = tuple(exploration.bites())
    gaps = (*bites, *_unanswered(exploration, anchors), *_unfit(fetcher))
    unavailable = any(isinstance(error, Unavailable) for _, error in _failures(exploration))
    goes_on = unavailable or (bool(bites) and exploration.bitten in {"requests", "seconds"})
    for chain, pin in anchors.pins.items():
        own = [gap for gap in gaps if gap.chain == chain]
        ground.store.end(pin, clock(), own, stays_open=goes_on)
    return Followed(ground.view(), tuple(dict.fromkeys(anchors.notices)), gaps, fetcher.requests)


def _strangers(fetcher: Fetcher) -> list[AdapterError]:
    """What is to be said of sources of another chain, as far as they were asked what they are."""
    return [error for error in fetcher.silent.values() if isinstance(error, Malformed)]


def _unfit(fetcher: Fetcher) -> Iterator[Gap]:
    """Sources that are not what the case takes them for: still reading the chain, or of another one."""
    for endpoint, status in fetcher.statuses.items():
        if status.synced is False:
            text = (
                f"{endpoint.shown} is not synced: it has come to height {status.height}, and does not know what later "
                "blocks hold. Wait until it has read the chain, and run the case once more."
            )
            yield Gap("source", endpoint.chain, endpoint.shown, None, text)
    for endpoint, error in fetcher.silent.items():
        if isinstance(error, Malformed):
            yield Gap("source", endpoint.chain, endpoint.shown, None, f"A source was not used: {error}.")


def _failures(exploration: Exploration) -> Iterator[tuple[Endpoint, AdapterError]]:
    """What the last source that was asked said to each question that the traces miss and nobody answered.

    Where nobody can look for the other side of a bridge, the trace ends at the bridge: nothing of it is missing.
    """
    for question in exploration.missing:
        if isinstance(question, MissingLogs):
            continue
        outcome = exploration.failure(question)
        if outcome is not None and outcome.errors:
            yield outcome.errors[-1]


def _unanswered(exploration: Exploration, anchors: Anchors) -> Iterator[Gap]:
    """Sources that failed where it matters, each with its last sentence; and answers that lack what was asked for."""
    counts: dict[Endpoint, list[AdapterError]] = {}
    for endpoint, error in _failures(exploration):
        counts.setdefault(endpoint, []).append(error)
    for endpoint, errors in counts.items():
        text = f"{endpoint.shown} left {len(errors)} of the questions of the traces without an answer: {errors[-1]}"
        yield Gap("source", endpoint.chain, endpoint.shown, None, text)
    for chain in anchors.pins:
        lacking = [question for question in exploration.answered_in_vain() if chain_of(question) == chain]
        if lacking:
            first = subject_of(lacking[0])
            text = f"Answers without what was asked for: {len(lacking)}, the first about {first}. Check the source."
            yield Gap("source", chain, first, None, text)
    for chain, error in anchors.failures.items():
        asked = [question for question in exploration.missing if chain_of(question) == chain]
        if asked:
            text = f"No source of {chain} could be asked ({error}). Questions left open: {len(asked)}."
            yield Gap("source", chain, chain, None, text)
