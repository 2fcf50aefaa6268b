"""The tables of a package: steps, decisions, assumptions, and what was acquired when and from whom."""

from collections.abc import Iterable, Mapping, Sequence

from chaintrace.evidence.lines import canonical
from chaintrace.evidence.recording import Recorded
from chaintrace.model.provenance import Coverage, Source
from chaintrace.model.trace import Lot, Returned, Trace
from chaintrace.model.view import MissingHistory
from chaintrace.report.amounts import iso
from chaintrace.report.interface import Cell, Inputs, Table
from chaintrace.tracing.links import Link, Links

STEPS = (
    *("step", "chain", "txid", "index", "pool", "to", "contract", "before", "taken", "kept"),
    *("balance_before", "balance_after"),
)
DECISIONS = ("kind", "chain", "subject", "rule", "confidence", "evidence", "text")
ASSUMPTIONS = ("kind", "chain", "subject", "contract", "value", "by", "text")
ACQUISITION = ("sha256", "adapter", "request", "retrieved_at", "in_package")


def steps(trace: Trace) -> Table:
    """Every outflow of a pool with traced value: the lots before, those that left, those that stayed.

    A lot is printed as `origin*value*hop`, the oldest first; the unidentified have no origin.
    """
    rows = (
        (
            *(one.step, one.transaction.chain, one.transaction.txid, one.index, one.pool, one.to, one.asset.contract),
            *(printed(one.before), printed(one.taken), printed(one.kept), _sum(one.before), _sum(one.kept)),
        )
        for one in trace.steps
    )
    return Table("steps", STEPS, tuple(rows))


def printed(lots: Iterable[Lot]) -> str:
    """Lots as text; what separates them is escaped in an origin."""
    return ";".join(f"{_escaped(lot.origin or '')}*{lot.value}*{lot.hop}" for lot in lots)


def _escaped(origin: str) -> str:
    return origin.replace("\\", "\\\\").replace(";", "\\;").replace("*", "\\*")


def _sum(lots: Iterable[Lot]) -> str:
    return str(sum(lot.value for lot in lots))


def decisions(inputs: Inputs, recorded: Recorded, links: Links) -> Table:
    """Every address at which a trace stops or would, every continuation followed, every return; sorted.

    The evidence of a continuation are its legs, and the places of those that are seen later than they stand.
    """
    rows: set[tuple[Cell, ...]] = set()
    for place, rule in recorded.stops(inputs.limits.min_tag_confidence).items():
        if rule:
            found = next(one for one in recorded.services[place] if one.rule == rule)
            rows.add(("stop", *place, rule, found.confidence, " ".join(found.evidence), found.text))
        else:
            tags = [tag for tag in recorded.tags[place] if tag.stops]
            sure = max(tag.confidence for tag in tags)
            said = "; ".join(f"{tag.says} ({tag.category}) by {tag.source}" for tag in tags)
            rows.add(("stop", *place, "", sure, "", said))
    for trace in inputs.traces.values():
        for one in trace.outcomes:
            if isinstance(one, Returned):
                place = (one.asset.chain, one.address)
                rows.add(("returned", *place, "", 100, one.origin, "declared by the case as the victim's"))
    for link in links.links:
        if not link.flaw:
            told = link.finding
            head = ("continuation", told.chain, told.subject, told.rule, told.confidence)
            rows.add((*head, _legs(link, links), told.text))
    return Table("decisions", DECISIONS, tuple(sorted(rows, key=str)))


def _legs(link: Link, links: Links) -> str:
    """The legs of a continuation as JSON."""
    sides = {"out": link.outgoing, "back": link.refunded, "in": link.incoming}
    told: dict[str, object] = {name: [list(leg.moved) for leg in legs] for name, legs in sides.items()}
    orders = {leg.key: links.orders[leg.key] for leg in link.legs if leg.key in links.orders}
    return canonical({**told, "orders": [[list(key), list(order)] for key, order in sorted(orders.items())]})


def assumptions(inputs: Inputs, recorded: Recorded, by: Mapping[str, str]) -> Table:
    """What had to be assumed: openings, gaps, and for which holdings a source is taken to hold every movement.

    `by` says in words who declared the coverage of a chain.
    """
    rows: dict[tuple[Cell, ...], None] = {}
    for trace in inputs.traces.values():
        for gap in trace.gaps:
            effect = "" if gap.effect_value is None else str(gap.effect_value)
            rows[gap.kind, gap.chain, gap.subject, gap.contract, effect, "", gap.text] = None
    for gap in inputs.gaps:
        effect = "" if gap.effect_value is None else str(gap.effect_value)
        rows[gap.kind, gap.chain, gap.subject, gap.contract, effect, "", gap.text] = None
    for (account, _), history in recorded.histories.items():
        covers = () if isinstance(history, MissingHistory) else history.coverage
        for told in covers:
            place = (account.chain, account.address, account.asset.contract)
            rows["coverage", *place, "", by.get(account.chain, ""), _covered(told)] = None
    for (chain, address, contract), several in recorded.coverages.items():
        for told in several:
            rows["coverage", chain, address, contract, "", by.get(chain, ""), _covered(told)] = None
    return Table("assumptions", ASSUMPTIONS, tuple(sorted(rows, key=str)))


def _covered(told: Coverage) -> str:
    end = f"height {told.height}" if told.height is not None else iso(told.time) or f"rank {told.end}"
    return f"every movement from rank {told.start} to {end} is held: {told.how}"


def acquisition(records: Sequence[Source], packed: Iterable[str]) -> Table:
    """What was read, when and from whom, by the digest of the raw bytes, in the order of the readings."""
    inside = set(packed)
    rows = (
        (
            *(one.sha256, one.adapter, one.request),
            "" if one.retrieved_at is None else one.retrieved_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "yes" if one.sha256 in inside else "no",
        )
        for one in records
    )
    return Table("acquisition", ACQUISITION, tuple(rows))
