"""What an expert's report is made from. Pure: the same case gives the same report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from chaintrace.case.log import Entry
from chaintrace.i18n import Say, speaker
from chaintrace.model.provenance import Source
from chaintrace.report import Report


@dataclass(frozen=True, slots=True)
class Opinion:
    """A report, what its case's log says was done, and what was read.

    `entries` are the lines of the log, `records` the archive's readings in order, `files` the digests of the report's
    files by name. `language` is that of the reader.
    """

    report: Report
    entries: Sequence[Entry] = ()
    records: Sequence[Source] = ()
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    language: str = "en"

    @property
    def say(self) -> Say:
        """Who says messages in the reader's language."""
        return speaker(self.language)
