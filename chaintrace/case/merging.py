"""`chaintrace case merge`: what a second analyst's folder of the same case has, taken over without losing a line.

The other log cannot be sewn into this one, for every line is sealed with the hash of the line before. So it is kept
whole, byte for byte, below logs/, named by the hash of its last line, and a line of this log names that hash: whoever
alters a line of either is found out. The other one's raw answers go into the archive, each with its own time; the facts
that rest on them are read again by the next trace. Its case.toml, where it differs, is kept beside its log.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from chaintrace.case import lock, log
from chaintrace.case.config import FILE_NAME, load
from chaintrace.case.log import Clock, Entry
from chaintrace.case.notes import named
from chaintrace.case.rooms import ARCHIVE
from chaintrace.errors import InputError, OutputError
from chaintrace.private_keys import refuse_file
from chaintrace.store import FileArchive

FOLDER, ACTION = "logs", "merge"


@dataclass(frozen=True, slots=True)
class Merged:
    """What was taken over: lines of the other log (those that both have in common counted apart), and raw answers."""

    head: str
    lines: int
    common: int
    answers: int
    other_question: bool


def merge(folder: Path, other: Path, by: str, clock: Clock) -> Merged:
    """Take over into a case what another folder of it has; the other one is only read.

    Raises InputError where the two are of different cases, one log was altered, or there is nothing to take over;
    OutputError.
    """
    mine, theirs = load(folder), load(other)
    if folder.resolve() == other.resolve():
        raise InputError(f"{other} is the case itself: name the other analyst's folder")
    if mine.name != theirs.name:
        raise InputError(f"{other} is another case ({theirs.name!r}, and not {mine.name!r}): only one case is merged")
    with lock.hold(folder) as held, lock.hold(other) as theirs_held:
        entries = log.verify(folder / log.FILE_NAME, held.head())
        told = log.verify(other / log.FILE_NAME, theirs_held.head())
        head = log.head_of(told).hash
        if not told or head in {*heads(entries), *(entry.hash for entry in entries)}:
            raise InputError(f"{other} has no line of a log that {folder} does not have: nothing was changed")
        question = (other / FILE_NAME).read_bytes()
        differs = question != (folder / FILE_NAME).read_bytes()
        try:
            _logs(folder, other, head, question if differs else None)
        except OSError as error:
            raise OutputError(f"{folder / FOLDER} cannot be written ({error.strerror}): make room") from error
        answers = _answers(folder, other, clock)
        common = sum(one.hash == two.hash for one, two in zip(entries, told, strict=False))
        done = Merged(head, len(told), common, answers, differs)
        details: dict[str, log.Detail] = {
            "by": named(by),
            "head": head,
            "lines": done.lines,
            "common": common,
            "answers": answers,
            "case_toml": sha256(question).hexdigest(),
        }
        held.remember(log.Writer(folder, clock, log.head_of(entries)).append(ACTION, details))
    return done


def heads(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """The last hashes of the logs that were merged into this one, by its lines."""
    return tuple(str(entry.details.get("head")) for entry in entries if entry.action == ACTION)


def kept_logs(folder: Path, entries: tuple[Entry, ...]) -> dict[str, tuple[Entry, ...]]:
    """The logs below logs/ that this one names, and those that they name, by the hash of their last line.

    Raises InputError for one that is missing or was altered.
    """
    found: dict[str, tuple[Entry, ...]] = {}
    waiting = list(heads(entries))
    while waiting:
        head = waiting.pop()
        if head in found:
            continue
        path = folder / FOLDER / f"{head}.jsonl"
        found[head] = log.verify(path) if path.is_file() else ()
        if log.head_of(found[head]).hash != head:
            raise InputError("the log that was merged is missing or ends otherwise: restore a copy", path=path)
        waiting += heads(found[head])
    return found


def _logs(folder: Path, other: Path, head: str, question: bytes | None) -> None:
    """Keep the other log and what it merged itself, and its question where that differs."""
    place = folder / FOLDER
    theirs = sorted(path for path in (other / FOLDER).glob("*") if path.is_file())
    for path in (other / log.FILE_NAME, *theirs):
        refuse_file(path)
    place.mkdir(exist_ok=True)
    (place / f"{head}.jsonl").write_bytes((other / log.FILE_NAME).read_bytes())
    if question is not None:
        (place / f"{head}.toml").write_bytes(question)
    for kept in theirs:
        if not (place / kept.name).exists():
            (place / kept.name).write_bytes(kept.read_bytes())


def _answers(folder: Path, other: Path, clock: Clock) -> int:
    """Take over the other one's raw answers; how many were new."""
    if not (other / ARCHIVE).is_dir():
        return 0
    mine, theirs = FileArchive(folder / ARCHIVE, clock, sync=False), FileArchive(other / ARCHIVE, clock, sync=False)
    count = sum(mine.adopt(source, theirs.place(source.sha256)) for source in theirs.records())
    mine.flush()
    return count
