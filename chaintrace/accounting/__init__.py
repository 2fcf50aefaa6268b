"""The methods: pools of lots, and how each decides which value leaves (docs/method.md, M12-M17).

A method is an entry of `METHODS`. A pool costs what a step moves and not what lies in it: neighbours of one origin
are merged (FIFO, LIFO), or there is one sum an origin (LIBR, haircut). The plain functions that the pools must equal
stand in the tests. Values are integers in base units; nothing is made or lost.
"""

from collections.abc import Callable, Mapping

from chaintrace.accounting.interface import Pool
from chaintrace.accounting.poison import Poison
from chaintrace.accounting.queues import Fifo, Lifo
from chaintrace.accounting.sums import Haircut, Libr, LibrFifo, shares
from chaintrace.model.trace import Options

__all__ = [
    "METHODS",
    "Fifo",
    "Haircut",
    "Libr",
    "LibrFifo",
    "Lifo",
    "Poison",
    "Pool",
    "pool_maker",
    "shares",
    "summary",
]

METHODS: Mapping[str, Callable[[], Pool]] = {"fifo": Fifo, "lifo": Lifo, "libr": Libr, "haircut": Haircut}
"""The methods that allocate. Poison is a screen and stands apart: it never enters a sum."""


def pool_maker(method: str, options: Options) -> Callable[[], Pool]:
    """The pool class of a method under the case's options; `poison` gives marks. Raises KeyError when unknown."""
    if method == "poison":
        return Poison
    if method == "libr" and options.libr_between == "fifo":
        return LibrFifo
    return METHODS[method]


def summary(method: str) -> str:
    """The first line of a method's docstring, for lists and reports."""
    made = pool_maker(method, Options())
    return (made.__doc__ or "").strip().splitlines()[0]
