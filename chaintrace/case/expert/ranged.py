"""Section 9: the range over the methods and other readings, with the sums of every payment; the opinion is blank."""

from collections.abc import Iterator

from chaintrace.case.expert import attributed
from chaintrace.case.expert.opinion import Opinion, plain
from chaintrace.freeze.blocks import Block, Fields, Grid, Paragraph, Points, blank
from chaintrace.i18n import message
from chaintrace.model.amounts import figure
from chaintrace.model.chain import Asset
from chaintrace.model.trace import OUTCOMES
from chaintrace.report import credited
from chaintrace.report.amounts import prose, unit
from chaintrace.report.sentence import first_sentence
from chaintrace.report.spoken import several, words
from chaintrace.report.wording import NOT_REST, OPENINGS, SPREAD
from chaintrace.report.wording import READINGS as VARIED

FIRST_READINGS = 200

SUMS = message(
    "Where each payment is under each method. What is claimed, and what came in by a conversion, is the sum of the "
    "columns behind it; outcomes that are nothing under every method have no column."
)
PLACES = message("What was credited to each address under each method, and the least and the most of them:")
PLACES_OF_ONE = message("What was credited to each address:")
OPINION = (
    message("the expert's own opinion within this range, and the reasons for it"),
    message("a summary of the expert's conclusions"),
)

READINGS = {
    "opening": message("what an account held before the first row of the sources"),
    "input order": message("the order of a transaction's inputs"),
    "origin left out": message("one payment is left out of the case"),
    "wallet pool": message("addresses of a declared wallet are one pool, or each its own"),
}

NAMES = {
    "converted_in": message("Came in by conversion"),
    "endpoint": message("Credited"),
    "returned": message("Returned"),
    "burned": message("Burned"),
    "resting": message("Resting"),
    "fee": message("Fees"),
    "not_followed": message("Not followed"),
    "converted_out": message("Went out by conversion"),
}
"""The outcomes of M26 as the headings of their columns."""


def ranges(opinion: Opinion) -> Iterator[Block]:
    """9. Every place under every method, and what other readings would change; the opinion is the expert's."""
    say, inputs = opinion.say, opinion.report.inputs
    yield Paragraph(first_sentence(inputs, credited.ranked(inputs), say), "lead")
    one_alone = say("Only one method was run: how much depends on the rule cannot be seen.")
    yield Paragraph(say("{text}.").format(text=say(SPREAD)) if len(inputs.methods) > 1 else one_alone)
    yield from _sums(opinion)
    yield from _places(opinion)
    yield from _by_memo(opinion)
    yield from _readings(opinion)
    open_line = blank(say("to be filled in by the expert"))
    yield Fields(tuple((say(name), open_line) for name in OPINION))


def _sums(opinion: Opinion) -> Iterator[Block]:
    """The law of conservation, a line for each payment and method (M26)."""
    say, inputs = opinion.say, opinion.report.inputs
    lines: dict[tuple[str, str, Asset], dict[str, int]] = {}
    for method in inputs.methods:
        trace = inputs.traces[method]
        claimed, came = trace.claimed(), trace.converted_in()
        for (origin, asset), ends in trace.totals().items():
            first: dict[str, int] = {
                "claimed": claimed.get((origin, asset), 0),
                "converted_in": came.get((origin, asset), 0),
            }
            lines[origin, method, asset] = {**first, **{name: ends[name] for name in OUTCOMES}}
    shown = [name for name in ("converted_in", *OUTCOMES) if any(line[name] for line in lines.values())]
    origins = list(dict.fromkeys(origin for origin, _, _ in lines))
    sides = list(dict.fromkeys(asset for _, _, asset in lines))
    rows = tuple(
        (origin, opinion.called(method), unit(asset), *(figure(line[name], asset) for name in ("claimed", *shown)))
        for (origin, method, asset), line in sorted(
            lines.items(), key=lambda one: (origins.index(one[0][0]), sides.index(one[0][2]))
        )
    )
    yield Paragraph(say(SUMS))
    width = 64 // (len(shown) + 1)
    shares = (15, 13, 8, *(width for _ in range(len(shown) + 1)))
    heads = (*words(say, "Payment", "Method", "Asset", "Claimed"), *(say(NAMES[name]) for name in shown))
    yield Grid(heads, rows, shares, numbers=frozenset(range(3, len(heads))))
    if "not_followed" in shown:
        yield Paragraph(say(NOT_REST))


def _places(opinion: Opinion) -> Iterator[Block]:
    """methods.csv in units: each place that a method credits; what poison alone reaches is counted."""
    say, inputs, table = opinion.say, opinion.report.inputs, opinion.report.tables["methods"]
    assets, names = credited.assets_of(inputs), [name for name in inputs.methods if name in credited.ALLOCATING]
    labels, ranged = attributed.names(opinion), words(say, "Least–most") if len(names) > 1 else []
    rows, marked = [], 0
    for row in table.records():
        chain, address = str(row["chain"]), str(row["address"])
        values = [value for name in names if isinstance(value := row[name], int)]
        if not any(values):
            marked += 1
            continue
        asset = assets[chain, str(row["contract"])]
        ends = ("–".join(dict.fromkeys(figure(end, asset) for end in (min(values), max(values)))),) if ranged else ()
        label = labels.get((chain, address)) or say("no label")
        told = (figure(value, asset) for value in values)
        rows.append((plain(row["origin"]), address, label, f"{unit(asset)} ({chain})", *told, *ends))
    if rows:
        yield Paragraph(say(PLACES if ranged else PLACES_OF_ONE))
        shares = (9, 19, 10, 8, *((36 // len(names) for _ in names) if ranged else (54,)), *(18 for _ in ranged))
        heads = (*words(say, "Payment", "Address", "Attributed to", "Asset"), *(opinion.called(name) for name in names))
        heads = (*heads, *ranged)
        yield Grid(heads, tuple(rows), shares, frozenset({1}), frozenset(range(4, len(heads))))
    if marked:
        text = several(
            say,
            marked,
            "No method credits anything to {number} more place that value could have reached: methods.csv names it.",
            "No method credits anything to {number} more places that value could have reached: methods.csv names them.",
        )
        yield Paragraph(text, "note")


def _by_memo(opinion: Opinion) -> Iterator[Block]:
    """The same by memo where memos tell accounts apart, under the main method."""
    say, inputs = opinion.say, opinion.report.inputs
    rows = tuple(
        (
            *(row.place[0], row.place[2], "; ".join(row.memos), prose(row.value, row.place[3])),
            "–".join(dict.fromkeys(figure(end, row.place[3]) for end in (row.low, row.high))),
        )
        for row in credited.ranked(inputs)
        if row.memos
    )
    if rows:
        yield Paragraph(say("By what was written beside the credits, under the main method:"))
        heads = words(say, "Payment", "Address", "Memo", "Main method", "Least–most")
        yield Grid((*heads,), rows, (14, 30, 24, 16, 16), frozenset({1}), frozenset({3, 4}))


def _readings(opinion: Opinion) -> Iterator[Block]:
    """What another reading of the same facts would change, and what each kind of reading means."""
    say, found = opinion.say, opinion.report.inputs.sensitivities
    rows = tuple(
        (
            *(say(READINGS.get(one.kind, one.kind)), one.subject, one.origin, opinion.called(one.method), one.place),
            *(prose(one.value, one.asset), f"{figure(one.low, one.asset)}–{figure(one.high, one.asset)}"),
        )
        for one in found[:FIRST_READINGS]
    )
    if not rows:
        yield Paragraph(say("No other reading that was tried changes an endpoint."))
        return
    yield Paragraph(say("Other readings of the same facts, and what each would change:"))
    kinds = tuple(dict.fromkeys(one.kind for one in found))
    texts = tuple(say(VARIED[kind]) for kind in kinds if kind in VARIED)
    if texts:
        yield Points(texts)
    if "opening" in kinds:
        yield Paragraph(say(OPENINGS))
    heads = words(say, "What is varied", "Of", "Payment", "Method", "Where it shows", "Reported value", "Least–most")
    yield Grid((*heads,), rows, (12, 19, 8, 8, 19, 15, 19), frozenset({1, 4}), frozenset({5, 6}))
    if len(found) > FIRST_READINGS:
        text = say("trace.json has all {number} of them.")
        yield Paragraph(text.format(number=f"{len(found):,}"), "note")
