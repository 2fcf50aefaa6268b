"""What the contracts of tokens say of the addresses where a trace ended: asked once, when it has ended, and kept.

Asked about are the places where traced value of a token rests or was credited, if its issuer has a power over them
(`adapters/issuers.py`), the largest values first. Each source that can tell it is asked, for what two of them say
differently has to be told. What fails is kept with its reason: it is never an answer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, zip_longest

from chaintrace.adapters.issuers import (
    BLOCKED,
    CODE,
    FREE,
    NO_CODE,
    STATES,
    balance_at,
    has_power,
    proposed_at,
    state_at,
    wiped_at,
)
from chaintrace.adapters.network import Endpoint, Reply
from chaintrace.case.anchors import Anchors
from chaintrace.case.explore import Exploration
from chaintrace.case.opening import Ground
from chaintrace.case.rules import Observer
from chaintrace.case.view import CaseView
from chaintrace.errors import AdapterError
from chaintrace.fetch import Fetcher
from chaintrace.model.chain import Account, Asset
from chaintrace.model.provenance import Gap, Observation
from chaintrace.model.trace import Endpoint as Credited
from chaintrace.model.trace import Resting, Trace
from chaintrace.model.view import MissingState
from chaintrace.report.interface import AtIssuer
from chaintrace.report.wording import counted
from chaintrace.store import Answered, Network
from chaintrace.store.answers import How

MOST = 200
"""Places that are asked about in one follow."""

BATCH = 4
"""For each worker, so many places are asked about before the answers are stored."""


def wanted(traces: Iterable[Trace]) -> dict[MissingState, int]:
    """The places to ask about, with the most that any of these traces has there, in base units."""
    found: dict[MissingState, int] = {}
    for trace in traces:
        here: dict[MissingState, int] = {}
        for outcome in trace.outcomes:
            if not isinstance(outcome, Resting | Credited) or outcome.outpoint is not None:
                continue
            for address in filter(None, outcome.address.split(";")):
                account = Account(address, Asset(outcome.asset.chain, outcome.asset.contract))
                if has_power(account):
                    here[MissingState(account)] = here.get(MissingState(account), 0) + outcome.value
        for question, value in here.items():
            found[question] = max(value, found.get(question, 0))
    return found


def ask(exploration: Exploration, ground: Ground, fetcher: Fetcher, anchors: Anchors, observer: Observer) -> None:
    """Ask about the places of the last exact traces that nobody has told of as of the pinned tips, and store it all.

    Within the budget of requests: what it leaves no room for is named in the notices. Raises OutputError.
    """
    known = ground.view().facts.heard.states
    open_ = {
        question: value
        for question, value in wanted(exploration.traces.values()).items()
        if question.account.chain in anchors.pins and not any(one.how == "told" for one in known.get(question, ()))
    }
    first, room = fetcher.requests, exploration.room
    waiting, tips = in_turn(open_), {chain: pin.tip for chain, pin in anchors.pins.items()}
    number = 0
    while number < len(waiting):
        left = None if room is None else room - (fetcher.requests - first)
        most = min(MOST - number, BATCH * fetcher.workers)
        batch = affordable(waiting[number : number + most], left, fetcher.tellers)
        if not batch:
            text = f"Of {counted(len(open_) - number, 'place')} it was not asked what the issuer's contract says"
            anchors.notices.append(f"{text}: {f'{MOST} are the most' if number == MOST else 'the budget ended'}.")
            return
        observer("asking what issuers' contracts say", number, len(open_))
        number += len(batch)
        told = zip(batch, fetcher.states(batch, tips), strict=True)
        answers = [_answered(question, endpoint, one) for question, said in told for endpoint, one in said]
        ground.flush()
        ground.store.tell(answers)


def affordable(
    waiting: Sequence[MissingState], left: int | None, tellers: Callable[[str], int]
) -> Sequence[MissingState]:
    """The first of these questions, as many as so many requests allow: each is put to every source that can tell it.

    None is any number. Questions that nobody can be asked cost nothing, while anything is left.
    """
    if left is None:
        return waiting
    costs = accumulate(tellers(question.account.chain) for question in waiting)
    return waiting[: sum(cost <= left for cost in costs)] if left > 0 else ()


def in_turn(waiting: Mapping[MissingState, int]) -> list[MissingState]:
    """The places with the largest values first, those of several tokens in turn: their amounts cannot be compared."""
    lines: dict[Asset, list[MissingState]] = {}
    for question in sorted(waiting, key=lambda one: (-waiting[one], _place(one))):
        lines.setdefault(question.account.asset, []).append(question)
    order = sorted(lines, key=lambda asset: (asset.chain, asset.contract))
    ranks = zip_longest(*(lines[asset] for asset in order))
    return [question for rank in ranks for question in rank if question is not None]


def _place(question: MissingState) -> tuple[str, str, str]:
    account = question.account
    return account.chain, account.address, account.asset.contract


def _answered(question: MissingState, endpoint: Endpoint, said: Reply | AdapterError) -> Answered:
    """One answer as the store keeps it; of what a source raised, the reason."""
    network = Network(endpoint.chain, endpoint.adapter, endpoint.shown)
    if isinstance(said, AdapterError):
        account = question.account
        gap = Gap("source", account.chain, account.address, None, str(said), account.asset.contract)
        return Answered(network, question, "unknown", gaps=(gap,))
    how: How = "unknown" if said.still_missing else "told"
    return Answered(network, question, how, gaps=said.gaps, observations=said.observations)


def at_issuers(view: CaseView, traces: Iterable[Trace]) -> Mapping[tuple[str, str, str], AtIssuer]:
    """What the networks say under the newest pins of the places of these traces, by chain, contract and address."""
    states = view.facts.heard.states
    return {
        (question.account.chain, question.account.asset.contract, question.account.address): together(
            question.account, states.get(question, ())
        )
        for question in sorted(wanted(traces), key=_place)
    }


def together(account: Account, answers: Iterable[Answered]) -> AtIssuer:
    """What several sources say of one place. Where they differ, that is what is said, and each of them in words."""
    answers = tuple(answers)
    contract = account.asset.contract
    said = [(one, seen) for one in answers for seen in one.observations if seen.subject == account.address]
    states = [(one, seen) for one, seen in said if seen.what == state_at(contract) and seen.value in STATES]
    values = {seen.value for _, seen in states}
    differ = BLOCKED in values and len(values) > 1
    heights = [seen.height for _, seen in states if seen.height is not None]
    balances = [seen for _, seen in said if seen.what == balance_at(contract) and seen.value.isdecimal()]
    codes = {seen.value for _, seen in said if seen.what == CODE}
    newest = max((one.height or 0 for one in balances), default=0)
    held = sorted({int(one.value) for one in balances if (one.height or 0) == newest})
    height = None if differ else max(heights, default=newest or None)
    is_taken = len(held) == 1 and height == newest
    other = [] if is_taken else [f"By a source, it has {value} base units, as of height {newest}." for value in held]
    return AtIssuer(
        state="" if not values else "sources differ" if differ else values.pop() if len(values) == 1 else FREE,
        height=height,
        balance=held[0] if is_taken else None,
        has_code=None if not codes else codes != {NO_CODE},
        words=tuple(dict.fromkeys((*_words(account, answers, states if differ else []), *other))),
    )


def _words(
    account: Account, answers: Iterable[Answered], states: Iterable[tuple[Answered, Observation]]
) -> Iterator[str]:
    """What sources say differently, what was destroyed, what is proposed, and why something is not known."""
    for one, seen in states:
        yield f"{one.network.shown} says {seen.value}, as of height {seen.height}."
    for one in answers:
        for seen in one.observations:
            if seen.what == wiped_at(account.asset.contract):
                much = f"{seen.value} base units were" if seen.value else "the balance was"
                yield f"By an event at height {seen.height}, {much} destroyed."
            elif seen.what == proposed_at(account.asset.contract):
                number, _, rest = seen.value.partition(" ")
                wallet = rest.rpartition(" ")[2]
                where = f"in the issuer's wallet {wallet} (number {number}), as of height {seen.height}"
                yield (
                    f"A proposal to block this address is pending {where}; whether it will be carried out is the "
                    "issuer's decision."
                )
        for gap in one.gaps:
            yield f"{one.network.shown}: {gap.text.rstrip('.')}."
