"""What a person writes into the log of a case: notes, and leads that a case accepts, each with a name and a time."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from chaintrace.case import lock, log
from chaintrace.case.config import FILE_NAME, load
from chaintrace.case.links import ACCEPT_KEYS, Accepted
from chaintrace.case.log import Clock, Detail, Head
from chaintrace.case.new import quoted
from chaintrace.errors import InputError, OutputError
from chaintrace.private_keys import refuse

NOTE, ACCEPT = "note", "accept"
MOST = 10_000
"""Characters of a note, at most."""


def note(folder: Path, text: str, by: str, clock: Clock) -> Head:
    """Write a note into the log of a case. Raises InputError for one without words or a name, OutputError."""
    load(folder)
    if not text.strip() or len(text) > MOST:
        raise InputError(f"the note is empty, or longer than {MOST} characters: write words, and fewer of them")
    return written(folder, NOTE, {"by": named(by), "text": text.strip()}, clock)


def accept(folder: Path, lead: Accepted, clock: Clock) -> Head:
    """Add an `[[accept]]` to case.toml, for the next trace to follow, and say so in the log.

    Raises InputError where the case would no longer be one, or accepts that lead already; case.toml then stands as it
    stood. Raises OutputError.
    """
    config = load(folder)
    named(lead.name)
    known = {(one.rule, one.chain, one.subject, one.object) for one in config.linked.accepted}
    if (lead.rule, lead.chain, lead.subject, lead.object) in known:
        raise InputError(f"the case accepts this lead of {lead.rule} already: nothing was changed")
    values = (lead.rule, lead.chain, lead.subject, lead.object, lead.name, lead.reason)
    entry = dict(zip(ACCEPT_KEYS, values, strict=True))
    path, before = folder / FILE_NAME, (folder / FILE_NAME).read_bytes()
    lines = "".join(f"{key} = {quoted(value)}\n" for key, value in entry.items())
    refuse(lines, path)  # before anything is written
    after = before.rstrip(b"\n") + f"\n\n[[accept]]\n{lines}".encode()
    _replaced(path, after)
    try:
        load(folder)
    except InputError:
        _replaced(path, before)
        raise
    details = {**{key: value for key, value in entry.items() if key != "name"}, "by": lead.name}
    return written(folder, ACCEPT, {**details, "case_toml": sha256(after).hexdigest()}, clock)


def named(by: str) -> str:
    """Who does it. Raises InputError where nobody is named."""
    if not by.strip():
        raise InputError("--by names nobody: give the name of who stands by it")
    return by.strip()


def written(folder: Path, action: str, details: Mapping[str, Detail], clock: Clock) -> Head:
    """One line of the log, under the case's lock. Raises InputError where the log was altered, OutputError."""
    with lock.hold(folder) as held:
        entries = log.verify(folder / log.FILE_NAME, held.head())
        head = log.Writer(folder, clock, log.head_of(entries)).append(action, details)
        held.remember(head)
    return head


def _replaced(path: Path, content: bytes) -> None:
    """Write a file anew in one step."""
    bench = path.with_name(f".{path.name}.new")
    try:
        bench.write_bytes(content)
        bench.replace(path)
    except OSError as error:
        bench.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written ({error.strerror}): nothing was changed") from error
