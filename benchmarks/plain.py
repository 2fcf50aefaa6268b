"""What anybody would write first: one list of lots an account, and every transfer of the ledger replayed.

These are the other side of the tracing benchmarks. They share nothing with chaintrace but the question.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

Lots: TypeAlias = list[tuple[int, str | None]]
Step: TypeAlias = Callable[[Lots, int], tuple[Lots, Lots]]


class Row(NamedTuple):
    """One transfer of one asset, in chain order; `""` for nobody, value in base units."""

    txid: str
    sender: str
    receiver: str
    value: int


@dataclass(frozen=True)
class Question:
    """A whole ledger, and what is asked of it: seeds (txid to origin), where value stops, whose history is whole."""

    rows: Sequence[Row]
    seeds: Mapping[str, str]
    stops: AbstractSet[str] = frozenset()
    whole: AbstractSet[str] | None = None

    def covered(self, address: str) -> bool:
        """Whether the rows hold every transfer of the address; all are where nobody says."""
        return bool(address) and (self.whole is None or address in self.whole)


@dataclass
class Answer:
    """Per (origin, address), in base units: credited at a stop, left where no history is, resting; and hops seen."""

    ends: dict[tuple[str, str], int] = field(default_factory=dict)
    left: dict[tuple[str, str], int] = field(default_factory=dict)
    rests: dict[tuple[str, str], int] = field(default_factory=dict)
    hops: list[tuple[str, str, str, str, int]] = field(default_factory=list)


def openings(question: Question) -> dict[str, int]:
    """The least balance with which no covered account goes below zero."""
    balance: dict[str, int] = {}
    lowest: dict[str, int] = {}
    for _, sender, receiver, value in question.rows:
        if sender == receiver:
            continue
        balance[sender] = balance.get(sender, 0) - value
        lowest[sender] = min(lowest.get(sender, 0), balance[sender])
        balance[receiver] = balance.get(receiver, 0) + value
    return {address: -least for address, least in lowest.items() if question.covered(address)}


def fifo(question: Question, step: Step | None = None) -> Answer:
    """First in, first out, with hops. A lot is (value, origin); the oldest stands first. `step` takes from a list."""
    take, answer = step or in_place, Answer()
    accounts: dict[str, Lots] = {address: [(value, None)] for address, value in openings(question).items() if value}
    for txid, sender, receiver, value in question.rows:
        if sender == receiver:
            continue
        taken: Lots = [(value, None)] if value else []
        if question.covered(sender):
            taken, accounts[sender] = take(accounts.get(sender, []), value)
            note_hops(answer, txid, sender, receiver, taken)
        if txid in question.seeds:
            taken = [(part, origin or question.seeds[txid]) for part, origin in taken]
        if receiver in question.stops:
            add(answer.ends, receiver, taken)
            taken = [(part, None) for part, _ in taken]
        elif not question.covered(receiver):
            add(answer.left, receiver, taken)
        if question.covered(receiver):
            accounts.setdefault(receiver, []).extend(taken)
    for address, lots in accounts.items():
        add(answer.rests, address, lots)
    return answer


def fifo_by_copies(question: Question) -> Answer:
    """The same with the step that the documents of tracing print: (taken, kept) as two new lists."""
    return fifo(question, by_copies)


def in_place(lots: Lots, value: int) -> tuple[Lots, Lots]:
    """Remove `value` from the front of the list itself: (taken, kept)."""
    taken = []
    while value:
        held, origin = lots[0]
        part = min(held, value)
        taken.append((part, origin))
        value -= part
        if part == held:
            lots.pop(0)
        else:
            lots[0] = (held - part, origin)
    return taken, lots


def by_copies(lots: Lots, value: int) -> tuple[Lots, Lots]:
    """Walk over every lot: (taken, kept)."""
    taken: Lots = []
    kept: Lots = []
    for held, origin in lots:
        part = min(held, value)
        value -= part
        if part:
            taken.append((part, origin))
        if part < held:
            kept.append((held - part, origin))
    return taken, kept


def note_hops(answer: Answer, txid: str, sender: str, receiver: str, lots: Lots) -> None:
    """One hop an origin that moves."""
    sums: dict[tuple[str, str], int] = {}
    add(sums, receiver, lots)
    for (origin, _), value in sums.items():
        answer.hops.append((txid, sender, receiver, origin, value))


def add(table: dict[tuple[str, str], Any], address: str, lots: Sequence[tuple[Any, str | None]]) -> None:
    """Add each origin's value."""
    for value, origin in lots:
        if origin is not None and value:
            table[origin, address] = table.get((origin, address), 0) + value


class FractionPool:
    """Pro rata by exact fractions: what leaves is `value / total` of every origin, and nothing is rounded."""

    def __init__(self) -> None:
        """Start empty."""
        self.held: dict[str | None, Fraction] = {}

    def put(self, lots: Iterable[tuple[int | Fraction, str | None, int]]) -> None:
        """Add to each origin."""
        for value, origin, _ in lots:
            self.held[origin] = self.held.get(origin, Fraction(0)) + value

    def take(self, value: int) -> list[tuple[Fraction, str | None, int]]:
        """Remove the same share of each origin."""
        if not value:
            return []
        share = Fraction(value) / sum(self.held.values())
        taken = [(held * share, origin, 0) for origin, held in self.held.items()]
        for part, origin, _ in taken:
            self.held[origin] -= part
        return taken

    def lots(self) -> list[tuple[Fraction, str | None, int]]:
        """What lies there."""
        return [(value, origin, 0) for origin, value in self.held.items()]


def replay(
    question: Question, opened: Mapping[str, int], maker: Callable[[], Any], *, rests: bool = False
) -> dict[tuple[str, str], Any]:
    """Put and take every transfer of the ledger; what each origin brought to where no history is.

    The loop is the same for every kind of pool, so that only the pools differ. `opened` is `openings(question)`;
    `rests` adds what lies in the pools at the end.
    """
    ends: dict[tuple[str, str], Any] = {}
    pools = {address: maker() for row in question.rows for address in row[1:3] if question.covered(address)}
    for address, value in opened.items():
        pools[address].put([(value, None, 0)] if value else [])
    for txid, sender, receiver, value in question.rows:
        if sender == receiver:
            continue
        lots = pools[sender].take(value) if sender in pools else [(value, None, 0)]
        if txid in question.seeds:
            lots = [(part, origin or question.seeds[txid], 0) for part, origin, _ in lots]
        if receiver in pools:
            pools[receiver].put(lots)
        else:
            add(ends, receiver, [lot[:2] for lot in lots])
    for address, pool in pools.items() if rests else ():
        add(ends, address, [lot[:2] for lot in pool.lots()])
    return ends
