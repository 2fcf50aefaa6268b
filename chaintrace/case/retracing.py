"""A case that stands, traced once more from what it has: under its lock, asking nobody, with a line in its log."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaintrace import plugins
from chaintrace.case import lock, log
from chaintrace.case.access import access
from chaintrace.case.assembly import Question, Stopped, assembled
from chaintrace.case.config import CaseConfig, load
from chaintrace.case.log import Clock, Detail, Entry
from chaintrace.case.online import Session
from chaintrace.case.prices import priced
from chaintrace.case.rooms import Rooms, opened
from chaintrace.case.rules import Observer, RuleSet, chosen
from chaintrace.case.tag_lists import settled
from chaintrace.report import Inputs


@dataclass(frozen=True, slots=True)
class StandingCase:
    """What a case asks, the lines of its checked log, its rules and its rooms. Its `session` asks no network."""

    folder: Path
    config: CaseConfig
    entries: tuple[Entry, ...]
    rules: RuleSet
    rooms: Rooms
    session: Session
    lock: lock.CaseLock

    @property
    def question(self) -> Question:
        """What the case asks by itself."""
        return Question(self.config, self.config.methods)

    def inputs(self, question: Question, traced: Stopped | None = None) -> Inputs:
        """What a report is built from, with the values in money that the case asks for.

        `traced` are the traces under the rules, where the caller has them already. Raises as `assembled` and `priced`.
        """
        found = assembled(question, self.rooms, self.rules, self.session.observer, traced)
        return priced(self.config, found, self.rooms, self.session)

    def note(self, action: str, details: Mapping[str, Detail]) -> None:
        """Write a line into the log. Raises OutputError when it cannot be written."""
        self.lock.remember(self.session.writer.append(action, details))


@contextmanager
def standing(folder: Path, clock: Clock, observer: Observer) -> Iterator[StandingCase]:
    """Hold a case's lock, with its log checked and its rooms open, while the block runs.

    Raises InputError for a case or a log that is not what it must be, AdapterError where a source is damaged.
    """
    config = load(folder)
    with lock.hold(folder) as held:
        entries = log.verify(folder / log.FILE_NAME, held.head())
        rules = chosen(config, plugins.heuristics(), entries)
        session = Session(access({}, offline=True), log.Writer(folder, clock, log.head_of(entries)), observer, clock)
        settled(folder, config.lists, entries)
        with opened(config, clock) as rooms:
            yield StandingCase(folder, config, entries, rules, rooms, session, held)
