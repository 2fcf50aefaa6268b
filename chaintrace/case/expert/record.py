"""Appendix F, in Chinese: a record of electronic data that was collected, as practice in China asks for one.

The 2016 rules on electronic data, articles 11 to 15, ask for two investigators, a record with cause, object, content,
time, place, method and process, a list with kind, form and integrity value, signatures, and video where it is possible.
What is taken from a network needs its address, steps, access, date and time, tool and method, and whether it can be
repeated. What the program knows stands here; the rest is blank.
"""

from collections.abc import Iterator

from chaintrace.case.expert.asked import blanks
from chaintrace.case.expert.opinion import Opinion
from chaintrace.case.sealed_log import REQUESTS
from chaintrace.freeze.blocks import Block, Fields, Grid, Paragraph
from chaintrace.i18n import message
from chaintrace.model.provenance import Source
from chaintrace.report.amounts import iso
from chaintrace.report.spoken import words

CAUSE = (
    message("cause of the collection and number of the case"),
    message("object of the collection"),
    message("place of the collection"),
    message("first investigator, unit and number"),
    message("second investigator, unit and number"),
    message("person who holds or provides the data"),
    message("witness, where one is needed"),
)
"""What stands at the head of a record and the program does not know."""

END = (
    message("screenshots or video, with names and integrity values: where data may change, or why there are none"),
    message("signatures, seals and date"),
)

RECORD = message(
    "What was collected and how, for a record of electronic data: its kind, form, integrity value, source and access, "
    "tool, method, steps and time. Online sources may change; the bytes that were received are kept under their "
    "integrity value."
)
STEPS = message(
    "Files were read as they stood, and every request to a network was sent by the program. The bytes were kept under "
    "their SHA-256; the log, in which each line carries the hash of the line before, names them."
)
REPEATED = message(
    "chaintrace evidence packs the bytes that were kept. chaintrace replay of the same version makes the same report "
    "from the package, without a network, and verify.py checks it with Python alone."
)
ENDS = message("{chain}: {height}, {time}")
FORMS = frozenset({"csv", "json", "jsonl", "toml", "txt", "yaml", "dat", "blk", "gz"})
"""Endings of names that say the form of a file."""


def record(opinion: Opinion) -> Iterator[Block]:
    """The record: what is blank, what the program did, and the list of what was read."""
    say = opinion.say
    yield Paragraph(say(RECORD))
    yield blanks(CAUSE, say)
    times = sorted(int(one.retrieved_at.timestamp()) for one in opinion.records if one.retrieved_at is not None)
    unknown, height = say("not known"), say("height {height}")
    ends = tuple(
        say(ENDS).format(
            chain=chain,
            height=say("height not in the sources") if end.height is None else height.format(height=end.height),
            time=iso(end.time) or say("time not known"),
        )
        for chain, end in sorted(opinion.report.inputs.as_of.items())
    )
    yield Fields(
        (
            (say("begin of the collection"), (iso(times[0]) or unknown) if times else unknown),
            (say("end of the collection"), (iso(times[-1]) or unknown) if times else unknown),
            (say("tool and version"), f"chaintrace {opinion.report.inputs.versions.get('chaintrace', '')}".strip()),
            (say("method and steps"), say(STEPS)),
            (say("whether it can be repeated"), say(REPEATED)),
            (say("the data reach to"), "\n".join(ends) or unknown),
        )
    )
    yield _list(opinion)
    if opinion.records and not opinion.sm3:
        yield Paragraph(say("SM3 was not computed: the Python that wrote this has none."), "note")
    yield blanks(END, say)


def _list(opinion: Opinion) -> Block:
    """Everything that was read, in its order, with its SM3 (GB/T 32905-2016) where that was computed."""
    say, has = opinion.say, bool(opinion.sm3)
    rows = tuple(
        (
            str(number),
            say("file") if one.adapter == "file" else say("data read from {adapter}").format(adapter=one.adapter),
            form(one) or say("not known"),
            one.sha256,
            *((opinion.sm3.get(one.sha256, ""),) if has else ()),
            one.request,
            say("network request") if is_network(one) else say("read from the case's folder"),
            "" if one.retrieved_at is None else iso(int(one.retrieved_at.timestamp())) or "",
        )
        for number, one in enumerate(opinion.records, 1)
    )
    heads = words(say, "No.", "Kind of data", "Form", "Integrity value (SHA-256)")
    after = words(say, "Source: path or network address", "Access", "Time")
    shares = (4, 10, 6, 21, 21, 17, 9, 12) if has else (4, 11, 7, 27, 29, 10, 12)
    codes = frozenset({3, 4, 5}) if has else frozenset({3, 4})
    return Grid((*heads, *((say("Integrity value (SM3)"),) if has else ()), *after), rows, shares, codes)


def is_network(one: Source) -> bool:
    """Whether what was read was the answer of a network, and no file."""
    return one.request.startswith(REQUESTS)


def form(one: Source) -> str:
    """The form of what was read: the ending of its file's name, or that of an answer."""
    if is_network(one):
        return f"HTTP {one.request.partition(' ')[0]}"
    ending = one.request.partition(", offset ")[0].rpartition(".")[2].lower()
    return ending if ending in FORMS else ""
