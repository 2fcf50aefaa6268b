"""The files for Neo4j: by the rules of its import, and loaded into a graph database that answers in Cypher.

Neo4j is in no registry. Its rules are those of its Operations Manual ("Import", "CSV header format") and of its reader,
neo4j/neo4j at 0047649, community/csv/src/main/java/org/neo4j/csv/reader/Extractors.java. The database is FalkorDB. It
reads CSV and Cypher but not Neo4j's headers: the script that loads the files does what they say.
"""

from __future__ import annotations

import csv
import re
import sys
from datetime import datetime
from pathlib import Path
from platform import machine
from typing import Any

import pytest

import chaintrace as ct
from chaintrace.report.csv_files import cell_text
from chaintrace.report.foreign import FORMATS
from chaintrace.report.foreign.links import linked
from chaintrace.report.foreign.neo4j import NODES, RELATIONSHIPS
from tests.chaintrace.report.foreign.several import REPORTS
from tests.programs.running import answer

WORDS = {NODES: ("ID", "LABEL"), RELATIONSHIPS: ("START_ID", "END_ID", "TYPE")}
"""What a header must name once: of nodes, of relationships."""

TYPES = {
    *("string", "int", "long", "short", "byte", "float", "double", "boolean", "char", "point", "date", "localtime"),
    *("time", "localdatetime", "datetime", "duration"),
}
NAMED = re.compile(r"(?P<name>[^:{(]*):?(?P<type>[A-Za-z_]*)(?P<array>\[\])?")
"""`name:type` of a column; without a type it is text."""

LONG = range(-(2**63), 2**63)
INT = range(-(2**31), 2**31)


def followed(name: str, folder: Path) -> Any:
    """The report of a case that ships."""
    return ct.demo_case(name, folder).follow(observer=lambda *_: None).report


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Any:
    """USDT on TRON, to deposit addresses of three exchanges."""
    return followed("tron-usdt", tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def reports(shipped, tmp_path_factory) -> dict[str, Any]:
    """Every report, by a name that a folder may have; of the first payments one address has two roles."""
    made = {f"r{number}": report for number, report in enumerate(REPORTS.values())}
    return {"shipped": shipped, "first": followed("first-payments", tmp_path_factory.mktemp("first")), **made}


@pytest.fixture(scope="module")
def root_of_all(reports, tmp_path_factory) -> Path:
    """A folder with the files of each report in a folder of its own."""
    root = tmp_path_factory.mktemp("neo4j")
    for name, report in reports.items():
        (root / name).mkdir()
        assert FORMATS["neo4j"].write(report, root / name) == (NODES, RELATIONSHIPS)
    return root


@pytest.fixture(scope="module")
def files(root_of_all, reports) -> dict[str, tuple[list[list[str]], list[list[str]]]]:
    """The cells of the two files of each report."""

    def cells(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, strict=True))

    return {name: (cells(root_of_all / name / NODES), cells(root_of_all / name / RELATIONSHIPS)) for name in reports}


def headed(cells: list[list[str]]) -> list[tuple[str, str, str]]:
    """Name, type and `[]` of every column."""
    matched = [NAMED.fullmatch(column) for column in cells[0]]
    return [(one["name"], one["type"], one["array"] or "") for one in matched]


def fits(cell: str, of_type: str) -> bool:
    """Whether the import takes a cell for its type; an empty one is no property, whatever its type."""
    if not cell or of_type in {"", "string"}:
        return True
    if of_type in {"int", "long"}:
        return bool(re.fullmatch(r"-?\d+", cell)) and int(cell) in (INT if of_type == "int" else LONG)
    assert of_type == "datetime"
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", cell)) and bool(datetime.fromisoformat(cell))


def test_the_headers_are_those_of_the_import(files):
    for both in files.values():
        for cells, words in zip(both, WORDS.values(), strict=True):
            columns = headed(cells)
            structural = [kind for name, kind, _ in columns if kind.isupper()]
            assert sorted(structural) == sorted(words)
            assert {kind for _, kind, _ in columns if not kind.isupper()} <= TYPES | {""}
            names = [name for name, _, _ in columns if name]
            assert len(names) == len(set(names))
            assert all(name or kind.isupper() for name, kind, _ in columns)


def test_every_cell_fits_its_type_and_stays_on_its_line(files):
    """`--multiline-fields` is off as the import stands, `--array-delimiter` is `;`, `--delimiter` a comma."""
    for both in files.values():
        for cells in both:
            columns = headed(cells)
            for row in cells[1:]:
                assert len(row) == len(columns)
                assert not any("\n" in cell or "\r" in cell or "\0" in cell for cell in row)
                for cell, (_, kind, array) in zip(row, columns, strict=True):
                    assert kind.isupper() or all(fits(one, kind) for one in (cell.split(";") if array else [cell]))


def test_every_end_is_one_node_and_no_node_is_there_twice(files, reports):
    """Identifiers are text, as `--id-type` stands, of one space for all nodes."""
    for name, (nodes, links) in files.items():
        known = [row[nodes[0].index("id:ID")] for row in nodes[1:]]
        assert len(known) == len(set(known)) == len(linked(reports[name]).entities)
        ends = (row[links[0].index(end)] for row in links[1:] for end in (":START_ID", ":END_ID"))
        assert set(ends) <= set(known)


def test_what_is_not_known_is_no_property_and_no_empty_text(root_of_all):
    """In quotes an empty cell would be an empty text: `--ignore-empty-strings` is off as the import stands."""
    for path in root_of_all.glob("*/*.csv"):
        text = path.read_bytes()
        assert not text.startswith(b"\xef\xbb\xbf")
        assert re.search(rb'(^|,)""(,|$)', text, re.MULTILINE) is None


def test_a_number_that_64_bits_do_not_hold_is_text(files):
    (links,) = (cells for name, (_, cells) in files.items() if name == "r2")
    values = [row[links[0].index("traced_value")] for row in links[1:] if row[links[0].index(":TYPE")] == "TRANSFER"]
    assert set(values) == {str(2**256 - 1)}
    assert int(values[0]) not in LONG


def queries(root: Path) -> list[str]:
    """The queries that the page on exports shows."""
    page = (root / "docs" / "exports.md").read_text("utf-8")
    return re.findall(r"```cypher\n(.*?)```", page, re.DOTALL)


@pytest.fixture(scope="module")
def answered(root_of_all, reports) -> dict[str, list[Any]]:
    """What the database says of each report: its nodes, its links, and the answers to the queries of the page."""
    if sys.platform != "linux" or machine() != "x86_64" or sys.version_info >= (3, 14):
        pytest.skip("the graph database is built for Linux on x86-64, up to Python 3.13")
    everything = [
        "MATCH (n) RETURN n.id, labels(n), properties(n)",
        "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r)",
    ]
    root = Path(__file__).parents[4]
    asked = {"root": str(root_of_all), "folders": list(reports), "queries": [*everything, *queries(root)]}
    return answer("cypher_answers.py", asked)


def test_the_database_holds_every_entity_and_link_with_every_digit(answered, reports):
    for name, report in reports.items():
        found, (nodes, links, *_) = linked(report), answered[name]
        assert {row[0]: row[1] for row in nodes} == {
            one.key: [one.kind.capitalize()] for one in found.entities.values()
        }
        held = sorted((row[0], row[1], row[2], row[3]["uuid"], row[3].get("traced_value", "")) for row in links)
        assert held == sorted(
            (one.source, one.kind.upper(), one.target, str(one.uuid), one.traced_value) for one in found.links
        )
        for row in nodes:
            one = found.entities[row[0]]
            told = row[2].get("attributed_to", ""), row[2].get("confidence"), row[2].get("roles") or []
            assert told == (cell_text(one.label), one.confidence, list(one.roles))
    assert ["payment", "resting"] in [row[2].get("roles") for row in answered["first"][0]]


def test_the_queries_of_the_page_find_what_the_tables_say(answered, shipped):
    """Who was credited how much, the shortest way from a payment to an endpoint, and which values are too large."""
    ends, ways, *_ = answered["shipped"][2:]
    credited: dict[str, int] = {}
    for row in shipped.tables["endpoints"].records():
        credited[str(row["entity"])] = credited.get(str(row["entity"]), 0) + int(row["traced_value"])
    assert {row[0]: int(row[4]) for row in ends} == credited
    assert {tuple(row[1:4]) for row in ends} == {("tron", "USDT", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")}
    assert sum(credited.values()) == 183_298_931_973
    assert {row[0] for row in ways} == {str(row["address"]) for row in shipped.tables["endpoints"].records()}
    hops = {str(row["address"]): row["hops"] for row in shipped.tables["endpoints"].records()}
    assert dict(ways) == hops
    assert [len(answered[name][4]) for name in ("shipped", "r2")] == [0, 4]
