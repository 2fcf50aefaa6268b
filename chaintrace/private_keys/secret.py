"""What is found: where a secret stands in a text, and what it is."""

from typing import NamedTuple


class Secret(NamedTuple):
    """Where a secret stands in a text, and what it is."""

    kind: str
    start: int
    end: int
