"""The later sections of a letter: data, confidentiality, others' rights, duration, evidence, enclosures."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from chaintrace.freeze import phrases
from chaintrace.freeze.authority import FILES
from chaintrace.freeze.blocks import Block, Fields, Heading, Paragraph, Points, blank
from chaintrace.freeze.given import given, headed, named, needed, until
from chaintrace.freeze.moments import everywhere
from chaintrace.freeze.request import UNTIL, Request
from chaintrace.i18n import Say, message

OURS = (
    ("schedule.xlsx", message("all addresses and transfers, as a workbook")),
    ("schedule.csv", message("all transfers, as text")),
    ("flow.pdf", message("the flow of the traced value to the addresses, on one page")),
)
"""The files of the pack that go with the letter."""


def terms(request: Request, say: Say, heads: Mapping[str, str]) -> Iterator[Block]:
    """The sections after the transfers, in their order. `heads` are the headings, numbered."""
    yield Heading(heads["Information asked for"])
    yield from _data(request, say)
    yield Heading(heads["Confidentiality"])
    yield Paragraph(say(phrases.CONFIDENTIAL))
    yield Heading(heads["Rights of others"])
    yield Paragraph(say(phrases.THIRD_PARTIES))
    yield Paragraph(say(phrases.TO_AMOUNT if request.names_amount else phrases.TO_RECORDS))
    yield Paragraph(say(phrases.CONTEST).format(place=given(request, "contest", say)))
    yield Heading(heads["Duration"])
    yield from _duration(request, say)
    yield Heading(heads["Evidence"])
    yield from _evidence(request, say)
    yield Heading(heads["Enclosures"])
    yield Points(tuple(_enclosures(request, say)))


def _data(request: Request, say: Say) -> Iterator[Block]:
    if request.kind == "preserve":
        yield Paragraph(say("Please preserve, without handing them over:"))
    elif request.kind in {"disclose", "production"}:
        yield Paragraph(say("Please give:"))
    else:
        yield Paragraph(say("Please also preserve, and give as far as the law allows on this letter:"))
    points = phrases.DATA.get(request.recipient.kind, phrases.DATA["exchange"])
    yield Points(tuple(say(point) for point in points))


def _duration(request: Request, say: Say) -> Iterator[Block]:
    rows = [(say("Until"), until(request, say))] if request.kind in UNTIL else []
    for key, at in request.asker.clock.dates.items():
        if key not in {"reported", UNTIL.get(request.kind)}:
            rows.append((headed(key, say), everywhere(at, request)))
    earlier = request.asker.authority["supersedes"]
    nothing = blank(named("supersedes", say)) if "supersedes" in needed(request) else say("none is named")
    rows.append((say("Replaces"), earlier or nothing))
    yield Fields(tuple(rows))
    yield Paragraph(say("If you cannot do what is asked, or only in part, please say which part and why."))


def _evidence(request: Request, say: Say) -> Iterator[Block]:
    evidence = request.evidence
    yield Paragraph(say(phrases.EVIDENCE).format(version=f"chaintrace {evidence.version}"))
    rows = [(say("Case"), evidence.case), ("SHA-256 (trace.json)", evidence.sha256)]
    rows += [(f"SHA-256 ({PurePath(path).name})", digest) for path, digest in evidence.sources if digest]
    ends = {place.chain: place for place in request.places if place.height is not None}
    rows += [(say("Ledger as of height"), f"{place.chain} {place.height}") for place in ends.values()]
    yield Fields(tuple(rows))
    if not evidence.complete:
        yield Paragraph(say(phrases.NOT_COMPLETE), "note")


def _enclosures(request: Request, say: Say) -> Iterator[str]:
    for key, name in FILES.items():
        enclosed = request.asker.authority.files.get(key)
        if enclosed is not None:
            yield f"{say(name)}: {enclosed.name} (SHA-256 {enclosed.sha256})"
        elif key in needed(request):
            yield f"{say(name)}: {blank(say('to be enclosed'))}"
    for file, text in OURS:
        yield f"{file}: {say(text)}"
