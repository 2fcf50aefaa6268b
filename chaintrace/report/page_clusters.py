"""The page's section on who rests where: sums by cluster, and the chains of reasons."""

from collections.abc import Iterable, Sequence

from chaintrace.cluster import Conflict
from chaintrace.i18n import Say
from chaintrace.model.chain import Asset
from chaintrace.model.finding import CommonControl
from chaintrace.report.amounts import prose
from chaintrace.report.clustered import RESTS, Group, Tie, groups
from chaintrace.report.interface import Report
from chaintrace.report.markup import Child, Html, code, joined, origin, tag
from chaintrace.report.mixed_scripts import marked
from chaintrace.report.page_basis import rates
from chaintrace.report.page_tables import MOST_ROWS, cut
from chaintrace.report.spoken import several, words
from chaintrace.report.wording import CLUSTERED, NOT_CLUSTERED, REFUSED


def clusters(report: Report, say: Say) -> Html:
    """A part for each cluster in which value rests and of which something else is known, and what tags refuse."""
    found = list(groups(report.inputs).values())
    left = len(found) - MOST_ROWS
    used: dict[str, None] = {}
    shown = [_group(report, group, used, say) for group in found[:MOST_ROWS]]
    rest = several(say, left, "{number} more cluster in resting.csv.", "{number} more clusters in resting.csv.")
    return joined(
        (
            tag("h2", say("Resting, by cluster"), id="clusters"),
            tag("p", say(CLUSTERED), class_="soft") if found else tag("p", say(NOT_CLUSTERED)),
            shown,
            tag("p", rest, class_="soft") if left > 0 else None,
            rates(report, used, say),
            _refused(report.inputs.control.clusters.conflicts, say),
        )
    )


def _group(report: Report, group: Group, used: dict[str, None], say: Say) -> Html:
    """One cluster: what rests in it, with what it is joined and why, and how many findings are too weak to join it.

    The rules of the reasons are added to `used`, so that the rate of each stands once below all clusters.
    """
    cluster, first = group.cluster, group.places[0]
    others = [Tie(place, RESTS) for place in group.places[1:]]
    ties = [tie for tie in group.ties if tie.address != first]
    reasons = [(tie, _chain(report, group, tie.address)) for tie in (*ties, *others)[:MOST_ROWS]]
    used |= dict.fromkeys(one.rule for _, chain in reasons for one in chain)
    weak = len(cluster.leads)
    title = say("Cluster on {chain}, {number} addresses:").format(chain=cluster.chain, number=len(cluster.members))
    leads = several(
        say,
        weak,
        "{number} lead, too weak to join: see findings.csv.",
        "{number} leads, too weak to join: see findings.csv.",
    )
    return joined(
        (
            tag("h3", title, " ", code(cluster.id)),
            cut(say, [*_sums(group, say)], "resting.csv", words(say, "Payment", "Resting", "At"), (1,)),
            [tag("p", tag("b", code(first)), f": {tie.text}") for tie in group.ties if tie.address == first],
            [_joined(first, tie, chain, say) for tie, chain in reasons],
            tag("p", leads, class_="soft") if weak else None,
        )
    )


def _sums(group: Group, say: Say) -> Iterable[tuple[Child, ...]]:
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
        at = several(say, len(places[name, asset]), "{number} address", "{number} addresses")
        yield origin(name), tag("b", prose(value, asset)), at


def _chain(report: Report, group: Group, address: str) -> tuple[CommonControl, ...]:
    """The reasons from the first resting place of a cluster to another member."""
    return report.inputs.control.clusters.why(group.cluster.chain, group.places[0], address) or ()


def _joined(first: str, tie: Tie, chain: Sequence[CommonControl], say: Say) -> Html:
    """That an address is in one cluster with another, and the chain of reasons."""
    by = say("{rule}, confidence {number}, in")
    steps = (
        tag(
            "li",
            *(code(one.subject), f" {say('and')} ", code(one.object), ": "),
            *(by.format(rule=one.rule, number=one.confidence), " "),
            *(joined((code(txid), " ")) for txid in one.evidence),
            f"({one.text})" if one.text else None,
        )
        for one in chain
    )
    together = (code(first), f" {say('is in one cluster with')} ", code(tie.address), f", {tie.text}:")
    return joined((tag("p", *together), tag("ol", steps)))


def _refused(conflicts: Sequence[Conflict], say: Say) -> Html:
    """The findings that join nothing because tags name different actors."""
    rows = [
        (
            *(code(one.finding.subject), code(one.finding.object), one.finding.rule),
            joined(joined((code(txid), " ")) for txid in one.finding.evidence),
            *(joined((code(at), " ", text)) for at, text in _tagged(one, say)),
        )
        for one in conflicts
    ]
    if not rows:
        return Html()
    headings = words(say, "Address", "Other address", "Rule", "In transactions", "Attributed", "And attributed")
    shown = cut(say, rows, "findings.csv", headings)
    return joined((tag("h3", say("Refused")), tag("p", say(REFUSED), class_="soft"), shown))


def _tagged(one: Conflict, say: Say) -> Iterable[tuple[str, str]]:
    """The two addresses of a conflict, with whom a tag names for each and whose it is."""
    text = say("to {actor} by {source}")
    for said in one.tags:
        yield said.address, text.format(actor=marked(said.says), source=marked(said.source) or say("nobody named"))
