"""The Cypher that an export for Neo4j brings, run: its script loads the tables, its questions are answered.

The database is FalkorDB: Neo4j is in no registry. It reads CSV and Cypher, but makes its constraints by commands of its
own, and has no moments in time: those two of the script are not run here (tests/programs/cypher_answers.py).
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from platform import machine
from typing import Any

import pytest

from chaintrace.report import Report
from chaintrace.report.foreign.links import linked, text
from chaintrace.report.foreign.neo4j import QUESTIONS
from chaintrace.report.foreign.neo4j_load import ENDS, NODES, OUTCOMES, RELATIONSHIPS
from tests.programs.running import answer

EVERYTHING = (
    "MATCH (n) RETURN labels(n), properties(n)",
    "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r)",
)
KINDS = {"endpoints": "endpoint", "resting": "resting", "not_followed": "not followed"}


def questions(root) -> list[str]:
    """What the file of questions asks."""
    return [one.strip() for one in re.split(r";$", (root / "r0" / QUESTIONS).read_text("utf-8"), flags=re.MULTILINE)][
        :-1
    ]


@pytest.fixture(scope="module")
def answered(neo4j_root, neo4j_reports) -> dict[str, list[Any]]:
    """What the database says of each report, whose script ran twice: everything, and the answers to the questions."""
    if sys.platform != "linux" or machine() != "x86_64" or sys.version_info >= (3, 14):
        pytest.skip("the graph database is built for Linux on x86-64, up to Python 3.13")
    asked = [*EVERYTHING, *questions(neo4j_root)]
    return answer("cypher_answers.py", {"root": str(neo4j_root), "folders": list(neo4j_reports), "queries": asked})


def told(head: list[str], row: list[str]) -> dict[str, Any]:
    """The properties that a row gives, by what its header says; an empty cell gives none."""
    found: dict[str, Any] = {}
    for column, cell in zip(head, row, strict=True):
        name, _, kind = column.partition(":")
        if name and cell:
            found[name] = int(cell) if kind in {"int", "long"} else cell.split(";") if kind == "string[]" else cell
    return found


def test_the_script_makes_of_every_cell_its_property_and_nothing_else(answered, neo4j_cells):
    for name, tables in neo4j_cells.items():
        nodes, links = answered[name][:2]
        given = [([row[-1]], told(tables[table][0], row)) for table in (NODES, OUTCOMES) for row in tables[table][1:]]
        assert by_key(nodes, "id") == by_key(given, "id")
        head, *rows = tables[RELATIONSHIPS]
        assert by_key(links, "uuid") == by_key([[row[0], row[-1], row[-2], told(head, row)] for row in rows], "uuid")
    assert {row[1] for answers in answered.values() for row in answers[1]} == set(ENDS)
    assert ["payment", "resting"] in [row[1].get("roles") for row in answered["first"][0]]


def by_key(rows: Any, key: str) -> dict[str, list[Any]]:
    """Rows by what identifies each, which stands among the properties at their end."""
    found = {row[-1][key]: list(row) for row in rows}
    assert len(found) == len(rows)
    return found


def ended(report: Report) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of the tables of outcomes, as text, each with its kind."""
    for table, kind in KINDS.items():
        for row in report.tables[table].records():
            yield kind, {name: text(cell) for name, cell in row.items()}


def units(amount: str, decimals: int | None) -> int:
    """An amount in base units; where its decimals are not known, or are too many to be set, it is one already."""
    places = decimals if decimals is not None and decimals < 79 else 0
    assert len(amount.partition(".")[2]) == places
    assert re.fullmatch(r"(0|[1-9]\d*)(\.\d+)?", amount)
    return int(amount.replace(".", ""))


def summed(rows: Iterator[tuple[list[Any], str]]) -> dict[tuple[str, ...], int]:
    """Answers as base units by what they are a sum of; the last of that are the decimals."""
    return bare({tuple("" if one is None else str(one) for one in key): units(sum_, key[-1]) for key, sum_ in rows})


def bare(sums: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    """The same without the sign that keeps a spreadsheet from running a cell, and with backslashes as they were."""
    return {tuple(one.lstrip("'").replace("⟨U+005C⟩", "\\") for one in key): value for key, value in sums.items()}


def test_what_was_paid_adds_up_to_the_last_base_unit(answered, neo4j_reports):
    for name, report in neo4j_reports.items():
        wanted: dict[tuple[str, ...], int] = defaultdict(int)
        for link in linked(report).links:
            if link.rule == "seed":
                wanted[link.origin, link.chain, link.asset, link.contract, link.decimals] += int(link.traced_value)
        assert summed((row[:5], row[6]) for row in answered[name][2]) == bare(wanted)


def test_where_it_is_now_adds_up_to_the_last_base_unit(answered, neo4j_reports):
    """As the tables of outcomes do, whatever the decimals; 2^256-1 twice is more than 256 bits."""
    for name, report in neo4j_reports.items():
        wanted: dict[tuple[str, ...], int] = defaultdict(int)
        for kind, row in ended(report):
            whose = (row.get("entity", ""), row.get("category", ""))
            wanted[(kind, *whose, *(row[key] for key in ("chain", "asset", "contract", "decimals")))] += int(
                row["traced_value"]
            )
        assert summed((row[:7], row[8]) for row in answered[name][3]) == bare(wanted)
    assert [row[8].replace(".", "") for row in answered["r2"][3]] == [str(2 * (2**256 - 1))]
    assert [row[8] for row in answered["twice"][3]] == ["1.60", "0.40"]


def test_the_ends_are_at_the_services_that_the_table_names(answered, shipped):
    rows = shipped.tables["endpoints"].records()
    keys = ("entity", "category", "chain", "address", "label_source", "confidence", "origin", "asset", "traced_amount")
    assert [row[:9] for row in answered["shipped"][4]] == sorted([row[key] for key in keys] for row in rows)
    assert sum(Decimal(row[8]) for row in answered["shipped"][4]) == Decimal("183298.931973")


def test_the_shortest_ways_go_from_a_payment_to_each_end(answered, shipped):
    found = answered["shipped"][5]
    hops = {str(row["address"]): row["hops"] for row in shipped.tables["endpoints"].records()}
    assert {row[1]: row[3] for row in found} == hops
    moved = {(link.source, link.target, link.txid) for link in linked(shipped).links}
    for _, _, _, steps, places, txids, amounts, assets, in_order in found:
        assert len(places) - 1 == len(txids) == len(amounts) == len(assets) == steps
        assert in_order is True
        ends = zip(places, places[1:], txids, strict=False)
        assert {(f"tron:{one}", f"tron:{other}", txid) for one, other, txid in ends} <= moved
    joined = answered["r1"][5]
    assert {(row[0], row[1], row[3], tuple(row[4])) for row in joined} == {
        (payment, "1C", 2, (payment, "j1", "1C")) for payment in ("1A", "1B")
    }


def test_what_was_not_followed_comes_with_its_reason_the_largest_first(answered, shipped):
    rows = [dict(row) for row in shipped.tables["not_followed"].records()]
    found = answered["shipped"][6]
    assert [Decimal(row[3]) for row in found] == sorted(
        (Decimal(str(row["traced_amount"])) for row in rows), reverse=True
    )
    assert {(row[5], row[7]) for row in found} == {(row["address"], row["reason"]) for row in rows}


def test_where_payments_meet_and_in_which_order_they_moved(answered, shipped):
    origins: dict[str, set[str]] = defaultdict(set)
    for link in linked(shipped).links:
        origins[link.target].add(link.origin)
    assert {f"{row[0]}:{row[1]}": set(row[3]) for row in answered["shipped"][7]} == {
        place: names for place, names in origins.items() if len(names) > 1
    }
    for name in ("shipped", "r1"):
        times = [row[0] for row in answered[name][8]]
        assert times == sorted(times, key=lambda time: (time is None, time or ""))
    assert len(answered["shipped"][8]) == len(shipped.tables["hops"].rows)
