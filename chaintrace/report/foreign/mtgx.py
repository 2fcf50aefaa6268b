"""A graph file of Maltego, to be opened without a mapping: a zip file with the graph as GraphML in Maltego's words.

The maker shows what such a file holds ("MTGX File Format" in its developer portal) and calls that no specification.
The types of the entities and the names of their properties are those of the maker's catalogue of standard entities. The
words of the graph are those of one that Maltego Community Edition 4.2.6 saved (VirusTotal/vt-graph-api, commit 84a2919,
tests/resources/maltego_graph.graphml). Of Maltego 4.11 and 4.13 others saw that a node needs its place, an edge its id,
and that a file with no more parts than these two is opened.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from chaintrace.report.foreign.links import Entity, Linked, attribution, movement
from chaintrace.report.foreign.places import placed

GRAPHML, MTGX = "http://graphml.graphdrawing.org/xmlns", "http://maltego.paterva.com/xml/mtgx"
KEYS = (
    {"id": "d0", "for": "node", "attr.name": "MaltegoEntity"},
    {"id": "d1", "for": "node", "yfiles.type": "nodegraphics"},
    {"id": "d2", "for": "edge", "attr.name": "MaltegoLink"},
    {"id": "d3", "for": "edge", "yfiles.type": "edgegraphics"},
)
LINK_TYPE = "maltego.link.manual-link"
"""A link that a person drew, and no transform."""

SHOWN = "1"
"""The label of a link is shown, whatever the user's setting: 0 would leave it to that, 2 hide it."""

OWN = "chaintrace."
"""How the properties begin that no type of Maltego has."""

STEP = 200, 100
"""Between two columns and two rows, in points of the chart."""

VERSION = "maltego.mtz.version=1.0\nmaltego.graph.version=1.0\n"
"""Of the archive and of its graph, as Maltego 4.1.13 wrote them. Who saved it, and when, is no fact of the case: the
part that would say so is left out."""


class StandardType(NamedTuple):
    """A type of the catalogue, and the property that bears the value of such an entity."""

    name: str
    property: str
    shown: str


PHRASE = StandardType("maltego.Phrase", "text", "Text")
"""Any text: what no other type is for."""

_COINS = {
    "bitcoin": "BTC", "bitcoin-cash": "BCH", "dogecoin": "Dogecoin", "ethereum": "ETH", "litecoin": "LTC",
}  # fmt: skip
"""The chains that have types of their own."""


def standard_type(one: Entity) -> StandardType:
    """The type of an entity: of its chain where there is one, else the one of any chain."""
    coin = _COINS.get(one.chain, "Cryptocurrency")
    if one.kind == "address":
        return StandardType(f"maltego.{coin}Address", "properties.cryptocurrencyaddress", "Cryptocurrency Address")
    if one.kind == "transaction":
        name = f"maltego.{coin}Transaction"
        return StandardType(name, "properties.cryptocurrencytransaction", "Cryptocurrency Transaction")
    return PHRASE


def write_graph(found: Linked, path: Path) -> None:
    """Write the graph. Raises OSError as the system gives it."""
    parts = (
        ("version.properties", VERSION.encode()),
        ("Graphs/Graph1.graphml", _graphml(found)),
    )
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts:
            file.writestr(zipfile.ZipInfo(name), content)  # dated 1980, and stored: compressors differ


def _graphml(found: Linked) -> bytes:
    root = ET.Element("graphml", {"xmlns": GRAPHML, "xmlns:mtg": MTGX})
    for key in KEYS:
        ET.SubElement(root, "key", key)
    graph = ET.SubElement(root, "graph", edgedefault="directed", id="G")
    numbers = {key: f"n{number}" for number, key in enumerate(found.entities)}
    places = placed(found)
    for one in found.entities.values():
        _node(graph, one, numbers[one.key], places[one.key])
    for number, link in enumerate(found.links):
        ends = {"source": numbers[link.source], "target": numbers[link.target]}
        edge = ET.SubElement(graph, "edge", ends, id=f"e{number}")
        told = _told(edge, "d2", "MaltegoLink", LINK_TYPE)
        _property(told, "maltego.link.manual.type", "Label", link.traced_amount or link.kind)
        _property(told, "maltego.link.show-label", "Show Label", SHOWN, kind="int")
        _property(told, "maltego.link.manual.description", "Description", movement(link))
        _properties(told, link.told())
        ET.SubElement(ET.SubElement(edge, "data", key="d3"), "mtg:LinkRenderer")
    target = io.BytesIO()
    ET.ElementTree(root).write(target, encoding="UTF-8", xml_declaration=True)
    return target.getvalue()


def _node(graph: ET.Element, one: Entity, number: str, place: tuple[int, int]) -> None:
    """An entity: its value is its address or txid alone, so that the transforms of its type take it."""
    node = ET.SubElement(graph, "node", id=number)
    kind = standard_type(one)
    told = _told(node, "d0", "MaltegoEntity", kind.name)
    _property(told, kind.property, kind.shown, one.name)
    known = {name: "" if value is None else str(value) for name, value in one.told().items() if name != "name"}
    _properties(told, {**known, "attribution": attribution(one)})
    drawn = ET.SubElement(ET.SubElement(node, "data", key="d1"), "mtg:EntityRenderer")
    x, y = (str(step * at) for step, at in zip(STEP, place, strict=True))
    ET.SubElement(drawn, "mtg:Position", x=x, y=y)


def _told(parent: ET.Element, key: str, word: str, kind: str) -> ET.Element:
    """The list of properties of a node or an edge, still empty."""
    named = ET.SubElement(ET.SubElement(parent, "data", key=key), f"mtg:{word}", type=kind)
    return ET.SubElement(named, "mtg:Properties")


def _properties(parent: ET.Element, told: Mapping[str, str]) -> None:
    for name, value in told.items():
        if value:
            _property(parent, f"{OWN}{name}", name.replace("_", " "), value)


def _property(parent: ET.Element, name: str, shown: str, value: str, kind: str = "string") -> None:
    told = {"name": name, "displayName": shown, "type": kind, "nullable": "true", "hidden": "false"}
    ET.SubElement(ET.SubElement(parent, "mtg:Property", told, readonly="false"), "mtg:Value").text = value
