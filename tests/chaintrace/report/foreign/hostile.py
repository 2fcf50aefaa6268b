"""Reports that hold a text of attackers in every column that strangers can write."""

from __future__ import annotations

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
