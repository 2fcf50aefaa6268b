"""Who rests where: the resting places of the main method by cluster, and what else their clusters hold.

Findings join addresses; they move no value. A tag at another member is a claim about that member: it makes no endpoint.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from chaintrace.cluster import Cluster, Place
from chaintrace.model.attribution import conflicting
from chaintrace.model.finding import CommonControl
from chaintrace.model.trace import Claim, Resting
from chaintrace.report.interface import Cell, Inputs

RESTS = "where value of this case rests too"


class Tie(NamedTuple):
    """Another member of a resting place's cluster that a reader knows from elsewhere, and as what."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """A cluster in which value rests under the main method, and what else is known of its members.

    `rests` are the resting places, each with the member that it is at, in the order of arrival. `ties` are members with
    a tag, those from which or to which a payment was made, and those that the case declares as a victim's, by address.
    """

    cluster: Cluster
    rests: tuple[tuple[str, Resting], ...]
    ties: tuple[Tie, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """The members at which value of this case rests, in the order of arrival. From the first the reasons lead."""
        return tuple(dict.fromkeys(address for address, _ in self.rests))

    def others(self, address: str) -> tuple[Tie, ...]:
        """What else is known of the cluster of one of its addresses: ties of other members, and that value rests there.

        Of the other resting places the first stands for all: they have the same cluster in their rows.
        """
        rest = [Tie(place, RESTS) for place in self.places if place != address][:1]
        return (*(tie for tie in self.ties if tie.address != address), *rest)


def groups(inputs: Inputs) -> dict[Place, Group]:
    """The clusters in which value rests and of which something else is known, by name, in the order of arrival."""
    clusters, found = inputs.control.clusters, dict[Place, list[tuple[str, Resting]]]()
    for one in inputs.trace.outcomes:
        if isinstance(one, Resting):
            for address in one.address.split(";"):
                found.setdefault(clusters.name(one.asset.chain, address), []).append((address, one))
    ties: dict[Place, dict[Tie, None]] = {}
    for chain, tie in _known(inputs):
        ties.setdefault(clusters.name(chain, tie.address), {})[tie] = None
    made = (
        (name, Group(clusters.of(*name), tuple(rests), tuple(sorted(ties.get(name, ())))))
        for name, rests in found.items()
    )
    return {name: group for name, group in made if len(group.cluster.members) > 1 and group.others(group.places[0])}


def _known(inputs: Inputs) -> Iterator[tuple[str, Tie]]:
    """What is known of addresses: whose the case declares them, what payments touched them, what tags say."""
    for (chain, address), origin in inputs.control.victims.items():
        yield chain, Tie(address, f"which the case declares as the victim's, for the payment {origin}")
    for claim in inputs.trace.claims:
        for address in senders(claim):
            yield claim.chain, Tie(address, f"from which the payment {claim.origin} was made")
        if claim.address:
            yield claim.chain, Tie(claim.address, f"to which the payment {claim.origin} was made")
    for (chain, address), tags in inputs.tags.items():
        if tags and tags[0].says:
            said = inputs.actors.get(tags[0].actor, tags[0].says)
            differ = ", and others say otherwise" if conflicting(tags) else ""
            yield chain, Tie(address, f"attributed to {said} by {tags[0].source or 'nobody named'}{differ}")


def senders(claim: Claim) -> tuple[str, ...]:
    """The addresses from which a payment was made, where the sources hold its transaction."""
    transaction = claim.transaction
    if transaction is None:
        return ()
    parts = [one for one in transaction.transfers if one.kind == "utxo" or one.index == claim.index]
    return tuple(dict.fromkeys(leg.address for one in parts for leg in one.inputs if leg.address))


class Cells:
    """The cells of resting.csv about clusters: cluster, cluster_with, cluster_text, cluster_reasons."""

    def __init__(self, inputs: Inputs) -> None:
        self._clusters = inputs.control.clusters
        self._groups = groups(inputs)

    def of(self, rest: Resting) -> tuple[Cell, ...]:
        """The cells of one resting place; all empty where nothing else is known of its cluster."""
        chain = rest.asset.chain
        for address in rest.address.split(";"):
            group = self._groups.get(self._clusters.name(chain, address))
            ties = group.others(address) if group is not None else ()
            if group is not None and ties:
                addresses = list(dict.fromkeys(tie.address for tie in ties))
                chains = (self._clusters.why(chain, address, other) or () for other in addresses)
                return (
                    group.cluster.id,
                    ";".join(addresses),
                    "; ".join(f"in one cluster with {tie.address}, {tie.text}" for tie in ties),
                    "; ".join(
                        f"{other}: {', '.join(map(reason, several))}"
                        for other, several in zip(addresses, chains, strict=True)
                    ),
                )
        return "", "", "", ""


def reason(finding: CommonControl) -> str:
    """`common_input (50) in TXID`: a finding of a chain of reasons in a cell."""
    return f"{finding.rule} ({finding.confidence}) in {' '.join(finding.evidence)}"
