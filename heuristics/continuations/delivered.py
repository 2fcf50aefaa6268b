"""What a bridge delivered: the legs by which the recipient of a crossing gets it."""

from chaintrace.model.transaction import Transfer
from heuristics.continuations.crossings import Crossing
from heuristics.continuations.entered import SHARE, has_calls, is_of_bridge, is_told
from heuristics.continuations.flows import holder, legs, parties, total
from heuristics.continuations.verdict import Seen


def delivered(seen: Seen, one: Crossing, sent: Crossing) -> tuple[Transfer, ...]:
    """The transfers that bring the recipient what was sent; none where they cannot be told apart, or are not known.

    The delivery names the recipient, else the deposit does. Where it names the token too, only that one counts, and the
    native asset, into which a wrapper may have changed it: anybody can pay the recipient another token beside it. Where
    it names none, the recipient must get one asset alone, which a swap behind the bridge may have made of it; and a
    token counts then only where it comes from the bridge, is made in the very value, or an exchange is told: native
    value that nobody shows may have come instead. Of a token that it names no more counts than it says, but for a
    tenth, for the same reason. Where the deposit says the txid, a token that is made there in the very value counts
    first: gas is paid back beside it. Of the legs that are left, the one that has the value of the delivery counts
    first.
    """
    transaction, recipient = seen.transaction, one.recipient or sent.recipient
    party = parties(transaction).get(recipient)
    if party is None:
        return ()
    token = None if one is sent else one.token  # a deposit that says the delivery's txid names its own token
    assets = [asset for asset in party.net if token is None or asset.contract in {token, ""}]
    came = [leg for asset in assets for leg in legs(transaction, recipient, asset, paid=False)]
    kinds = {leg.asset for leg in came}
    made = [leg for leg in came if leg.kind == "mint" and leg.value == sent.amount and leg.asset.contract]
    if one is sent and sent.token and len(made) == 1:
        return tuple(made)
    if token is None and (len(kinds) > 1 or not all(_may_come(seen, leg, one, sent) for leg in came)):
        return ()
    exact = [leg for leg in came if one.amount is not None and leg.value == one.amount]
    if token is not None and len(exact) > 1:
        exact = [leg for leg in exact if leg.asset.contract == token]
    if len(exact) == 1:
        return tuple(exact)
    gained = tuple(asset for asset in party.gained if asset in assets)
    if token is not None and one.amount is not None and total(came) * SHARE > one.amount * (SHARE + 1):
        return ()
    return tuple(came) if len(kinds) == 1 and not exact and gained == tuple(kinds) else ()


def _may_come(seen: Seen, leg: Transfer, one: Crossing, sent: Crossing) -> bool:
    """Whether a leg can be what was delivered, where no log names its asset. Anybody can pay a token beside it."""
    if not leg.asset.contract or one is sent or has_calls(seen):
        return True
    payer = holder(leg, paid=True)
    of_bridge = is_of_bridge(seen, one, leg.asset.contract) or (bool(payer) and is_of_bridge(seen, one, payer))
    made = not payer and leg.value in {one.amount, sent.amount}
    return of_bridge or made or is_told(seen, parties(seen.transaction)) or _is_exchanged(seen, leg, one, sent)


def _is_exchanged(seen: Seen, leg: Transfer, one: Crossing, sent: Crossing) -> bool:
    """Whether somebody gave the asset of a leg, and got what the bridge pays or makes in the value of the delivery."""
    wanted = {amount for amount in (one.amount, sent.amount) if amount is not None}
    paid = {
        part.asset
        for part in seen.transaction.transfers
        if (payer := holder(part, paid=True)) == "" or is_of_bridge(seen, one, payer)
        if part.kind != "fee" and any(abs((part.value or 0) - value) * SHARE <= value for value in wanted)
    }
    return any(
        party.net.get(leg.asset, 0) <= -(leg.value or 0) and any(party.net.get(asset, 0) > 0 for asset in paid)
        for party in parties(seen.transaction).values()
    )
