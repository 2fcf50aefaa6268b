"""Sections 10-12, 14-16: assumptions, limits, other explanations, what was left, values, the declaration."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chaintrace.adapters.prices.coinbase_exchange import CoinbaseExchange
from chaintrace.case.expert.asked import blanks
from chaintrace.case.expert.opinion import Opinion, plain
from chaintrace.case.expert.rule_words import RULES
from chaintrace.case.expert.told import covered, gap, rate, reading
from chaintrace.freeze.blocks import Block, Fields, Grid, Paragraph, Points, blank
from chaintrace.i18n import ENGLISH, Say, message
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import Converted, Endpoint, NotFollowed, Resting
from chaintrace.report.amounts import figure, prose, unit
from chaintrace.report.claims import all_gaps
from chaintrace.report.credited import assets_of
from chaintrace.report.interface import Inputs, RuleLine
from chaintrace.report.rates import measured_of
from chaintrace.report.sentence import reasons
from chaintrace.report.spoken import enumerated, words
from chaintrace.report.wording import BOOK_VALUE, NO_PERSON

STANDING = (
    message(
        "The unit of account is an address and an asset, or a wallet that the case declares; on chains of transaction "
        "outputs it is the output. Several addresses may be one person's, and several persons may use one address."
    ),
    message(
        "Value that arrives where a label or a rule stops the trace, as where a service keeps accounts, is not "
        "followed further: what leaves there later is not taken for the payment's."
    ),
    message(
        "One asset is never taken for another, a stablecoin never for money: value goes on in another asset only by a "
        "conversion that is listed in part 7."
    ),
    message("Movements of the same moment are taken in the order of part 6; another order could allocate otherwise."),
    message("What a source says of a movement, its time and its amount, is taken as it is."),
    message(
        "A label is taken to be true of an address for the whole time; where its dates are known, appendix C says how "
        "they stand to the movements there."
    ),
)
"""What the method takes for granted in every case (docs/method.md)."""

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

PRICES = frozenset({"prices-csv", "ecb", CoinbaseExchange.name})
"""Sources of prices and rates, which hold no movement."""

NO_ESTIMATE = message("A rate is that of a set of data and its time: it is not an estimate for this case.")
CONFIDENCE = message(
    "A confidence is a rank from 0 to 100 that is given to a kind of source or to a rule: it is no probability and no "
    "error rate."
)
UNMEASURED = message(
    "Of a rule that was not measured nobody knows how often it errs; its known failures are in its text."
)

ASKED_TOO = message(
    "These rules were asked too, and nothing in this report rests on them. Their texts, and how often each errs where "
    "that was measured, stand in trace.json:"
)
SILENT = message("{rule}, version {version}: asked, no finding in this report")

OPENINGS = message(
    "Of what an account held before the first row of the sources, the least is taken that explains its outflows, which "
    "may be nothing: part 9 says what another balance would change."
)

OATH = (
    message("the declaration or statement of truth that the court asks for, in its words"),
    message(
        "certificate of a qualified person on the digests of appendix E, where the court lets one stand for a witness "
        "(in the United States rules 902(13) and 902(14) of the Federal Rules of Evidence)"
    ),
    message("place and date"),
    message("signature"),
)


def assumptions(opinion: Opinion) -> Iterator[Block]:
    """10. Every gap under every method, every coverage that is declared, and what the method takes for granted."""
    say, report = opinion.say, opinion.report
    assets = assets_of(report.inputs)
    gaps = tuple(
        (
            *(say(one.kind), one.chain, one.subject, gap(one.text, say)),
            ""
            if one.effect_value is None or (one.chain, one.contract) not in assets
            else prose(one.effect_value, assets[one.chain, one.contract]),
            enumerated(say, (opinion.called(method) for method in methods)),
        )
        for one, methods in _met(opinion).items()
    )
    if gaps:
        yield Paragraph(say("What had to be assumed, or is not known, in this case:"))
        heads = words(say, "Kind", "Chain", "About", "What", "Amount", "Under")
        yield Grid((*heads,), gaps, (9, 9, 22, 34, 13, 13), frozenset({2}), frozenset({4}))
    if any(one.kind == "opening" for one in report.inputs.sensitivities):
        yield Paragraph(say(OPENINGS))
    elif not all_gaps(report.inputs):
        yield Paragraph(say("Nothing had to be assumed under the main method."))
    told = say("{chain}: {adapter} {path} is taken to hold every movement of {covers}.")
    asked = say("{chain}: {adapter} {path} is taken to have answered wholly {covers}.")
    lines = tuple(
        (told if one.sha256 else asked).format(
            chain=one.chain or say("several"), adapter=one.adapter, path=one.path, covers=covered(one.covers, say)
        )
        for one in report.inputs.sources
        if one.adapter not in PRICES
    )
    yield Paragraph(say("For what the sources are taken to be complete, and by whose word:"))
    yield Points(lines)
    yield Paragraph(say("What the method takes for granted in every case:"))
    yield Points(tuple(say(text) for text in STANDING))
    if report.inputs.notes:
        yield Paragraph(say("Notes on how the case was read:"))
        yield Points(tuple(reading(one, say) for one in report.inputs.notes))
    else:
        yield Paragraph(say("The case has no notes on its reading."))


def _met(opinion: Opinion) -> dict[Gap, list[str]]:
    """Every gap with the methods that met it: those of sources and of the case met them all."""
    inputs = opinion.report.inputs
    found: dict[Gap, list[str]] = {one: list(inputs.methods) for one in inputs.gaps}
    for method in inputs.methods:
        for one in inputs.traces[method].gaps:
            methods = found.setdefault(one, [])
            methods += [method] if method not in methods else []
    return found


def _spoken(inputs: Inputs, say: Say) -> Inputs:
    """The same with the sentences of its gaps in the reader's language."""
    traces = {method: replace(one, gaps=_told(one.gaps, say)) for method, one in inputs.traces.items()}
    return replace(inputs, traces=traces, gaps=_told(inputs.gaps, say))


def _told(gaps: Sequence[Gap], say: Say) -> tuple[Gap, ...]:
    return tuple(replace(one, text=gap(one.text, say)) for one in gaps)


def limits(opinion: Opinion) -> Iterator[Block]:
    """11. Why the report is not complete, and how often each rule errs where that was measured."""
    say, report = opinion.say, opinion.report
    if report.complete:
        yield Paragraph(say("The report is complete: every unit has reached an end, and nothing had to be assumed."))
    else:
        yield Paragraph(say("The report is not complete:"))
        yield Points(reasons(_spoken(report.inputs, say), say))
    yield Paragraph(say(CONFIDENCE))
    if not report.inputs.rules:
        yield Paragraph(say("No rule is in use."))
        return
    here = spoken(report.inputs)
    rows = tuple(
        (
            *(one.id, str(one.version), str(one.confidence), _said(one, opinion)),
            rate(measured_of(report.inputs, one.id), say),
        )
        for one in report.inputs.rules
        if one.id in here
    )
    if rows:
        yield Paragraph(say("Rules on which something in this report rests:"))
        heads = words(say, "Rule", "Version", "Confidence", "What it says", "How often it errs")
        yield Grid((*heads,), rows, (15, 9, 12, 42, 22))
        yield Paragraph(say(NO_ESTIMATE))
        yield Paragraph(say(UNMEASURED))
    silent = tuple(
        say(SILENT).format(rule=one.id, version=one.version) for one in report.inputs.rules if one.id not in here
    )
    if silent:
        yield Paragraph(say(ASKED_TOO))
        yield Points(silent)


def spoken(inputs: Inputs) -> frozenset[str]:
    """The rules on which something rests under any method: a finding, a stop, a way on into another asset."""
    ends = [one for trace in inputs.traces.values() for one in trace.outcomes]
    stops = (one.rule for one in ends if isinstance(one, Endpoint))
    ways = (one.continues.rule for one in ends if isinstance(one, Endpoint | Converted) and one.continues is not None)
    hops = (hop.rule for trace in inputs.traces.values() for hop in trace.hops)
    return frozenset(name for name in (*(one.rule for one in inputs.findings), *stops, *ways, *hops) if name)


def _said(rule: RuleLine, opinion: Opinion) -> str:
    """A rule's own text; before it, in another language, what it says in short."""
    if opinion.language == ENGLISH or rule.id not in RULES:
        return rule.text
    quoted = opinion.say(message("In its own words: {text}")).format(text=rule.text)
    return f"{opinion.say(RULES[rule.id])}\n{quoted}"


def alternatives(opinion: Opinion) -> Iterator[Block]:
    """12. Other explanations that hold for every case; those of this one are the expert's."""
    say = opinion.say
    yield Points(tuple(say(text) for text in EXPLANATIONS))
    yield Fields(((say("other explanations in this case, and what speaks for and against each"), _open(opinion)),))


def left(opinion: Opinion) -> Iterator[Block]:
    """14. What was not followed under the main method, each with its step, amount and reason."""
    say, trace, table = opinion.say, opinion.report.inputs.trace, opinion.report.tables["not_followed"]
    keys = ("origin", "chain", "address", "txid")
    steps: dict[tuple[str, Asset, str, str], int] = {}
    for hop in trace.hops:
        steps.setdefault((hop.origin, hop.asset, hop.txid, hop.index), hop.step)
    lost = (one for one in trace.outcomes if isinstance(one, NotFollowed))  # the rows of the table, in its order
    rows = tuple(
        (
            plain(steps.get((one.origin, one.asset, one.txid, one.index))),
            *(plain(row[key]) for key in keys),
            *(figure(one.value, one.asset), unit(one.asset), say(plain(row["reason"]))),
        )
        for one, row in zip(lost, table.records(), strict=True)
    )
    if not rows:
        yield Paragraph(say("Nothing was left under the main method: every unit was followed to an end."))
        return
    yield Paragraph(say("Under the main method; the sums under every method stand in part 9."))
    heads = words(say, "Step", "Payment", "Chain", "Address", "Txid", "Amount", "Asset", "Reason")
    yield Grid((*heads,), rows, (5, 10, 9, 21, 21, 12, 8, 14), frozenset({3, 4}), frozenset({5}))


def resting(opinion: Opinion) -> Iterator[Block]:
    """Appendix D: where value rests when the facts end, under the main method."""
    say, table = opinion.say, opinion.report.tables["resting"]
    keys, after = ("origin", "chain", "address", "outpoint"), ("as_of", "height")
    held = (one for one in opinion.report.inputs.trace.outcomes if isinstance(one, Resting))  # the rows, in their order
    rows = tuple(
        (
            *(plain(row[key]) for key in keys),
            *(figure(one.value, one.asset), unit(one.asset)),
            *(plain(row[key]) for key in after),
        )
        for one, row in zip(held, table.records(), strict=True)
    )
    if not rows:
        yield Paragraph(say("Nothing rests anywhere under the main method."))
        return
    yield Paragraph(say(BOOK_VALUE))
    heads = words(say, "Payment", "Chain", "Address", "Output", "Amount", "Asset", "As of", "Height")
    yield Grid((*heads,), rows, (10, 9, 21, 21, 13, 6, 12, 8), frozenset({2, 3}), frozenset({4}))


def declaration(opinion: Opinion) -> Iterator[Block]:
    """16. Blank: the expert's."""
    say = opinion.say
    yield blanks(OATH, say)
    yield Paragraph(say(NO_PERSON))


def _open(opinion: Opinion) -> str:
    say = opinion.say
    return blank(say("to be filled in by the expert"))
