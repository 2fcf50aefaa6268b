"""`chaintrace evidence`: from a case to a sealed package, under the case's lock, with a line in its log."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from chaintrace import plugins, tracing
from chaintrace.case import lock, log
from chaintrace.case.access import access
from chaintrace.case.assembly import Question, Stopped, assembled, stopped, transactions
from chaintrace.case.attesting import Wish, attest
from chaintrace.case.config import load
from chaintrace.case.log import Clock, Entry
from chaintrace.case.merging import FOLDER as LOGS
from chaintrace.case.merging import kept_logs
from chaintrace.case.online import Session
from chaintrace.case.prices import priced
from chaintrace.case.reporting import as_pdf, drawn
from chaintrace.case.rooms import Rooms, opened
from chaintrace.case.rules import Observer, chosen, nobody
from chaintrace.case.tag_lists import settled
from chaintrace.errors import InputError, OutputError
from chaintrace.evidence.bag import zipped
from chaintrace.evidence.package import Sealed, fill, log_to_pack, parents
from chaintrace.evidence.proving import proofs
from chaintrace.evidence.recording import Recorded, RecordingView
from chaintrace.model.trace import Trace
from chaintrace.model.transaction import Transaction
from chaintrace.report import Report, build
from chaintrace.tracing.links import linked

ACTION = "evidence"
NOTHING_MORE = Wish()


def evidence(folder: Path, target: Path, clock: Clock, observer: Observer = nobody, wish: Wish = NOTHING_MORE) -> Path:
    """Trace a case from what it has and write the package at `target`, a folder or, ending in .zip, one file.

    No network is asked, but for a time-stamp that is wished. Raises InputError where something stands at `target`
    already, AdapterError, and OutputError when the package cannot be written: nothing is left of it then.
    """
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} stands already: a package is never written over another; choose another name")
    config, beside = load(folder), attest(wish)
    with lock.hold(folder) as held:
        entries = log.verify(folder / log.FILE_NAME, held.head())
        rules = chosen(config, plugins.heuristics(), entries)
        offline = Session(access({}, offline=True), log.Writer(folder, clock, log.head_of(entries)), observer, clock)
        settled(folder, config.lists, entries)
        with opened(config, clock) as rooms:
            question = Question(config, config.methods)
            traced = stopped(question, rooms.view, rules.rules, observer)
            inputs = priced(config, assembled(question, rooms, rules, observer, traced), rooms, offline)
            report = build(inputs)
            sealed = Sealed(
                report=report,
                seeds=config.seeds,
                recorded=_recorded(question, traced),
                links=linked(traced.view, config.limits.until),
                records=rooms.archive.records(),
                raw=rooms.archive.place,
                log=_packed(folder, entries),
                case_files={name: folder / name for name in parents(file.shown for file in config.files)},
                declared={line.chain: f"{line.adapter} {line.path}: {line.covers}" for line in inputs.sources},
                proofs=proofs(_traced(inputs.traces.values()), rooms.archive.records(), rooms.archive.read),
                public_key=beside.public,
                all_answers=wish.all_answers,
                paper=_paper(report, entries, rooms, wish.paper),
                logs={head: folder / LOGS / f"{head}.jsonl" for head in kept_logs(folder, entries)},
            )
            observer("evidence")
            digest = _written(sealed, target, lambda made: beside.write(made, rooms.archive, offline.writer))
        held.remember(log.append(folder, ACTION, {"package": target.name, "tagmanifest": digest}, clock))
    return target


def _paper(report: Report, entries: tuple[Entry, ...], rooms: Rooms, language: str) -> dict[str, bytes]:
    """The expert's report as PDF with its schedules, by its name; nothing where no language is asked for."""
    if not language:
        return {}
    with tempfile.TemporaryDirectory() as bench:
        path = Path(bench) / f"expert-report.{language}.pdf"
        as_pdf(drawn(report, entries, rooms.archive.records(), language), path)
        return {path.name: path.read_bytes()}


def _recorded(question: Question, traced: Stopped) -> Recorded:
    """What the traces of the report are answered: they are made once more, over a view that writes it down."""
    config, view = question.config, RecordingView(traced.view)
    for number, method in enumerate(question.methods):
        found = tracing.trace(view, config.seeds, method, config.limits, config.options, steps=number == 0)
        if found != traced.traces[method]:
            message = f"two traces of {method} over the same facts differ"
            raise AssertionError(message)
    return view.recorded


def _traced(traces: Iterable[Trace]) -> tuple[Transaction, ...]:
    """The transactions that carry traced value under any method, by chain and txid."""
    return tuple(sorted(transactions(traces), key=lambda one: (one.chain, one.txid)))


def _packed(folder: Path, entries: tuple[Entry, ...]) -> bytes:
    """The log as it goes into the package."""
    path = folder / log.FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return log_to_pack(lines, [entry.action for entry in entries], ACTION)


def _written(sealed: Sealed, target: Path, beside: Callable[[Path], None]) -> str:
    """Write beside the target, then put it in its place; the digest of the tag manifest.

    `beside` adds what stands beside the manifests.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as bench:
            made = Path(bench) / "package"
            made.mkdir()
            fill(sealed, made)
            beside(made)
            digest = hashlib.sha256((made / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
            if target.suffix == ".zip":
                packed = Path(bench) / target.name
                zipped(made, packed)
                packed.replace(target)
            else:
                shutil.move(made, target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{target} cannot be written ({reason}): nothing is left of it") from error
    return digest
