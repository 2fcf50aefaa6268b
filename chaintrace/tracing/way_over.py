"""The way back over continuations (M23, M28): what came in was made of what went out, in the asset of that."""

from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.accounting import shares
from chaintrace.model.chain import Asset
from chaintrace.model.finding import Moved
from chaintrace.model.view import View
from chaintrace.tracing.flows import Flow
from chaintrace.tracing.links import Link, LinkLeg, linked
from chaintrace.tracing.wallets import Wallets


class Crossed(NamedTuple):
    """What a flow was made of on the other side: flows, and how much of each, in base units of one other asset."""

    asset: Asset
    flows: tuple[Flow, ...]
    values: list[int]


class WaysOver:
    """The continuations that a view has in use, by what comes in."""

    def __init__(self, view: View, until: int | None, wallets: Wallets) -> None:
        """Those that contradict nothing. `until` is inclusive (Unix, UTC)."""
        sound = [link for link in linked(view, until, wallets).links if not link.flaw]
        self._by_leg = {leg.moved: link for link in sound for leg in link.incoming}
        self._flows: dict[Moved, Flow] = {}

    def leads_from(self, flow: Flow) -> bool:
        """Whether a flow came in by a continuation: then nothing of its payer's pool is in it."""
        return Moved(flow.chain, flow.txid, flow.index) in self._by_leg

    def reach(self, flow: Flow) -> Iterator[Flow]:
        """The flows that went out where this one came in."""
        for leg in self._link(flow).outgoing:
            yield self._flow(leg)

    def parts(self, flow: Flow, wanted: int) -> Crossed:
        """What went out for `wanted` of what came in: in proportion, rounded down, between several legs by M16."""
        link = self._link(flow)
        out = [leg.value for leg in link.outgoing]
        kept = max(0, sum(out) - sum(leg.value for leg in link.refunded))
        value = wanted * kept // sum(leg.value for leg in link.incoming)
        parts = shares(out, value, sum(out)) if value else [0] * len(out)
        return Crossed(link.outgoing[0].asset, tuple(self.reach(flow)), parts)

    def _link(self, flow: Flow) -> Link:
        return self._by_leg[Moved(flow.chain, flow.txid, flow.index)]

    def _flow(self, leg: LinkLeg) -> Flow:
        """A leg that went out, always the same object."""
        if leg.moved not in self._flows:
            self._flows[leg.moved] = Flow(*leg.moved, leg.asset, leg.value, leg.receiver, leg.movement)
        return self._flows[leg.moved]
