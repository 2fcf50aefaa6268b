"""The log of a case as it goes into a package: with a line for what is sealed, and none missing.

Where the archive holds an answer that no line names, for a run was stopped between the two, a line names it. And a line
says what was sealed: of which trace, and the digest of all that the package holds beside its log. So whoever has the
hash of that line misses what was altered in the package, and lines that were cut off before it.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from chaintrace.case import log
from chaintrace.case.log import Detail, Entry, Writer
from chaintrace.model.provenance import Source

SEALED, FOUND = "sealed trace", "found answers"
REQUESTS = ("GET ", "POST ")
"""How the request of an answer of a network begins; of a file it is a path."""


def completed(
    folder: Path,
    entries: tuple[Entry, ...],
    writer: Writer,
    answers: Iterable[str],
    merged: Iterable[Sequence[Entry]],
) -> tuple[Entry, ...]:
    """The lines of the log, with one for answers that none names. The caller holds the case's lock.

    `answers` are the digests of what networks answered, `merged` the lines of the logs that were merged. Raises
    OutputError when a line cannot be written.
    """
    known = {str(entry.details.get("sha256")) for several in (entries, *merged) for entry in several}
    known |= {digest for several in (entries, *merged) for entry in several for digest in _found(entry)}
    lost = sorted(set(answers) - known)
    if not lost:
        return entries
    writer.append(FOUND, {"answers": lost, "reason": "the archive holds them, and no line of the log names them"})
    return log.read(folder)


def _found(entry: Entry) -> Sequence[str]:
    answers = entry.details.get("answers") if entry.action == FOUND else None
    return [str(one) for one in answers] if isinstance(answers, list) else []


def sealed(
    version: str, methods: Sequence[str], *, backward: bool, complete: bool, sources: Iterable[Source]
) -> dict[str, Detail]:
    """What a line says of a trace that is sealed: who made it, how, of which bytes, and whether it is complete."""
    named = [{"adapter": one.adapter, "request": one.request, "sha256": one.sha256} for one in sources]
    return {"version": version, "methods": list(methods), "backward": backward, "complete": complete, "sources": named}


def lines(folder: Path, writer: Writer, told: dict[str, Detail], payload: str, packing: str) -> bytes:
    """The log to be packed, with the line of what is sealed at its end; written where it does not stand there yet.

    `payload` is the digest of what the package holds beside its log, `packing` the action of lines about packages:
    those at the end of the log are left out. Raises OutputError when the line cannot be written.
    """
    entries = log.read(folder)
    details = {**told, "payload": payload}
    last = next((entry for entry in reversed(entries) if entry.action != packing), None)
    if last is None or (last.action, last.details) != (SEALED, details):
        writer.append(SEALED, details)
        entries = log.read(folder)
    count = max(entry.number for entry in entries if entry.action != packing)
    return b"".join((folder / log.FILE_NAME).read_bytes().splitlines(keepends=True)[:count])
