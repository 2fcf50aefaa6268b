"""Where did this payment's money come from: the shares of earlier value, by haircut backward (M28).

It is not the ledger played in reverse. A cheap pass finds which movements can contribute (what poison would mark);
then every pool that matters is run forward once, each inflow its own origin, and what leaves it is divided again.
"""

from collections.abc import Iterable, Iterator, Mapping

from chaintrace.accounting import shares
from chaintrace.errors import InputError
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import FOLLOWED, Noise
from chaintrace.model.provenance import Gap
from chaintrace.model.sensitivity import Backward, Passed, SourceShare
from chaintrace.model.trace import Limits, Options, Seed
from chaintrace.model.view import View
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.flows import End, Flow, Latest
from chaintrace.tracing.inflows import Inflows
from chaintrace.tracing.inputs import Inputs
from chaintrace.tracing.record import Record
from chaintrace.tracing.seeds import Start, resolve
from chaintrace.tracing.wallets import Wallets
from chaintrace.tracing.way_over import WaysOver

NOT_KNOWN: Mapping[str, str] = {
    "history not in the sources": "Followed backward, payments lead to {}, whose history is not in the sources.",
    "input values unknown": "Followed backward, payments lead to {}, made from inputs whose values are not known.",
}
"""The ends of a way back that are gaps, with the sentence of each."""


NEGLIGIBLE = 1000
"""Noise is at most one part in so many of the payment whose way back it ends; rules measure it by another payment."""


def is_noise(view: View, flow: Flow) -> bool:
    """Whether a rule calls a movement to an address noise, surely enough to leave it out (`FOLLOWED`).

    Rules name a transaction and an address: where it is paid more than once in it, nobody can say which is the noise.
    """
    made = flow.transaction
    movements = made.transfers if made is not None else ()
    beside = [
        one
        for one in movements
        if one.index != flow.index and one.value and one.kind not in {"fee", "utxo"}
        if any(leg.address == flow.address for leg in one.outputs)
    ]
    return not beside and any(
        isinstance(found, Noise) and found.object == flow.address and found.confidence >= FOLLOWED
        for subject in (flow.txid, f"{flow.txid}:{flow.index}")
        for found in view.findings(flow.chain, subject)
    )


class _Way:
    """The way back of one origin: the flows that were reached, and the ends among them."""

    def __init__(  # what the way back of an origin needs
        self, origin: str, accounts: Inflows, outputs: Inputs, over: WaysOver, *, limits: Limits, view: View
    ) -> None:
        """Nothing has been reached. `limits` say how many transactions may be divided (M25), the latest first."""
        self.origin = origin
        self._view = view
        self._most = limits.max_transactions
        self._over = over
        self._max_hops = limits.max_hops
        self._crossed: dict[Flow, int] = {}
        self.converted: dict[Asset, int] = {}
        self._divided: set[tuple[str, str]] = set()
        self.seeds: dict[Flow, int] = {}
        self._accounts = accounts
        self._outputs = outputs
        self._ends: dict[Flow, End] = {}
        self._hops: dict[Flow, int] = {}
        self._openings: dict[tuple[Asset, str], tuple[End, int]] = {}
        self.assumed: dict[Gap, None] = {}
        self.passed: dict[Passed, None] = {}

    def start(self, start: Start) -> None:
        """Begin at a seed's leg, with its whole value. Raises InputError for one that stays inside one pool."""
        movement = start.movement if start.transaction is not None else None
        if movement is not None and movement.transfer.kind != "utxo" and self._accounts.inside(movement):
            named = f"the seed {start.seed.txid} {start.index}"
            raise InputError(f"{named} stays inside one pool: name the payment that reached it")
        value = start.leg.value or 0
        flow = Flow(start.seed.chain, start.seed.txid, start.index, start.asset, value, start.leg.address, movement)
        self.seeds.setdefault(flow, value)  # a leg that is named twice is one payment

    def _kind(self, flow: Flow) -> Inflows | Inputs:
        on_outputs = flow.movement is None or flow.movement.transfer.kind == "utxo"
        return self._outputs if on_outputs else self._accounts

    def reach(self) -> None:
        """Find every flow that can contribute, its least number of steps, and where the way back ends."""
        self._accounts.begin()
        self._outputs.begin()
        queue, seen = Latest(), set(self.seeds)
        for seeded in self.seeds:
            queue.add(seeded)
        while (flow := queue.pop()) is not None:
            kind = self._kind(flow)
            hop = self._hops[flow] = self._steps(flow, kind)
            end = self._end(flow, kind, hop)
            if end is not None:
                self._ends[flow] = end
                continue
            for earlier in self._earlier(flow, kind, hop):
                if earlier not in seen:
                    seen.add(earlier)
                    queue.add(earlier)

    def _steps(self, flow: Flow, kind: Inflows | Inputs) -> int:
        """The least number of steps from a seed back to a flow; one that went out of a continuation knows it."""
        return 0 if flow in self.seeds else self._crossed[flow] if flow in self._crossed else kind.hop(flow)

    def _end(self, flow: Flow, kind: Inflows | Inputs, hop: int) -> End | None:
        """Why the way back ends at a flow; it goes on over a continuation whoever paid, while limits allow it.

        Behind noise nothing is followed: whoever sends dust is no source of a payment. What is large beside the payment
        is one, whatever it looks like.
        """
        whole = sum(value for seeded, value in self.seeds.items() if seeded.asset == flow.asset)
        if flow not in self.seeds and flow.value * NEGLIGIBLE <= whole and is_noise(self._view, flow):
            paid_by = flow.movement.transfer.inputs if flow.movement is not None and isinstance(kind, Inflows) else ()
            return flow.end("noise", paid_by[0].address, hop + 1) if paid_by else flow.end("noise", flow.address, hop)
        if self._over.leads_from(flow):
            is_within = hop + 1 < self._max_hops and self._within(flow)
            return None if is_within else flow.end("limit", flow.address, hop)
        end = kind.end(flow, hop)
        return kind.limit(flow, hop) if end is None and not self._within(flow) else end

    def _earlier(self, flow: Flow, kind: Inflows | Inputs, hop: int) -> Iterator[Flow]:
        """What a flow can have been made of."""
        if self._over.leads_from(flow):
            for one in self._over.reach(flow):
                self._crossed[one] = min(hop + 1, self._crossed.get(one, hop + 1))
                yield one
            return
        if flow in self._crossed:
            self._accounts.begin()  # it may be later than what its pool was asked about before
        yield from kind.reach(flow, hop)

    def _within(self, flow: Flow) -> bool:
        """Count a transaction whose value is divided again; False after `max_transactions` (M25)."""
        key = (flow.chain, flow.txid)
        if key not in self._divided and len(self._divided) >= self._most:
            return False
        self._divided.add(key)
        return True

    def divide(self) -> dict[End, int]:
        """Carry the seeds' value back, latest flow first, so that each is divided once; the value of every end."""
        demand, found, queue = dict(self.seeds), dict[End, int](), Latest()
        for seeded in demand:
            queue.add(seeded)
        while (flow := queue.pop()) is not None:
            wanted = demand.pop(flow)
            end = self._ends.get(flow)
            if wanted:
                self._pass(flow, end)
            if end is not None:
                found[end] = found.get(end, 0) + wanted
                continue
            if not wanted:
                continue
            for earlier, value in self._divided_into(flow, wanted):
                if earlier is None:
                    self._open(flow, value)
                elif earlier in demand:
                    demand[earlier] += value
                elif value:
                    demand[earlier] = value
                    queue.add(earlier)
        found.update(self._openings.values())
        return found

    def _divided_into(self, flow: Flow, wanted: int) -> Iterator[tuple[Flow | None, int]]:
        """The earlier flows of a flow (None: the opening), with how much of what is wanted each gives."""
        if not self._over.leads_from(flow):
            parts = self._kind(flow).parts(flow)
            return zip(parts.flows, shares(parts.values, wanted, flow.value), strict=True)
        over = self._over.parts(flow, wanted)
        for asset, value in ((flow.asset, -wanted), (over.asset, sum(over.values))):
            self.converted[asset] = self.converted.get(asset, 0) + value
        return zip(over.flows, over.values, strict=True)

    def _pass(self, flow: Flow, end: End | None) -> None:
        """Note a flow and whose histories its way back needs: nobody's where it ends for another reason than that."""
        transfer = flow.movement.transfer if flow.movement is not None else None
        addresses: Iterable[str] = ("",)
        is_known = transfer is None or transfer.kind == "utxo" or not transfer.inputs or self._over.leads_from(flow)
        if transfer is not None and not is_known and (end is None or end.kind in NOT_KNOWN):
            sender = Account(transfer.inputs[0].address, flow.asset)
            pool = self._accounts.pool(sender)
            addresses = (sender.address,) if pool is None else sorted(pool.addresses)
        self.passed.update(dict.fromkeys(Passed(flow.asset, address, flow.txid) for address in addresses))

    def _open(self, flow: Flow, value: int) -> None:
        """Add to the opening of the pool that a flow left: one end a pool, with the least number of steps to it."""
        end = self._accounts.opening(flow, self._hops[flow])
        known, before = self._openings.get((end.asset, end.address), (end, 0))
        self._openings[end.asset, end.address] = (min(known, end, key=lambda one: one.hop), before + value)
        gap = self._accounts.assumed(flow)
        if gap is not None:
            self.assumed[gap] = None


def backward(
    view: View, seeds: tuple[Seed, ...], limits: Limits | None = None, options: Options | None = None
) -> Backward:
    """Where each seed's value came from, by haircut (M28): per origin, the largest share first; and the gaps (M30).

    The shares of an origin sum to the value of its seeds' legs, to the base unit; a seed later than `until` has none.
    Behind a continuation (M23) they are in the asset that went out there.
    The gap of an opening is that of the forward trace, word for word. A pure function. Raises InputError for a seed
    that is not in the sources or cannot be one.
    """
    limits, options = limits or Limits(), options or Options()
    arrivals = Arrivals(view, seeds, limits, Record("haircut", steps=False))
    accounts, outputs = Inflows(view, limits, options, arrivals), Inputs(view, limits, arrivals)
    over, ways = WaysOver(view, limits.until, Wallets(options, arrivals.stop)), dict[str, _Way]()
    for start in _starts(view, seeds):
        time = start.movement.transaction.time
        if limits.until is None or time is None or time <= limits.until:
            name = start.seed.origin
            ways.setdefault(name, _Way(name, accounts, outputs, over, limits=limits, view=view)).start(start)
    for way in ways.values():
        way.reach()  # all ways first: a pool is then run once for what any of them needs
    found = tuple(share for way in ways.values() for share in _shares(way))
    assumed = dict.fromkeys(gap for way in ways.values() for gap in way.assumed)
    passed = dict.fromkeys(one for way in ways.values() for one in way.passed)
    return Backward(found, (*assumed, *_unknown(found)), tuple(passed))


def _starts(view: View, seeds: tuple[Seed, ...]) -> Iterable[Start]:
    """The seeds' legs, in the order of the seeds."""
    starts = resolve(view, seeds)
    found = [start for listed in (starts.by_leg, starts.absent) for some in listed.values() for start in some]
    return sorted(found, key=lambda start: seeds.index(start.seed))


def _shares(way: _Way) -> list[SourceShare]:
    """One origin's shares, largest first. Raises AssertionError on a lost unit."""
    found = way.divide()
    _balance(way, found)
    order = sorted(found, key=lambda end: (-found[end], end.hop, end.kind, end.address, end.txid, end.index))
    return [SourceShare(way.origin, *end[:7], found[end], *end[7:]) for end in order if found[end]]


def _unknown(shares: Iterable[SourceShare]) -> Iterable[Gap]:
    """A gap for every place before which the way back is not known, with the value of all origins that waits there."""
    values: dict[tuple[str, Asset, str], int] = {}
    for share in shares:
        if share.kind in NOT_KNOWN:
            outpoint = f"{share.txid}:{share.index}"
            place = outpoint if share.kind == "input values unknown" else share.address or outpoint
            values[share.kind, share.asset, place] = values.get((share.kind, share.asset, place), 0) + share.value
    for (kind, asset, place), value in values.items():
        yield Gap("history", asset.chain, place, value, NOT_KNOWN[kind].format(place), asset.contract)


def _balance(way: _Way, found: Mapping[End, int]) -> None:
    """Assert that nothing was lost on the way back."""
    owed: dict[Asset, int] = {}
    for flow, value in way.seeds.items():
        owed[flow.asset] = owed.get(flow.asset, 0) + value
    for asset, value in way.converted.items():
        owed[asset] = owed.get(asset, 0) + value
    for end, value in found.items():
        owed[end.asset] = owed.get(end.asset, 0) - value
    if any(owed.values()):
        message = f"the way back of {way.origin} lost value: {owed}"
        raise AssertionError(message)
