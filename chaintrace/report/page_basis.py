"""What the report rests on: gaps, tags, findings, sources, limits, options, rules, versions."""

from collections.abc import Iterable, Sequence

from chaintrace.report.amounts import iso, prose
from chaintrace.report.claims import all_gaps
from chaintrace.report.credited import case_key
from chaintrace.report.interface import METHOD_VERSION, Report
from chaintrace.report.markup import Child, Html, code, joined, moment, short, table, tag
from chaintrace.report.page_tables import cut
from chaintrace.report.rates import measured_of
from chaintrace.report.wording import NO_PERSON, TAG_IS_CLAIM, counted

MOST_EVIDENCE = 3
"""Txids that the page names of one finding."""


def gaps(report: Report) -> Html:
    """What was assumed or is not known, under the main method."""
    rows = [(short(gap.kind), short(gap.chain), code(gap.subject), gap.text) for gap in all_gaps(report.inputs)]
    title = tag("h2", "Assumed or not known", id="gaps")
    if not rows:
        return joined((title, tag("p", "Nothing had to be assumed under the main method.")))
    return joined((title, cut(rows, "gaps.csv", ("Kind", "Chain", "About", "What"))))


def attributions(report: Report) -> Html:
    """Every tag and finding that was used, conflicts named."""
    tags = [
        (
            *(joined((record["chain"], " ", code(str(record["address"])))), record["label"]),
            *(short(str(record["actor"])), short(str(record["category"])), record["confidence"], record["source"]),
            *(short(str(record["lastmod"])), short(str(record["grade"])), record["conflict"], record["note"]),
        )
        for record in report.tables["tags"].records()
    ]
    found = [
        (
            *(short(f.kind), short(f.rule), f.confidence),
            *(code(f.subject), code(f.object), _evidence(f.evidence), f.text),
        )
        for f in report.inputs.findings
    ]
    headings = ("Address", "Label", "Actor", "Category", "Confidence", "Source", "Date", "Grade", "Conflict", "Note")
    said = ("Kind", "Rule", "Confidence", "Subject", "Object", "Evidence", "What was found")
    return joined(
        (
            tag("h2", "Attributions used", id="tags"),
            tag("p", TAG_IS_CLAIM, class_="soft"),
            cut(tags, "tags.csv", headings, (4,)) if tags else tag("p", "No tag was used."),
            tag("h3", "Findings of rules"),
            cut(found, "findings.csv", said, (2,)) if found else tag("p", "No finding of a rule was used."),
            _rates(report),
        ),
    )


def _rates(report: Report) -> Html:
    """How often each rule errs that found something, once: beside each finding it would drown the page."""
    spoke = sorted({finding.rule for finding in report.inputs.findings})
    return joined(
        tag("p", f"How often {rule} errs: {measured_of(report.inputs, rule)}.", class_="soft") for rule in spoke
    )


def _evidence(txids: Sequence[str]) -> Html:
    """The first txids of a finding, and how many more findings.csv has."""
    more = len(txids) - MOST_EVIDENCE
    rest = f" and {counted(more, 'more txid')} in findings.csv" if more > 0 else ""
    return joined((*(joined((code(txid), " ")) for txid in txids[:MOST_EVIDENCE]), rest))


def backward(report: Report) -> Html:
    """Where the payments' own value came from, when that was asked (M28)."""
    if report.inputs.shares is None:
        return Html()
    rows = [
        (
            share.origin,
            share.kind,
            code(share.address),
            prose(share.value, share.asset),
            moment(iso(share.time)),
            share.hop,
        )
        for share in report.inputs.shares
    ]
    headings = ("Payment", "The way back ends at", "Address", "Share", "Time", "Hops back")
    return joined(
        (
            tag("h2", "Where the payments came from", id="backward"),
            tag("p", "By haircut backward: the shares of the pool at that moment, of openings and earlier inflows."),
            cut(rows, "sources.csv", headings, (3, 5)),
        ),
    )


def sources(report: Report) -> Html:
    """Every source with the digest of its bytes."""
    rows = [(s.adapter, code(s.path), s.chain or "several", s.covers, code(s.sha256)) for s in report.inputs.sources]
    shown = (
        table(("Adapter", "Read from", "Chain", "Complete for", "SHA-256"), rows) if rows else tag("p", "None named.")
    )
    return joined((tag("h2", "Sources", id="sources"), shown))


def settings(report: Report) -> Html:
    """Limits, options, rules in use, and versions: what a second run needs to be the same."""
    inputs, limits = report.inputs, report.inputs.limits
    least = "; ".join(f"{case_key(*key)} = {value} base units" for key, value in limits.min_value.items())
    wallets = "; ".join(f"{w.name}: {', '.join(sorted(w.addresses))}" for w in inputs.options.wallets)
    pairs: list[tuple[str, Child]] = [
        ("Most hops", f"{limits.max_hops:,}"),
        ("Most transactions", f"{limits.max_transactions:,}"),
        ("Least value", least or "none"),
        ("Least confidence of a tag that stops", limits.min_tag_confidence),
        ("Until", iso(limits.until) or "the end of the sources"),
        ("LIBR between payments", inputs.options.libr_between.replace("_", " ")),
        ("Wallets declared as one pool", wallets or "none"),
        ("Rules in use", "; ".join(f"{r.id} version {r.version}" for r in inputs.rules) or "none"),
        ("Method", f"docs/method.md, version {METHOD_VERSION}"),
        *((name, version) for name, version in sorted(inputs.versions.items()) if name != "method"),
    ]
    return joined(
        (
            tag("h2", "Limits, options and versions", id="settings"),
            tag("dl", _pairs(pairs)),
            _rules(report),
            tag("footer", tag("p", NO_PERSON)),
        ),
    )


def _rules(report: Report) -> Html:
    """Each rule in use in full, folded up on a screen: there are many, and paper has them open."""
    told = [
        tag("p", tag("b", rule.id), ": ", rule.text, f" How often it errs: {rule.measured}.")
        for rule in report.inputs.rules
        if rule.text
    ]
    title = "What each rule in use says, its source, its known failures, and how often it errs"
    return tag("details", tag("summary", title), told) if told else Html()


def _pairs(pairs: Iterable[tuple[str, Child]]) -> Html:
    return joined((tag("dt", name), tag("dd", value)) for name, value in pairs)
