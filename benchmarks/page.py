"""docs/benchmarks.md: what was measured now replaces its rows, and the other rows stay as they were measured before."""

import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.verdicts import Finding

HEAD = """# Benchmarks

`make bench` measures and writes this page. Only ratios inside one run count: all sides of a row are run in turn, five
times where nothing else is said, and the quickest runs are compared; the median and the memory stand beside. What is
compared must first be equal: a difference of one unit stops the run. The goals are goals of this page, never of a test.
Under each row stands when and on what it was measured: `python -m benchmarks --only ROW` measures a row anew and leaves
the others as they are.
"""
GOALS = "## Goals\n\n| row | what | must / aim | measured | |\n|---|---|---|---|---|\n"
_GOAL = re.compile(r"^\| (\d+) (\|.*)$", re.MULTILINE)
_ROW = re.compile(r"^## Row (\d+): ", re.MULTILINE)
_MEASURED = re.compile(r"^Measured on .*$", re.MULTILINE)


class Page:
    """The goals and the section of each row, by the row's number."""

    def __init__(self, text: str = "") -> None:
        """Read a page that was written before; nothing is a page without rows."""
        places = [*_ROW.finditer(text)]
        head = text[: places[0].start()] if places else ""
        ends = [*(place.start() for place in places[1:]), len(text)]
        self._rows = {int(row[1]): text[row.start() : end].strip() for row, end in zip(places, ends, strict=True)}
        self._goals: dict[int, list[str]] = {}
        for row, goal in _GOAL.findall(head):
            self._goals.setdefault(int(row), []).append(goal)
        said = _MEASURED.search(head)
        if said:  # a page with one sentence for all rows
            self._rows = {row: f"{section}\n\n{said[0]}" for row, section in self._rows.items()}

    def take(self, finding: Finding, about: str) -> None:
        """Put a row in its place; `about` says when and on what it was measured."""
        self._rows[finding.row] = f"{str(finding).strip()}\n\n{about}"
        self._goals[finding.row] = [str(measure) for measure in finding.measures]

    def __str__(self) -> str:
        goals = "\n".join(f"| {row} {goal}" for row in sorted(self._rows) for goal in self._goals.get(row, ()))
        return "\n\n".join([HEAD.strip(), GOALS + goals, *(self._rows[row] for row in sorted(self._rows))]) + "\n"


def write(path: Path, findings: Iterable[Finding], about: str) -> None:
    """Bring the page up to date with what was measured."""
    page = Page(path.read_text("utf-8") if path.exists() else "")
    for finding in findings:
        page.take(finding, about)
    path.write_text(str(page), encoding="utf-8")
