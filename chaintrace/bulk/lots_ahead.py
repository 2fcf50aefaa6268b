"""Fetch what the next transfers need before they need it: on a large ledger the wait for memory is nearly all the time.

It changes no answer. What is fetched may be gone when its turn comes; then it was fetched in vain.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numba.extending import intrinsic

from chaintrace.bulk.lots import FIFO, HEAD, LIBR, NONE, SHIFT, TAIL, VALUE, Ints, at, inlined

if TYPE_CHECKING:
    from llvmlite import ir

_FAR, _NEAR = 32, 16
"""How many transfers ahead pools, and lots, are fetched."""

_BLOCKS = 8
"""How many blocks ahead those that were never used are fetched."""

LINE_BYTES = 64
"""Bytes of a line of the cache, and of a block."""


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
def ahead(  # noqa: PLR0913, PLR0917  # arrays instead of objects
    method: int, pools: Ints, lots: Ints, links: Ints, senders: Ints, receivers: Ints, values: Ints, row: int
) -> None:
    """Fetch the pools of a later transfer, and of a less late one the lots at the ends that it will touch."""
    if row + _FAR >= len(senders):
        return
    sender, receiver = senders[at(row + _FAR)], receivers[at(row + _FAR)]
    if sender != NONE:
        fetch(pools.ctypes.data + sender * pools.strides[0])
    if receiver != NONE:
        fetch(pools.ctypes.data + receiver * pools.strides[0])
    sender, receiver = senders[at(row + _NEAR)], receivers[at(row + _NEAR)]
    if method < LIBR:
        if sender != NONE:
            # Where the front lot will do, what is fetched is what was there before: a branch would be guessed wrong.
            is_needed = np.int64(values[at(row + _NEAR)] >= pools[at(sender), VALUE])
            lot = pools[at(sender), HEAD if method == FIFO else TAIL] & -is_needed
            fetch(lots.ctypes.data + lot * lots.strides[0])
            fetch(links.ctypes.data + (lot >> SHIFT) * links.strides[0])
        if receiver != NONE:
            fetch(lots.ctypes.data + pools[at(receiver), TAIL] * lots.strides[0])
        return
    if sender != NONE and pools[at(sender), HEAD] != NONE:
        fetch(lots.ctypes.data + pools[at(sender), HEAD] * lots.strides[0])
    if receiver != NONE and pools[at(receiver), TAIL] != NONE:
        fetch(lots.ctypes.data + pools[at(receiver), TAIL] * lots.strides[0])


@inlined
def ahead_of_blocks(lots: Ints, block: int) -> None:
    """Fetch a block that will be used for the first time."""
    fetch(lots.ctypes.data + (block + _BLOCKS) * LINE_BYTES)


@inlined
def ahead_of_openings(held: Ints, senders: Ints, receivers: Ints, row: int) -> None:
    """Fetch what is held of both sides of a later transfer."""
    if row + _FAR < len(senders):
        sender, receiver = senders[row + _FAR], receivers[row + _FAR]
        if sender != NONE:
            fetch(held.ctypes.data + sender * held.strides[0])
        if receiver != NONE:
            fetch(held.ctypes.data + receiver * held.strides[0])
