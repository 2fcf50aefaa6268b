"""Reports that hold a text of attackers in every column that strangers can write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chaintrace.report import Report, Table, build
from tests.chaintrace.report.samples import accounts, outputs

WRITTEN_BY_STRANGERS = {
    *("origin", "asset", "entity", "category", "label_source", "memo", "label", "actor", "source", "note", "reason"),
    *("text", "holder_kind", "from_asset", "to_asset"),
}
"""Columns that hold text of strangers."""


def hostile(text: str) -> Report:
    """A report with a text in every column that strangers can write, and as its name."""
    report = build(replace(accounts(), case=text, note=text))
    return replace(report, tables={name: _with(table, text) for name, table in report.tables.items()}, sentence=text)


def _with(table: Table, text: str) -> Table:
    at = {number for number, name in enumerate(table.columns) if name in WRITTEN_BY_STRANGERS}
    rows = tuple(tuple(text if number in at else cell for number, cell in enumerate(row)) for row in table.rows)
    return Table(table.name, table.columns, rows)


def many(texts: Iterable[str]) -> Report:
    """A report in which each text is the name of what one transfer moves, of its payment, and of one tag."""
    report = build(accounts())
    hops, tags = report.tables["hops"], report.tables["tags"]
    first, known = hops.rows[0], dict.fromkeys(tags.columns, "x")
    moved, named = [], []
    for number, text in enumerate(texts):
        told = {"txid": f"{number:064x}", "asset": text, "origin": text}
        moved.append(tuple(told.get(name, cell) for name, cell in zip(hops.columns, first, strict=True)))
        claim = {
            **known,
            "label": text,
            "source": text,
            "confidence": 1,
            "conflict": "no",
            "grade": "claimed",
            "chain": "tron",
        }
        named.append(tuple(claim[name] for name in tags.columns))
    tables = {"hops": Table("hops", hops.columns, tuple(moved)), "tags": Table("tags", tags.columns, tuple(named))}
    return replace(report, tables={**report.tables, **tables})


def large(value: int) -> Report:
    """The report on outputs, with a value in every column of base units."""
    report = build(outputs())
    tables = {
        name: Table(
            name,
            table.columns,
            tuple(
                tuple(value if key.endswith("value") else cell for key, cell in zip(table.columns, row, strict=True))
                for row in table.rows
            ),
        )
        for name, table in report.tables.items()
    }
    return replace(report, tables=tables)
