"""The ledger, transfer by transfer in chain order: what leaves its sender's pool, seeds claim, and it arrives or ends.

The rules are those of `tracing/accounts.py` and `tracing/arrivals.py`, and a test holds the two equal: docs/method.md,
M5-M16, M19, M21, M22, M24-M27. All that moves lies in `moved`; what ends becomes unidentified in place.
"""

import numpy as np

from chaintrace.bulk.lots import (
    COUNTED,
    FOUND,
    HEAD,
    HOP,
    LENGTH,
    NEXT,
    NONE,
    ORIGIN,
    ROW,
    SEED,
    TRACED,
    USED,
    VALUE,
    Ints,
    compiled,
    kept,
)
from chaintrace.bulk.lots_ahead import ahead
from chaintrace.bulk.lots_methods import put, take

LAYERS = "9662f302e2360e7d0925198bcf60ecb4ad7f6a559d14c0ec74452a99ae7fbf80"
"""SHA-256 of the files whose code is compiled into this one's: what is kept on the disk is renewed when this changes.
A test says what must stand here."""

DONE, MORE_LOTS, MORE_MOVED, MORE_FOUND, SHORT = range(5)
"""Why `run` came back: the ledger is done; an array is too small, to be called again with a larger one; a pool was to
give more than it holds, which cannot be."""

NO_LIMIT = 2**62
"""More hops and transactions than any ledger has."""

POOL, STOP, VICTIM, WOKEN, LEFT = 1, 2, 4, 8, 16
"""Flags of an account: it has a pool (covered, and no stop); a stop; some origin's address of return; traced value has
lain there; traced value was left there for lack of history."""

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


@compiled
def arrive(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    found: Ints,
    state: Ints,
    where: Ints,
    row: int,
    to: int,
    moved: Ints,
    count: int,
    flags: Ints,
    victims: Ints,
    least: int,
    limits: Ints,
    transactions: Ints,
    counted: Ints,
    sums: Ints,
) -> None:
    """End what ends where it arrives: the first rule that applies decides (M25)."""
    within = True
    if len(counted) > 0 and counted[transactions[row]] == 0:  # counted only where there is a limit
        within = state[COUNTED] < limits[1]
        if within:
            counted[transactions[row]] = 1
            state[COUNTED] += 1
    if to == NONE:
        end_all(found, state, where, BURNED, row, moved, count)
        return
    if flags[to] & VICTIM:
        end_returned(found, state, where, row, moved, count, victims, to)
    if flags[to] & STOP:
        end_all(found, state, where, ENDPOINT, row, moved, count)
        return
    if least > 0:
        end_small(found, state, where, row, moved, count, least, sums)
    end_far(found, state, where, row, moved, count, limits[0])
    if not within:
        end_all(found, state, where, MAX_TRANSACTIONS, row, moved, count)
    if traced(moved, count) > 0:
        if flags[to] & POOL:
            flags[to] |= WOKEN
        else:
            flags[to] |= LEFT
            end_all(found, state, where, HISTORY, row, moved, count)


@compiled
def room(most: int, moved: Ints, lots: Ints, found: Ints, state: Ints) -> int:
    """DONE where the arrays have room for a transfer of `most` lots, else which one is too small."""
    if most > len(moved):
        return MORE_MOVED
    if state[USED] + most > len(lots):
        return MORE_LOTS
    return MORE_FOUND if state[FOUND] + most >= len(found) else DONE


@kept
def run(  # noqa: C901, PLR0912, PLR0913, PLR0917  # the ledger is one loop, and its arrays are its arguments
    method: int,
    senders: Ints,
    receivers: Ints,
    values: Ints,
    flags: Ints,
    seeds: Ints,
    claimed: Ints,
    victims: Ints,
    least: Ints,
    assets: Ints,
    limits: Ints,
    transactions: Ints,
    counted: Ints,
    pools: Ints,
    lots: Ints,
    moved: Ints,
    found: Ints,
    origins: Ints,
    state: Ints,
) -> int:
    """See every transfer from `state[ROW]` on; why it came back. Nothing of a transfer is done before all fits."""
    where, known, sums = origins[0], origins[1], origins[2]
    free = limits[0] == NO_LIMIT and len(counted) == 0 and max(least) == 0
    for row in range(state[ROW], len(values)):
        state[ROW] = row
        ahead(pools, lots, senders, receivers, row)
        sender, to, value = senders[row], receivers[row], values[row]
        seeded = state[SEED] < len(seeds) and seeds[state[SEED], 0] == row
        if sender == to:
            continue
        pooled = sender != NONE and flags[sender] & POOL
        most = pools[sender, LENGTH] + 1 if pooled else 1
        full = room(most, moved, lots, found, state)
        if full != DONE:
            return full
        if pooled:
            count = take(method, pools, lots, moved, state, sender, value)
            if count == NONE:
                return SHORT
        else:
            count = 1 if value > 0 else 0
            moved[0, VALUE], moved[0, ORIGIN], moved[0, HOP] = value, NONE, 0
        carried = 0
        if pooled and pools[sender, TRACED] > 0:
            carried = traced(moved, count)
            pools[sender, TRACED] -= carried
            for place in range(count):
                moved[place, HOP] += moved[place, ORIGIN] != NONE
        if seeded:
            claim(moved, count, row, seeds, claimed, state)
        onward = 0
        if (carried > 0 or seeded) and traced(moved, count) > 0:
            if free and to != NONE and flags[to] & (POOL | STOP | VICTIM) == POOL:
                flags[to] |= WOKEN  # nothing can end here: the usual case, without a call
            else:
                minimum = least[assets[row] if len(assets) > 0 else 0]
                arrive(
                    found, state, where, row, to, moved, count, flags, victims, minimum, limits, transactions, counted,
                    sums,
                )  # fmt: skip
            onward = traced(moved, count)
        if to == NONE or not flags[to] & POOL:
            continue
        slept = pools[to, TRACED] == 0 and onward == 0
        if sender != NONE and flags[sender] & LEFT and flags[to] & WOKEN and (not seeded or slept):
            came_back(found, state, row, value)
        pools[to, TRACED] += onward
        put(method, pools, lots, moved, state, to, count, known)
    return DONE


@kept
def rest(pools: Ints, lots: Ints, moved: Ints, found: Ints, origins: Ints, state: Ints) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Write down what is traced in every pool from `state[ROW]` on (M27); why it came back, as `run`."""
    for account in range(state[ROW], len(pools)):
        state[ROW] = account
        if pools[account, TRACED] == 0:
            continue
        if state[FOUND] + pools[account, LENGTH] > len(found):
            return MORE_FOUND
        base, lot = state[FOUND], pools[account, HEAD]
        while lot != NONE:
            if lots[lot, ORIGIN] != NONE:
                for column in range(NEXT):
                    moved[0, column] = lots[lot, column]
                end(found, state, origins[0], RESTING, account, base, moved, 0)
            lot = lots[lot, NEXT]
    state[ROW] = len(pools)
    return DONE
