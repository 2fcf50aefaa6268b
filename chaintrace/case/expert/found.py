"""Sections 7-9: the steps, each by its number; who did what; the range over the methods and other readings."""

from collections.abc import Iterator, Mapping, Sequence

from chaintrace.case.expert.opinion import Opinion
from chaintrace.freeze.blocks import Block, Grid, Paragraph, Points, blank
from chaintrace.i18n import Say, message
from chaintrace.model.amounts import figure, prose
from chaintrace.model.trace import Hop, Lot, Step
from chaintrace.report.amounts import iso
from chaintrace.report.wording import method_name

FIRST_STEPS = 200
"""Steps that the report tells in sentences and works out; appendix A lists all of them."""

FIRST_READINGS = 200

STEP = message(
    "Step {step}: in transaction {txid}, {when}, {traced} of the payment “{origin}” moved from {sender} to {receiver}, "
    "in a movement of {value} ({why}, hop {hop})."
)
PENCIL = message(
    "A pool's value before a movement, what of it left and what stayed. “Of payments” is the part that the payments of "
    "the case have in it; the rest is unidentified. The evidence package has every lot of every step in steps.csv."
)
CONVERTED = message(
    "Value that went out as one asset was traced into a substitute asset, or to another chain. Where it was delivered "
    "may be another person's address."
)
RANGE = message("Spread between allocation rules, not a confidence interval.")
OPINION = message("the expert's own opinion within this range, and the reasons for it")

READINGS = {
    "opening": message("what an account held before the first row of the sources"),
    "input order": message("the order of a transaction's inputs"),
    "origin left out": message("one payment is left out of the case"),
    "wallet pool": message("addresses of a declared wallet are one pool, or each its own"),
}


def steps(opinion: Opinion) -> Iterator[Block]:
    """7. What moved, step by step, and the sums of each step."""
    say, trace = opinion.say, opinion.report.inputs.trace
    hops = sorted(trace.hops, key=lambda hop: hop.step)
    yield Points(tuple(sentence(hop, say) for hop in hops[:FIRST_STEPS]))
    if len(hops) > FIRST_STEPS:
        yield Paragraph(say("Appendix A lists all {number} movements.").format(number=len(hops)), "note")
    yield from _conversions(opinion)
    if not trace.steps:
        return
    yield Paragraph(say(PENCIL))
    heads = (
        say("Step"),
        say("From address"),
        say("To address"),
        say("Before"),
        say("Of payments"),
        say("Moved"),
        say("Of payments"),
    )
    rows = tuple(_pencil(step) for step in trace.steps[:FIRST_STEPS])
    yield Grid((*heads, say("After")), rows, (6, 21, 21, 11, 10, 11, 10, 10), frozenset({1, 2}), frozenset(range(3, 8)))


def _conversions(opinion: Opinion) -> Iterator[Block]:
    """What went on as another asset or on another chain, each with its step, rule and confidence."""
    say, table = opinion.say, opinion.report.tables.get("conversions")
    if table is None:
        return
    yield Paragraph(say(CONVERTED))
    keys = (
        *("step", "origin", "rule", "confidence", "from_txid", "traced_out_amount", "from_asset"),
        *("to_chain", "to_txid", "traced_in_amount", "to_asset"),
    )
    rows = tuple(tuple("" if row[key] is None else str(row[key]) for key in keys) for row in table.records())
    heads = (say("Step"), say("Payment"), say("Rule"), say("Confidence"), say("Went out in"), say("Traced out"))
    after = (say("Asset"), say("On chain"), say("Came in in"), say("Traced in"), say("Asset"))
    yield Grid((*heads, *after), rows, (5, 9, 11, 6, 18, 9, 6, 7, 18, 9, 6), frozenset({4, 8}), frozenset({5, 9}))


def sentence(hop: Hop, say: Say) -> str:
    """One movement of traced value, by its number."""
    told = hop.transaction
    where = [] if told is None else [iso(told.time) or "", "" if told.height is None else f"#{told.height}"]
    return say(STEP).format(
        step=hop.step,
        txid=hop.txid,
        when=" ".join(part for part in where if part) or say("time not known"),
        traced=prose(hop.traced, hop.asset),
        origin=hop.origin,
        sender=hop.from_address or say("no address"),
        receiver=hop.to_address or say("no address"),
        value=prose(hop.value, hop.asset),
        why=say("named by the case") if hop.rule == "seed" else method_name(hop.rule),
        hop=hop.hop,
    )


def _pencil(step: Step) -> tuple[str, ...]:
    sums = (_sum(step.before), _ours(step.before), _sum(step.taken), _ours(step.taken), _sum(step.kept))
    return (str(step.step), step.pool, step.to, *(figure(value, step.asset) for value in sums))


def _sum(lots: Sequence[Lot]) -> int:
    return sum(lot.value for lot in lots)


def _ours(lots: Sequence[Lot]) -> int:
    return sum(lot.value for lot in lots if lot.origin is not None)


def tests(opinion: Opinion) -> Iterator[Block]:
    """8. What was done, by the log; who did it where the log says so, else blank."""
    say = opinion.say
    yield Paragraph(say("What was done with the case, by its log. The lines are sealed with each other's hash."))
    counted = [entry for entry in opinion.entries if entry.action != "request"]
    asked = len(opinion.entries) - len(counted)
    rows = tuple(
        (
            str(one.number),
            one.time,
            one.action,
            str(one.details.get("by", "")) or blank(say("name")),
            _what(one.details),
        )
        for one in counted
    )
    heads = (say("Line"), say("Time"), say("What was done"), say("By whom"), say("Details"))
    yield Grid(heads, rows, (7, 18, 15, 24, 36), frozenset({4}))
    if asked:
        text = say("{number} requests to networks are listed by `chaintrace queries`; appendix D has their answers.")
        yield Paragraph(text.format(number=asked), "note")
    if opinion.entries:
        yield Paragraph(say("Hash of the last line: {hash}").format(hash=opinion.entries[-1].hash), "note")


def _what(details: Mapping[str, object]) -> str:
    """What a line of the log says beside its action and its name, without its lists of files."""
    told = ("text", "reason", "rule", "methods", "version", "package", "tagmanifest", "head", "complete")
    return "; ".join(f"{key}: {_plain(details[key])}" for key in told if details.get(key) not in (None, ""))


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def ranges(opinion: Opinion) -> Iterator[Block]:
    """9. Every endpoint under every method, and what other readings would change; the opinion is the expert's."""
    say, report = opinion.say, opinion.report
    inputs = report.inputs
    yield Paragraph(report.sentence, "lead")
    yield Paragraph(say(RANGE))
    rows = tuple(
        (
            *(str(row[key] or "") for key in ("origin", "chain", "address", "entity", "asset")),
            *(str(row["traced_amount"] or ""), _range(row)),
        )
        for row in _ended(opinion)
    )
    heads = (say("Payment"), say("Chain"), say("Address"), say("Attributed to"), say("Asset"), say("Main method"))
    yield Grid((*heads, say("Least–most")), rows, (12, 9, 27, 16, 10, 12, 14), frozenset({2}), frozenset({5, 6}))
    yield from _methods(opinion)
    readings = tuple(
        (
            *(say(READINGS.get(one.kind, one.kind)), one.subject, one.origin, method_name(one.method), one.place),
            *(prose(one.value, one.asset), f"{figure(one.low, one.asset)}–{figure(one.high, one.asset)}"),
        )
        for one in inputs.sensitivities[:FIRST_READINGS]
    )
    if readings:
        yield Paragraph(say("Other readings of the same facts, and what each would change:"))
        heads = (
            say("What is varied"),
            say("Of"),
            say("Payment"),
            say("Method"),
            say("Where it shows"),
            say("Reported value"),
        )
        yield Grid((*heads, say("Least–most")), readings, (16, 20, 11, 9, 20, 12, 12), frozenset({1, 4}))
    if len(inputs.sensitivities) > FIRST_READINGS:
        yield Paragraph(say("trace.json has all {number} of them.").format(number=len(inputs.sensitivities)), "note")
    yield Paragraph(f"{say(OPINION)}: {blank(say('to be filled in by the expert'))}")


def _ended(opinion: Opinion) -> Iterator[dict[str, object]]:
    return (dict(row) for row in opinion.report.tables["endpoints"].records())


def _range(row: Mapping[str, object]) -> str:
    """The ends over the methods in the asset's units, as methods.csv has them in base units."""
    low, high, decimals = row["min_value"], row["max_value"], row["decimals"]
    places = decimals if isinstance(decimals, int) else 0
    ends = [_decimal(value, places) for value in (low, high) if isinstance(value, int)]
    return "–".join(dict.fromkeys(ends))


def _decimal(value: int, places: int) -> str:
    digits = str(value).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _methods(opinion: Opinion) -> Iterator[Block]:
    """methods.csv, in base units: each place under each method, and whether poison reaches it."""
    say, table = opinion.say, opinion.report.tables["methods"]
    names = opinion.report.inputs.methods
    rows = tuple(
        (
            *(str(row[key] or "") for key in ("origin", "address", "asset")),
            *(str("" if row[name] is None else row[name]) for name in names),
        )
        for row in table.records()
    )
    if rows:
        yield Paragraph(say("The same by method, in base units:"))
        width = 46 // len(names)
        shares = (13, 31, 10, *(width for _ in names))
        heads = (say("Payment"), say("Address"), say("Asset"), *(method_name(name) for name in names))
        yield Grid(heads, rows, shares, frozenset({1}), frozenset(range(3, 3 + len(names))))
