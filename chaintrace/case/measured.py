"""How often each rule erred where the truth is known, from the shipped data/accuracy.csv, in the words of a report."""

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache

from chaintrace.report.wording import NO_ESTIMATE
from chaintrace.resources import read_text

FILE = "accuracy.csv"
"""What `make accuracy` writes beside docs/accuracy.md: a row for each rule and set of data."""


@cache
def measured() -> Mapping[str, str]:
    """By the rule's id, one sentence on every set on which it was measured. A rule that is absent was not measured."""
    found: dict[str, list[str]] = {}
    for row in rows():
        found.setdefault(row["rule"], []).append(_told(row))
    return {rule: f"measured on {'; on '.join(told)}; {NO_ESTIMATE}" for rule, told in found.items()}


def rows() -> Iterator[dict[str, str]]:
    """The rows of the file, as text."""
    yield from csv.DictReader(io.StringIO(read_text(FILE)))


def _told(row: Mapping[str, str]) -> str:
    """What was measured on one set."""
    about = f"{row['data']} (n={row['size']} {row['unit']}, {row['era']}, {row['kind']})"
    if row["recall"] == "-":
        return f"{about}, where there is nothing to find: {row['false']} false"
    if row["precision"] == "-":
        return f"{about}: no finding there, so its errors are not measured by it; recall {_share(row['recall'])}"
    return f"{about}: precision {_share(row['precision'])}, recall {_share(row['recall'])}"


def _share(text: str) -> str:
    """`0.962 (95 % 0.896-0.988)`; without an interval where none can be given."""
    share, _, interval = text.partition(" (")
    return f"{share} (95 % {interval}" if interval else share
