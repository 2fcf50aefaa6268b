"""`chaintrace report`: the expert's report of a case as one file, under the case's lock, with a line in its log."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from chaintrace import plugins
from chaintrace.case import lock, log
from chaintrace.case.access import access
from chaintrace.case.assembly import Question, assembled
from chaintrace.case.config import load
from chaintrace.case.expert import Opinion, document
from chaintrace.case.log import Clock, Entry
from chaintrace.case.online import Session
from chaintrace.case.prices import priced
from chaintrace.case.rooms import opened
from chaintrace.case.rules import Observer, chosen, nobody
from chaintrace.case.tag_lists import settled
from chaintrace.errors import InputError, OutputError
from chaintrace.freeze.blocks import Letter
from chaintrace.freeze.markup import page
from chaintrace.freeze.pdf_file import write_letter
from chaintrace.model.provenance import Source
from chaintrace.report import FORMATS, Report, build

ACTION = "expert report"
REPEATED = (ACTION, "evidence")
"""Lines that come of writing a report or a package again: the same case gives the same report, however often."""
FORMS = (".html", ".pdf")


def default_name(language: str) -> str:
    """What the file is called where nobody names it."""
    return f"expert-report.{language}.html"


def write_report(folder: Path, target: Path, language: str, clock: Clock, observer: Observer = nobody) -> Path:
    """Trace a case from what it has and write the expert's report at `target`. No network is asked.

    Raises InputError, AdapterError, and OutputError when the file cannot be written: what stood there still stands.
    """
    if target.suffix.lower() not in FORMS:
        raise InputError(f"{target} ends with none of {', '.join(FORMS)}: name the file with one of them")
    config = load(folder)
    with lock.hold(folder) as held:
        entries = log.verify(folder / log.FILE_NAME, held.head())
        rules = chosen(config, plugins.heuristics(), entries)
        writer = log.Writer(folder, clock, log.head_of(entries))
        settled(folder, config.lists, entries)
        with opened(config, clock) as rooms:
            offline = Session(access({}, offline=True), writer, observer, clock)
            inputs = priced(config, assembled(Question(config, config.methods), rooms, rules, observer), rooms, offline)
            report = build(inputs)
            told = drawn(report, entries, rooms.archive.records(), language)
        observer("expert report")
        digest = _written(told, target)
        held.remember(writer.append(ACTION, {"language": language, "file": target.name, "sha256": digest}))
    return target


class Drawn(NamedTuple):
    """The report as a letter, and the files that a PDF of it carries: the tables and trace.json."""

    letter: Letter
    schedules: Mapping[str, bytes]


def drawn(report: Report, entries: Sequence[Entry], records: Sequence[Source], language: str) -> Drawn:
    """The expert's report on a report that was built; what the log says of earlier ones is left out of it."""
    with tempfile.TemporaryDirectory() as bench:
        names = [name for form in FORMATS.values() for name in form.write(report, Path(bench))]
        files = {name: (Path(bench) / name).read_bytes() for name in names}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    told = [entry for entry in entries if entry.action not in REPEATED]
    schedules = {name: content for name, content in files.items() if name.endswith((".csv", ".json"))}
    return Drawn(document(Opinion(report, told, records, digests, language)), schedules)


def as_pdf(made: Drawn, path: Path) -> None:
    """Write it as PDF/A-3u with its schedules. Raises InputError without the extra, and OSError."""
    write_letter(made.letter, path, made.schedules)


def _written(told: Drawn, target: Path) -> str:
    """Write the file in one step; its digest."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as bench:
            made = Path(bench) / target.name
            if target.suffix.lower() == ".pdf":
                as_pdf(told, made)
            else:
                made.write_text(page(told.letter), "utf-8", newline="\n")
            digest = hashlib.sha256(made.read_bytes()).hexdigest()
            made.replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{target} cannot be written ({reason}): nothing was changed") from error
    return digest
