"""Lots in blocks: how the pools of FIFO and LIFO lie in memory, what is taken from them, and put there.

The front lot of a pool, which is taken first, lies in its row of `pools`: the oldest under FIFO, the newest under LIFO.
Most transfers split it and touch nothing else of their sender. Those behind it lie in blocks of four rows of `lots`,
each a line of the processor's cache. `links` has a number for every block: under FIFO the block behind it, under LIFO
the one before it. Blocks that are used up are chained by it too, and are the next to be used, while the cache still has
them. Rules: docs/method.md, M6, M12-M13, M25. What else `lots.py` says holds here.
"""

from chaintrace.bulk.lots import (
    BITS,
    FIFO,
    HEAD,
    HOP,
    KEY,
    LAST,
    LENGTH,
    LIFO,
    NONE,
    ORIGIN,
    SHIFT,
    SPARE,
    TAIL,
    USED,
    VALUE,
    Ints,
    at,
    compiled,
    inlined,
)
from chaintrace.bulk.lots_ahead import ahead_of_blocks

NOBODY = NONE << BITS
"""The key of what is unidentified."""


@inlined
def key_of(origin: int, hop: int) -> int:
    """Origin and hop as they lie in a block. What is unidentified is below zero, and has no hop."""
    return origin << BITS | hop


@inlined
def needed(pools: Ints, sender: int) -> int:
    """Blocks that one transfer may use up at most, whatever moves: NONE for a sender without a pool."""
    return 2 + (pools[at(sender), LENGTH] >> SHIFT if sender != NONE else 0)


@inlined
def new_block(lots: Ints, links: Ints, state: Ints) -> int:
    """A block that is not in use."""
    block: int = state[SPARE]
    if block != NONE:
        state[SPARE] = links[at(block)]
    else:
        block = state[USED]
        state[USED] += 1
        ahead_of_blocks(lots, block)
    return block


@inlined
def append(method: int, pools: Ints, lots: Ints, links: Ints, state: Ints, pool: int, value: int, key: int) -> None:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """Put a lot behind the newest one of a pool. Neighbours of one origin merge (M25)."""
    length = pools[at(pool), LENGTH]
    if length == 0:
        pools[at(pool), VALUE], pools[at(pool), KEY], pools[at(pool), LENGTH] = value, key, 1
        return
    row = pools[at(pool), TAIL]
    if method == LIFO or length == 1:
        if pools[at(pool), KEY] >> BITS == key >> BITS:
            pools[at(pool), VALUE] += value
            pools[at(pool), KEY] = min(pools[at(pool), KEY], key)
            return
    elif lots[at(row), KEY] >> BITS == key >> BITS:
        lots[at(row), VALUE] += value
        lots[at(row), KEY] = min(lots[at(row), KEY], key)
        return
    if length > 1 and row & LAST != LAST:
        row += 1
    else:
        block = new_block(lots, links, state)
        if length == 1:
            pools[at(pool), HEAD] = block << SHIFT
        elif method == LIFO:
            links[at(block)] = row >> SHIFT
        else:
            links[at(row >> SHIFT)] = block
        row = block << SHIFT
    pools[at(pool), TAIL], pools[at(pool), LENGTH] = row, length + 1
    if method == LIFO:
        lots[at(row), VALUE], lots[at(row), KEY] = pools[at(pool), VALUE], pools[at(pool), KEY]
        pools[at(pool), VALUE], pools[at(pool), KEY] = value, key
    else:
        lots[at(row), VALUE], lots[at(row), KEY] = value, key


@inlined
def come_forward(method: int, pools: Ints, lots: Ints, links: Ints, state: Ints, pool: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Take the whole front lot: the next one, if any, is in front then, and a block without a lot is given up."""
    left = pools[at(pool), LENGTH] - 1
    pools[at(pool), LENGTH] = left
    if left == 0:
        return
    end = HEAD if method == FIFO else TAIL
    row = pools[at(pool), end]
    pools[at(pool), VALUE], pools[at(pool), KEY] = lots[at(row), VALUE], lots[at(row), KEY]
    if left > 1 and row & LAST != (LAST if method == FIFO else 0):
        pools[at(pool), end] = row + 1 if method == FIFO else row - 1
        return
    block = row >> SHIFT
    if left > 1:
        following = links[at(block)] << SHIFT
        pools[at(pool), end] = following if method == FIFO else following | LAST
    links[at(block)], state[SPARE] = state[SPARE], block


@compiled
def take_queue(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    method: int, pools: Ints, lots: Ints, links: Ints, moved: Ints, state: Ints, pool: int, value: int
) -> int:
    """Remove `value` into `moved`, oldest first (M12-M13); how many lots moved, or NONE when the pool holds less."""
    count = 0
    while value > 0:
        if pools[at(pool), LENGTH] == 0:
            return NONE
        there, key = pools[at(pool), VALUE], pools[at(pool), KEY]
        part = min(there, value)
        moved[count, VALUE], moved[count, ORIGIN] = part, key >> BITS
        moved[count, HOP] = key - (moved[count, ORIGIN] << BITS)
        count += 1
        value -= part
        if there > part:
            pools[at(pool), VALUE] = there - part
        else:
            come_forward(method, pools, lots, links, state, pool)
    if method == LIFO:
        for place in range(count // 2):
            other = count - 1 - place
            for column in range(VALUE, HOP + 1):
                moved[place, column], moved[other, column] = moved[other, column], moved[place, column]
    return count


@compiled
def put_queue(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    method: int, pools: Ints, lots: Ints, links: Ints, moved: Ints, state: Ints, pool: int, count: int
) -> None:
    """Add what moved, oldest first."""
    for place in range(count):
        key = key_of(moved[place, ORIGIN], moved[place, HOP])
        append(method, pools, lots, links, state, pool, moved[place, VALUE], key)


@inlined
def pass_on(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    method: int, pools: Ints, lots: Ints, links: Ints, moved: Ints, state: Ints, sender: int, to: int, value: int
) -> int:
    """Hand `value` > 0 from pool to pool, each traced lot a hop on; how much is traced, NONE when there is less.

    The same as taking, counting the hop and putting, where nothing can end or be claimed between. Under LIFO the lots
    wait in `moved`, for the oldest is taken last and put first.
    """
    count, carried = 0, 0
    while value > 0:
        if pools[at(sender), LENGTH] == 0:
            return NONE
        there, key = pools[at(sender), VALUE], pools[at(sender), KEY]
        part = min(there, value)
        value -= part
        if key >= 0:
            key += 1
            carried += part
        if there > part:
            pools[at(sender), VALUE] = there - part
        else:
            come_forward(method, pools, lots, links, state, sender)
        if method == FIFO:
            append(method, pools, lots, links, state, to, part, key)
        else:
            moved[count, VALUE], moved[count, KEY] = part, key
            count += 1
    while count > 0:
        count -= 1
        append(method, pools, lots, links, state, to, moved[count, VALUE], moved[count, KEY])
    return carried
