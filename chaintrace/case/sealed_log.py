"""The log of a case as it goes into a package: with a line for what is sealed, and none missing.

Where the archive holds an answer that no line names, for a run was stopped between the two, a line names it. And a line
says what was sealed: of which trace, and the digest of all that the package holds beside its log. So whoever has the
hash of that line misses what was altered in the package, and lines that were cut off before it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def in_order(
    records: Iterable[Source],
    entries: Sequence[Entry],
    told: Mapping[str, Detail],
    merged: Mapping[str, Sequence[Entry]],
) -> tuple[Source, ...]:
    """The readings in the order in which the log speaks of them, its merged logs last; then those that no line names.

    `told` is what the line of what is sealed will say. The verifier reads the same order from the log of a package.
    """
    places: dict[tuple[str, str], tuple[int, int, int]] = {}
    lines = [(0, entry.number, entry.action, entry.details) for entry in entries]
    lines.append((0, len(entries) + 1, SEALED, told))
    for number, head in enumerate(sorted(merged), 1):
        lines += [(number, entry.number, entry.action, entry.details) for entry in merged[head]]
    for log_number, line, action, details in lines:
        for at, (request, digest) in enumerate(_spoken(action, details)):
            places.setdefault((request, digest), (log_number, line, at))
    last = (len(merged) + 1, 0, 0)
    return tuple(sorted(records, key=lambda one: places.get((one.request, one.sha256), last)))


def _spoken(action: str, details: Mapping[str, Detail]) -> Iterator[tuple[str, str]]:
    """The readings that a line of the log names: each by its request and its digest."""
    sources = details.get("sources")
    if action == "request":
        yield str(details.get("request")), str(details.get("sha256"))
    for one in sources if isinstance(sources, list) else ():
        if isinstance(one, dict):
            yield str(one.get("request")), str(one.get("sha256"))


def sealed(
    version: str, methods: Sequence[str], *, backward: bool, complete: bool, sources: Iterable[Source]
) -> dict[str, Detail]:
    """What a line says of a trace that is sealed: who made it, how, of which bytes, and whether it is complete.

    Of each source it says when it was read, as the package's list of what was acquired does.
    """
    named = [
        {
            "adapter": one.adapter,
            "request": one.request,
            "sha256": one.sha256,
            "retrieved_at": "" if one.retrieved_at is None else one.retrieved_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for one in sources
    ]
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
