"""The clusters of a case or a file: what its findings of common control join, under the tags of its view."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from chaintrace.case.config import CaseConfig
from chaintrace.case.kept import KeptFindings
from chaintrace.case.look import everything
from chaintrace.case.rules import Observer, nobody
from chaintrace.case.streaming import stream
from chaintrace.case.sure_tags import sure
from chaintrace.case.unknown import Unknown
from chaintrace.case.view import CaseView
from chaintrace.cluster import Cluster, Clusters, Terms, clusters
from chaintrace.model.attribution import Tag
from chaintrace.model.finding import AnyFinding, CommonControl, Heuristic
from chaintrace.model.trace import Resting, Trace
from chaintrace.report.interface import Control


@dataclass(frozen=True, slots=True)
class Looked:
    """The clusters of everything that some sources hold of a chain.

    `undone` are the findings that the terms leave out by name, `unknown` counts what the sources do not tell.
    """

    clusters: Clusters
    undone: tuple[CommonControl, ...]
    unknown: Unknown


def looked(view: CaseView, chain: str, rules: Sequence[Heuristic], terms: Terms, observer: Observer = nobody) -> Looked:
    """Ask rules about every transaction and address that the sources hold, and join what they find.

    All rules are asked, for a coinjoin that one of them names keeps another from joining; `terms` says which ones join.
    Tags below its confidence are heard nowhere.
    """
    seen = sure(view, terms.least_tag)
    with closing(KeptFindings()) as kept:
        unknown = stream(seen, (chain,), rules, kept, observer)
        found = tuple(one for one in kept.said() if isinstance(one, CommonControl))
    undone = tuple(one for one in found if any(each.names(one) for each in terms.without))
    return Looked(clusters(found, seen.tags, terms), undone, unknown)


def absent(view: CaseView, chain: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """Those of some addresses of which the sources hold no transaction and no tag, in their order."""
    left = {one: None for one in addresses if not view.tags(chain, one)}
    for transaction in everything(view, chain) if left else ():
        for transfer in transaction.transfers:
            for leg in (*transfer.inputs, *transfer.outputs):
                left.pop(leg.address, None)
        if not left:
            break
    return tuple(left)


def unproven(view: CaseView, cluster: Cluster, unknown: Unknown) -> tuple[str, ...]:
    """The members of which no source holds every movement since it begins, in each asset of the chain (M10).

    More addresses may join them. Where it is not known whose an input is, that is so of every member.
    """
    contracts = [asset.contract for asset in view.assets(cluster.chain)]
    if unknown.inputs or not contracts:
        return cluster.members
    return tuple(
        member for member in cluster.members if not all(view.coverage(cluster.chain, member, one) for one in contracts)
    )


def of_traces(config: CaseConfig, view: CaseView, found: Iterable[AnyFinding]) -> Control:
    """What the findings about the traces of a case join: with it a report says who rests where. It moves no value."""
    least = config.limits.min_tag_confidence
    victims = {(seed.chain, address): seed.origin for seed in config.seeds for address in sorted(seed.victim_addresses)}
    return Control(clusters(found, view.tags, Terms(least_tag=least)), victims)


def tags_of_members(
    view: CaseView, control: Control, traces: Iterable[Trace]
) -> Mapping[tuple[str, str], tuple[Tag, ...]]:
    """What is claimed about members of the clusters in which value rests, and where tags refuse a union, by place."""
    resting = {
        control.clusters.name(one.asset.chain, address)
        for trace in traces
        for one in trace.outcomes
        if isinstance(one, Resting)
        for address in one.address.split(";")
    }
    members = ((name[0], member) for name in sorted(resting) for member in control.clusters.of(*name).members)
    parted = ((tag.chain, tag.address) for one in control.clusters.conflicts for tag in one.tags)
    return {place: tags for place in (*members, *parted) if (tags := view.tags(*place))}
