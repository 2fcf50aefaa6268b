"""Parents before their children in a UTXO file: found in its index, and mended where the file has them otherwise."""

import sqlite3
from array import array
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

Circle = Callable[[list[int]], object]
"""Raises InputError about the first of these lines, or takes all of them out of the index."""

_PAIRS = """
FROM spend JOIN place AS child ON child.id = spend.id JOIN place AS parent ON parent.txid = spend.prev"""
_AGAINST = f"SELECT DISTINCT child.id, parent.rank {_PAIRS} WHERE child.rank < parent.rank ORDER BY spend.rowid"  # ours
_TOUCHED = f"""
SELECT DISTINCT child.rank {_PAIRS} WHERE child.rank = parent.rank AND parent.position >= child.position
    ORDER BY 1"""  # ours
_EDGES = (
    f"SELECT DISTINCT parent.id, child.id {_PAIRS} WHERE ?1 < 0 OR (child.rank = ?1 AND parent.rank = ?1) ORDER BY 1"
)
_GROUP = "SELECT id, position FROM place WHERE ?1 < 0 OR rank = ?1 ORDER BY position, id"
_EVERY = -1
"""In the place of a rank: all of them."""

_OUT = -1
"""In the place of a number of parents: the line is out, and waits for nobody."""


def mend(index: sqlite3.Connection, circle: Circle) -> tuple[tuple[int, int], ...]:
    """Put parents before their children inside a rank; the pairs (child, parent's rank) that ranks contradict.

    Only a rank that needs it is touched: its own positions are dealt out anew, others keep their order. `circle` is
    told of transactions that spend each other.
    """
    if index.execute(f"{_AGAINST} LIMIT 1").fetchone() is not None:
        _sorted(index, _EVERY, circle)
    against = tuple((child, rank) for child, rank in index.execute(_AGAINST))
    for (rank,) in index.execute(_TOUCHED).fetchall():
        ordered, places = _sorted(index, rank, circle)
        index.execute("BEGIN")
        index.executemany("UPDATE place SET position = ? WHERE id = ?", zip(places, ordered, strict=False))
        index.execute("COMMIT")
    return against


def _sorted(index: sqlite3.Connection, rank: int, circle: Circle) -> tuple["array[int]", "array[int]"]:
    """The numbers of a rank's lines by position, each after its parents, and the positions that there are.

    Those of circles are left out, so that some positions are nobody's.
    """
    group, places = array("q"), array("q")
    for found, position in index.execute(_GROUP, (rank,)):
        group.append(found)
        places.append(position)
    number = array("q", [0]) * (max(group) + 1)
    for at, found in enumerate(group):
        number[found] = at
    edges = _edges(index.execute(_EDGES, (rank,)), number, len(group))
    return _ordered(group, *edges, circle), places


def _ordered(
    group: "array[int]", waiting: "array[int]", starts: "array[int]", children: "array[int]", circle: Circle
) -> "array[int]":
    """The lines of a group, each after its parents and else in the order of the group, without those of circles."""
    ready = [at for at in range(len(group)) if not waiting[at]]
    heapify(ready)
    ordered, left = array("q"), len(group)
    while left:
        if ready:
            passed = [heappop(ready)]
            ordered.append(group[passed[0]])
        else:
            passed = _circle(waiting, starts, children)
            circle(sorted(group[at] for at in passed))
            for at in passed:
                waiting[at] = _OUT
        left -= len(passed)
        for child in (child for at in passed for child in children[starts[at] : starts[at + 1]]):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, child)
    return ordered


def _circle(waiting: "array[int]", starts: "array[int]", children: "array[int]") -> list[int]:
    """Lines that spend each other in a circle. Whoever still waits may only spend, over others, what a circle pays."""
    parent = dict[int, int]()
    for at in range(len(waiting)):
        if waiting[at] > 0:
            parent.update((child, at) for child in children[starts[at] : starts[at + 1]] if child not in parent)
    seen = dict[int, None]()
    at = next(iter(parent))
    while at not in seen:
        seen[at] = None
        at = parent[at]
    return list(seen)[list(seen).index(at) :]


def _edges(
    found: Iterable[tuple[int, int]], number: "array[int]", size: int
) -> tuple["array[int]", "array[int]", "array[int]"]:
    """How many parents each line has, and the children of each: those of line n stand from starts[n] to starts[n+1]."""
    pairs = array("q")
    waiting, counts = array("q", [0]) * size, array("q", [0]) * (size + 1)
    for parent, child in found:
        pairs.extend((number[parent], number[child]))
        waiting[number[child]] += 1
        counts[number[parent] + 1] += 1
    for at in range(size):
        counts[at + 1] += counts[at]
    children, filled = array("q", [0]) * (len(pairs) // 2), array("q", counts)
    for at in range(0, len(pairs), 2):
        children[filled[pairs[at]]] = pairs[at + 1]
        filled[pairs[at]] += 1
    return waiting, counts, children
