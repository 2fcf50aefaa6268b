"""Crossings: what the logs of one transaction say was sent to another chain, or delivered from one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from heuristics.continuations.arguments import Said
from heuristics.continuations.keys import COMPUTED, HASHED, Key, key_of, same_of
from heuristics.continuations.memos import TEXTS
from heuristics.continuations.unlogged import burned, paid
from heuristics.continuations.verdict import Seen

ALONE = "alone"
"""The condition of a row that counts only where no other row of its protocol does, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One value that a bridge took or gave, as its own contract says.

    `chain` is the other chain, `""` where the log does not name it. `recipient` is who gets it there or got it here.
    Values are in base units of this side's asset, which may have other decimals than the other side's. `token` is the
    contract of this side, `least` what must arrive in base units of the other side; None where the log does not say.
    `txid` is that of the delivery, where the deposit already says it. `vault` is a contract that makes or holds what
    is delivered, or takes what is sent, `""` where the log names none. `times` is how many logs of its event in the
    transaction have the key.
    """

    said: Said
    key: Key
    chain: str
    recipient: str
    payer: str
    token: str | None
    amount: int | None
    least: int | None
    txid: str = ""
    vault: str = ""
    times: int = 1

    def meets(self, other: "Crossing") -> bool:
        """Whether another crossing has the same key on the same way, and says the same of it where both rows ask."""
        mine, its = same_of(self.said), same_of(other.said)
        return self.has_key_of(other) and (len(mine) != len(its) or mine == its)

    def has_key_of(self, other: "Crossing") -> bool:
        """Whether another crossing has the same key on the same way, whatever else the two say."""
        own, way = (self.protocol, self.route, self.key.parts), (other.protocol, other.route, other.key.parts)
        return own == way

    def says_less(self, other: "Crossing") -> bool:
        """Whether one of two crossings does not say all that the other one does, besides the key."""
        return len(same_of(self.said)) != len(same_of(other.said))

    @property
    def protocol(self) -> str:
        """The protocol's name, as its table has it."""
        return self.said.event.protocol

    @property
    def route(self) -> str:
        """The way of the protocol that it took."""
        return self.said.event.route


def crossings(seen: Seen, shape: str) -> tuple[Crossing, ...]:
    """What was `sent` or `received` in a transaction, in the order of the logs, each key of a way once.

    Events of one crossing are told together: the rows of shape `detail` of its protocol fill in what the first lacks.
    Where one event is logged several times with one key, nobody can say which it is (`times`). Left out is what has
    more than one key: anybody can send a message of their own beside that of a bridge.
    """
    details = tuple(filter(holds, seen.said("detail")))
    told = (*seen.said(shape), *(burned(seen) if shape == "sent" else paid(seen)))
    mains = sorted(_without_plain(tuple(filter(holds, told))), key=lambda said: "key" in said.event.fields)
    found: dict[tuple[str, str, Key], Crossing] = {}
    places: dict[tuple[str, str, Key], dict[str, set[int]]] = {}
    for said in mains:
        more = _details(said, mains, details)
        key = _key(said, more, mains, details)
        if key is not None:
            way = (said.event.protocol, said.event.route, key)
            places.setdefault(way, {}).setdefault(said.event.topic, set()).add(said.log.index)
            found.setdefault(way, _crossing(said, key, (said, *more), shape))
    return tuple(replace(one, times=max(map(len, places[way].values()))) for way, one in found.items())


def holds(said: Said) -> bool:
    """Whether a log is what its row means by it (`where`).

    An argument alone must not be zero; `argument=listed` must be a contract of the same protocol on the same chain.
    `alone` is for `_without_plain`.
    """
    chain = said.log.chain
    for condition in said.event.fields.get("where", ()):
        name, _, wanted = condition.partition("=")
        if condition == ALONE:
            continue
        if not wanted and not _is_there(said, name):
            return False
        rows = said.protocols.of(chain, said.address(name, chain)) if wanted else ()
        if wanted and not any(row.protocol == said.event.protocol for row in rows):
            return False
    return True


def bytes_in(said: Said, expression: str) -> bytes | None:
    """The bytes of an argument, or those that are computed (`#name`)."""
    if expression.startswith(HASHED):
        made = COMPUTED.get(expression.removeprefix(HASHED))
        return None if made is None else made(said)
    return said.bytes_of(expression)


def _is_there(said: Said, name: str) -> bool:
    """Whether a condition holds: an argument is not zero, or something can be computed."""
    return bool(bytes_in(said, name)) if name.startswith(HASHED) else bool(said.number(name))


def _without_plain(mains: Sequence[Said]) -> Iterator[Said]:
    """The logs without those that count only where their protocol says nothing else in the transaction."""
    for said in mains:
        others = (one for one in mains if one.event.protocol == said.event.protocol and one is not said)
        if ALONE not in said.event.fields.get("where", ()) or all(
            ALONE in one.event.fields.get("where", ()) for one in others
        ):
            yield said


def _details(said: Said, mains: Iterable[Said], details: Iterable[Said]) -> tuple[Said, ...]:
    """The details of one log: those with its key, else those that stand as near to it as to no other one."""
    own = [one for one in details if (one.event.protocol, one.event.route) == (said.event.protocol, said.event.route)]
    key = key_of(said)
    rivals = [one for one in mains if (one.event.protocol, one.event.route) == (said.event.protocol, said.event.route)]
    return tuple(
        one
        for one in own
        if (key is not None and key_of(one) == key)
        or ((key is None or key_of(one) is None) and _nearest(one, rivals) is said)
    )


def _key(said: Said, more: Iterable[Said], mains: Iterable[Said], details: Iterable[Said]) -> Key | None:
    """The key of a log: its own, else that of its details; None where it has several, or its way has too many.

    With more keys than logs that lack one, some of the keys are those of other messages, and the nearest may be one.
    """
    own = key_of(said)
    if own is not None:
        return own
    way = (said.event.protocol, said.event.route)
    beside = [one for one in mains if (one.event.protocol, one.event.route) == way]
    told = {key_of(one) for one in details if (one.event.protocol, one.event.route) == way}
    others = told - {None} - {key_of(one) for one in beside}
    mine = {key_of(one) for one in more} - {None}
    lacking = sum(key_of(one) is None for one in beside)
    return mine.pop() if len(mine) == 1 and len(others) <= lacking else None


def _nearest(detail: Said, mains: Iterable[Said]) -> Said:
    """The log that a detail stands nearest to, the earlier one of two."""
    return min(mains, key=lambda one: (abs(one.log.index - detail.log.index), one.log.index))


def _crossing(said: Said, key: Key, told: tuple[Said, ...], shape: str) -> Crossing:
    """The crossing that a log and its details tell."""
    here = said.log.chain
    chain = _text(told, "to" if shape == "sent" else "origin")
    there = chain if shape == "sent" else here
    return Crossing(
        said,
        key,
        chain,
        _address(told, "recipient", there),
        _address(told, "payer", here),
        _address(told, "token", here) if any("token" in one.event.fields for one in told) else None,
        _number(told, "amount"),
        _number(told, "least"),
        _txid(told),
        _address(told, "vault", here),
    )


def _values(told: Iterable[Said], name: str) -> Iterator[tuple[Said, str]]:
    """The logs that have a field, with what the field says."""
    return ((one, one.event.said(name)) for one in told if name in one.event.fields)


def _address(told: Iterable[Said], name: str, chain: str) -> str:
    """A field as an address of a chain; `""` where no log has it."""
    found = (
        "" if expression == "native" else _place(one, expression) or one.address(expression, chain)
        for one, expression in _values(told, name)
    )
    return next((address for address in found if address), "")


def _number(told: Iterable[Said], name: str) -> int | None:
    """A field as a whole number; None where no log has it."""
    return next((value for one, text in _values(told, name) if (value := one.number(text)) is not None), None)


def _place(said: Said, expression: str) -> str:
    """What a text of the log says by a rule of its own (`#name`); `""` for every other expression."""
    read = TEXTS.get(expression.removeprefix(HASHED)) if expression.startswith(HASHED) else None
    return "" if read is None else read(said)


def _txid(told: Iterable[Said]) -> str:
    """The txid of the delivery; `""` where no log says it."""
    found = (bytes_in(one, expression) for one, expression in _values(told, "txid"))
    return next((f"0x{value.hex()}" for value in found if value is not None and len(value) == 32), "")


def _text(told: Iterable[Said], name: str) -> str:
    """The chain that a field names by its number, or by its own name after `=`; `""` where no log names one."""
    for one, expression in _values(told, name):
        if expression.startswith(("=", HASHED)):
            return expression.removeprefix("=") if expression.startswith("=") else _place(one, expression)
        number = one.number(expression)
        if number is not None:
            return one.protocols.chain_of(one.event.numbers, number) or f"{one.event.numbers}:{number}"
    return ""
