"""What is known of protocols: which contract says by which event that value goes on, and what its arguments mean.

The rows are data (`data/protocols/`, and a user's own files). A shape says which function reads an event; so a protocol
of a known shape is a file, and only a new shape is code.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeVar

_Key = TypeVar("_Key")

SHAPES: Final[Mapping[str, str]] = {
    "sent": "a bridge takes value on this chain, and says by which key it is delivered on another",
    "received": "a bridge delivers on this chain what was sent on another under the same key",
    "detail": "another event of the same transaction says more of what was sent or received under the same key",
    "burned": "a token that is destroyed here is paid out on another chain, which is shown this very burn",
    "paid": "a contract pays out what came from another chain, and logs nothing of it",
    "gathered": "several deposits go on in one later message, and this event of their own chain says which",
    "unkeyed": "a contract that pays out what came from another chain, and logs no key of it",
    "carried": "the delivery stands in another transaction, which this event of the one that a deposit names says",
    "order": "a contract settles an order, and names whose it is",
    "trade": "a contract exchanges one asset for another for whoever asks it",
    "pool": "a pool exchanges one asset for another, and says how much of each; any contract may log such an event",
    "router": "a contract that carries out an exchange for whoever calls it, and need not log it",
    "wrapper": "a contract that takes the native asset and gives a token for it one to one, and takes it back",
    "share": "a contract gives a share of a pool, a vault or a loan for what is put in, or takes it back",
    "coded": "an account that pays out on the chain that the last digits of a payment to it name",
    "twin": "one of two contracts under which one token moves at once",
    "account": "an account that is a contract carries out what its signers signed",
    "mixer": "a contract takes value from anybody and pays it out without saying whose it was: a trace stops there",
}
"""What a row can be, and in which words it is told."""

ANYWHERE: Final = frozenset({"pool", "share", "account"})
"""The shapes of events that any contract may log. What they say counts only as far as the transfers bear it out."""

WORD: Final = 32
"""Bytes of a word of the Ethereum virtual machine (Yellow Paper, 9.1)."""

MOVED: Final = frozenset({"burned", "paid"})
"""The shapes that are read from what moves: their event stands for a transfer, and no log is looked up by it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an event: its name, its type in the signature, whether it is a topic, and a tuple's parts."""

    name: str
    type: str
    is_indexed: bool = False
    parts: tuple["Argument", ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one contract of one protocol. `contract` is `""` where any contract may log it (a pool).

    `topic` is the Keccak-256 of the signature, `""` of a row that no event belongs to. `fields` says which argument is
    what, in the words of `docs/adding-a-protocol.md`. `route` parts the ways of one protocol that do not meet:
    what was sent on one is received on the same. `source` is where it was read, on the day `checked`.
    """

    protocol: str
    chain: str
    contract: str
    topic: str
    name: str
    arguments: tuple[Argument, ...]
    shape: str
    fields: Mapping[str, tuple[str, ...]] = field(hash=False)
    numbers: str
    route: str
    source: str
    checked: dt.date

    def said(self, field_name: str) -> str:
        """What a field of one part says; `""` where the row does not have it."""
        return next(iter(self.fields.get(field_name, ())), "")

    def place_of_word(self) -> int:
        """Where the word stands that a search asks for: 1-3, a topic; 0: among the data, where nothing can filter."""
        word = self.said("word")
        indexed = [argument.name for argument in self.arguments if argument.is_indexed]
        return indexed.index(word) + 1 if word in indexed else 0


@dataclass(frozen=True)
class Protocols:
    """Every row that a case knows, and the numbers that protocols give to chains.

    `numbers` is by the name of a numbering: the chain by its number there.
    """

    rows: tuple[Event, ...] = ()
    numbers: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def at(self, chain: str, emitter: str, topic: str) -> tuple[Event, ...]:
        """The rows of an event that this contract logs on this chain. The emitter decides: nobody else's counts."""
        return self._by_place.get((chain, emitter, topic), ())

    def anywhere(self, topic: str) -> tuple[Event, ...]:
        """The rows of an event that any contract of any chain may log."""
        return self._by_place.get(("", "", topic), ())

    def of(self, chain: str, contract: str) -> tuple[Event, ...]:
        """The rows about a contract, whatever it logs."""
        return self._by_contract.get((chain, contract), ())

    def shaped(self, shape: str, protocol: str, route: str, chain: str = "") -> Iterator[Event]:
        """The rows of one shape of one protocol on one route; on one chain where it is named."""
        for row in self._by_shape.get((shape, protocol, route), ()):
            if not chain or row.chain == chain:
                yield row

    def chain_of(self, numbering: str, number: int) -> str:
        """The chain that has this number in a numbering; `""` where the table does not name it."""
        return self.numbers.get(numbering, {}).get(number, "")

    def number_of(self, numbering: str, chain: str) -> int | None:
        """The number of a chain in a numbering; None where the table does not name it."""
        return next((number for number, name in self.numbers.get(numbering, {}).items() if name == chain), None)

    def with_more(self, other: "Protocols") -> "Protocols":
        """Both tables; a number that both name is the other one's."""
        numbers = {
            name: {**self.numbers.get(name, {}), **other.numbers.get(name, {})}
            for name in {**self.numbers, **other.numbers}
        }
        return Protocols(tuple(dict.fromkeys((*self.rows, *other.rows))), numbers)

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str, str], tuple[Event, ...]]:
        return _grouped(((row.chain, row.contract, row.topic), row) for row in self.rows)

    @cached_property
    def _by_contract(self) -> Mapping[tuple[str, str], tuple[Event, ...]]:
        return _grouped(((row.chain, row.contract), row) for row in self.rows)

    @cached_property
    def _by_shape(self) -> Mapping[tuple[str, str, str], tuple[Event, ...]]:
        return _grouped(((row.shape, row.protocol, row.route), row) for row in self.rows)


def _grouped(rows: Iterable[tuple[_Key, Event]]) -> Mapping[_Key, tuple[Event, ...]]:
    """Rows by a key, in their order."""
    found: dict[_Key, list[Event]] = {}
    for key, row in rows:
        found.setdefault(key, []).append(row)
    return {key: tuple(several) for key, several in found.items()}
