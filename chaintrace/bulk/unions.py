"""The compiled union-find: a forest of ids in which no id lies below a larger one, so that a root is the least member.

Each tree is walked with path halving. A root is never hung below a larger id; then one pass in ascending order ends
every path, and the labels are the least members without a second table.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from chaintrace.bulk.compiled import compiled

U32: TypeAlias = npt.NDArray[np.uint32]

WHOLE, BAD_OFFSETS, BAD_ID = 0, 1, 2
"""What came of `unite`: all was united; an offset goes back or out of the ids; an id is too large."""


@compiled
def _root(parents: U32, member: int) -> int:
    """The least member of the tree; on the way each second step is made shorter, and written only where it changes."""
    while True:
        above = parents[member]
        if above == member:
            return member
        root = parents[above]
        if root == above:
            return root
        parents[member] = root
        member = root


@compiled
def unite(
    parents: U32,
    offsets: npt.NDArray[np.int64],
    ids: U32,
    skip: npt.NDArray[np.bool_],
) -> tuple[int, int]:
    """Unite the ids of each transaction, and say what came of it and at which transaction or place it stopped.

    `skip` is empty, or says of each transaction whether it is left out; its ids are checked all the same.
    """
    size, number = len(parents), len(ids)
    for at in range(len(offsets) - 1):
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
        root = _root(parents, ids[begin])
        for place in range(begin + 1, end):
            if ids[place] >= size:
                return BAD_ID, place
            other = _root(parents, ids[place])
            if other < root:
                parents[root] = other
                root = other
            elif root < other:
                parents[other] = root
    return WHOLE, 0


@compiled
def settle(parents: U32) -> None:
    """Let every id name its root: what lies before it in the table does already."""
    for at in range(len(parents)):
        parents[at] = parents[parents[at]]
