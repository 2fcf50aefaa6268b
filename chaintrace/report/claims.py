"""The tables of what others say and what is not known: tags, findings, gaps, and the sources of a payment (M28)."""

import json

from chaintrace.model.attribution import Tag, conflicting, grade
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import Endpoint
from chaintrace.report.amounts import amount, iso
from chaintrace.report.columns import COLUMNS
from chaintrace.report.credited import Label, assets_of, label_of
from chaintrace.report.interface import Cell, Inputs, Table
from chaintrace.report.tag_notes import moved, note


def used_tags(inputs: Inputs) -> dict[tuple[str, str], tuple[Tag, ...]]:
    """The tags that the report rests on, by (chain, address): those handed in, and those of the endpoints."""
    found = {key: tags for key, tags in inputs.tags.items() if tags}
    for outcome in inputs.trace.outcomes:
        if isinstance(outcome, Endpoint) and outcome.tags:
            found.setdefault((outcome.asset.chain, outcome.address), outcome.tags)
    return dict(sorted(found.items()))


def tags(inputs: Inputs) -> Table:
    """tags.csv: a claim a row. Where claims about one address differ, each of its rows says so."""
    rows: list[tuple[Cell, ...]] = []
    days = moved(inputs)
    for place, claims in used_tags(inputs).items():
        differ = "yes" if conflicting(claims) else "no"
        rows.extend(
            (
                *(t.chain, t.address, t.label, t.actor, t.category, t.confidence, t.source, t.lastmod, differ),
                *(grade(claims, t), t.family, t.valid_from, t.valid_to, note(t, days.get(place))),
            )
            for t in claims
        )
    return Table("tags", COLUMNS["tags"], tuple(rows))


def findings(inputs: Inputs) -> Table:
    """findings.csv: what rules in use said, with the txids that they rest on as JSON."""
    rows: list[tuple[Cell, ...]] = [
        (f.kind, f.rule, f.confidence, f.subject, f.object, json.dumps(list(f.evidence)), f.text)
        for f in inputs.findings
    ]
    return Table("findings", COLUMNS["findings"], tuple(rows))


def all_gaps(inputs: Inputs) -> tuple[Gap, ...]:
    """The main method's gaps and those of the case, each once, in the order in which they were met."""
    return tuple(dict.fromkeys((*inputs.trace.gaps, *inputs.gaps)))


def gaps(inputs: Inputs) -> Table:
    """gaps.csv."""
    assets = assets_of(inputs)
    rows: list[tuple[Cell, ...]] = []
    for gap in all_gaps(inputs):
        asset = assets.get((gap.chain, gap.contract))
        text = amount(gap.effect_value, asset.decimals if asset else None)
        rows.append((gap.kind, gap.chain, gap.subject, gap.effect_value, gap.text, gap.contract, text))
    return Table("gaps", COLUMNS["gaps"], tuple(rows))


def sources(inputs: Inputs) -> Table:
    """sources.csv: where a payment's value came from, by haircut backward. Only where that was asked."""
    rows: list[tuple[Cell, ...]] = []
    for s in inputs.shares or ():
        label = label_of(inputs, s.asset.chain, s.address, s.tags)
        rows.append(
            (
                *(s.origin, s.kind, s.asset.chain, s.address, s.txid, s.index, iso(s.time), s.height),
                *(s.asset.name, s.asset.contract, s.asset.decimals, s.value, amount(s.value, s.asset.decimals)),
                *(s.reach, amount(s.reach, s.asset.decimals), s.hop),
                *(label.entity, label.category, label.confidence if label != Label() else None, label.source),
            ),
        )
    return Table("sources", COLUMNS["sources"], tuple(rows))
