"""Which categories stop a trace (M21), from data/categories.csv, and how sure a confidence id is."""

import csv
import io
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from chaintrace import resources
from chaintrace.model.attribution import CONFIDENCE, Category

MAX_CONFIDENCE = 100
"""The level of who says it about himself, or of the ledger."""


@cache
def categories() -> Mapping[str, Category]:
    """Every category by id: the first table of method.md's chapter on tags."""
    rows = csv.DictReader(io.StringIO(resources.read_text("categories.csv")))
    return MappingProxyType(
        {row["category"]: Category(row["category"], row["stops"] == "yes", row["ours"] == "yes") for row in rows},
    )


def stops(category: str) -> bool:
    """Whether an address of this category ends a trace; an unknown one, and none, does not."""
    found = categories().get(category)
    return found is not None and found.stops


def confidence_level(text: str) -> int:
    """The level 0-100 of a TagPack id or an integer; empty text is unknown, 5. Raises ValueError for anything else."""
    text = text.strip()
    if not text:
        return CONFIDENCE["unknown"]
    if text in CONFIDENCE:
        return CONFIDENCE[text]
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= MAX_CONFIDENCE:
        return int(text)
    raise ValueError(f"the confidence {text[:60]!r} is neither a TagPack id{nearest(text, CONFIDENCE)} nor 0 to 100")


def nearest(word: str, known: Mapping[str, object]) -> str:
    """` (did you mean 'x'?)` for the known word that looks most like it, else nothing."""
    close = get_close_matches(word, known, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
