"""The reports that a format of graphs is tested with, and what their tables say, as text."""

from __future__ import annotations

from chaintrace.report import Report, build
from tests.chaintrace.report.foreign.hostile import hostile, large
from tests.chaintrace.report.samples import accounts, outputs
from tests.hostile.texts import TEXTS

REPORTS = {
    "accounts": build(accounts()),
    "outputs": build(outputs()),
    "large": large(2**256 - 1),
    **{f"hostile {name}": hostile(text) for name, text in TEXTS.items()},
}
"""Two by hand, one with the largest value of a token in every column, one with each text of attackers."""

MOVED = ("chain", "txid", "index", "value", "traced_value", "origin", "rule")
"""The columns of hops.csv that tell one movement from another."""


def hops(report: Report) -> list[tuple[str, ...]]:
    """What hops.csv says of each row, sorted."""
    rows = report.tables["hops"].records()
    return sorted(tuple("" if row[name] is None else str(row[name]) for name in MOVED) for row in rows)
