"""What is aimed at, what was measured, and by how much it was met or missed; and the page that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LEAST = 0.01
"""The least share of a goal that is told as a number."""


@dataclass(frozen=True)
class Measure:
    """One number against its goal. `must` and `aim` are limits from below (`at least`) or from above (`at most`)."""

    what: str
    got: float
    must: float
    aim: float | None = None
    sense: Literal["at least", "at most"] = "at least"
    unit: str = "×"

    def _meets(self, goal: float) -> bool:
        return self.got >= goal if self.sense == "at least" else self.got <= goal

    def _short(self, goal: float) -> str:
        """How far the measured number is from a goal, as a share of the goal; by itself where the goal is nothing."""
        if not goal:
            return number(self.got)
        share = abs(self.got - goal) / goal
        return f"{share:.0%}" if share >= LEAST else f"less than {LEAST:.0%}"

    @property
    def verdict(self) -> str:
        """Met, or by how much not."""
        if not self._meets(self.must):
            return f"**missed by {self._short(self.must)}**"
        if self.aim is None:
            return "met"
        if not self._meets(self.aim):
            return f"must met, aim missed by {self._short(self.aim)}"
        return "aim met"

    def __str__(self) -> str:
        aim = "" if self.aim is None else f" / {number(self.aim)}{self.unit}"
        goal = f"{self.sense} {number(self.must)}{self.unit}{aim}"
        return f"| {self.what} | {goal} | {number(self.got)}{self.unit} | {self.verdict} |"


@dataclass(frozen=True)
class Finding:
    """What one row of the goals came to: `equal` says what was compared before anything was timed."""

    row: int
    title: str
    equal: str
    measures: Sequence[Measure]
    columns: Sequence[str]
    lines: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def __str__(self) -> str:
        parts = [f"## Row {self.row}: {self.title}", f"Compared first: {self.equal}"]
        if self.measures:
            head = "| what | must / aim | measured | |\n|---|---|---|---|\n"
            parts.append(head + "\n".join(map(str, self.measures)))
        if self.lines:
            parts.append(table(self.columns, self.lines))
        return "\n\n".join([*parts, *self.notes]) + "\n"


def table(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table; numbers stand at the right."""
    head = f"| {' | '.join(columns)} |\n|---|{'---:|' * (len(columns) - 1)}\n"
    return head + "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def number(value: float) -> str:
    """Three digits, thousands with commas."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
