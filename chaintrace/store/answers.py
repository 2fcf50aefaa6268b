"""What network sources answered, as a store keeps it: the pinned tip, the question, the facts, and how it ended.

Every answer holds as of a pin: the tip that a chain had when a follow began. Transactions in blocks outlive their pin,
and so do what could not be shown of them and what was observed beside them; what is pending, unspent or absent, and
what a source said of its own completeness, is heard under the newest only.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Coverage, Gap, Observation, Source, Unspent
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import (
    AnyMissing,
    Missing,
    MissingHistory,
    MissingLogs,
    MissingSpender,
    MissingState,
    MissingTransaction,
)
from chaintrace.store.observed import Noted, Told, heard_of, scales

How: TypeAlias = Literal["told", "absent", "unknown"]
"""How a question ended: facts were told, the source has no such thing, or it said why it cannot answer."""


STATE = "state"
"""How the text of a question about a token's contract and an address begins."""

LOGS = "logs"
"""How the text of a question about a contract's logs begins."""


class Network(NamedTuple):
    """A network source of a case by what identifies it: chain, adapter, and the url as the case shows it."""

    chain: str
    adapter: str
    shown: str


class Left(NamedTuple):
    """A block that left its chain, and when that was noticed (UTC)."""

    block: Block
    at: datetime


@dataclass(frozen=True, slots=True)
class Pin:
    """The tip of a chain as of which a follow asks. It stays open until that follow has ended.

    `gaps` say why a follow that used it ended early.
    """

    number: int
    chain: str
    tip: Block
    is_open: bool = True
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One question, the source that answered it, and the answer."""

    network: Network
    question: AnyMissing
    how: How
    transactions: tuple[Transaction, ...] = ()
    unspent: tuple[Unspent, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    gaps: tuple[Gap, ...] = ()
    observations: tuple[Observation, ...] = ()

    @property
    def noted(self) -> tuple[Observation, ...]:
        """What was observed, each once, as a store can keep it: with a source, and in text that UTF-8 has."""
        own = Source(self.network.adapter, self.network.shown, "")
        return tuple(
            dict.fromkeys(
                replace(seen, subject=_storable(seen.subject), value=_storable(seen.value), source=seen.source or own)
                for seen in self.observations
            )
        )


def _storable(text: str) -> str:
    """A text with escapes for the halves of letters that JSON can hold and UTF-8 cannot."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def question_text(question: AnyMissing) -> str:
    """A question as one line of text; equal questions have equal lines."""
    match question:
        case MissingTransaction(chain, txid):
            parts = ["transaction", chain, txid]
        case MissingSpender(outpoint):
            parts = ["spender", outpoint.chain, outpoint.txid, str(outpoint.vout)]
        case MissingHistory(account, since):
            asset = account.asset
            parts = ["history", asset.chain, account.address, asset.contract, *([str(since)] if since else [])]
        case MissingState(account):
            parts = [STATE, account.chain, account.address, account.asset.contract]
        case MissingLogs(chain, contract, topic, key, place, since, until):
            span = [str(since), str(until)] if since or until else []
            parts = [LOGS, chain, contract, topic, key, str(place), *span]
    return json.dumps(parts, ensure_ascii=False)


def question_of(text: str) -> AnyMissing:
    """The question that `question_text` wrote."""
    kind, chain, *rest = json.loads(text)
    if kind == "transaction":
        return MissingTransaction(chain, rest[0])
    if kind == "spender":
        return MissingSpender(OutPoint(chain, rest[0], int(rest[1])))
    if kind == STATE:
        return MissingState(Account(rest[0], Asset(chain, rest[1])))
    if kind == LOGS:
        return MissingLogs(chain, rest[0], rest[1], rest[2], *map(int, rest[3:]))
    return MissingHistory(Account(rest[0], Asset(chain, rest[1])), int(rest[2]) if rest[2:] else 0)


def gaps_text(gaps: tuple[Gap, ...]) -> str:
    """Gaps as JSON. Values are texts: a base unit is never a number with a point."""
    rows = [
        [gap.kind, gap.chain, gap.subject, _number_text(gap.effect_value), gap.text, gap.contract, *_only(gap)]
        for gap in gaps
    ]
    return json.dumps(rows, ensure_ascii=False)


def _only(gap: Gap) -> list[bool]:
    """Whether it is about the native asset alone: written where it is, for most gaps are not."""
    return [True] if gap.native_only else []


def gaps_of(text: str) -> tuple[Gap, ...]:
    """The gaps that `gaps_text` wrote."""
    return tuple(
        Gap(kind, chain, subject, None if value is None else int(value), said, contract, *only)
        for kind, chain, subject, value, said, contract, *only in json.loads(text)
    )


def coverage_text(coverages: tuple[Coverage, ...]) -> str:
    """Coverages as JSON."""
    rows = [
        [
            held.chain,
            None if held.addresses is None else sorted(held.addresses),
            None if held.contracts is None else sorted(held.contracts),
            [held.start, held.end, held.height, held.time],
            held.how,
            _number_text(held.opening),
        ]
        for held in coverages
    ]
    return json.dumps(rows, ensure_ascii=False)


def coverage_of(text: str) -> tuple[Coverage, ...]:
    """The coverages that `coverage_text` wrote."""
    return tuple(
        Coverage(
            chain,
            None if addresses is None else frozenset(addresses),
            None if contracts is None else frozenset(contracts),
            start,
            end,
            height,
            time,
            how,
            *(None if opening is None else int(opening) for opening in later),
        )
        for chain, addresses, contracts, (start, end, height, time), how, *later in json.loads(text)
    )


def _number_text(value: int | None) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the networks of a case say besides transactions, under the newest pin of each chain.

    `questions` holds how each question ended, `gaps` what an answer left unproven, and `by` who answered, by the
    question. `scales` is what was observed of the decimals of tokens, and `doubts` say where that differs, so that an
    asset of the view has no scale, or another one. `beside` reads all that was observed: few ask, and it may be much.
    `states` are the answers about addresses at the contracts of tokens, each with what was observed.
    """

    pins: Mapping[str, Pin]
    questions: Mapping[Missing, How]
    unspent: Mapping[OutPoint, Unspent]
    coverage: tuple[Coverage, ...]
    gaps: Mapping[Missing, tuple[Gap, ...]]
    by: Mapping[Missing, tuple[Network, ...]] = field(default_factory=dict)
    scales: Told = field(default_factory=dict)
    doubts: tuple[Gap, ...] = ()
    beside: Callable[[], Iterable[Noted]] = field(compare=False, default=tuple)
    states: Mapping[MissingState, tuple[Answered, ...]] = field(default_factory=dict)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What was observed beside movements, by chain, subject and height; of one thing the newest word."""
        return tuple(one.observation for one in heard_of(self.beside()))

    @property
    def told(self) -> Mapping[Network, int]:
        """How many questions each network answered."""
        return Counter(network for several in self.by.values() for network in several)

    def with_gaps(self, found: Mapping[Missing, tuple[Gap, ...]], doubts: tuple[Gap, ...] = ()) -> "Heard":
        """The same with more gaps, and with what is doubted of scales."""
        united = dict(self.gaps)
        for question, gaps in found.items():
            united[question] = (*united.get(question, ()), *gaps)
        return replace(self, gaps=united, doubts=doubts)


SILENT = Heard({}, {}, {}, (), {})
"""Of a case without network sources."""


def heard(
    pins: Mapping[str, Pin],
    answers: Iterable[Answered],
    earlier: Iterable[Answered] = (),
    decimals: Iterable[Noted] = (),
) -> Heard:
    """Put answers together, each given under the newest pin of its chain.

    Where one source left a question open and another settled it, what the first could not prove is proven. `earlier`
    are answers that told a transaction under a pin before, later pins first: the transaction outlives its pin, and so
    does what was left unproven of it, until it is asked for again. `decimals` were observed under any pin.
    """
    unspent: dict[OutPoint, Unspent] = {}
    coverage: dict[Coverage, None] = {}
    given: dict[Missing, list[Answered]] = {}
    states: dict[MissingState, tuple[Answered, ...]] = {}
    for answer in sorted(answers, key=_answer_order):
        if isinstance(answer.question, MissingState):
            states[answer.question] = (*states.get(answer.question, ()), answer)
            continue
        given.setdefault(answer.question, []).append(answer)
        for told in answer.unspent:
            unspent.setdefault(told.outpoint, told)
        coverage.update(dict.fromkeys(answer.coverage))
    questions: dict[Missing, How] = {}
    gaps: dict[Missing, tuple[Gap, ...]] = {}
    for question, several in given.items():
        settled = [answer for answer in several if answer.how != "unknown"]
        questions[question] = settled[0].how if settled else "unknown"
        left = tuple(dict.fromkeys(gap for answer in settled or several for gap in answer.gaps))
        if left:
            gaps[question] = left
    last: dict[Missing, Answered] = {}
    for answer in earlier:
        if isinstance(answer.question, MissingState):
            continue
        if answer.question not in given and last.setdefault(answer.question, answer) is answer and answer.gaps:
            gaps[answer.question] = answer.gaps
    by = {
        question: tuple(answer.network for answer in several if answer.how != "unknown")
        for question, several in given.items()
    }
    return Heard(pins, questions, unspent, tuple(coverage), gaps, by, scales(heard_of(decimals)), states=states)


def _answer_order(answer: Answered) -> tuple[str, Network]:
    return question_text(answer.question), answer.network
