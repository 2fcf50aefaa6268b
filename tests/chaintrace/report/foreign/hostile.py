"""Text of attackers, and reports that hold it in every column that strangers can write."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.report import Report, Table, build
from tests.chaintrace.report.samples import accounts, outputs

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entities": "]]> &amp; <!-- --> &#0;",
    "formula": '=HYPERLINK("http://a.example","click")',
    "plus": "+1+1",
    "at": "@SUM(A1)",
    "wide formula": "\uff1d1+1",
    "terminal": "\x1b[31mred\x07\x9b2J",
    "bidi": "safe\u202egnp.exe\u2066x",
    "zero width": "Bi\u200bnance",
    "look-alike": "B\u0456nance",
    "nul": "a\0b",
    "surrogate": "a\ud800b\ufffe",
    "lines": 'one\r\ntwo;three,"four"\tfive\u2028six',
    "long": "x" * 40_000,
    "empty-like": " ",
}
"""By what they try."""

WRITTEN_BY_STRANGERS = {
    *("origin", "asset", "entity", "category", "label_source", "memo", "label", "actor", "source", "note", "reason"),
    *("text", "holder_kind", "from_asset", "to_asset"),
}
"""Columns that hold text of strangers."""

HIDDEN = "\0\x07\x1b\x9b\u200b\u202e\u2028\u2066\ud800\ufffe"
"""Signs that no file may hold as they are."""


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


def shown(text: str) -> bool:
    """Whether a text holds none of the signs that turn, hide or end text."""
    return not any(sign in text for sign in HIDDEN)
