"""Lots in rings: how the pools of FIFO and LIFO lie in memory, what is taken from them, and put there.

The lots of a pool lie side by side in a ring of its own, a stretch of `lots` of a power of two of rows: oldest first,
from FIRST on. A ring that is too small moves to a larger one, one that stands nearly empty to a smaller one, and what
was left is used again. Rules: docs/method.md, M6, M12-M13, M25. What else `lots.py` says holds here.
"""

from chaintrace.bulk.lots import FIFO, HOP, LENGTH, NONE, ORIGIN, RINGS, USED, VALUE, Ints, compiled, inlined

KEY = 1
"""The second and last column of `lots`: origin and hop in one number, the origin in the upper 32 bits."""

BEGIN, MASK, FIRST = range(3)
"""Columns of `pools` beside LENGTH and TRACED: first row of the ring, its rows less one (-1: it has none), and the
place of the oldest lot, which is counted on and falls into the ring by MASK."""

LEAST = 4
"""Rows of the smallest ring."""
_WIDE = 64
"""Rows from which a ring is given up for a smaller one when no more than a quarter of it is in use."""
BITS = 32
"""Bits of a hop in a key."""
NOBODY = NONE << BITS
"""The key of what is unidentified."""


@inlined
def key_of(origin: int, hop: int) -> int:
    """Origin and hop as they lie in a ring. What is unidentified is below zero, and has no hop."""
    return origin << BITS | hop


@compiled
def class_of(size: int) -> int:
    """The power of two that a ring has rows."""
    power = 0
    while size > 1:
        size >>= 1
        power += 1
    return power


@inlined
def needed(pools: Ints, sender: int, to: int) -> int:
    """Rows that one transfer may use up at most: NONE for a sender or receiver without a pool.

    Whatever moves, the receiver's ring grows until all of the sender's lots and one more fit, and the sender's is given
    up for a smaller one.
    """
    rows, lots = 2 * _WIDE, 2
    if sender != NONE:
        rows += pools[sender, MASK] + 1
        lots += pools[sender, LENGTH]
    if to != NONE:
        lots += pools[to, LENGTH]
    return rows + 4 * lots


@compiled
def resize(pools: Ints, lots: Ints, state: Ints, pool: int, size: int) -> None:
    """Move the lots of a pool into a ring of `size` rows, a power of two, into which they fit; 0: it has no lots."""
    begin, mask, first = pools[pool, BEGIN], pools[pool, MASK], pools[pool, FIRST]
    target = 0
    if size > 0:
        power = RINGS + class_of(size)
        target = state[power]
        if target == NONE:
            target = state[USED]
            state[USED] += size
        else:
            state[power] = lots[target, VALUE]
    for place in range(pools[pool, LENGTH]):
        row = begin + ((first + place) & mask)
        lots[target + place, VALUE], lots[target + place, KEY] = lots[row, VALUE], lots[row, KEY]
    if mask >= 0:
        power = RINGS + class_of(mask + 1)
        lots[begin, VALUE] = state[power]
        state[power] = begin
    pools[pool, BEGIN], pools[pool, MASK], pools[pool, FIRST] = target, size - 1, 0


@inlined
def append(pools: Ints, lots: Ints, state: Ints, pool: int, value: int, key: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Put a lot behind the newest one of a pool. Neighbours of one origin merge (M25)."""
    length, mask = pools[pool, LENGTH], pools[pool, MASK]
    if length > 0:
        last = pools[pool, BEGIN] + ((pools[pool, FIRST] + length - 1) & mask)
        if lots[last, KEY] >> BITS == key >> BITS:
            lots[last, VALUE] += value
            lots[last, KEY] = min(lots[last, KEY], key)
            return
    if length > mask:
        # What a small ring leaves when it grows is seldom used again, for all others have grown too.
        grown = (2 if length >= _WIDE else 4) * length
        resize(pools, lots, state, pool, max(LEAST, grown))
        mask = pools[pool, MASK]
    row = pools[pool, BEGIN] + ((pools[pool, FIRST] + length) & mask)
    lots[row, VALUE], lots[row, KEY] = value, key
    pools[pool, LENGTH] = length + 1


@inlined
def chosen(method: int, pools: Ints, lots: Ints, pool: int, value: int) -> tuple[int, int, int]:
    """The lots that `value` > 0 is taken from: the place of the oldest, their number, and what is left of a split one.

    Under FIFO they begin with the pool's oldest and the last one may be split, under LIFO they end with its newest and
    the first one may be. The number is NONE when the pool holds less.
    """
    begin, mask, first, length = pools[pool, BEGIN], pools[pool, MASK], pools[pool, FIRST], pools[pool, LENGTH]
    count = 0
    while value > 0:
        if count == length:
            return 0, NONE, 0
        place = first + count if method == FIFO else first + length - 1 - count
        value -= lots[begin + (place & mask), VALUE]
        count += 1
    return first if method == FIFO else first + length - count, count, -value


@inlined
def removed(method: int, pools: Ints, lots: Ints, state: Ints, pool: int, count: int, left: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Take the lots that were chosen, `left` of the split one staying; a ring that is nearly empty is given up."""
    whole = count - (left > 0)
    length = pools[pool, LENGTH] - whole
    pools[pool, LENGTH] = length
    if method == FIFO:
        pools[pool, FIRST] += whole
    if left > 0:
        place = pools[pool, FIRST] + (0 if method == FIFO else length - 1)
        lots[pools[pool, BEGIN] + (place & pools[pool, MASK]), VALUE] = left
    size = pools[pool, MASK] + 1
    if size >= _WIDE and 4 * length <= size:
        smaller = size // 2
        while smaller >= 4 * length and smaller > LEAST:
            smaller //= 2
        resize(pools, lots, state, pool, smaller if length > 0 else 0)


@inlined
def split(method: int, place: int, count: int) -> bool:
    """Whether a lot that was chosen is the one of which something may stay."""
    return place == count - 1 if method == FIFO else place == 0


@compiled
def take_queue(method: int, pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, value: int) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Remove `value` into `moved`, oldest first (M12-M13); how many lots moved, or NONE when the pool holds less."""
    if value == 0:
        return 0
    first, count, left = chosen(method, pools, lots, pool, value)
    for place in range(count):
        row = pools[pool, BEGIN] + ((first + place) & pools[pool, MASK])
        moved[place, VALUE] = lots[row, VALUE] - (left if split(method, place, count) else 0)
        moved[place, ORIGIN] = lots[row, KEY] >> BITS
        moved[place, HOP] = lots[row, KEY] - (moved[place, ORIGIN] << BITS)
    if count != NONE:
        removed(method, pools, lots, state, pool, count, left)
    return count


@compiled
def put_queue(pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, count: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Add what moved, oldest first."""
    for place in range(count):
        append(pools, lots, state, pool, moved[place, VALUE], key_of(moved[place, ORIGIN], moved[place, HOP]))


@inlined
def pass_on(method: int, pools: Ints, lots: Ints, state: Ints, sender: int, to: int, value: int) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Hand `value` > 0 from pool to pool, each traced lot a hop on; how much is traced, NONE when there is less.

    The same as taking, counting the hop and putting, where nothing can end or be claimed between.
    """
    first, count, left = chosen(method, pools, lots, sender, value)
    if count == NONE:
        return NONE
    carried = 0
    begin, mask = pools[sender, BEGIN], pools[sender, MASK]
    for place in range(count):
        row = begin + ((first + place) & mask)
        part, key = lots[row, VALUE], lots[row, KEY]
        if split(method, place, count):
            part -= left
        if key >= 0:
            key += 1
            carried += part
        append(pools, lots, state, to, part, key)
    removed(method, pools, lots, state, sender, count, left)
    return carried
