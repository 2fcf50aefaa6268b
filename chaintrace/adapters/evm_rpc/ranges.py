"""A question about many blocks, put in ranges that a node accepts: narrow at first, wider where little is found.

So a busy address is recognised from its first ranges, and never downloaded whole. What a node refuses as too much, or
breaks off, is asked again in smaller ranges; how wide a node lets them be is found out once.
"""

from collections.abc import Callable
from typing import Final

from chaintrace.adapters.evm_rpc.refusals import is_lasting, is_no_method, is_too_much, smaller_width
from chaintrace.adapters.transport import RpcError
from chaintrace.errors import Malformed, Unavailable

FIRST: Final = 1_024
"""Blocks of the first range."""
_WIDEST: Final = 1 << 24
_WANTED: Final = 2_000
"""Entries that one answer should have, by what the range before it had."""
_MOST_RANGES: Final = 5_000
_CUTS: Final = frozenset({200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000})
"""Where nodes and what stands before them cut a list without a word: 200 is Erigon's old limit of traces."""


class TooMuch(Exception):
    """A node refuses a range, as `error` says. Never leaves this package."""

    def __init__(self, error: RpcError) -> None:
        super().__init__(error.message)
        self.error = error


class NotOffered(Exception):
    """A node does not answer a question, in the words of a sentence. Never leaves this package."""


class NoMethod(NotOffered):
    """A node does not know a question at all."""


def looks_cut(number: int) -> bool:
    """Whether so many entries may be the first of more: only a smaller range can tell."""
    return number in _CUTS


class Ranges:
    """Reads ranges of heights of one node."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._limit = _WIDEST

    def read(self, start: int, end: int, ask: Callable[[int, int], int], most: int) -> int:
        """Ask about all heights from `start` to `end`; `ask` says how many entries a range had.

        The last height that was read: below `end` where there were more than `most` entries. Raises NotOffered where
        the node refuses even one block, or lets so few be asked at a time that nobody could wait for it.
        """
        low, total = start, 0
        width, ceiling, factor = min(FIRST, self._limit), _WIDEST, 16
        while low <= end:
            high = min(end, (low // width + 1) * width - 1)
            wide = high - low + 1
            try:
                count = ask(low, high)
            except TooMuch as refusal:
                width, factor = self._narrower(refusal.error, wide), 2
                self._bear((end - low) // width, refusal.error, width)
                continue
            except Malformed:
                if wide == 1:
                    raise
                width, factor = max(1, wide // 2), 2
                continue
            except Unavailable:
                if wide <= FIRST:
                    raise
                width = ceiling = max(FIRST, wide // 64)  # it may need too long for so many blocks
                continue
            total += count
            if total > most:
                return high
            low = high + 1
            width = min(width * factor, ceiling, self._limit, max(1, wide * _WANTED // count) if count else _WIDEST)
        return end

    def _narrower(self, error: RpcError, wide: int) -> int:
        """The next width. Raises NotOffered where there is no narrower one, or where that is not what is refused."""
        if is_no_method(error):
            raise NoMethod(f"{self._host} does not offer that question ({error.message})")
        if not is_too_much(error):
            raise NotOffered(f"{self._host} does not answer that question ({error.message})")
        if wide == 1:
            raise NotOffered(f"{self._host} refuses to say what is in even one block ({error.message})")
        width = smaller_width(error, wide)
        if is_lasting(error):
            self._limit = min(self._limit, width)
        return width

    def _bear(self, ranges: int, error: RpcError, width: int) -> None:
        """Raise NotOffered where too many ranges would be left."""
        if ranges > _MOST_RANGES and is_lasting(error):
            raise NotOffered(
                f"{self._host} lets {width} blocks be asked at a time ({error.message}), and {ranges} such questions "
                "would be left"
            )
