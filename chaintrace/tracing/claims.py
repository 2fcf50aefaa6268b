"""How a seed takes the unidentified part of its leg (M19)."""

from collections.abc import Iterable

from chaintrace.model.chain import OutPoint
from chaintrace.model.finding import Moved
from chaintrace.model.trace import Claim, Lot
from chaintrace.tracing.record import Place, Record
from chaintrace.tracing.seeds import Start, Starts


class Claims:
    """Gives a seed's origin to the unidentified part of its leg (M19); marks it whole for a screen."""

    def __init__(self, record: Record, starts: Starts, others: Iterable[tuple[str, str, str]] = ()) -> None:
        """Remember which legs wait for their movement; `others` are those that continuations name."""
        self._record = record
        self._starts = starts
        self._named = {*starts.by_leg, *map(tuple, others)}

    def named(self, chain: str, txid: str, index: str) -> Moved | None:
        """The leg, where a seed or a continuation names it."""
        return Moved(chain, txid, index) if (chain, txid, index) in self._named else None

    def seeded(self, leg: Moved | None) -> bool:
        """Whether a seed names this leg."""
        return leg is not None and leg in self._starts.by_leg

    def leg(self, place: Place, senders: str, lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
        """The leg's lots after the seeds that name it have claimed."""
        key = (place.asset.chain, place.txid, place.index)
        starts = self._starts.by_leg.get(key)
        return self.claim(starts, place, senders, lots) if starts else lots

    def absent(self, outpoint: OutPoint) -> list[Start]:
        """The seeds that name an outpoint whose own transaction is not in the sources."""
        return self._starts.absent.get(outpoint, []) if self._starts.absent else []

    def claim(self, starts: list[Start], place: Place, senders: str, lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
        """Let each start claim in turn, and write down what it claimed and what it could not."""
        for start in starts:
            origin = start.seed.origin
            if self._record.method == "poison":
                claimed = place.gross
                others = (lot for lot in lots if lot.origin not in (None, origin))
                lots = (*others, Lot(claimed, origin, 0)) if claimed else lots
            else:
                claimed = sum(lot.value for lot in lots if lot.origin is None)
                lots = tuple(Lot(lot.value, origin, 0) if lot.origin is None else lot for lot in lots)
            self._note(start, place, claimed)
            if claimed:
                self._record.hop(place, senders, (Lot(claimed, origin, 0),), "seed")
        return lots

    def _note(self, start: Start, place: Place, claimed: int) -> None:
        origin = start.seed.origin
        self._record.claims.append(
            Claim(
                origin,
                start.transaction,
                place.asset.chain,
                place.txid,
                place.index,
                place.asset,
                place.address,
                place.gross,
                claimed,
            ),
        )
        if claimed != place.gross:
            text = (
                f"Of the {place.gross} base units of the seed {place.txid} {place.index} ({origin}), {claimed} were "
                "unidentified and took its origin; the rest already carried an origin, and keeps it."
            )
            subject = f"{place.txid}:{place.index}"
            self._record.gap("seed", place.asset, subject, place.gross - claimed, text)
