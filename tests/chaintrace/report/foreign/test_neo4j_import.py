"""The tables for Neo4j, by the rules of its import.

Neo4j is in no registry. Its rules are those of its Operations Manual ("Import", "CSV header format") and of its readers
in neo4j/neo4j: community/csv/src/main/java/org/neo4j/csv/reader/Extractors.java at 0047649 and BufferedCharSeeker.java
at 01080e1, community/import-util/src/main/java/org/neo4j/internal/batchimport/input/csv/DataFactories.java at 03191ef.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

import pytest

from chaintrace.report.foreign.links import linked
from chaintrace.report.foreign.neo4j_load import ENDS, LABELS, NODES, OUTCOME, OUTCOMES, RELATIONSHIPS

WORDS = {NODES: ("ID", "LABEL"), OUTCOMES: ("ID", "LABEL"), RELATIONSHIPS: ("START_ID", "END_ID", "TYPE")}
"""What a header must name, of nodes, of relationships: our command names neither label nor type."""

STRUCTURAL = {"ID", "LABEL", "START_ID", "END_ID", "TYPE", "IGNORE"}
SINGLE = {"START_ID", "END_ID", "TYPE"}
TYPES = {
    *("string", "int", "long", "short", "byte", "float", "double", "boolean", "char", "point", "date", "localtime"),
    *("time", "localdatetime", "datetime", "duration"),
}

LONG = range(-(2**63), 2**63)
INT = range(-(2**31), 2**31)


def headed(header: list[str]) -> list[tuple[str, str, str]]:
    """Name, type and `[]` of every column, read as the parser does: `name:type(group){options}`."""
    found = []
    for column in header:
        bare = re.sub(r"\(.*\)", "", re.sub(r"\{.*\}", "", column))
        name, _, kind = bare.rpartition(":") if ":" in bare else (bare, "", "")
        one = kind.removesuffix("[]")
        found.append((name, one.upper() if one.upper() in STRUCTURAL else one.lower(), kind[len(one) :]))
    return found


def faults(header: list[str], words: tuple[str, ...]) -> set[str]:
    """What the import would refuse in a header, in a word each."""
    columns = headed(header)
    structural = Counter(kind for _, kind, _ in columns if kind.isupper())
    names = Counter(name for name, kind, _ in columns if name and (kind == "ID" or not kind.isupper()))
    return {
        *(f"no {word}" for word in words if not structural[word]),
        *(f"{word} twice" for word, number in structural.items() if number > 1 and word in SINGLE),
        *(f"{word} is not of this file" for word in structural if word not in (*words, "IGNORE")),
        *(f"{name} twice" for name, number in names.items() if number > 1),
        *(f"{kind} is no type" for _, kind, _ in columns if not kind.isupper() and kind not in TYPES | {""}),
    }


@pytest.mark.parametrize(
    ("header", "table", "fault"),
    [
        ("movieId:ID,title,year:int,:LABEL", NODES, ""),
        ("personId:ID,name,:LABEL", NODES, ""),
        (":START_ID,role,:END_ID,:TYPE", RELATIONSHIPS, ""),
        ("id:ID(GroupOne){id-type:long},name,:LABEL", NODES, ""),
        (":START_ID(Person-ID),since:int,:END_ID(Movie-ID),:TYPE", RELATIONSHIPS, ""),
        (":ID,date1:datetime{timezone:Europe/Stockholm},date2:datetime", NODES, "no LABEL"),
        (":ID,name,time:DateTime{timezone:Europe/Stockholm},:LABEL", NODES, ""),
        ("PATNR:ID,type:LABEL,risk:LABEL,colors:string[]", NODES, ""),
        (":START_ID,role,:TYPE", RELATIONSHIPS, "no END_ID"),
        (":START_ID,:START_ID,:END_ID,:TYPE", RELATIONSHIPS, "START_ID twice"),
        ("id:ID,name,name:int,:LABEL", NODES, "name twice"),
        ("id:ID,id,:LABEL", NODES, "id twice"),
        ("id:ID,value:number,:LABEL", NODES, "number is no type"),
        ("id:ID,:TYPE,:LABEL", NODES, "TYPE is not of this file"),
    ],
)
def test_headers_are_judged_as_the_import_judges_them(header, table, fault):
    """The good ones are of its manual, of its maker's tests and of others' imports; the bad ones its parser refuses."""
    assert faults(header.split(","), WORDS[table]) == ({fault} if fault else set())


def test_our_headers_have_no_fault(neo4j_cells):
    for tables in neo4j_cells.values():
        assert [faults(tables[name][0], words) for name, words in WORDS.items()] == [set(), set(), set()]


def fits(cell: str, of_type: str) -> bool:
    """Whether the import takes a cell for its type; an empty one is no property, whatever its type."""
    if not cell or of_type in {"", "string"}:
        return True
    if of_type in {"int", "long"}:
        return bool(re.fullmatch(r"-?\d+", cell)) and int(cell) in (INT if of_type == "int" else LONG)
    assert of_type == "datetime"
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", cell)) and bool(datetime.fromisoformat(cell))


def test_every_cell_fits_its_type_and_stays_on_its_line(neo4j_cells):
    """`--multiline-fields` is off as the import stands, `--array-delimiter` is `;`, `--delimiter` a comma."""
    for tables in neo4j_cells.values():
        for cells in tables.values():
            columns = headed(cells[0])
            for row in cells[1:]:
                assert len(row) == len(columns)
                assert not any("\n" in cell or "\r" in cell or "\0" in cell for cell in row)
                for cell, (_, kind, array) in zip(row, columns, strict=True):
                    assert kind.isupper() or all(fits(one, kind) for one in (cell.split(";") if array else [cell]))


def test_every_end_is_one_node_of_a_label_that_the_script_looks_for(neo4j_cells, neo4j_reports):
    """Identifiers are text, as `--id-type` stands, of one space for all nodes."""
    seen = set()
    for name, tables in neo4j_cells.items():
        nodes = [(row[0], row[-1]) for table in (NODES, OUTCOMES) for row in tables[table][1:]]
        labels = dict(nodes)
        assert len(nodes) == len(labels)
        assert set(labels.values()) <= {*LABELS.values(), OUTCOME}
        assert [key for key, label in nodes if label != OUTCOME] == list(linked(neo4j_reports[name]).entities)
        for row in tables[RELATIONSHIPS][1:]:
            sources, targets = ENDS[row[-1]]
            assert (labels[row[0]], labels[row[-2]]) in {(one, other) for one in sources for other in targets}
            seen.add((labels[row[0]], row[-1], labels[row[-2]]))
    assert {kind for _, kind, _ in seen} == set(ENDS)
    assert {source for source, kind, _ in seen if kind == "OUTCOME"} == {"Address", "Output"}


def test_no_two_relationships_are_one(neo4j_cells):
    """Not even where the method and a seed of the same name move two parts of one transfer."""
    for tables in neo4j_cells.values():
        at = tables[RELATIONSHIPS][0].index("uuid")
        told = [row[at] for row in tables[RELATIONSHIPS][1:]]
        assert len(told) == len(set(told))
    head, *rows = neo4j_cells["twice"][RELATIONSHIPS]
    moved = [tuple(row[head.index(name)] for name in ("rule", "traced_value")) for row in rows if row[-1] == "TRANSFER"]
    assert moved == [("seed", "100"), ("fifo", "60"), ("seed", "100")]


def test_what_is_not_known_is_no_property_and_no_empty_text(neo4j_root):
    """In quotes an empty cell would be an empty text: `--ignore-empty-strings` is off as the import stands."""
    for path in neo4j_root.glob("*/*.csv"):
        text = path.read_bytes()
        assert not text.startswith(b"\xef\xbb\xbf")
        assert re.search(rb'(^|,)""(,|$)', text, re.MULTILINE) is None


QUOTED = {
    False: re.compile(r'"((?:""|[^"])*+)"(?=,|$)|(?=,|$)'),
    True: re.compile(r'"((?:""|\\["\\]|[^"])*+)"(?=,|$)|(?=,|$)'),
}
"""A cell as Neo4j's reader finds it. In the old way of quoting, which LOAD CSV has unless its server is told otherwise,
a backslash stands before a quote or a backslash of the text; to the bulk import it is a sign like others."""


def read(line: str, *, old: bool) -> list[str]:
    """The cells of a line, as the reader has them."""
    cells, at = [], 0
    while at <= len(line):
        found = QUOTED[old].match(line, at)
        assert found is not None, line[at : at + 80]
        cell = (found[1] or "").replace('""', '"') if not old else re.sub(r'""|\\(["\\])', _sign, found[1] or "")
        cells.append(cell)
        at = found.end() + 1
    return cells


def _sign(found: re.Match[str]) -> str:
    return found[1] or '"'


def test_both_ways_of_quoting_read_the_same_cells(neo4j_root, neo4j_cells):
    told = ""
    for name, tables in neo4j_cells.items():
        for table, cells in tables.items():
            told += (neo4j_root / name / table).read_text("utf-8")
            for line, row in zip((neo4j_root / name / table).read_text("utf-8").splitlines(), cells, strict=True):
                assert read(line, old=False) == row
                assert read(line, old=True) == row
    assert "⟨U+005C⟩" in told
    assert re.search(r"\\[a-z]", told), "a backslash that is harmless stays"
    assert read(r'"a\","b"', old=False) == ["a\\", "b"]
    with pytest.raises(AssertionError):
        read(r'"a\","b"', old=True)


def test_a_number_that_64_bits_do_not_hold_is_text(neo4j_cells):
    head, *links = neo4j_cells["r2"][RELATIONSHIPS]
    values = [row[head.index("traced_value")] for row in links if row[-1] == "TRANSFER"]
    assert set(values) == {str(2**256 - 1)}
    assert int(values[0]) not in LONG
