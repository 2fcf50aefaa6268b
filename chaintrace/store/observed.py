"""What networks observed beside movements, put together over the pins: what is heard of it, and the scales of assets.

An observation at a height is of the past and outlives its pin, as a transaction in a block does; one without a height
holds until the same network says it anew. A scale is what a network says of a token now: it decides how an amount is
printed, and nothing else.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from chaintrace.model.approval import APPROVAL, APPROVED_BY
from chaintrace.model.provenance import Observation

MAX_DECIMALS = 255
"""The most decimals of an asset (M4)."""

Scale: TypeAlias = tuple[int, str]
"""Decimals, and the url (as the case shows it) of the network that says them."""

Told: TypeAlias = Mapping[tuple[str, str], tuple[Scale, ...]]
"""(chain, contract) to what networks say of its decimals, each word once, in order."""


class Noted(NamedTuple):
    """An observation, the number of the pin under which it was told, and by which network (as the case shows it)."""

    pin: int
    network: str
    observation: Observation


def heard_of(noted: Iterable[Noted]) -> tuple[Noted, ...]:
    """What is heard of all that was ever told, each once, in order: of one thing at one height the newest pin's word.

    Several values of one pin all stay: an address may have more than one tag. Approvals stay whatever the pin: each is
    of its own transaction.
    """
    told = list(noted)
    newest: dict[tuple[object, ...], int] = {}
    for one in told:
        newest[_thing(one)] = max(newest.get(_thing(one), 0), one.pin)
    kept: dict[tuple[object, ...], Noted] = {}
    for one in sorted((one for one in told if one.pin == newest[_thing(one)]), key=_order):
        kept.setdefault((*_thing(one), one.observation.value), one)
    return tuple(kept.values())


def scales(heard: Iterable[Noted]) -> Told:
    """What each network says of the decimals of tokens now: under its newest pin, at the greatest height.

    What no asset can have (M4) is passed over, as if nothing had been said.
    """
    newest: dict[tuple[str, str, str], tuple[int, int]] = {}
    said: dict[tuple[str, str, str], set[int]] = {}
    for one in heard:
        seen = one.observation
        decimals = scale_of(seen)
        if decimals is None:
            continue
        place, when = (seen.chain, seen.subject, one.network), (one.pin, -1 if seen.height is None else seen.height)
        known = newest.get(place)
        if known is None or when > known:
            newest[place], said[place] = when, {decimals}
        elif when == known:
            said[place].add(decimals)
    found: dict[tuple[str, str], set[Scale]] = {}
    for (chain, contract, network), values in said.items():
        found.setdefault((chain, contract), set()).update((decimals, network) for decimals in values)
    return {token: tuple(sorted(several)) for token, several in sorted(found.items())}


def scale_of(seen: Observation) -> int | None:
    """The decimals that an observation is about; None where it is about something else, or where none can be so."""
    text = seen.value
    is_number = seen.what == "decimals" and seen.subject and text.isascii() and text.isdecimal() and len(text) <= 3
    return int(text) if is_number and int(text) <= MAX_DECIMALS else None


def _thing(one: Noted) -> tuple[object, ...]:
    """What it is about, who says it, and as of when; of approvals each, for a block may hold several of one address."""
    seen = one.observation
    word = seen.value if seen.what in {APPROVAL, APPROVED_BY} else ""
    return one.network, seen.chain, seen.subject, seen.what, seen.height, word


def _order(one: Noted) -> tuple[object, ...]:
    """By chain and subject, then by height, those without one last."""
    seen, source = one.observation, one.observation.source
    read = ("", "", "") if source is None else (source.adapter, source.request, source.sha256)
    return seen.chain, seen.subject, seen.what, seen.height is None, seen.height or 0, seen.value, one.network, read
