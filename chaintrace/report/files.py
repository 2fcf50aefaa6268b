"""Writing a report: whole or not at all. What stood there before stands until the new one is complete."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from chaintrace.errors import OutputError
from chaintrace.report.columns import COLUMNS
from chaintrace.report.csv_files import CsvFiles
from chaintrace.report.html import HtmlPage
from chaintrace.report.interface import Format, Report
from chaintrace.report.json_file import JsonFile

FORMATS: Mapping[str, Format] = MappingProxyType({form.name: form for form in (CsvFiles(), JsonFile(), HtmlPage())})
"""The formats that make up a report folder, by name."""

OURS = frozenset({*(f"{name}.csv" for name in COLUMNS), "trace.json", "report.html"})
"""Every file name that a report folder may hold. A folder with others is not replaced."""

SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What a desktop leaves in a folder that somebody looked at; it goes with the old report."""

STALE = 3600
"""Seconds after which a half-written report that lies beside the folder is nobody's."""


def nothing() -> None:
    """What is done before a report is put in its place, where nothing has to be."""


def write(report: Report, folder: Path, sealed: Callable[[], None] = nothing) -> tuple[str, ...]:
    """Write the report as `folder` and return the names of its files.

    It is written beside the folder first, `sealed` is called, and then it is put in its place: what must never be
    lacking where a report stands (its line in the log) is written then. Raises OutputError with one sentence when it
    cannot be written or when the folder holds files of others, and what `sealed` raises; what stood there before still
    stands then.
    """
    folder = Path(os.path.realpath(folder)) if folder.is_symlink() else folder  # a link stays one
    foreign = _foreign(folder)
    if foreign:
        message = f"{folder} holds {foreign!r}, which is no file of a report: choose another folder, or move it away"
        raise OutputError(message)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        bench = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _failed(folder, error) from error
    try:
        made = bench / "new"
        made.mkdir()
        names = tuple(name for form in FORMATS.values() for name in form.write(report, made))
        sealed()
        swap(made, folder, bench / "old")
        _clear(bench)
    except OSError as error:
        raise _failed(folder, error) from error
    finally:
        shutil.rmtree(bench, ignore_errors=True)
    return names


def _foreign(folder: Path) -> str:
    """The first name in the folder that no report of ours has; empty when there is none."""
    try:
        if folder.exists() and not folder.is_dir():
            return folder.name
        return next((path.name for path in sorted(folder.iterdir()) if path.name not in OURS | SYSTEMS), "")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _failed(folder, error) from error


def swap(made: Path, folder: Path, old: Path) -> None:
    """Put `made` in the place of `folder`, which goes to `old`. When that fails half way, it is put back.

    Raises OSError.
    """
    if not folder.exists():
        made.rename(folder)
        return
    folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def _clear(bench: Path) -> None:
    """Take away what runs that were killed left beside the report; a bench of less than an hour may be in use."""
    now = bench.stat().st_mtime
    prefix = bench.name.rpartition("-")[0]
    for other in bench.parent.iterdir():
        left = other.name.rpartition("-")[0] == prefix and other.is_dir() and {"new", "old"}.issuperset(_names(other))
        if left and now - other.stat().st_mtime > STALE:
            shutil.rmtree(other, ignore_errors=True)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _failed(folder: Path, error: OSError) -> OutputError:
    """One sentence: which folder, why, and what to do. What stood there before is untouched."""
    why = error.strerror or type(error).__name__
    return OutputError(
        f"the report cannot be written to {folder} ({why}): what stood there before is unchanged; make room or "
        "permission, close its files in other programs, and run again",
    )
