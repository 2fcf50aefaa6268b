"""The chart of i2 Analyst's Notebook, which it opens without an import specification: an Exchange file (.anx).

The words and their order are those of the schema that the notebook installs ("Analyst's Notebook 7.xsd"), as the
classes have them that muratferdi/i2AnxChart generated from it. pcbje/pyanx, generated from the same, joins links to
their ends as we do. Every figure is an attribute of type text, which nothing rounds.
"""

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from chaintrace.report.foreign.links import ATTRIBUTES, Entity, Link, Linked, attribution, movement
from chaintrace.report.foreign.places import placed

ENTITY_TYPES = {"address": ("Account", "Account"), "output": ("Account", "Account"),
                "transaction": ("Transaction", "General")}  # fmt: skip
"""The notebook's type and icon, by kind of entity: those of its standard template."""

LINK_TYPES = ("transfer", "input", "conversion")
ENTITY_ATTRIBUTES = ("chain", "name", "attributed_to", "category", "confidence", "label_source", "roles")
LINK_ATTRIBUTES = tuple(name for name in ATTRIBUTES if name != "kind")
CLASSES = {name: f"a{number}" for number, name in enumerate(dict.fromkeys((*ENTITY_ATTRIBUTES, *LINK_ATTRIBUTES)))}
"""Classes of attributes: the identifier of each in the file."""

SOLID = "s0"
UTC = {"UniqueID": "1", "Name": "UTC"}
"""Of the notebook's list of time zones the first, Coordinated Universal Time."""

STEP = 200, 100
"""Between two columns and two rows, in points of the chart."""


def write_chart(found: Linked, path: Path) -> None:
    """Write the chart. Raises OSError as the system gives it."""
    root = ET.Element("Chart", IdReferenceLinking="false")  # links name their ends by EntityId
    strengths = ET.SubElement(root, "StrengthCollection")
    ET.SubElement(strengths, "Strength", Id=SOLID, Name="Solid", DotStyle="DotStyleSolid")
    _classes(root)
    types = ET.SubElement(root, "EntityTypeCollection")
    for name, icon in dict.fromkeys(ENTITY_TYPES.values()):
        told = {"Name": name, "IconFile": icon, "PreferredRepresentation": "RepresentAsIcon"}
        ET.SubElement(types, "EntityType", told, Id=f"t-{name}")
    kinds = ET.SubElement(root, "LinkTypeCollection")
    for name in LINK_TYPES:
        ET.SubElement(kinds, "LinkType", Id=f"l-{name}", Name=name)
    items = ET.SubElement(root, "ChartItemCollection")
    numbers = {key: f"e{number}" for number, key in enumerate(found.entities)}
    places = placed(found)
    for one in found.entities.values():
        _entity(items, one, numbers[one.key], places[one.key])
    for number, link in enumerate(found.links):
        _link(items, link, f"k{number}", (numbers[link.source], numbers[link.target]))
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _classes(root: ET.Element) -> None:
    """The classes of attributes: text, and in the properties of an item alone, for a chart full of figures hides."""
    classes = ET.SubElement(root, "AttributeClassCollection")
    for name, number in CLASSES.items():
        ET.SubElement(classes, "AttributeClass", Id=number, Name=name, Type="AttText", Visible="false")


def _entity(items: ET.Element, one: Entity, number: str, place: tuple[int, int]) -> None:
    """An icon: its label is its name, and below who is said to be there."""
    x, y = (str(step * at) for step, at in zip(STEP, place, strict=True))
    label = f"{one.name}\n(attributed to {one.label})" if one.label else one.name
    claim = {"Description": attribution(one)} if attribution(one) else {}
    item = ET.SubElement(items, "ChartItem", {"Id": number, "Label": label, **claim, "XPosition": x})
    end = ET.SubElement(item, "End", X=x, Y=y, Z="0")
    told = {"EntityId": number, "Identity": one.key, "LabelIsIdentity": "false"}
    icon = ET.SubElement(ET.SubElement(end, "Entity", told), "Icon")
    kind, _ = ENTITY_TYPES[one.kind]
    ET.SubElement(icon, "IconStyle", Type=kind, EntityTypeReference=f"t-{kind}")
    known = {name: "" if value is None else str(value) for name, value in one.told().items()}
    _attributes(item, ((name, known[name]) for name in ENTITY_ATTRIBUTES))


def _link(items: ET.Element, link: Link, number: str, ends: tuple[str, str]) -> None:
    """A line with an arrow: each link of its own, however many join the same two entities."""
    when = {"DateSet": "true", "TimeSet": "true", "DateTime": link.time.removesuffix("Z")} if link.time else {}
    label = {"Id": number, "Label": link.traced_amount or link.kind, "Description": movement(link)}
    item = ET.SubElement(items, "ChartItem", {**label, **when})
    line = ET.SubElement(item, "Link", End1Id=ends[0], End2Id=ends[1])
    style = {"ArrowStyle": "ArrowOnHead", "MlStyle": "MultiplicityMultiple", "StrengthReference": SOLID}
    ET.SubElement(line, "LinkStyle", {**style, "Type": link.kind, "LinkTypeReference": f"l-{link.kind}"})
    _attributes(item, ((name, link.told()[name]) for name in LINK_ATTRIBUTES))
    if when:
        ET.SubElement(item, "TimeZone", UTC)


def _attributes(item: ET.Element, told: Iterable[tuple[str, str]]) -> None:
    known = [(name, value) for name, value in told if value]
    if known:
        group = ET.SubElement(item, "AttributeCollection")
        for name, value in known:
            ET.SubElement(group, "Attribute", AttributeClass=name, AttributeClassReference=CLASSES[name], Value=value)
