"""The methods by number, for the loop over the ledger: what leaves a pool, and what is added to one."""

from chaintrace.bulk.lots import FIFO, LIBR, LIFO, Ints, compiled, put_queue, take_queue, turned
from chaintrace.bulk.lots_sums import put_sums, take_haircut, take_libr


@compiled
def take(method: int, pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, value: int) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Remove `value` by the method; how many lots moved, NONE when the pool holds less."""
    if method == FIFO:
        return take_queue(pools, lots, moved, state, pool, value)
    if method == LIFO:
        return turned(moved, take_queue(pools, lots, moved, state, pool, value))
    if method == LIBR:
        return take_libr(pools, lots, moved, state, pool, value)
    return take_haircut(pools, lots, moved, state, pool, value)


@compiled
def put(method: int, pools: Ints, lots: Ints, moved: Ints, state: Ints, pool: int, count: int, known: Ints) -> None:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """Add what moved."""
    if method >= LIBR:
        put_sums(pools, lots, moved, state, pool, count, known)
    else:
        put_queue(pools, lots, moved, state, pool, count, method)
