"""The first page: what was asked, what came of it, whether it is complete, how much depends on the rule."""

from collections.abc import Mapping

from chaintrace.i18n import Say
from chaintrace.model.chain import Asset
from chaintrace.model.trace import Trace
from chaintrace.report import page_readings
from chaintrace.report.amounts import figure, iso, per_cent, prose, unit
from chaintrace.report.credited import ALLOCATING, Place, Ranked, sums
from chaintrace.report.interface import Report
from chaintrace.report.markup import Html, code, joined, moment, origin, short, table, tag
from chaintrace.report.mixed_scripts import marked
from chaintrace.report.page_tables import MOST_REASONS
from chaintrace.report.sentence import first_sentence, positional, reasons
from chaintrace.report.spoken import enumerated, method_called, method_told, one_after_another, several, words
from chaintrace.report.wording import EVERY_ORDER, POSITIONAL, QUOTED, SPREAD

MOST_ENDPOINTS = 5
"""Endpoints that the first page lists."""

MOST_SEEDS = 50
"""Seeds that the page lists; trace.json has them all."""


def heading(report: Report, say: Say) -> Html:
    """The name of the case, and what kind of paper this is."""
    inputs = report.inputs
    ends = [
        f"{chain}: "
        + (say("height {height}").format(height=end.height) + ", " if end.height is not None else "")
        + (iso(end.time) or say("time not known"))
        for chain, end in sorted(inputs.as_of.items())
    ]
    told = [say("Facts end at {ends}.").format(ends=enumerated(say, ends))] if ends else []
    lines = [say("Report of a trace on public ledgers."), *told, say("All times are UTC.")]
    quoted = say(QUOTED)
    lines += [quoted] if quoted != QUOTED else []
    return joined(
        (
            tag("h1", inputs.case),
            tag("p", one_after_another(say, lines), class_="soft"),
        ),
    )


def asked(report: Report, say: Say) -> Html:
    """The seeds, and under which methods they were followed."""
    inputs, claims = report.inputs, report.inputs.trace.claims
    rows = [
        (
            origin(claim.origin),
            short(claim.chain),
            joined((code(claim.txid), " ", say("index {index}").format(index=claim.index))),
            moment(iso(claim.transaction.time)) if claim.transaction else say("not in the sources"),
            code(claim.address),
            prose(claim.leg_value, claim.asset),
            prose(claim.claimed, claim.asset),
        )
        for claim in claims[:MOST_SEEDS]
    ]
    more = len(claims) - MOST_SEEDS
    names = [method_called(say, method, positional=positional(inputs.trace)) for method in inputs.methods]
    question = say(
        "Where did the value of these payments go? Each is followed forward, to the last base unit, under {methods}; "
        "the main method of this report is {main}."
    )
    left_out = say("Left out of a payment: {text}.")
    headings = words(say, "Payment", "Chain", "Transaction", "Time", "Paid to address", "Amount", "Followed")
    rest = several(say, more, "{number} more payment in trace.json.", "{number} more payments in trace.json.")
    return joined(
        (
            tag("h2", say("What was asked"), id="asked"),
            tag("p", question.format(methods=enumerated(say, names), main=names[0])),
            table(headings, rows, numbers=(5, 6)),
            tag("p", rest, class_="soft") if more > 0 else None,
            [tag("p", left_out.format(text=text), class_="soft") for text in inputs.trace.left_out],
        ),
    )


def answer(report: Report, rows: tuple[Ranked, ...], say: Say) -> Html:
    """The first sentence, the note of the case, whether the run is complete (M30), and notes on the reading."""
    if report.complete:
        state = tag("p", say("Complete: every unit has reached an end, and nothing had to be assumed."))
    else:
        shown = reasons(report.inputs, say)
        lead = several(say, len(shown), "Not complete, for {number} reason:", "Not complete, for {number} reasons:")
        more = len(shown) - MOST_REASONS
        rest = several(say, more, "{number} more reason stands there.", "{number} more reasons stand there.")
        leads = tag("a", say("Not followed"), href="#left")
        state = joined(
            (
                tag("p", lead),
                tag("ul", (tag("li", text) for text in shown[:MOST_REASONS])),
                tag("p", leads, ": ", rest, class_="rest") if more > 0 else None,
            ),
        )
    return joined(
        (
            tag("p", first_sentence(report.inputs, rows, say), class_="answer"),
            tag("p", report.inputs.note, class_="note") if report.inputs.note else None,
            tag("div", state, class_="state complete" if report.complete else "state"),
            (tag("p", note) for note in report.inputs.notes),
        ),
    )


def endpoints(report: Report, rows: tuple[Ranked, ...], say: Say) -> Html:
    """The first endpoints, as they are named to whoever is asked; the section of the endpoints has all of them."""
    if not rows:
        return Html()
    records = list(report.tables["endpoints"].records())
    has_memos = any(record["memo"] for record in records)
    several_ran = len(report.inputs.methods) > 1
    lines = [
        (
            *(row.label.called or say("no label"), code(row.place[2]), origin(row.place[0])),
            prose(row.value, row.place[3]),
            *([f"{figure(row.low, row.place[3])}–{figure(row.high, row.place[3])}"] if several_ran else []),
            *(moment(iso(row.credits[0].time)), short(say(str(record["grade"])))),
            *([marked(str(record["memo"]))] if has_memos else []),
        )
        for row, record in zip(rows[:MOST_ENDPOINTS], records, strict=False)
    ]
    more = len(rows) - MOST_ENDPOINTS
    rest = several(say, more, "{number} more endpoint stands there too.", "{number} more endpoints stand there too.")
    ranged = words(say, "Range over methods") if several_ran else []
    headings = (*words(say, "Attributed to", "Address", "Payment", "Credited"), *ranged, *words(say, "First", "Label"))
    order = say(
        "By the grade of the evidence, then by the least amount over the methods. Why the trace stops at each, and "
        "what could change it, is said below."
    )
    return joined(
        (
            tag("h2", say("Where it arrived"), id="arrived"),
            tag("p", order, f" {rest}" if more > 0 else None, class_="soft"),
            table(
                (*headings, *(words(say, "Memo") if has_memos else [])), lines, numbers=(3, 4) if several_ran else (3,)
            ),
        )
    )


def dependence(report: Report, rows: tuple[Ranked, ...], say: Say) -> Html:
    """How little or how much the answer depends on the rule, for each origin."""
    inputs = report.inputs
    methods = [method for method in inputs.methods if method in ALLOCATING]
    found = {method: sums(inputs.traces[method]) for method in methods}
    claimed = list(_followed(inputs.trace).items())[:MOST_SEEDS]
    totals = {key: [_total(found[method], *key) for method in methods] for key, _ in claimed}
    lines = [_origin_line(key, paid, totals[key], say) for key, paid in claimed]
    said = (_verdict(key, paid, totals[key], list(found.values()), rows, say) for key, paid in claimed)
    names = [method_called(say, method, positional=positional(inputs.trace)) for method in methods]
    texts = {method: method_told(say, method) for method in methods}
    spread = words(say, "Spread", "From least to most") if len(methods) > 1 else []
    credited = say("Credited to endpoints, whether a label names them or not, per payment:")
    return joined(
        (
            tag("h2", say("How much the answer depends on the rule"), id="rules"),
            tag("p", (say("{text}.").format(text=say(SPREAD)), " ") if len(methods) > 1 else None, credited),
            table(
                (*words(say, "Payment", "Followed"), *names, *spread),
                lines,
                numbers=range(1, len(methods) + (3 if spread else 2)),
            ),
            tag("ul", (tag("li", text) for text in said if text))
            if len(methods) > 1
            else tag("p", say("Only one method was run: how much depends on the rule cannot be seen.")),
            page_readings.short(report, rows, say),
            tag(
                "details",
                tag("summary", say("What the rules are")),
                tag("ul", (tag("li", tag("b", method_called(say, one)), ": ", text) for one, text in texts.items())),
                open="",
            ),
            tag("p", one_after_another(say, words(say, POSITIONAL, EVERY_ORDER)), class_="soft")
            if positional(inputs.trace)
            else None,
        ),
    )


def _followed(trace: Trace) -> dict[tuple[str, Asset], int]:
    """Per origin and asset: what was claimed, then what it was converted into."""
    found = trace.claimed()
    for key, value in trace.converted_in().items():
        found[key] = found.get(key, 0) + value
    return found


def _origin_line(key: tuple[str, Asset], paid: int, values: list[int], say: Say) -> tuple[Html | str, ...]:
    """What a payment comes to under each method, and, of several, how far they lie apart."""
    name, asset = key
    line = (origin(name), prose(paid, asset), *(figure(value, asset) for value in values))
    if len(values) < 2:
        return line
    spread = max(values) - min(values)
    return (
        *line,
        joined((figure(spread, asset), " ", tag("span", f"({say(per_cent(spread, paid))})", class_="short sub")))
        if paid
        else "",
        _bar(min(values), max(values), paid, say),
    )


def _total(found: Mapping[Place, int], name: str, asset: Asset) -> int:
    return sum(value for where, value in found.items() if where[0] == name and where[3] == asset)


def _bar(low: int, high: int, whole: int, say: Say) -> Html:
    """A line from nothing to the whole payment; solid up to the least, hatched by outline to the most."""
    if not whole:
        return Html()
    at, to = low * 1000 // whole, max(high * 1000 // whole, low * 1000 // whole + 2)
    ends = {"low": say(per_cent(low, whole)), "high": say(per_cent(high, whole))}
    text = say("from {low} to {high} of the payment").format(**ends)
    return tag(
        "svg",
        tag("title", text),
        tag("rect", x=0, y=9, width=1000, height=8, fill="#e3e8ee"),
        tag("rect", x=0, y=9, width=at, height=8, fill="#0b4f8a"),
        tag("rect", x=at, y=3, width=to - at, height=20, fill="#ffffff", stroke="#0b4f8a", stroke_width=4),
        viewBox="0 0 1000 26",
        preserveAspectRatio="none",
        role="img",
        aria_label=text,
        class_="bar",
    )


def _verdict(  # noqa: PLR0917  # each is one thing that the sentence names
    key: tuple[str, Asset],
    paid: int,
    totals: list[int],
    found: list[dict[Place, int]],
    rows: tuple[Ranked, ...],
    say: Say,
) -> Html:
    """In words: the ends of what is credited of one payment, and the address where the rules differ most."""
    name, asset = key
    if not paid:
        return Html()
    if not any(totals):
        text = say("nothing of it is credited to an endpoint in {unit} under any rule that was run.")
        return joined((tag("b", name), ": ", text.format(unit=unit(asset))))
    ends_told = {"low": say(per_cent(min(totals), paid)), "high": say(per_cent(max(totals), paid))}
    places = dict.fromkeys(where for sums_of in found for where in sums_of if where[0] == name and where[3] == asset)
    ends = {where: [sums_of.get(where, 0) for sums_of in found] for where in places}
    widest = max(ends, key=lambda where: max(ends[where]) - min(ends[where]))
    low, high = min(ends[widest]), max(ends[widest])
    if low == high:
        text = say(
            "{low} to {high} of it is credited to endpoints, whichever rule is taken, and the same to each address."
        )
        return joined((tag("b", name), ": ", text.format(**ends_told)))
    text = say(
        "{low} to {high} of it is credited to endpoints, depending on the rule. The rules differ most at {label}: "
        "{range}, a difference of {share} of the payment."
    ).format(
        **ends_told,
        label=next((row.label.called for row in rows if row.place == widest), "") or widest[2],
        range=f"{figure(low, asset)}–{figure(high, asset)} {unit(asset)}",
        share=say(per_cent(high - low, paid)),
    )
    return joined((tag("b", name), ": ", text))
