"""Gathered: deposits that wait and go on together in one later message, whose key the other side writes.

A bus of Stargate v2 is one: each passenger has a ticket, the bus says which tickets it takes and the guid of its
message, and the other side logs that guid for each passenger with the recipient and the value. Source:
stargate-protocol/stargate-v2, packages/stg-evm-v2/src/libs/Bus.sol and src/messaging/TokenMessaging.sol.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from chaintrace.model.log import Log
from chaintrace.model.protocol import WORD, Event
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.continuations.arguments import Said
from heuristics.continuations.crossings import Crossing, crossings
from heuristics.continuations.keys import Key, key_of, same_of
from heuristics.continuations.verdict import Seen, seen

FIRST: Final = 1 << 13
"""Blocks of the first window in which a message is looked for: it goes when it is full, or when it is paid for."""

WINDOWS: Final = 6
"""So many windows are looked through, each twice as wide as the one before: half a million blocks."""


def onward(view: View, one: Crossing) -> Crossing | str | None:
    """A deposit under the key with which it goes on; a sentence where two messages took it, None where none is known.

    A deposit of a way on which nothing is gathered goes on as it is. The key that it has on the other side is that of
    the message, with what only this deposit says of itself (`same`).
    """
    rows = tuple(view.protocols().shaped("gathered", one.protocol, one.route, one.said.log.chain))
    if not rows:
        return one
    keys = {key for row in rows for key in _keys(_messages(view, row, one.key.word), one)}
    keys = keys or {key for row in rows for key in _later(view, row, one)}
    if len(keys) > 1:
        return "two messages say that they took it"
    for key in keys:
        return replace(one, key=Key((*key.parts, *same_of(one.said)), key.word))
    return None


def _keys(messages: Iterable[Said], one: Crossing) -> set[Key]:
    """The keys of those messages that say that they took a deposit."""
    ticket, own = _ticket(one), one.said.number(one.said.event.said("to"))
    if ticket is None:
        return set()
    took = (
        said for said in messages if said.fits and _takes(said, ticket) and said.number(said.event.said("to")) == own
    )
    return {key for key in map(key_of, took) if key is not None}


def _later(view: View, row: Event, one: Crossing) -> set[Key]:
    """The keys of the messages that took a deposit, looked for from its own block on, window by window.

    Windows begin at round heights, so that those of several deposits are one question. One that nobody has answered
    yet is waited for: a later one is not asked before. That none is found says nothing: it may go later still.
    """
    there = view.transaction(one.said.log.chain, one.said.log.txid)
    height = there.height if isinstance(there, Transaction) and _ticket(one) is not None else None
    for span in _windows(height) if height is not None else ():
        found = view.logs(row.chain, row.contract, row.topic, one.key.word, 0, span=span)
        if not isinstance(found, tuple):
            break
        if _keys((Said(log, row, view.protocols()) for log in found), one):  # whose transaction may not be told yet
            return _keys(_messages(view, row, one.key.word), one)
    return set()


def _windows(height: int) -> Iterator[tuple[int, int]]:
    """The heights between which is looked, in order: from, and up to and with."""
    begin, width = height - height % FIRST, FIRST
    for _ in range(WINDOWS):
        yield begin, begin + width - 1
        begin, width = begin + width, 2 * width


def gathered(view: View, one: Crossing) -> Iterator[tuple[Seen, Crossing]]:
    """The deposits that a delivery of a gathered message answers to, each with its transaction."""
    for row in view.protocols().shaped("gathered", one.protocol, one.route, "" if ":" in one.chain else one.chain):
        for said in _messages(view, row, one.key.word):
            key = key_of(said)
            if key is not None and key.parts == one.key.parts[: len(key.parts)]:
                yield from _deposits(view, said, one.key.parts[len(key.parts) :])


def _deposits(view: View, message: Said, same: tuple[str, ...]) -> Iterator[tuple[Seen, Crossing]]:
    """The deposits that a message took, of those that say this of themselves."""
    row, to = message.event, message.number(message.event.said("to"))
    word = f"0x{(to or 0).to_bytes(WORD, 'big').hex()}"
    sent = view.protocols().shaped("sent", row.protocol, row.route, row.chain)
    txids = dict.fromkeys(log.txid for other in sent for log in _asked(view, other, word))
    for txid in txids:
        transaction = view.transaction(row.chain, txid)
        if isinstance(transaction, Transaction) and transaction.status == "confirmed":
            known = seen(transaction, view)
            for one in crossings(known, "sent"):
                ticket = _ticket(one) if (one.protocol, one.route) == (row.protocol, row.route) else None
                goes = ticket is not None and _takes(message, ticket) and same_of(one.said) == same
                if goes and one.said.number(one.said.event.said("to")) == to:
                    yield known, one


def _messages(view: View, row: Event, word: str) -> Iterator[Said]:
    """The messages that have a word, in transactions that held."""
    for log in _asked(view, row, word):
        transaction = view.transaction(log.chain, log.txid)
        said = Said(log, row, view.protocols())
        if isinstance(transaction, Transaction) and transaction.status == "confirmed" and said.fits:
            yield said


def _asked(view: View, row: Event, word: str) -> tuple[Log, ...]:
    """The logs of a row's contract among whose data a word stands; none where nobody was asked."""
    found = view.logs(row.chain, row.contract, row.topic, word, 0)
    return found if isinstance(found, tuple) else ()


def _ticket(one: Crossing) -> int | None:
    """The number of a deposit among those that wait: the last part of its key."""
    return one.said.number(one.said.event.fields["key"][-1]) if "key" in one.said.event.fields else None


def _takes(message: Said, ticket: int) -> bool:
    """Whether a message takes a number: those from `first` on, as many as `count`."""
    first, count = (message.number(message.event.said(name)) for name in ("first", "count"))
    return first is not None and count is not None and first <= ticket < first + count
