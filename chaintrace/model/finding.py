"""What heuristics say. Findings are inferred, can be wrong, and carry rule, version, confidence and evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from chaintrace.model.transaction import Transaction
    from chaintrace.model.view import View

Stage: TypeAlias = Literal["noise", "services", "control", "continuations"]
STAGES: tuple[Stage, ...] = ("noise", "services", "control", "continuations")
"""The order in which rules run; a stage sees the findings of the earlier ones through the view."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of one rule. `subject` and `object` are addresses, outpoints or txids; evidence names txids."""

    chain: str
    subject: str
    object: str
    evidence: tuple[str, ...]
    rule: str = ""
    version: int = 0
    confidence: int = 0


class Noise(Finding):
    """The subject is no payment that matters: poisoning, a fake token, dust."""

    __slots__ = ()
    kind = "noise"


class Service(Finding):
    """The subject address is run by somebody who keeps accounts: a trace stops there (M21)."""

    __slots__ = ()
    kind = "service"


class CommonControl(Finding):
    """Subject and object were probably controlled together at that time. No chain shows more than that."""

    __slots__ = ()
    kind = "common_control"


class Continues(Finding):
    """Value that reached the subject goes on at the object, by an exact key or a protocol event (M23)."""

    __slots__ = ()
    kind = "continues"


AnyFinding: TypeAlias = Noise | Service | CommonControl | Continues

Rule: TypeAlias = "Callable[[Transaction, View], Iterator[AnyFinding]]"
"""A pure function from a subject and a view to findings; its name is the rule's id, its docstring the report's text."""


@dataclass(frozen=True, slots=True)
class Heuristic:
    """A rule with its stage, its confidence (0-100) and its version. A rule without a docstring is refused."""

    rule: Rule
    stage: Stage
    confidence: int
    version: int = 1
    subject: Literal["transaction", "address"] = "transaction"

    def __post_init__(self) -> None:
        """Raise ValueError when the rule does not explain itself, or the stage is not one of `STAGES`."""
        if not (self.rule.__doc__ or "").strip():
            message = f"the rule {self.id} has no docstring: a report could not say what it means"
            raise ValueError(message)
        if self.stage not in STAGES:
            message = f"the rule {self.id} has the stage {self.stage!r}: it must be one of {', '.join(STAGES)}"
            raise ValueError(message)

    @property
    def id(self) -> str:
        """The rule's name in every report."""
        return str(getattr(self.rule, "__name__", self.rule))
