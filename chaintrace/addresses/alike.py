"""How much of two addresses a person sees alike: the letters at both ends, which wallets show and people compare."""

from itertools import takewhile
from typing import NamedTuple

from chaintrace.addresses.families import family

_FIXED = {"tron": 1, "evm": 2}
"""Letters that every address of a family begins with: `T`, and `0x`."""


class Alike(NamedTuple):
    """How many letters two addresses have in common at the beginning, after what all begin with, and at the end."""

    front: int
    back: int

    @property
    def both(self) -> int:
        """Letters in common at both ends."""
        return self.front + self.back


def alike(chain: str, one: str, other: str) -> Alike:
    """What two different addresses of a chain of accounts have in common at their ends.

    Nothing for one and the same address, and on chains of another family than Ethereum's and TRON's.
    """
    fixed = _FIXED.get(family(chain) or "")
    if fixed is None or one == other:
        return Alike(0, 0)
    rest, its = one[fixed:], other[fixed:]
    return Alike(_run(rest, its), _run(rest[::-1], its[::-1]))


def _run(one: str, other: str) -> int:
    """Letters that two texts have in common from the beginning on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
