"""The nouns of clusters: on which terms findings join, what a cluster holds, and what a conflict is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from chaintrace.model.attribution import Tag
from chaintrace.model.finding import UNION, AnyFinding, CommonControl

Place: TypeAlias = tuple[str, str]
"""(chain, address): what findings join. The same address on two chains is two places."""

TagsOf: TypeAlias = Callable[[str, str], Sequence[Tag]]
"""(chain, address) to what is claimed about it: the `tags` of a view."""

CERTAIN = 100
"""The largest confidence."""


class Undone(NamedTuple):
    """A finding that a person does not accept: every one of common control that rests on this txid, of this rule.

    A rule of "" is any.
    """

    txid: str
    rule: str = ""

    def names(self, finding: AnyFinding) -> bool:
        """Whether a finding is meant."""
        return self.txid in finding.evidence and self.rule in {"", finding.rule}


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms findings join: the choice of whoever asks.

    `least` is the least confidence of a finding that joins (`UNION` to 100; below that it is a lead and never joins),
    `rules` are those that are heard (None: all), `without` are findings that count as never said. `least_tag` is the
    least confidence of a tag that can stop a union. Raises ValueError for a confidence that is none.
    """

    least: int = UNION
    rules: frozenset[str] | None = None
    without: tuple[Undone, ...] = ()
    least_tag: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for a confidence that is none, or at which a lead would join."""
        if not UNION <= self.least <= CERTAIN:
            message = f"a finding joins from {UNION} to {CERTAIN}, and {self.least} is not between them"
            raise ValueError(message)
        if not 0 <= self.least_tag <= CERTAIN:
            message = f"the confidence of a tag is 0 to {CERTAIN}, and {self.least_tag} is not between them"
            raise ValueError(message)

    def hears(self, finding: AnyFinding) -> bool:
        """Whether a finding counts at all: one of common control between two addresses, of a rule that is heard."""
        is_of_two = bool(finding.subject and finding.object) and finding.subject != finding.object
        return (
            isinstance(finding, CommonControl)
            and is_of_two
            and (self.rules is None or finding.rule in self.rules)
            and not any(one.names(finding) for one in self.without)
        )

    def joins(self, finding: CommonControl) -> bool:
        """Whether a finding that is heard is sure enough to join. Tags may still refuse it."""
        return not finding.is_lead and finding.confidence >= self.least


@dataclass(frozen=True, slots=True)
class Conflict:
    """A finding that joins nothing, because on the way over it two places with tags of different actors would meet.

    `tags` are a claim about each; both are about one address where the claims about that one contradict each other.
    """

    finding: CommonControl
    tags: tuple[Tag, Tag]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Addresses of one chain that accepted findings join; an address by itself where none does.

    `members` are in text order and the first names the cluster. `unions` are the findings that join them, the most
    confident first; `conflicts` and `leads` are those that touch a member and join nothing.
    """

    chain: str
    members: tuple[str, ...]
    unions: tuple[CommonControl, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    leads: tuple[CommonControl, ...] = ()

    @property
    def id(self) -> str:
        """The name of the cluster: its first member. It says nothing more of that address than of the others."""
        return self.members[0]


def ends(finding: AnyFinding) -> tuple[Place, Place]:
    """The two places that a finding is about, in text order."""
    first, second = sorted((finding.subject, finding.object))
    return (finding.chain, first), (finding.chain, second)


def strongest_first(finding: CommonControl) -> tuple[int, str, tuple[str, ...], tuple[Place, Place], int, str, str]:
    """The order of findings that never depends on which was said first: by confidence, rule, evidence, places."""
    details = "\n".join(finding.details)
    return -finding.confidence, finding.rule, finding.evidence, ends(finding), finding.version, finding.text, details
