"""Section 13: who attributes which address to whom, graded; and the schedule of labels (appendix C)."""

from collections.abc import Iterator, Mapping, Sequence

from chaintrace.case.expert.opinion import Opinion, plain
from chaintrace.case.expert.told import finding, note
from chaintrace.freeze.blocks import BLANK, Block, Grid, Paragraph, Points
from chaintrace.i18n import message
from chaintrace.model.finding import UNION
from chaintrace.report.amounts import prose
from chaintrace.report.credited import Ranked, label_of, ranked
from chaintrace.report.endpoints import route, why
from chaintrace.report.spoken import enumerated, filled, one_after_another, source_called, words

GRADES = message(
    "Graded by independent sources: “corroborated” is said by two or more of different origin, “attributed” by one, "
    "“claimed” by block explorers alone, or by a rule of less than {number}. Where a rule names the address of a "
    "service behind an address, the grade is that of the label of that service's address, and at most “attributed”: no "
    "list names the address itself. Copies of one list are one source. A tag is a claim of its source, and no fact. "
    "The grade that the expert gives, confirmed, probable or possible, is the expert's to fill in."
)
SAID = message("{address} on {chain} is attributed to {service} by {source}, confidence {confidence}, grade “{grade}”.")
UNSAID = message("Of {address} on {chain} no label says whose it is: {source} stops the trace there.")
CREDITED = message("Credited there under the main method: {amounts}.")
OF_ONE = (message("{amount} of “{origin}” (step {steps})"), message("{amount} of “{origin}” (steps {steps})"))
RECORDS = message(
    "For whose account it was, if for any, is for the records of {service} to say, and not for this report."
)
NOBODY = message("Nobody keeps accounts there who could be asked for whom it was.")
WORDS = message(
    "What rules found, in their words. In them the wallet of a service is an address that a label attributes to the "
    "service, and the explanations that they name need not be all that there are."
)


KEEPERS = frozenset(
    {"exchange", "custodian", "broker", "wallet_service", "payment_processor", "gambling", "market", "atm", "service"}
)
"""Categories of services that keep accounts for others, so that their records may say for whom value came."""


def attributions(opinion: Opinion) -> Iterator[Block]:
    """13. A sentence on every address at which the trace stops, its grade, and what rules found."""
    say, tables = opinion.say, opinion.report.tables
    yield Paragraph(say(GRADES).format(number=UNION))
    places: dict[tuple[str, str], list[Ranked]] = {}
    for row in ranked(opinion.report.inputs):
        places.setdefault(row.place[1:3], []).append(row)
    if not places:
        yield Paragraph(say("Under the main method nothing was credited to an address at which the trace stops."))
    else:
        yield Points(tuple(_sentence(opinion, rows) for rows in places.values()))
        yield _grades(opinion, [rows[0] for rows in places.values()])
        yield Paragraph(say("Appendix C lists every label that was used, with its source and date."))
    found = tuple(
        (
            *(plain(row[key]) for key in ("rule", "confidence", "subject", "object")),
            finding(plain(row["text"]), opinion.language, say),
        )
        for row in tables["findings"].records()
    )
    if found:
        yield Paragraph(say(WORDS))
        heads = words(say, "Rule", "Confidence", "About", "Of", "What")
        yield Grid((*heads,), found, (15, 12, 21, 18, 34), frozenset({2, 3}))


def names(opinion: Opinion) -> Mapping[tuple[str, str], str]:
    """What each address is said to be, by (chain, address), where anybody says it: as this part says it."""
    inputs = opinion.report.inputs
    told = {place: label_of(inputs, *place).called for place in inputs.tags}
    told |= {
        (found.chain, found.subject): label_of(inputs, found.chain, found.subject).called
        for found in inputs.findings
        if found.kind == "service"
    }
    told |= {row.place[1:3]: row.label.called for row in ranked(inputs)}
    return {place: name for place, name in told.items() if name}


def _sentence(opinion: Opinion, rows: Sequence[Ranked]) -> str:
    """What is said of one address, what was credited there and by which steps, and who could say more."""
    say, first = opinion.say, rows[0]
    label, (_, chain, address, _) = first.label, first.place
    source = source_called(say, label.source) if label.source else say("nobody named")
    names = {"address": address, "chain": chain, "source": source}
    told = (
        filled(say(SAID), **names, service=label.called, confidence=label.confidence, grade=say(label.grade))
        if label.called
        else filled(say(UNSAID), **names)
    )
    parts = [told, say(CREDITED).format(amounts=enumerated(say, (_credited(opinion, row) for row in rows)))]
    asked = route(first)
    if asked == "yes" and label.category in KEEPERS:
        parts.append(say(RECORDS).format(service=label.called))
    elif asked == "no":
        parts.append(say(NOBODY))
    return one_after_another(say, parts)


def _credited(opinion: Opinion, row: Ranked) -> str:
    """What was credited of one payment, and the steps that did it."""
    steps = dict.fromkeys(str(credit.step) for credit in row.credits)
    text = opinion.say(OF_ONE[len(steps) > 1])
    told = enumerated(opinion.say, steps)
    return text.format(amount=prose(row.value, row.place[3]), origin=row.place[0], steps=told)


def _grades(opinion: Opinion, rows: Sequence[Ranked]) -> Block:
    """Why the trace stops at each address, the grade by independent sources, and a blank for the expert's."""
    say, inputs = opinion.say, opinion.report.inputs
    cells = tuple(
        (
            row.place[2],
            row.label.called or say("no label"),
            finding(why(inputs, row), opinion.language, say),
            say(row.label.grade),
            BLANK,
        )
        for row in rows
    )
    heads = words(say, "Address", "Attributed to", "Why the trace stops there", "Grade", "Grade by the expert")
    return Grid((*heads,), cells, (24, 13, 34, 12, 17), frozenset({0}))


def labels(opinion: Opinion) -> Iterator[Block]:
    """Appendix C: every label that was used, with its source, dates, grade, and whether others differ."""
    say = opinion.say
    keys = ("address", "label", "actor", "category", "confidence", "grade", "source", "lastmod", "conflict")
    said = {"grade", "conflict", "category"}
    rows = tuple(
        (
            *(say(plain(row[key])) if key in said else plain(row[key]) for key in keys),
            note(plain(row["note"]), say),
        )
        for row in opinion.report.tables["tags"].records()
    )
    if not rows:
        yield Paragraph(say("No tag was used."))
        return
    heads = words(say, "Address", "Label", "Actor", "Category", "Confidence", "Grade", "Source", "Date", "Conflict")
    yield Grid((*heads, say("Note")), rows, (18, 10, 7, 10, 8, 9, 13, 7, 6, 12), frozenset({0}))
