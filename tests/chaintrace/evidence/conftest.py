"""Packages that many tests alter copies of: each is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaintrace.evidence.packages import packed, shipped
from tests.chaintrace.evidence.valued_case import valued
from tests.chaintrace.small_case import small_case

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    return packed(small_case(folder / "case"), folder / "package")


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped("colonial-pipeline", tmp_path_factory.mktemp("outputs"))


@pytest.fixture(scope="session")
def met(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped("tron-usdt", tmp_path_factory.mktemp("met"))


@pytest.fixture(scope="session")
def worth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worth")
    return packed(valued(folder / "case"), folder / "package")
