"""Movements of accounts that a view has read, kept for whoever asks again; a bounded number of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from chaintrace.model.chain import Account
from chaintrace.model.transaction import Movement

KEPT: Final = 200_000
"""How many movements are kept of accounts together; besides them those of one account that has more."""

FEW: Final = 20_000
"""How many are kept where they come from files: every method and every other reading asks for a small case again."""

LONG: Final = 100
"""From how many movements on an account of a file is kept beyond that, where rules ask."""


@dataclass(slots=True)
class Remembered:
    """Movements by account and the rank from which on they were read."""

    _moves: dict[tuple[Account, int], Sequence[Movement]] = field(default_factory=dict)
    _kept: int = 0
    _longest: int = 0

    def get(self, key: tuple[Account, int]) -> Sequence[Movement] | None:
        """What was kept; None where nothing was."""
        return self._moves.get(key)

    def keep(self, key: tuple[Account, int], found: Sequence[Movement], room: int = KEPT) -> None:
        """Keep what was read, where there is room: not more than `room` movements together."""
        if room == KEPT < len(found) and not self._longest:
            self._longest = len(found)
        elif self._kept + len(found) > room:
            return
        else:
            self._kept += len(found)
        self._moves[key] = found
