"""`chaintrace freeze`: from a case to one pack per recipient, under the case's lock, with a line in its log."""

import hashlib
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from chaintrace import plugins
from chaintrace.case import lock, log
from chaintrace.case.access import access
from chaintrace.case.assembly import Question, assembled
from chaintrace.case.config import CaseConfig, load
from chaintrace.case.log import Clock
from chaintrace.case.online import Session
from chaintrace.case.prices import priced
from chaintrace.case.rooms import REPORT, opened
from chaintrace.case.rules import Observer, chosen, nobody
from chaintrace.case.tag_lists import unaltered
from chaintrace.errors import InputError
from chaintrace.freeze import Asked, Evidence, Pack, addressed, write_note, write_pack
from chaintrace.model.amounts import prose
from chaintrace.report import FORMATS, Report, build

FOLDER, TRACE = "freeze", "trace.json"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was written: the packs, and the folders of notes on what has no custodian.

    `unnamed` is the number of endpoints that nobody attributes to anybody: nobody can be asked about them.
    """

    packs: tuple[Pack, ...]
    notes: tuple[Path, ...]
    unnamed: int = 0

    @property
    def complete(self) -> bool:
        """Whether every request is complete by its linter."""
        return all(pack.complete for pack in self.packs)


def freeze(folder: Path, asked: Asked, clock: Clock, observer: Observer = nobody) -> Frozen:
    """Trace a case from what it has, and write a pack for each recipient below DIR/freeze. No network is asked.

    Raises InputError, AdapterError, and OutputError when a pack cannot be written: what stood there before still
    stands.
    """
    config = load(folder)
    with lock.hold(folder) as held:
        entries = log.verify(folder / log.FILE_NAME, held.head())
        rules = chosen(config, plugins.heuristics(), entries)
        offline = Session(access({}, offline=True), log.Writer(folder, clock, log.head_of(entries)), observer, clock)
        with opened(config, clock) as rooms:
            unaltered(entries, rooms.files)
            found = assembled(Question(config, config.methods), rooms, rules, observer)
            inputs = priced(config, found, rooms, offline)
        report = build(inputs)
        requests, notes = addressed(report, evidence(config, report), config.asker, asked)
        if not requests and not notes:
            raise InputError(f"{folder}: no endpoint and no token of an issuer was reached: nobody can be asked")
        packs = []
        for number, request in enumerate(requests):
            observer(f"freeze: {request.folder}", number, len(requests))
            packs.append(write_pack(request, inputs, folder / FOLDER))
        written = tuple(write_note(note, asked.language, folder / FOLDER) for note in notes)
        held.remember(log.append(folder, "freeze", _details(asked, packs), clock))
    unnamed = sum(not row["entity"] for row in report.tables["endpoints"].records())
    return Frozen(tuple(packs), written, unnamed)


def evidence(config: CaseConfig, report: Report) -> Evidence:
    """What the requests rest on: the digest of trace.json as this trace makes it, and of the one that stands."""
    inputs = report.inputs
    standing = config.folder / REPORT / TRACE
    with tempfile.TemporaryDirectory() as bench:
        FORMATS["json"].write(report, Path(bench))
        made = hashlib.sha256((Path(bench) / TRACE).read_bytes()).hexdigest()
    return Evidence(
        case=config.name,
        sha256=made,
        standing=hashlib.sha256(standing.read_bytes()).hexdigest() if standing.is_file() else "",
        method=inputs.method,
        methods=inputs.methods,
        version=version("chaintrace"),
        complete=report.complete,
        sources=tuple((source.path, source.sha256) for source in inputs.sources),
        paid=tuple((claim.origin, prose(claim.claimed, claim.asset), claim.txid) for claim in inputs.trace.claims),
    )


def _details(asked: Asked, packs: list[Pack]) -> dict[str, log.Detail]:
    """What the log keeps: which letters were written, whether each was complete, and the digest of each letter."""
    return {
        "kind": asked.kind,
        "language": asked.language,
        "requests": [
            {
                "recipient": pack.request.folder,
                "complete": pack.complete,
                "sha256": hashlib.sha256((pack.folder / "request.pdf").read_bytes()).hexdigest(),
            }
            for pack in packs
        ],
    }
