"""What the order of a UTXO transaction's inputs decides under FIFO and LIFO: the range over all orders (M7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chaintrace.model.amounts import figure, prose
from chaintrace.model.chain import OutPoint
from chaintrace.model.sensitivity import Sensitivity
from chaintrace.model.trace import Claim, Endpoint, FeePaid, Limits, Lot, NotFollowed, Options, Resting, Seed, Trace
from chaintrace.model.transaction import Leg, Movement, Transfer
from chaintrace.model.view import View
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.claims import Claims
from chaintrace.tracing.desk import Desk
from chaintrace.tracing.forward import Run, laid
from chaintrace.tracing.orders import Block, Effort, Range, extremes, value
from chaintrace.tracing.outputs import Outputs
from chaintrace.tracing.pieces import Landing, Seen, landings
from chaintrace.tracing.record import Record, by_origin

POSITIONAL = ("fifo", "lifo")
"""The methods that go by position on UTXO chains."""

MOST_TRANSACTIONS = 50
"""Transactions whose inputs are varied, at most: those that move the most traced value."""


class _Watched(Outputs):
    """Outputs that remember what every input brought."""

    def __init__(self, desk: Desk) -> None:
        """Nothing was seen yet."""
        super().__init__(desk)
        self.seen: dict[tuple[str, str], tuple[Movement, list[Sequence[Lot]]]] = {}
        self._brought: list[Sequence[Lot]] = []

    def spend(self, movement: Movement, claims: Claims) -> None:
        """See one transaction, and keep the lots of its inputs."""
        self._brought = []
        super().spend(movement, claims)
        self.seen[movement.transaction.chain, movement.transaction.txid] = (movement, self._brought)

    def _input(self, transfer: Transfer, leg: Leg, claims: Claims) -> Sequence[Lot]:
        lots = super()._input(transfer, leg, claims)
        self._brought.append(lots)
        return lots


@dataclass(frozen=True, slots=True)
class _Case:
    """One method's run, and what it found where."""

    view: View
    method: str
    limits: Limits
    arrivals: Arrivals
    seen: Seen
    found: Mapping[tuple[str, str, str], int]
    ends: Mapping[tuple[str, str], str]
    cut: bool

    def goes_on(self, landing: Landing, hop: int) -> bool:
        """Whether value may be followed from a landing: neither stopped, returned, burned, claimed nor at a limit.

        `hop` is the most of the varied inputs. A least value acts on each part of a leg, so nothing is derived past it.
        """
        tx, leg = landing.transaction, landing.leg
        if leg is None or leg.holding is None or (tx.txid, landing.name) in self.ends:
            return False
        asset = tx.transfers[0].asset
        limited = (
            hop + landing.depth + 1 >= self.limits.max_hops or (asset.chain, asset.contract) in self.limits.min_value
        )
        return not limited and not self.cut and self.arrivals.stop(tx.chain, leg.address) is None

    def ends_at(self, landing: Landing, hop: int) -> bool:
        """Whether a landing is an endpoint or a resting place, also one that no traced value reaches in this order."""
        tx, leg = landing.transaction, landing.leg
        if leg is None or leg.holding is None:
            return False
        if self.arrivals.stop(tx.chain, leg.address) is not None:
            return True
        known = self.ends.get((tx.txid, landing.name))
        if known is not None:
            return bool(known)
        unspent = self.view.spender(OutPoint(tx.chain, tx.txid, leg.index)) is None
        return unspent and self.goes_on(landing, hop)


def method_name(method: str) -> str:
    """The method as a sentence writes it."""
    return method if method == "haircut" else method.upper()


def input_orders(
    view: View, seeds: tuple[Seed, ...], traces: Mapping[str, Trace], limits: Limits, options: Options
) -> list[Sensitivity]:
    """For every output, fee, endpoint and resting place that depends on an order of inputs: the range over all orders.

    A place is named `txid:vout`, a fee `txid:fee`. At most `MOST_TRANSACTIONS` transactions are varied, one at a time,
    and fewer where they are dear; what was not varied is counted in the last text.
    """
    found: list[Sensitivity] = []
    for method, trace in traces.items():
        if method not in POSITIONAL or not any(_on_outputs(claim) for claim in trace.claims):
            continue
        case = _case(view, seeds, trace, limits, options)
        varied = _varied(case.seen)
        some, passed, effort = list[Sensitivity](), 0, Effort()
        for movement, brought in varied[:MOST_TRANSACTIONS]:
            if effort.spent:
                break
            some.extend(_ranges(case, movement, brought, effort))
            passed += 1
        if some and passed < len(varied):
            more = f" Transactions whose inputs were not varied: {len(varied) - passed}."
            some[-1] = replace(some[-1], text=some[-1].text + more)
        found.extend(some)
    return found


def _on_outputs(claim: Claim) -> bool:
    return claim.transaction is None or claim.transaction.utxo is not None


def _case(view: View, seeds: tuple[Seed, ...], trace: Trace, limits: Limits, options: Options) -> _Case:
    """Run the method once more, and remember what every input brought."""
    desk = laid(view, seeds, Record(trace.method, steps=False), limits, options, {})
    run = Run(seeds, desk)
    watched = _Watched(desk)
    run.outputs = watched
    again = run.go()
    found: dict[tuple[str, str, str], int] = {}
    for hop in again.hops:
        if hop.rule != "seed":
            found[hop.txid, hop.index, hop.origin] = found.get((hop.txid, hop.index, hop.origin), 0) + hop.traced
    ends = {(claim.txid, claim.index): "" for claim in again.claims}
    ends |= {(moved.txid, moved.index): "" for moved in desk.crossings.legs()}
    for outcome in again.outcomes:
        if isinstance(outcome, FeePaid):
            found[outcome.txid, "fee", outcome.origin] = outcome.value
        elif outcome.outpoint is not None:
            kind = {Endpoint: "endpoint", Resting: "resting"}.get(type(outcome), "")
            ends[outcome.txid, outcome.index] = ends.get((outcome.txid, outcome.index), "") or kind
    cut = any(isinstance(end, NotFollowed) and end.reason == "limit: max_transactions" for end in again.outcomes)
    return _Case(view, trace.method, limits, desk.arrivals, watched.seen, found, ends, cut)


def _varied(seen: Seen) -> list[tuple[Movement, Sequence[Sequence[Lot]]]]:
    """Transactions with traced and other lots among several inputs, those with the most traced value first."""
    found = []
    for movement, brought in seen.values():
        origins = {lot.origin for lots in brought for lot in lots}
        known = all(leg.value is not None for leg in movement.transfer.inputs)
        if known and len(origins) > 1 and sum(1 for lots in brought if lots) > 1:
            traced = sum(lot.value for lots in brought for lot in lots if lot.origin is not None)
            found.append((-traced, movement.transaction.txid, movement, brought))
    return [(movement, brought) for _, _, movement, brought in sorted(found, key=lambda entry: entry[:2])]


def _ranges(case: _Case, movement: Movement, brought: Sequence[Sequence[Lot]], effort: Effort) -> Iterator[Sensitivity]:
    """The places that one transaction's order of inputs changes."""
    origins = by_origin(lot for lots in brought for lot in lots)
    blocks = {origin: [_block(lots, origin) for lots in brought] for origin in origins}
    known: dict[tuple[str, tuple[tuple[int, int], ...]], Range] = {}
    hop = max(lot.hop for lots in brought for lot in lots)
    for landing in landings(case.view, case.method, movement, case.seen, lambda landing: case.goes_on(landing, hop)):
        place = (landing.transaction.txid, landing.name)
        if landing.depth and not case.ends_at(landing, hop):
            continue
        for origin in origins:
            fixed, windows = landing.fixed(origin), landing.windows
            reported = case.found.get((*place, origin), 0)
            if reported != fixed + value(blocks[origin], windows):
                continue  # a limit or a seed acts in between: what another order gives cannot be derived so
            key = (origin, tuple(windows))
            if key not in known:
                known[key] = extremes(blocks[origin], windows, effort)
            ends = known[key]
            if ends.low != ends.high:
                ends = Range(ends.low + fixed, ends.high + fixed, ends.exact)
                yield _sensitivity(case, movement, landing, origin, reported, ends)


def _block(lots: Sequence[Lot], origin: str) -> Block:
    """One input, with the spans of an origin in it."""
    spans, at = [], 0
    for lot in lots:
        if lot.origin == origin and lot.value:
            spans.append((at, at + lot.value))
        at += lot.value
    return Block(at, tuple(spans))


def _sensitivity(  # noqa: PLR0917  # what was varied, where it shows, and the three numbers
    case: _Case, movement: Movement, landing: Landing, origin: str, reported: int, ends: Range
) -> Sensitivity:
    tx, asset, method = movement.transaction, movement.transfer.asset, case.method
    place = f"{landing.transaction.txid}:{landing.name}"
    if landing.leg is None:
        where = f"the fee of {landing.transaction.txid}"
    else:
        where = f"output {place}" + (f", paid to {landing.leg.address}" if landing.leg.address else "")
    over = "over all orders" if ends.exact else "over the orders that were searched"
    text = (
        f"The order of the inputs of {tx.txid} is a choice of the wallet software: {over}, {method_name(method)} puts "
        f"from {figure(ends.low, asset)} to {prose(ends.high, asset)} of {origin} into {where}; in the chain's order, "
        f"{figure(reported, asset)}."
    )
    return Sensitivity(
        "input order", method, tx.chain, tx.txid, origin, place, asset, reported, ends.low, ends.high, text, ends.exact
    )
