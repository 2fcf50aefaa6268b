"""From findings of common control to clusters. The same findings make the same clusters, whatever their order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chaintrace.cluster.actors import actors
from chaintrace.cluster.conflicts import refused
from chaintrace.cluster.groups import groups
from chaintrace.cluster.interface import Cluster, Conflict, Place, TagsOf, Terms, ends, strongest_first
from chaintrace.cluster.reasons import Near, nearest, shortest
from chaintrace.model.finding import AnyFinding, CommonControl


@dataclass(frozen=True, slots=True)
class Clusters:
    """What findings join on some terms. A finding stands in one of the three lists, the most confident first.

    `unions` join, `conflicts` are refused because tags differ, `leads` are too weak. What a person undid, and what
    rules say that are not heard, is in none of them.
    """

    unions: tuple[CommonControl, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    leads: tuple[CommonControl, ...] = ()
    _names: Mapping[Place, Place] = field(default_factory=dict, repr=False)
    _joined: Mapping[Place, Cluster] = field(default_factory=dict, repr=False)
    _near: Near = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[Cluster]:
        """Every cluster of two members or more, by chain and first member."""
        return iter(self._joined.values())

    def name(self, chain: str, address: str) -> Place:
        """Chain and first member of the cluster of an address; the address itself where nothing joins it."""
        return self._names.get((chain, address), (chain, address))

    def of(self, chain: str, address: str) -> Cluster:
        """The cluster of an address, which is its only member where nothing joins it."""
        place = chain, address
        found = self._joined.get(self.name(chain, address))
        if found is not None:
            return found
        conflicts = tuple(one for one in self.conflicts if place in ends(one.finding))
        return Cluster(chain, (address,), (), conflicts, tuple(one for one in self.leads if place in ends(one)))

    def why(self, chain: str, one: str, other: str) -> tuple[CommonControl, ...] | None:
        """The shortest chain of reasons from one address to another; None where none joins them.

        Shortest is the fewest findings; of several such chains the one whose weakest finding is the most confident, and
        of these the first by its addresses in text order. Between two addresses the most confident finding counts.
        """
        return shortest(self._near, (chain, one), (chain, other))


def clusters(findings: Iterable[AnyFinding], tags: TagsOf, terms: Terms | None = None) -> Clusters:
    """Join what these findings join on these terms (None: `Terms()`), under these tags. Equal findings are one."""
    terms = terms if terms is not None else Terms()
    heard = sorted(
        {one for one in findings if isinstance(one, CommonControl) and terms.hears(one)}, key=strongest_first
    )
    strong = [one for one in heard if terms.joins(one)]
    places = sorted({place for one in strong for place in ends(one)})
    named = {place: found for place in places if (found := actors(tags(*place), terms.least_tag))}
    parted = refused({ends(one) for one in strong}, named)
    unions = tuple(one for one in strong if ends(one) not in parted)
    conflicts = tuple(Conflict(one, parted[ends(one)]) for one in strong if ends(one) in parted)
    leads = tuple(one for one in heard if not terms.joins(one))
    names = groups(ends(one) for one in unions)
    return Clusters(unions, conflicts, leads, names, _joined(names, unions, conflicts, leads), nearest(unions))


def _joined(
    names: Mapping[Place, Place],
    unions: Sequence[CommonControl],
    conflicts: Sequence[Conflict],
    leads: Sequence[CommonControl],
) -> dict[Place, Cluster]:
    """The clusters of two members or more by their names, each with all that touches it."""
    members: dict[Place, list[str]] = {}
    for place in sorted(names):
        members.setdefault(names[place], []).append(place[1])
    within: dict[Place, list[CommonControl]] = {}
    for one in unions:
        within.setdefault(names[ends(one)[0]], []).append(one)
    parted: dict[Place, list[Conflict]] = {}
    for conflict in conflicts:
        for name in {names[place] for place in ends(conflict.finding) if place in names}:
            parted.setdefault(name, []).append(conflict)
    weak: dict[Place, list[CommonControl]] = {}
    for one in leads:
        for name in {names[place] for place in ends(one) if place in names}:
            weak.setdefault(name, []).append(one)
    return {
        name: Cluster(
            name[0],
            tuple(members[name]),
            tuple(within[name]),
            tuple(parted.get(name, ())),
            tuple(weak.get(name, ())),
        )
        for name in sorted(members)
    }
