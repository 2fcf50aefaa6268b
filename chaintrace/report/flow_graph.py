"""The flow of traced value as boxes and lines: who paid whom, by hop, folded to what an eye can read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.trace import Hop, NotFollowed, Resting, Trace
from chaintrace.report.credited import label_of, sums
from chaintrace.report.interface import Inputs

MOST_BOXES = 70
"""Boxes that a picture holds; the rest is folded, column by column, into a box with its sum."""

Kind: TypeAlias = Literal["payer", "address", "endpoint", "joined", "folded"]
Key: TypeAlias = tuple[str, str, str]
Sums: TypeAlias = dict[Asset, int]


@dataclass(slots=True)
class Box:
    """One address, one payer, one transaction that joins several outputs, or what was folded. Base units by asset."""

    key: Key
    kind: Kind
    column: int
    address: str
    label: str = ""
    inflow: Sums = field(default_factory=dict)
    outflow: Sums = field(default_factory=dict)
    rests: Sums = field(default_factory=dict)
    left: Sums = field(default_factory=dict)
    members: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """Traced value of one asset from one box to another, summed over transfers and origins, in base units."""

    source: Key
    target: Key
    asset: Asset
    value: int
    is_linked: bool = False


@dataclass(slots=True)
class Graph:
    """Boxes by key in the order in which value reached them, and lines likewise; `linked` are those of documents."""

    boxes: dict[Key, Box] = field(default_factory=dict)
    lines: dict[tuple[Key, Key, Asset], int] = field(default_factory=dict)
    linked: set[tuple[Key, Key, Asset]] = field(default_factory=set)

    def add(self, source: Key, target: Key, asset: Asset, value: int) -> None:
        """Add value to a line and to the sums of its ends."""
        key = (source, target, asset)
        self.lines[key] = self.lines.get(key, 0) + value
        _plus(self.boxes[source].outflow, asset, value)
        _plus(self.boxes[target].inflow, asset, value)

    def listed(self) -> list[Line]:
        """The lines, first seen first."""
        return [Line(*key, value, is_linked=key in self.linked) for key, value in self.lines.items()]

    def join(self, line: Line) -> None:
        """Add a line of another graph that has the same boxes."""
        self.add(line.source, line.target, line.asset, line.value)
        if line.is_linked:
            self.linked.add((line.source, line.target, line.asset))


def _plus(totals: Sums, asset: Asset, value: int) -> None:
    totals[asset] = totals.get(asset, 0) + value


def graph(inputs: Inputs) -> Graph:
    """The main method's hops as a graph of at most `MOST_BOXES` boxes."""
    return folded(unfolded(inputs))


def unfolded(inputs: Inputs) -> Graph:
    """The main method's hops as a graph with every box."""
    made = _Maker(inputs)
    for hop in inputs.trace.hops:
        made.hop(hop)
    made.ends(inputs.trace)
    return made.graph


def leading_to(whole: Graph, wanted: Collection[tuple[str, str]]) -> Graph:
    """The part of a graph through which value reached the wanted addresses, given as (chain, address).

    A box that has no part in that is left out with its lines, so that a box's sums are those of the lines that are
    drawn.
    """
    backward: dict[Key, list[Key]] = {}
    for line in whole.listed():
        backward.setdefault(line.target, []).append(line.source)
    waiting = [key for key, box in whole.boxes.items() if (key[1], box.address) in wanted]
    kept = set(waiting)
    while waiting:
        found = [source for source in backward.get(waiting.pop(), ()) if source not in kept]
        kept.update(found)
        waiting.extend(found)
    made = Graph({key: _bare(box) for key, box in whole.boxes.items() if key in kept})
    for line in whole.listed():
        if line.source in kept and line.target in kept:
            made.join(line)
    return made


class _Maker:
    """Reads hops in chain order and knows which box every output lies in."""

    def __init__(self, inputs: Inputs) -> None:
        self.graph = Graph()
        self._inputs = inputs
        self._stops = {(chain, address) for _, chain, address, _ in sums(inputs.trace)}
        self._crossings = {step: made for made in inputs.trace.conversions for step in made.steps}
        self._at: dict[tuple[str, str, str], list[tuple[Key, Hop]]] = {}
        self._spent: dict[tuple[str, str], Key] = {}

    def hop(self, hop: Hop) -> None:
        """Add one hop: its sender's box, its receiver's box, and the line between them."""
        chain = hop.asset.chain
        target = self._receiver(hop)
        self._at.setdefault((chain, hop.txid, hop.index), []).append((target, hop))
        source = self._payer(hop) if hop.rule == "seed" else self._crossed(hop) or self._sender(hop)
        self.graph.add(source, target, hop.asset, hop.traced)
        if hop.rule == "documented_link":
            self.graph.linked.add((source, target, hop.asset))

    def _crossed(self, hop: Hop) -> Key | None:
        """The box into which value went that a continuation lets go on here; the payer's own is somebody else's."""
        made = self._crossings.get(hop.step)
        if made is None or made.continues.rule != hop.rule:
            return None
        legs = (self._at.get((leg.chain, leg.txid, leg.index), ()) for leg in made.continues.outgoing)
        return next((key for several in legs for key, _ in several), None)

    def _box(self, key: Key, kind: Kind, column: int, address: str, label: str = "") -> Key:
        box = self.graph.boxes.setdefault(key, Box(key, kind, column, address, label))
        box.column = min(box.column, column)
        return key

    def _receiver(self, hop: Hop) -> Key:
        """An address of an account chain and a stop are one box however often they receive; an output is its own."""
        chain, address = hop.asset.chain, hop.to_address
        stop = (chain, address) in self._stops
        output = hop.transaction is None or hop.transaction.utxo is not None
        one = bool(address) and (stop or not output)
        key = ("address", chain, address if one else f"{hop.txid}:{hop.index}")
        label = label_of(self._inputs, chain, address).called if address else "no address"
        return self._box(key, "endpoint" if stop else "address", hop.hop + 1, address or key[2], label)

    def _payer(self, hop: Hop) -> Key:
        sender = hop.from_address
        label = "payment" if sender else "new coins" if hop.transaction is not None else "not in the sources"
        return self._box(("payer", hop.asset.chain, sender or hop.txid), "payer", 0, sender or hop.txid, label)

    def _sender(self, hop: Hop) -> Key:
        chain, transaction = hop.asset.chain, hop.transaction
        utxo = transaction.utxo if transaction is not None else None
        if utxo is None:
            key = ("address", chain, hop.from_address)
            return self._box(key, "address", hop.hop, hop.from_address)
        if (chain, hop.txid) not in self._spent:
            points = [leg.holding for leg in utxo.inputs if isinstance(leg.holding, OutPoint)]
            came = [found for point in points for found in self._at.get((chain, point.txid, str(point.vout)), ())]
            boxes = list(dict.fromkeys(key for key, _ in came))
            one = boxes[0] if len(boxes) == 1 else self._junction(hop, came, len(utxo.inputs))
            self._spent[chain, hop.txid] = one
        return self._spent[chain, hop.txid]

    def _junction(self, hop: Hop, came: list[tuple[Key, Hop]], inputs: int) -> Key:
        """A transaction whose inputs bring traced value from several boxes: the pool is the transaction (M5)."""
        chain, txid = hop.asset.chain, hop.txid
        key = self._box(("joined", chain, txid), "joined", hop.hop + 1, txid, f"{inputs} inputs")
        for source, earlier in came:
            self.graph.add(source, key, earlier.asset, earlier.traced)
        return key

    def ends(self, trace: Trace) -> None:
        """Note what rests in a box and what was not followed from it."""
        for outcome in trace.outcomes:
            held = str(outcome.outpoint) if outcome.outpoint else outcome.address
            box = self.graph.boxes.get(("address", outcome.asset.chain, held))
            if box is not None and isinstance(outcome, Resting):
                _plus(box.rests, outcome.asset, outcome.value)
            elif box is not None and isinstance(outcome, NotFollowed):
                _plus(box.left, outcome.asset, outcome.value)


def folded(whole: Graph, most: int = MOST_BOXES) -> Graph:
    """The same graph with its smallest boxes folded, so that at most `most` are left."""
    if len(whole.boxes) <= most:
        return whole
    columns = {box.column for box in whole.boxes.values()}
    room = max(most - len(columns), 1)
    paid: Sums = {}
    for box in whole.boxes.values():
        for asset, value in box.outflow.items() if box.kind == "payer" else ():
            _plus(paid, asset, value)
    ordered = sorted(whole.boxes.values(), key=lambda box: (-_weight(box, paid), box.column, box.key))
    kept = {box.key for box in ordered[:room]}
    made = Graph({key: _bare(box) for key, box in whole.boxes.items() if key in kept})
    names = {key: key if key in kept else _fold(made, box) for key, box in whole.boxes.items()}
    for line in whole.listed():
        source, target = names[line.source], names[line.target]
        if source != target:
            made.join(Line(source, target, line.asset, line.value, is_linked=line.is_linked))
    return made


def _bare(box: Box) -> Box:
    return Box(box.key, box.kind, box.column, box.address, box.label, rests=box.rests, left=box.left)


def _fold(made: Graph, box: Box) -> Key:
    key = ("folded", "", str(box.column))
    if key not in made.boxes:
        made.boxes[key] = Box(key, "folded", box.column, "", members=0)
    into = made.boxes[key]
    into.members += 1
    for mine, theirs in ((into.rests, box.rests), (into.left, box.left)):
        for asset, value in theirs.items():
            _plus(mine, asset, value)
    return key


def _weight(box: Box, paid: Sums) -> Fraction:
    """The largest part of a payment's asset that passes a box; for a payer, what it paid."""
    passed: Iterable[tuple[Asset, int]] = (*box.inflow.items(), *(box.outflow.items() if box.kind == "payer" else ()))
    return max((Fraction(value, paid.get(asset) or 1) for asset, value in passed), default=Fraction(0))
