"""Appendices: the schedules of transactions, addresses and labels, the digests, and the record of electronic data."""

from collections.abc import Iterator

from chaintrace.case.expert.asked import blanks
from chaintrace.case.expert.opinion import Opinion
from chaintrace.freeze.blocks import Block, Fields, Grid, Heading, Paragraph
from chaintrace.i18n import message
from chaintrace.model.provenance import Source
from chaintrace.report.amounts import iso

PEOPLE = (
    message("first investigator, unit and number"),
    message("second investigator, unit and number"),
    message("person who holds or provides the data"),
    message("witness, where one is needed"),
    message("number of the case and cause of the collection"),
    message("place of the collection"),
    message("signatures and date"),
)
"""What a record of electronic data needs and the program does not know (2016 rules on electronic data, arts 11-15)."""

RECORD = message(
    "What was collected and how, for a record of electronic data: its kind, form, integrity value, source and access, "
    "tool and time. Online sources may change; the bytes that were received are kept under their integrity value."
)
STEPS = message(
    "Steps: each request was sent once through the program, its answer was kept under its SHA-256 before it was read, "
    "and the log has a line for it. `chaintrace replay` makes the same report from the kept answers, without a network."
)


def appendices(opinion: Opinion) -> Iterator[Block]:
    """All of them, in order; the record of electronic data only in Chinese."""
    say = opinion.say
    yield Heading(say("Appendix A: transactions"))
    yield _transactions(opinion)
    yield Heading(say("Appendix B: addresses"))
    yield _addresses(opinion)
    yield Heading(say("Appendix C: resting places"))
    yield _resting(opinion)
    yield Heading(say("Appendix D: digests"))
    yield from _digests(opinion)
    if opinion.language == "zh":
        yield Heading(say("Appendix E: record of electronic data"))
        yield from _record(opinion)


def _transactions(opinion: Opinion) -> Block:
    say, table = opinion.say, opinion.report.tables["hops"]
    keys = ("step", "chain", "txid", "height", "time", "from_address", "to_address", "amount", "traced_amount", "asset")
    rows = tuple(tuple("" if row[key] is None else str(row[key]) for key in keys) for row in table.records())
    heads = (
        say("Step"),
        say("Chain"),
        say("Txid"),
        say("Height"),
        say("Time"),
        say("From address"),
        say("To address"),
        say("Whole"),
    )
    shares = (5, 7, 18, 7, 10, 16, 16, 8, 8, 5)
    return Grid((*heads, say("Traced"), say("Asset")), rows, shares, frozenset({2, 5, 6}), frozenset({7, 8}))


def _addresses(opinion: Opinion) -> Block:
    """Every address that traced value met, with the steps at which it did."""
    say, met = opinion.say, dict[tuple[str, str], list[str]]()
    for hop in opinion.report.inputs.trace.hops:
        for joined in (hop.from_address, hop.to_address):
            for address in filter(None, joined.split(";")):
                steps = met.setdefault((hop.asset.chain, address), [])
                if str(hop.step) not in steps:
                    steps.append(str(hop.step))
    rows = tuple((chain, address, ", ".join(steps)) for (chain, address), steps in sorted(met.items()))
    return Grid((say("Chain"), say("Address"), say("Steps")), rows, (12, 48, 40), frozenset({1}))


def _resting(opinion: Opinion) -> Block:
    say, table = opinion.say, opinion.report.tables["resting"]
    keys = ("origin", "chain", "address", "outpoint", "traced_amount", "asset", "as_of", "height")
    rows = tuple(tuple("" if row[key] is None else str(row[key]) for key in keys) for row in table.records())
    heads = (say("Payment"), say("Chain"), say("Address"), say("Output"), say("Amount"), say("Asset"), say("As of"))
    shares = (11, 8, 23, 23, 11, 7, 10, 7)
    return Grid((*heads, say("Height")), rows, shares, frozenset({2, 3}), frozenset({4}))


def _digests(opinion: Opinion) -> Iterator[Block]:
    say = opinion.say
    text = say("The evidence package (`chaintrace evidence`) lists every raw answer in acquisition.csv.")
    yield Paragraph(text)
    files = tuple((name, digest) for name, digest in sorted(opinion.files.items()))
    yield Grid((say("File of the report"), say("SHA-256")), files, (35, 65), frozenset({1}))


def _record(opinion: Opinion) -> Iterator[Block]:
    say = opinion.say
    yield Paragraph(say(RECORD))
    yield blanks(PEOPLE, say)
    tool = f"chaintrace {opinion.report.inputs.versions.get('chaintrace', '')}".strip()
    yield Fields(((say("tool and version"), tool),))
    yield Paragraph(say(STEPS))
    rows = tuple(
        (
            str(number),
            say("file") if one.adapter == "file" else say("data read from {adapter}").format(adapter=one.adapter),
            _form(one),
            one.sha256,
            one.request,
            "" if one.retrieved_at is None else iso(int(one.retrieved_at.timestamp())) or "",
        )
        for number, one in enumerate(opinion.records, 1)
    )
    heads = (say("No."), say("Kind of data"), say("Form"), say("Integrity value (SHA-256)"), say("Source and access"))
    yield Grid((*heads, say("Time")), rows, (5, 12, 7, 29, 35, 12), frozenset({3, 4}))


def _form(one: Source) -> str:
    """The form of what was read, by the name of its file; else the answer of a network."""
    ending = one.request.rpartition(".")[2].lower()
    return ending if ending in {"csv", "json", "jsonl", "toml", "txt", "yaml", "dat", "blk", "gz"} else "HTTP / RPC"
