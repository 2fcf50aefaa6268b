"""How value ends on its way through a ledger: each lot that ends is written down, and is unidentified then.

Rules: docs/method.md, M19, M21, M22, M24-M27.
"""

import numpy as np

from chaintrace.bulk.lots import FOUND, HOP, NONE, ORIGIN, SEED, VALUE, Ints, compiled

ENDPOINT, RETURNED, BURNED, RESTING, HISTORY, MAX_HOPS, MAX_TRANSACTIONS, MIN_VALUE, CAME_BACK = range(9)
"""Kinds of `found`: the outcomes, `not followed` by reason, and unidentified value that came back from where traced
value was left (a gap, M10)."""

KIND, AT, WHOSE, WORTH, HOPS = range(5)
"""Columns of `found`: kind, row (of RESTING: account), origin, base units, least hop."""


@compiled
def end(found: Ints, state: Ints, where: Ints, kind: int, row: int, base: int, moved: Ints, place: int) -> None:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """Write down one lot that ends; what ends alike since `base` is one line an origin. It is unidentified then."""
    origin, value, hop = moved[place, ORIGIN], moved[place, VALUE], moved[place, HOP]
    at = where[origin]
    if at >= base:
        found[at, WORTH] += value
        found[at, HOPS] = min(found[at, HOPS], hop)
    else:
        at = where[origin] = state[FOUND]
        state[FOUND] += 1
        found[at, KIND], found[at, AT], found[at, WHOSE] = kind, row, origin
        found[at, WORTH], found[at, HOPS] = value, hop
    moved[place, ORIGIN], moved[place, HOP] = NONE, 0


@compiled
def end_all(found: Ints, state: Ints, where: Ints, kind: int, row: int, moved: Ints, count: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """End every traced lot that moved."""
    base = state[FOUND]
    for place in range(count):
        if moved[place, ORIGIN] != NONE:
            end(found, state, where, kind, row, base, moved, place)


@compiled
def end_small(found: Ints, state: Ints, where: Ints, row: int, moved: Ints, count: int, least: int, sums: Ints) -> None:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """End every origin that arrives with less than `least` (M25)."""
    base = state[FOUND]
    for place in range(count):
        if moved[place, ORIGIN] != NONE:
            sums[moved[place, ORIGIN]] = 0
    for place in range(count):
        if moved[place, ORIGIN] != NONE:
            sums[moved[place, ORIGIN]] += moved[place, VALUE]
    for place in range(count):
        if moved[place, ORIGIN] != NONE and sums[moved[place, ORIGIN]] < least:
            end(found, state, where, MIN_VALUE, row, base, moved, place)


@compiled
def end_returned(found: Ints, state: Ints, where: Ints, row: int, moved: Ints, count: int, keys: Ints, to: int) -> None:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """End the value of every origin that declared this account's address as its victim's (M22)."""
    base = state[FOUND]
    for place in range(count):
        if moved[place, ORIGIN] != NONE:
            key = to * len(where) + moved[place, ORIGIN]
            at = np.searchsorted(keys, key)
            if at < len(keys) and keys[at] == key:
                end(found, state, where, RETURNED, row, base, moved, place)


@compiled
def end_far(found: Ints, state: Ints, where: Ints, row: int, moved: Ints, count: int, most: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """End the lots that arrive at hop `most` (M25)."""
    base = state[FOUND]
    for place in range(count):
        if moved[place, ORIGIN] != NONE and moved[place, HOP] >= most:
            end(found, state, where, MAX_HOPS, row, base, moved, place)


@compiled
def came_back(found: Ints, state: Ints, row: int, value: int) -> None:
    """Write down unidentified value that came back from where traced value was left (M10)."""
    at = state[FOUND]
    found[at, KIND], found[at, AT], found[at, WHOSE], found[at, WORTH], found[at, HOPS] = CAME_BACK, row, NONE, value, 0
    state[FOUND] += 1


@compiled
def traced(moved: Ints, count: int) -> int:
    """How much of what moved has an origin."""
    total = 0
    for place in range(count):
        if moved[place, ORIGIN] != NONE:
            total += moved[place, VALUE]
    return total


@compiled
def claim(moved: Ints, count: int, row: int, seeds: Ints, claimed: Ints, state: Ints) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Let the seeds that name this transfer take what is unidentified of it, in their order (M19)."""
    while state[SEED] < len(seeds) and seeds[state[SEED], 0] == row:
        taken = 0
        for place in range(count):
            if moved[place, ORIGIN] == NONE:
                taken += moved[place, VALUE]
                moved[place, ORIGIN], moved[place, HOP] = seeds[state[SEED], 1], 0
        claimed[state[SEED]] = taken
        state[SEED] += 1
