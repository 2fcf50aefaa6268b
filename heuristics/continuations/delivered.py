"""What a bridge delivered: the legs by which the recipient of a crossing gets it."""

from chaintrace.model.transaction import Transfer
from heuristics.continuations.crossings import Crossing
from heuristics.continuations.flows import legs, parties
from heuristics.continuations.verdict import Seen


def delivered(seen: Seen, one: Crossing, sent: Crossing) -> tuple[Transfer, ...]:
    """The transfers that bring the recipient what was sent; none where they cannot be told apart, or are not known.

    The delivery names the recipient, else the deposit does. Where it names the token too, only that one counts, and the
    native asset, into which a wrapper may have changed it: anybody can pay the recipient another token beside it. Where
    it names none, the recipient must get one asset alone, which a swap behind the bridge may have made of it. Of the
    legs that are left, the one that has the value of the delivery counts first.
    """
    transaction, recipient = seen.transaction, one.recipient or sent.recipient
    party = parties(transaction).get(recipient)
    if party is None:
        return ()
    token = None if one is sent else one.token  # a deposit that says the delivery's txid names its own token
    assets = [asset for asset in party.net if token is None or asset.contract in {token, ""}]
    came = [leg for asset in assets for leg in legs(transaction, recipient, asset, paid=False)]
    kinds = {leg.asset for leg in came}
    if token is None and len(kinds) > 1:
        return ()
    exact = [leg for leg in came if one.amount is not None and leg.value == one.amount]
    if token is not None and len(exact) > 1:
        exact = [leg for leg in exact if leg.asset.contract == token]
    if len(exact) == 1:
        return tuple(exact)
    gained = tuple(asset for asset in party.gained if asset in assets)
    return tuple(came) if len(kinds) == 1 and not exact and gained == tuple(kinds) else ()
