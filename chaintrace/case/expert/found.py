"""Sections 7-8: the steps, each by its number, with sums that a pencil can repeat; and who did what."""

from collections.abc import Iterator, Mapping, Sequence

from chaintrace.case.expert.opinion import Opinion, plain
from chaintrace.case.log import Detail
from chaintrace.freeze.blocks import Block, Break, Grid, Paragraph, Points, blank
from chaintrace.i18n import Say, message
from chaintrace.model.amounts import figure
from chaintrace.model.chain import Asset
from chaintrace.model.trace import Hop, Lot, Step
from chaintrace.report.amounts import iso, prose, unit
from chaintrace.report.sentence import positional
from chaintrace.report.spoken import enumerated, words
from chaintrace.report.wording import METHOD_NAMES

FIRST_STEPS = 200
"""Steps that the report tells in sentences and works out; appendix A lists all of them."""

MAIN = message(
    "Under the main method, {method}. That a movement was made is what the sources say of the ledger; which part of it "
    "is allocated to a payment is what the method says, and no ledger shows it."
)
PAID = message(
    "Step {step}: on {chain}, in transaction {txid}, index {index}, {when}, {value} moved from {sender} to {receiver}: "
    "the case names it as “{origin}”, of which {traced} is followed."
)
STEP = message(
    "Step {step}: on {chain}, in transaction {txid}, index {index}, {when}, {value} moved from {sender} to {receiver}; "
    "of it, {traced} is allocated to “{origin}” ({why}, hop {hop})."
)
PAID_OUT = message(
    "Step {step}: on {chain}, transaction {txid}, {when}, paid {value} to {receiver} (index {index}): the case names "
    "it as “{origin}”, of which {traced} is followed."
)
STEP_OUT = message(
    "Step {step}: on {chain}, transaction {txid}, {when}, paid {value} to {receiver} (index {index}); of it, {traced} "
    "is allocated to “{origin}”, out of what the transaction spent of {sender} ({why}, hop {hop})."
)
PENCIL = message(
    "A pool's value before a movement, what of it left and what stayed. “Of payments” is the part that the payments of "
    "the case have in it; the rest is unidentified. “Change since” is by how much the pool had changed since the line "
    "before of the same pool, where there is one: what came in, payments included, less what left without any part of "
    "a payment in it. Before less moved is after, of the whole and of the payments. The evidence package has every lot "
    "of every step in steps.csv."
)
ONE_POOL = message(
    "A transaction of outputs is a pool of its own inputs, and its lines are its outputs; what stays after the last "
    "one is its fee."
)
CONVERTED = message(
    "Value that went out as one asset was traced into a substitute asset, or to another chain. Where it was delivered "
    "may be another person's address."
)
LOGGED = message(
    "What was done with the case, by its log: each line carries the hash of the line before. Times are those of the "
    "clock of the machine that did it. Lines about reports and packages that were written are left out here."
)
ACTIONS = (
    *(message("new"), message("trace"), message("follow"), message("note"), message("accept"), message("merge")),
    *(message("pin"), message("compare"), message("export"), message("asked anew")),
    message("found answers"),
)
"""What a line of the log may say that was done, to be said as it is."""

LETTERS = "freeze"
"""What the log says where letters were written: the program itself freezes nothing."""

TOLD = (
    *(message("text"), message("reason"), message("rule"), message("methods"), message("version")),
    *(message("network"), message("failed"), message("complete"), message("offline"), message("backward")),
)
"""What a report says of a line of the log beside its action and its name, without its lists of files."""


def steps(opinion: Opinion) -> Iterator[Block]:
    """7. What moved, step by step, and the sums of each step."""
    say, trace = opinion.say, opinion.report.inputs.trace
    yield Paragraph(say(MAIN).format(method=opinion.called(opinion.report.inputs.method)))
    hops = sorted(trace.hops, key=lambda hop: hop.step)
    yield Points(tuple(sentence(hop, opinion) for hop in hops[:FIRST_STEPS]))
    if len(hops) > FIRST_STEPS:
        yield Paragraph(say("Appendix A lists all {number} movements.").format(number=f"{len(hops):,}"), "note")
    if trace.steps or "conversions" in opinion.report.tables:
        yield Break(wide=True)
    yield from _conversions(opinion)
    if not trace.steps:
        return
    yield Paragraph(say(PENCIL))
    if positional(trace):
        yield Paragraph(say(ONE_POOL))
    heads = words(say, "Step", "Pool", "To address", "Change since", "Before", "Of payments", "Moved", "Of payments")
    rows = tuple(_pencils(trace.steps[:FIRST_STEPS], say))
    last = words(say, "After", "Of payments")
    yield Grid((*heads, *last), rows, (4, 15, 15, 10, 10, 9, 10, 9, 9, 9), frozenset({1, 2}), frozenset(range(3, 10)))
    if len(trace.steps) > FIRST_STEPS:
        text = say("The first {number} of {all} are worked out here.")
        yield Paragraph(text.format(number=FIRST_STEPS, all=f"{len(trace.steps):,}"), "note")


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
    rows = tuple(tuple(plain(row[key]) for key in keys) for row in table.records())
    heads = words(say, "Step", "Payment", "Rule", "Confidence", "Went out in", "Traced out", "Asset")
    after = words(say, "On chain", "Came in in", "Traced in", "Asset")
    yield Grid((*heads, *after), rows, (5, 9, 11, 6, 18, 9, 6, 7, 18, 9, 6), frozenset({4, 8}), frozenset({5, 9}))


def sentence(hop: Hop, opinion: Opinion) -> str:
    """One movement by its number: what the ledger shows, then what the method makes of it.

    A transaction of outputs has many payers: of its inputs those are named that bring value of the payments.
    """
    say, told = opinion.say, hop.transaction
    height = None if told is None or told.height is None else say("height {height}").format(height=told.height)
    when = [part for part in (None if told is None else iso(told.time), height) if part]
    outputs = told is None or told.utxo is not None
    seed, step = (PAID_OUT, STEP_OUT) if outputs else (PAID, STEP)
    senders = hop.from_address.split(";")
    wallet = not outputs and len(senders) > 1
    sender = say("; ").join(senders)
    return say(seed if hop.rule == "seed" else step).format(
        step=hop.step,
        chain=hop.asset.chain,
        txid=hop.txid,
        index=hop.index,
        when=say(", ").join(when) or say("time not known"),
        traced=prose(hop.traced, hop.asset),
        origin=hop.origin,
        sender=say("the declared wallet ({addresses})").format(addresses=sender)
        if wallet
        else sender or say("no address"),
        receiver=hop.to_address or say("no address"),
        value=prose(hop.value, hop.asset),
        why=opinion.called(hop.rule),
        hop=hop.hop,
    )


def _pencils(steps: Sequence[Step], say: Say) -> Iterator[tuple[str, ...]]:
    """A line for each step. What a pool had after its line before is carried to the next one."""
    after: dict[tuple[str, Asset], int] = {}
    for step in steps:
        before, kept, place = _sum(step.before), _sum(step.kept), (step.pool, step.asset)
        changed = before - after[place] if place in after else None
        after[place] = kept
        sums = (before, _ours(step.before), _sum(step.taken), _ours(step.taken), kept, _ours(step.kept))
        line = say("index {index}").format(index=step.index)
        since = "" if changed is None else _signed(changed, step.asset)
        yield (
            str(step.step),
            f"{step.pool}\n{unit(step.asset)}",
            f"{step.to}\n{line}",
            since,
            *(figure(value, step.asset) for value in sums),
        )


def _signed(value: int, asset: Asset) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{figure(abs(value), asset)}"


def _sum(lots: Sequence[Lot]) -> int:
    return sum(lot.value for lot in lots)


def _ours(lots: Sequence[Lot]) -> int:
    return sum(lot.value for lot in lots if lot.origin is not None)


def tests(opinion: Opinion) -> Iterator[Block]:
    """8. What was done, by the log; who did it where the log says so, else blank."""
    say = opinion.say
    yield Paragraph(say(LOGGED))
    counted = [entry for entry in opinion.entries if entry.action != "request"]
    asked = len(opinion.entries) - len(counted)
    rows = tuple(
        (
            str(one.number),
            one.time,
            say("freeze letters") if one.action == LETTERS else say(one.action),
            str(one.details.get("by", "")) or blank(say("name")),
            _what(one.details, say),
        )
        for one in counted
    )
    heads = words(say, "Line", "Time", "What was done", "By whom", "Details")
    yield Grid((*heads,), rows, (7, 18, 15, 24, 36), frozenset({4}))
    if asked:
        text = say("{number} requests to networks are listed by chaintrace queries; appendix E has their answers.")
        yield Paragraph(text.format(number=f"{asked:,}"), "note")
    if opinion.entries:
        last = opinion.entries[-1]
        text = say("Hash of the last line that is counted here, line {number}: {hash}")
        yield Paragraph(text.format(number=last.number, hash=last.hash), "note")


def _what(details: Mapping[str, Detail], say: Say) -> str:
    """What a line of the log says beside its action and its name, without its lists of files."""
    line = say("{name}: {value}")
    told = (line.format(name=say(key), value=_plain(details[key], say)) for key in TOLD if details.get(key) is not None)
    return say("; ").join(told)


def _plain(value: Detail, say: Say) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, list | tuple):
        return enumerated(say, (say(METHOD_NAMES.get(str(one), str(one))) for one in value))
    return str(value)
