"""Where facts come from, how far they reach, and what had to be assumed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from chaintrace.model.chain import OutPoint

GapKind: TypeAlias = Literal[
    "opening", "history", "inflow", "seed", "claimed", "balance", "source", "order", "continuation"
]
"""The closed list of gaps: an implied opening balance, a history that is not in the sources, an inflow from outside
the coverage, a seed whose leg was claimed only in part, a completeness that a source claims and nobody checked, a
balance that differs, a source that is cut short or disagrees, an order in time that had to be mended, a continuation
that contradicts itself or another one and so is not followed."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: enough to ask again, and the digest of what was answered then.

    `request` is a path relative to the case, or a request without credentials. `retrieved_at` is UTC and is not
    compared: the same bytes read twice are the same source. `sha256` names the raw answer in the archive.
    """

    adapter: str
    request: str
    sha256: str
    retrieved_at: datetime | None = field(compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """For which holdings a source holds every movement, from when to when, and how we know (M10).

    `addresses` and `contracts` are None for "every one". `start` and `end` are ranks of the chain order (a height,
    or Unix seconds where the source has no heights), both inclusive. `height` and `time` (UTC) are those of the end.
    `how` is declared, counter equal, balance equal, second source equal, all blocks read, or claimed. `opening` is the
    balance of the one account that it covers just before `start`, in base units; None where nobody knows it.
    """

    chain: str
    addresses: frozenset[str] | None
    contracts: frozenset[str] | None
    start: int
    end: int
    height: int | None
    time: int | None
    how: str = "declared"
    opening: int | None = None

    def covers(self, address: str, contract: str, rank: int | None = None) -> bool:
        """Whether every movement of (address, contract) is held; at `rank`, when one is given.

        An output without an address (`""`) is covered only where every address is.
        """
        if self.addresses is not None and address not in self.addresses:
            return False
        if self.contracts is not None and contract not in self.contracts:
            return False
        return rank is None or self.start <= rank <= self.end

    def as_of(self, until: int | None) -> tuple[int | None, int | None]:
        """Time (Unix, UTC) and height of its end, or of `until` where that is earlier: no height is known of that."""
        if until is not None and (self.time is None or until < self.time):
            return until, None
        return self.time, self.height


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that had to be assumed or is not known. A run with a gap is not complete (M30).

    `effect_value` is in base units of `contract` (None: not a value). `subject` is an address, an outpoint, a txid
    or a source; `text` is one sentence for the report. `native_only`: it is about the chain's native asset and nothing
    else, so that it says nothing of a trace of tokens.
    """

    kind: GapKind
    chain: str
    subject: str
    effect_value: int | None
    text: str
    contract: str = ""
    native_only: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """A fact that is not a movement, at a height: a balance, code, decimals, a freeze state."""

    chain: str
    subject: str
    what: str
    height: int | None
    value: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Unspent:
    """An output that a source knows to be unspent at a height, and how we know: unspent set, asked twice, claimed."""

    outpoint: OutPoint
    address: str
    height: int
    block_hash: str
    time: int | None
    how: str
    source: Source
