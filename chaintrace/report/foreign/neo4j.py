"""Neo4j: nodes and relationships as CSV with the headers of its bulk import, and Cypher that loads and asks them.

The header is that of `neo4j-admin database import` (Neo4j's Operations Manual, "CSV header format"): `name:type`, a
property without a type is text. An empty cell without quotes is no property, one in quotes would be an empty text.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from chaintrace.report.foreign.csv_pairs import write_rows
from chaintrace.report.foreign.links import Entity, Linked, linked, made_uuid, text
from chaintrace.report.foreign.neo4j_load import (
    FIELDS,
    LABELS,
    NODE_COLUMNS,
    NODES,
    OUTCOME,
    OUTCOME_COLUMNS,
    OUTCOMES,
    RELATIONSHIP_COLUMNS,
    RELATIONSHIPS,
    script,
)
from chaintrace.report.interface import Report

LOAD, QUESTIONS = "neo4j-load.cypher", "neo4j-questions.cypher"

KINDS = {"endpoints": "endpoint", "resting": "resting", "not_followed": "not followed"}
"""The kind of an outcome by the table that has it."""

_ESCAPES = re.compile(r'\\(?=[\\"]|\Z)')
"""A backslash that LOAD CSV, unless told otherwise, takes for a part of the quoting; the bulk import does not."""


class Neo4j:
    """The report for `neo4j-admin database import`, and for LOAD CSV."""

    name = "neo4j"
    summary = "nodes and relationships as CSV, for Neo4j's bulk import, with Cypher that loads and asks them"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write five files; return their names. Raises OSError as the system gives it."""
        found, ended = linked(report), tuple(_outcomes(report))
        outcomes = ((cells["id"], *_named(cells, OUTCOME_COLUMNS[1:-1]), OUTCOME) for cells in ended)
        for file, columns, rows in (
            (NODES, NODE_COLUMNS, _nodes(found)),
            (OUTCOMES, OUTCOME_COLUMNS, outcomes),
            (RELATIONSHIPS, RELATIONSHIP_COLUMNS, _relationships(found, ended)),
        ):
            plain = (tuple(_ESCAPES.sub("⟨U+005C⟩", cell) for cell in row) for row in rows)
            write_rows(folder / file, columns, plain, mark=False, absent=True)
        questions = files("chaintrace.report.foreign").joinpath(QUESTIONS).read_text("utf-8")
        for file, told in ((LOAD, script()), (QUESTIONS, questions)):
            (folder / file).write_text(told, encoding="utf-8", newline="\n")
        return NODES, OUTCOMES, RELATIONSHIPS, LOAD, QUESTIONS


def _nodes(found: Linked) -> Iterator[tuple[str, ...]]:
    for one in found.entities.values():
        sure = "" if one.confidence is None else str(one.confidence)
        yield (
            *(one.key, str(one.uuid), one.name, one.chain, one.label, one.category, sure, one.label_source),
            *(";".join(one.roles), LABELS[one.kind]),
        )


def _outcomes(report: Report) -> Iterator[dict[str, str]]:
    """What each payment came to: the rows of three tables, each with an identifier that no address can have."""
    for table, kind in KINDS.items():
        for number, row in enumerate(report.tables[table].records(), 1):
            cells = {name: text(cell) for name, cell in row.items()}
            yield {**cells, "id": f"{kind} {number}", "kind": kind, "attributed_to": cells.get("entity", "")}


def _relationships(found: Linked, ended: tuple[dict[str, str], ...]) -> Iterator[tuple[str, ...]]:
    names = tuple(field.partition(":")[0] for field in FIELDS)
    for one in found.links:
        yield (one.source, *(str(getattr(one, name)) for name in names), str(one.uuid), one.target, one.kind.upper())
    for cells in ended:
        for key in _places(cells, found):
            yield (key, *("" for _ in names), str(made_uuid("outcome", key, cells["id"])), cells["id"], "OUTCOME")


def _places(cells: dict[str, str], found: Linked) -> Iterator[str]:
    """Where an outcome lies: at an address, at each of those of a declared wallet, or at an output without one."""
    for address in filter(None, cells["address"].split(";")):
        yield Entity("address", cells["chain"], address).key
    output = Entity("output", cells["chain"], cells.get("outpoint", "")).key
    if not cells["address"] and output in found.entities:
        yield output


def _named(cells: dict[str, str], columns: tuple[str, ...]) -> Iterator[str]:
    return (cells.get(column.partition(":")[0], "") for column in columns)
