"""What another reading of the facts would change, and where a payment came from: the trace's second answers."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Gap

SensitivityKind: TypeAlias = Literal["opening", "input order", "origin left out", "wallet pool"]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What another reading of the facts would change at one place, printed only when it changes something.

    `value` is what the method reports there, `low` and `high` the ends over the other readings, in base units.
    `subject` is what was varied (an account, a transaction, an origin, a wallet), `place` where the effect shows: an
    endpoint's address or an outpoint. `exact` is False where the ends were searched and not derived.
    """

    kind: SensitivityKind
    method: str
    chain: str
    subject: str
    origin: str
    place: str
    asset: Asset
    value: int
    low: int
    high: int
    text: str
    exact: bool = True


SourceKind: TypeAlias = Literal[
    "opening", "mint", "stop", "noise", "history not in the sources", "input values unknown", "limit"
]


@dataclass(frozen=True, slots=True)
class SourceShare:
    """Where a part of a payment came from, by haircut backward (M28), in base units.

    `kind` says why the way back ends there; `address` is the holding's ("" for a mint). `txid` and `index` name the
    movement in which the value left that place, on UTXO chains the outpoint in which it lay there; both are "" for an
    opening. `hop` counts steps back to the holding. `reach` is the gross value of that movement, output or opening:
    what poison would mark, never a claim. Places whose share is less than one base unit are left out.
    """

    origin: str
    kind: SourceKind
    asset: Asset
    address: str
    txid: str
    index: str
    time: int | None
    height: int | None
    value: int
    reach: int
    hop: int
    tags: tuple[Tag, ...] = ()


class Passed(NamedTuple):
    """A movement through which a share of a payment came, and whose value it was before: `""` where nobody can say."""

    asset: Asset
    address: str
    txid: str


@dataclass(frozen=True, slots=True)
class Backward:
    """Where payments came from: the shares, and what had to be assumed or is not known on the way back (M28, M30).

    `gaps` has the openings that nobody knows, and the places before which no source holds the history or an input's
    value: what a forward trace of the same payments need not have met. `passed` is what all of that rests on.
    """

    shares: tuple[SourceShare, ...]
    gaps: tuple[Gap, ...] = ()
    passed: tuple[Passed, ...] = ()
