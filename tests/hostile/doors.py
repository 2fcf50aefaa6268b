"""A live door for tests: real sockets to the loopback, no pauses, short time-outs, small limits."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chaintrace.adapters.transport import Keys, LiveDoor, Patience, Query, Rates, Timing, wires
from chaintrace.adapters.transport.door import CONNECTIONS
from chaintrace.store.archive import FileArchive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = Patience(connect=1, read=0.5, deadline=0.8, total=30, tries=3, size=1 << 20)
UNLIMITED = Rates(public=None, own=None)


class TestDoor(LiveDoor):
    """A door that says what it did: `queries` in their order, and the pauses that it would have made."""

    __test__ = False
    queries: list[Query]
    pauses: list[float]
    archive: FileArchive


@contextmanager
def quick_door(  # each argument is named at the call
    folder: Path,
    *,
    allowed: str = "public",
    environment: Mapping[str, str] | None = None,
    patience: Patience = QUICK,
    rates: Rates = UNLIMITED,
    proxy: str = "",
    ca_file: Path | None = None,
    connections: int = CONNECTIONS,
) -> Iterator[TestDoor]:
    """A door whose archive is in `folder`. It waits for the loopback and for nothing else."""
    queries: list[Query] = []
    pauses: list[float] = []
    archive = FileArchive(folder, lambda: NOW, sync=False)
    timing = Timing(lambda: NOW, time.monotonic, pauses.append, lambda: 0.5)
    door = TestDoor(
        archive,
        wires(proxy=proxy, ca_file=ca_file, patience=patience),
        allowed=allowed,
        keys=Keys(environment or {}),
        queries=queries.append,
        patience=patience,
        rates=rates,
        timing=timing,
        connections=connections,
    )
    door.queries, door.pauses, door.archive = queries, pauses, archive
    try:
        yield door
    finally:
        door.close()
