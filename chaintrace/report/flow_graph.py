"""The flow of traced value as boxes and lines: who paid whom, by hop, under one method."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.trace import Endpoint, Hop, NotFollowed, Resting, Returned, Trace
from chaintrace.report.credited import Label, label_of, said_of
from chaintrace.report.interface import Inputs
from chaintrace.valuation import Worth, worth

Kind: TypeAlias = Literal["payer", "address", "endpoint", "returned", "joined", "folded", "beyond"]
"""`returned` is an address to which value was returned (M22) and at which no trace stops, `folded` a fold of a picture,
`beyond` what a picture does not hold box by box (flow_folds.py)."""

Key: TypeAlias = tuple[str, str, str]
Sums: TypeAlias = dict[Asset, int]
LineKey: TypeAlias = tuple[Key, Key, Asset]


@dataclass(slots=True)
class Box:
    """One address, one payer, one transaction that joins several outputs, or what was folded. Base units by asset.

    `reasons` say why value was not followed from here. `members` counts the addresses of a fold.
    """

    key: Key
    kind: Kind
    column: int
    address: str
    label: str = ""
    category: str = ""
    inflow: Sums = field(default_factory=dict)
    outflow: Sums = field(default_factory=dict)
    rests: Sums = field(default_factory=dict)
    left: Sums = field(default_factory=dict)
    returned: Sums = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)
    members: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """Traced value of one asset from one box to another, summed over transfers and origins, in base units.

    `worth` is what it was worth when it moved, in the case's currency; None where nobody asked or a part has no price.
    """

    source: Key
    target: Key
    asset: Asset
    value: int
    is_linked: bool = False
    worth: Fraction | None = None


@dataclass(slots=True)
class Graph:
    """Boxes by key in the order in which value reached them, and lines likewise.

    `linked` are the lines of documents, `moved` the hops of each line; a line into a joining transaction has none.
    `worths` is what a line was worth when it moved, of those lines of which every part has a price in `currency`.
    """

    boxes: dict[Key, Box] = field(default_factory=dict)
    lines: dict[LineKey, int] = field(default_factory=dict)
    linked: set[LineKey] = field(default_factory=set)
    moved: dict[LineKey, list[Hop]] = field(default_factory=dict)
    currency: str = ""
    worths: dict[LineKey, Fraction] = field(default_factory=dict)

    def add(self, source: Key, target: Key, asset: Asset, value: int, told: Fraction | None = None) -> None:
        """Add value to a line and to the sums of its ends; `told` is what it was worth, where that is known."""
        key = (source, target, asset)
        if told is not None and (key in self.worths or key not in self.lines):
            self.worths[key] = self.worths.get(key, Fraction()) + told
        else:
            self.worths.pop(key, None)
        self.lines[key] = self.lines.get(key, 0) + value
        plus(self.boxes[source].outflow, asset, value)
        plus(self.boxes[target].inflow, asset, value)

    def listed(self) -> list[Line]:
        """The lines, first seen first."""
        return [Line(*key, value, key in self.linked, self.worths.get(key)) for key, value in self.lines.items()]

    def join(self, line: Line) -> None:
        """Add a line of another graph that has the same boxes."""
        self.add(line.source, line.target, line.asset, line.value, line.worth)
        if line.is_linked:
            self.linked.add((line.source, line.target, line.asset))


def together(one: Line, other: Line) -> Line:
    """Two lines between the same ends as one; it is worth something where both are."""
    told = one.worth + other.worth if one.worth is not None and other.worth is not None else None
    return replace(one, value=one.value + other.value, is_linked=one.is_linked or other.is_linked, worth=told)


def plus(totals: Sums, asset: Asset, value: int) -> None:
    """Add base units of an asset to sums."""
    totals[asset] = totals.get(asset, 0) + value


def graph(inputs: Inputs, method: str = "") -> Graph:
    """The hops of one method, the main one where none is named, as a graph with every box."""
    trace = inputs.traces[method or inputs.method]
    made = _Maker(inputs, trace)
    for hop in trace.hops:
        made.hop(hop)
    made.ends(trace)
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
    made = Graph(
        {key: bare(box) for key, box in whole.boxes.items() if key in kept}, moved=whole.moved, currency=whole.currency
    )
    for line in whole.listed():
        if line.source in kept and line.target in kept:
            made.join(line)
    return made


def worth_of(inputs: Inputs, hop: Hop) -> Fraction | None:
    """What the traced value of a hop was worth when it moved; None where nobody asked or there is no price."""
    if inputs.valuation is None:
        return None
    found = worth(
        inputs.valuation, hop.traced, hop.asset, hop.transaction.time if hop.transaction is not None else None
    )
    return found.exact if isinstance(found, Worth) else None


def bare(box: Box) -> Box:
    """The box without what came in and went out."""
    return replace(box, inflow={}, outflow={})


def first_credits(inputs: Inputs) -> dict[tuple[str, str], Endpoint]:
    """The first credit at each address at which a trace stops, by (chain, address); the main method's come first."""
    found: dict[tuple[str, str], Endpoint] = {}
    for trace in inputs.traces.values():
        for outcome in trace.outcomes:
            if isinstance(outcome, Endpoint):
                found.setdefault((outcome.asset.chain, outcome.address), outcome)
    return found


def _returned(inputs: Inputs) -> set[tuple[str, str]]:
    """The addresses to which any method returned value, as (chain, address)."""
    traces = inputs.traces.values()
    return {(one.asset.chain, one.address) for trace in traces for one in trace.outcomes if isinstance(one, Returned)}


class _Maker:
    """Reads hops in chain order and knows which box every output lies in."""

    def __init__(self, inputs: Inputs, trace: Trace) -> None:
        self.graph = Graph(currency=inputs.valuation.currency if inputs.valuation is not None else "")
        self._inputs = inputs
        self._credits = first_credits(inputs)
        self._returned = _returned(inputs)
        self._named = {(found.chain, found.subject) for found in inputs.findings}
        self._crossings = {step: made for made in trace.conversions for step in made.steps}
        self._at: dict[tuple[str, str, str], list[tuple[Key, Hop]]] = {}
        self._spent: dict[tuple[str, str], Key] = {}

    def hop(self, hop: Hop) -> None:
        """Add one hop: its sender's box, its receiver's box, and the line between them."""
        chain = hop.asset.chain
        target = self._receiver(hop)
        self._at.setdefault((chain, hop.txid, hop.index), []).append((target, hop))
        source = self._payer(hop) if hop.rule == "seed" else self._crossed(hop) or self._sender(hop)
        self.graph.add(source, target, hop.asset, hop.traced, worth_of(self._inputs, hop))
        self.graph.moved.setdefault((source, target, hop.asset), []).append(hop)
        if hop.rule == "documented_link":
            self.graph.linked.add((source, target, hop.asset))

    def _crossed(self, hop: Hop) -> Key | None:
        """The box into which value went that a continuation lets go on here; the payer's own is somebody else's."""
        made = self._crossings.get(hop.step)
        if made is None or made.continues.rule != hop.rule:
            return None
        legs = (self._at.get((leg.chain, leg.txid, leg.index), ()) for leg in made.continues.outgoing)
        return next((key for several in legs for key, _ in several), None)

    def _box(self, box: Box) -> Key:
        kept = self.graph.boxes.setdefault(box.key, box)
        kept.column = min(kept.column, box.column)
        return box.key

    def _receiver(self, hop: Hop) -> Key:
        """An address of an account chain and a stop are one box however often they receive; an output is its own."""
        chain, address = hop.asset.chain, hop.to_address
        stop = (chain, address) in self._credits
        output = hop.transaction is None or hop.transaction.utxo is not None
        one = bool(address) and (stop or not output)
        key = ("address", chain, address if one else f"{hop.txid}:{hop.index}")
        kept = self.graph.boxes.get(key)
        if kept is not None:
            kept.column = min(kept.column, hop.hop + 1)
            return key
        said = self._label(chain, address)
        kind: Kind = "endpoint" if stop else "returned" if (chain, address) in self._returned else "address"
        return self._box(Box(key, kind, hop.hop + 1, address or key[2], said.called, said.category))

    def _label(self, chain: str, address: str) -> Label:
        if not address:
            return Label("no address")
        if (chain, address) in self._credits:
            return said_of(self._inputs, self._credits[chain, address])
        is_told = (chain, address) in self._named or (chain, address) in self._inputs.tags
        return label_of(self._inputs, chain, address) if is_told else Label()

    def _payer(self, hop: Hop) -> Key:
        sender = hop.from_address
        label = "payer" if sender else "new coins" if hop.transaction is not None else "not in the sources"
        return self._box(Box(("payer", hop.asset.chain, sender or hop.txid), "payer", 0, sender or hop.txid, label))

    def _sender(self, hop: Hop) -> Key:
        chain, transaction = hop.asset.chain, hop.transaction
        utxo = transaction.utxo if transaction is not None else None
        if utxo is None:
            key = ("address", chain, hop.from_address)
            return self._box(Box(key, "address", hop.hop, hop.from_address))
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
        key = self._box(Box(("joined", chain, txid), "joined", hop.hop + 1, txid, f"{inputs} inputs"))
        for source, earlier in came:
            self.graph.add(source, key, earlier.asset, earlier.traced)
        return key

    def ends(self, trace: Trace) -> None:
        """Note what rests in a box, what was not followed from it and what was returned there."""
        for outcome in trace.outcomes:
            held = str(outcome.outpoint) if outcome.outpoint else outcome.address
            box = self.graph.boxes.get(("address", outcome.asset.chain, held))
            if box is not None and isinstance(outcome, Resting):
                plus(box.rests, outcome.asset, outcome.value)
            elif box is not None and isinstance(outcome, NotFollowed):
                plus(box.left, outcome.asset, outcome.value)
                box.reasons[outcome.reason] = None
            elif isinstance(outcome, Returned):
                at = box or self.graph.boxes.get(("address", outcome.asset.chain, outcome.address))
                if at is not None:
                    plus(at.returned, outcome.asset, outcome.value)
