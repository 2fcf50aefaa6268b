"""One folder per recipient: written beside the old one and put in its place, whole or not at all."""

import shutil
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
from chaintrace.freeze.letter import letter
from chaintrace.freeze.linter import checked
from chaintrace.freeze.pdf_file import write_letter
from chaintrace.freeze.request import NoCustodian, Request
from chaintrace.freeze.schedule import write_csv
from chaintrace.freeze.workbook import write_xlsx
from chaintrace.report.files import swap
from chaintrace.report.interface import Inputs

NOTE, ENCLOSURES = "note.md", "enclosures"
FILES = ("request.docx", "request.pdf", "schedule.xlsx", "schedule.csv", "flow.svg", "flow.pdf", "checklist.md")
"""The files of a pack; a note stands alone. Enclosures lie in a folder of their own."""

OURS = frozenset({*FILES, NOTE, ENCLOSURES, ".DS_Store", "Thumbs.db", "desktop.ini"})
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


def write_pack(request: Request, inputs: Inputs, parent: Path) -> Pack:
    """Write one pack below `parent`. The same request gives the same bytes.

    Raises OutputError when it cannot be written or the folder holds files of others; what stood there before still
    stands then. Raises InputError where a library is absent.
    """
    made = letter(request)
    findings = checked(request, made)
    with _placed(parent, request.folder) as bench:
        write_docx(made, bench / "request.docx")
        write_letter(made, bench / "request.pdf")
        write_xlsx(request, bench / "schedule.xlsx")
        write_csv(request, bench / "schedule.csv")
        write_flow(request, inputs, bench / "flow.svg", bench / "flow.pdf")
        (bench / "checklist.md").write_text(checklist(request, findings), "utf-8", newline="\n")
        for enclosed in request.asker.authority.files.values():
            (bench / ENCLOSURES).mkdir(exist_ok=True)
            shutil.copyfile(enclosed.path, bench / ENCLOSURES / enclosed.name)
    return Pack(request, parent / request.folder, findings)


def write_note(found: NoCustodian, language: str, parent: Path) -> Path:
    """Write the note on what has no custodian; return its folder. Raises OutputError as `write_pack` does."""
    with _placed(parent, found.folder) as bench:
        (bench / NOTE).write_text(note(found, language), "utf-8", newline="\n")
    return parent / found.folder


@contextmanager
def _placed(parent: Path, name: str) -> Iterator[Path]:
    """A folder to write into, which then takes the place of `parent/name`."""
    target = parent / name
    foreign = [path.name for path in target.iterdir() if path.name not in OURS] if target.is_dir() else []
    if foreign:
        message = f"{target} holds {min(foreign)!r}, which is no file of a request: move it away, and run again"
        raise OutputError(message)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=parent) as bench:
            made, old = Path(bench) / "new", Path(bench) / "old"
            made.mkdir()
            yield made
            swap(made, target, old)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{target} cannot be written ({reason}): what stood there before is unchanged") from error
