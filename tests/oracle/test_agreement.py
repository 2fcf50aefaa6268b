"""The package and the oracle, two readings of one text, over random cases: equal to the unit, hop by hop."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

import chaintrace as ct
from tests.oracle.compare import differences
from tests.oracle.generate import write_case
from tests.soak.progress import SEED, Progress, tell

KINDS = ("account", "utxo")
CASES = int(os.environ.get("SOAK_CASES", "20000"))
CHUNK = 200


def disagreement(number: int, kind: str, folder: Path) -> list[str]:
    """What differs between the two over the random case of that number."""
    write_case(random.Random(number), folder, kind)
    ct.open_case(folder).follow()
    found = differences(folder)
    shutil.rmtree(folder)
    return [f"{kind} {number}: {line}" for line in found]


@pytest.mark.parametrize("kind", KINDS)
def test_both_readings_agree(kind: str, tmp_path: Path) -> None:
    found = [line for number in range(80) for line in disagreement(number, kind, tmp_path / "case")]
    assert found == []


def test_both_take_a_continuation_that_is_declared_twice_for_one(tmp_path: Path) -> None:
    assert disagreement(91_000_695, "account", tmp_path / "case") == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_both_readings_agree_for_long(kind: str, tmp_path: Path) -> None:
    progress = Progress(f"oracle, {kind} cases")
    while progress.done < CASES:
        numbers = range(progress.done, min(CASES, progress.done + CHUNK))
        chunk = [disagreement(SEED * 10**9 + number, kind, tmp_path / "case") for number in numbers]
        progress.keep(numbers.stop, [line for lines in chunk for line in lines])
    tell(progress)
    assert progress.found == []
