"""docs/accuracy.md as it stands, whole and by part: tests/benchmarks/test_rates.py counts all of it again, once."""

from __future__ import annotations

from tests.house.tree import ROOT


def whole() -> str:
    """The text of the page."""
    return (ROOT / "docs" / "accuracy.md").read_text("utf-8")


def part(first: str, following: str) -> str:
    """The page from the heading that begins with `first` up to the one that begins with `following`."""
    page = whole()
    begin, end = page.index(f"\n## {first}"), page.index(f"\n## {following}")
    assert begin < end
    return page[begin:end]
