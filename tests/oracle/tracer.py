"""Forward tracing by one allocating method: the whole history, event by event, in chain order.

An account event is a transfer between two pools (M5); a UTXO event is a transaction that makes one pool of its inputs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tests.oracle.legs import Legs
from tests.oracle.links import Leg, Link, Links, bridge_of
from tests.oracle.pools import LibrFifo, Lot, Row, Shares, new_pool
from tests.oracle.reading import Case, Transfer, Tx

HISTORY = "history not in the sources"
Pool = Row | Shares | LibrFifo


@dataclass
class Place:
    """Where lots arrive, and what becomes of value there that nothing else ends (`ends`)."""

    chain: str
    address: str
    txid: str
    outpoint: str
    asset: str
    burned: bool
    over: bool  # this transaction is beyond max_transactions
    ends: str  # "" goes on, "resting", or HISTORY
    out: Link | None = None  # the link out of which this leg goes


class Tracer:
    """One run of one method over one case."""

    def __init__(self, case: Case, legs: Legs, links: Links, method: str) -> None:
        self.case, self.legs, self.links, self.method = case, legs, links, method
        self.outcomes: dict[tuple[str, str, str, str], int] = defaultdict(int)  # origin, chain, asset, outcome
        self.endpoints: dict[tuple[str, ...], int] = defaultdict(int)
        self.resting: dict[tuple[str, ...], int] = defaultdict(int)
        self.not_followed: dict[tuple[str, ...], int] = defaultdict(int)
        self.hops: list[dict[str, object]] = []
        self.pools: dict[tuple[str, str, str], Pool] = {}
        self.coins: dict[tuple[str, str], list[Lot]] = {}
        self.counted: set[tuple[str, str]] = set()

    def run(self) -> None:
        for key, opening in self.legs.openings.items():
            self.pools[key] = new_pool(self.method, self.case.libr_between)
            self.pools[key].put([(None, opening, 0)])
        for absent in self.legs.absent:
            lots = self.claim([(None, absent.value, 0)], [absent.origin], absent.chain, "BTC")
            place = Place(absent.chain, absent.address, absent.txid, absent.outpoint, "BTC", False, False, "")
            self.note(lots, place, absent.outpoint.split(":")[1], "", claimed=True)
            self.coins[absent.chain, absent.outpoint] = self.arrive(lots, place)
        for link in self.links.links:
            link.begin()
        for event in self.links.events():
            if isinstance(event, Transfer):
                self.transfer(event)
            else:
                self.transaction(event)
            for link in self.links.settled(event):
                self.settle(link)
        self.end()

    def settle(self, link: Link) -> None:
        """M23: what went out and did not come back is converted, or ends at a bridge whose other side nobody holds."""
        asset = self.links.asset(link.out[0])
        chain, address = link.out[0][0], link.place
        for origin, value in self.links.convert(link):
            if link.into:
                self.outcomes[origin, chain, asset, "converted_out"] += value
            else:
                self.outcomes[origin, chain, asset, "endpoint"] += value
                self.endpoints[origin, chain, address, asset] += value

    # Account chains

    def transfer(self, t: Transfer) -> None:
        payer = self.legs.pool_key(t.chain, t.sender, t.asset)
        payee = self.legs.pool_key(t.chain, t.receiver, t.asset)
        if self.legs.to_itself(t):  # M8: lots keep their places
            if out := self.links.of_out((t.chain, t.txid, t.index)):
                out.held.put([(None, t.value, 0)])
            return
        lots = self.pools[payer].take(t.value) if payer else [(None, t.value, 0)]
        lots = [(origin, value, hop + 1) for origin, value, hop in lots]
        leg = (t.chain, t.txid, t.index)
        lots = self.claim(self.bring(leg, lots, t.asset), self.legs.seeds.get(leg, []), t.chain, t.asset)
        over = self.is_over(t.chain, t.txid, lots)
        ends = "" if self.legs.covered(t.chain, t.receiver, t.asset, t.order[0]) else HISTORY
        place = Place(t.chain, t.receiver, t.txid, "", t.asset, t.receiver == "", over, ends, self.links.of_out(leg))
        self.note([lot for lot in lots if lot[2] > 0], place, t.index, t.sender, claimed=False)
        self.note([lot for lot in lots if lot[2] == 0], place, t.index, t.sender, claimed=True)
        lots = self.arrive(lots, place)
        if payee:
            self.pools[payee].put(lots)

    # UTXO chains

    def transaction(self, tx: Tx) -> None:
        lots, known = self.inputs(tx)
        pool = new_pool(self.method, self.case.libr_between)
        if known and not tx.coinbase:
            if sum(lot[1] for lot in lots) < sum(value for value, _, _ in tx.outputs):
                raise ValueError(f"{tx.txid}: the outputs hold more than the inputs")
            pool.put(lots)
        drawn = []
        for vout, (value, _, _) in enumerate(tx.outputs):
            lots = pool.take(value) if known and not tx.coinbase else [(None, value, 0)]
            lots = [(origin, part, hop + 1) for origin, part, hop in lots]
            leg = (tx.chain, tx.txid, str(vout))
            drawn.append(self.claim(self.bring(leg, lots, "BTC"), self.legs.seeds.get(leg, []), tx.chain, "BTC"))
        over = self.is_over(tx.chain, tx.txid, [lot for lots in drawn for lot in lots] + pool.lots())
        sources = ";".join(sorted({address for _, _, address in tx.inputs if address}))
        for vout, (_, address, burned) in enumerate(tx.outputs):
            outpoint = f"{tx.txid}:{vout}"
            ends = self.legs.unspent(tx.chain, outpoint, address)
            leg = (tx.chain, tx.txid, str(vout))
            out = self.links.of_out(leg)
            place = Place(tx.chain, address, tx.txid, outpoint, "BTC", burned, over, ends, out)
            claimed = [lot for lot in drawn[vout] if lot[2] == 0]
            self.note([lot for lot in drawn[vout] if lot[2] > 0], place, str(vout), sources, claimed=False)
            self.note(claimed, place, str(vout), sources, claimed=True)
            self.coins[tx.chain, outpoint] = self.arrive(drawn[vout], place)
        for origin, value, _ in pool.lots():
            if origin is not None:
                self.outcomes[origin, tx.chain, "BTC", "fee"] += value

    def inputs(self, tx: Tx) -> tuple[list[Lot], bool]:
        """The inputs' lots in input order; M11 when a value is not known and traced value is among them."""
        known = all(value is not None for _, value, _ in tx.inputs)
        pooled: list[Lot] = []
        for outpoint, value, address in tx.inputs:
            lots = self.coins.pop((tx.chain, outpoint), None)
            if lots is None:
                lots = [(None, value or 0, 0)]
            for origin, part, _ in lots if not known else []:
                if origin is not None:
                    self.outcomes[origin, tx.chain, "BTC", "not_followed"] += part
                    row = (origin, tx.chain, address, tx.txid, outpoint, "BTC", "input values unknown")
                    self.not_followed[row] += part
            pooled += lots
        return pooled, known

    # Both

    def bring(self, leg: Leg, lots: list[Lot], asset: str) -> list[Lot]:
        """M23: the lots of a leg, with what a link brings in place of its unidentified value."""
        carried, brought = self.links.brought(leg, lots)
        link = self.links.of_in(leg)
        for origin, value, _ in brought:
            if origin is not None and link is not None and leg in link.into:
                self.outcomes[origin, leg[0], asset, "converted_in"] += value
        return carried + brought

    def claim(self, lots: list[Lot], origins: list[str], chain: str, asset: str) -> list[Lot]:
        """M19: the seed gives its origin, at hop 0, to the part of the leg that is unidentified."""
        for seed in origins:
            free = sum(value for origin, value, _ in lots if origin is None)
            lots = [(seed, lot[1], 0) if lot[0] is None else lot for lot in lots]
            self.outcomes[seed, chain, asset, "seed"] += free
        return lots

    def is_over(self, chain: str, txid: str, lots: list[Lot]) -> bool:
        """M25: transactions that carry traced value are counted in chain order; the next ones are over."""
        if not any(origin is not None and value for origin, value, _ in lots):
            return False
        if (chain, txid) not in self.counted and len(self.counted) < self.case.max_transactions:
            self.counted.add((chain, txid))
        return (chain, txid) not in self.counted

    def note(self, lots: list[Lot], place: Place, index: str, sender: str, *, claimed: bool) -> None:
        """One row of the hops for each origin: the sum and the least hop."""
        for origin in dict.fromkeys(lot[0] for lot in lots if lot[0] is not None and lot[1]):
            mine = [lot for lot in lots if lot[0] == origin]
            self.hops.append(
                {
                    "method": self.method, "chain": place.chain, "txid": place.txid, "index": index, "from": sender,
                    "to": place.address, "asset": place.asset, "origin": origin, "value": sum(lot[1] for lot in mine),
                    "hop": min(lot[2] for lot in mine), "rule": "seed" if claimed else self.method,
                }
            )  # fmt: skip

    def arrive(self, lots: list[Lot], place: Place) -> list[Lot]:
        """The lots as they lie at the receiver: what has ended there is unidentified from then on (M25)."""
        sums: dict[str | None, int] = defaultdict(int)
        for origin, value, _ in lots:
            sums[origin] += value
        after: list[Lot] = []
        self.go_out(lots, place, sums)
        for origin, value, hop in lots:
            outcome, reason = ("", "") if origin is None else self.verdict(origin, sums[origin], hop, place)
            if origin is not None and outcome:
                self.record(origin, value, place, outcome, reason)
                after.append((None, value, hop))
            else:
                after.append((origin, value, hop))
        return after

    def go_out(self, lots: list[Lot], place: Place, sums: dict[str | None, int]) -> None:
        """M23: hold what goes out with a leg of a link; what ended there is unidentified in it."""
        if place.out is None:
            return
        held: list[Lot] = []
        for origin, value, hop in lots:
            ends = origin is None or self.verdict(origin, sums[origin], hop, place)[0] != "out"
            held.append((None if ends else origin, value, hop))
        place.out.held.put(held)
        if any(origin is not None and value for origin, value, _ in lots):
            place.out.place = bridge_of(place.address, place.asset)

    def verdict(  # noqa: PLR0911  # one return a rule, in the order of M25
        self, origin: str, total: int, hop: int, place: Place
    ) -> tuple[str, str]:
        """The first rule of M25 that applies, as (outcome, reason); ("", "") when the value goes on."""
        if place.burned and not place.out:
            return "burned", ""
        if (place.chain, place.address, origin) in self.legs.returns:
            return "returned", ""
        if place.out and not place.out.into:
            return "out", ""
        if place.out:
            limited = self.limits(total, hop, place)
            return limited if limited[0] else ("out", "")
        if (place.chain, place.address) in self.case.stops:
            return "endpoint", ""
        limited = self.limits(total, hop, place)
        if limited[0]:
            return limited
        return {"": ("", ""), "resting": ("resting", ""), HISTORY: ("not_followed", HISTORY)}[place.ends]

    def limits(self, total: int, hop: int, place: Place) -> tuple[str, str]:
        """M25: what is too small or too far."""
        if total < self.case.min_value.get(f"{place.chain}:{place.asset}", 0):
            return "not_followed", "below min_value"
        if hop >= self.case.max_hops:
            return "not_followed", "limit: max_hops"
        if place.over:
            return "not_followed", "limit: max_transactions"
        return "", ""

    def record(self, origin: str, value: int, place: Place, outcome: str, reason: str) -> None:
        """Adds value to its outcome and to the list that shows it."""
        if not value or outcome == "out":
            return
        self.outcomes[origin, place.chain, place.asset, outcome] += value
        if outcome == "endpoint":
            self.endpoints[origin, place.chain, place.address, place.asset] += value
        if outcome == "resting":
            self.resting[origin, place.chain, place.address, place.outpoint, place.asset] += value
        if outcome == "not_followed":
            row = (origin, place.chain, place.address, place.txid, place.outpoint, place.asset, reason)
            self.not_followed[row] += value

    def end(self) -> None:
        """What the method leaves in the pools rests (M27); then the law of conservation (M26)."""
        for (chain, holder, asset), pool in self.pools.items():
            for origin, value, _ in pool.lots():
                if origin is not None:
                    place = Place(chain, self.legs.shown(holder), "", "", asset, False, False, "")
                    self.record(origin, value, place, "resting", "")
        left = [lot for lots in self.coins.values() for lot in lots if lot[0] is not None and lot[1]]
        if left:
            raise AssertionError(f"{self.method}: traced value lies in coins that nobody spends: {left}")
        balance: dict[tuple[str, str, str], int] = defaultdict(int)
        for (origin, chain, asset, outcome), value in self.outcomes.items():
            balance[origin, chain, asset] += value if outcome in ("seed", "converted_in") else -value
        if any(balance.values()):
            raise AssertionError(f"{self.method}: the law of conservation is broken: {dict(balance)}")
