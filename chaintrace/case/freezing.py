"""`chaintrace freeze`: from a case to one pack per recipient, under the case's lock, with a line in its log."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from chaintrace.case.config import CaseConfig
from chaintrace.case.log import Clock, Detail, Entry
from chaintrace.case.retracing import standing
from chaintrace.case.rooms import REPORT
from chaintrace.case.rules import Observer, nobody
from chaintrace.case.table import nearest, shown
from chaintrace.case.unnamed_tokens import no_letters
from chaintrace.errors import InputError, OutputError
from chaintrace.freeze import KINDS, Asked, Evidence, Pack, addressed, folder_name, others, tidy, write_note, write_pack
from chaintrace.i18n import ENGLISH, LANGUAGES
from chaintrace.model.amounts import prose
from chaintrace.report import FORMATS, Report, Table, build

if TYPE_CHECKING:
    from chaintrace.freeze import Kind

FOLDER, TRACE = "freeze", "trace.json"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was written: the packs, and the folders of notes on what has no custodian.

    `unnamed` is the number of endpoints that nobody attributes to anybody: nobody can be asked about them. `unmet` are
    folders of earlier runs that nothing in this report concerns, `older` those that this run did not write and that
    rest on another report. `today` is the day from which dates were counted. `notices` say of which issuers nobody can
    be asked for want of a contract.
    """

    packs: tuple[Pack, ...]
    notes: tuple[Path, ...]
    unnamed: int = 0
    unmet: tuple[Path, ...] = ()
    older: tuple[Path, ...] = ()
    today: date | None = None
    notices: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every request is complete by its linter."""
        return all(pack.complete for pack in self.packs)


def checked(kind: str, language: str, to: tuple[str, ...], today: object) -> Asked:
    """What is asked from Python, where no command line has checked it. Raises InputError."""
    for name, said, known in (("kind of letter", kind, tuple(KINDS)), ("language", language, LANGUAGES)):
        if said not in known:
            raise InputError(f"there is no {name} {shown(said)}{nearest(str(said), known)}: it is {_one_of(known)}")
    if not isinstance(today, date) or isinstance(today, datetime):
        raise InputError(f"today is not a date: {shown(repr(today))}: give a datetime.date, such as date(2026, 12, 2)")
    return Asked(cast("Kind", kind), language, to, today)


def _one_of(known: Sequence[str]) -> str:
    return f"{', '.join(known[:-1])} or {known[-1]}"


def freeze(folder: Path, asked: Asked, clock: Clock, observer: Observer = nobody) -> Frozen:
    """Trace a case from what it has, and write a pack for each recipient below DIR/freeze. No network is asked.

    Raises InputError, AdapterError, and OutputError when a pack cannot be written: what stood there before still
    stands.
    """
    with standing(folder, clock, observer) as case:
        inputs = case.inputs(case.question)
        report, asker = build(inputs), case.config.asker
        basis = evidence(case.config, report)
        absent = tuple(no_letters(case.rooms.ground.held, inputs.trace))
        try:
            requests, notes = addressed(report, basis, asker, asked)
        except InputError as error:
            raise InputError("; ".join((error.sentence, *absent)), path=error.path, line=error.line) from error
        if not requests and not notes:
            why = f"{folder}: no endpoint and no token of an issuer was reached: nobody can be asked"
            raise InputError("; ".join((why, *absent)))
        _tidied(folder / FOLDER)
        packs = []
        for number, request in enumerate(requests):
            observer(f"freeze: {request.folder}", number, len(requests))
            packs.append(write_pack(request, inputs, folder / FOLDER))
        written = tuple(write_note(note, asked.language, folder / FOLDER) for note in notes)
        case.note("freeze", _details(asked, basis, packs))
    unnamed = sum(not row["entity"] for row in report.tables["endpoints"].records())
    everybody = addressed(report, basis, asker, replace(asked, to=()))
    concerned = {folder_name(one.folder, language) for part in everybody for one in part for language in LANGUAGES}
    fresh = {pack.folder.name for pack in packs} | {path.name for path in written}
    fresh |= _resting_on(case.entries, basis.sha256)
    unmet = others(folder / FOLDER, concerned)
    older = tuple(path for path in others(folder / FOLDER, fresh) if path.name in concerned)
    return Frozen(tuple(packs), written, unnamed, unmet, older, asked.today, absent)


COLUMNS = ("recipient", "kind", "places", "complete", "findings", "folder")


def requested(frozen: Frozen) -> Table:
    """A row for each request: to whom, how many rows its schedule has, and what its linter says."""
    return Table(
        "requests",
        COLUMNS,
        tuple(
            (
                pack.request.folder, pack.request.kind, len(pack.request.places), "yes" if pack.complete else "no",
                "; ".join(f"{one.kind}: {one.sentence}" for one in pack.findings), pack.folder.as_posix(),
            )
            for pack in frozen.packs
        ),
    )  # fmt: skip


def _tidied(parent: Path) -> None:
    """Put away what runs that were killed left. Raises OutputError."""
    try:
        tidy(parent)
    except OSError as error:
        raise OutputError(f"{parent} cannot be put in order ({error.strerror}): check its rights") from error


def _resting_on(entries: Sequence[Entry], report: str) -> set[str]:
    """The folders whose letters were last written from this report; of one that no line tells of, nothing is said."""
    last: dict[str, Detail] = {}
    for entry in entries:
        details = entry.details
        asked = details.get("requests") if entry.action == "freeze" else None
        for one in asked if isinstance(asked, list) else ():
            if isinstance(one, Mapping):
                name = folder_name(str(one.get("recipient")), str(details.get("language", ENGLISH)))
                last[name] = details.get("report", report)
    return {name for name, digest in last.items() if digest == report}


def evidence(config: CaseConfig, report: Report) -> Evidence:
    """What the requests rest on: the digest of trace.json as this trace makes it, and of the one that stands."""
    inputs = report.inputs
    traced = config.folder / REPORT / TRACE
    with tempfile.TemporaryDirectory() as bench:
        FORMATS["json"].write(report, Path(bench))
        made = hashlib.sha256((Path(bench) / TRACE).read_bytes()).hexdigest()
    return Evidence(
        case=config.name,
        sha256=made,
        standing=hashlib.sha256(traced.read_bytes()).hexdigest() if traced.is_file() else "",
        method=inputs.method,
        methods=inputs.methods,
        version=version("chaintrace"),
        complete=report.complete,
        sources=tuple((source.path, source.sha256) for source in inputs.sources),
        paid=tuple((claim.origin, prose(claim.claimed, claim.asset), claim.txid) for claim in inputs.trace.claims),
    )


def _details(asked: Asked, basis: Evidence, packs: list[Pack]) -> dict[str, Detail]:
    """What the log keeps: which letters were written, whether each was complete, the digest of each, and its basis."""
    return {
        "kind": asked.kind,
        "language": asked.language,
        "today": asked.today.isoformat() if asked.today else "",
        "report": basis.sha256,
        "requests": [
            {
                "recipient": pack.request.folder,
                "complete": pack.complete,
                "sha256": hashlib.sha256((pack.folder / "request.pdf").read_bytes()).hexdigest(),
            }
            for pack in packs
        ],
    }
