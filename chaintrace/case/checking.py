"""`chaintrace case verify`: whether a case is whole on this machine: its log, what it merged, its raw answers."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from chaintrace.case import lock, log
from chaintrace.case.config import load
from chaintrace.case.log import Clock, Entry
from chaintrace.case.merging import kept_logs
from chaintrace.case.rooms import ARCHIVE
from chaintrace.errors import InputError
from chaintrace.report.wording import counted
from chaintrace.store import FileArchive


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: sentences on what does not hold, and on what is worth knowing."""

    failures: tuple[str, ...]
    notes: tuple[str, ...]


def check(folder: Path, clock: Clock) -> Checked:
    """Check a case's folder without changing it. Raises InputError where it is none, or another run works on it."""
    load(folder)
    failures, notes = list[str](), list[str]()
    entries: tuple[Entry, ...] = ()
    try:
        entries = log.verify(folder / log.FILE_NAME, lock.remembered(folder))
        notes.append(
            f"the log has {counted(len(entries), 'line')} in one chain, ending with {log.head_of(entries).hash}"
        )
        for head, lines in kept_logs(folder, entries).items():
            notes.append(f"a log of {counted(len(lines), 'line')} was merged, ending with {head}")
            notes += _backwards(lines)
    except InputError as error:
        failures.append(str(error))
    notes += _backwards(entries)
    failures += _answers(folder, clock, notes)
    notes += _changed(folder, entries)
    return Checked(tuple(failures), tuple(notes))


def _backwards(entries: Sequence[Entry]) -> Iterator[str]:
    """Lines whose clock was behind that of the line before: the order of the lines counts, and not their times."""
    for before, entry in pairwise(entries):
        if entry.time < before.time:
            yield (
                f"line {entry.number} of the log was written at {entry.time}, after a line of {before.time}: a clock "
                "was set back, or the case came from another machine"
            )


def _answers(folder: Path, clock: Clock, notes: list[str]) -> Iterator[str]:
    """Every record of the archive against its bytes."""
    archive = FileArchive(folder / ARCHIVE, clock, sync=False)
    try:
        records = archive.records()
    except InputError as error:
        yield str(error)
        return
    for sha256 in dict.fromkeys(record.sha256 for record in records):
        try:
            with archive.place(sha256).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    yield f"the archive's copy of {sha256} was changed: its bytes no longer have that digest"
        except OSError as error:
            yield f"the archive does not hold {sha256} ({error.strerror}), which its index names"
    notes.append(f"the archive has {counted(len(records), 'reading')}, with the bytes of each by their digest")


def _changed(folder: Path, entries: Sequence[Entry]) -> Iterator[str]:
    """Files of the last trace that are other ones now."""
    last = next((entry for entry in reversed(entries) if entry.action == "trace"), None)
    sources = last.details.get("sources") if last is not None else None
    for one in sources if isinstance(sources, list) else ():
        path = folder / str(one["request"]) if isinstance(one, dict) and one.get("adapter") == "file" else None
        if path is not None and path.is_file():
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != one["sha256"]:
                    yield f"{one['request']} is not the file that the last trace read: it was changed since"
