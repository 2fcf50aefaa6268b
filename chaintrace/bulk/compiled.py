"""The door to what only the extra `bulk` brings: numba, which compiles loops, and pyarrow, which holds columns.

Neither is loaded before something of this room is used.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import TypeVar

from chaintrace.errors import InputError

_Function = TypeVar("_Function", bound=Callable[..., object])

NEEDED = ("numba", "pyarrow")


def need_bulk() -> None:
    """Raises InputError when a library of the extra is not installed."""
    absent = [name for name in NEEDED if find_spec(name) is None]
    if absent:
        raise InputError(
            f"work on whole chains needs {' and '.join(absent)}, which is not installed: install chaintrace with its "
            "extra, chaintrace[bulk]"
        )


def compiled(function: _Function) -> _Function:
    """`function`, compiled when it is first called, and kept on the disk for the next process where that is possible.

    Compiled code does not check its indices: a function that reads bytes or ids checks each before it uses it.
    """
    need_bulk()
    from numba import njit

    try:
        made: _Function = njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # neither the package's folder nor the user's can be written to: each process compiles
        made = njit(nogil=True, error_model="numpy")(function)
    return made


def inlined(function: _Function) -> _Function:
    """`function`, compiled and always written out where it is called: a call hands over nine numbers an array."""
    need_bulk()
    from numba import njit

    made: _Function = njit(nogil=True, error_model="numpy", forceinline=True)(function)
    return made
