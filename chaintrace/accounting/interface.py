"""What a method's pool does."""

from collections.abc import Iterable
from typing import Protocol

from chaintrace.model.trace import Lot


class Pool(Protocol):
    """Lots that lie together."""

    total: int

    def put(self, lots: Iterable[Lot]) -> None:
        """Add lots, oldest first. Lots without value are dropped."""
        ...

    def take(self, value: int) -> tuple[Lot, ...]:
        """Remove `value` base units by the method; the lots that left, oldest first. Raises ValueError when short."""
        ...

    def lots(self) -> tuple[Lot, ...]:
        """What lies there, oldest first."""
        ...


def short(value: int, total: int) -> ValueError:
    """The error of a pool that is asked for more than it holds: it stays as it was."""
    return ValueError(f"{value} base units were to leave a pool that holds {total}")
