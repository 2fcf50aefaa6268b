"""What is asked of a Parquet of transfers, and its seeds as numbers (docs/method.md, M19-M22, M25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from chaintrace.bulk.lots import Ints


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a ledger. `starts` are (row of the file, origin) in the order of the seeds (M19-M20).

    `covered` is None for every address (M10); `returns` are (origin, address) (M22); `min_value` is base units by
    contract; None is no limit (M25). `until` is Unix seconds, UTC. `assets` are the contracts that the seeds move.
    """

    method: str
    starts: Sequence[tuple[int, str]]
    assets: Sequence[str]
    covered: frozenset[str] | None = None
    stops: frozenset[str] = frozenset()
    returns: frozenset[tuple[str, str]] = frozenset()
    max_hops: int | None = None
    max_transactions: int | None = None
    min_value: Mapping[str, int] = field(default_factory=dict)
    until: int | None = None


class Seeds(NamedTuple):
    """The starts of a question as numbers: their rows in the file, and whose each is."""

    rows: Ints
    whose: Ints
    origins: Mapping[str, int]
    """The number of each origin, in the order of the seeds."""


def seeds_of(question: Question) -> Seeds:
    """Number the origins of a question's starts."""
    origins = {name: number for number, name in enumerate(dict.fromkeys(name for _, name in question.starts))}
    rows = np.array([row for row, _ in question.starts], np.int64)
    return Seeds(rows, np.array([origins[name] for _, name in question.starts], np.int64), origins)
