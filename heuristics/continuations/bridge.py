"""Bridge: value leaves one chain and is delivered on another one, under a key that both sides write."""

from collections.abc import Iterable, Iterator, Sequence

from chaintrace.model.finding import AnyFinding, Continues
from chaintrace.model.log import Log
from chaintrace.model.transaction import Transaction, Transfer
from chaintrace.model.view import View
from heuristics.continuations.crossings import Crossing, crossings
from heuristics.continuations.delivered import delivered
from heuristics.continuations.entered import unborne
from heuristics.continuations.flows import moved
from heuristics.continuations.lookup import Found, deliveries, deposits
from heuristics.continuations.taken import Taken, taken
from heuristics.continuations.unkeyed import unkeyed
from heuristics.continuations.unproved import unproved
from heuristics.continuations.unread import unread
from heuristics.continuations.verdict import Seen, Verdict, findings, seen
from heuristics.continuations.withdrawn import of_others, unasked

LEAD = 40
"""The confidence of what a contract of a bridge logs for anybody, whatever they write: its row says so (`lead`)."""

SKEW = 24 * 60 * 60
"""Seconds by which the time of a delivery's block may lie before that of its deposit: clocks of chains differ.

A sequencer of Arbitrum may write a time a day ago (docs.arbitrum.io, sequencerInboxMaxTimeVariation, delaySeconds).
"""


def bridge(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """Value goes on on another chain: a bridge took it here and delivers it there under the same exact key.

    The emitter decides: only what a contract of the table logs counts, and any other contract may log what it likes.
    From the deposit come the chain, the recipient ("delivered to R", which says nothing of who R is), the asset and the
    key; the delivery is the log with that key at the bridge's contract there, in a transaction that held. Where no
    source has it, the finding names chain, recipient and key, and the legs that came are empty. It works from either
    side. What came back to the payer in the deposit's transaction is a refund.
    Where a key was used twice on one side, nobody can say which is which, and what was delivered a day before it was
    paid in was not that: the legs that came are empty, and the finding says so. It abstains where several deposits of
    one transaction cannot be told apart, and where it is not clear whose value went, or where the transfers do not bear
    out that it went into the bridge, but for a tenth (fees).
    Source: docs/protocols.md, with the table in data/protocols/ and its sources.
    Where anybody can make the contract log what they like, as the row says, it is a lead (confidence 40); so is, until
    its delivery is known, what went to a token that only the caller names and that is not burned, and a burn of a token
    of Polygon's bridge for which nobody is seen to ask that token; and an exit from Polygon through a contract of
    anybody's, where its address burned the same value of the token more than once.
    Known failures: a bridge that is not in the table; a token of the caller's own that logs a burn; a recipient that is
    a contract which passes on; a message of a bridge that carries no value beside one that does; a contract of the
    caller's own that is handed one burn of Polygon to show and uses another one, alike, that no source has; two equal
    withdrawals from zkSync Era where a source does not tell their batch, which are not joined.
    Measured: docs/protocols.md, every recorded receipt and pair.
    """
    yield from findings(bridges(seen(transaction, view), view))


def bridges(seen: Seen, view: View) -> Iterator[Verdict]:
    """What can be said of each deposit and each delivery of a transaction."""
    transaction = seen.transaction
    if transaction.status != "confirmed" or transaction.utxo is not None:
        return
    sent = crossings(seen, "sent")
    for one in sent:
        yield _forward(seen, view, one, sent)
    received: dict[Log, list[Crossing]] = {}  # by log: what no log tells may have the index of another one
    for one in crossings(seen, "received"):
        received.setdefault(one.said.log, []).append(one)
    for ways in received.values():
        yield from _once(verdict for one in _single(ways) for verdict in _backward(seen, view, one))
    yield from unkeyed(seen)
    yield from unread(seen)


def _single(ways: Sequence[Crossing]) -> Sequence[Crossing]:
    """The ways of one log whose keys no other log of the transaction has; all of them where each key is another's too.

    A key that several deliveries of one message have, each with more of its own, is that of the message.
    """
    return [one for one in ways if one.times == 1] or ways


def _once(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """What is said of one log that several rows read: what joins it, else why nothing does, else that it is told."""
    several = tuple(verdicts)
    found = [verdict for verdict in several if verdict.finding is not None]
    against = [verdict for verdict in several if verdict.what == "none"]
    yield from found or (against or several)[:1]


def _forward(seen: Seen, view: View, one: Crossing, sent: tuple[Crossing, ...]) -> Verdict:
    """A deposit: what went, and what came of it on the other chain."""
    went = taken(seen, one, sent)
    if isinstance(went, str):
        return Verdict("none", one.payer or seen.sender, f"{_shown(one)}: {went}")
    found = deliveries(view, one)
    if isinstance(found, Found):
        found = _too_early(seen.transaction, found.seen.transaction) or found
    if isinstance(found, Found):
        return _found(seen.transaction, one, went, found, doubt=unproved(view, one, found))
    if against := of_others(one, went.payer):
        return Verdict("none", went.payer, f"{_shown(one)}: {against}")
    but = f"But {found}: nothing is followed." if found else ""
    return _found(seen.transaction, one, went, None, but=but, doubt=unborne(seen, one) or unasked(seen, one))


def _backward(seen: Seen, view: View, one: Crossing) -> Iterator[Verdict]:
    """A delivery: the deposit that it answers to, where a source has it."""
    found = deposits(view, one)
    if isinstance(found, str):
        yield Verdict("none", one.recipient, f"delivered by {_shown(one)}: {found}")
        return
    if found is None:
        origin = f" from {one.chain}" if one.chain else ""
        yield Verdict("delivery", one.recipient, f"delivered{origin} by {_shown(one)}: no source has the deposit")
        return
    sent = crossings(found.seen, "sent")
    went = _too_early(found.seen.transaction, seen.transaction) or taken(found.seen, found.crossing, sent)
    if isinstance(went, str):
        yield Verdict("none", one.recipient, f"delivered by {_shown(one)}: {went}")
    else:
        there, doubt = Found(seen, one), unproved(view, found.crossing, Found(seen, one))
        yield _found(found.seen.transaction, found.crossing, went, there, doubt=doubt)


def _too_early(deposit: Transaction, delivery: Transaction) -> str:
    """Why a delivery cannot answer to a deposit that came long after it, `""` where it can.

    Whoever fills orders may fill one that is not there yet, and let somebody make it later.
    """
    if deposit.time is None or delivery.time is None or deposit.time - delivery.time <= SKEW:
        return ""
    return f"{delivery.txid} delivered it {deposit.time - delivery.time} seconds before it was paid in"


def _found(
    transaction: Transaction, one: Crossing, went: Taken, found: Found | None, *, but: str = "", doubt: str = ""
) -> Verdict:
    """The finding about one crossing; without the legs that came where no source has them, or `but` says why not.

    `doubt` says why it is a lead.
    """
    came: tuple[Transfer, ...] = () if found is None else delivered(found.seen, found.crossing, one)
    chain, recipient = one.chain, one.recipient
    if found is not None:
        chain, recipient = found.seen.transaction.chain, found.crossing.recipient or recipient
    there = None if found is None else found.seen.transaction
    to = f" on {chain or 'another chain'}" + (f", to {recipient}" if recipient else "")
    text = f"{one.protocol} took it from {went.payer} and delivers it{to}, key {one.key}."
    if there is not None and not came:
        text = f"{text} It was delivered in {there.txid}, and no source tells of the transfer there."
    doubts = [doubt, one.said.event.said("lead"), "" if found is None else found.crossing.said.event.said("lead")]
    doubt = next((f"A lead: {said}." for said in doubts if said), "")
    text = " ".join(filter(None, (text, but, doubt)))
    finding = Continues(
        transaction.chain,
        transaction.txid,
        str(one.key) if there is None else there.txid,
        (transaction.txid,) if there is None else (transaction.txid, there.txid),
        confidence=LEAD if doubt else went.confidence,
        text=text,
        details=_details(one, found),
        outgoing=moved(transaction, went.legs),
        incoming=() if there is None else moved(there, came),
        refunded=moved(transaction, went.refunds),
        protocol=one.protocol,
        key=str(one.key),
        to_chain=chain,
        recipient=recipient,
    )
    return Verdict("bridge", went.payer, text, finding)


def _details(one: Crossing, found: Found | None) -> tuple[str, ...]:
    """What the two sides say of asset and value, each in base units of its own asset."""
    lines = [] if one.amount is None else [f"sent {one.amount} base units of {_asset(one.token)}"]
    lines += [] if one.least is None else [f"at least {one.least} base units were to arrive"]
    if found is not None and found.crossing is not one and found.crossing.amount is not None:
        lines.append(f"delivered {found.crossing.amount} base units of {_asset(found.crossing.token)}")
    return tuple(lines)


def _asset(token: str | None) -> str:
    """A token by its contract; the native asset where a log says so, and neither where it does not say."""
    return "its asset" if token is None else token or "the native asset"


def _shown(one: Crossing) -> str:
    """The protocol and the key."""
    return f"{one.protocol}, key {one.key}"


__all__ = ["bridge", "bridges"]
