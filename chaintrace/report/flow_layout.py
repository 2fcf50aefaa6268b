"""Where the boxes of a flow stand, in whole pixels: a column a hop, rows by the middle of where value comes from.

Every box has its place from the beginning, folded or not: the boxes of a fold stand below everything else of their
column, one page of them where the other would be. So what is opened moves nothing that is shown.
"""

from collections.abc import Iterable, Mapping

from chaintrace.i18n import ENGLISH, speaker
from chaintrace.report.flow_folds import MOST_SHOWN, PAGE, Place, Scene, scene
from chaintrace.report.flow_graph import Graph, Key, Line
from chaintrace.report.flow_texts import Texts, Writer, forward

WIDTH, GAP, PORT, LEAST = 194, 128, 13, 36
VALUED_GAP = GAP + 84
"""Pixels between two columns where what lines were worth stands beside their amounts."""

MARGIN, RIGHT, TOP, BETWEEN = 20, 44, 58, 16
"""Room at the edges, at the right for the notes too, above the first row, and between the rows."""

BAR = 14
"""The width of a transaction that joins outputs; it stands between the columns."""

ROW, NOTE = 14, 13
"""Pixels from one line of text to the next, in a box and below it."""


def laid_out(graphs: Mapping[str, Graph], most: int = MOST_SHOWN) -> Scene:
    """The flow with every box at its place; `graphs` by method, the main one first."""
    made = scene(graphs, most)
    everywhere = [place for place in (*made.places.values(), *made.folds.values()) if place.box.kind != "beyond"]
    for place in everywhere:
        bar = gap(made) // 2 + 22 if place.box.kind == "joined" else 0
        place.x = left(made, place.column) - bar
        place.number = place.x
    writers = [Writer(made, method, speaker(ENGLISH)) for method in graphs]
    for place in everywhere:
        _size(place, [writer.texts(place) for writer in writers])
    ports = _ports(made, [writer.lines for writer in writers])
    for key, count in ports.items():
        place = made.folds[int(key[2])] if key[0] == "folded" else made.places[key]
        place.height = max(place.height, PORT * count + 8)
    _rows(made, [writer.lines for writer in writers])
    _pages(made)
    ordered = sorted(everywhere, key=lambda place: (place.x, place.page >= 0, place.page, place.y, place.box.key))
    for number, place in enumerate(ordered):
        place.number = number
    return made


def gap(made: Scene) -> int:
    """The room between two columns."""
    return VALUED_GAP if made.currency else GAP


def left(made: Scene, column: int) -> int:
    """Where a column begins."""
    return MARGIN + column * (WIDTH + gap(made))


def width_of(place: Place) -> int:
    """How wide a box is."""
    return BAR if place.box.kind == "joined" else WIDTH


def extent(places: Iterable[Place]) -> tuple[int, int]:
    """The width and the height of a drawing of these boxes."""
    shown = list(places)
    width = max(place.x + width_of(place) for place in shown) + RIGHT
    return width, max(bottom(place) for place in shown) + MARGIN


def bottom(place: Place) -> int:
    """Where a box ends, with the notes below it."""
    return place.y + place.height + NOTE * place.notes + (2 if place.notes else 0)


def port(place: Place, at: int, count: int) -> int:
    """The middle of a box's port, in pixels from the top."""
    return place.y + place.height * (2 * at + 1) // (2 * count)


def ports(drawn: Scene, lines: list[Line]) -> dict[Key, tuple[list[Line], list[Line]]]:
    """The lines into and out of each box that is seen at first, in the order of its ports."""
    places = {place.box.key: place for place in drawn.nodes()}
    assets = drawn.assets
    found: dict[Key, tuple[list[Line], list[Line]]] = {key: ([], []) for key in places}
    for line in lines:
        if forward(places[line.source], places[line.target]):
            found[line.target][0].append(line)
            found[line.source][1].append(line)
    for into, out in found.values():
        into.sort(key=lambda line: (places[line.source].y, places[line.source].number, assets.index(line.asset)))
        out.sort(key=lambda line: (places[line.target].y, places[line.target].number, assets.index(line.asset)))
    return found


def _size(place: Place, told: list[Texts]) -> None:
    """As high as the texts of any method, with room for the notes of any."""
    bar = place.box.kind == "joined"
    lines = max(len(texts.lines) for texts in told)
    place.height = LEAST if bar else max(LEAST, 14 + ROW * lines)
    place.notes = max(len(texts.notes) for texts in told) + (1 if bar else 0)


def _ports(made: Scene, told: list[list[Line]]) -> dict[Key, int]:
    """The most lines that go into a box, or out of it, under any method."""
    places = {place.box.key: place for place in made.nodes()}
    most: dict[Key, int] = {}
    for lines in told:
        for end in ("source", "target"):
            count: dict[Key, int] = {}
            for line in lines:
                if forward(places[line.source], places[line.target]):
                    key = getattr(line, end)
                    count[key] = count.get(key, 0) + 1
            most = {key: max(most.get(key, 0), count.get(key, 0)) for key in (*most, *count)}
    return most


def _rows(made: Scene, told: list[list[Line]]) -> None:
    """The rows of what is seen at first, column by column; of what comes from the same place the largest first."""
    shown = [place for key, place in made.places.items() if key not in made.hidden]
    places = {place.box.key: place for place in (*shown, *made.folds.values())}
    before: dict[Key, dict[Key, None]] = {}
    for lines in told:  # a later method places only what those before it do not reach
        found: dict[Key, dict[Key, None]] = {}
        for line in lines:
            if forward(places[line.source], places[line.target]):
                found.setdefault(line.target, {})[line.source] = None
        before = {**found, **before}
    columns: dict[int, list[Place]] = {}
    for place in places.values():
        columns.setdefault(place.x, []).append(place)
    for x in sorted(columns):
        wanted = [
            (
                _late(made, place),
                _middle([places[key] for key in before.get(place.box.key, ())]),
                -place.weight,
                at,
                place,
            )
            for at, place in enumerate(columns[x])
        ]
        cursor = TOP
        for _, middle, _, _, place in sorted(wanted, key=lambda found: found[:4]):
            place.y = max(cursor, middle - place.height // 2)
            cursor = bottom(place) + BETWEEN


def _late(made: Scene, place: Place) -> int:
    """A fold stands below the boxes that the main method shows, and what only others reach below it."""
    if place.box.kind == "folded":
        return 1
    return 0 if place.box.key in made.graphs[made.method].boxes else 2


def _middle(ends: list[Place]) -> int:
    return sum(end.y + end.height // 2 for end in ends) // len(ends) if ends else TOP


def _pages(made: Scene) -> None:
    """The rows of what is folded: each page of a fold below everything that its column shows at first."""
    for column in made.folds:
        inside = [made.places[key] for key, hidden in made.hidden.items() if hidden == column]
        folded = [place for place in inside if place.page >= 0]
        shown = [place for place in made.places.values() if place.column == column and place.page < 0 and place.height]
        top = max(bottom(place) for place in (*shown, made.folds[column])) + BETWEEN
        for row in range(PAGE):
            slot = [place for at, place in enumerate(folded) if at % PAGE == row]
            for place in slot:
                place.y = top
            top += max((bottom(place) - place.y for place in slot), default=0) + BETWEEN
