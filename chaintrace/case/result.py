"""`open_case("DIR").follow()`: from a folder to a report and to what the report holds."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, overload

from chaintrace import plugins, report
from chaintrace.case import lock, log
from chaintrace.case.access import access
from chaintrace.case.assembly import Question, assembled, idle_limits
from chaintrace.case.config import CaseConfig, checked_methods, load
from chaintrace.case.links import logged
from chaintrace.case.log import Clock, Detail
from chaintrace.case.online import Session, followed
from chaintrace.case.prices import priced, unvalued
from chaintrace.case.rooms import REPORT, Rooms, opened
from chaintrace.case.rules import Observer, chosen, nobody
from chaintrace.case.tag_lists import pin_core, settled
from chaintrace.errors import InputError
from chaintrace.model.provenance import Source
from chaintrace.report import Report, Table
from chaintrace.report.interface import Cell

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


def now() -> datetime:
    """The present moment in UTC: the one clock of a case."""
    return datetime.now(UTC)


class Rows(Sequence[Mapping[str, Cell]]):
    """The rows of one table of the report, each a mapping from column to cell. Values are int in base units."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._records = tuple(table.records())

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Cell]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Cell]]: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Cell] | Sequence[Mapping[str, Cell]]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Mapping[str, Cell]]:
        return iter(self._records)

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {self._table.name}>"

    def _repr_html_(self) -> str:
        """How a notebook shows the rows."""
        from chaintrace.report.notebook import shown_table

        return shown_table(self._table)

    def to_frame(self) -> "pd.DataFrame":
        """A pandas frame with the same columns; values stay Python integers (object dtype)."""
        from chaintrace import frames

        return frames.frame(self._table)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case: its report, where it was written, and notices for the person who ran it."""

    report: Report
    folder: Path
    notices: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Its first sentence: all that it holds would fill a screen many times over."""
        return f"<result in {self.folder}: {self.report.sentence}>"

    def _repr_html_(self) -> str:
        """How a notebook shows the result: its first sentence, the picture, the endpoints."""
        from chaintrace.report.notebook import shown_report

        return shown_report(self.report)

    def graph(self) -> "nx.MultiDiGraph[str]":
        """The movements of traced value as a networkx graph: an address a vertex, a row of `hops` an edge.

        A vertex is named `chain:address`; an edge carries every column of its row, values as Python integers in base
        units.
        """
        from chaintrace import frames

        return frames.flow_graph(self.hops)

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
    """A case in a folder. Nothing is read before it is asked for."""

    folder: Path

    @property
    def config(self) -> CaseConfig:
        """What case.toml asks, checked. Raises InputError with file and line."""
        return load(self.folder)

    def follow(
        self,
        *,
        methods: Sequence[str] = (),
        report: Path | None = None,
        backward: bool = False,
        offline: bool = False,
        environment: Mapping[str, str] | None = None,
        observer: Observer = nobody,
        clock: Clock = now,
    ) -> Result:
        """Fetch what is missing, trace, write the report and return it. `methods` replaces the list of the case.

        What may be asked is what `environment` says (default: the process's), nothing where `offline`. Every request
        is in the log. Raises InputError, AdapterError or OutputError; what stood in the report's folder then still
        stands, and what was fetched is kept.
        """
        allowed = access(os.environ if environment is None else environment, offline=offline)
        config = self.config
        question = Question(config, _methods(config, methods), backward)
        with lock.hold(self.folder) as held:
            entries = log.verify(self.folder / log.FILE_NAME, held.head())
            rules = chosen(config, plugins.heuristics(), entries)
            writer = log.Writer(self.folder, clock, log.head_of(entries))
            session = Session(allowed, writer, observer, clock)
            settled(self.folder, config.lists, entries)
            pin_core(self.folder, config.lists, writer)
            with opened(config, clock) as known:
                rooms, notices = followed(question, known, rules, session)
                inputs = priced(config, assembled(question, rooms, rules, observer), rooms, session)
                observer("report")
                made = build(inputs)
                target = self.folder / REPORT if report is None else report
                idle = tuple(idle_limits(config.limits, rooms.view))
                tags = rooms.pin_tags(self.folder, writer)
            details = _details(question, rooms, made, tags, offline=allowed.allowed == "none")

            def sealed() -> None:
                held.remember(writer.append("trace", {**details, "rules": dict(rules.pins)}))

            write(made, target, sealed)  # a report never stands without its line in the log
        return Result(made, target, (*rooms.notices, *notices, *rules.notices, *idle, *unvalued(made)))


build, write = report.build, report.write


def open_case(folder: Path | str) -> Case:
    """The case in a folder. Raises InputError when there is no such folder."""
    path = Path(folder)
    if not path.is_dir():
        raise InputError(f"there is no folder {str(folder)!r}: make a case with `chaintrace new`")
    return Case(path)


def _methods(config: CaseConfig, override: Sequence[str]) -> tuple[str, ...]:
    """The methods asked for on the command line, else those of the case."""
    try:
        return checked_methods(tuple(dict.fromkeys(override))) if override else config.methods
    except ValueError as error:
        raise InputError(f"--method: {error}") from error


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
