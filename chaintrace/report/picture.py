"""The flow picture as SVG: left to right, a column a hop, a port a line, the amount at its port.

It is drawn with whole pixels and in a fixed order, so that the same trace gives the same bytes. No style sheet, no
script: attributes only. On the page picture.js changes what is shown of it; letters have it as it is.
"""

import json

from chaintrace.i18n import ENGLISH, Say, speaker
from chaintrace.report.amounts import iso, prose, unit
from chaintrace.report.flow_folds import MOST_SHOWN, Place, Scene
from chaintrace.report.flow_graph import Box, Graph, Line, graph
from chaintrace.report.flow_layout import (
    BAR,
    MARGIN,
    NOTE,
    ROW,
    WIDTH,
    extent,
    laid_out,
    left,
    port,
    ports,
    width_of,
)  # fmt: skip
from chaintrace.report.flow_shapes import INK, SOFT, STRIP, shape
from chaintrace.report.flow_texts import GROUPS, LINE, NOTE_LINE, Texts, Writer, cut, forward, group, money
from chaintrace.report.interface import Inputs
from chaintrace.report.markup import Child, Html, joined, tag, visible
from chaintrace.report.wording import listed

LINE_COLOURS = ("#8fa9c0", "#c9a36b")
"""Of the first asset, and of every second one."""

WARN = "#8a4b00"
THICKEST = 11
"""Pixels by which a line of everything that was paid is thicker than the thinnest."""

NEAREST = 9
"""Pixels between ports below which no amount stands at them: the titles and the panel have it."""

ROOMY = 44
"""Pixels between ports from which an amount stands beside its line, on the side from which it does not come: so many
that two amounts between the same lines do not touch."""

FITS = 1_700
"""Pixels up to which a picture is made to fit its page; a wider one is moved sideways."""


def flow(inputs: Inputs, language: str = ENGLISH) -> Html:
    """The main method's picture as an `svg` element; without any movement it says so in words."""
    return drawn(graph(inputs), language)


def drawn(whole: Graph, language: str = ENGLISH, most: int = MOST_SHOWN) -> Html:
    """Draw one graph with at most so many boxes; the rest is folded into boxes with their sums."""
    say = speaker(language)
    return svg(laid_out({"": whole}, most), say) if whole.boxes else tag("p", say("No traced value moved."))


def svg(made: Scene, say: Say, name: str = "", called: str = "") -> Html:
    """The picture of the main method, which is `called` so, as it is seen at first.

    With a name, each box has an id that begins with it, and what is folded is there and not displayed.
    """
    writer = Writer(made, made.method, say)
    told = {place.box.key: writer.texts(place) for place in made.nodes()}
    shown = [place for place in made.nodes() if told[place.box.key].lines and place.page < 0]
    seen = {place.number for place in shown}
    width, height = extent(shown)
    kept = made.nodes() if name else shown
    boxes = [box(place, told[place.box.key], name, say, hidden=place.number not in seen) for place in kept]
    return tag(
        "svg",
        tag("title", say("Traced value by hop, in {units}").format(units=listed(map(unit, made.assets), say("and")))),
        headings(made, say, called, marked=bool(name)),
        tag("g", lines(made, writer, say), class_="lines"),
        boxes,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        font_family="system-ui, 'DejaVu Sans', 'WenQuanYi Micro Hei', sans-serif",
        role="group",
        class_="fit" if width <= FITS and not name else None,
    )


def headings(made: Scene, say: Say, called: str, *, marked: bool) -> Html:
    """Above each column its hops, and from when to when value arrived there under the main method.

    Marked, each text carries its English words, so that picture.js can say them in another language.
    """
    heads = []
    times = _times(made)
    for at, (first, last) in enumerate(made.columns):
        x = left(made, at)
        words = "paid by" if not last else "hop {first}" if first == last else "hops {first} to {last}"
        places = {"first": str(first - 1), "last": str(last - 1)} if last else {}
        heads.append(_said(words, places, say, marked=marked, x=x, y=20, font_size=13, font_weight="bold"))
        days = sorted({day[:10] for day in times.get(at, ())})
        if days:
            text = days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
            heads.append(tag("text", text, x=x, y=35, font_size=11, fill=SOFT))
    words = _under(made, called)
    if words:
        text = say(words).format(unit=cut(unit(made.assets[0]), LINE), method=say(called))
        own = {"data_under": words} if marked else {}
        heads.append(tag("text", text, x=MARGIN, y=50, font_size=11, fill=SOFT, **own))
    if made.currency:
        places = {"currency": made.currency}
        heads.append(
            _said("{currency}: worth when it moved", places, say, marked=marked, x=left(made, 1), y=50, font_size=11)
        )
    return joined(heads)


def _under(made: Scene, called: str) -> str:
    """The words above the first column: the unit, where there is one, and the method, where it has a name."""
    if len(made.assets) == 1:
        return "amounts in {unit}, under {method}" if called else "amounts in {unit}"
    return "under {method}" if called else ""


def _said(words: str, places: dict[str, str], say: Say, *, marked: bool, **attributes: str | int) -> Html:
    own = {"data_say": words, "data_places": json.dumps({name: visible(text) for name, text in places.items()})}
    text = say(words).format(**places)
    return tag("text", text, **attributes, fill=SOFT, **(own if marked else {}))


def _times(made: Scene) -> dict[int, set[str]]:
    """The times of the arrivals in each column."""
    found: dict[int, set[str]] = {}
    graph_ = made.graphs[made.method]
    for (_, target, _), hops in graph_.moved.items():
        if target in made.places:
            times = (iso(hop.transaction.time) for hop in hops if hop.transaction is not None)
            found.setdefault(made.places[target].column, set()).update(time for time in times if time)
    return found


def lines(made: Scene, writer: Writer, say: Say) -> Html:
    """The lines that are seen at first, the amounts after all of them, so that no line crosses one."""
    places = {place.box.key: place for place in made.nodes()}
    found = ports(made, writer.lines)
    paths, amounts = [], []
    for line in writer.lines:
        source, target = places[line.source], places[line.target]
        if not forward(source, target):
            continue
        out, into = found[line.source][1], found[line.target][0]
        x1, y1 = source.x + width_of(source), port(source, out.index(line), len(out))
        x2, y2 = target.x, port(target, into.index(line), len(into))
        word = say(
            "{value} from {source} to {target}, by a document"
            if line.is_linked
            else "{value} from {source} to {target}"
        )
        ends = {"source": writer.title(line.source), "target": writer.title(line.target)}
        told = money(line.worth, made.currency) if line.worth is not None else ""
        text = word.format(value=" · ".join(filter(None, (prose(line.value, line.asset), told))), **ends)
        paths.append(_path(made, line, text, (x1, y1, x2, y2)))
        if target.box.kind != "joined" and target.height >= NEAREST * len(into):
            room = target.height // len(into) if len(into) > 1 else ROOMY
            at = beside(y1, y2, thickness(line.value, made.whole[line.asset]), room)
            amounts.append(_amount(writer.at_port(line), x2 - 9, at))
    return joined((*paths, *amounts))


def _path(made: Scene, line: Line, text: str, ends: tuple[int, int, int, int]) -> Html:
    x1, y1, x2, y2 = ends
    bend = max((x2 - x1) // 2, 30)
    return tag(
        "g",
        tag("title", text),
        tag(
            "path",
            d=f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 4} {y2}",
            fill="none",
            stroke=LINE_COLOURS[made.assets.index(line.asset) % 2],
            stroke_width=thickness(line.value, made.whole[line.asset]),
            stroke_dasharray="8 5" if line.is_linked else None,
        ),
        tag("path", d=f"M{x2 - 6} {y2 - 4}L{x2} {y2}L{x2 - 6} {y2 + 4}z", fill=SOFT),
    )


def thickness(value: int, whole: int) -> int:
    """The width of a line in pixels: one, and its part of what was paid."""
    return 1 + THICKEST * min(value, whole) // whole if whole else 1


def beside(came: int, y: int, thick: int, room: int) -> int:
    """The height at which the amount of a line stands that comes from `came` and arrives at `y`."""
    if room < ROOMY:
        return y + 3
    return y - thick // 2 - 3 if came >= y else y + thick // 2 + 11


def _amount(text: str, x: int, y: int) -> Html:
    """An amount with a white rim."""
    return tag(
        "text",
        text,
        x=x,
        y=y,
        font_size=11,
        text_anchor="end",
        fill=INK,
        stroke="#ffffff",
        stroke_width=3,
        paint_order="stroke",
    )


def box(place: Place, told: Texts, name: str, say: Say, *, hidden: bool) -> Html:
    """A box with its texts, read aloud as one; those of a hidden one are written when it is opened."""
    x, y, height = place.x, place.y, place.height
    aria = spoken(place, told, say)
    bar = place.box.kind == "joined"
    drawing: Child = (
        tag("rect", x=x, y=y, width=BAR, height=height, fill=SOFT)
        if bar
        else shape(group(place.box), x, y, WIDTH, height)
    )
    return tag(
        "g",
        tag("title", "" if hidden else aria),
        drawing,
        tag("g", None if hidden else _texts(place, told), class_="texts"),
        id=f"{name}-{place.number}" if name else None,
        data_box=place.number if name else None,
        class_=f"box {group(place.box)}",
        tabindex=0,
        role="img",
        aria_label=None if hidden else aria,
        display="none" if hidden else None,
    )


def spoken(place: Place, told: Texts, say: Say) -> str:
    """A box in words: what it is, its whole label and address, its sums."""
    kind = say(GROUPS[group(place.box)][1])
    first = f"{kind}: {about(place.box)}" if place.box.kind not in {"folded", "joined"} else kind
    return ". ".join((first, *told.lines, *told.notes))


def about(box: Box) -> str:
    """The label and the address of a box, whole."""
    return f"{box.label} {box.address}".strip() if box.kind != "payer" else box.address


def _texts(place: Place, told: Texts) -> Html:
    """The letter, the lines and the notes of a box."""
    x, y, height = place.x, place.y, place.height
    if place.box.kind == "joined":
        below = [told.lines[1], *told.notes] if told.lines else []
        return joined(
            _text(x + BAR // 2, y + height + 14 + NOTE * at, text, 11, SOFT, anchor="middle")
            for at, text in enumerate(below)
        )
    top, left = y + (height - ROW * len(told.lines)) // 2 + 11, x + STRIP + 7
    made = [_letter(place, told.letter)] if told.letter else []
    for at, text in enumerate(told.lines):
        made.append(_text(left, top + ROW * at, cut(text, LINE), 11 if at else 13, INK, bold=not at))
    for at, text in enumerate(told.notes):
        made.append(_text(left, y + height + 14 + NOTE * at, cut(text, NOTE_LINE), 11, WARN))
    return joined(made)


def _letter(place: Place, letter: str) -> Html:
    """The letter of a box, in the middle of its strip."""
    kind = group(place.box)
    colour = INK if kind in {"address", "folded"} else "#ffffff"
    middle = place.x + STRIP // 2 + (3 if kind == "address" else 0)
    return _text(middle, place.y + place.height // 2 + 5, letter, 13, colour, anchor="middle", bold=True)


def _text(x: int, y: int, text: str, size: int, colour: str, *, anchor: str | None = None, bold: bool = False) -> Html:
    weight = "bold" if bold else None
    return tag("text", text, x=x, y=y, font_size=size, text_anchor=anchor, fill=colour, font_weight=weight)
