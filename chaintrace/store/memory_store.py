"""Facts in dicts: the store of a run that keeps nothing, and the reference for the one on disk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chaintrace.model.chain import Block
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import AnyMissing, MissingTransaction
from chaintrace.store.answers import Answered, Heard, Left, Network, Pin, heard
from chaintrace.store.interface import Locate, nowhere
from chaintrace.store.memory import MemoryFacts
from chaintrace.store.observed import Noted


@dataclass(slots=True)
class _Asked:
    """What was answered under one pin."""

    pin: Pin
    answers: dict[tuple[AnyMissing, Network], Answered] = field(default_factory=dict)


class MemoryStore:
    """A `Store` in memory."""

    def __init__(self) -> None:
        self._told: dict[tuple[Source, str], tuple[Transaction, ...]] = {}
        self._readings: dict[tuple[Source, str], str] = {}
        self._orphaned: dict[tuple[str, str], datetime] = {}
        self._asked: list[_Asked] = []
        self._seen: dict[tuple[str, int, str], int] = {}

    def add(self, transactions: Iterable[Transaction], source: Source, chain: str = "", reading: str = "") -> int:
        """Keep what a source tells of a chain; another reading of it replaces the one before."""
        if self._readings.get((source, chain)) == reading:
            return sum(1 for _ in transactions)
        told = tuple(transactions)
        self._told[source, chain] = told
        self._readings[source, chain] = reading
        return len(told)

    def facts(
        self, sources: Sequence[Source], locate: Locate = nowhere, networks: Sequence[Network] = ()
    ) -> MemoryFacts:
        """What these sources say, then these networks. Raises InputError when two files contradict each other."""
        order = {source: number for number, source in reversed(list(enumerate(sources)))}
        chosen = sorted((order[source], chain) for source, chain in self._told if source in order)
        told = [
            transaction if transaction.source == sources[number] else replace(transaction, source=sources[number])
            for number, chain in chosen
            for transaction in self._told[sources[number], chain]
        ]
        more = [transaction for network in networks for transaction in self._told_by(network)]
        canonical = (tx for tx in (*told, *more) if not self._is_orphaned(tx.chain, tx.block))
        over_network = {tx.source for tx in more if tx.source is not None}
        return MemoryFacts(canonical, locate, over_network, self._heard(networks))

    def _heard(self, networks: Sequence[Network]) -> Heard:
        """What these networks answered under the newest pins, and what outlives a pin."""
        newest = self.pins()
        said = [(pin, answer) for pin, answer in self._answers() if answer.network in networks]
        now = [answer for pin, answer in said if pin == newest[pin.chain]]
        later_first = sorted(said, key=lambda one: -one[0].number)
        before = (answer for pin, answer in later_first if pin != newest[pin.chain] and answer.how == "told")
        earlier = [answer for answer in before if isinstance(answer.question, MissingTransaction)]
        noted = [Noted(pin.number, answer.network.shown, seen) for pin, answer in said for seen in answer.observations]
        pins = {chain: pin for chain, pin in newest.items() if any(network.chain == chain for network in networks)}
        found = heard(pins, now, earlier, (one for one in noted if one.observation.what == "decimals"))
        return replace(found, beside=lambda: noted)

    def _told_by(self, network: Network) -> Iterator[Transaction]:
        """What a network told: in blocks ever, pending under the newest pin of the chain."""
        newest = self.pins().get(network.chain)
        for pin, answer in self._answers():
            if answer.network == network:
                yield from (tx for tx in answer.transactions if pin == newest or tx.block is not None)

    def _answers(self) -> Iterator[tuple[Pin, Answered]]:
        """Every answer with the pin under which it was given, in the order of the pins."""
        return ((asked.pin, answer) for asked in self._asked for answer in asked.answers.values())

    def _is_orphaned(self, chain: str, block: Block | None) -> bool:
        return block is not None and (chain, block.hash) in self._orphaned

    def pin(self, chain: str, tip: Block, at: datetime) -> Pin:
        """Begin a follow of a chain as of a tip."""
        del at
        pin = Pin(len(self._asked) + 1, chain, tip)
        self._asked.append(_Asked(pin))
        self._see(chain, tip, tip.height)
        self._orphaned.pop((chain, tip.hash), None)
        return pin

    def pins(self) -> Mapping[str, Pin]:
        """The newest pin of each chain, open or not."""
        return {asked.pin.chain: asked.pin for asked in self._asked}

    def end(self, pin: Pin, at: datetime, gaps: Sequence[Gap] = (), *, stays_open: bool = False) -> None:
        """Say that a follow ended, why it ended early, and whether the next one goes on with it."""
        del at
        asked = self._asked[pin.number - 1]
        asked.pin = replace(asked.pin, is_open=stays_open, gaps=tuple(gaps))

    def tell(self, answers: Sequence[Answered]) -> None:
        """Add answers under the newest pin of their chains."""
        now = {asked.pin.chain: asked for asked in self._asked}
        for answer in answers:
            network, asked = answer.network, now[answer.network.chain]
            own = Source(network.adapter, network.shown, "")
            told = tuple(tx if tx.source is not None else replace(tx, source=own) for tx in answer.transactions)
            asked.answers[answer.question, network] = replace(answer, transactions=told, observations=answer.noted)
            for transaction in told:
                if transaction.block is not None and transaction.block.hash:
                    self._orphaned.pop((network.chain, transaction.block.hash), None)
                    self._see(network.chain, transaction.block, asked.pin.tip.height)

    def _see(self, chain: str, block: Block, tip: int | None) -> None:
        """Remember the highest tip under which a block was canonical."""
        key = (chain, block.height or 0, block.hash)
        self._seen[key] = max(self._seen.get(key, 0), tip or 0)

    def unsettled(self, chain: str, depth: int) -> Sequence[Block]:
        """The blocks that were never seen `depth` below a tip."""
        return tuple(
            Block(height, name, None)
            for (where, height, name), tip in sorted(self._seen.items())
            if where == chain and tip - height < depth and (chain, name) not in self._orphaned
        )

    def confirm(self, chain: str, blocks: Iterable[Block], tip: int) -> None:
        """Say that these blocks were canonical when the chain's tip had a height."""
        for block in blocks:
            self._see(chain, block, tip)

    def mark(self, chain: str, block_hash: str, at: datetime, *, canonical: bool) -> None:
        """Say that from `at` (UTC) on a block is canonical or not."""
        if canonical:
            self._orphaned.pop((chain, block_hash), None)
        else:
            self._orphaned[chain, block_hash] = at

    def left(self, chain: str) -> Sequence[Left]:
        """The blocks that are marked as not canonical, by height and hash."""
        heights = {(where, name): height for where, height, name in self._seen}
        gone = [(heights.get(key), key[1], at) for key, at in self._orphaned.items() if key[0] == chain]
        return tuple(Left(Block(height, name, None), at) for height, name, at in sorted(gone, key=_by_height))

    def close(self) -> None:
        """Nothing is held open."""


def _by_height(gone: tuple[int | None, str, datetime]) -> tuple[int, str]:
    """What blocks that left are sorted by; of one that no network told the height is not known."""
    return -1 if gone[0] is None else gone[0], gone[1]
