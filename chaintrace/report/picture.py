"""The flow picture: a static SVG, left to right, a column a hop, a port a line, the amount at its port.

It is drawn with whole pixels and in a fixed order, so that the same trace gives the same bytes. No style sheet, no
script: attributes only, and colours that are told apart in grey.
"""

from dataclasses import dataclass, field

from chaintrace.model.chain import Asset
from chaintrace.report.amounts import figure, prose, unit
from chaintrace.report.flow_graph import Box, Graph, Key, Line, Sums, graph
from chaintrace.report.interface import Inputs
from chaintrace.report.markup import Child, Html, joined, tag
from chaintrace.report.wording import counted, listed

WIDTH, GAP, PORT, LEAST = 160, 150, 13, 34
MARGIN, TOP, BETWEEN = 20, 44, 16
INK, SOFT, BLUE, LINE_COLOUR, WARN = "#16202a", "#52606d", "#0b4f8a", "#9db4c8", "#8a4b00"
FITS = 1_700
"""Pixels up to which a picture is made to fit its page; a wider one is moved sideways."""

LONGEST = 15
"""Characters of an amount at a port; a longer one is cut there, and stands whole in the line's title."""


@dataclass(slots=True)
class Placed:
    """A box with its place in pixels and its lines, in port order."""

    box: Box
    x: int
    y: int = 0
    height: int = LEAST
    into: list[Line] = field(default_factory=list)
    out: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def flow(inputs: Inputs) -> Html:
    """The picture as an `svg` element; an empty one says so in words."""
    return drawn(graph(inputs))


def drawn(whole: Graph) -> Html:
    """Draw a graph that was folded before."""
    if not whole.boxes:
        return tag("p", "No traced value moved.")
    places = laid_out(whole)
    assets = list(dict.fromkeys(line.asset for line in whole.listed()))
    several = len(assets) > 1
    width = max(place.x for place in places.values()) + WIDTH + MARGIN
    height = max(place.y + place.height + 12 * len(place.notes) for place in places.values()) + MARGIN
    return tag(
        "svg",
        tag("title", f"Traced value by hop, in {listed(unit(asset) for asset in assets)}"),
        _headings(places, assets),
        [_line(places, line, assets, several=several) for line in whole.listed() if _forward(places, line)],
        [_box(place, several=several) for place in sorted(places.values(), key=lambda p: (p.x, p.y, p.box.key))],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        font_family="system-ui, 'DejaVu Sans', sans-serif",
        role="group",
        class_="fit" if width <= FITS else None,
    )


def laid_out(whole: Graph) -> dict[Key, Placed]:
    """Give every box its column and its row: rows follow the middle of where a box's value comes from."""
    places = {key: Placed(box, MARGIN + box.column * (WIDTH + GAP)) for key, box in whole.boxes.items()}
    for place in places.values():
        if place.box.kind == "joined":
            place.x -= GAP // 2 + 20
    for line in whole.listed():
        if _forward(places, line):
            places[line.source].out.append(line)
            places[line.target].into.append(line)
        else:
            to = _name(places[line.target].box)
            places[line.source].notes.append(f"← {figure(line.value, line.asset)} back to {to}")
    for place in places.values():
        place.notes[2:] = [f"and {len(place.notes) - 2} more back"] if len(place.notes) > 2 else []
        place.notes.extend(f"rests: {figure(value, asset)}" for asset, value in place.box.rests.items())
        place.notes.extend(f"not followed: {figure(value, asset)}" for asset, value in place.box.left.items())
        place.height = max(14 + 13 * len(_texts(place.box, several=False)), PORT * _ports(place) + 8)
    _rows(places)
    for place in places.values():
        place.into.sort(key=lambda line: (places[line.source].y, line.source, line.asset.contract))
        place.out.sort(key=lambda line: (places[line.target].y, line.target, line.asset.contract))
    return places


def _ports(place: Placed) -> int:
    return max(len(place.into), len(place.out))


def _rows(places: dict[Key, Placed]) -> None:
    columns: dict[int, list[Placed]] = {}
    for place in places.values():
        columns.setdefault(place.x, []).append(place)
    for x in sorted(columns):
        wanted = [(_middle(places, place), at, place) for at, place in enumerate(columns[x])]
        cursor = TOP
        for middle, _, place in sorted(wanted, key=lambda found: found[:2]):
            place.y = max(cursor, middle - place.height // 2)
            cursor = place.y + place.height + BETWEEN + 12 * len(place.notes)


def _middle(places: dict[Key, Placed], place: Placed) -> int:
    ends = [places[line.source] for line in place.into]
    return sum(end.y + end.height // 2 for end in ends) // len(ends) if ends else TOP


def _forward(places: dict[Key, Placed], line: Line) -> bool:
    return places[line.source].x < places[line.target].x


def _name(box: Box) -> str:
    """What stands in a box: a label, else a short address."""
    if box.kind == "folded":
        return counted(box.members, "more address", "more addresses")
    if ";" in box.address:
        return f"{box.address.count(';') + 1} addresses"
    short = f"{box.address[:6]}…{box.address[-4:]}" if len(box.address) > 14 else box.address
    return _cut(box.label, 20) if box.kind == "endpoint" and box.label else short


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _headings(places: dict[Key, Placed], assets: list[Asset]) -> Html:
    columns = sorted({place.box.column for place in places.values()})
    heads = [
        tag(
            "text",
            f"hop {column - 1}" if column else "paid by",
            x=MARGIN + column * (WIDTH + GAP),
            y=20,
            font_size=13,
            fill=SOFT,
        )
        for column in columns
    ]
    if len(assets) == 1:
        heads.append(tag("text", f"amounts in {unit(assets[0])}", x=MARGIN, y=36, font_size=11, fill=SOFT))
    return joined(heads)


def _line(places: dict[Key, Placed], line: Line, assets: list[Asset], *, several: bool) -> Html:
    source, target = places[line.source], places[line.target]
    x1, y1 = source.x + _width(source), _port(source, source.out, line)
    x2, y2 = target.x, _port(target, target.into, line)
    bend = max((x2 - x1) // 2, 30)
    by = ", by a document" if line.is_linked else ""
    text = f"{prose(line.value, line.asset)} from {_name(source.box)} to {_name(target.box)}{by}"
    most = max(place.box.outflow.get(line.asset, 0) for place in places.values())
    stroke = 1 + 9 * line.value // most if most else 1
    grey = LINE_COLOUR if assets.index(line.asset) % 2 == 0 else "#c9a36b"
    return tag(
        "g",
        tag("title", text),
        tag(
            "path",
            d=f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 4} {y2}",
            fill="none",
            stroke=grey,
            stroke_width=stroke,
            stroke_dasharray="8 5" if line.is_linked else None,
        ),
        tag("path", d=f"M{x2 - 6} {y2 - 4}L{x2} {y2}L{x2 - 6} {y2 + 4}z", fill=SOFT),
        tag(
            "text",
            _short(line.value, line.asset, several=several),
            x=x2 - 9,
            y=y2 + 3,
            font_size=10,
            text_anchor="end",
            fill=INK,
            stroke="#ffffff",
            stroke_width=3,
            paint_order="stroke",
        )
        if target.box.kind != "joined"
        else None,
    )


def _width(place: Placed) -> int:
    return 14 if place.box.kind == "joined" else WIDTH


def _port(place: Placed, lines: list[Line], line: Line) -> int:
    """The middle of a line's port, in pixels from the top."""
    return place.y + place.height * (2 * lines.index(line) + 1) // (2 * len(lines))


def _short(value: int, asset: Asset, *, several: bool) -> str:
    text = figure(value, asset)
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return f"{text} {unit(asset)[:8]}" if several else text


def _told(totals: Sums, *, several: bool) -> str:
    return " + ".join(_short(value, asset, several=several) for asset, value in totals.items()) or "0"


def _box(place: Placed, *, several: bool) -> Html:
    box, x, y = place.box, place.x, place.y
    spoken = f"{box.label} {box.address}".strip() if box.kind != "folded" else _name(box)
    aria = ". ".join((f"{box.kind}: {spoken}", *_sums(box, several=several), *place.notes))
    if box.kind == "joined":
        shape: Child = tag("rect", x=x, y=y, width=14, height=place.height, fill=SOFT)
        texts = [_text(x + 7, y + place.height + 12, box.label, 10, SOFT)]
    else:
        shape, colour = _frame(box, x, y, place.height), "#ffffff" if box.kind == "endpoint" else INK
        words = _texts(box, several=several)
        top = y + (place.height - 13 * len(words)) // 2 + 10
        texts = [
            _text(x + WIDTH // 2, top + 13 * at, word, 10 if at else 12, colour, bold=not at)
            for at, word in enumerate(words)
        ]
    notes = [
        _text(x + WIDTH // 2, y + place.height + 11 + 12 * at, note, 10, WARN) for at, note in enumerate(place.notes)
    ]
    return tag("g", tag("title", aria), shape, texts, notes, tabindex=0, role="img", aria_label=aria)


def _texts(box: Box, *, several: bool) -> list[str]:
    """The lines inside a box: its name, its short address or label, and its sums."""
    return [text for text in (_name(box), _under(box), *_sums(box, several=several)) if text]


def _sums(box: Box, *, several: bool) -> list[str]:
    into, out = _told(box.inflow, several=several), _told(box.outflow, several=several)
    if box.kind == "payer":
        return [f"paid {out}"]
    if box.inflow == box.outflow:
        return [f"in and out {into}"]
    return [f"in {into}", *([f"out {out}"] if box.outflow and box.kind != "endpoint" else [])]


def _under(box: Box) -> str:
    """The second line: the short address below a label, the label below an address."""
    if box.kind == "endpoint" and box.label and len(box.address) > 14:
        return f"{box.address[:8]}…{box.address[-6:]}"
    return _cut(box.label, 26) if box.label != _name(box) else ""


def _frame(box: Box, x: int, y: int, height: int) -> Html:
    if box.kind == "endpoint":
        return joined(
            (
                tag("rect", x=x, y=y, width=WIDTH, height=height, rx=16, fill=BLUE, stroke=INK, stroke_width=2),
                tag("rect", x=x + 3, y=y + 3, width=WIDTH - 6, height=height - 6, rx=13, fill="none", stroke="#ffffff"),
            ),
        )
    fill = "#e3e8ee" if box.kind == "payer" else "#ffffff"
    dashed = "5 3" if box.kind == "folded" else None
    return tag("rect", x=x, y=y, width=WIDTH, height=height, rx=2, fill=fill, stroke=INK, stroke_dasharray=dashed)


def _text(x: int, y: int, text: str, size: int, colour: str, *, bold: bool = False) -> Html:
    weight = "bold" if bold else None
    return tag("text", text, x=x, y=y, font_size=size, text_anchor="middle", fill=colour, font_weight=weight)
