"""The page's section on who rests where: sums by cluster, and the chains of reasons."""

from collections.abc import Iterable, Sequence

from chaintrace.cluster import Conflict
from chaintrace.model.chain import Asset
from chaintrace.model.finding import CommonControl
from chaintrace.report.amounts import prose
from chaintrace.report.clustered import RESTS, Group, Tie, groups
from chaintrace.report.interface import Report
from chaintrace.report.markup import Child, Html, code, joined, origin, tag
from chaintrace.report.page_tables import MOST_ROWS, cut
from chaintrace.report.rates import measured_of
from chaintrace.report.wording import CLUSTERED, NOT_CLUSTERED, REFUSED, counted


def clusters(report: Report) -> Html:
    """A part for each cluster in which value rests and of which something else is known, and what tags refuse."""
    found = list(groups(report.inputs).values())
    left = len(found) - MOST_ROWS
    used: dict[str, None] = {}
    shown = [_group(report, group, used) for group in found[:MOST_ROWS]]
    return joined(
        (
            tag("h2", "Resting, by cluster", id="clusters"),
            tag("p", CLUSTERED, class_="soft") if found else tag("p", NOT_CLUSTERED),
            shown,
            tag("p", f"{counted(left, 'more cluster')} in resting.csv.", class_="soft") if left > 0 else None,
            [tag("p", f"How often {rule} errs: {measured_of(report.inputs, rule)}.", class_="soft") for rule in used],
            _refused(report.inputs.control.clusters.conflicts),
        )
    )


def _group(report: Report, group: Group, used: dict[str, None]) -> Html:
    """One cluster: what rests in it, with what it is joined and why, and how many findings are too weak to join it.

    The rules of the reasons are added to `used`, so that the rate of each stands once below all clusters.
    """
    cluster, first = group.cluster, group.places[0]
    others = [Tie(place, RESTS) for place in group.places[1:]]
    ties = [tie for tie in group.ties if tie.address != first]
    reasons = [(tie, _chain(report, group, tie.address)) for tie in (*ties, *others)[:MOST_ROWS]]
    used |= dict.fromkeys(one.rule for _, chain in reasons for one in chain)
    weak = len(cluster.leads)
    return joined(
        (
            tag("h3", "The cluster of ", code(cluster.id), f" on {cluster.chain}: {len(cluster.members)} addresses"),
            cut([*_sums(group)], "resting.csv", ("Payment", "Resting", "At"), (1,)),
            [tag("p", tag("b", code(first)), f": {tie.text}.") for tie in group.ties if tie.address == first],
            [_joined(first, tie, chain) for tie, chain in reasons],
            tag("p", f"{counted(weak, 'lead')}, too weak to join: see findings.csv.", class_="soft") if weak else None,
        )
    )


def _sums(group: Group) -> Iterable[tuple[Child, ...]]:
    """What rests in the cluster, by payment and asset. A declared wallet counts once."""
    sums: dict[tuple[str, Asset], int] = {}
    places: dict[tuple[str, Asset], dict[str, None]] = {}
    seen: set[int] = set()
    for address, one in group.rests:
        key = one.origin, one.asset
        if id(one) not in seen:
            sums[key] = sums.get(key, 0) + one.value
        seen.add(id(one))
        places.setdefault(key, {})[address] = None
    for (name, asset), value in sums.items():
        yield origin(name), tag("b", prose(value, asset)), counted(len(places[name, asset]), "address", "addresses")


def _chain(report: Report, group: Group, address: str) -> tuple[CommonControl, ...]:
    """The reasons from the first resting place of a cluster to another member."""
    return report.inputs.control.clusters.why(group.cluster.chain, group.places[0], address) or ()


def _joined(first: str, tie: Tie, chain: Sequence[CommonControl]) -> Html:
    """That an address is in one cluster with another, and the chain of reasons."""
    steps = (
        tag(
            "li",
            *(code(one.subject), " and ", code(one.object), f": {one.rule}, confidence {one.confidence}, in "),
            *(joined((code(txid), " ")) for txid in one.evidence),
            f"({one.text})" if one.text else None,
        )
        for one in chain
    )
    return joined(
        (tag("p", code(first), " is in one cluster with ", code(tie.address), f", {tie.text}:"), tag("ol", steps))
    )


def _refused(conflicts: Sequence[Conflict]) -> Html:
    """The findings that join nothing because tags name different actors."""
    rows = [
        (
            *(code(one.finding.subject), code(one.finding.object), one.finding.rule),
            joined(joined((code(txid), " ")) for txid in one.finding.evidence),
            *(joined((code(said.address), f" to {said.says} by {said.source or 'nobody named'}")) for said in one.tags),
        )
        for one in conflicts
    ]
    if not rows:
        return Html()
    headings = ("Address", "Other address", "Rule", "In", "Attributed", "And attributed")
    return joined((tag("h3", "Refused"), tag("p", REFUSED, class_="soft"), cut(rows, "findings.csv", headings)))
