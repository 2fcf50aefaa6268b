"""The Cypher that an export for Neo4j brings, held against Neo4j's own analysis.

Its maker publishes the parser and the checks of its server, of the version of 2026-09, as JavaScript: the editors in
its own programs use them. They name what a database would refuse, what is deprecated, and every label, type, property
and function that it does not have. No database is behind them: nothing is run.
"""

from __future__ import annotations

import re

import pytest

from chaintrace.report.foreign.neo4j import LOAD, QUESTIONS
from chaintrace.report.foreign.neo4j_load import NODES, OUTCOMES, RELATIONSHIPS
from tests.programs.cypher_analysis import analysed

VERSIONS = ["CYPHER 5", pytest.param("CYPHER 25", marks=pytest.mark.soak)]
"""Neo4j 5.26 has the first alone; the calendar versions have both, and the first unless they are told otherwise."""


@pytest.fixture(scope="module")
def schema(neo4j_cells) -> dict[str, list[str]]:
    """The names that the tables bring into a database: of properties from their headers, the others from their rows."""
    tables = [one for tables in neo4j_cells.values() for one in tables.items()]
    named = {column.partition(":")[0] for _, cells in tables for column in cells[0]} - {""}
    kinds: dict[bool, set[str]] = {True: set(), False: set()}
    for name, cells in tables:
        kinds[name == RELATIONSHIPS].update(row[-1] for row in cells[1:])
    return {"labels": sorted(kinds[False]), "relationshipTypes": sorted(kinds[True]), "propertyKeys": sorted(named)}


WRONG = {
    "MATCH (n:Address) RETURN m": "Variable `m` not defined",
    "MATCH (n:Address) WITH n.name RETURN 1": "Expression in WITH must be aliased",
    "MATCH (n:Adress) RETURN n": "Label Adress is not present",
    "MATCH ()-[t:TRANSFERS]->() RETURN t": "Relationship type TRANSFERS is not present",
    "MATCH (n:Address) RETURN n.nmae": "nmae is not present",
    "MATCH (n:Address) RETURN apoc.number.exact.add(n.name, '1')": "Function apoc.number.exact.add is not present",
    "MATCH (n:Address) RETURN size(1)": "Type mismatch: expected String or List<T> but was Integer",
    "FOR (n) RETURN n": "Invalid input 'FOR'",
    "LOAD CSV WITH HEADER FROM 'file:///x' AS row RETURN row": "Invalid input 'HEADER'",
    "CREATE CONSTRAINT x IF NOT EXISTS ON (n:Address) ASSERT n.id IS UNIQUE": "Invalid constraint syntax",
    "MATCH (n:Address) RETURN id(n)": "Function id is deprecated",
    "MATCH (a:Address) WHERE exists(a.name) RETURN a": "no longer supported",
}
"""Cypher with one fault each, and what the analysis says of it under the first version: the other has its own words."""


@pytest.mark.parametrize("version", VERSIONS)
def test_neo4j_finds_nothing_wrong_with_script_and_questions_and_the_fault_in_each_wrong_one(
    version, neo4j_root, schema
):
    ours = [(neo4j_root / "r1" / name).read_text("utf-8").strip().removesuffix(";") for name in (LOAD, QUESTIONS)]
    ends = [one.rpartition(";\n")[2] for one in ours]
    spoilt = [ends[0].replace("row.uuid", "rwo.uuid"), ends[1].replace("t.asset", "t.aset")]
    found = analysed([*ours, *spoilt, *WRONG], schema, version)
    assert [one["faults"] for one in found[:2]] == [[], []]
    assert [one["statements"] for one in found[:2]] == [16, 7]
    assert [[fault.partition(". ")[0] for fault in one["faults"]] for one in found[2:4]] == [
        ["Variable `rwo` not defined"],
        ["aset is not present in the database"],
    ]
    for (text, wanted), one in zip(WRONG.items(), found[4:], strict=True):
        assert one["faults"], text
        assert version != "CYPHER 5" or any(wanted in fault for fault in one["faults"]), one


def test_the_script_reads_every_column_and_no_other(neo4j_root, neo4j_cells):
    script = (neo4j_root / "r1" / LOAD).read_text("utf-8")
    for table in (NODES, OUTCOMES, RELATIONSHIPS):
        parts = re.findall(rf"'file:///{table}' AS row\n(.*?);$", script, re.DOTALL | re.MULTILINE)
        read = {name for part in parts for name in re.findall(r"row\.(?:`([^`]*)`|(\w+))", part)}
        assert {quoted or plain for quoted, plain in read} == set(neo4j_cells["r1"][table][0])


def test_nothing_of_a_case_stands_in_the_script_and_the_questions(neo4j_root, neo4j_reports):
    for name in (LOAD, QUESTIONS):
        assert len({(neo4j_root / report / name).read_bytes() for report in neo4j_reports}) == 1


def test_the_page_on_exports_shows_questions_of_the_file(root, neo4j_root):
    asked = re.sub(r"^//.*\n", "", (neo4j_root / "r1" / QUESTIONS).read_text("utf-8"), flags=re.MULTILINE)
    shown = re.findall(r"```cypher\n(.*?)\n```", (root / "docs" / "exports.md").read_text("utf-8"), re.DOTALL)
    assert shown
    assert [one for one in shown if f"\n{one};\n" not in asked] == []
