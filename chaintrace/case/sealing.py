"""`chaintrace evidence`: from a case to a sealed package, under the case's lock, with a line in its log."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from chaintrace import tracing
from chaintrace.adapters.bitcoin.blocksource import ADAPTER as BLOCKS
from chaintrace.adapters.bitcoin.toldblocks import AskedBlocks
from chaintrace.adapters.interface import FactSource
from chaintrace.case import log
from chaintrace.case.assembly import Question, Stopped, stopped, transactions
from chaintrace.case.attesting import Attest, Wish, attest
from chaintrace.case.config import CaseConfig
from chaintrace.case.header_asking import HeaderAsking
from chaintrace.case.log import Clock, Detail, Entry
from chaintrace.case.merging import FOLDER as LOGS
from chaintrace.case.merging import kept_logs
from chaintrace.case.reporting import as_pdf, drawn
from chaintrace.case.retracing import StandingCase, standing
from chaintrace.case.rooms import Rooms
from chaintrace.case.rules import Observer, nobody
from chaintrace.case.sealed_log import REQUESTS, completed, in_order, lines
from chaintrace.case.sealed_log import sealed as told_of
from chaintrace.errors import AdapterError, InputError, OutputError, Unavailable
from chaintrace.evidence.bag import zipped
from chaintrace.evidence.package import Sealed, fill, parents
from chaintrace.evidence.proving import proofs
from chaintrace.evidence.recording import Recorded, RecordingView
from chaintrace.model.trace import Trace
from chaintrace.model.transaction import Transaction
from chaintrace.report import Report, build
from chaintrace.tracing.forward import continuations

ACTION = "evidence"
NOTHING_MORE = Wish()


def evidence(folder: Path, target: Path, clock: Clock, observer: Observer = nobody, wish: Wish = NOTHING_MORE) -> Path:
    """Trace a case from what it has and write the package at `target`, a folder or, ending in .zip, one file.

    No network is asked, but for headers and stamps that are wished. Raises InputError where something stands at
    `target` already, and OutputError when the package cannot be written: nothing is left of it then. Raises
    AdapterError where a source is damaged; Unavailable where nobody gave a stamp that was wished: the package stands.
    """
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} stands already: a package is never written over another; choose another name")
    beside, failed = attest(wish), list[AdapterError]()
    with standing(folder, clock, observer) as case:
        sealed = _sealed(case, wish, beside)
        observer("evidence")

        def add(made: Path) -> None:
            failed.extend(beside.write(made, case.rooms.archive, case.session.writer))

        digest = _written(sealed, target, add, observer)
        try:
            case.note(ACTION, {"package": target.name, "tagmanifest": digest})
        except OutputError:  # no package stands without its line in the log
            shutil.rmtree(target) if target.is_dir() else target.unlink()
            raise
    for error in failed:
        raise Unavailable(f"{target} is written, without the stamp that was wished: {error}") from error
    return target


def _sealed(bare: StandingCase, wish: Wish, beside: Attest) -> Sealed:
    """What goes into the package: the case is traced over sources of blocks that write down what they are asked."""
    config, archive, writer = bare.config, bare.rooms.archive, bare.session.writer
    rooms, told = _listening(config, bare.rooms)
    case = replace(bare, rooms=rooms)
    question = replace(case.question, backward=_was_backward(case.entries))
    traced = stopped(question, rooms.view, case.rules.rules, case.session.observer)
    inputs = case.inputs(question, traced)
    report = build(inputs)
    carrying = _traced(inputs.traces.values())
    asking = HeaderAsking(config, bare.rooms, wish.headers, replace(case.session, allowed=beside.allowed))
    headers = asking.headers(carrying)
    entries = case.entries if wish.headers is None else log.read(case.folder)
    logs = kept_logs(case.folder, entries)
    requested = {one.sha256 for one in archive.records() if one.request.startswith(REQUESTS)}
    entries = completed(case.folder, entries, writer, requested, logs.values())
    told_of_it = _told(question, report, rooms)
    return Sealed(
        report=report,
        seeds=config.seeds,
        recorded=_recorded(question, traced),
        links=continuations(traced.view, config.limits, config.options),
        records=in_order(archive.records(), entries, told_of_it, logs),
        raw=archive.place,
        log=partial(_packed, case.folder, writer, told_of_it),
        case_files=_own_files(case.folder, config),
        declared={line.chain: f"{line.adapter} {line.path}: {line.covers}" for line in inputs.sources},
        proofs=proofs(carrying, archive.records(), archive.read),
        headers=headers,
        public_key=beside.public,
        told=told,
        traced_answers=wish.traced_answers,
        paper=_paper(report, entries, rooms, wish.paper),
        backward=question.backward,
        logs={head: case.folder / LOGS / f"{head}.jsonl" for head in logs},
    )


def _listening(config: CaseConfig, rooms: Rooms) -> tuple[Rooms, tuple[AskedBlocks, ...]]:
    """The rooms with sources of blocks that write down what they are asked; and these, in the order of the case."""
    told, lookups = list[AskedBlocks](), dict[str, tuple[FactSource, ...]]()
    for chain, several in rooms.ground.lookups.items():
        shown = iter([spec.shown for spec in config.sources if (spec.adapter, spec.chain) == (BLOCKS, chain)])
        asked = [AskedBlocks(one, chain, next(shown)) if one.source.adapter == BLOCKS else one for one in several]
        told += [one for one in asked if isinstance(one, AskedBlocks)]
        lookups[chain] = tuple(asked)
    ground = replace(rooms.ground, lookups=lookups)
    return replace(rooms, ground=ground, view=ground.view()), tuple(told)


def _told(question: Question, report: Report, rooms: Rooms) -> dict[str, Detail]:
    """What the log says of the trace that is sealed."""
    first = {one: one for one in rooms.archive.records()}  # a source is itself whenever it was read: here counts when
    sources = [first.get(one, one) for one in (*rooms.view.sources, *rooms.files)]
    made = {"backward": question.backward, "complete": report.complete}
    return told_of(report.inputs.versions.get("chaintrace", ""), question.methods, **made, sources=sources)


def _own_files(folder: Path, config: CaseConfig) -> dict[str, Path]:
    """The files that lie in the case's folder; not those of a package that is installed (the ECB's rates)."""
    shown = parents(file.shown for file in config.files)
    return {name: folder / name for name in shown if (folder / name).is_file()}


def _was_backward(entries: tuple[Entry, ...]) -> bool:
    """Whether the last trace also said where the payments' value came from: its report is the one that is sealed."""
    last = next((entry for entry in reversed(entries) if entry.action == "trace"), None)
    return last is not None and last.details.get("backward") is True


def _paper(report: Report, entries: tuple[Entry, ...], rooms: Rooms, language: str) -> dict[str, bytes]:
    """The expert's report as PDF with its schedules, by its name; nothing where no language is asked for."""
    if not language:
        return {}
    with tempfile.TemporaryDirectory() as bench:
        path = Path(bench) / f"expert-report.{language}.pdf"
        as_pdf(drawn(report, entries, rooms.archive, language), path)
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


def _packed(folder: Path, writer: log.Writer, told: dict[str, Detail], payload: str) -> bytes:
    """The log as it goes into the package that holds this payload."""
    return lines(folder, writer, told, payload, ACTION)


def _written(sealed: Sealed, target: Path, beside: Callable[[Path], None], observer: Observer) -> str:
    """Write beside the target, then put it in its place; the digest of the tag manifest.

    `beside` adds what stands beside the manifests.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as bench:
            made = Path(bench) / "package"
            made.mkdir()
            fill(sealed, made, observer)
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
