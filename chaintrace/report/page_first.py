"""The first page: what was asked, what came of it, whether it is complete, how much depends on the rule."""

from collections.abc import Mapping

from chaintrace.model.chain import Asset
from chaintrace.model.trace import Trace
from chaintrace.report import page_readings
from chaintrace.report.amounts import figure, iso, per_cent, prose, unit
from chaintrace.report.credited import ALLOCATING, Place, Ranked, sums
from chaintrace.report.interface import Report
from chaintrace.report.markup import Html, code, joined, moment, origin, short, table, tag
from chaintrace.report.sentence import positional
from chaintrace.report.wording import METHOD_TEXTS, POSITIONAL, SPREAD, counted, listed, method_name

MOST_ENDPOINTS = 5
"""Endpoints that the first page lists."""

MOST_SEEDS = 50
"""Seeds that the page lists; trace.json has them all."""


def heading(report: Report) -> Html:
    """The name of the case, and what kind of paper this is."""
    inputs = report.inputs
    ends = [
        f"{chain}: "
        + (f"height {end.height}, " if end.height is not None else "")
        + (iso(end.time) or "time not known")
        for chain, end in sorted(inputs.as_of.items())
    ]
    told = f"Facts end at {listed(ends)}. " if ends else ""
    return joined(
        (
            tag("h1", inputs.case),
            tag("p", f"Report of a trace on public ledgers. {told}All times are UTC.", class_="soft"),
        ),
    )


def asked(report: Report) -> Html:
    """The seeds, and under which methods they were followed."""
    inputs, claims = report.inputs, report.inputs.trace.claims
    rows = [
        (
            origin(claim.origin),
            short(claim.chain),
            joined((code(claim.txid), " index ", claim.index)),
            moment(iso(claim.transaction.time)) if claim.transaction else "not in the sources",
            code(claim.address),
            prose(claim.leg_value, claim.asset),
            prose(claim.claimed, claim.asset),
        )
        for claim in claims[:MOST_SEEDS]
    ]
    more = len(claims) - MOST_SEEDS
    names = [method_name(method, positional=positional(inputs.trace)) for method in inputs.methods]
    return joined(
        (
            tag("h2", "What was asked", id="asked"),
            tag(
                "p",
                "Where did the value of these payments go? Each is followed forward, to the last base unit, under "
                f"{listed(names)}; the main method of this report is {names[0]}.",
            ),
            table(
                ("Payment", "Chain", "Transaction", "Time", "Paid to address", "Value", "Followed"),
                rows,
                numbers=(5, 6),
            ),
            tag("p", f"{counted(more, 'more payment')} in trace.json.", class_="soft") if more > 0 else None,
            [tag("p", f"Left out of a payment: {text}.", class_="soft") for text in inputs.trace.left_out],
        ),
    )


def answer(report: Report) -> Html:
    """The first sentence, the note of the case, whether the run is complete (M30), and notes on the reading."""
    if report.complete:
        state = tag("p", "Complete: every unit has reached an end, and nothing had to be assumed.")
    else:
        shown = report.reasons
        state = joined(
            (
                tag("p", f"Not complete, for {counted(len(shown), 'reason')}:"),
                tag("ul", (tag("li", text) for text in shown)),
            ),
        )
    return joined(
        (
            tag("p", report.sentence, class_="answer"),
            tag("p", report.inputs.note, class_="note") if report.inputs.note else None,
            tag("div", state, class_="state complete" if report.complete else "state"),
            (tag("p", note) for note in report.inputs.notes),
        ),
    )


def endpoints(report: Report, rows: tuple[Ranked, ...]) -> Html:
    """The first endpoints, as they are named to whoever is asked; the section of the endpoints has all of them."""
    if not rows:
        return Html()
    records = list(report.tables["endpoints"].records())
    has_memos = any(record["memo"] for record in records)
    lines = [
        (
            *(row.label.called or "no label", code(row.place[2]), origin(row.place[0])),
            *(prose(row.value, row.place[3]), f"{figure(row.low, row.place[3])}–{figure(row.high, row.place[3])}"),
            *(moment(iso(row.credits[0].time)), short(str(record["grade"]))),
            *([str(record["memo"])] if has_memos else []),
        )
        for row, record in zip(rows[:MOST_ENDPOINTS], records, strict=False)
    ]
    more = len(rows) - MOST_ENDPOINTS
    rest = f", with {counted(more, 'more endpoint')}" if more > 0 else ""
    headings = ("Attributed to", "Address", "Payment", "Credited", "Range over methods", "First", "Label")
    order = (
        "By the grade of the evidence, then by the least amount over the methods. Why the trace stops at each, and "
        f"what could change it, is said below{rest}."
    )
    return joined(
        (
            tag("h2", "Where it arrived", id="arrived"),
            tag("p", order, class_="soft"),
            table((*headings, *(["Memo"] if has_memos else [])), lines, numbers=(3, 4)),
        )
    )


def dependence(report: Report, rows: tuple[Ranked, ...]) -> Html:
    """How little or how much the answer depends on the rule, for each origin."""
    inputs = report.inputs
    methods = [method for method in inputs.methods if method in ALLOCATING]
    found = {method: sums(inputs.traces[method]) for method in methods}
    claimed = list(_followed(inputs.trace).items())[:MOST_SEEDS]
    totals = {key: [_total(found[method], *key) for method in methods] for key, _ in claimed}
    lines = [_origin_line(key, paid, totals[key]) for key, paid in claimed]
    said = (_verdict(key, paid, totals[key], list(found.values()), rows) for key, paid in claimed)
    names = [method_name(method, positional=positional(inputs.trace)) for method in methods]
    texts = {method: METHOD_TEXTS.get(method, method_name(method)) for method in methods}
    return joined(
        (
            tag("h2", "How much the answer depends on the rule", id="rules"),
            tag("p", f"{SPREAD}. Credited to endpoints, whether a label names them or not, per payment:"),
            table(
                ("Payment", "Followed", *names, "Spread", "From least to most"),
                lines,
                numbers=range(1, len(methods) + 3),
            ),
            tag("ul", (tag("li", text) for text in said if text))
            if len(methods) > 1
            else tag("p", "Only one method was run: how much depends on the rule cannot be seen."),
            page_readings.short(report, rows),
            tag(
                "details",
                tag("summary", "What the rules are"),
                tag("ul", (tag("li", tag("b", method_name(method)), ": ", text) for method, text in texts.items())),
                open="",
            ),
            tag("p", POSITIONAL, class_="soft") if positional(inputs.trace) else None,
        ),
    )


def _followed(trace: Trace) -> dict[tuple[str, Asset], int]:
    """Per origin and asset: what was claimed, then what it was converted into."""
    found = trace.claimed()
    for key, value in trace.converted_in().items():
        found[key] = found.get(key, 0) + value
    return found


def _origin_line(key: tuple[str, Asset], paid: int, values: list[int]) -> tuple[Html | str, ...]:
    name, asset = key
    spread = max(values) - min(values)
    return (
        origin(name),
        prose(paid, asset),
        *(figure(value, asset) for value in values),
        joined((figure(spread, asset), " ", tag("span", f"({per_cent(spread, paid)})", class_="short sub")))
        if paid
        else "",
        _bar(min(values), max(values), paid),
    )


def _total(found: Mapping[Place, int], name: str, asset: Asset) -> int:
    return sum(value for where, value in found.items() if where[0] == name and where[3] == asset)


def _bar(low: int, high: int, whole: int) -> Html:
    """A line from nothing to the whole payment; solid up to the least, hatched by outline to the most."""
    if not whole:
        return Html()
    at, to = low * 1000 // whole, max(high * 1000 // whole, low * 1000 // whole + 2)
    text = f"from {per_cent(low, whole)} to {per_cent(high, whole)} of the payment"
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


def _verdict(
    key: tuple[str, Asset], paid: int, totals: list[int], found: list[dict[Place, int]], rows: tuple[Ranked, ...]
) -> Html:
    """In words: the ends of what is credited of one payment, and the address where the rules differ most."""
    name, asset = key
    if not paid:
        return Html()
    if not any(totals):
        text = f": nothing of it is credited to an endpoint in {unit(asset)} under any rule that was run."
        return joined((tag("b", name), text))
    text = f"{per_cent(min(totals), paid)} to {per_cent(max(totals), paid)} of it is credited to endpoints"
    places = dict.fromkeys(where for sums_of in found for where in sums_of if where[0] == name and where[3] == asset)
    ends = {where: [sums_of.get(where, 0) for sums_of in found] for where in places}
    widest = max(ends, key=lambda where: max(ends[where]) - min(ends[where]))
    low, high = min(ends[widest]), max(ends[widest])
    if low == high:
        return joined((tag("b", name), f": {text}, whichever rule is taken, and the same to each address."))
    label = next((row.label.called for row in rows if row.place == widest), "") or widest[2]
    range_text = f"{figure(low, asset)}–{figure(high, asset)} {unit(asset)}"
    most = (
        f"The rules differ most at {label}: {range_text}, a difference of {per_cent(high - low, paid)} of the payment."
    )
    return joined((tag("b", name), f": {text}, depending on the rule. {most}"))
