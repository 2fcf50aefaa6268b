"""What one rule did on one set of data, as data/accuracy.csv and docs/accuracy.md tell it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

COLUMNS = ("rule", "data", "size", "unit", "era", "kind", "right", "false", "missed", "precision", "recall")
NORMAL = 1.959964
"""The normal quantile of 0.975."""
HEAD = """
## What reports print

Reports and `chaintrace rules` print these rates beside the findings of a rule, from data/accuracy.csv, which is written
with this page. "False" are findings that are wrong, "missed" is what the rule should have found and did not. A dash
stands where there is nothing to share. None of them is an estimate for a case: its transactions are others. A rule that
is not in the table is not measured.

| rule | data set | size | era | | right | false | missed | precision (95 %) | recall (95 %) |
|---|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Rate:
    """Findings of a rule about a set whose truth is known.

    `size` counts what the set holds, in `unit`; `kind` is real or emulated. `right` findings agree with the truth,
    `false` ones do not, `missed` is what there was to find besides. Where findings depend on each other, as pairs of
    addresses do, no interval can be given.
    """

    rule: str
    data: str
    size: int
    unit: str
    era: str
    kind: str
    right: int
    false: int
    missed: int
    is_independent: bool = True

    @property
    def precision(self) -> str:
        """The share of right findings among those that the rule makes."""
        return self._share(self.right + self.false)

    @property
    def recall(self) -> str:
        """The share of what there was to find that the rule finds."""
        return self._share(self.right + self.missed)

    def _share(self, whole: int) -> str:
        return rate(self.right, whole) if self.is_independent else rate(self.right, whole).partition(" ")[0]

    def cells(self) -> tuple[str, ...]:
        """A row of data/accuracy.csv."""
        unit = self.unit.removesuffix("s") if self.size == 1 else self.unit
        about = (self.rule, self.data, str(self.size), unit, self.era, self.kind)
        return (*about, str(self.right), str(self.false), str(self.missed), self.precision, self.recall)

    def __str__(self) -> str:
        rule, data, size, unit, *rest = self.cells()
        return f"| {' | '.join((rule, data, f'{size} {unit}', *rest))} |\n"


def rate(part: int, whole: int) -> str:
    """A share to three places, rounded down, with Wilson's interval of 95 %; a dash where there is nothing to share.

    Source of the interval: Wilson, Probable Inference, JASA 22 (1927).
    """
    if not whole:
        return "-"
    share, square = part / whole, NORMAL * NORMAL / whole
    middle = (share + square / 2) / (1 + square)
    half = NORMAL / (1 + square) * math.sqrt(share * (1 - share) / whole + square / whole / 4)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (
        f"{part * 1000 // whole / 1000:.3f} ({math.floor(low * 1000) / 1000:.3f}-{math.ceil(high * 1000) / 1000:.3f})"
    )


def section(rates: Iterable[Rate]) -> str:
    """What stands in docs/accuracy.md."""
    return HEAD + "".join(map(str, rates))


def as_csv(rates: Iterable[Rate]) -> str:
    """What stands in data/accuracy.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(one.cells() for one in rates)
    return text.getvalue()
