"""Numbers of 32 bits that several threads read and write at once, by their addresses: none is ever read half written.

The ordering is LLVM's `monotonic` (C's `memory_order_relaxed`): each number by itself is whole, and nothing is said of
when others are seen. That is enough where a number alone says all that is to be known.
Source: LLVM Language Reference Manual, "Atomic Memory Ordering Constraints".
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from numba.core import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from llvmlite import ir

_ORDER, _BYTES = "monotonic", 4


def _place(builder: "ir.IRBuilder", address: "ir.Value") -> "ir.Value":
    """The number of 32 bits at an address."""
    from llvmlite import ir

    return builder.inttoptr(address, ir.IntType(8 * _BYTES).as_pointer())


@intrinsic  # type: ignore[untyped-decorator]  # numba says nothing of types
def load(_context: Any, _address: Any) -> Any:  # noqa: ANN401  # numba says nothing of types
    """The number at an address."""

    def write(_: Any, builder: "ir.IRBuilder", _signature: Any, arguments: Sequence[Any]) -> Any:  # noqa: ANN401  # numba says nothing of types
        return builder.load_atomic(_place(builder, arguments[0]), _ORDER, _BYTES)

    return types.uint32(types.uintp), write


@intrinsic  # type: ignore[untyped-decorator]  # numba says nothing of types
def store(_context: Any, _address: Any, _number: Any) -> Any:  # noqa: ANN401  # numba says nothing of types
    """Write a number at an address."""

    def write(_: Any, builder: "ir.IRBuilder", _signature: Any, arguments: Sequence[Any]) -> None:  # noqa: ANN401  # numba says nothing of types
        builder.store_atomic(arguments[1], _place(builder, arguments[0]), _ORDER, _BYTES)

    return types.void(types.uintp, types.uint32), write


@intrinsic  # type: ignore[untyped-decorator]  # numba says nothing of types
def replace(_context: Any, _address: Any, _old: Any, _new: Any) -> Any:  # noqa: ANN401  # numba says nothing of types
    """Write `new` at an address if `old` stands there, in one step; whether it did."""

    def write(_: Any, builder: "ir.IRBuilder", _signature: Any, arguments: Sequence[Any]) -> Any:  # noqa: ANN401  # numba says nothing of types
        place = _place(builder, arguments[0])
        both = builder.cmpxchg(place, arguments[1], arguments[2], _ORDER, _ORDER)
        return builder.extract_value(both, 1)

    return types.boolean(types.uintp, types.uint32, types.uint32), write
