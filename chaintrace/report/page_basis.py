"""What the report rests on: gaps, tags, findings, sources, limits, options, rules, versions."""

from collections.abc import Iterable, Sequence

from chaintrace.i18n import Say
from chaintrace.report.amounts import iso, prose
from chaintrace.report.claims import all_gaps
from chaintrace.report.credited import case_key
from chaintrace.report.interface import METHOD_VERSION, Report
from chaintrace.report.markup import Child, Html, code, joined, moment, short, table, tag
from chaintrace.report.mixed_scripts import marked
from chaintrace.report.page_tables import cut
from chaintrace.report.rates import measured_of
from chaintrace.report.spoken import several, words
from chaintrace.report.wording import NO_PERSON, TAG_IS_CLAIM

MOST_EVIDENCE = 3
"""Txids that the page names of one finding."""


def gaps(report: Report, say: Say) -> Html:
    """What was assumed or is not known, under the main method."""
    rows = [(short(gap.kind), short(gap.chain), code(gap.subject), gap.text) for gap in all_gaps(report.inputs)]
    title = tag("h2", say("Assumed or not known"), id="gaps")
    if not rows:
        return joined((title, tag("p", say("Nothing had to be assumed under the main method."))))
    return joined((title, cut(say, rows, "gaps.csv", words(say, "Kind", "Chain", "About", "What"))))


def attributions(report: Report, say: Say) -> Html:
    """Every tag and finding that was used, conflicts named."""
    tags = [
        (
            *(joined((record["chain"], " ", code(str(record["address"])))), marked(str(record["label"]))),
            *(short(marked(str(record["actor"]))), short(str(record["category"])), record["confidence"]),
            marked(str(record["source"])),
            *(
                short(str(record["lastmod"])),
                short(say(str(record["grade"]))),
                say(str(record["conflict"])),
                record["note"],
            ),
        )
        for record in report.tables["tags"].records()
    ]
    found = [
        (
            *(short(f.kind), short(f.rule), f.confidence),
            *(code(f.subject), code(f.object), _evidence(f.evidence, say), f.text),
        )
        for f in report.inputs.findings
    ]
    claim = words(say, "Address", "Label", "Actor", "Category", "Confidence")
    headings = (*claim, *words(say, "Source", "Date", "Grade", "Conflict", "Note"))
    said = words(say, "Kind", "Rule", "Confidence", "Subject", "Object", "Evidence", "What was found")
    return joined(
        (
            tag("h2", say("Attributions used"), id="tags"),
            tag("p", say(TAG_IS_CLAIM), class_="soft"),
            cut(say, tags, "tags.csv", headings, (4,)) if tags else tag("p", say("No tag was used.")),
            tag("h3", say("Findings of rules")),
            cut(say, found, "findings.csv", said, (2,)) if found else tag("p", say("No finding of a rule was used.")),
            _rates(report, say),
        ),
    )


def _rates(report: Report, say: Say) -> Html:
    """How often each rule errs that found something, once: beside each finding it would drown the page."""
    return rates(report, sorted({finding.rule for finding in report.inputs.findings}), say)


def rates(report: Report, rules: Iterable[str], say: Say) -> Html:
    """A line for each of these rules: how often it errs, with the words of docs/accuracy.md."""
    text = say("How often {rule} errs: {rate}.")
    return joined(
        tag("p", text.format(rule=rule, rate=say(measured_of(report.inputs, rule))), class_="soft") for rule in rules
    )


def _evidence(txids: Sequence[str], say: Say) -> Html:
    """The first txids of a finding, and how many more findings.csv has."""
    more = len(txids) - MOST_EVIDENCE
    text = several(say, more, "and {number} more txid in findings.csv", "and {number} more txids in findings.csv")
    rest = f" {text}" if more > 0 else ""
    return joined((*(joined((code(txid), " ")) for txid in txids[:MOST_EVIDENCE]), rest))


def backward(report: Report, say: Say) -> Html:
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
    headings = words(say, "Payment", "The way back ends at", "Address", "Share", "Time", "Hops back")
    how = say("By haircut backward: the shares of the pool at that moment, of openings and earlier inflows.")
    return joined(
        (
            tag("h2", say("Where the payments came from"), id="backward"),
            tag("p", how),
            cut(say, rows, "sources.csv", headings, (3, 5)),
        ),
    )


def sources(report: Report, say: Say) -> Html:
    """Every source with the digest of its bytes."""
    rows = [
        (s.adapter, code(s.path), s.chain or say("several"), s.covers, code(s.sha256)) for s in report.inputs.sources
    ]
    headings = words(say, "Adapter", "Read from", "Chain", "Complete for", "SHA-256")
    shown = table(headings, rows) if rows else tag("p", say("None named."))
    return joined((tag("h2", say("Sources"), id="sources"), shown))


def settings(report: Report, say: Say) -> Html:
    """Limits, options, rules in use, and versions: what a second run needs to be the same."""
    inputs, limits = report.inputs, report.inputs.limits
    base = say("{asset} = {value} base units")
    least = "; ".join(base.format(asset=case_key(*key), value=value) for key, value in limits.min_value.items())
    wallets = "; ".join(f"{w.name}: {', '.join(sorted(w.addresses))}" for w in inputs.options.wallets)
    ruled = say("{rule} version {number}")
    pairs: list[tuple[str, Child]] = [
        (say("Most hops"), f"{limits.max_hops:,}"),
        (say("Most transactions"), f"{limits.max_transactions:,}"),
        (say("Least value"), least or say("none")),
        (say("Least confidence of a tag that stops"), limits.min_tag_confidence),
        (say("Until"), iso(limits.until) or say("the end of the sources")),
        (say("LIBR between payments"), say(inputs.options.libr_between.replace("_", " "))),
        (say("Wallets declared as one pool"), wallets or say("none")),
        (
            say("Rules in use"),
            "; ".join(ruled.format(rule=r.id, number=r.version) for r in inputs.rules) or say("none"),
        ),
        (say("Method"), say("docs/method.md, version {number}").format(number=METHOD_VERSION)),
        *((name, version) for name, version in sorted(inputs.versions.items()) if name != "method"),
    ]
    return joined(
        (
            tag("h2", say("Limits, options and versions"), id="settings"),
            tag("dl", _pairs(pairs)),
            _rules(report, say),
            tag("footer", tag("p", say(NO_PERSON))),
        ),
    )


def _rules(report: Report, say: Say) -> Html:
    """Each rule in use in full, folded up on a screen: there are many, and paper has them open."""
    errs = say("How often it errs: {rate}.")
    told = [
        tag("p", tag("b", rule.id), ": ", rule.text, " ", errs.format(rate=say(rule.measured)))
        for rule in report.inputs.rules
        if rule.text
    ]
    title = say("What each rule in use says, its source, its known failures, and how often it errs")
    return tag("details", tag("summary", title), told) if told else Html()


def _pairs(pairs: Iterable[tuple[str, Child]]) -> Html:
    return joined((tag("dt", name), tag("dd", value)) for name, value in pairs)
