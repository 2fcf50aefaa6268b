"""Which places hang together: a union-find over pairs."""

from collections.abc import Iterable

from chaintrace.cluster.interface import Place


def groups(pairs: Iterable[tuple[Place, Place]]) -> dict[Place, Place]:
    """Each place of these pairs, with the least place in text order that it hangs together with."""
    above: dict[Place, Place] = {}
    for one, other in pairs:
        first, second = sorted((_top(above, one), _top(above, other)))
        above[second] = first
    return {place: _top(above, place) for place in above}


def _top(above: dict[Place, Place], place: Place) -> Place:
    """The least place of a group; whoever asks is nearer to it afterwards (path halving)."""
    while above.setdefault(place, place) != place:
        above[place] = place = above[above[place]]
    return place
