"""One sum an origin in linked arrays: the pools of haircut and LIBR, and division that loses nothing.

A product of two values has up to 126 bits, so it is kept in two words and divided as by hand, in digits of 32 bits
(D. E. Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D; H. S. Warren, Hacker's Delight, 9-4).
Rules: docs/method.md, M14-M16, M25. The layout is that of `lots.py`.
"""

import numpy as np

from chaintrace.bulk.lots import (
    FREE,
    HEAD,
    HOP,
    LENGTH,
    NEXT,
    NONE,
    ORIGIN,
    SORTED,
    TAIL,
    TOTAL,
    VALUE,
    Ints,
    compiled,
    drop_lot,
    new_lot,
)

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_TOP = np.uint64(1 << 63)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@compiled
def product(one: np.uint64, other: np.uint64) -> tuple[np.uint64, np.uint64]:
    """`one * other` as two words: the high and the low one."""
    a, b, c, d = one >> _HALF, one & _LOW, other >> _HALF, other & _LOW
    low, first, second = b * d, a * d, b * c
    middle = (low >> _HALF) + (first & _LOW) + (second & _LOW)
    return a * c + (first >> _HALF) + (second >> _HALF) + (middle >> _HALF), (middle << _HALF) | (low & _LOW)


@compiled
def digit(rest: np.uint64, following: np.uint64, divisor: np.uint64) -> tuple[np.uint64, np.uint64]:
    """One quotient digit of 32 bits, and what is left; the divisor's highest bit is set, and `rest` is below it."""
    high, low = divisor >> _HALF, divisor & _LOW
    quotient = rest // high
    left = rest - quotient * high
    while quotient > _LOW or quotient * low > ((left << _HALF) | following):
        quotient -= _ONE
        left += high
        if left > _LOW:
            break
    return quotient, (rest << _HALF) + following - quotient * divisor


@compiled
def share(part: int, value: int, total: int) -> tuple[int, int]:
    """(part * value) // total and the remainder, exactly. 0 <= part <= total, 0 <= value <= total, 0 < total < 2^63."""
    high, low = product(np.uint64(part), np.uint64(value))
    divisor = np.uint64(total)
    if high == _ZERO:
        quotient = low // divisor
        return np.int64(quotient), np.int64(low - quotient * divisor)
    shift = _ZERO
    while divisor < _TOP:
        divisor <<= _ONE
        shift += _ONE
    high = (high << shift) | (low >> (np.uint64(64) - shift))  # the total is below 2^63, so the shift is 1 at least
    low <<= shift
    first, rest = digit(high, low >> _HALF, divisor)
    second, rest = digit(rest, low & _LOW, divisor)
    return np.int64((first << _HALF) | second), np.int64(rest >> shift)


@compiled
def largest(moved: Ints, count: int, rank: int) -> int:
    """The remainder of that rank in `moved`, the largest being of rank 1: by quickselect (C. A. R. Hoare, 1961)."""
    for place in range(count):
        moved[place, SORTED] = moved[place, NEXT]
    low, high, wanted = 0, count - 1, rank - 1
    while low < high:
        pivot, left, right = moved[(low + high) // 2, SORTED], low, high
        while left <= right:
            while moved[left, SORTED] > pivot:
                left += 1
            while moved[right, SORTED] < pivot:
                right -= 1
            if left <= right:
                moved[left, SORTED], moved[right, SORTED] = moved[right, SORTED], moved[left, SORTED]
                left += 1
                right -= 1
        if wanted <= right:
            high = right
        elif wanted >= left:
            low = left
        else:
            break
    return moved[wanted, SORTED]


@compiled
def divide(moved: Ints, count: int, value: int, total: int) -> None:
    """Divide `value` by the sums in `moved`, which are replaced by the shares (M16). `total` > 0 is their sum.

    Each gets the floor of its share; the spare units go to the largest remainders, ties to the earlier one.
    """
    spare = value
    for place in range(count):
        quotient, rest = share(moved[place, VALUE], value, total)
        moved[place, VALUE], moved[place, NEXT] = quotient, rest
        spare -= quotient
    if spare == 0:
        return
    if count == 2:  # both remainders are above 0 and sum to the total
        moved[0 if moved[0, NEXT] >= moved[1, NEXT] else 1, VALUE] += 1
        return
    least = largest(moved, count, spare)
    equal = spare
    for place in range(count):
        if moved[place, NEXT] > least:
            moved[place, VALUE] += 1
            equal -= 1
    for place in range(count):
        if equal > 0 and moved[place, NEXT] == least:
            moved[place, VALUE] += 1
            equal -= 1


@compiled
def take_haircut(pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, value: int) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Remove `value` from every origin by M16 into `moved`; how many lots moved, or NONE when the pool holds less."""
    total = pools[pool, TOTAL]
    if value > total:
        return NONE
    if value == 0:
        return 0
    count = listed(pools, lots, moved, pool)
    if count == 1:
        moved[0, VALUE] = value
    else:
        divide(moved, count, value, total)
    return removed(pools, lots, moved, state, pool)


@compiled
def take_libr(pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, value: int) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Remove unidentified value first, the rest from the origins by M16; how many lots moved, or NONE when short."""
    total, free = pools[pool, TOTAL], pools[pool, FREE]
    if value > total:
        return NONE
    if value == 0:
        return 0
    there = lots[free, VALUE] if free != NONE else 0
    if there > value:
        lots[free, VALUE] = there - value
        pools[pool, TOTAL] = total - value
        moved[0, VALUE], moved[0, ORIGIN], moved[0, HOP] = value, NONE, 0
        return 1
    count, traced, place, lot = 0, 0, NONE, pools[pool, HEAD]
    while lot != NONE:  # the origins in their order; the unidentified sum leaves whole and is put in its place below
        if lot == free:
            place = count
        else:
            moved[traced, VALUE] = lots[lot, VALUE]
            traced += 1
        count += 1
        lot = lots[lot, NEXT]
    if traced > 0:
        divide(moved, traced, value - there, total - there)
    if place != NONE:
        for at in range(count - 1, place, -1):
            moved[at, VALUE] = moved[at - 1, VALUE]
        moved[place, VALUE] = there
    return removed(pools, lots, moved, state, pool)


@compiled
def listed(pools: Ints, lots: Ints, moved: Ints, pool: int) -> int:
    """Write the sums of a pool into `moved`; how many there are."""
    count, lot = 0, pools[pool, HEAD]
    while lot != NONE:
        moved[count, VALUE] = lots[lot, VALUE]
        count += 1
        lot = lots[lot, NEXT]
    return count


@compiled
def removed(pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int) -> int:
    """Take from each sum of a pool what stands in `moved`, and leave there what moves: nothing of a share of 0.

    An origin that is drained is forgotten, and counts as new when it returns (M16).
    """
    count, place, before, lot = 0, 0, NONE, pools[pool, HEAD]
    while lot != NONE:
        value, following = moved[place, VALUE], lots[lot, NEXT]
        if value > 0:
            moved[count, VALUE], moved[count, ORIGIN], moved[count, HOP] = value, lots[lot, ORIGIN], lots[lot, HOP]
            count += 1
            lots[lot, VALUE] -= value
            pools[pool, TOTAL] -= value
        if lots[lot, VALUE] == 0:
            if before == NONE:
                pools[pool, HEAD] = following
            else:
                lots[before, NEXT] = following
            if following == NONE:
                pools[pool, TAIL] = before
            if lots[lot, ORIGIN] == NONE:
                pools[pool, FREE] = NONE
            pools[pool, LENGTH] -= 1
            drop_lot(lots, state, lot)
        else:
            before = lot
        place += 1
        lot = following
    return count


@compiled
def put_sums(pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, count: int, known: Ints) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Add what moved to the sums of a pool. `known` has a place for every origin, NONE in each before and after."""
    wanted = False
    for place in range(count):
        wanted = wanted or moved[place, ORIGIN] != NONE
    lot = pools[pool, HEAD] if wanted else NONE
    while lot != NONE:
        if lots[lot, ORIGIN] != NONE:
            known[lots[lot, ORIGIN]] = lot
        lot = lots[lot, NEXT]
    for place in range(count):
        value, origin, hop = moved[place, VALUE], moved[place, ORIGIN], moved[place, HOP]
        lot = pools[pool, FREE] if origin == NONE else known[origin]
        pools[pool, TOTAL] += value
        if lot != NONE:
            lots[lot, VALUE] += value
            lots[lot, HOP] = min(lots[lot, HOP], hop)
            continue
        lot = new_lot(lots, state)
        lots[lot, VALUE], lots[lot, ORIGIN], lots[lot, HOP], lots[lot, NEXT] = value, origin, hop, NONE
        last = pools[pool, TAIL]
        if last == NONE:
            pools[pool, HEAD] = lot
        else:
            lots[last, NEXT] = lot
        pools[pool, TAIL] = lot
        pools[pool, LENGTH] += 1
        if origin == NONE:
            pools[pool, FREE] = lot
        else:
            known[origin] = lot
    lot = pools[pool, HEAD] if wanted else NONE
    while lot != NONE:
        if lots[lot, ORIGIN] != NONE:
            known[lots[lot, ORIGIN]] = NONE
        lot = lots[lot, NEXT]
