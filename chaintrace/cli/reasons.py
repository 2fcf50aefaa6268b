"""What `cluster` prints and writes: members, the findings that join them, what does not join, chains of reasons."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import clean, notice, say, table
from chaintrace.cli.shape import Json, finding, tag
from chaintrace.errors import OutputError

if TYPE_CHECKING:
    from chaintrace.case.unknown import Unknown
    from chaintrace.case.view import CaseView
    from chaintrace.cluster import Cluster, Clusters, Conflict
    from chaintrace.model.attribution import Tag
    from chaintrace.model.finding import CommonControl

HEADER = ("what", "subject", "object", "rule", "version", "confidence", "evidence", "text")
"""The columns of the CSV. A row is a `member`, a `reason`, a `conflict` or a `lead`."""

REASONS = ("subject", "object", "rule", "confidence", "evidence", "what was found")
PARTED = ("subject", "object", "rule", "evidence", "tag", "other tag")
WHOLE, PART = "every movement since they begin", "a part"
"""What the sources hold of a member."""


@dataclass(frozen=True, slots=True)
class Told:
    """A cluster with what is claimed about its members, and those of which no source holds every movement."""

    cluster: "Cluster"
    tags: dict[str, "tuple[Tag, ...]"]
    unproven: tuple[str, ...]

    def holds(self, member: str) -> str:
        """What the sources hold of a member."""
        return PART if member in self.unproven else WHOLE


def told(view: "CaseView", cluster: "Cluster", unknown: "Unknown") -> Told:
    """A cluster with what the view says of its members."""
    from chaintrace.case.clusters import unproven

    tags = {member: view.tags(cluster.chain, member) for member in cluster.members}
    return Told(cluster, tags, unproven(view, cluster, unknown))


def show(found: Told, here: str, *, as_json: bool) -> None:
    """The cluster of an address: members with their tags, reasons, conflicts, leads, and how often the rules err."""
    from chaintrace.report.wording import counted

    cluster = found.cluster
    _tell_unproven(found)
    if as_json:
        click.echo(json.dumps(shape(found, here), ensure_ascii=True, indent=2))
        return
    reasons = counted(len(cluster.unions), "finding")
    say(f"{cluster.chain} {here}: in a cluster of {len(cluster.members):,}, by {reasons}")
    rows = [
        [member, attributed(found.tags[member][0]) if found.tags[member] else "", found.holds(member)]
        for member in cluster.members
    ]
    table("Members", ("address", "attributed to", "the sources hold"), rows)
    table("Reasons", REASONS, [row(one) for one in cluster.unions])
    table("Conflicts", PARTED, [parted(one) for one in cluster.conflicts])
    table("Leads", REASONS, [row(one) for one in cluster.leads])
    _rates((*cluster.unions, *cluster.leads))


def why(clusters: "Clusters", chain: str, here: str, other: str, *, as_json: bool) -> bool:
    """The chain of reasons between two addresses as a numbered list. Whether there is one."""
    found = clusters.why(chain, here, other)
    if as_json:
        listed = None if found is None else [full(one) for one in found]
        click.echo(json.dumps({"chain": chain, "from": here, "to": other, "why": listed}, ensure_ascii=True, indent=2))
    elif found is None:
        say(f"no chain of reasons joins {here} and {other} on these terms")
        touching = dict.fromkeys((*clusters.of(chain, here).conflicts, *clusters.of(chain, other).conflicts))
        table("Conflicts", PARTED, [parted(one) for one in touching])
    else:
        say(f"{here} and {other}: the shortest chain of reasons")
        _numbered(here, found)
        _rates(found)
    return found is not None


def _numbered(here: str, found: "Sequence[CommonControl]") -> None:
    """Each finding of a chain with its evidence, and what lies beneath it."""
    place = here
    for number, one in enumerate(found, 1):
        onward = one.object if one.subject == place else one.subject
        said = f" ({one.text})" if one.text else ""
        evidence = " ".join(one.evidence)
        say(f"{number}. {place} and {onward}: {one.rule}, confidence {one.confidence}, in {evidence}{said}")
        for detail in one.details:
            say(f"   {detail}")
        place = onward


def _rates(found: "Iterable[CommonControl]") -> None:
    """What was measured of each rule that these findings are of."""
    from chaintrace.case.measured import measured
    from chaintrace.report.wording import NOT_MEASURED

    for rule_id in sorted({one.rule for one in found}):
        say(f"how often {rule_id} errs: {measured().get(rule_id, NOT_MEASURED)}")


def _tell_unproven(found: Told) -> None:
    """Say of how many members the sources do not hold every movement: then more addresses may be in the cluster."""
    number, count = len(found.unproven), len(found.cluster.members)
    if number:
        of = "the member" if count == 1 else f"{number} of {count} members"
        notice(f"of {of} no source holds every movement: more addresses may be in the cluster")


def attributed(claim: "Tag") -> str:
    """`S by Q, confidence N`: what one tag claims."""
    return f"{claim.says} by {claim.source or 'nobody named'}, confidence {claim.confidence}"


def row(one: "CommonControl") -> list[object]:
    """A finding as a line of a table."""
    return [one.subject, one.object, one.rule, one.confidence, " ".join(one.evidence), one.text]


def parted(one: "Conflict") -> list[object]:
    """A refused finding as a line of a table."""
    claims = [f"{claim.address}: {attributed(claim)}" for claim in one.tags]
    return [one.finding.subject, one.finding.object, one.finding.rule, " ".join(one.finding.evidence), *claims]


def full(one: "CommonControl") -> dict[str, Json]:
    """A finding with everything that it says, and how often its rule errs."""
    from chaintrace.case.measured import measured
    from chaintrace.report.wording import NOT_MEASURED

    rate = measured().get(one.rule, NOT_MEASURED)
    return {
        **finding(one),
        "version": one.version,
        "text": one.text,
        "details": list(one.details),
        "measured": rate,
    }


def shape(found: Told, here: str) -> dict[str, Json]:
    """The JSON of `cluster --json`."""
    cluster = found.cluster
    return {
        "chain": cluster.chain,
        "address": here,
        "cluster": cluster.id,
        "members": [
            {
                "address": member,
                "tags": [tag(one) for one in found.tags[member]],
                "the_sources_hold": found.holds(member),
            }
            for member in cluster.members
        ],
        "reasons": [full(one) for one in cluster.unions],
        "conflicts": [
            {"finding": full(one.finding), "tags": [{"address": each.address, **tag(each)} for each in one.tags]}
            for one in cluster.conflicts
        ],
        "leads": [full(one) for one in cluster.leads],
    }


def write(target: Path, found: Told) -> None:
    """The same as CSV. Raises OutputError where it cannot be written."""
    from chaintrace.report.csv_files import cell_text

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([cell_text(clean(cell)) for cell in cells] for cells in _csv_rows(found))
    try:
        target.write_bytes(("\ufeff" + text.getvalue()).encode("utf-8"))
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror}): choose another place") from error


def _csv_rows(found: Told) -> Iterator[tuple[object, ...]]:
    for member in found.cluster.members:
        claims = "; ".join(f"attributed to {attributed(one)}" for one in found.tags[member])
        yield (
            "member",
            member,
            "",
            "",
            "",
            "",
            "",
            "; ".join(filter(None, (claims, f"the sources hold {found.holds(member)}"))),
        )
    for one in found.cluster.unions:
        yield "reason", *_cells(one), "; ".join(filter(None, (one.text, *one.details)))
    for conflict in found.cluster.conflicts:
        claims = " and ".join(f"{one.address} attributed to {attributed(one)}" for one in conflict.tags)
        yield "conflict", *_cells(conflict.finding), f"joins nothing: {claims}"
    for one in found.cluster.leads:
        yield "lead", *_cells(one), "; ".join(filter(None, (one.text, *one.details)))


def _cells(one: "CommonControl") -> tuple[object, ...]:
    return one.subject, one.object, one.rule, one.version, one.confidence, json.dumps(list(one.evidence))
