"""Both stores, by the same fixture: what one answers, the other answers."""

from __future__ import annotations

import pytest

from chaintrace.store import MemoryStore, SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()
