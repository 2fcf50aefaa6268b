"""The page about the output contract names every file, column, reason and kind, and nothing has been forgotten."""

from __future__ import annotations

import re
from typing import get_args

from chaintrace.model.provenance import GapKind
from chaintrace.model.sensitivity import SourceKind
from chaintrace.model.trace import OUTCOMES, Reason
from chaintrace.report.columns import COLUMNS


def section(page: str, name: str) -> str:
    """The text below one heading of the page."""
    return re.split(r"^## ", page.split(f"\n## {name}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_every_file_and_column_is_on_the_page(root):
    page = (root / "docs" / "output.md").read_text("utf-8")
    for name, columns in COLUMNS.items():
        words = set(re.findall(r"\w+", section(page, f"{name}.csv")))
        assert set(columns) - words == set(), name


def test_the_closed_lists_are_on_the_page(root):
    page = (root / "docs" / "output.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(.+?)` \|", section(page, "not_followed.csv"), re.MULTILINE)) == set(get_args(Reason))
    assert set(re.findall(r"^\| `(.+?)` \|", section(page, "gaps.csv"), re.MULTILINE)) == set(get_args(GapKind))
    assert set(OUTCOMES) <= set(re.findall(r"\w+", section(page, "reconciliation.csv")))
    assert set(get_args(SourceKind)) <= set(re.findall(r"`(.+?)`", section(page, "sources.csv")))
