"""What the linter of a request says: its kind, one sentence, and where to mend it."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from chaintrace.i18n import message

FindingKind: TypeAlias = Literal["missing", "inconsistent", "wording", "warning"]

FINDING_KINDS: MappingProxyType[FindingKind, str] = MappingProxyType(
    {
        "missing": message("missing"),
        "inconsistent": message("does not agree"),
        "wording": message("not ours to say"),
        "warning": message("warning"),
    },
)
"""The kinds, as a checklist calls them. Only a warning leaves a request complete."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the linter found. `where` is the table and key of case.toml, or the row of the schedule."""

    kind: FindingKind
    sentence: str
    where: str


def complete(findings: tuple[Finding, ...]) -> bool:
    """Whether a request may be called complete: nothing but warnings was found."""
    return all(finding.kind == "warning" for finding in findings)
