"""What a bridge took: the legs of whoever paid the deposit, also where a router or a swap stands in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaintrace.model.chain import Asset
from chaintrace.model.transaction import Transaction, Transfer
from heuristics.continuations.crossings import Crossing
from heuristics.continuations.entered import Entered, entered, may_enter
from heuristics.continuations.flows import Party, legs, native, parties
from heuristics.continuations.swappers import actors, shown
from heuristics.continuations.verdict import Seen


@dataclass(frozen=True, slots=True)
class Taken:
    """Who paid a deposit, by which legs, which legs came back to it, and how sure that is: 0, as the rule."""

    payer: str
    legs: tuple[Transfer, ...]
    refunds: tuple[Transfer, ...]
    confidence: int = 0


def taken(seen: Seen, one: Crossing, sent: Sequence[Crossing]) -> Taken | str:
    """What went into a deposit; a sentence where that cannot be told.

    The payer is whoever the event names and has less when the transaction ends, else whoever acted in it. What it gives
    is the deposit's own asset, or the one that was exchanged for it on the way. A little of the native asset beside a
    token is the price of the crossing.
    """
    transaction = seen.transaction
    known = parties(transaction)
    payer = _payer(seen, one, known)
    if payer is None:
        return "whose value it took is not told"
    asset = _asset(transaction, payer, one)
    if asset is None:
        return f"{payer.address} gives {shown(payer.lost)}, and which of them crossed is not told"
    seen_to = entered(seen, payer, asset, one, known) if len(sent) == 1 else Entered()
    if seen_to.against:
        return seen_to.against
    went = legs(transaction, payer.address, asset, paid=True)
    rivals = [other for other in sent if (other.protocol, other.route, other.key) != (one.protocol, one.route, one.key)]
    if not rivals:
        back = legs(transaction, payer.address, asset, paid=False)
        return Taken(payer.address, went, back, seen_to.confidence)
    exact = [
        leg for leg in went if one.amount is not None and leg.value == one.amount and may_enter(seen, leg, one, known)
    ]
    if len(exact) != 1 or any(other.amount == one.amount for other in rivals):
        return "several deposits stand in one transaction, and which leg went into which is not told"
    return Taken(payer.address, tuple(exact), ())


def _payer(seen: Seen, one: Crossing, known: Mapping[str, Party]) -> Party | None:
    """Who has less because of the deposit; None where nobody or several can be."""
    named = known.get(one.payer)
    if named is not None and named.lost and not seen.protocols.of(seen.transaction.chain, named.address):
        return named
    acting = [known[address] for address in actors(seen, known) if known[address].lost]
    if len(acting) == 1:
        return acting[0]
    apart = {*seen.emitters, seen.sent.to if seen.sent is not None else ""}
    losing = [party for party in known.values() if party.lost and not party.gained and party.address not in apart]
    return losing[0] if len(losing) == 1 and not acting else None


def _asset(transaction: Transaction, payer: Party, one: Crossing) -> Asset | None:
    """Which of the assets that the payer gives is the one that crossed."""
    lost = [asset for asset in payer.lost if not payer.pieces]
    if len(lost) == 1:
        return lost[0]
    own = [asset for asset in lost if one.token is not None and asset.contract == one.token]
    tokens = [asset for asset in lost if asset != native(transaction.chain)]
    if len(own) == 1:
        return own[0]
    return tokens[0] if len(tokens) == 1 else None
