"""What an upper bound says of one place, and where it ends: the same on chains of outputs and of accounts."""

from typing import NamedTuple

from chaintrace.model.chain import Asset
from chaintrace.model.trace import Limits, Seed
from chaintrace.model.view import View
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.record import Record


class Bound(NamedTuple):
    """At most this value, in base units, after at least this many hops."""

    value: int
    hop: int

    def raised(self, other: "Bound") -> "Bound":
        """What is never below either."""
        return Bound(max(self.value, other.value), min(self.hop, other.hop))


class Ends:
    """Whether all traced value ends where it arrives, whatever the method (M21-M25)."""

    def __init__(self, view: View, seeds: tuple[Seed, ...], limits: Limits) -> None:
        """The stops are those of the view; tags and services do not change while facts are fetched."""
        self._seeds = seeds
        self._limits = limits
        self._arrivals = Arrivals(view, seeds, limits, Record("poison", steps=False))

    def ends(self, asset: Asset, address: str, bound: Bound) -> bool:
        """Whether nothing goes on from an address that can spend what it receives."""
        chain, limits = asset.chain, self._limits
        if bound.hop >= limits.max_hops or bound.value < limits.min_value.get((chain, asset.contract), 0):
            return True
        if self.is_stop(chain, address):
            return True
        return all(seed.chain == chain and address in seed.victim_addresses for seed in self._seeds)

    def is_stop(self, chain: str, address: str) -> bool:
        """Whether traced value ends at an address because somebody keeps accounts there (M21)."""
        return self._arrivals.stop(chain, address) is not None

    def exists(self, time: int | None) -> bool:
        """Whether what happens at a time (Unix, UTC) is not after `until` (M25)."""
        until = self._limits.until
        return until is None or time is None or time <= until
