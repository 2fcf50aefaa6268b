"""What an expert's report is made from. Pure: the same case gives the same report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from chaintrace.case.log import Entry
from chaintrace.i18n import Say, message, speaker
from chaintrace.model.provenance import Source
from chaintrace.report import Report
from chaintrace.report.interface import Cell
from chaintrace.report.sentence import positional
from chaintrace.report.spoken import method_called
from chaintrace.report.wording import METHOD_NAMES


@dataclass(frozen=True, slots=True)
class Opinion:
    """A report, what its case's log says was done, and what was read.

    `entries` are the lines of the log, `records` the archive's readings in order, `files` the digests of the report's
    files by name. `language` is that of the reader. `sm3` has the SM3 of what was read, by its SHA-256, where it was
    asked for and can be computed.
    """

    report: Report
    entries: Sequence[Entry] = ()
    records: Sequence[Source] = ()
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    language: str = "en"
    sm3: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def say(self) -> Say:
        """Who says messages in the reader's language."""
        return speaker(self.language)

    def called(self, rule: str) -> str:
        """A method as this case names it (M7), or a rule of continuation by its id."""
        if rule in METHOD_NAMES:
            return method_called(self.say, rule, positional=positional(self.report.inputs.trace))
        return self.say(message("rule {rule}")).format(rule=rule)


def plain(cell: Cell) -> str:
    """A cell of a table as text; empty for what is not known."""
    return "" if cell is None else str(cell)
