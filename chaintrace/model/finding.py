"""What heuristics say. Findings are inferred, can be wrong, and carry rule, version, confidence and evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from chaintrace.model.chain import Account
    from chaintrace.model.transaction import Transaction
    from chaintrace.model.view import View

Stage: TypeAlias = Literal["noise", "services", "control", "continuations"]
STAGES: tuple[Stage, ...] = ("noise", "services", "control", "continuations")
"""The order in which rules run; a stage sees the findings of the earlier ones through the view."""

Subject: TypeAlias = Literal["transaction", "address"]
SUBJECTS: tuple[Subject, ...] = ("transaction", "address")
"""What a rule may be about."""

FOLLOWED = 50
"""The least confidence at which a trace follows a continuation; below it, it is a lead."""

UNION = 50
"""The least confidence at which a finding of common control may join addresses; below it, it is a lead."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of one rule. `subject` and `object` are addresses, outpoints or txids; evidence names txids.

    `confidence` (0-100) is never more than that of the rule: a rule states one where what it rests on is less sure, a
    label for instance; 0: the rule's own. `text` says in one sentence what was found there, "" where the rule's text
    says all. `details` are short lines about what lies beneath it, such as the votes of the signs that a rule combines.
    """

    chain: str
    subject: str
    object: str
    evidence: tuple[str, ...]
    rule: str = ""
    version: int = 0
    confidence: int = 0
    text: str = ""
    details: tuple[str, ...] = ()


class Noise(Finding):
    """The subject is no payment that matters: poisoning, a fake token, dust."""

    __slots__ = ()
    kind = "noise"


class Service(Finding):
    """The subject address is run by somebody who keeps accounts: a trace stops there (M21).

    `object` is the service's own address behind it, where the rule found one by its label; else whom the rule names.
    The subject may also be a txid: of a coinjoin, which such a service or a protocol arranged, or of the preparation
    for one. No value arrives at a txid, so that nothing stops there.
    """

    __slots__ = ()
    kind = "service"

    @property
    def is_stop(self) -> bool:
        """Whether the subject is an address, and so a trace stops there; a txid is its own evidence."""
        return self.subject not in self.evidence


class CommonControl(Finding):
    """Subject and object were probably controlled together at that time. No chain shows more than that."""

    __slots__ = ()
    kind = "common_control"

    @property
    def is_lead(self) -> bool:
        """Whether it is too weak to join the two: something to look into, and never a reason for a cluster."""
        return self.confidence < UNION


class Moved(NamedTuple):
    """The identity of a movement (M1): on UTXO chains an output, whose index is its vout as text."""

    chain: str
    txid: str
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here


@dataclass(frozen=True, slots=True)
class Continues(Finding):
    """Value of the outgoing legs goes on in the incoming ones, by an exact key, a protocol event or a document (M23).

    `subject` is the txid of the outgoing legs. `object` is that of the incoming ones, or the key where nobody holds
    them: then `incoming` is empty, and the outgoing legs end as an endpoint, the bridge. The outgoing legs are of one
    asset, and so are the incoming ones. `refunded` are legs of the outgoing asset that came back of the outgoing ones:
    they take back of the same value first, and nothing of it is converted. `protocol` names the protocol as its table
    does. `key` is what both sides carry, "" where both are one transaction. `to_chain` and `recipient` are what the
    source says of the destination; they may differ from the sender, and say nothing of who that is. What the source
    says of asset and least amount stands as text in `details`.
    `accepted` says who decided to follow a lead, and why.
    """

    outgoing: tuple[Moved, ...] = ()
    incoming: tuple[Moved, ...] = ()
    refunded: tuple[Moved, ...] = ()
    protocol: str = ""
    key: str = ""
    to_chain: str = ""
    recipient: str = ""
    accepted: str = ""

    kind = "continues"

    @property
    def is_lead(self) -> bool:
        """Whether it is too weak to follow, and nobody accepted it: something to look into."""
        return self.confidence < FOLLOWED and not self.accepted


class NotContinued(Finding):
    """Why a rule of continuation names nothing behind the subject, a transaction through a protocol that is known.

    `object` is the address whose value it would be, `""` where that is not told; `text` is the reason. No amount and no
    path follows from it: value is where the ledger put it.
    """

    __slots__ = ()
    kind = "not_continued"


AnyFinding: TypeAlias = Noise | Service | CommonControl | Continues | NotContinued

Rule: TypeAlias = "Callable[[Transaction, View], Iterator[AnyFinding]]"
"""A pure function from a subject and a view to findings; its name is the rule's id, its docstring the report's text."""

AddressRule: TypeAlias = "Callable[[Account, View], Iterator[AnyFinding]]"
"""The same about an address: it is asked with the asset of which value arrived there, and it sees what the view knows.

What it needs and the view lacks, the rule leaves: it abstains on a `Missing`. It must say the same of an address
whatever else is known, so that it never matters in which order facts came.
"""


@dataclass(frozen=True, slots=True)
class Heuristic:
    """A rule with its stage, its confidence (0-100) and its version. A rule without a docstring is refused.

    `subject` says what it is asked about: every transaction that carries traced value (`Rule`), or every address that
    traced value reaches (`AddressRule`). `by_name`: a case uses it only where it names it; `"*"` does not. `of_tags`:
    it asks for nothing but the tags of an address, so that on chains of outputs it is asked about receivers too.
    """

    rule: "Rule | AddressRule"
    stage: Stage
    confidence: int
    version: int = 1
    subject: Subject = "transaction"
    by_name: bool = False
    of_tags: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError when the rule does not explain itself, or the stage is not one of `STAGES`."""
        if not (self.rule.__doc__ or "").strip():
            message = f"the rule {self.id} has no docstring: a report could not say what it means"
            raise ValueError(message)
        if self.stage not in STAGES:
            message = f"the rule {self.id} has the stage {self.stage!r}: it must be one of {', '.join(STAGES)}"
            raise ValueError(message)
        if self.subject not in SUBJECTS:
            message = f"the rule {self.id} has the subject {self.subject!r}: it must be one of {', '.join(SUBJECTS)}"
            raise ValueError(message)

    @property
    def id(self) -> str:
        """The rule's name in every report."""
        return str(getattr(self.rule, "__name__", self.rule))
