"""The shortest chain of reasons between two members of a cluster."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from chaintrace.cluster.interface import CERTAIN, Place, ends
from chaintrace.model.finding import CommonControl

Near: TypeAlias = Mapping[Place, Mapping[Place, CommonControl]]
"""Each place with those that one finding joins with it, and the most confident such finding."""


def nearest(unions: Iterable[CommonControl]) -> Near:
    """What each place is joined with by one finding; of several the first counts."""
    near: dict[Place, dict[Place, CommonControl]] = {}
    for one in unions:
        for here, there in (ends(one), ends(one)[::-1]):
            near.setdefault(here, {}).setdefault(there, one)
    return near


def shortest(near: Near, start: Place, goal: Place) -> tuple[CommonControl, ...] | None:
    """The findings from one place to another: the fewest, then the larger least confidence, then text order.

    The chain back is the same one, turned round. None where no chain leads there; an empty one from a place to itself.
    """
    if start > goal:
        back = shortest(near, goal, start)
        return back if back is None else back[::-1]
    distance = _distances(near, start, goal)
    if start not in distance:
        return None
    weakest = {goal: CERTAIN}  # the weakest finding of the chain from there on for which that is the most confident
    for place in sorted(distance, key=distance.__getitem__):
        ways = (min(one.confidence, weakest[to]) for to, one in _nearer(near, distance, place))
        weakest.setdefault(place, max(ways, default=0))
    found: list[CommonControl] = []
    least, place = weakest[start], start
    while place != goal:
        onward = dict(_nearer(near, distance, place))
        place = min(to for to, one in onward.items() if min(one.confidence, weakest[to]) >= least)
        found.append(onward[place])
    return tuple(found)


def _distances(near: Near, start: Place, goal: Place) -> dict[Place, int]:
    """How many findings it takes to the goal, of the places that are no further from it than the start."""
    distance, border = {goal: 0}, [goal]
    while border and start not in distance:
        reached = dict.fromkeys(to for place in border for to in near.get(place, ()) if to not in distance)
        distance.update(dict.fromkeys(reached, distance[border[0]] + 1))
        border = list(reached)
    return distance


def _nearer(near: Near, distance: Mapping[Place, int], place: Place) -> Iterable[tuple[Place, CommonControl]]:
    """Where one finding leads from a place that is one step nearer to the goal."""
    steps = distance[place] - 1
    return ((to, one) for to, one in near.get(place, {}).items() if distance.get(to) == steps)
