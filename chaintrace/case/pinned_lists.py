"""The lists that a case has pinned: put there so that a run may end at any moment, and compared with the log later.

A list is written beside its place first, then the log says its SHA-256, then it is put into its place. A run that ends
before the line has changed nothing; one that ends after it is finished by the next run, which knows the file by its
digest. So a file that has another digest than the log says was altered by somebody.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from chaintrace.case.log import Entry, Writer
from chaintrace.errors import InputError, OutputError
from chaintrace.model.provenance import Source

UNTIMED = datetime.fromtimestamp(0, UTC)
"""The time of a source that is only named: the log has its own."""


def pin(folder: Path, contents: Mapping[str, bytes], writer: Writer) -> tuple[Source, ...]:
    """Put lists into a case, by their paths below it, and their digests into its log; what was put there.

    What stands there already is left as it is. Raises OutputError, and then what stood there before still stands.
    """
    new = {name: content for name, content in contents.items() if _digest(folder / name) != _sha256(content)}
    if not new:
        return ()
    for name, content in new.items():
        _stage(folder / name, content)
    sources = tuple(Source("file", name, _sha256(content), UNTIMED) for name, content in new.items())
    shown = [{"adapter": one.adapter, "request": one.request, "sha256": one.sha256} for one in sources]
    writer.append("pin", {"sources": shown})
    for name in new:
        _put(folder / name)
    return sources


def settle(folder: Path, together: Iterable[Sequence[str]], entries: Sequence[Entry]) -> None:
    """Finish what a run that ended was about to pin. Raise InputError for a list that was altered, or lost its company.

    `together` are the files, by their paths below the case's folder, in groups: where the first of a group is not
    there, its list is to be pinned anew, and nothing is said of the others.
    """
    last = _logged(entries)
    for group in together:
        for name in group:
            beside = _beside(folder / name)
            if not beside.is_file():
                continue
            if _digest(beside) == last.get(name):
                _put(folder / name)
            else:
                beside.unlink(missing_ok=True)  # its run ended before the log named it
        if not (folder / group[0]).is_file():
            continue
        for name in group:
            if name in last and _digest(folder / name) != last[name]:
                sentence = f"it was changed since the case pinned it: restore a copy, or remove {group[0]} to pin anew"
                raise InputError(sentence, path=name)


def _logged(entries: Sequence[Entry]) -> Mapping[str, str]:
    """The digest that the log says last of each source, by what was asked."""
    last: dict[str, str] = {}
    for entry in entries:
        sources = entry.details.get("sources")
        for source in sources if entry.action in {"pin", "trace"} and isinstance(sources, Sequence) else ():
            if isinstance(source, Mapping):
                last[str(source.get("request"))] = str(source.get("sha256"))
    return last


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _stage(path: Path, content: bytes) -> None:
    """Write a file beside its place, so that it outlives the machine. Raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _beside(path).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error


def _put(path: Path) -> None:
    """Put what was written beside a place into it. Raises OutputError."""
    try:
        _beside(path).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path} cannot be written ({error.strerror}): make room, or correct its rights")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(path: Path) -> str:
    """The digest of a file, "" where there is none. Raises InputError where it cannot be read."""
    try:
        return _sha256(path.read_bytes())
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}): correct its rights", path=path) from error
