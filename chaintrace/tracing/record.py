"""What a run writes down while it goes: hops, steps, outcomes, gaps, and what the view lacked."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Gap, GapKind
from chaintrace.model.trace import AnyOutcome, Claim, Hop, Lot, NotFollowed, Outcome, Reason, Step
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing, MissingHistory


class Place(NamedTuple):
    """Where a leg arrives: enough for a hop and for every outcome. `gross` is the leg's value in base units."""

    asset: Asset
    address: str
    outpoint: OutPoint | None
    txid: str
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    transaction: Transaction | None
    gross: int
    burned: bool = False


def by_origin(lots: Iterable[Lot]) -> dict[str, tuple[int, int]]:
    """Per origin, unidentified left out: the value in base units and the least hop."""
    sums: dict[str, tuple[int, int]] = {}
    for value, origin, hop in lots:
        if origin is not None:
            held, least = sums.get(origin, (0, hop))
            sums[origin] = (held + value, min(least, hop))
    return sums


def by_mark(lots: Iterable[Lot]) -> dict[str, tuple[int, int]]:
    """The same for a screen: every lot of a mark shows the whole value, so the largest counts and not the sum."""
    marks: dict[str, tuple[int, int]] = {}
    for value, origin, hop in lots:
        if origin is not None:
            held, least = marks.get(origin, (0, hop))
            marks[origin] = (max(held, value), min(least, hop))
    return marks


class Record:
    """The notes of one run under one method."""

    def __init__(self, method: str, *, steps: bool) -> None:
        """Begin with empty pages. `steps` asks for the pencil's lines too."""
        self.method = method
        self.sums = by_mark if method == "poison" else by_origin
        self.keeps_steps = steps
        self.claims: list[Claim] = []
        self.hops: list[Hop] = []
        self.steps: list[Step] = []
        self.outcomes: list[AnyOutcome] = []
        self.resting: list[AnyOutcome] = []
        self.step = 0
        self._gaps: dict[tuple[str, str, str, str], Gap] = {}
        self._missing: dict[Missing, None] = {}
        self._lacking: set[Account] = set()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Every gap once, in the order in which the trace met them."""
        return tuple(self._gaps.values())

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the view lacked, once, in the order in which the trace asked."""
        return tuple(self._missing)

    def lacks(self, missing: Missing) -> None:
        """Note a fact that the view does not have; of a history, the first traced receipt that asks for it says all."""
        if isinstance(missing, MissingHistory):
            if missing.account in self._lacking:
                return
            self._lacking.add(missing.account)
        self._missing.setdefault(missing)

    def gap(self, kind: GapKind, asset: Asset, subject: str, value: int | None, text: str) -> None:
        """Note something assumed; of one kind at one place the values add up."""
        key = (kind, asset.chain, asset.contract, subject)
        before = self._gaps.get(key)
        if before is not None and value is not None:
            value += before.effect_value or 0
        self._gaps[key] = Gap(kind, asset.chain, subject, value, text, asset.contract)

    def keep_gap(self, kind: GapKind, asset: Asset, subject: str, text: str) -> None:
        """Note something assumed that has no value of its own, once."""
        self.keep((Gap(kind, asset.chain, subject, None, text, asset.contract),))

    def keep(self, gaps: Iterable[Gap]) -> None:
        """Note gaps that others found."""
        for gap in gaps:
            self._gaps.setdefault((gap.kind, gap.chain, gap.contract, gap.subject), gap)

    def hop(self, place: Place, senders: str, lots: Sequence[Lot], rule: str) -> None:
        """One row an origin: traced lots moved to `place`. A transaction that is absent has neither time nor height."""
        for origin, (value, hop) in self.sums(lots).items():
            self.hops.append(
                Hop(
                    self.step,
                    place.transaction,
                    place.txid,
                    place.index,
                    senders,
                    place.address,
                    place.asset,
                    place.gross,
                    value,
                    origin,
                    hop,
                    rule,
                ),
            )

    def end(self, kind: type[Outcome], place: Place, lots: Iterable[Lot], **more: object) -> None:
        """Write one outcome an origin for all traced value of `lots`."""
        tx = place.transaction
        for origin, (value, hop) in self.sums(lots).items():
            outcome = kind(
                origin,
                place.asset,
                value,
                place.address,
                place.txid,
                place.index,
                tx.time if tx else None,
                tx.height if tx else None,
                place.outpoint,
                place.gross,
                hop,
                self.step,
                **more,
            )
            self.outcomes.append(outcome)  # type: ignore[arg-type]  # kind is one of the union's members

    def not_followed(self, place: Place, lots: Iterable[Lot], reason: Reason) -> None:
        """Write down value that is left alone, with the reason."""
        self.end(NotFollowed, place, lots, reason=reason)
