"""log.jsonl: what was done with a case, one line for each action, each sealed with the hash of the line before it.

A line is a JSON object: number (from 1), time (UTC), action, details, previous (the hash of the line before; of the
first line 64 zeros) and hash, the SHA-256 of the canonical JSON of the other five. Lines are only ever appended.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from chaintrace.errors import InputError, OutputError
from chaintrace.model.nesting import shallow
from chaintrace.private_keys import refuse

FILE_NAME = "log.jsonl"
START = "0" * 64
"""What stands as `previous` in the first line."""

Detail: TypeAlias = "str | int | bool | Sequence[Detail] | Mapping[str, Detail] | None"
"""What a line may say: JSON without numbers that have a point."""

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, with a time zone. It is handed in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    number: int
    time: str
    action: str
    details: Mapping[str, Detail]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last line that was written: its number and its hash."""

    number: int
    hash: str


NOTHING = Head(0, START)
"""The head of a log without lines."""


def canonical(value: Mapping[str, Detail]) -> bytes:
    """The one way to write a value as JSON: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def append(folder: Path, action: str, details: Mapping[str, Detail], clock: Clock) -> Head:
    """Add one line to the log of a case and return the new head. The caller holds the case's lock.

    Raises InputError when the log was altered, OutputError when it cannot be written.
    """
    entries = read(folder)
    return Writer(folder, clock, head_of(entries)).append(action, details)


def head_of(entries: Sequence[Entry]) -> Head:
    """The head that these lines of a log have."""
    return Head(entries[-1].number, entries[-1].hash) if entries else NOTHING


class Writer:
    """Appends lines after a head that was verified, without reading the log again. Threads may share it.

    The caller holds the case's lock from before the verification on.
    """

    def __init__(self, folder: Path, clock: Clock, head: Head) -> None:
        self._path = folder / FILE_NAME
        self._clock = clock
        self._lock = Lock()
        self.head = head

    def append(self, action: str, details: Mapping[str, Detail], *, sync: bool = True) -> Head:
        """Add one line and return the new head. Raises OutputError when it cannot be written.

        Raises InputError where the details hold a secret that moves coins: a line stays for ever.

        Without `sync` the line outlives the program, but perhaps not the machine: for lines that come by hundreds,
        which the next one with `sync` makes safe as well.
        """
        refuse(json.dumps(details, ensure_ascii=False), "what was given")
        with self._lock:
            body: dict[str, Detail] = {
                "number": self.head.number + 1,
                "time": self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "action": action,
                "details": details,
                "previous": self.head.hash,
            }
            sealed = hashlib.sha256(canonical(body)).hexdigest()
            _write(self._path, canonical({**body, "hash": sealed}) + b"\n", sync=sync)
            self.head = Head(self.head.number + 1, sealed)
            return self.head


def _write(path: Path, line: bytes, *, sync: bool) -> None:
    """Append a whole line or nothing: what was written of it before the disk was full is cut off again."""
    size = path.stat().st_size if path.exists() else 0
    try:
        with path.open("ab") as file:
            file.write(line)
            file.flush()
            if sync:
                os.fsync(file.fileno())
    except OSError as error:
        if path.exists():
            os.truncate(path, size)
        raise OutputError(f"{path} cannot be written ({error.strerror}): nothing was added to it") from error


def read(folder: Path) -> tuple[Entry, ...]:
    """Every line of the log, each checked against the one before. Raises InputError as `verify` does."""
    return verify(folder / FILE_NAME)


def verify(path: Path, head: Head = NOTHING) -> tuple[Entry, ...]:
    """The lines of a log. Raises InputError with the line that was altered, removed or put in another place.

    `head` is what was remembered of the last line elsewhere: with it, lines removed at the end are missed as well.
    A log that is not there has no lines.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise InputError(f"the log cannot be read ({error.strerror}): check its permissions", path=path) from error
    entries: list[Entry] = []
    previous = NOTHING
    lines = content.split(b"\n")[:-1] if content.endswith(b"\n") else content.split(b"\n")
    for line, raw in enumerate(lines, 1):
        if not raw and not content:
            break
        try:
            entry = _entry(raw, path, line)
        except InputError as error:
            if 0 < head.number < line and raw is lines[-1] and not content.endswith(b"\n"):
                sentence = "the line was not finished when a run was stopped: remove it, the lines before are whole"
                raise InputError(sentence, path=path, line=line) from error
            raise
        if entry.number != previous.number + 1 or entry.previous != previous.hash:
            sentence = "the line does not follow the one before: a line was removed, added or moved; restore a copy"
            raise InputError(sentence, path=path, line=line)
        previous = Head(entry.number, entry.hash)
        entries.append(entry)
    if head.number and (len(entries) < head.number or entries[head.number - 1].hash != head.hash):
        sentence = f"the log had {head.number} lines and its end was removed or written anew: restore a copy"
        raise InputError(sentence, path=path, line=len(entries) or None)
    return tuple(entries)


def _typed(entry: Entry) -> Entry:
    """The entry, when each of its fields is what it should be. Raises TypeError."""
    kinds = [type(part) for part in (entry.number, entry.details, entry.time, entry.action, entry.previous, entry.hash)]
    if kinds != [int, dict, str, str, str, str]:
        raise TypeError("a field of another type")
    return entry


def _entry(raw: bytes, path: Path, line: int) -> Entry:
    """One line. Raises InputError when its bytes are not those that were sealed."""
    altered = InputError("the line was altered: its hash does not fit; restore a copy", path=path, line=line)
    try:
        fields = json.loads(shallow(raw))
        entry = _typed(Entry(**fields))
        body = {key: value for key, value in fields.items() if key != "hash"}
        sealed = hashlib.sha256(canonical(body)).hexdigest()
    except (ValueError, TypeError, RecursionError) as error:
        raise altered from error
    if sealed != entry.hash or canonical(fields) != raw:
        raise altered
    return entry
