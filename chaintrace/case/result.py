"""`open_case("DIR").follow()`: from a folder to a report and to what the report holds."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace import plugins, report
from chaintrace.case import lock, log
from chaintrace.case.access import access
from chaintrace.case.assembly import Question, assembled
from chaintrace.case.config import CaseConfig, checked_methods, load
from chaintrace.case.links import logged
from chaintrace.case.log import Clock, Detail
from chaintrace.case.notebook_bar import watched
from chaintrace.case.noticed import noticed
from chaintrace.case.online import Session, followed
from chaintrace.case.prices import priced, unvalued
from chaintrace.case.rooms import REPORT, Rooms, opened
from chaintrace.case.rows import Rows
from chaintrace.case.rules import Observer, chosen
from chaintrace.case.tag_lists import pin_core, settled
from chaintrace.errors import InputError
from chaintrace.model.provenance import Source
from chaintrace.report import Report

if TYPE_CHECKING:
    import networkx as nx

    from chaintrace.freeze import Kind


def now() -> datetime:
    """The present moment in UTC: the one clock of a case."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Trace:
    """What came of a case: where its payments went under its methods, and the report that says so.

    `report` is the whole of it, `folder` where it was written, `notices` are sentences for the person who ran it. What
    the main method says of value stands in `endpoints`, `resting`, `not_followed`, and of every method in
    `reconciliation`; a notebook shows each, and `to_frame` makes a pandas frame of it.

    >>> import chaintrace as ct
    >>> trace = ct.demo_case("tron-usdt").follow()
    >>> trace.complete, trace.endpoints, trace.not_followed
    (False, <5 rows of endpoints>, <4 rows of not_followed>)
    >>> trace.endpoints[0]["entity"], trace.endpoints[0]["traced_amount"]
    ('huobi', '53302.030288')
    >>> trace.endpoints.to_frame()["traced_value"].sum()
    183298931973
    >>> edges = trace.graph().edges(data=True)
    >>> sum(edge["traced_value"] for _, _, edge in edges if edge["rule"] == "seed")
    190000000000
    """

    report: Report
    folder: Path
    notices: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Its first sentence: all that it holds would fill a screen many times over."""
        return f"<trace in {self.folder}: {self.report.sentence}>"

    def _repr_html_(self) -> str:
        """How a notebook shows the trace: its first sentence, what to note, the picture, the endpoints."""
        from chaintrace.report.notebook import shown_report

        return shown_report(self.report, self.notices)

    def graph(self) -> "nx.MultiDiGraph[str]":
        """The movements of traced value as a networkx graph: the entities and links of `chaintrace export`.

        A vertex is an address (`chain:address`), a transaction of several inputs or an output without an address; an
        edge is a row of `hops` (`kind` is `transfer`), an input of such a transaction, or a conversion. Values are
        Python integers in base units, amounts exact decimal text, and None is what nobody tells; docs/api.md lists the
        attributes.
        """
        from chaintrace import frames
        from chaintrace.report.foreign.links import linked

        found = linked(self.report)
        vertices = {key: one.told() for key, one in found.entities.items()}
        return frames.flow_graph(vertices, ((one.source, one.target, one.told()) for one in found.links))

    @property
    def sentence(self) -> str:
        """The first sentence of the report: what was traced, and what became of it."""
        return self.report.sentence

    @property
    def complete(self) -> bool:
        """Whether every unit has reached an end and nothing had to be assumed (M30)."""
        return self.report.complete

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not complete, one sentence each (M30)."""
        return self.report.reasons

    def table(self, name: str) -> Rows:
        """The rows of any table of the report. Raises InputError for a name that it does not have."""
        if name not in self.report.tables:
            raise InputError(f"the report has no table {name!r}: it has {', '.join(self.report.tables)}")
        return Rows(self.report.tables[name])

    @property
    def endpoints(self) -> Rows:
        """Where value reached addresses of somebody who keeps accounts."""
        return self.table("endpoints")

    @property
    def resting(self) -> Rows:
        """What the main method leaves at a holding at the end of coverage."""
        return self.table("resting")

    @property
    def hops(self) -> Rows:
        """Every movement of traced value."""
        return self.table("hops")

    @property
    def not_followed(self) -> Rows:
        """What was left alone, with the reason."""
        return self.table("not_followed")

    @property
    def reconciliation(self) -> Rows:
        """The law of conservation (M26): per method, origin and asset, every outcome."""
        return self.table("reconciliation")


@dataclass(frozen=True, slots=True)
class Case:
    """A case in a folder: its checked `config`, and what can be made of it. Nothing is read before it is asked for.

    >>> import chaintrace as ct
    >>> case = ct.demo_case("first-payments")
    >>> case.config.methods
    ('fifo', 'lifo', 'libr', 'haircut')
    >>> case.follow(methods=["libr"]).endpoints
    <0 rows of endpoints>
    >>> [path.name for path in case.export("graphml", "payments.graphml")]
    ['payments.graphml']
    """

    folder: Path

    @property
    def config(self) -> CaseConfig:
        """What case.toml asks, checked. Raises InputError with file and line."""
        return load(self.folder)

    def follow(
        self,
        *,
        methods: Sequence[str] = (),
        report: Path | str | None = None,
        backward: bool = False,
        offline: bool = False,
        environment: Mapping[str, str] | None = None,
        observer: Observer | None = None,
        clock: Clock = now,
    ) -> Trace:
        """Fetch what is missing, trace, write the report and return what came of it.

        `methods` replaces the list of the case, the main one first. What may be asked is what `environment` says
        (default: the process's), nothing where `offline`. Every request is in the log. In a notebook a bar shows what
        is being done, unless another `observer` is given. Raises InputError, AdapterError or OutputError; what stood in
        the report's folder then still stands, and what was fetched is kept.
        """
        allowed = access(os.environ if environment is None else environment, offline=offline)
        config = self.config
        question = Question(config, _methods(config, _named(methods)), backward)
        with watched(observer) as watching, lock.hold(self.folder) as held:
            entries = log.verify(self.folder / log.FILE_NAME, held.head())
            rules = chosen(config, plugins.heuristics(), entries)
            writer = log.Writer(self.folder, clock, log.head_of(entries))
            session = Session(allowed, writer, watching, clock)
            settled(self.folder, config.lists, entries)
            pin_core(self.folder, config.lists, writer)
            with opened(config, clock) as known:
                rooms, notices = followed(question, known, rules, session)
                inputs = priced(config, assembled(question, rooms, rules, watching), rooms, session)
                watching("report")
                made = build(inputs)
                target = self.folder / REPORT if report is None else Path(report)
                beside = tuple(noticed(question, rooms, inputs, target))
                tags = rooms.pin_tags(self.folder, writer)
            details = _details(question, rooms, made, tags, offline=allowed.allowed == "none")

            def sealed() -> None:
                held.remember(writer.append("trace", {**details, "rules": dict(rules.pins)}))

            write(made, target, sealed)  # a report never stands without its line in the log
        return Trace(made, target, (*rooms.notices, *notices, *rules.notices, *beside, *unvalued(made)))

    def export(self, form: str, target: Path | str, *, observer: Observer | None = None) -> tuple[Path, ...]:
        """Trace the case from what it has and write it in one of `chaintrace formats`; returns the paths written.

        `target` is the file, or the folder for several files or with a slash at its end.

        Raises InputError, AdapterError, and OutputError: what stood there before still stands.
        """
        from chaintrace.case.exports import export

        with watched(observer) as watching:
            return export(self.folder, form, target, now, watching)

    def freeze(
        self,
        kind: "Kind" = "freeze",
        *,
        to: Sequence[str] = (),
        language: str = "en",
        today: date | None = None,
        observer: Observer | None = None,
    ) -> Rows:
        """Write a letter to each who can act (`chaintrace freeze`), and return a row for each: what its linter says.

        Needs `chaintrace[letters]`. `kind` is what is asked, as `--kind` of the command; `to` are recipients by the
        names of their folders, none for all; `today` is the date from which dates are counted (UTC), None for that of
        now. Raises InputError and OutputError.
        """
        from chaintrace.case.freezing import checked, freeze, requested
        from chaintrace.freeze.extras import at_hand

        asked = checked(kind, language, _named(to), now().date() if today is None else today)
        at_hand()
        with watched(observer) as watching:
            return Rows(requested(freeze(self.folder, asked, now, watching)))


build, write = report.build, report.write


def open_case(folder: Path | str) -> Case:
    """The case in a folder. Raises InputError when there is no such folder.

    >>> import chaintrace as ct
    >>> _ = ct.demo_case("first-payments", "payments")
    >>> case = ct.open_case("payments")
    >>> case.config.chains
    ('bitcoin',)
    """
    path = Path(folder)
    if not path.is_dir():
        raise InputError(f"there is no folder {str(folder)!r}: make a case with `chaintrace new`")
    return Case(path)


def _named(names: Sequence[str]) -> tuple[str, ...]:
    """A list of names; one name alone is meant as a list of it."""
    return (names,) if isinstance(names, str) else tuple(names)


def _methods(config: CaseConfig, override: Sequence[str]) -> tuple[str, ...]:
    """The methods asked for, else those of the case."""
    try:
        return checked_methods(tuple(dict.fromkeys(override))) if override else config.methods
    except ValueError as error:
        raise InputError(f"methods: {error}") from error


def _details(
    question: Question, rooms: Rooms, made: Report, tags: Sequence[Source], *, offline: bool
) -> dict[str, Detail]:
    """What the log keeps of a trace: what was asked, of which bytes, and what came of it."""
    newer = {source.request for source in tags}
    files = (source for source in rooms.files if source.request not in newer)
    return {
        "version": version("chaintrace"),
        "methods": list(question.methods),
        "backward": question.backward,
        "offline": offline,
        "sources": [
            {"adapter": source.adapter, "request": source.request, "sha256": source.sha256}
            for source in (*rooms.view.sources, *files, *tags)
        ],
        "complete": made.complete,
        **logged(question.config.links, question.config.linked.accepted),
    }
