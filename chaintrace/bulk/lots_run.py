"""The ledger, transfer by transfer in chain order: what leaves its sender's pool, seeds claim, and it arrives or ends.

The rules are those of `tracing/accounts.py` and `tracing/arrivals.py`, and a test holds the two equal: docs/method.md,
M5-M16, M19, M21, M22, M24-M27. All that moves lies in `moved`; what ends becomes unidentified in place.
"""

from chaintrace.bulk.lots import (
    COUNTED,
    FOUND,
    HOP,
    LENGTH,
    LIBR,
    LIFO,
    NONE,
    ORIGIN,
    ROW,
    SEED,
    TRACED,
    USED,
    VALUE,
    Ints,
    at,
    compiled,
    inlined,
    kept,
)
from chaintrace.bulk.lots_ahead import ahead
from chaintrace.bulk.lots_blocks import NOBODY, append, key_of, needed, pass_on
from chaintrace.bulk.lots_ends import (
    BURNED,
    ENDPOINT,
    HISTORY,
    MAX_TRANSACTIONS,
    came_back,
    claim,
    end_all,
    end_far,
    end_returned,
    end_small,
    traced,
)
from chaintrace.bulk.lots_methods import fits, put, take

LAYERS = "747852ba5f008d04035d8e17bf8453455bde33d080dc2df7ee53dbb88583191f"
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
def room(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    method: int, pools: Ints, lots: Ints, links: Ints, moved: Ints, found: Ints, state: Ints, sender: int
) -> int:
    """DONE where the arrays have room for a transfer, whatever moves, else which one is too small. NONE has no pool."""
    if not fits(method, pools, lots, links, state, sender):
        return MORE_LOTS
    most = pools[sender, LENGTH] + 1 if sender != NONE else 1
    if most > len(moved):
        return MORE_MOVED
    return MORE_FOUND if state[FOUND] + most >= len(found) else DONE


@compiled
def leave(method: int, pools: Ints, lots: Ints, links: Ints, moved: Ints, state: Ints, sender: int, value: int) -> int:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """Take `value` from a pool into `moved`, what is traced a hop on; how many lots, NONE when the pool holds less.

    Without a pool (NONE) it is unidentified.
    """
    if sender == NONE:
        moved[0, VALUE], moved[0, ORIGIN], moved[0, HOP] = value, NONE, 0
        return 1 if value > 0 else 0
    count = take(method, pools, lots, links, moved, state, sender, value)
    if count != NONE and pools[sender, TRACED] > 0:
        pools[sender, TRACED] -= traced(moved, count)
        for place in range(count):
            moved[place, HOP] += moved[place, ORIGIN] != NONE
    return count


@inlined
def usual(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    method: int, pools: Ints, links: Ints, moved: Ints, state: Ints, flags: Ints, sender: int, to: int
) -> bool:
    """Whether a transfer goes to a pool, from one or a mint, where nothing can end, and all has room."""
    if to == NONE or flags[at(to)] & (POOL | VICTIM) != POOL:
        return False
    if sender != NONE and not flags[at(sender)] & POOL:
        return False
    if method == LIFO and sender != NONE and pools[at(sender), LENGTH] > len(moved):
        return False
    return bool(state[USED] + needed(pools, sender) <= len(links))


@compiled
def plain(  # noqa: C901, PLR0913, PLR0917  # one loop, and its arrays are its arguments
    method: int,
    senders: Ints,
    receivers: Ints,
    values: Ints,
    flags: Ints,
    pools: Ints,
    lots: Ints,
    links: Ints,
    moved: Ints,
    state: Ints,
    seeds: Ints,
    claimed: Ints,
    row: int,
) -> int:
    """See the usual transfers of FIFO and LIFO from `row` on: to a pool, from one or a mint, where nothing can end.

    A mint may have a seed, which claims all of it. Where it stopped: at one that is not usual, or that has no room.
    """
    seeded = seeds[state[SEED], 0] if state[SEED] < len(seeds) else len(values)
    while row < len(values):
        ahead(method, pools, lots, links, senders, receivers, values, row)
        sender, to, value = senders[at(row)], receivers[at(row)], values[at(row)]
        if row == seeded and (sender != NONE or value == 0):
            break
        if sender != to and value > 0:
            if not usual(method, pools, links, moved, state, flags, sender, to):
                break
            carried, key = 0, NOBODY
            if row == seeded:
                carried, key, claimed[state[SEED]] = value, key_of(seeds[state[SEED], 1], 0), value
                while seeded == row:  # nothing is left for the seeds behind the first
                    state[SEED] += 1
                    seeded = seeds[state[SEED], 0] if state[SEED] < len(seeds) else len(values)
            if sender == NONE:
                append(method, pools, lots, links, state, to, value, key)
            else:
                carried = pass_on(method, pools, lots, links, moved, state, sender, to, value)
                if carried == NONE:
                    break
                pools[at(sender), TRACED] -= carried
            if carried > 0:
                pools[at(to), TRACED] += carried
                if not flags[at(to)] & WOKEN:
                    flags[at(to)] |= WOKEN
        row += 1
    return row


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
    links: Ints,
    moved: Ints,
    found: Ints,
    origins: Ints,
    state: Ints,
) -> int:
    """See every transfer from `state[ROW]` on; why it came back. Nothing of a transfer is done before all fits."""
    where, known, sums = origins[0], origins[1], origins[2]
    free = limits[0] == NO_LIMIT and len(counted) == 0 and max(least) == 0
    blocks = free and method < LIBR
    row = state[ROW] - 1
    while True:
        row += 1
        if blocks:
            row = plain(
                method, senders, receivers, values, flags, pools, lots, links, moved, state, seeds, claimed, row
            )
        if row >= len(values):
            return DONE
        state[ROW] = row
        if not blocks:
            ahead(method, pools, lots, links, senders, receivers, values, row)
        sender, to, value = senders[row], receivers[row], values[row]
        seeded = state[SEED] < len(seeds) and seeds[state[SEED], 0] == row
        if sender == to:
            continue
        source = sender if sender != NONE and flags[sender] & POOL else NONE
        keeps = to != NONE and flags[to] & POOL
        full = room(method, pools, lots, links, moved, found, state, source)
        if full != DONE:
            return full
        bears = seeded or (source != NONE and pools[source, TRACED] > 0)
        count = leave(method, pools, lots, links, moved, state, source, value)
        if count == NONE:
            return SHORT
        if seeded:
            claim(moved, count, row, seeds, claimed, state)
        onward = 0
        if bears and traced(moved, count) > 0:
            if free and to != NONE and flags[to] & (POOL | STOP | VICTIM) == POOL:
                flags[to] |= WOKEN  # nothing can end here: the usual case, without a call
            else:
                arrive(
                    found, state, where, row, to, moved, count, flags, victims,
                    least[assets[row] if len(assets) > 0 else 0], limits, transactions, counted, sums,
                )  # fmt: skip
            onward = traced(moved, count)
        if not keeps:
            continue
        slept = pools[to, TRACED] + onward == 0
        if sender != NONE and flags[sender] & LEFT and flags[to] & WOKEN and (not seeded or slept):
            came_back(found, state, row, value)
        pools[to, TRACED] += onward
        put(method, pools, lots, links, moved, state, to, count, known)
