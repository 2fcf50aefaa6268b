"""Sections 1-6: who says so, what was asked, of which facts, from which sources, with which tools, by which method."""

from collections.abc import Iterator

from chaintrace.case.expert.opinion import Opinion
from chaintrace.freeze.blocks import BLANK, Block, Fields, Grid, Paragraph, Points, blank
from chaintrace.i18n import Say, message
from chaintrace.report.amounts import iso, prose
from chaintrace.report.interface import METHOD_VERSION
from chaintrace.report.sentence import positional
from chaintrace.report.wording import method_name

PERSON = (
    message("name and address"),
    message("occupation, and for whom the expert works"),
    message("qualifications, training and experience in this field"),
    message("cases in which the expert gave evidence in the last four years"),
    message("whatever may bear on the expert's independence or on the reliability of this report"),
)
"""What only the expert can say of themselves."""

BRIEF = (
    message("who instructed the expert, when, and in which proceedings"),
    message("the questions as they were put"),
    message("documents that were provided"),
)

METHODS = {
    "fifo": message("First in, first out: the oldest value in a pool leaves first."),
    "lifo": message("Last in, first out: the newest value in a pool leaves first."),
    "libr": message(
        "Lowest intermediate balance rule: value that this case does not claim leaves first. It assumes that all "
        "unidentified value was the wrongdoer's; other people's money may be in it."
    ),
    "haircut": message("Rolling pro rata: every part of a pool leaves in proportion to its share at that moment."),
}

POSITIONAL = message(
    "On chains of transaction outputs FIFO and LIFO are positional: they follow the order of a transaction's inputs, "
    "which is a choice of the wallet software."
)
ORDER = message(
    "Within a chain movements are taken by height, position in the block and place in the transaction; where a source "
    "has no heights, by time and row. Between chains by time (M2)."
)
ROUNDING = message(
    "All values are whole base units. A division gives each payment the whole part of its share; the units that are "
    "left go to the largest remainders, ties to the payment that arrived earlier (M16)."
)
SAME = message("One main method is used from the first movement to the last; the others run beside it, over the same.")


def blanks(names: tuple[str, ...], say: Say) -> Fields:
    """Lines that only a person can fill in."""
    return Fields(tuple((say(name), BLANK) for name in names))


def qualifications(opinion: Opinion) -> Iterator[Block]:
    """1. Blank: the expert's."""
    yield blanks(PERSON, opinion.say)


def instructions(opinion: Opinion) -> Iterator[Block]:
    """2. Blank, but for what the program was asked."""
    say, inputs = opinion.say, opinion.report.inputs
    yield blanks(BRIEF, say)
    text = say("The program was asked where the value of {number} movements of the case “{case}” went.")
    yield Paragraph(text.format(number=len(inputs.trace.claims), case=inputs.case))


def facts(opinion: Opinion) -> Iterator[Block]:
    """3. The movements that the case names; who supplied them is the expert's to say."""
    say, inputs = opinion.say, opinion.report.inputs
    yield Paragraph(say("The movements that the case names as payments, and so the beginning of every trace:"))
    rows = tuple(
        (
            claim.origin,
            claim.chain,
            f"{claim.txid} {claim.index}",
            claim.address,
            iso(claim.transaction.time if claim.transaction else None) or "",
            prose(claim.claimed, claim.asset),
        )
        for claim in inputs.trace.claims
    )
    heads = (say("Payment"), say("Chain"), say("Txid and index"), say("Paid to"), say("Time"), say("Claimed"))
    yield Grid(heads, rows, (12, 9, 32, 22, 12, 13), frozenset({2, 3}), frozenset({5}))
    if inputs.note:
        yield Paragraph(say("What the case says of itself:"))
        yield Paragraph(inputs.note, "quoted")
    yield Fields(
        ((say("who supplied these facts, and on what they rest"), blank(say("to be filled in by the expert"))),)
    )


def sources(opinion: Opinion) -> Iterator[Block]:
    """4. Every source, with what it covers, its digest, and the moment and height at which the facts end."""
    say, inputs = opinion.say, opinion.report.inputs
    rows = tuple((one.adapter, one.path, one.chain, one.covers, one.sha256) for one in inputs.sources)
    heads = (say("Adapter"), say("Read from"), say("Chain"), say("Complete for"), say("SHA-256"))
    yield Grid(heads, rows, (13, 25, 10, 22, 30), frozenset({1, 4}))
    ends = tuple(
        (chain, "" if end.height is None else str(end.height), iso(end.time) or "")
        for chain, end in sorted(inputs.as_of.items())
    )
    if ends:
        yield Paragraph(say("The facts end here: what happened later is not in this report."))
        yield Grid((say("Chain"), say("Height"), say("Time")), ends, (34, 33, 33))
    yield Paragraph(say("Raw answers of networks are kept by their SHA-256; appendix D says where they are listed."))


def tools(opinion: Opinion) -> Iterator[Block]:
    """5. Programs with their versions, and every setting that decides a number."""
    say, inputs = opinion.say, opinion.report.inputs
    limits, options = inputs.limits, inputs.options
    least = "; ".join(f"{chain}:{contract} {value}" for (chain, contract), value in sorted(limits.min_value.items()))
    pools = "; ".join(f"{one.name}: {', '.join(sorted(one.addresses))}" for one in options.wallets)
    versions = tuple((name, text) for name, text in sorted(inputs.versions.items()) if name != "method")
    yield Fields(
        (
            *versions,
            (say("numbered method"), f"docs/method.md, {METHOD_VERSION}"),
            (say("most hops"), str(limits.max_hops)),
            (say("most transactions"), str(limits.max_transactions)),
            (say("least value, in base units"), least or say("none")),
            (say("least confidence of a tag that stops"), str(limits.min_tag_confidence)),
            (say("until"), iso(limits.until) or say("the end of the sources")),
            (say("LIBR between payments"), options.libr_between),
            (say("wallets declared as one pool"), pools or say("none")),
            (say("rules in use"), "; ".join(f"{one.id} {one.version}" for one in inputs.rules) or say("none")),
        )
    )


def method(opinion: Opinion) -> Iterator[Block]:
    """6. The methods, their order, their rounding; why this one is the expert's to say."""
    say, inputs = opinion.say, opinion.report.inputs
    outputs = positional(inputs.trace)
    named = method_name(inputs.method)
    if method_name(inputs.method, positional=outputs) != named:
        named = say("positional {method}").format(method=named)
    text = say("Main method: {method}.").format(method=named)
    yield Paragraph(text, "lead")
    yield Points(tuple(f"{method_name(name)}: {say(METHODS[name])}" for name in inputs.methods if name in METHODS))
    for part in (SAME, *((POSITIONAL,) if outputs else ()), ORDER, ROUNDING):
        yield Paragraph(say(part))
    yield Fields(((say("why this method was chosen as the main one"), blank(say("to be filled in by the expert"))),))
