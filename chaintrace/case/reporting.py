"""`chaintrace report`: a case told to people in one file, under the case's lock, with a line in its log."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from chaintrace.case.expert import Opinion, document
from chaintrace.case.log import Clock, Entry
from chaintrace.case.overwriting import spare
from chaintrace.case.retracing import standing
from chaintrace.case.rules import Observer, nobody
from chaintrace.errors import InputError, OutputError
from chaintrace.freeze.blocks import Letter
from chaintrace.freeze.markup import page as letter_page
from chaintrace.freeze.pdf_file import write_letter
from chaintrace.model.provenance import Source
from chaintrace.report import FORMATS, Report, build
from chaintrace.report.html import page as report_page
from chaintrace.store.archive import FileArchive

EXPERT, PAGE = "expert", "page"
STYLES = (EXPERT, PAGE)
"""The expert's report, which stands open where the expert must write; and the report's own page in another language."""

ACTIONS = {EXPERT: "expert report", PAGE: "report page"}
"""How each is called in the log."""

REPEATED = (*ACTIONS.values(), "evidence", "sealed trace")
"""Lines that come of writing a report or a package again: the same case gives the same report, however often."""
CHINESE, SM3 = "zh", "sm3"
"""The language whose report has a record of electronic data, and the digest that is known there beside SHA-256."""

PIECE = 1 << 20
"""Bytes that are read at once."""

PDF = ".pdf"
FORMS = (".html", PDF)


def default_name(language: str, style: str = EXPERT) -> str:
    """What the file is called where nobody names it."""
    return f"expert-report.{language}.html" if style == EXPERT else f"report.{language}.html"


def write_report(  # noqa: PLR0917  # each is one choice of whoever asks
    folder: Path, target: Path, language: str, clock: Clock, observer: Observer = nobody, style: str = EXPERT
) -> Path:
    """Trace a case from what it has and write the expert's report or the page at `target`. No network is asked.

    Raises InputError, AdapterError, and OutputError when the file cannot be written: what stood there still stands.
    """
    if target.suffix.lower() not in FORMS:
        raise InputError(f"{target} ends with none of {', '.join(FORMS)}: name the file with one of them")
    if style == PAGE and target.suffix.lower() == PDF:
        raise InputError(f"{target}: the page is HTML, which a browser prints: name a file that ends in .html")
    spare(target, folder)
    with standing(folder, clock, observer) as case:
        report = build(case.inputs(case.question))
        observer(ACTIONS[style])
        if style == PAGE:
            digest = _written(report_page(report, language), target)
        else:
            digest = _written(drawn(report, case.entries, case.rooms.archive, language), target)
        case.note(ACTIONS[style], {"language": language, "file": target.name, "sha256": digest})
    return target


class Drawn(NamedTuple):
    """The report as a letter, and the files that a PDF of it carries: the tables and trace.json."""

    letter: Letter
    schedules: Mapping[str, bytes]


def drawn(report: Report, entries: Sequence[Entry], archive: FileArchive, language: str) -> Drawn:
    """The expert's report on a report that was built; what the log says of earlier ones is left out of it.

    Raises InputError where the record of what was read is asked for and the archive no longer holds it.
    """
    with tempfile.TemporaryDirectory() as bench:
        names = [name for form in FORMATS.values() for name in form.write(report, Path(bench))]
        files = {name: (Path(bench) / name).read_bytes() for name in names}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    told = [entry for entry in entries if entry.action not in REPEATED]
    schedules = {name: content for name, content in files.items() if name.endswith((".csv", ".json"))}
    records = archive.records()
    opinion = Opinion(report, told, records, digests, language, _sm3(archive, records) if language == CHINESE else {})
    return Drawn(document(opinion), schedules)


def _sm3(archive: FileArchive, records: Sequence[Source]) -> dict[str, str]:
    """The SM3 of everything that was read, by its SHA-256; empty where this Python's library has no SM3.

    Raises InputError where the archive lacks what was read, or its bytes no longer have their SHA-256.
    """
    found: dict[str, str] = {}
    if SM3 in hashlib.algorithms_available:
        for sha256 in dict.fromkeys(one.sha256 for one in records):
            kept, digest = hashlib.sha256(), hashlib.new(SM3)
            try:
                with archive.place(sha256).open("rb") as file:
                    while piece := file.read(PIECE):
                        kept.update(piece)
                        digest.update(piece)
            except OSError as error:
                raise InputError(f"the archive does not hold {sha256}: fetch it again, then report") from error
            if kept.hexdigest() != sha256:
                raise InputError(
                    f"the archive's copy of {sha256} was changed, its bytes no longer have that digest: restore a copy"
                )
            found[sha256] = digest.hexdigest()
    return found


def as_pdf(made: Drawn, path: Path) -> None:
    """Write it as PDF/A-3u with its schedules. Raises InputError without the extra, and OSError."""
    write_letter(made.letter, path, made.schedules)


def _written(told: Drawn | str, target: Path) -> str:
    """Write a page, or a letter in the form that the name asks for, in one step; its digest."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as bench:
            made = Path(bench) / target.name
            if isinstance(told, str):
                made.write_text(told, "utf-8", newline="\n")
            elif target.suffix.lower() == PDF:
                as_pdf(told, made)
            else:
                made.write_text(letter_page(told.letter), "utf-8", newline="\n")
            digest = hashlib.sha256(made.read_bytes()).hexdigest()
            made.replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{target} cannot be written ({reason}): nothing was changed") from error
    return digest
