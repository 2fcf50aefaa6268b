"""The compiled union-find: a forest of ids in which no id lies below a larger one, so that a root is the least member.

Several threads unite at once. A tree is walked with path halving. A root is hung below a smaller id in one step, and
only while it still is a root; what is no root never becomes one again. So a write of one thread may undo a short cut of
another, and never a union: an id lies below another of its tree at every moment. Which union came first changes the
forest and not the partition, nor its least members. A last walk hangs every id below its root.
Source: Anderson and Woll 1991 (union-find without waiting); Dhulipala, Hong and Shun 2020 (ConnectIt).
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from chaintrace.bulk.atomics import load, replace, store
from chaintrace.bulk.compiled import compiled, inlined
from chaintrace.bulk.lots_ahead import fetch

U32: TypeAlias = npt.NDArray[np.uint32]

WHOLE, BAD_OFFSETS, BAD_ID = 0, 1, 2
"""What came of `unite`: all was united; an offset goes back or out of the ids; an id is too large."""

_BYTES = 4
"""Of an id."""

_AHEAD = 16
"""How many places ahead an id's own line of memory is fetched."""


@compiled
def _root(forest: int, member: int) -> int:
    """The least member of the tree; on the way each second step is made shorter, and written only where it changes."""
    while True:
        above = load(forest + _BYTES * member)
        if above == member:
            return member
        root = load(forest + _BYTES * above)
        if root == above:
            return root
        store(forest + _BYTES * member, root)
        member = root


@inlined
def _joined(forest: int, one: int, other: int) -> int:
    """The root of both trees, which are one from now on; `one` and `other` are or were their roots."""
    while one != other:
        low, high = min(one, other), max(one, other)
        if replace(forest + _BYTES * high, high, low):
            return low
        one, other = _root(forest, low), _root(forest, high)
    return one


@compiled
def unite(
    parents: U32,
    offsets: npt.NDArray[np.int64],
    ids: U32,
    skip: npt.NDArray[np.bool_],
    first: int,
    stop: int,
) -> tuple[int, int]:
    """Unite the ids of the transactions from `first` up to `stop`, and say what came of it and where it stopped.

    Where it stopped is a transaction, or a place in `ids`. `parents` lies in one piece. `skip` is empty, or says of
    each transaction whether it is left out; its ids are checked all the same.
    """
    size, number, forest = len(parents), len(ids), parents.ctypes.data
    for at in range(first, stop):
        begin, end = offsets[at], offsets[at + 1]
        if begin < 0 or end < begin or end > number:
            return BAD_OFFSETS, at
        if end - begin < 2 or (len(skip) > 0 and skip[at]):
            for place in range(begin, end):
                if ids[place] >= size:
                    return BAD_ID, place
            continue
        if ids[begin] >= size:
            return BAD_ID, begin
        root = _root(forest, ids[begin])
        for place in range(begin + 1, end):
            if place + _AHEAD < number:
                fetch(forest + _BYTES * ids[place + _AHEAD])
            if ids[place] >= size:
                return BAD_ID, place
            root = _joined(forest, root, _root(forest, ids[place]))
    return WHOLE, 0


@compiled
def alone(parents: U32, first: int, stop: int) -> None:
    """Let each id from `first` up to `stop` be its own root."""
    for at in range(first, stop):
        parents[at] = at


@compiled
def settle(parents: U32, first: int, stop: int) -> None:
    """Let each id from `first` up to `stop` name its root, while others do the same with the rest."""
    forest = parents.ctypes.data
    for at in range(first, stop):
        root = load(forest + _BYTES * at)
        above = load(forest + _BYTES * root)
        while above != root:
            root, above = above, load(forest + _BYTES * above)
        store(forest + _BYTES * at, root)
