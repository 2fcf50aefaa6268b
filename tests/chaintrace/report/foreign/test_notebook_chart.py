"""The chart for i2 Analyst's Notebook: in the words of its schema, every link leads somewhere, no row is lost.

The notebook itself is in no registry. Somebody else's writer, whose charts it opens, makes the same chart of our links.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from chaintrace.report.foreign import FORMATS
from chaintrace.report.foreign.anx import ENTITY_ATTRIBUTES, ENTITY_TYPES, LINK_ATTRIBUTES, UTC
from chaintrace.report.foreign.i2 import CHART
from chaintrace.report.foreign.links import attribution, linked, movement
from chaintrace.report.foreign.places import placed
from tests.chaintrace.report.foreign.several import MOVED, REPORTS, hops
from tests.programs.running import answer

SCHEMA = etree.XMLSchema(file=Path(__file__).with_name("anx.xsd"))
TIME = "DateTime"


@pytest.fixture(scope="module")
def charts(tmp_path_factory) -> dict[str, Path]:
    """The chart of each report."""
    made = {}
    for number, (name, report) in enumerate(REPORTS.items()):
        folder = tmp_path_factory.mktemp(f"chart{number}")
        assert CHART in FORMATS["i2"].write(report, folder)
        made[name] = folder / CHART
    return made


def shown(path: Path) -> tuple[dict[str, tuple[object, ...]], list[tuple[object, ...]]]:
    """What a chart shows: its entities by identity, and its links with the identities of their ends."""
    items = etree.parse(path).getroot().findall("ChartItemCollection/ChartItem")
    known, entities, links = {}, {}, []
    for item in items:
        attributes = {one.get("AttributeClass"): words(one.get("Value")) for one in item.iter("Attribute")}
        texts = words(item.get("Label")), words(item.get("Description", ""))
        entity, link = item.find("End/Entity"), item.find("Link")
        if entity is not None:
            known[entity.get("EntityId")] = entity.get("Identity")
            entities[words(entity.get("Identity"))] = (entity.find("Icon/IconStyle").get("Type"), *texts, attributes)
        else:
            style, zone = link.find("LinkStyle"), item.find("TimeZone")
            ends = (known[link.get(end)] for end in ("End1Id", "End2Id"))
            when = item.get("DateSet"), item.get("TimeSet"), (item.get(TIME) or "").removesuffix(".000")
            zoned = None if zone is None else dict(zone.attrib)
            links.append(
                (*map(words, ends), style.get("Type"), style.get("ArrowStyle"), *texts, when, zoned, attributes)
            )
    return entities, links


def words(text: str) -> str:
    """A text with single blanks: the other writer does not write an end of line as XML would keep it."""
    return " ".join(text.split())


@pytest.mark.parametrize("name", REPORTS)
def test_the_chart_is_in_the_words_of_the_schema(charts, name):
    SCHEMA.assertValid(etree.parse(charts[name]))


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ('Type="AttText"', 'Type="Text"'),
        ("Icon>", "Picture>"),
        ('DateTime="', 'DateTime="on '),
        ('XPosition="0"', "X=''"),
    ],
)
def test_the_schema_refuses_other_words(charts, word, other):
    text = charts["outputs"].read_text("utf-8")
    assert word in text
    assert not SCHEMA.validate(etree.fromstring(text.replace(word, other).encode()))


def test_the_schema_takes_a_chart_with_the_looks_that_the_notebook_writes():
    """The attributes of a chart of schema 7.0.0.1, with a real number as the notebook prints it, and of its items."""
    lengths = ("GridHeightSize", "GridWidthSize", "DefaultLinkSpacing", "WiringHeight", "WiringSpacing")
    flags = ("GridVisibleOnAllViews", "UseDefaultLinkSpacingWhenDragging", "UseWiringHeightForThemeIcon", "Rigorous")
    looks = {**dict.fromkeys(lengths, "2.952756e-01"), **dict.fromkeys(flags, "true"), "LabelRule": "LabelRuleMerge"}
    chart = etree.Element("Chart", SchemaVersion="7.0.0.1", MsxmlVersion="4.20.9818.0", BackColour="16777215", **looks)
    items = etree.SubElement(chart, "ChartItemCollection")
    grades = dict.fromkeys(("GradeOneIndex", "GradeTwoIndex", "GradeThreeIndex"), "0")
    told = {**grades, **dict.fromkeys(("DateSet", "TimeSet", "Ordered", "Selected"), "false"), "Label": "x"}
    end = etree.SubElement(etree.SubElement(items, "ChartItem", XPosition="1", **told), "End", X="1", Y="2", Z="0")
    entity = etree.SubElement(end, "Entity", EntityId="n0", Identity="x", LabelIsIdentity="false")
    etree.SubElement(etree.SubElement(entity, "Icon", TextX="0", TextY="16"), "IconStyle", Type="Person")
    link = etree.SubElement(
        etree.SubElement(items, "ChartItem", XPosition="0", **told), "Link", End1Id="n0", End2Id="n0"
    )
    link.attrib.update({"LabelSegment": "0", "LabelPos": "50"})
    etree.SubElement(link, "LinkStyle", ArrowStyle="ArrowOnHead", Type="Link")
    SCHEMA.assertValid(chart)
    chart.set("GridHeightSize", "wide")
    assert not SCHEMA.validate(chart)


@pytest.mark.parametrize("name", REPORTS)
def test_every_reference_leads_to_what_it_names(charts, name):
    root = etree.parse(charts[name]).getroot()
    assert root.get("IdReferenceLinking") == "false"
    ids = [one.get("Id") for one in root.iter() if one.get("Id")]
    assert len(ids) == len(set(ids))
    named = {one.get("Id"): one.get("Name") for one in root.iter() if one.get("Name") and one.get("Id")}
    for word, reference in (("Attribute", "AttributeClass"), ("IconStyle", "EntityType"), ("LinkStyle", "LinkType")):
        for one in root.iter(word):
            said = one.get("AttributeClass" if word == "Attribute" else "Type")
            assert named[one.get(f"{reference}Reference")] == said
    entities = [one.get("EntityId") for one in root.iter("Entity")]
    assert len(entities) == len(set(entities))
    assert {one.get(end) for one in root.iter("Link") for end in ("End1Id", "End2Id")} <= set(entities)
    assert {one.get("StrengthReference") for one in root.iter("LinkStyle")} <= {one.get("Id") for one in root[0]}


@pytest.mark.parametrize("name", ["accounts", "outputs", "large"])
def test_a_link_is_a_row_of_hops_with_every_digit(charts, name):
    entities, links = shown(charts[name])
    found = linked(REPORTS[name])
    assert list(entities) == list(found.entities)
    told = [(link[2], link[-1]) for link in links]
    moved = sorted(tuple(one.get(key, "") for key in MOVED) for kind, one in told if kind == "transfer")
    assert moved == hops(REPORTS[name])
    assert not any("value" in one or "traced_value" in one for kind, one in told if kind == "input")
    assert [f"{link[6][2]}Z" for link in links if link[6][0]] == [one.time for one in found.links if one.time]


def test_an_attribution_stays_a_claim(charts):
    entities, _ = shown(charts["outputs"])
    assert entities["bitcoin:1A"][1:3] == ("1A", "")
    assert entities["bitcoin:1C"][1:3] == (
        "1C (attributed to Office)", "Attributed to Office (law_enforcement) by an affidavit, confidence 60 of 100."
    )  # fmt: skip


def test_value_moves_to_the_right_and_no_two_entities_share_a_place():
    found = linked(REPORTS["outputs"])
    places = placed(found)
    assert all(places[one.source][0] < places[one.target][0] for one in found.links)
    assert len(set(places.values())) == len(places) == len(found.entities)


def asked(name: str) -> dict[str, list[dict[str, object]]]:
    """The entities and links of a report, as the other writer takes them."""
    found = linked(REPORTS[name])

    def of(told: dict[str, object], names: tuple[str, ...]) -> dict[str, str]:
        return {key: str(told[key]) for key in names if told[key] not in {"", None}}

    entities = [
        {
            "id": one.key, "type": ENTITY_TYPES[one.kind][0], "description": attribution(one),
            "label": f"{one.name} (attributed to {one.label})" if one.label else one.name,
            "attributes": of(one.told(), ENTITY_ATTRIBUTES),
        }
        for one in found.entities.values()
    ]  # fmt: skip
    links = []
    for one in found.links:
        day, _, clock = one.time.removesuffix("Z").partition("T")
        when = {"date": day, "time": clock} if day else {}
        told = {"label": one.traced_amount or one.kind, "description": movement(one)}
        ends = {"from_id": one.source, "to_id": one.target, "type": one.kind}
        links.append({**ends, **told, **when, "attributes": of(one.told(), LINK_ATTRIBUTES)})
    return {"entities": entities, "links": links}


def test_somebody_elses_writer_makes_the_same_chart(charts, tmp_path):
    paths = {name: tmp_path / f"{number}.anx" for number, name in enumerate(REPORTS)}
    found = answer("notebook_writes.py", {str(path): asked(name) for name, path in paths.items()})
    assert found.pop("UTC")["long"] == "Coordinated Universal Time"
    assert set(map(str, found.values())) == {"[]"}
    for name, path in paths.items():
        SCHEMA.assertValid(etree.parse(path))
        assert shown(charts[name]) == shown(path), name
    assert UTC["UniqueID"] == "1"
