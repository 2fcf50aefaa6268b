"""Sections 10-16: assumptions, limits, other explanations, attributions, what was left, values, the declaration."""

from collections.abc import Iterator

from chaintrace.case.expert.asked import blanks
from chaintrace.case.expert.opinion import Opinion
from chaintrace.freeze.blocks import Block, Fields, Grid, Paragraph, Points, blank
from chaintrace.i18n import message
from chaintrace.report.claims import all_gaps
from chaintrace.report.rates import measured_of

EXPLANATIONS = (
    message(
        "An address that looks like a deposit address may be a customer account, a gateway, a broker, or an OTC desk "
        "that is itself a customer."
    ),
    message("An address may be controlled by several persons, and control may change: keys are replaced and sold."),
    message("Whoever received value may have given something for it, and may know nothing of the payments."),
    message(
        "What moves out of a pool of many people's value is allocated by a rule, and not observed: another rule names "
        "other places."
    ),
    message("Value that a bridge or a service paid out was delivered to an address: the chain does not say to whom."),
    message("Where a source is incomplete, a movement that is not in it would change what follows."),
)
"""What else may have happened, for every case; those of this case are the expert's to add."""

GRADES = message(
    "Graded by independent sources: “corroborated” is said by two or more of different origin, “attributed” by one, "
    "“claimed” by explorers or rules alone. Copies of one list are one source. A tag is a claim of its source: the "
    "records of the service that it names will say more."
)
NO_ESTIMATE = message("A rate is that of a set of data and its time: it is not an estimate for this case.")
ENGLISH = message("The first sentence of the report and the texts of gaps, rules and tags are quoted in English.")

OPENINGS = message(
    "Of what an account held before the first row of the sources, the least is taken that explains its outflows, which "
    "may be nothing: part 9 says what another balance would change."
)

OATH = (
    message("the declaration or statement of truth that the court asks for, in its words"),
    message("place and date"),
    message("signature"),
)


def assumptions(opinion: Opinion) -> Iterator[Block]:
    """10. Every gap and every coverage that somebody declared."""
    say, report = opinion.say, opinion.report
    gaps = tuple((one.kind, one.chain, one.subject, one.text) for one in all_gaps(report.inputs))
    if gaps:
        yield Grid((say("Kind"), say("Chain"), say("About"), say("What")), gaps, (10, 10, 30, 50), frozenset({2}))
    if any(one.kind == "opening" for one in report.inputs.sensitivities):
        yield Paragraph(say(OPENINGS))
    elif not gaps:
        yield Paragraph(say("Nothing had to be assumed under the main method."))
    told = say("{chain}: {adapter} {path} is taken to hold every movement of {covers}.")
    lines = tuple(
        told.format(chain=one.chain, adapter=one.adapter, path=one.path, covers=one.covers)
        for one in report.inputs.sources
    )
    yield Points(lines)
    yield (
        Points(report.inputs.notes) if report.inputs.notes else Paragraph(say("The case has no notes on its reading."))
    )


def limits(opinion: Opinion) -> Iterator[Block]:
    """11. Why the report is not complete, and how often each rule errs where that was measured."""
    say, report = opinion.say, opinion.report
    if report.complete:
        yield Paragraph(say("The report is complete: every unit has reached an end, and nothing had to be assumed."))
    else:
        yield Paragraph(say("The report is not complete:"))
        yield Points(report.reasons)
    rows = tuple(
        (one.id, str(one.version), str(one.confidence), one.text, measured_of(report.inputs, one.id))
        for one in report.inputs.rules
    )
    if rows:
        heads = (say("Rule"), say("Version"), say("Confidence"), say("What it says"), say("How often it errs"))
        yield Grid(heads, rows, (15, 8, 10, 42, 25))
        yield Paragraph(say(NO_ESTIMATE))
    else:
        yield Paragraph(say("No rule is in use."))


def alternatives(opinion: Opinion) -> Iterator[Block]:
    """12. Other explanations that hold for every case; those of this one are the expert's."""
    say = opinion.say
    yield Points(tuple(say(text) for text in EXPLANATIONS))
    yield Fields(((say("other explanations in this case, and what speaks for and against each"), _open(opinion)),))


def attributions(opinion: Opinion) -> Iterator[Block]:
    """13. Every tag and finding that was used, with its source and its grade."""
    say, tables = opinion.say, opinion.report.tables
    yield Paragraph(say(GRADES))
    keys = ("address", "label", "category", "confidence", "grade", "source", "lastmod", "conflict")
    rows = tuple(tuple(str(row[key] or "") for key in keys) for row in tables["tags"].records())
    heads = (say("Address"), say("Label"), say("Category"), say("Confidence"), say("Grade"), say("Source"), say("Date"))
    yield Grid((*heads, say("Conflict")), rows, (24, 15, 11, 9, 11, 14, 8, 8), frozenset({0}))
    found = tuple(
        tuple(str(row[key] or "") for key in ("rule", "confidence", "subject", "object", "text"))
        for row in tables["findings"].records()
    )
    if found:
        yield Paragraph(say("Findings of rules:"))
        titles = (say("Rule"), say("Confidence"), say("About"), say("Of"), say("What"))
        yield Grid(titles, found, (13, 9, 24, 18, 36), frozenset({2, 3}))


def left(opinion: Opinion) -> Iterator[Block]:
    """14. What was not followed, each with its amount and reason."""
    say, table = opinion.say, opinion.report.tables["not_followed"]
    keys = ("origin", "chain", "address", "txid", "traced_amount", "asset", "reason")
    rows = tuple(tuple(str(row[key] or "") for key in keys) for row in table.records())
    if not rows:
        yield Paragraph(say("Nothing was left: every unit was followed to an end."))
        return
    heads = (say("Payment"), say("Chain"), say("Address"), say("Txid"), say("Amount"), say("Asset"), say("Reason"))
    yield Grid(heads, rows, (11, 8, 22, 24, 12, 8, 15), frozenset({2, 3}), frozenset({4}))


def valuation(opinion: Opinion) -> Iterator[Block]:
    """15. What values in money rest on, with the time of each price; or that none were asked for."""
    say, tables = opinion.say, opinion.report.tables
    if "valuation" not in tables:
        yield Paragraph(say("No values in money were asked for: every amount is in units of its own asset."))
        return
    keys = (
        "what",
        "origin",
        "address",
        "time",
        "amount",
        "asset",
        "price",
        "price_time",
        "worth",
        "currency",
        "source",
    )
    rows = tuple(tuple(str(row[key] or "") for key in keys) for row in tables["valuation"].records())
    heads = (say("What"), say("Payment"), say("Address"), say("Time"), say("Amount"), say("Asset"), say("Price"))
    money = (say("Time of the price"), say("Value"), say("Currency"), say("Source"))
    yield Grid((*heads, *money), rows, (8, 8, 15, 10, 9, 6, 8, 10, 9, 6, 11), frozenset({2}), frozenset({4, 6, 8}))


def declaration(opinion: Opinion) -> Iterator[Block]:
    """16. Blank: the expert's."""
    say = opinion.say
    yield blanks(OATH, say)
    yield Paragraph(say("This report does not identify any person."))


def _open(opinion: Opinion) -> str:
    say = opinion.say
    return blank(say("to be filled in by the expert"))
