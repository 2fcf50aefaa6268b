"""What a trace takes and gives: seeds, limits, lots, hops, steps, and the closed list of outcomes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.conversion import Conversion
from chaintrace.model.finding import Continues
from chaintrace.model.provenance import Gap
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing

Origin: TypeAlias = str | None
"""The name of a seed's origin; None is *unidentified*: not claimed by this case, whoever's it is (M6)."""

Reason: TypeAlias = Literal[
    "history not in the sources",
    "input values unknown",
    "limit: max_hops",
    "limit: max_transactions",
    "below min_value",
]
"""Why value was not followed (M31): a closed list."""

OutcomeName: TypeAlias = Literal["endpoint", "returned", "burned", "resting", "fee", "not_followed", "converted_out"]
OUTCOMES: tuple[OutcomeName, ...] = (
    "endpoint",
    "returned",
    "burned",
    "resting",
    "fee",
    "not_followed",
    "converted_out",
)
"""The outcomes of M26, in the order in which reports print them."""


class Lot(NamedTuple):
    """Value of one origin in base units, with its least hop (M6). A tuple: pools move millions of them."""

    value: int
    origin: Origin
    hop: int


@dataclass(frozen=True, slots=True)
class Seed:
    """The leg in which a trace begins (M1, M19-M20), and the name of its origin.

    `index` is None for "the transaction's payments" (M20), `"all"` for every output, else the leg's index.
    `victim_addresses` are addresses to which value is returned rather than passed on (M22).
    """

    chain: str
    txid: str
    index: str | None
    origin: str
    victim_addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a trace ends by itself (M25). Values are base units by (chain, contract); `until` is Unix seconds, UTC."""

    max_hops: int = 30
    max_transactions: int = 20_000
    min_value: Mapping[tuple[str, str], int] = field(default_factory=dict)
    min_tag_confidence: int = 0
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Wallet:
    """Addresses that the case declares to be one pool (`[method] pool = "wallet"`), of one chain.

    Where the case names no chain, `chain` is `""`: the addresses are one pool on every chain that has them.
    """

    name: str
    addresses: frozenset[str]
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """How the methods read what method.md leaves open: how LIBR shares between origins, and declared wallets."""

    libr_between: Literal["pro_rata", "fifo"] = "pro_rata"
    wallets: tuple[Wallet, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A seed's leg: its value, and the part that was unidentified and so took the origin (M19), in base units."""

    origin: str
    transaction: Transaction | None
    chain: str
    txid: str
    index: str
    asset: Asset
    address: str
    leg_value: int
    claimed: int


class Hop(NamedTuple):
    """Traced lots of one origin moved from one holding to another in one transfer. A tuple, for speed.

    `value` is the leg's gross value, `traced` the origin's part of it, both in base units. `hop` is the least hop of
    the lots at their arrival. `rule` is `seed`, the method, or a continuation's rule. `step` counts movements.
    """

    step: int
    transaction: Transaction | None
    txid: str
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    from_address: str
    to_address: str
    asset: Asset
    value: int
    traced: int
    origin: str
    hop: int
    rule: str


class Step(NamedTuple):
    """The pencil's line for one outflow: the pool before, what left, what stayed (lots oldest first)."""

    step: int
    transaction: Transaction
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    pool: str
    to: str
    asset: Asset
    before: tuple[Lot, ...]
    taken: tuple[Lot, ...]
    kept: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One origin's value at the end of its way, in base units.

    `address` is where it arrived (several joined by `;` for a declared wallet, `""` where there is none), `txid`,
    `index`, `time` (Unix, UTC) and `height` those of the arrival; `gross` is the whole leg's value.
    """

    origin: str
    asset: Asset
    value: int
    address: str
    txid: str
    index: str
    time: int | None
    height: int | None
    outpoint: OutPoint | None = None
    gross: int = 0
    hop: int = 0
    step: int = 0


@dataclass(frozen=True, slots=True)
class Endpoint(Outcome):
    """Arrived at an address where somebody keeps accounts (M21): `tags` say who says so.

    `continues` is set where it went into a bridge, and nobody holds what came out of it (M23).
    """

    tags: tuple[Tag, ...] = ()
    rule: str = ""
    continues: Continues | None = None


@dataclass(frozen=True, slots=True)
class Returned(Outcome):
    """Arrived at an address declared as the victim's (M22)."""


@dataclass(frozen=True, slots=True)
class Burned(Outcome):
    """Sent to nobody: a burn, an OP_RETURN, a provably unspendable output (M24)."""


@dataclass(frozen=True, slots=True)
class FeePaid(Outcome):
    """Paid as a transaction's fee (M18). `address` is the payer's where there is one."""


@dataclass(frozen=True, slots=True)
class Resting(Outcome):
    """What the method leaves at a holding at the end of coverage: a book value (M27).

    `time` and `height` are those of the end of coverage; `since` is the time of the first arrival.
    """

    since: int | None = None
    since_height: int | None = None


@dataclass(frozen=True, slots=True)
class NotFollowed(Outcome):
    """Left alone, with the reason (M31); txid and address are those of the arrival."""

    reason: Reason = "history not in the sources"


@dataclass(frozen=True, slots=True)
class Converted(Outcome):
    """Went on as another asset, or on another chain (M23). `gross` is all that went out, less what came back."""

    continues: Continues | None = None


AnyOutcome: TypeAlias = Endpoint | Returned | Burned | FeePaid | Resting | NotFollowed | Converted

OUTCOME_NAMES: Mapping[type[Outcome], OutcomeName] = {
    Endpoint: "endpoint",
    Returned: "returned",
    Burned: "burned",
    Resting: "resting",
    FeePaid: "fee",
    NotFollowed: "not_followed",
    Converted: "converted_out",
}


@dataclass(frozen=True, slots=True)
class Trace:
    """What one method found. `outcomes` are in chain order of the arrival, resting last; `steps` may be left out."""

    method: str
    claims: tuple[Claim, ...]
    hops: tuple[Hop, ...]
    outcomes: tuple[AnyOutcome, ...]
    gaps: tuple[Gap, ...]
    missing: tuple[Missing, ...]
    steps: tuple[Step, ...] = ()
    left_out: tuple[str, ...] = ()
    conversions: tuple[Conversion, ...] = ()

    def totals(self) -> dict[tuple[str, Asset], dict[OutcomeName, int]]:
        """Per origin and asset: the value of every outcome in base units, zeros too (M26)."""
        table: dict[tuple[str, Asset], dict[OutcomeName, int]] = {}
        for claim in self.claims:
            table.setdefault((claim.origin, claim.asset), dict.fromkeys(OUTCOMES, 0))
        for key in self.converted_in():
            table.setdefault(key, dict.fromkeys(OUTCOMES, 0))
        for outcome in self.outcomes:
            row = table.setdefault((outcome.origin, outcome.asset), dict.fromkeys(OUTCOMES, 0))
            row[OUTCOME_NAMES[type(outcome)]] += outcome.value
        return table

    def claimed(self) -> dict[tuple[str, Asset], int]:
        """Per origin and asset: the value claimed by its seeds, in base units."""
        table: dict[tuple[str, Asset], int] = {}
        for claim in self.claims:
            key = (claim.origin, claim.asset)
            table[key] = table.get(key, 0) + claim.claimed
        return table

    def converted_in(self) -> dict[tuple[str, Asset], int]:
        """Per origin and asset: the value that came in by continuations (M23), in base units."""
        table: dict[tuple[str, Asset], int] = {}
        for made in self.conversions:
            for origin, _, value in made.traced:
                key = (origin, made.asset_in)
                table[key] = table.get(key, 0) + value
        return table

    def of(self, kind: type[Outcome]) -> Iterator[AnyOutcome]:
        """The outcomes of one kind, in order."""
        return (outcome for outcome in self.outcomes if type(outcome) is kind)


@dataclass(frozen=True, slots=True)
class Screen:
    """What poison marks (M17): a screen, never a sum.

    `reached` holds (origin, chain, address, contract) of every endpoint that marked value arrived at; `marked` the
    same for every address.
    """

    reached: frozenset[tuple[str, str, str, str]]
    marked: frozenset[tuple[str, str, str, str]]
