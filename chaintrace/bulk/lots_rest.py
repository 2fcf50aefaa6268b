"""What is traced in every pool when the ledger is done (M27)."""

from typing import NamedTuple

import numpy as np

from chaintrace.bulk.lots import (
    BITS,
    FIFO,
    HEAD,
    HOP,
    KEY,
    LAST,
    LENGTH,
    NEXT,
    NONE,
    ORIGIN,
    SHIFT,
    TAIL,
    TRACED,
    VALUE,
    Ints,
    at,
    inlined,
    kept,
)
from chaintrace.bulk.lots_ahead import LINE_BYTES, fetch
from chaintrace.bulk.lots_memory import aligned

_AHEAD = 16
"""How many blocks ahead they are fetched."""

LAYERS = "15ea16f128094113270e33bd3df1882f448316fa05255b8b5fdedf0c7b49aa36"
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
    codes = aligned(3, count, np.int32)
    return Rests(codes[0], codes[1], aligned(1, count)[0], codes[2])


@inlined
def tell(found: Rests, count: int, where: Ints, base: int, account: int, value: int, origin: int, hop: int) -> int:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """Write down one lot; the lots of one origin in one pool, whose places begin at `base`, are one. The next place."""
    place = where[at(origin)]
    if place >= base:
        found.value[place] += value
        found.hop[place] = min(found.hop[place], hop)
        return count
    where[at(origin)] = count
    found.account[at(count)], found.origin[at(count)] = account, origin
    found.value[at(count)], found.hop[at(count)] = value, hop
    return count + 1


@inlined
def stretch(method: int, row: int, left: int) -> tuple[int, int]:
    """The first row of a block with a lot of a pool, and how many there are: `left` are in this block and behind it."""
    if method == FIFO:
        return row, min(left, LAST + 1 - (row & LAST))
    return row & ~LAST, 1 + (row & LAST)


@inlined
def following(method: int, pools: Ints, links: Ints, account: int, row: int, left: int) -> tuple[int, int, int]:  # noqa: PLR0917  # arrays instead of objects
    """The block that is told after this one: its account, its row at the end that is taken first, lots behind it.

    The account is the number of pools when all are told.
    """
    if left > 0:
        row = onward(method, links, row)
    else:
        account += 1
        while account < len(pools) and (pools[at(account), TRACED] == 0 or pools[at(account), LENGTH] == 1):
            account += 1
        if account >= len(pools):
            return len(pools), row, 0
        row, left = pools[at(account), HEAD if method == FIFO else TAIL], pools[at(account), LENGTH] - 1
    return account, row, left - stretch(method, row, left)[1]


@inlined
def onward(method: int, links: Ints, row: int) -> int:
    """The row at the end that is taken first of the block behind this one."""
    block: int = links[at(row >> SHIFT)]
    return block << SHIFT if method == FIFO else block << SHIFT | LAST


@inlined
def tell_key(found: Rests, count: int, where: Ints, base: int, account: int, value: int, key: int) -> int:  # noqa: PLR0917  # arrays instead of objects
    """What `tell` does, for a lot with a key; nothing of what is unidentified."""
    if key < 0:
        return count
    origin = key >> BITS
    return tell(found, count, where, base, account, value, origin, key - (origin << BITS))


@kept
def rest_in_blocks(method: int, pools: Ints, lots: Ints, links: Ints, found: Rests, where: Ints) -> int:  # noqa: PLR0917  # arrays instead of objects
    """What `rest` does, for lots in blocks."""
    count, later, beyond, behind = 0, NONE, 0, 0
    for _ in range(_AHEAD):
        later, beyond, behind = following(method, pools, links, later, beyond, behind)
        fetch(lots.ctypes.data + (beyond >> SHIFT) * LINE_BYTES)
    for account in range(len(pools)):
        if pools[at(account), TRACED] == 0:
            continue
        base = count
        count = tell_key(found, count, where, base, account, pools[at(account), VALUE], pools[at(account), KEY])
        row, left = pools[at(account), HEAD if method == FIFO else TAIL], pools[at(account), LENGTH] - 1
        while left > 0:
            later, beyond, behind = following(method, pools, links, later, beyond, behind)
            fetch(lots.ctypes.data + (beyond >> SHIFT) * LINE_BYTES)
            first, there = stretch(method, row, left)
            for lot in range(first, first + there):
                count = tell_key(found, count, where, base, account, lots[at(lot), VALUE], lots[at(lot), KEY])
            left -= there
            if left > 0:
                row = onward(method, links, row)
    return count


@kept
def rest(pools: Ints, lots: Ints, found: Rests, where: Ints) -> int:
    """Write down what is traced in every pool; how many places.

    `found` has room for every lot. `where` has a place for every origin, and begins with NONE.
    """
    count = 0
    for account in range(len(pools)):
        if pools[account, TRACED] == 0:
            continue
        base, lot = count, pools[account, HEAD]
        while lot != NONE:
            if lots[lot, ORIGIN] != NONE:
                origin, hop = lots[lot, ORIGIN], lots[lot, HOP]
                count = tell(found, count, where, base, account, lots[lot, VALUE], origin, hop)
            lot = lots[lot, NEXT]
    return count
