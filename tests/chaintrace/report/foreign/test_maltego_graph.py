"""The graph file for Maltego: somebody else's reader opens it, the maker's own catalogue and model take every entity.

Maltego itself is in no registry. The catalogue is the maker's `maltego-transforms-std-entities`, the reader mtgx2nx.
"""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from chaintrace.report.foreign import FORMATS
from chaintrace.report.foreign.links import Entity, attribution, linked
from chaintrace.report.foreign.maltego import GRAPH, TABLE
from chaintrace.report.foreign.mtgx import GRAPHML, MTGX, OWN, PHRASE, standard_type, write_graph
from tests.chaintrace.report.foreign.several import MOVED, REPORTS, hops
from tests.programs.running import answer

GRAPH_PART = "Graphs/Graph1.graphml"
ENTITY, LINK = "MaltegoEntity", "MaltegoLink"
SAVED = {
    "graphml": set(), "graphml/graph": {"edgedefault", "id"},
    "graphml/key": {"attr.name", "for", "id", "yfiles.type"},
    "graph/node": {"id"}, "node/data": {"key"}, "graph/edge": {"id", "source", "target"}, "edge/data": {"key"},
    "data/MaltegoEntity": {"id", "type"}, "data/MaltegoLink": {"id", "type"},
    "MaltegoEntity/Properties": set(), "MaltegoLink/Properties": set(), "Property/Value": set(),
    "Properties/Property": {"displayName", "hidden", "name", "nullable", "readonly", "type"},
    "data/EntityRenderer": set(), "EntityRenderer/Position": {"x", "y"}, "data/LinkRenderer": set(),
}  # fmt: skip
"""The words of a graph that Maltego CE 4.2.6 saved, each behind the one it stands in, with their attributes
(VirusTotal/vt-graph-api, commit 84a2919, tests/resources/maltego_graph.graphml)."""

MADE_BY_THE_PROGRAM = {("data/MaltegoEntity", "id"), ("data/MaltegoLink", "id")}
"""What it numbers anew when it opens a graph that has no numbers: pcbje/pymtgx writes none either."""

MANUAL_LINK = ["maltego.link.manual.type", "maltego.link.show-label", "maltego.link.manual.description"]
"""The properties of a link that a person drew, in that graph."""

CHAINS = ("bitcoin", "bitcoin-cash", "dogecoin", "ethereum", "litecoin", "tron", "bsc", "eip155:999", "ledger")


def one_of_each() -> dict[str, Entity]:
    """An entity of each kind on each chain, and what a standard entity of Maltego is called that it must be."""
    kinds = ("address", "transaction", "output")
    return {one.key: one for one in (Entity(kind, chain, f"of {chain}") for chain in CHAINS for kind in kinds)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """What the format writes of each report."""
    made = {}
    for number, (name, report) in enumerate(REPORTS.items()):
        made[name] = tmp_path_factory.mktemp(f"maltego{number}")
        assert FORMATS["maltego"].write(report, made[name]) == (TABLE, GRAPH)
    return made


@pytest.fixture(scope="module")
def opened(folders, tmp_path_factory) -> dict[str, Any]:
    """What the reader and the maker's model make of every graph, and of one with an entity of each kind and chain."""
    paths = {name: folder / GRAPH for name, folder in folders.items()}
    paths["each"] = tmp_path_factory.mktemp("each") / GRAPH
    found = linked(REPORTS["outputs"])
    write_graph(type(found)(one_of_each(), ()), paths["each"])
    read = answer("maltego_reads.py", list(map(str, paths.values())))
    return {name: read[str(path)] for name, path in paths.items()}


@pytest.mark.parametrize("name", REPORTS)
def test_the_makers_model_takes_every_entity_and_link_with_nothing_lost(opened, name):
    found, seen = linked(REPORTS[name]), opened[name]
    assert seen["unknown"] == []
    for one, told in zip(found.entities.values(), seen["entities"], strict=True):
        assert (told["type"], told["value"]) == (standard_type(one).name, one.name)
        said = {**one.told(), "attribution": attribution(one)}
        known = {key: str(value) for key, value in said.items() if key != "name" and value not in {"", None}}
        own = {key.removeprefix(OWN): value for key, value in told["told"].items() if key.startswith(OWN)}
        assert own == known
    ends = [[found.entities[one.source].name, found.entities[one.target].name] for one in found.links]
    assert [link[:2] for link in seen["links"]] == seen["linked"] == ends


@pytest.mark.parametrize("name", ["accounts", "outputs", "large"])
def test_a_link_is_a_row_of_hops_with_every_digit(opened, name):
    told = [properties for _, _, properties in opened[name]["links"]]
    assert {one["type"] for one in told} == {"maltego.link.manual-link"}
    moved = [one for one in told if one[f"{OWN}kind"] == "transfer"]
    assert sorted(tuple(one.get(f"{OWN}{key}", "") for key in MOVED) for one in moved) == hops(REPORTS[name])


def test_each_kind_on_each_chain_is_a_standard_entity(opened):
    """The maker's model has refused no type and no property; a chain without its own types has those of any chain."""
    types = [told["type"] for told in opened["each"]["entities"]]
    assert types == [standard_type(one).name for one in one_of_each().values()]
    assert {f"maltego.{coin}{kind}" for coin in ("BTC", "BCH", "Dogecoin", "ETH", "LTC", "Cryptocurrency")
            for kind in ("Address", "Transaction")} | {PHRASE.name} == set(types)  # fmt: skip
    assert len({told["value"] for told in opened["each"]["entities"]}) == len(CHAINS)


@pytest.mark.filterwarnings("ignore:No key type")  # Maltego's own keys say a name and no type
def test_the_graph_is_graphml_to_others_and_each_entity_has_a_place(folders, tmp_path):
    found = linked(REPORTS["outputs"])
    with zipfile.ZipFile(folders["outputs"] / GRAPH) as file:
        assert file.testzip() is None
        assert file.namelist() == [
            "version.properties",
            GRAPH_PART,
        ]  # more parts, others saw, Maltego 4.11 stumbles over
        file.extract(GRAPH_PART, tmp_path)
        places = file.read(GRAPH_PART).decode().count("<mtg:Position ")
    graph = nx.read_graphml(tmp_path / "Graphs" / "Graph1.graphml")
    assert (len(graph), graph.number_of_edges()) == (len(found.entities), len(found.links)) == (places, places + 1)


def test_the_table_has_the_types_of_the_graph(folders, opened):
    with (folders["outputs"] / TABLE).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    types = {told["value"]: told["type"] for told in opened["outputs"]["entities"]}
    assert [[row["from_type"], row["to_type"]] for row in rows] == [
        [types[source], types[target]] for source, target in opened["outputs"]["linked"]
    ]


def local(one: ET.Element) -> str:
    """A word without its namespace."""
    return one.tag.rpartition("}")[2]


@pytest.mark.parametrize("name", REPORTS)
def test_the_graph_has_the_words_of_one_that_maltego_saved_and_no_others(folders, name):
    root = ET.fromstring(zipfile.ZipFile(folders[name] / GRAPH).read(GRAPH_PART))  # noqa: S314  # what was just written
    found = {"graphml": set(root.attrib)}
    for parent in root.iter():
        for child in parent:
            found.setdefault(f"{local(parent)}/{local(child)}", set()).update(child.attrib)
    assert found == {
        path: {one for one in told if (path, one) not in MADE_BY_THE_PROGRAM} for path, told in SAVED.items()
    }
    keys = {
        one.get("id"): (one.get("for"), one.get("attr.name") or one.get("yfiles.type"))
        for one in root
        if "id" in one.attrib
    }
    told = {
        ("node", ENTITY), ("node", "nodegraphics"), ("edge", LINK), ("edge", "edgegraphics"),
    }  # fmt: skip
    assert {keys[data.get("key")] for data in root.iter(f"{{{GRAPHML}}}data")} == told
    for edge in root.iter(f"{{{GRAPHML}}}edge"):
        properties = edge.iter(f"{{{MTGX}}}Property")
        own = [(one.get("name"), one.get("type")) for one in properties if not one.get("name").startswith(OWN)]
        assert own == list(zip(MANUAL_LINK, ("string", "int", "string"), strict=True))
