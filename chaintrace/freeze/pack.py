"""One folder per recipient: written beside the old one and put in its place, whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaintrace.errors import OutputError
from chaintrace.freeze.checklist import checklist, note
from chaintrace.freeze.docx_file import write_docx
from chaintrace.freeze.findings import Finding, complete
from chaintrace.freeze.flow_page import write_flow
from chaintrace.freeze.keeping import ENCLOSURES, SUMS, changed, enclose, take_over, write_sums
from chaintrace.freeze.letter import letter
from chaintrace.freeze.linter import checked
from chaintrace.freeze.pdf_file import write_letter
from chaintrace.freeze.request import NoCustodian, Request
from chaintrace.freeze.schedule import write_csv
from chaintrace.freeze.workbook import write_xlsx
from chaintrace.i18n import ENGLISH, Say, speaker
from chaintrace.report.files import swap
from chaintrace.report.interface import Inputs

NOTE = "note.md"
FILES = ("request.docx", "request.pdf", "schedule.xlsx", "schedule.csv", "flow.svg", "flow.pdf", "checklist.md")
"""The files of a pack, besides their list; a note stands alone. Enclosures lie in a folder of their own."""

OURS = frozenset({*FILES, NOTE, SUMS, ENCLOSURES, ".DS_Store", "Thumbs.db", "desktop.ini"})
"""Every name that a pack's folder may hold, with what desktops leave. A folder with others is not replaced."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was written: for whom, where, and what its linter found."""

    request: Request
    folder: Path
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether the linter calls the request complete."""
        return complete(self.findings)


def folder_name(recipient: str, language: str) -> str:
    """The name of a recipient's folder: each language has its own, so that no letter takes the place of another's."""
    return recipient if language == ENGLISH else f"{recipient}.{language}"


def write_pack(request: Request, inputs: Inputs, parent: Path) -> Pack:
    """Write one pack below `parent`. The same request gives the same bytes.

    What people put into its enclosures/ stays there. Raises OutputError when it cannot be written, or where the folder
    holds files of others or files that a person changed; what stood there before still stands then. Raises InputError
    where a library is absent.
    """
    made = letter(request)
    findings = checked(request, made)
    name = folder_name(request.folder, request.language)
    with _placed(parent, name) as bench:
        write_docx(made, bench / "request.docx")
        write_letter(made, bench / "request.pdf")
        write_xlsx(request, bench / "schedule.xlsx")
        write_csv(request, bench / "schedule.csv")
        write_flow(request, inputs, bench / "flow.svg", bench / "flow.pdf")
        files = request.asker.authority.files.values()
        more = enclose(files, bench / ENCLOSURES)
        findings = (*findings, *_not_named(more, speaker(request.language)))
        (bench / "checklist.md").write_text(checklist(request, findings), "utf-8", newline="\n")
        write_sums(bench, (enclosed.name for enclosed in files))
    return Pack(request, parent / name, findings)


def write_note(found: NoCustodian, language: str, parent: Path) -> Path:
    """Write the note on what has no custodian; return its folder. Raises OutputError as `write_pack` does."""
    name = folder_name(found.folder, language)
    with _placed(parent, name) as bench:
        (bench / NOTE).write_text(note(found, language), "utf-8", newline="\n")
        write_sums(bench)
    return parent / name


def _not_named(names: tuple[str, ...], say: Say) -> Iterator[Finding]:
    """What lies in enclosures/ and is not of this letter: an earlier version, or something that a person put there."""
    for name in names:
        text = say("{name} lies in enclosures/, and [authority] does not name it: send it too, or move it away")
        yield Finding("warning", text.format(name=name), f"{ENCLOSURES}/{name}")


@contextmanager
def _placed(parent: Path, name: str) -> Iterator[Path]:
    """A folder to write into, which then takes the place of `parent/name`."""
    target = parent / name
    there = list(target.iterdir()) if target.is_dir() else []
    foreign = [path.name for path in there if path.name not in OURS or path.is_dir() != (path.name == ENCLOSURES)]
    if foreign:
        message = f"{target} holds {min(foreign)!r}, which is no file of a request: move it away, and run again"
        raise OutputError(message)
    try:
        edited = changed(target, (*FILES, NOTE))
        if edited:
            message = f"{target / edited} is not as it was written: copy it out, delete it there, and run again"
            raise OutputError(message)
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=parent) as bench:
            made, old = Path(bench) / "new", Path(bench) / "old"
            made.mkdir()
            take_over(target, made)
            yield made
            swap(made, target, old)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{target} cannot be written ({reason}): what stood there before is unchanged") from error
