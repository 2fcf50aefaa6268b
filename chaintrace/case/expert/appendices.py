"""Appendices: the schedules of transactions, addresses, labels and resting places, and the digests."""

from collections.abc import Iterator

from chaintrace.case.expert.attributed import labels, names
from chaintrace.case.expert.opinion import Opinion, plain
from chaintrace.case.expert.record import record
from chaintrace.case.expert.weighed import resting
from chaintrace.freeze.blocks import Block, Grid, Heading, Paragraph
from chaintrace.i18n import message
from chaintrace.report.amounts import figure, unit
from chaintrace.report.sentence import positional
from chaintrace.report.spoken import words

SPENDERS = message(
    "Of a transaction of outputs only those addresses stand under “From address” whose inputs bring value of the "
    "payments."
)


def appendices(opinion: Opinion) -> Iterator[Block]:
    """All of them, in order; the record of electronic data only in Chinese."""
    say = opinion.say
    yield Heading(say("Appendix A: transactions"))
    yield Paragraph(say("Every movement of value of the payments under the main method; times are UTC."))
    if positional(opinion.report.inputs.trace):
        yield Paragraph(say(SPENDERS))
    yield _transactions(opinion)
    yield Heading(say("Appendix B: addresses"))
    yield Paragraph(say("Every address that value of the payments met under the main method, and at which steps."))
    yield _addresses(opinion)
    yield Heading(say("Appendix C: labels"))
    yield from labels(opinion)
    yield Heading(say("Appendix D: resting places"))
    yield from resting(opinion)
    yield Heading(say("Appendix E: digests"))
    yield from _digests(opinion)
    if opinion.language == "zh":
        yield Heading(say("Appendix F: record of electronic data"))
        yield from record(opinion)


def _transactions(opinion: Opinion) -> Block:
    say, hops, table = opinion.say, opinion.report.inputs.trace.hops, opinion.report.tables["hops"]
    keys = ("height", "time", "from_address", "to_address")
    rows = tuple(
        (
            *(plain(row["step"]), plain(row["origin"]), plain(row["chain"]), f"{row['txid']} {row['index']}"),
            *(_known(opinion, plain(row[key]), key) for key in keys),
            *(figure(hop.value, hop.asset), figure(hop.traced, hop.asset), unit(hop.asset)),
        )
        for hop, row in zip(hops, table.records(), strict=True)
    )
    heads = words(say, "Step", "Payment", "Chain", "Txid and index", "Height", "Time", "From address", "To address")
    shares = (4, 7, 6, 15, 7, 12, 14, 13, 9, 9, 4)
    after = words(say, "Moved", "Allocated", "Asset")
    return Grid((*heads, *after), rows, shares, frozenset({3, 6, 7}), frozenset({8, 9}))


def _known(opinion: Opinion, cell: str, key: str) -> str:
    """A cell; a height or a time that no source gives says so, and is not left empty."""
    return cell or (opinion.say("not in the sources") if key in {"height", "time"} else "")


def _addresses(opinion: Opinion) -> Block:
    """Every address that traced value met, with the steps at which it did, and what is said of it."""
    say, inputs, met = opinion.say, opinion.report.inputs, dict[tuple[str, str], dict[str, None]]()
    for hop in inputs.trace.hops:
        for joined in (hop.from_address, hop.to_address):
            for address in filter(None, joined.split(";")):
                met.setdefault((hop.asset.chain, address), {})[str(hop.step)] = None
    called = names(opinion)
    rows = tuple(
        (chain, address, called.get((chain, address), say("no label")), ", ".join(steps))
        for (chain, address), steps in sorted(met.items())
    )
    return Grid((*words(say, "Chain", "Address", "Attributed to", "Steps"),), rows, (10, 42, 18, 30), frozenset({1}))


def _digests(opinion: Opinion) -> Iterator[Block]:
    say = opinion.say
    text = say("The evidence package (chaintrace evidence) lists every raw answer in acquisition.csv.")
    yield Paragraph(text)
    files = tuple((name, digest) for name, digest in sorted(opinion.files.items()))
    yield Grid((*words(say, "File of the report", "SHA-256"),), files, (35, 65), frozenset({1}))
