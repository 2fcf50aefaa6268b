"""What is traced in every pool when the ledger is done (M27)."""

from typing import NamedTuple

import numpy as np

from chaintrace.bulk.lots import HEAD, HOP, LENGTH, LIBR, NEXT, NONE, ORIGIN, TRACED, VALUE, Ints, inlined, kept
from chaintrace.bulk.lots_ahead import ahead_of_rest
from chaintrace.bulk.lots_rings import BEGIN, BITS, FIRST, KEY, MASK

LAYERS = "fdb5f303c97131a57ba319d572ee054d28cf0d70fb04f8f8484b9b4a369357a8"
"""As in `lots_run.py`."""


class Rests(NamedTuple):
    """What rests, a place for every origin and account: columns, narrow ones, for they may be as many as all lots."""

    account: Ints
    origin: Ints
    value: Ints
    hop: Ints
    """The least one."""

    def first(self, count: int) -> "Rests":
        """The first places alone."""
        return Rests(*(column[:count] for column in self))


def rests_for(count: int) -> Rests:
    """Room for so many places."""
    codes, wide = np.empty((2, count), np.int32), np.empty((2, count), np.int64)
    return Rests(codes[0], codes[1], wide[0], wide[1])


@inlined
def tell(found: Rests, count: int, where: Ints, base: int, account: int, value: int, origin: int, hop: int) -> int:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """Write down one lot; the lots of one origin in one pool, whose places begin at `base`, are one. The next place."""
    at = where[origin]
    if at >= base:
        found.value[at] += value
        found.hop[at] = min(found.hop[at], hop)
        return count
    where[origin] = count
    found.account[count], found.origin[count], found.value[count], found.hop[count] = account, origin, value, hop
    return count + 1


@kept
def rest(method: int, pools: Ints, lots: Ints, found: Rests, where: Ints) -> int:
    """Write down what is traced in every pool; how many places.

    `found` has room for every lot of the pools with TRACED. `where` has a place for every origin, and begins with NONE.
    """
    count = 0
    for account in range(len(pools)):
        if pools[account, TRACED] == 0:
            continue
        base = count
        if method < LIBR:
            ahead_of_rest(pools, lots, account)
            begin, mask, first = pools[account, BEGIN], pools[account, MASK], pools[account, FIRST]
            for place in range(pools[account, LENGTH]):
                row = begin + ((first + place) & mask)
                key = lots[row, KEY]
                if key >= 0:
                    origin = key >> BITS
                    hop = key - (origin << BITS)
                    count = tell(found, count, where, base, account, lots[row, VALUE], origin, hop)
            continue
        lot = pools[account, HEAD]
        while lot != NONE:
            if lots[lot, ORIGIN] != NONE:
                origin, hop = lots[lot, ORIGIN], lots[lot, HOP]
                count = tell(found, count, where, base, account, lots[lot, VALUE], origin, hop)
            lot = lots[lot, NEXT]
    return count
