"""Looking for the other side of a crossing in what the view knows: by its key at the bridge's own contracts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaintrace.model.chain import Account
from chaintrace.model.log import Log
from chaintrace.model.protocol import Event
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import History, View
from heuristics.continuations.crossings import Crossing, crossings
from heuristics.continuations.keys import HASHED
from heuristics.continuations.verdict import Seen, seen


@dataclass(frozen=True, slots=True)
class Found:
    """The other side of a crossing: its transaction, and what its logs say of it."""

    seen: Seen
    crossing: Crossing


def deliveries(view: View, one: Crossing) -> Found | str | None:
    """Where a deposit was delivered; a sentence where two deliveries or deposits have its key; None: not known."""
    if len(tuple(_matching(view, one, "sent", (one.said.event,)))) > 1:
        return "the key was used by two deposits"
    found = tuple(_by_txid(view, one)) or tuple(_matching(view, one, "received", _rows(view, one, "received")))
    found = found or tuple(_by_history(view, one))
    if len(found) > 1:
        return "the key was delivered twice"
    return found[0] if found else None


def deposits(view: View, one: Crossing) -> Found | str | None:
    """The deposit that a delivery answers to; a sentence where two have its key; None: not known."""
    if len(tuple(_matching(view, one, "received", (one.said.event,)))) > 1:
        return "the key was delivered twice"
    found = tuple(_matching(view, one, "sent", _rows(view, one, "sent")))
    if len(found) > 1:
        return "the key was used by two deposits"
    return found[0] if found else None


def _rows(view: View, one: Crossing, shape: str) -> tuple[Event, ...]:
    """The rows of the other side in whose logs the key can stand: its own ones, and those that tell more of it.

    Where the number of the other chain is not in the table, those of every chain: the key says enough.
    """
    known, chain = view.protocols(), "" if ":" in one.chain else one.chain
    return tuple(row for kind in (shape, "detail") for row in known.shaped(kind, one.protocol, one.route, chain))


def _matching(view: View, one: Crossing, shape: str, rows: Iterable[Event]) -> Iterator[Found]:
    """The crossings of a shape with the same key, in transactions that held."""
    logs = dict.fromkeys(log for row in rows for log in _asked(view, row, one))
    told: dict[tuple[str, str], None] = dict.fromkeys((log.chain, log.txid) for log in logs)
    for at, txid in told:
        transaction = view.transaction(at, txid)
        if isinstance(transaction, Transaction) and transaction.status == "confirmed":
            known = seen(transaction, view)
            yield from (
                Found(known, other)
                for other in crossings(known, shape)
                if (other.protocol, other.route) == (one.protocol, one.route) and other.key.parts == one.key.parts
            )


def _asked(view: View, row: Event, one: Crossing) -> tuple[Log, ...]:
    """The logs of a row's contract that have the key's word; none where nobody was asked, or where none can have it."""
    if not row.said("word") or row.said("word").startswith((HASHED, "@")):
        return ()
    found = view.logs(row.chain, row.contract, row.topic, one.key.word, row.place_of_word())
    return found if isinstance(found, tuple) else ()


def _by_txid(view: View, one: Crossing) -> Iterator[Found]:
    """The delivery whose txid the deposit says."""
    there = view.transaction(one.chain, one.txid) if one.txid else None
    if isinstance(there, Transaction) and there.status == "confirmed":
        yield Found(seen(there, view), one)


def _by_history(view: View, one: Crossing) -> Iterator[Found]:
    """The deliveries with the same key among the movements of the recipient that are held."""
    told: dict[str, Transaction] = {}
    for asset in view.assets(one.chain) if one.chain and one.recipient else ():
        if view.coverage(one.chain, one.recipient, asset.contract):
            history = view.history(Account(one.recipient, asset))
            moves = history.movements if isinstance(history, History) else ()
            told.update({move.transaction.txid: move.transaction for move in moves})
    for transaction in told.values():
        known = seen(transaction, view)
        yield from (
            Found(known, other)
            for other in crossings(known, "received")
            if (other.protocol, other.route) == (one.protocol, one.route) and other.key.parts == one.key.parts
        )
