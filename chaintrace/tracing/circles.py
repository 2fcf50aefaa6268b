"""Whether several chains can be seen in one order: each in its own, and what comes in after what went out (M2, M23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaintrace.model.transaction import Order
    from chaintrace.tracing.links import Key, Link, LinkLeg


def unordered(links: Sequence[Link], orders: Mapping[Key, Order]) -> list[Link]:
    """The continuations that close a circle: taken by the time of what went out, each that contradicts earlier ones."""
    across = [link for link in links if any(leg.moved.chain != link.outgoing[0].moved.chain for leg in link.incoming)]
    if _is_ordered(across, orders):
        return []
    taken: list[Link] = []
    left: list[Link] = []
    for link in sorted(across, key=lambda link: _first_out(link, orders)):
        (taken if _is_ordered([*taken, link], orders) else left).append(link)
    return left


def _first_out(link: Link, orders: Mapping[Key, Order]) -> tuple[int, str, Order, tuple[str, ...]]:
    last = link.outgoing[-1]
    return last.time or 0, last.moved.chain, orders.get(last.key, last.movement.order), tuple(last.moved)


def _is_ordered(links: Sequence[Link], orders: Mapping[Key, Order]) -> bool:
    """Whether the legs can be taken one after another, each after those that it waits for."""
    chains: dict[str, dict[Key, Order]] = {}
    for link in links:
        for leg in link.legs:
            chains.setdefault(leg.moved.chain, {})[leg.key] = orders.get(leg.key, leg.movement.order)
    waits: dict[Key, set[Key]] = {}
    for places in chains.values():
        row = sorted(places, key=lambda key: (places[key], key))
        waits.setdefault(row[0], set())
        for before, key in pairwise(row):
            waits.setdefault(key, set()).add(before)
    for link in links:
        for key in _keys(link.incoming):
            waits[key] |= _keys((*link.outgoing, *link.refunded)) - {key}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError:
        return False
    return True


def _keys(legs: Iterable[LinkLeg]) -> set[Key]:
    return {leg.key for leg in legs}
