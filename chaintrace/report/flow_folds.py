"""What a picture of the flow shows at first, and what it folds: ends and the largest ways first, the rest by column.

The choice is made over all methods at once, so that a picture can go from one to another and nothing moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from chaintrace.model.chain import Asset
from chaintrace.report.flow_graph import Box, Graph, Key, Line, LineKey, Sums, bare, plus, together

MOST_SHOWN = 60
"""Boxes that a picture shows at first; the rest of each column is folded into a box with its sum."""

MOST_AT_ONCE = 80
"""Boxes that it shows at once, with what was opened."""

MOST_KNOWN = 600
"""Boxes that a picture holds one by one; what is beyond stays folded, and hops.csv has it."""

PAGE = 10
"""Boxes of a fold that are opened together."""

ENDS, PAYERS = 24, 6
"""Ends and payers that are shown before anything between them."""

MOST_PAYERS = 12
"""Payers that a picture which folds anything shows: more of them would push all that follows below the screen."""

PARTS = 10**9
"""Shares are compared in parts of a thousand million."""


@dataclass(slots=True)
class Place:
    """A box with its column, and its place in pixels. `page` is that of its fold; -1: shown at first, or never alone.

    `number` is its place in the order of hops, `weight` the largest share of an asset that passes it under any method.
    """

    box: Box
    column: int
    page: int = -1
    weight: int = 0
    number: int = 0
    x: int = 0
    y: int = 0
    height: int = 0
    notes: int = 0


@dataclass
class Scene:
    """A flow as it is drawn: what was traced under each method, the places of all boxes, and a fold a column.

    `hidden` gives the column in whose fold a box lies at first. `columns` are the first and the last hop of each
    column, counted from the payers. `whole` is what was paid of each asset, in base units; of one that nobody paid, the
    largest part of it in one box.
    """

    graphs: Mapping[str, Graph]
    columns: list[tuple[int, int]]
    places: dict[Key, Place] = field(default_factory=dict)
    hidden: dict[Key, int] = field(default_factory=dict)
    folds: dict[int, Place] = field(default_factory=dict)
    whole: Sums = field(default_factory=dict)
    paid: frozenset[Asset] = frozenset()

    @property
    def currency(self) -> str:
        """In what the lines are valued; empty where the case did not ask."""
        return self.graphs[self.method].currency

    @property
    def method(self) -> str:
        """The main method: the first."""
        return next(iter(self.graphs))

    @cached_property
    def assets(self) -> list[Asset]:
        """The assets of the lines, first seen first."""
        return list(dict.fromkeys(key[2] for key in self.lines))

    @cached_property
    def lines(self) -> list[LineKey]:
        """The lines under any method, those of the main one first."""
        return list(dict.fromkeys(key for graph in self.graphs.values() for key in graph.lines))

    def nodes(self) -> list[Place]:
        """Boxes and folds in the order of hops; a box beyond what is known is none."""
        known = [place for place in self.places.values() if place.box.kind != "beyond"]
        return sorted((*known, *self.folds.values()), key=lambda place: place.number)

    def shown(self, key: Key) -> Place:
        """Where a box is seen at first: itself, or the fold that it lies in."""
        column = self.hidden.get(key)
        return self.places[key] if column is None else self.folds[column]

    def first_lines(self, method: str) -> list[Line]:
        """The lines that are seen at first under a method, summed over what is folded."""
        found: dict[LineKey, Line] = {}
        graph = self.graphs[method]
        for key in self.lines:
            value = graph.lines.get(key, 0)
            ends = (self.shown(key[0]).box.key, self.shown(key[1]).box.key, key[2])
            if value and (ends[0] != ends[1] or key[0] == ends[0]):
                line = Line(*ends, value, key in graph.linked, graph.worths.get(key))
                found[ends] = together(found[ends], line) if ends in found else line
        return list(found.values())


def scene(graphs: Mapping[str, Graph], most: int = MOST_SHOWN) -> Scene:
    """Choose what is shown at first and fold the rest; `graphs` by method, the main one first."""
    boxes: dict[Key, Box] = {}
    for graph in graphs.values():
        for key, box in graph.boxes.items():
            boxes.setdefault(key, box)
    whole, paid = _whole(graphs)
    weights = _weights(graphs, whole)
    ordered = _ordered(boxes, weights, {key for graph in graphs.values() for key in _ended(graph)})
    kept = _with_single(boxes, set(ordered[: _room(boxes, ordered, most)]))
    columns = _columns(boxes, kept)
    column_of = {hop: at for at, (first, last) in enumerate(columns) for hop in range(first, last + 1)}
    known = set(ordered[:MOST_KNOWN])
    lies_in = {key: column_of[box.column] for key, box in boxes.items()}
    told = {name: _reduced(graph, known, lies_in) for name, graph in graphs.items()}
    made = Scene(told, columns, whole=whole, paid=paid)
    for key in (key for key in boxes if key in known):
        box = next(graph.boxes[key] for graph in told.values() if key in graph.boxes)
        made.places[key] = Place(box, lies_in[key], weight=weights.get(key, 0))
    for graph in told.values():
        for key, box in graph.boxes.items():
            made.places.setdefault(key, Place(box, box.column))
    _fold(made, [key for key in ordered if key in known], kept)
    return made


def _fold(made: Scene, ordered: list[Key], kept: set[Key]) -> None:
    """Put what is not kept into the fold of its column, the heaviest first, page by page."""
    beyond = [key for key, place in made.places.items() if place.box.kind == "beyond"]
    counted: dict[int, int] = {}
    for key in (*(key for key in ordered if key not in kept), *beyond):
        column = made.places[key].column
        box = Box(("folded", "", str(column)), "folded", column, "", members=0)
        made.folds.setdefault(column, Place(box, column))
        made.hidden[key] = column
        if key not in beyond:
            made.places[key].page = counted.get(column, 0) // PAGE
            counted[column] = counted.get(column, 0) + 1


def _whole(graphs: Mapping[str, Graph]) -> tuple[Sums, frozenset[Asset]]:
    """What was paid of each asset, and which assets were paid at all."""
    whole: Sums = {}
    main = next(iter(graphs.values()))
    for box in main.boxes.values():
        for asset, value in box.outflow.items() if box.kind == "payer" else ():
            plus(whole, asset, value)
    paid = frozenset(whole)
    for graph in graphs.values():
        for box in graph.boxes.values():
            for asset, value in box.inflow.items():
                if asset not in paid:
                    whole[asset] = max(value, whole.get(asset, 0))
    return whole, paid


def _weights(graphs: Mapping[str, Graph], whole: Sums) -> dict[Key, int]:
    """The largest share of an asset that passes a box under any method, in `PARTS`."""
    found: dict[Key, int] = {}
    for graph in graphs.values():
        for key, box in graph.boxes.items():
            for asset, value in (box.outflow if box.kind == "payer" else box.inflow).items():
                found[key] = max(found.get(key, 0), value * PARTS // (whole.get(asset) or 1))
    return found


def _ended(graph: Graph) -> list[Key]:
    """The boxes at which value ends: endpoints, resting places, what was not followed and where it was returned."""
    return [key for key, box in graph.boxes.items() if box.kind == "endpoint" or box.rests or box.left or box.returned]


def _ordered(boxes: Mapping[Key, Box], weights: Mapping[Key, int], ended: set[Key]) -> list[Key]:
    """The boxes, those first that are to be seen first: some payers and ends, then whatever carries most."""
    by_weight = sorted(boxes, key=lambda key: (-weights.get(key, 0), boxes[key].column, key))
    payers = [key for key in by_weight if boxes[key].kind == "payer"]
    ends = [key for key in by_weight if key in ended][:ENDS]
    late = set(payers[MOST_PAYERS:])
    between = (key for key in by_weight if key not in late)
    return list(dict.fromkeys((*payers[:PAYERS], *ends, *between, *payers)))


def _room(boxes: Mapping[Key, Box], ordered: list[Key], most: int) -> int:
    """How many of the ordered boxes are shown, so that with the folds of the others there are at most `most`."""
    if len(ordered) <= most:
        return len(ordered)
    total: dict[int, int] = {}
    for box in boxes.values():
        total[box.column] = total.get(box.column, 0) + 1
    for room in range(most, 1, -1):
        shown: dict[int, int] = {}
        for key in ordered[:room]:
            shown[boxes[key].column] = shown.get(boxes[key].column, 0) + 1
        partly = sum(1 for column, count in shown.items() if count < total[column])
        if room + partly + _runs(sorted(total), shown) <= most:
            return room
    return 1


def _with_single(boxes: Mapping[Key, Box], kept: set[Key]) -> set[Key]:
    """With the boxes that would be alone in the fold of their hop: a fold takes as much room as the box."""
    shown = {boxes[key].column for key in kept}
    left: dict[int, list[Key]] = {}
    for key, box in boxes.items():
        if key not in kept and box.column in shown:
            left.setdefault(box.column, []).append(key)
    return kept | {keys[0] for keys in left.values() if len(keys) == 1}


def _runs(hops: list[int], shown: Mapping[int, int]) -> int:
    """How many rows of neighbouring hops there are of which nothing is shown."""
    return sum(1 for at, hop in enumerate(hops) if hop not in shown and (at == 0 or hops[at - 1] in shown))


def _columns(boxes: Mapping[Key, Box], kept: set[Key]) -> list[tuple[int, int]]:
    """The columns of the picture as the first and last hop in them: neighbouring hops without a kept box are one."""
    shown = {boxes[key].column for key in kept}
    made: list[tuple[int, int]] = []
    for hop in sorted({box.column for box in boxes.values()}):
        if made and hop not in shown and made[-1][0] not in shown:
            made[-1] = (made[-1][0], hop)
        else:
            made.append((hop, hop))
    return made


def _reduced(graph: Graph, known: set[Key], lies_in: Mapping[Key, int]) -> Graph:
    """The graph with everything that is not known summed to one box a column of the picture."""
    if known.issuperset(graph.boxes):
        return graph
    boxes = {key: bare(box) for key, box in graph.boxes.items() if key in known}
    made = Graph(boxes, moved=graph.moved, currency=graph.currency)
    names = {key: key if key in known else _beyond(made, box, lies_in[key]) for key, box in graph.boxes.items()}
    for line in graph.listed():
        source, target = names[line.source], names[line.target]
        if source != target:
            made.join(replace(line, source=source, target=target))
    return made


def _beyond(made: Graph, box: Box, column: int) -> Key:
    key: Key = ("beyond", "", str(column))
    into = made.boxes.setdefault(key, Box(key, "beyond", column, "", members=0))
    into.members += 1
    for mine, theirs in ((into.rests, box.rests), (into.left, box.left), (into.returned, box.returned)):
        for asset, value in theirs.items():
            plus(mine, asset, value)
    return key
