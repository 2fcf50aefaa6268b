"""What a report is made from (`Inputs`), what it is (`Report`), and what a format must do (`Format`).

Everything here is a plain value. Nothing of it holds a clock, an absolute path or a credential, so that two runs
over the same facts print the same bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeAlias

from chaintrace.cluster import Clusters
from chaintrace.model.attribution import Tag
from chaintrace.model.finding import AnyFinding
from chaintrace.model.provenance import Gap
from chaintrace.model.sensitivity import Sensitivity, SourceShare
from chaintrace.model.trace import Limits, Options, Screen, Trace
from chaintrace.report.wording import NOT_MEASURED
from chaintrace.valuation import Valuation

METHOD_VERSION = "1"
"""The version of the numbered method (docs/method.md) that this code follows."""

Cell: TypeAlias = str | int | None
"""One cell: text, a whole number (base units, a height, a count), or None for "not known", which prints empty."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as the report prints it.

    `path` is the shown path (relative to the case) or the request without credentials; `sha256` names the raw bytes in
    the archive; `chain` is empty where the source holds several; `covers` says in words for which addresses it holds
    every movement, and how we know.
    """

    adapter: str
    path: str
    sha256: str
    chain: str
    covers: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """Where the facts of one chain end: Unix seconds (UTC) and height, each None where it is not known."""

    time: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A heuristic in use, pinned: its id, version, confidence (0-100), and the text that explains it.

    `measured` says in words how often it erred where the truth is known.
    """

    id: str
    version: int
    confidence: int
    text: str = ""
    measured: str = NOT_MEASURED


@dataclass(frozen=True, slots=True)
class AtIssuer:
    """What sources say of an address at the contract of a token whose issuer has a power over it.

    `state` is `blocked`, `not blocked`, `no block listed`, `sources differ`, or empty where nobody told it; `height` is
    that as of which the contract answered. `balance` is what it said that the address has, in base units. `has_code`
    is None where nobody said whether the address is a contract's. `words` are sentences: what sources say differently,
    what was destroyed, what is proposed and not carried out, and why something is not known.
    """

    state: str = ""
    height: int | None = None
    balance: int | None = None
    has_code: bool | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """What findings of common control join, and the addresses that the case declares as a victim's, with the payment.

    It says who rests where. No value moves because of it.
    """

    clusters: Clusters = field(default_factory=Clusters)
    victims: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a report is made from.

    `methods` are in the case's order, the first is the main one; `traces` has one entry for each. The main one should
    have been traced with steps, else the report has no pencil's lines. `tags` holds, by (chain, address), what was
    used: the most confident first. `gaps` are those that no trace carries (of sources, of the case). `shares` is None
    unless the payments were followed backward. `versions` names what made the report: `chaintrace`, and what else a
    reader needs to repeat it. `caip2` gives the CAIP-2 id of the chains that have one. `notes` are sentences on how
    the case was read, `note` is what the case itself says under the first sentence (what it is and is not, "" for
    nothing); both are printed as they are, escaped. `actors` gives the label of an actor's id where an actor pack does.
    `valuation` is None unless values in money were asked for. `at_issuers` is what the contracts of tokens say, by
    (chain, contract, address). `memos` are what was written beside a credit, by (chain, txid, index): anybody's words.
    On `memo_chains` they are part of the endpoint, for services there tell their customers apart by them. `control` is
    which addresses were probably controlled together; `tags` holds what is claimed about members of those clusters too.
    """

    case: str
    methods: tuple[str, ...]
    traces: Mapping[str, Trace]
    screen: Screen
    limits: Limits = field(default_factory=Limits)
    options: Options = field(default_factory=Options)
    tags: Mapping[tuple[str, str], tuple[Tag, ...]] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[AnyFinding, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()
    shares: tuple[SourceShare, ...] | None = None
    as_of: Mapping[str, AsOf] = field(default_factory=lambda: MappingProxyType({}))
    rules: tuple[RuleLine, ...] = ()
    versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    caip2: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    note: str = ""
    actors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    at_issuers: Mapping[tuple[str, str, str], AtIssuer] = field(default_factory=lambda: MappingProxyType({}))
    valuation: Valuation | None = None
    memos: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    memo_chains: frozenset[str] = frozenset()
    control: Control = field(default_factory=Control)

    @property
    def method(self) -> str:
        """The main method: the first."""
        return self.methods[0]

    @property
    def trace(self) -> Trace:
        """The main method's trace."""
        return self.traces[self.methods[0]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the output contract: its name, its columns in their fixed order, and its rows in printed order."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def records(self) -> Iterator[dict[str, Cell]]:
        """The rows as dicts from column to cell."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Report:
    """A report before it is written: its tables by name, its first sentence, and whether it is complete (M30).

    `reasons` says, one sentence each, why it is not complete; it is empty exactly when `complete` is True.
    """

    inputs: Inputs
    tables: Mapping[str, Table]
    sentence: str
    reasons: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every unit has reached an end and nothing had to be assumed (M30)."""
        return not self.reasons


class Format(Protocol):
    """One way to write a report. It renders what `build` made and computes nothing of its own."""

    @property
    def name(self) -> str:
        """How it is asked for."""
        ...

    @property
    def summary(self) -> str:
        """What it is, in one line."""
        ...

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write into an existing folder; return the names of the files. Raises OSError as the system gives it."""
        ...
