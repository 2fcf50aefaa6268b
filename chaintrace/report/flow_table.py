"""The text alternative of the picture of the flow: its lines as a table, tied to its boxes by their ids."""

from chaintrace.i18n import Say
from chaintrace.model.chain import Asset
from chaintrace.report.amounts import figure, iso, prose, unit
from chaintrace.report.flow_folds import Scene
from chaintrace.report.flow_graph import Graph, Key, LineKey, Sums, plus
from chaintrace.report.flow_texts import GROUPS, money, short
from chaintrace.report.interface import Inputs
from chaintrace.report.markup import Child, Html, code, joined, moment, table, tag
from chaintrace.report.sentence import positional
from chaintrace.report.wording import method_name

MOST_LINES = 200
"""Lines that the table lists, the largest first of each hop; hops.csv has every movement."""


def lines_table(inputs: Inputs, made: Scene, say: Say, name: str) -> Html:
    """Every line under every method, exact; what comes from a box stands under its id in the picture."""
    keys = made.lines
    ordered = sorted(keys, key=lambda key: -_largest(made, key))[:MOST_LINES]
    kept = sorted(ordered, key=lambda key: (made.places[key[0]].column, made.places[key[0]].number, keys.index(key)))
    names = [say(method_name(method, positional=positional(inputs.trace))) for method in made.graphs]
    headings = (*map(say, ("Hop", "Sender", "Receiver", "First", "Asset")), *names)
    rows = [_row(made, key, say, name) for key in kept]
    left = _left(made, [key for key in keys if key not in set(kept)])
    return joined((table(headings, rows, numbers=range(5, 5 + len(names))), _rest(left, say)))


def _largest(made: Scene, key: LineKey) -> int:
    whole = made.whole[key[2]] or 1
    return max(graph.lines.get(key, 0) * 10**9 // whole for graph in made.graphs.values())


def _row(made: Scene, key: LineKey, say: Say, name: str) -> tuple[Child, ...]:
    source, target, asset = key
    values = [_amount(graph, key) for graph in made.graphs.values()]
    hop = made.columns[made.places[target].column][0] - 1
    return (hop, _end(made, source, say, name), _end(made, target, say, name), _first(made, key), unit(asset), *values)


def _amount(graph: Graph, key: LineKey) -> Child:
    """What a line carries, and what that was worth when it moved."""
    told = figure(graph.lines.get(key, 0), key[2])
    worth = graph.worths.get(key)
    return told if worth is None else joined((told, " ", tag("small", money(worth, graph.currency))))


def _end(made: Scene, key: Key, say: Say, name: str) -> Html:
    """A box as its label and address, with a link to it in the picture."""
    place = made.places[key]
    if place.box.kind == "beyond":
        return tag("span", say("folded"))
    label = place.box.label if place.box.kind == "endpoint" else ""
    told = tag("a", label or short(place.box.address), href=f"#{name}-{place.number}")
    back = (" ", tag("small", say(GROUPS["returned"][1]))) if place.box.kind == "returned" else ()
    return joined((told, " ", code(place.box.address), *back))


def _first(made: Scene, key: LineKey) -> Html:
    hops = [hop for graph in made.graphs.values() for hop in graph.moved.get(key, ())]
    times = [hop.transaction.time for hop in hops if hop.transaction is not None and hop.transaction.time is not None]
    return moment(iso(min(times))) if times else Html()


def _left(made: Scene, keys: list[LineKey]) -> Sums:
    """What the lines that are left out carry under the main method."""
    sums: Sums = {}
    for key in keys:
        plus(sums, key[2], made.graphs[made.method].lines.get(key, 0))
    return sums


def _rest(left: dict[Asset, int], say: Say) -> Html | None:
    if not left:
        return None
    text = " + ".join(prose(value, asset) for asset, value in left.items())
    return tag("p", say("More lines, of {value} together: hops.csv has every movement.").format(value=text))
