"""What a source that was asked about an address at a token's contract replies: what it read, and why not the rest."""

from collections.abc import Callable

from chaintrace.adapters.issuers import state_at
from chaintrace.adapters.network import Reply
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Gap, Observation


class Untold(Exception):
    """A source does not tell one thing of an address, for the reason in the message. Never leaves the adapters."""


def replied(account: Account, *reading: Callable[[], tuple[Observation, ...]]) -> Reply:
    """What a source tells of an address, thing after thing, and a gap with the reason for each that it does not tell.

    Without the state the question stays open.
    """
    found, gaps = list[Observation](), list[Gap]()
    for read in reading:
        try:
            found += read()
        except Untold as why:
            gaps.append(Gap("source", account.chain, account.address, None, str(why), account.asset.contract))
    is_told = any(one.what == state_at(account.asset.contract) for one in found)
    return Reply(gaps=tuple(gaps), still_missing=not is_told, observations=tuple(found))
