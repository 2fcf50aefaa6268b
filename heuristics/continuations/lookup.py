"""Looking for the other side of a crossing in what the view knows: by its key at the bridge's own contracts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chaintrace.model.chain import Account, Asset
from chaintrace.model.log import Log
from chaintrace.model.protocol import Event
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import History, View
from heuristics.continuations.crossings import Crossing, crossings
from heuristics.continuations.flows import native
from heuristics.continuations.gathered import gathered, onward
from heuristics.continuations.keys import HASHED
from heuristics.continuations.verdict import Seen, seen


@dataclass(frozen=True, slots=True)
class Found:
    """The other side of a crossing: its transaction, and what its logs say of it."""

    seen: Seen
    crossing: Crossing


def deliveries(view: View, one: Crossing) -> Found | str | None:
    """Where a deposit was delivered; a sentence where two deliveries or deposits have its key; None: not known."""
    if one.times > 1 or len(tuple(_equal(view, one, "sent"))) > 1:
        return "the key was used by two deposits"
    own = one
    gone = onward(view, one)
    if not isinstance(gone, Crossing):
        return gone
    one = gone
    found = tuple(_by_txid(view, one)) or tuple(_matching(view, one, "received", _rows(view, one, "received")))
    found = found or tuple(_by_history(view, one))
    if len(found) > 1 or any(other.crossing.times > 1 for other in found if other.crossing is not one):
        return "the key was delivered twice"
    if _is_open(view, own, found, "sent"):
        return "the key was used by two deposits, and which of them was delivered is not told"
    return found[0] if found else None


def _is_open(view: View, one: Crossing, found: Sequence[Found], shape: str) -> bool:
    """Whether others on the side of a crossing have its key, and its other side does not say enough to tell them apart.

    Where both sides say it, those that differ were left out before.
    """
    told = [other.crossing for other in found if other.crossing.said is not one.said]
    if not any(other.says_less(one) for other in told):
        return False
    return len(tuple(_equal(view, one, shape, by_key=True))) > 1


def deposits(view: View, one: Crossing) -> Found | str | None:
    """The deposit that a delivery answers to; a sentence where two have its key; None: not known."""
    if one.times > 1 or len(tuple(_equal(view, one, "received"))) > 1:
        return "the key was delivered twice"
    found = tuple(_matching(view, one, "sent", _rows(view, one, "sent"))) or tuple(_of_txid(view, one))
    found = found or tuple(_by_burn(view, one)) or tuple(Found(*pair) for pair in gathered(view, one))
    found = tuple(other for other in found if _is_sent_here(other.crossing, one))
    if len(found) > 1 or any(other.crossing.times > 1 for other in found):
        return "the key was used by two deposits"
    if _is_open(view, one, found, "received"):
        return "the key was delivered twice, and to which delivery the deposit belongs is not told"
    return found[0] if found else None


def _is_sent_here(deposit: Crossing, delivery: Crossing) -> bool:
    """Whether a deposit is for the chain of a delivery, as far as it says; a lead may be a refund on its own chain."""
    says = bool(deposit.chain) and ":" not in deposit.chain and not delivery.said.event.said("lead")
    return not says or deposit.chain == delivery.said.log.chain


def _of_txid(view: View, one: Crossing) -> Iterator[Found]:
    """The deposits whose key is, or begins with, the txid of their own transaction, on the chains of their rows."""
    rows = [row for row in _rows(view, one, "sent") if row.fields.get("key", ("",))[0] == "@txid"]
    txid = f"0x{one.key.parts[0].removeprefix('0x').rjust(64, '0')}"
    for chain in dict.fromkeys(row.chain for row in rows):
        there = view.transaction(chain, txid)
        if isinstance(there, Transaction) and there.status == "confirmed":
            known = seen(there, view)
            yield from (Found(known, other) for other in crossings(known, "sent") if other.meets(one))


def _rows(view: View, one: Crossing, shape: str) -> tuple[Event, ...]:
    """The rows of the other side in whose logs the key can stand: its own ones, and those that tell more of it.

    Where the number of the other chain is not in the table, those of every chain: the key says enough.
    """
    known, chain = view.protocols(), "" if ":" in one.chain else one.chain
    return tuple(row for kind in (shape, "detail") for row in known.shaped(kind, one.protocol, one.route, chain))


def _equal(view: View, one: Crossing, shape: str, *, by_key: bool = False) -> Iterator[Found]:
    """The crossings on the same side with the same key, itself among them; by its own word, or that of its details.

    Of details those are asked that are found by another word than the other side: what has a number of its own, is one.
    """
    details = view.protocols().shaped("detail", one.protocol, one.route, one.said.log.chain)
    rows = (one.said.event, *(row for row in details if row.said("ask")))
    yield from _matching(view, one, shape, rows, one.key.own, by_key=by_key)


def _matching(
    view: View, one: Crossing, shape: str, rows: Iterable[Event], word: str = "", *, by_key: bool = False
) -> Iterator[Found]:
    """The crossings of a shape with the same key, in transactions that held; `by_key`: whatever else they say."""
    logs = dict.fromkeys(log for row in rows for log in _asked(view, row, word or one.key.word))
    told: dict[tuple[str, str], None] = dict.fromkeys((log.chain, log.txid) for log in logs)
    for at, txid in told:
        transaction = view.transaction(at, txid)
        if isinstance(transaction, Transaction) and transaction.status == "confirmed":
            known = seen(transaction, view)
            meets = one.has_key_of if by_key else one.meets
            yield from (Found(known, other) for other in crossings(known, shape) if meets(other))


def _asked(view: View, row: Event, word: str) -> tuple[Log, ...]:
    """The logs of a row's contract that have the word; none where nobody was asked, or where none can have it."""
    if not row.topic or not row.said("word") or row.said("word").startswith((HASHED, "@")):
        return ()
    found = view.logs(row.chain, row.contract, row.topic, word, row.place_of_word())
    return found if isinstance(found, tuple) else ()


def _is_answered(view: View, one: Crossing) -> bool:
    """Whether a source was asked for the logs of the other side by their key, or the other side has no such rows."""
    rows = [row for row in _rows(view, one, "received") if row.shape == "received"]
    asked = [
        view.logs(row.chain, row.contract, row.topic, one.key.word, row.place_of_word())
        for row in rows
        if row.said("word") and not row.said("word").startswith((HASHED, "@")) and row.place_of_word()
    ]
    return not rows or any(isinstance(found, tuple) for found in asked)


def _by_txid(view: View, one: Crossing) -> Iterator[Found]:
    """The delivery whose txid the deposit says, or to which the transaction with that txid hands on (`carried`)."""
    there = view.transaction(one.chain, one.txid) if one.txid else None
    if not isinstance(there, Transaction) or there.status != "confirmed":
        return
    known = seen(there, view)
    own = (one.protocol, one.route)
    several = [said for said in known.said("carried") if (said.event.protocol, said.event.route) == own]
    txids = dict.fromkeys(said.bytes_of(said.event.said("txid")) for said in several)
    if not several:
        yield Found(known, one)
    for txid in txids:
        on = view.transaction(one.chain, f"0x{txid.hex()}") if txid is not None else None
        if isinstance(on, Transaction) and on.status == "confirmed":
            yield Found(seen(on, view), one)


def _by_burn(view: View, one: Crossing) -> Iterator[Found]:
    """The deposits with the same key among the movements of whoever burned a token that the key names.

    Only of a bridge whose table has such tokens, and pays back to whoever burned them.
    """
    tokens = [row for row in view.protocols().shaped("burned", one.protocol, one.route) if _names(one, row.contract)]
    for row in tokens:
        history = view.history(Account(one.recipient, Asset(row.chain, row.contract)))
        moves = history.movements if isinstance(history, History) else ()
        told = {move.transaction.txid: move.transaction for move in moves if move.transfer.kind == "burn"}
        for transaction in (made for made in told.values() if made.status == "confirmed"):
            known = seen(transaction, view)
            yield from (Found(known, other) for other in crossings(known, "sent") if other.meets(one))


def _names(one: Crossing, contract: str) -> bool:
    """Whether a part of a key is a contract."""
    return f"0x{contract[2:].lstrip('0')}" in {f"0x{part[2:].lstrip('0')}" for part in one.key.parts}


def _by_history(view: View, one: Crossing) -> Iterator[Found]:
    """The deliveries with the same key among the movements of the recipient.

    Those that are held; where no source tells of logs by their key, those of the assets that are known there and of the
    native one are asked for.
    """
    told: dict[str, Transaction] = {}
    has_place = bool(one.chain) and ":" not in one.chain and bool(one.recipient)
    assets = dict.fromkeys((*view.assets(one.chain), native(one.chain))) if has_place else {}
    is_silent = has_place and not _is_answered(view, one)
    for asset in assets:
        if is_silent or view.coverage(one.chain, one.recipient, asset.contract):
            history = view.history(Account(one.recipient, asset))
            moves = history.movements if isinstance(history, History) else ()
            told.update({move.transaction.txid: move.transaction for move in moves})
    for transaction in (made for made in told.values() if made.status == "confirmed"):
        known = seen(transaction, view)
        yield from (Found(known, other) for other in crossings(known, "received") if other.meets(one))
