"""What happens to traced value where it arrives: the first rule that applies decides (M21-M25)."""

from collections.abc import Callable, Sequence

from chaintrace.model.attribution import Tag
from chaintrace.model.finding import Service
from chaintrace.model.trace import Burned, Endpoint, Limits, Lot, Reason, Returned, Seed
from chaintrace.model.view import View
from chaintrace.tracing.crossings import Crossing, Crossings
from chaintrace.tracing.record import Place, Record


def traced(lots: Sequence[Lot]) -> bool:
    """Whether any of the lots has an origin."""
    for lot in lots:  # noqa: SIM110  # asked at every movement, and a generator costs three times as much
        if lot[1] is not None:
            return True
    return False


class Arrivals:
    """Decides at each arrival: burned, returned, stop, below min_value, limits. Coverage is asked by the pools."""

    def __init__(self, view: View, seeds: Sequence[Seed], limits: Limits, record: Record) -> None:
        """Remember where value is returned and where it stops; answers are kept, for a busy address is asked often."""
        self._view = view
        self._limits = limits
        self._record = record
        self._victims = {(seed.chain, address, seed.origin) for seed in seeds for address in seed.victim_addresses}
        self._stops: dict[tuple[str, str], tuple[tuple[Tag, ...], str] | None] = {}
        self._counted: set[tuple[str, str]] = set()
        self.crossings: Crossings | None = None

    def stop(self, chain: str, address: str) -> tuple[tuple[Tag, ...], str] | None:
        """The tags of a stop and the rule that made it one (`""` for a tag); None where value goes on (M21)."""
        key = (chain, address)
        if key not in self._stops:
            self._stops[key] = self._look_up(chain, address) if address else None
        return self._stops[key]

    def _look_up(self, chain: str, address: str) -> tuple[tuple[Tag, ...], str] | None:
        tags = self._view.tags(chain, address)
        if any(tag.stops and tag.confidence >= self._limits.min_tag_confidence for tag in tags):
            return tags, ""
        services = [found for found in self._view.findings(chain, address) if isinstance(found, Service)]
        if not services:
            return None
        told = max(services, key=lambda found: (bool(found.object), found.confidence))  # whoever is named says more
        return tags, told.rule

    def within(self, chain: str, txid: str) -> bool:
        """Count a transaction that carries traced value; False for those after `max_transactions` (M25)."""
        key = (chain, txid)
        if key in self._counted or self._record.method == "poison":
            return True  # a screen is not cut by a count: it must not miss what an allocation reaches
        if len(self._counted) >= self._limits.max_transactions:
            return False
        self._counted.add(key)
        return True

    def settle(self, place: Place, lots: Sequence[Lot], *, within: bool) -> Sequence[Lot]:
        """End what ends at `place`, as unidentified in what is returned; traced lots that are left go on."""
        chain = place.asset.chain
        crossing = None if self.crossings is None else self.crossings.outgoing(place)
        if crossing is not None:
            return self._cross(crossing, place, lots, within=within)
        if place.burned:
            return self._all(place, lots, Burned)
        if self._victims:
            lots = self._returned(place, lots)
        stop = self.stop(chain, place.address)
        if stop is not None:
            tags, rule = stop
            return self._all(place, lots, Endpoint, tags=tags, rule=rule)
        return self._limited(place, lots, within=within)

    def _limited(self, place: Place, lots: Sequence[Lot], *, within: bool) -> Sequence[Lot]:
        """End what is too small or too far."""
        lots = self._small(place, lots)
        lots = self._some(place, lots, "limit: max_hops", lambda lot: lot.hop >= self._limits.max_hops)
        if not within:
            lots = self._some(place, lots, "limit: max_transactions", lambda _: True)
        return lots

    def _cross(self, crossing: Crossing, place: Place, lots: Sequence[Lot], *, within: bool) -> Sequence[Lot]:
        """Let go on elsewhere what goes out of a continuation (M23): its receiver inherits nothing.

        Where nobody holds what comes in, all of it ends there, as at a stop; else the limits hold as anywhere.
        """
        if self._victims:
            lots = self._returned(place, lots)
        if not crossing.is_blind:
            lots = self._limited(place, lots, within=within)
        crossing.leave(place, lots, self._record.step)
        return unidentified(lots)

    def _all(self, place: Place, lots: Sequence[Lot], kind: type[Burned | Endpoint], **more: object) -> list[Lot]:
        self._record.end(kind, place, lots, **more)
        return unidentified(lots)

    def _returned(self, place: Place, lots: Sequence[Lot]) -> Sequence[Lot]:
        """End the value of every origin that declared this address as its victim's: another's loss is not reduced."""
        chain, address = place.asset.chain, place.address
        back = [lot for lot in lots if (chain, address, lot[1]) in self._victims]
        if not back:
            return lots
        self._record.end(Returned, place, back)
        return [Lot(lot[0], None, 0) if (chain, address, lot[1]) in self._victims else lot for lot in lots]

    def _small(self, place: Place, lots: Sequence[Lot]) -> Sequence[Lot]:
        """End every origin that arrives with less than the case's least value of the asset."""
        least = self._limits.min_value.get((place.asset.chain, place.asset.contract), 0)
        if not least:
            return lots
        small = {origin for origin, (value, _) in self._record.sums(lots).items() if value < least}
        return self._some(place, lots, "below min_value", lambda lot: lot.origin in small)

    def _some(self, place: Place, lots: Sequence[Lot], reason: Reason, ends: Callable[[Lot], bool]) -> Sequence[Lot]:
        ended = [lot for lot in lots if lot[1] is not None and ends(lot)]
        if not ended:
            return lots
        self._record.not_followed(place, ended, reason)
        return [Lot(lot[0], None, 0) if lot[1] is not None and ends(lot) else lot for lot in lots]


def unidentified(lots: Sequence[Lot]) -> list[Lot]:
    """The same value without origins: what has ended is unidentified in the pool from then on (M25)."""
    return [Lot(lot[0], None, 0) for lot in lots]
