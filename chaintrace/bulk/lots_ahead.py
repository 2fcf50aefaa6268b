"""Fetch what the next transfers need before they need it: on a large ledger the wait for memory is nearly all the time.

It changes no answer. What is fetched may be gone when its turn comes; then it was fetched in vain.
"""

from typing import TYPE_CHECKING, Any

from numba.extending import intrinsic

from chaintrace.bulk.lots import FIFO, HEAD, LENGTH, LIBR, NONE, TAIL, Ints, inlined
from chaintrace.bulk.lots_rings import BEGIN, FIRST, MASK

if TYPE_CHECKING:
    from llvmlite import ir

_FAR, _NEAR = 24, 12
"""How many transfers ahead pools, and lots, are fetched."""

_RINGS_AHEAD, _LINES = 8, 4
"""How many accounts ahead a ring is fetched at the end, and how many lines of it at most."""

POOL_BYTES, LINKED_BYTES, RING_BYTES, HELD_BYTES, LINE_BYTES = 64, 32, 16, 32, 64
"""Bytes of a row of `pools`, of `lots` that are linked or in rings, of `held`; and of a line of the cache."""


@intrinsic  # type: ignore[untyped-decorator]  # numba says nothing of types
def fetch(_context: Any, _address: Any) -> Any:  # noqa: ANN401  # numba says nothing of types
    """Ask the processor to bring the cache line of an address (LLVM's `llvm.prefetch`: to write, to keep, data)."""
    from llvmlite import ir
    from numba.core import types
    from numba.core.cgutils import get_or_insert_function

    def write(_: Any, builder: "ir.IRBuilder", _signature: Any, arguments: Any) -> None:  # noqa: ANN401  # numba says nothing of types
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        call = get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [builder.inttoptr(arguments[0], byte), number(1), number(3), number(1)])

    return types.void(types.uintp), write


@inlined
def ahead(method: int, pools: Ints, lots: Ints, senders: Ints, receivers: Ints, row: int) -> None:  # noqa: PLR0917  # arrays instead of objects
    """Fetch the pools of a later transfer, and of a less late one the lots at the ends that it will touch."""
    if row + _FAR >= len(senders):
        return
    sender, receiver = senders[row + _FAR], receivers[row + _FAR]
    if sender != NONE:
        fetch(pools.ctypes.data + sender * POOL_BYTES)
    if receiver != NONE:
        fetch(pools.ctypes.data + receiver * POOL_BYTES)
    sender, receiver = senders[row + _NEAR], receivers[row + _NEAR]
    if method < LIBR:
        if sender != NONE:
            fetch(lots.ctypes.data + _end(pools, sender, newest=method != FIFO) * RING_BYTES)
        if receiver != NONE:
            fetch(lots.ctypes.data + _end(pools, receiver, newest=True) * RING_BYTES)
        return
    if sender != NONE and pools[sender, HEAD] != NONE:
        fetch(lots.ctypes.data + pools[sender, HEAD] * LINKED_BYTES)
    if receiver != NONE and pools[receiver, TAIL] != NONE:
        fetch(lots.ctypes.data + pools[receiver, TAIL] * LINKED_BYTES)


@inlined
def _end(pools: Ints, pool: int, newest: bool) -> int:  # noqa: FBT001  # compiled code has no names for arguments
    """The row of the oldest or newest lot of a ring. Where it has none, the row is one that nobody needs."""
    place = pools[pool, FIRST] + (pools[pool, LENGTH] - 1 if newest else 0)
    row: int = pools[pool, BEGIN] + (place & pools[pool, MASK])
    return row


@inlined
def ahead_of_rest(pools: Ints, lots: Ints, account: int) -> None:
    """Fetch the first lots of a later account's ring."""
    later = account + _RINGS_AHEAD
    if later < len(pools) and pools[later, LENGTH] > 0:
        row = lots.ctypes.data + _end(pools, later, newest=False) * RING_BYTES
        for line in range(min(_LINES, 1 + pools[later, LENGTH] * RING_BYTES // LINE_BYTES)):
            fetch(row + line * LINE_BYTES)


@inlined
def ahead_of_openings(held: Ints, senders: Ints, receivers: Ints, row: int) -> None:
    """Fetch what is held of both sides of a later transfer."""
    if row + _FAR < len(senders):
        sender, receiver = senders[row + _FAR], receivers[row + _FAR]
        if sender != NONE:
            fetch(held.ctypes.data + sender * HELD_BYTES)
        if receiver != NONE:
            fetch(held.ctypes.data + receiver * HELD_BYTES)
