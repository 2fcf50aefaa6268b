"""Unread: a delivery whose deposit only the call tells, where the call holds more than is read of one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from heuristics.continuations import exits, withdrawals
from heuristics.continuations.arguments import Said
from heuristics.continuations.crossings import holds
from heuristics.continuations.keys import HASHED, key_of
from heuristics.continuations.unlogged import paid
from heuristics.continuations.verdict import Seen, Verdict

OVER: Final[Mapping[str, Callable[[str], bool]]] = {
    f"{HASHED}exit-height": exits.is_over,
    f"{HASHED}zksync-message": withdrawals.is_over,
}
"""The parts of keys that are read from a call, and whether a call holds more than is read for them."""


def unread(seen: Seen) -> Iterator[Verdict]:
    """Why what was delivered in a transaction has no key, where its call is too long to be read: once for each bridge.

    It joins nothing. Calls of that size are no usual ones, and somebody can read it by hand.
    """
    told = dict.fromkeys(map(_shown, filter(_is_unread, (*seen.said("received"), *paid(seen)))))
    for protocol, recipient in told:
        text = f"delivered by {protocol}: the call holds more than is read, and nothing else tells for which deposit"
        yield Verdict("none", recipient, text)


def _is_unread(said: Said) -> bool:
    """Whether a log lacks its key because the call is too long."""
    over = [OVER[part] for part in said.event.fields.get("key", ()) if part in OVER]
    return bool(over) and holds(said) and key_of(said) is None and any(is_over(said.call) for is_over in over)


def _shown(said: Said) -> tuple[str, str]:
    """The protocol, and who got it."""
    return said.event.protocol, said.address(said.event.said("recipient"), said.log.chain)
