"""The methods by number, for the loop over the ledger: what leaves a pool, what is added to one, and room for it."""

from chaintrace.bulk.lots import LENGTH, LIBR, NONE, USED, Ints, compiled
from chaintrace.bulk.lots_blocks import needed, put_queue, take_queue
from chaintrace.bulk.lots_sums import put_sums, take_haircut, take_libr


@compiled
def fits(method: int, pools: Ints, lots: Ints, links: Ints, state: Ints, sender: int) -> bool:  # noqa: PLR0917  # arrays instead of objects
    """Whether `lots` has room for a transfer, whatever moves. NONE is a sender without a pool."""
    if method < LIBR:
        return bool(state[USED] + needed(pools, sender) <= len(links))
    most = pools[sender, LENGTH] + 1 if sender != NONE else 1
    return bool(state[USED] + most <= len(lots))


@compiled
def take(method: int, pools: Ints, lots: Ints, links: Ints, moved: Ints, state: Ints, pool: int, value: int) -> int:  # noqa: PLR0913, PLR0917  # arrays instead of objects
    """Remove `value` by the method; how many lots moved, NONE when the pool holds less."""
    if method < LIBR:
        return take_queue(method, pools, lots, links, moved, state, pool, value)
    if method == LIBR:
        return take_libr(pools, lots, moved, state, pool, value)
    return take_haircut(pools, lots, moved, state, pool, value)


@compiled
def put(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    method: int, pools: Ints, lots: Ints, links: Ints, moved: Ints, state: Ints, pool: int, count: int, known: Ints
) -> None:
    """Add what moved."""
    if method < LIBR:
        put_queue(method, pools, lots, links, moved, state, pool, count)
    else:
        put_sums(pools, lots, moved, state, pool, count, known)
