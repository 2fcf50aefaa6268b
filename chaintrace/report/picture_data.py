"""What a picture of the flow knows besides its drawing, as JSON: exact values as text, and what is said of each box.

Every text of strangers is made visible here (`markup.visible`), and no sign of markup leaves this module.
"""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from chaintrace.i18n import ENGLISH, LANGUAGES, speaker
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Source
from chaintrace.model.trace import Endpoint, Hop
from chaintrace.report.amounts import iso, unit
from chaintrace.report.credited import finding_of, label_of, said_of
from chaintrace.report.flow_folds import MOST_AT_ONCE, Place, Scene
from chaintrace.report.flow_graph import Box, Key, LineKey, first_credits, worth_of
from chaintrace.report.flow_layout import BAR, MARGIN, NOTE, RIGHT, ROW, width_of
from chaintrace.report.flow_shapes import INK, SOFT, STRIP
from chaintrace.report.flow_texts import GROUPS, LINE, LONGEST, NOTE_LINE, PAYER_LABELS, Writer, group, short, under
from chaintrace.report.flow_words import WORDS
from chaintrace.report.interface import Inputs
from chaintrace.report.markup import Html, raw, visible
from chaintrace.report.mixed_scripts import marked
from chaintrace.report.picture import LINE_COLOURS, NEAREST, ROOMY, THICKEST, WARN, about
from chaintrace.report.sentence import positional
from chaintrace.report.wording import method_name

Json: TypeAlias = "str | int | list[Json] | dict[str, Json] | None"

MOST_MOVES = 6
"""Transfers of a line that the panel lists, the largest first; the rest is summed, and hops.csv has them."""

OURS = ("What it is", "Why it was not followed", "Grade of the evidence")
"""Headings of facts whose text is a word of ours, which the panel says in its language."""

LOOK: Json = {
    "ink": INK,
    "soft": SOFT,
    "warn": WARN,
    "lines": list(LINE_COLOURS),
    "thickest": THICKEST,
    "nearest": NEAREST,
    "roomy": ROOMY,
    "bar": BAR,
    "margin": MARGIN,
    "right": RIGHT,
    "note": NOTE,
    "row": ROW,
    "strip": STRIP,
    "line": LINE,
    "note_line": NOTE_LINE,
    "amount": LONGEST,
}
"""What picture.js draws with: the same numbers and colours as picture.py."""

DUST = (1, 2, 5, 10, 20, 50, 100, 200)
"""The steps of the dust slider, in thousandths of what was paid of an asset."""


def data(inputs: Inputs, made: Scene, language: str = ENGLISH) -> Html:
    """The text of the picture's JSON, safe inside a script element: `<`, `>`, `&` and all but ASCII are escaped."""
    text = json.dumps(_visible(_whole(inputs, made, language)), ensure_ascii=True, separators=(",", ":"))
    return raw(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _visible(value: Json) -> Json:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(one) for one in value]
    return {key: _visible(one) for key, one in value.items()} if isinstance(value, dict) else value


def _whole(inputs: Inputs, made: Scene, language: str) -> Json:
    assets = made.assets
    others = [other for other in LANGUAGES if other != ENGLISH]
    numbers = {place.box.key: place.number for place in made.nodes()}
    beyond = [place for place in made.places.values() if place.box.kind == "beyond"]
    for at, place in enumerate(beyond):
        numbers[place.box.key] = len(made.nodes()) + at
    writer = Writer(made, made.method, speaker(ENGLISH))
    sources: dict[str, int] = {}
    credits_ = first_credits(inputs)
    return {
        "language": language,
        "words": {other: {word: speaker(other)(word) for word in WORDS} for other in others},
        "methods": [method_name(method, positional=positional(inputs.trace)) for method in made.graphs],
        "most": MOST_AT_ONCE,
        "look": LOOK,
        "groups": {name: words for name, (_, words) in GROUPS.items()},
        "plain": list(PAYER_LABELS),
        "ours": list(OURS),
        "assets": [
            {
                "unit": unit(asset),
                "decimals": asset.decimals or 0,
                "whole": str(made.whole[asset]),
                "paid": int(asset in made.paid),
            }
            for asset in assets
        ],
        "currency": made.currency,
        "dust": [[str(-(-made.whole[asset] * step // 1000)) for asset in assets] for step in DUST],
        "dust_names": [f"{step // 10}.{step % 10} %" for step in DUST],
        "boxes": [_box(inputs, made, place, writer, credits_) for place in (*made.nodes(), *beyond)],
        "lines": [_line(inputs, made, key, numbers, sources) for key in made.lines],
        "sources": list(sources),
    }


def _box(inputs: Inputs, made: Scene, place: Place, writer: Writer, credits_: dict[tuple[str, str], Endpoint]) -> Json:
    key, fold = place.box.key, place.box.kind == "folded"
    boxes = [graph.boxes.get(key) for graph in made.graphs.values()]
    column, credit = made.hidden.get(key), credits_.get((key[1], place.box.address))
    first, last = made.columns[place.column]
    return {
        "kind": place.box.kind,
        "group": group(place.box),
        "letter": GROUPS[group(place.box)][0],
        "name": "" if fold else _name(place.box, writer),
        "under": "" if fold else _under(place.box),
        "called": place.box.label if place.box.kind == "endpoint" else "",
        "about": "" if fold else about(place.box),
        "hops": [str(first - 1), str(last - 1)] if fold and first != last else [],
        "at": [place.x, place.y, width_of(place), place.height, place.notes],
        "fold": -1 if column is None else made.folds[column].number,
        "page": place.page,
        "members": [0 if box is None else box.members for box in boxes],
        "sums": [None if box is None else _sums(box, made.assets) for box in boxes],
        "facts": [] if fold else [list(fact) for fact in facts(inputs, place.box, credit)],
    }


def _name(box: Box, writer: Writer) -> Json:
    """The name as picture.js says it: a text, or a word of ours with what stands in it."""
    if box.kind == "joined":
        return ["transaction {txid}", short(box.address)]
    if box.kind != "endpoint" and ";" in box.address:
        return ["{number} addresses", str(box.address.count(";") + 1)]
    return writer.name(box) if box.kind != "beyond" else ""


def _under(box: Box) -> str:
    return box.label.partition(" ")[0] if box.kind == "joined" else under(box, speaker(ENGLISH))


def _sums(box: Box, assets: list[Asset]) -> Json:
    told = (box.inflow, box.outflow, box.rests, box.left, box.returned)
    return [{str(assets.index(asset)): str(value) for asset, value in sums.items()} for sums in told]


def facts(inputs: Inputs, box: Box, credit: Endpoint | None = None) -> Iterator[tuple[str, str]]:
    """What is said of a box besides its sums: pairs of a heading, which is a word of ours, and a text.

    `credit` is one at the box, where a trace stops there. Under the headings of `OURS` the text is a word of ours too.
    """
    chain, address = box.key[1], box.address
    if box.kind == "joined":
        yield from (("Chain", chain), ("Transaction", address), ("Inputs", box.label.partition(" ")[0]))
        return
    if box.kind == "beyond":
        return
    yield from (("Chain", chain), ("Address", address))
    if ":" in box.key[2]:
        yield ("Output", box.key[2])
    if box.kind == "payer":
        yield ("What it is", box.label)
        return
    said = said_of(inputs, credit) if credit is not None else label_of(inputs, chain, address)
    if said.full or said.source:
        named = (
            ("Attributed to", said.full),
            ("Category", said.category),
            ("Source of the label", marked(said.source)),
        )
        yield from ((name, text) for name, text in named if text)
        yield ("Confidence", str(said.confidence))
        if said.grade:
            yield ("Grade of the evidence", said.grade)
    yield from (("Tag", _tag(tag)) for tag in inputs.tags.get((chain, address), ()))
    found = finding_of(inputs, chain, address)
    if found is not None:
        yield ("Rule", f"{found.rule} ({found.confidence})" + (f": {found.text}" if found.text else ""))
    yield from (("Why it was not followed", reason) for reason in box.reasons)


def _tag(tag: Tag) -> str:
    told = (tag.label, tag.actor, tag.category, str(tag.confidence), tag.source, tag.lastmod)
    return " · ".join(marked(text) for text in told if text)


def _line(inputs: Inputs, made: Scene, key: LineKey, numbers: dict[Key, int], sources: dict[str, int]) -> Json:
    graphs = list(made.graphs.values())
    moves, rest = _moves(made, key)
    return {
        "from": numbers[key[0]],
        "to": numbers[key[1]],
        "asset": made.assets.index(key[2]),
        "linked": int(any(key in graph.linked for graph in graphs)),
        "values": [str(graph.lines.get(key, 0)) for graph in graphs],
        "worths": [_parts(graph.worths.get(key)) for graph in graphs] if made.currency else [],
        "moves": [_move(inputs, hops, traced, sources) for hops, traced in moves],
        "rest": [str(part) for part in rest],
    }


def _parts(told: Fraction | None) -> Json:
    """A worth as the numerator and the denominator of an exact fraction; None where there is none."""
    return None if told is None else [str(told.numerator), str(told.denominator)]


Move: TypeAlias = tuple[list[Hop | None], list[int]]
"""A transfer of one origin: its hop under each method, and what each method traced in it, in base units."""


def _moves(made: Scene, key: LineKey) -> tuple[list[Move], list[int]]:
    """The transfers of a line, the largest part first; then how many more there are, with their sum by method."""
    found: dict[tuple[str, str, str], Move] = {}
    for at, graph in enumerate(made.graphs.values()):
        for hop in graph.moved.get(key, ()):
            none: Move = ([None] * len(made.graphs), [0] * len(made.graphs))
            hops, traced = found.setdefault((hop.txid, hop.index, hop.origin), none)
            hops[at] = hop
            traced[at] += hop.traced
    ordered = sorted(found.values(), key=lambda move: -max(move[1]))
    left = ordered[MOST_MOVES:]
    return ordered[:MOST_MOVES], [
        len(left),
        *map(sum, zip(*(traced for _, traced in left), strict=True)),
    ] if left else []


def _read_from(inputs: Inputs, source: Source) -> str:
    """A file with its digest, as the report lists it; of a network the adapter alone.

    What a network was asked, and what it answered, stands in the archive: a report of the same facts is the same
    whenever they were asked.
    """
    files = (line for line in inputs.sources if line.sha256 and line.sha256 == source.sha256)
    return next((f"{line.adapter}: {line.path}, SHA-256 {line.sha256}" for line in files), source.adapter)


def _move(inputs: Inputs, hops: list[Hop | None], traced: list[int], sources: dict[str, int]) -> Json:
    hop = next(hop for hop in hops if hop is not None)
    told = hop.transaction
    named = _read_from(inputs, told.source) if told is not None and told.source is not None else ""
    return {
        "txid": hop.txid,
        "index": hop.index,
        "time": (iso(told.time) or "") if told is not None else "",
        "gross": str(hop.value),
        "origin": hop.origin,
        "rule": ["" if one is None else one.rule for one in hops],
        "memo": marked("; ".join(inputs.memos.get((hop.asset.chain, hop.txid, hop.index), ()))),
        "source": sources.setdefault(named, len(sources)) if named else -1,
        "traced": [str(value) for value in traced],
        "worth": [None if one is None else _parts(worth_of(inputs, one)) for one in hops],
    }
