"""Fetch what the next transfers need before they need it: on a large ledger the wait for memory is nearly all the time.

It changes no answer. What is fetched may be gone when its turn comes; then it was fetched in vain.
"""

from typing import TYPE_CHECKING, Any

from numba.extending import intrinsic

from chaintrace.bulk.lots import HEAD, NONE, TAIL, Ints, compiled

if TYPE_CHECKING:
    from llvmlite import ir

_FAR, _NEAR = 24, 12
"""How many transfers ahead pools, and lots, are fetched."""

POOL_BYTES, LOT_BYTES = 64, 32
"""Bytes of a row of `pools` and of `lots`."""


@intrinsic  # type: ignore[untyped-decorator]  # numba says nothing of types
def _fetch(_context: Any, _address: Any) -> Any:  # noqa: ANN401  # numba says nothing of types
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


@compiled
def ahead(pools: Ints, lots: Ints, senders: Ints, receivers: Ints, row: int) -> None:
    """Fetch the pools of a later transfer, and the first and last lot of those of a less late one."""
    if row + _FAR >= len(senders):
        return
    sender, receiver = senders[row + _FAR], receivers[row + _FAR]
    if sender != NONE:
        _fetch(pools.ctypes.data + sender * POOL_BYTES)
    if receiver != NONE:
        _fetch(pools.ctypes.data + receiver * POOL_BYTES)
    sender, receiver = senders[row + _NEAR], receivers[row + _NEAR]
    if sender != NONE and pools[sender, HEAD] != NONE:
        _fetch(lots.ctypes.data + pools[sender, HEAD] * LOT_BYTES)
    if receiver != NONE and pools[receiver, TAIL] != NONE:
        _fetch(lots.ctypes.data + pools[receiver, TAIL] * LOT_BYTES)
