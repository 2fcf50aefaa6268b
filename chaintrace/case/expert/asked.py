"""Sections 1-6: who says so, what was asked, of which facts, from which sources, with which tools, by which method."""

import re
from collections.abc import Iterable, Iterator

from chaintrace.adapters.evm import EVM_CHAINS, evm_chain
from chaintrace.adapters.transport.redaction import without_credentials
from chaintrace.case.expert.opinion import Opinion, plain
from chaintrace.case.expert.terms import TERMS
from chaintrace.case.expert.told import covered
from chaintrace.freeze.blocks import BLANK, Block, Fields, Grid, Paragraph, blank
from chaintrace.i18n import Say, message
from chaintrace.model.provenance import Source
from chaintrace.report.amounts import iso, prose
from chaintrace.report.credited import assets_of, case_key
from chaintrace.report.interface import METHOD_VERSION, SourceLine
from chaintrace.report.sentence import positional
from chaintrace.report.spoken import enumerated, method_called, method_told, several, words
from chaintrace.report.wording import POSITIONAL

PERSON = (
    message("name and address"),
    message("occupation, and for whom the expert works"),
    message("qualifications, training and experience in this field"),
    message("publications of the last ten years"),
    message("cases in which the expert gave evidence in the last four years"),
    message("whatever may bear on the expert's independence"),
    message("whatever else may undermine the reliability of the expert's opinion or of this report"),
    message("codes of practice that bind the expert, and wherein they were not followed"),
)
"""What only the expert can say of themselves."""

BRIEF = (
    message("who instructed the expert, when, and in which proceedings"),
    message("the questions as they were put"),
    message("documents that were provided"),
    message("literature and other material that the expert relies on"),
)

ORDER = message(
    "Within a chain movements are taken by height, position in the block and place in the transaction; where a source "
    "has no heights, by time and row. Between chains by time (M2)."
)
BY_TIME = message("In this case movements were taken by time and row on: {chains}.")
ROUNDING = message(
    "All values are whole base units. A division gives each payment the whole part of its share; the units that are "
    "left go to the largest remainders, ties to the payment that arrived earlier (M16)."
)
SAME = message("One main method is used from the first movement to the last; the others run beside it, over the same.")
ASSETS = message(
    "The assets of this report. A token is what its contract says, whatever others call themselves; one unit is as "
    "many base units as ten to the power of the decimals."
)


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
    text = several(
        say,
        len(inputs.trace.claims),
        "The program was asked where the value of {number} movement that the case “{case}” names as a payment went.",
        "The program was asked where the value of {number} movements that the case “{case}” names as payments went.",
    )
    yield Paragraph(text.replace("{case}", inputs.case))


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
            (iso(claim.transaction.time) if claim.transaction else None) or say("not in the sources"),
            prose(claim.leg_value, claim.asset),
            prose(claim.claimed, claim.asset),
        )
        for claim in inputs.trace.claims
    )
    heads = words(say, "Payment", "Chain", "Txid and index", "Paid to", "Time", "Amount", "Claimed")
    yield Grid((*heads,), rows, (10, 9, 25, 17, 19, 10, 10), frozenset({2, 3}), frozenset({5, 6}))
    left_out = say("Left out of a payment: {text}.")
    for text in inputs.trace.left_out:
        yield Paragraph(left_out.format(text=text))
    yield Paragraph(say(ASSETS))
    named = tuple(
        (one.name, chain, contract or say("none: the chain's own asset"), plain(one.decimals) or say("not known"))
        for (chain, contract), one in sorted(assets_of(inputs).items())
    )
    yield Grid((*words(say, "Asset", "Chain", "Contract", "Decimals"),), named, (16, 16, 54, 14), frozenset({2}))
    if inputs.note:
        yield Paragraph(say("What the case says of itself:"))
        yield Paragraph(inputs.note, "quoted")
    yield Fields(
        ((say("who supplied these facts, and on what they rest"), blank(say("to be filled in by the expert"))),)
    )


def sources(opinion: Opinion) -> Iterator[Block]:
    """4. Every source: what it covers, its digest, when it was read, and where the facts of each chain end."""
    say, inputs = opinion.say, opinion.report.inputs
    rows = tuple(
        (one.adapter, one.path, one.chain or say("several"), covered(one.covers, say), _read(opinion, one), one.sha256)
        for one in inputs.sources
    )
    heads = words(say, "Adapter", "Read from", "Chain", "Complete for", "Read at", "SHA-256")
    yield Grid((*heads,), rows, (12, 15, 9, 16, 19, 29), frozenset({1, 5}))
    ends = tuple(
        (
            chain,
            say("not in the sources") if end.height is None else str(end.height),
            iso(end.time) or say("not in the sources"),
        )
        for chain, end in sorted(inputs.as_of.items())
    )
    if ends:
        yield Paragraph(say("The facts end here: what happened later is not in this report."))
        yield Grid((*words(say, "Chain", "Height", "Time"),), ends, (34, 33, 33))
    yield Paragraph(
        say(
            "What these sources say of movements is taken as it is. How much of it follows from the chain's own hashes "
            "the evidence package says (chaintrace evidence), and not this report."
        )
    )
    if any(not one.sha256 for one in inputs.sources):
        yield Paragraph(
            say("Raw answers of networks are kept by their SHA-256; appendix E says where they are listed.")
        )


def _read(opinion: Opinion, line: SourceLine) -> str:
    """When a source was read by the archive: of a network from the first answer to the last."""
    same = [one for one in opinion.records if one.retrieved_at is not None]
    found = (
        [one for one in same if one.sha256 == line.sha256]
        if line.sha256
        else [one for one in same if _was_asked(one, line, opinion.report.inputs.sources)]
    )
    times = sorted(int(one.retrieved_at.timestamp()) for one in found if one.retrieved_at is not None)
    return "–".join(dict.fromkeys(iso(times[at]) or "" for at in (0, -1))) if times else opinion.say("not known")


def _was_asked(answer: Source, line: SourceLine, lines: Iterable[SourceLine]) -> bool:
    """Whether an answer is that of a network source; where several have its adapter, by the url, then by the chain.

    Two chains may have one url: the question says then which one it is about, by its number.
    """
    others = [one for one in lines if one.adapter == line.adapter and not one.sha256 and one != line]
    if answer.adapter != line.adapter or not others:
        return answer.adapter == line.adapter
    asked, place = answer.request, _place(line)
    if place not in asked or any(len(place) < len(_place(one)) and _place(one) in asked for one in others):
        return False
    if line.chain not in EVM_CHAINS or all(place != _place(one) for one in others):
        return True
    return re.search(rf"chainid={evm_chain(line.chain).chain_id}(?!\d)", asked) is not None


def _place(line: SourceLine) -> str:
    """The url of a network source without its query, as the archive writes it."""
    return without_credentials(line.path).partition("?")[0]


def tools(opinion: Opinion) -> Iterator[Block]:
    """5. Programs with their versions, and every setting that decides a number."""
    say, inputs = opinion.say, opinion.report.inputs
    limits, options = inputs.limits, inputs.options
    base = say("{asset} = {value} base units")
    least = "; ".join(base.format(asset=case_key(*key), value=f"{value:,}") for key, value in limits.min_value.items())
    pools = "; ".join(f"{one.name}: {', '.join(sorted(one.addresses))}" for one in options.wallets)
    ruled = say("{rule} version {number}")
    rules = "; ".join(ruled.format(rule=one.id, number=one.version) for one in inputs.rules)
    yield Fields(
        (
            *((name, text) for name, text in sorted(inputs.versions.items()) if name != "method"),
            (say("numbered method"), say("docs/method.md, version {number}").format(number=METHOD_VERSION)),
            (say("most hops"), f"{limits.max_hops:,}"),
            (say("most transactions"), f"{limits.max_transactions:,}"),
            (say("least value that is followed"), least or say("none")),
            (say("least confidence of a tag that stops"), str(limits.min_tag_confidence)),
            (say("until"), iso(limits.until) or say("the end of the sources")),
            (say("LIBR between payments"), say(options.libr_between.replace("_", " "))),
            (say("wallets declared as one pool"), pools or say("none")),
            (say("rules in use"), rules or say("none")),
        )
    )


def method(opinion: Opinion) -> Iterator[Block]:
    """6. The methods, their order, their rounding, the words; why this one is the expert's to say."""
    say, inputs = opinion.say, opinion.report.inputs
    outputs = positional(inputs.trace)
    main = say("Main method: {method}.").format(method=opinion.called(inputs.method))
    yield Paragraph(main, "lead")
    yield Fields(
        tuple((method_called(say, name, positional=outputs), method_told(say, name)) for name in inputs.methods)
    )
    for part in (SAME, *((POSITIONAL,) if outputs else ()), ORDER):
        yield Paragraph(say(part))
    moved = [hop for hop in inputs.trace.hops if hop.transaction is not None]
    by_time = sorted({hop.asset.chain for hop in moved if hop.transaction and hop.transaction.height is None})
    if by_time:
        yield Paragraph(say(BY_TIME).format(chains=enumerated(say, by_time)))
    yield Paragraph(say(ROUNDING))
    yield Fields(((say("why this method was chosen as the main one"), blank(say("to be filled in by the expert"))),))
    yield Paragraph(say("Words of this report:"))
    yield Fields(tuple((say(word), say(meaning)) for word, meaning in TERMS.items()))
