"""Which findings are refused: those on a way between two places to which tags give different actors.

On such a way at least one finding is wrong, or a tag is, and nothing tells which. So nobody chooses: every finding on
it is refused, however sure it is of itself, and what a person then undoes or leaves out of the tags decides. A way ends
at the next place that has a tag: beyond it the finding says nothing more of this conflict. What remains joins no two
places of different actors, whatever the order in which the findings were said.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from chaintrace.cluster.groups import groups
from chaintrace.cluster.interface import Place
from chaintrace.model.attribution import Tag

Pair: TypeAlias = tuple[Place, Place]
"""Two places between which something was said, in text order."""

Named: TypeAlias = Mapping[Place, Mapping[str, Tag]]
"""What tags say of the places of which they name an actor: the actors, each with a tag."""


class _End(NamedTuple):
    """A place with a tag as the end of a way: once for each place without one from which a finding leads to it."""

    place: Place
    inner: Place


_Vertex: TypeAlias = Place | _End
_Blocks: TypeAlias = Sequence[Sequence[tuple[_Vertex, _Vertex]]]


def refused(pairs: Collection[Pair], named: Named) -> dict[Pair, tuple[Tag, Tag]]:
    """The pairs that no finding may join, each with two tags that name different actors.

    A place whose own tags name several actors is joined with nothing: nobody knows whose it is.
    """
    found: dict[Pair, tuple[Tag, Tag]] = {}
    plain: list[Pair] = []
    leading: list[_End] = []
    for one, other in sorted(pairs):
        contested = next((place for place in (one, other) if len(named.get(place, ())) > 1), None)
        if contested is not None:
            first, second = list(named[contested].values())[:2]
            found[one, other] = first, second
        elif one in named and other in named:
            if named[one].keys() != named[other].keys():
                found[one, other] = _tag(named, one), _tag(named, other)
        elif one in named or other in named:
            leading.append(_End(one, other) if one in named else _End(other, one))
        else:
            plain.append((one, other))
    for edges, ends in _regions(plain, leading):
        if len({_name(named, end) for end in ends}) > 1:
            for pair, first_end, second_end in _ways(edges, {end: _name(named, end) for end in ends}):
                found[pair] = _tag(named, first_end.place), _tag(named, second_end.place)
    return found


def _name(named: Named, end: _End) -> str:
    """The one actor of an end."""
    return next(iter(named[end.place]))


def _tag(named: Named, place: Place) -> Tag:
    return next(iter(named[place].values()))


def _regions(plain: Iterable[Pair], leading: Iterable[_End]) -> Iterator[tuple[list[Pair], list[_End]]]:
    """What places without tags hold together: the pairs inside, and the ends at which it touches places with tags."""
    within = groups(plain)
    edges: dict[Place, list[Pair]] = {}
    ends: dict[Place, list[_End]] = {}
    for pair in plain:
        edges.setdefault(within[pair[0]], []).append(pair)
    for end in leading:
        ends.setdefault(within.get(end.inner, end.inner), []).append(end)
    return ((edges.get(region, []), several) for region, several in ends.items())


def _ways(edges: Iterable[Pair], names: Mapping[_End, str]) -> Iterator[tuple[Pair, _End, _End]]:
    """The pairs of a region on a way, over no place twice, between ends of different names, each with two such ends.

    A finding lies on such a way when its block (what no single place parts) does, in the tree of blocks. That tree is
    cut back to what lies between ends. Of a region that touches several actors each block that is left has ends of two
    of them on different sides: if not, all ends would have one name.
    """
    import networkx as nx  # asked for where tags differ, which is seldom

    graph: nx.Graph[_Vertex] = nx.Graph([*edges, *((end, end.inner) for end in names)])
    blocks: _Blocks = [list(block) for block in nx.biconnected_component_edges(graph)]
    tree = nx.Graph([(number, vertex) for number, block in enumerate(blocks) for edge in block for vertex in edge])
    idle = [vertex for vertex in tree if tree.degree(vertex) == 1 and vertex not in names]
    while idle:
        vertex = idle.pop()
        (near,) = tree[vertex]
        tree.remove_node(vertex)
        if tree.degree(near) == 1 and near not in names:
            idle.append(near)
    root = min(names)
    same: dict[_Vertex | int, _End] = {end: end for end in names if names[end] == names[root]}
    other: dict[_Vertex | int, _End] = {end: end for end in names if names[end] != names[root]}
    beside = min(other.values())
    for above, below in reversed(list(nx.bfs_edges(tree, root))):  # from the far ends towards the root
        for nearest in (same, other):
            if below in nearest:
                nearest[above] = min(nearest.get(above, nearest[below]), nearest[below])
    for number, block in enumerate(blocks):
        if number in tree:
            ends = (root, other[number]) if number in other else (same[number], beside)
            yield from ((_pair(*edge), *ends) for edge in block)


def _pair(one: _Vertex, other: _Vertex) -> Pair:
    """The two places of an edge, in text order."""
    first, second = sorted(vertex.place if isinstance(vertex, _End) else vertex for vertex in (one, other))
    return first, second
