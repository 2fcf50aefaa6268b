"""The tracer and the verifier, two readings of one text, over random cases: every step, endpoint and sum agrees."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from chaintrace.case.sealing import evidence
from chaintrace.evidence.verify import LAYERS, verify
from tests.chaintrace.evidence.packages import moment
from tests.oracle.generate import write_case
from tests.soak.progress import SEED, Progress, tell

KINDS = ("account", "utxo")
CASES = int(os.environ.get("SOAK_CASES", "20000")) // 2
CHUNK = 100


def disagreement(number: int, kind: str, folder: Path) -> list[str]:
    """What the verifier does not accept of the random case of that number."""
    write_case(random.Random(number), folder / "case", kind)
    said = verify(evidence(folder / "case", folder / "package", moment))
    shutil.rmtree(folder)
    return [f"{kind} {number}: {layer}: {text}" for layer in LAYERS for text in said.failures[layer]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_verifier_accepts_what_the_tracer_found(kind: str, tmp_path: Path) -> None:
    found = [line for number in range(700, 724) for line in disagreement(number, kind, tmp_path / "random")]
    assert found == []


def test_what_a_sleeping_wallet_sends_on_by_a_link_is_told_alike(tmp_path: Path) -> None:
    assert disagreement(8804028, "account", tmp_path / "random") == []


@pytest.mark.parametrize("number", [100395, 200377])
def test_an_output_that_carries_nothing_goes_out_in_its_place_among_the_others(number: int, tmp_path: Path) -> None:
    assert disagreement(number, "utxo", tmp_path / "random") == []


def test_more_than_a_payment_credited_is_a_percentage_and_no_amount(tmp_path: Path) -> None:
    assert disagreement(1_000_002_135, "utxo", tmp_path / "random") == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        pytest.param(2_000_000_050, "account", id="a sum, where methods have columns of their own"),
        pytest.param(2_000_001_546, "account", id="value that left by a document, where a tag stops other value"),
        pytest.param(3_000_000_794, "utxo", id="a page without a picture, which needs no script"),
        pytest.param(3_000_001_150, "utxo", id="an amount of an asset whose decimals no table has"),
        pytest.param(3_000_001_632, "account", id="an asset without a symbol in a reading"),
        pytest.param(1_000_002_280, "account", id="what comes back to a wallet behind another conversion"),
        pytest.param(1_000_002_848, "utxo", id="an output of no fact, to which another reading leads"),
        pytest.param(1_000_002_448, "utxo", id="several legs that end, of which a method reaches one and poison all"),
    ],
)
def test_no_false_alarm_that_a_long_run_found_comes_back(number: int, kind: str, tmp_path: Path) -> None:
    assert disagreement(number, kind, tmp_path / "random") == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_the_verifier_accepts_for_long(kind: str, tmp_path: Path) -> None:
    progress = Progress(f"verifier, {kind} cases")
    progress.again(lambda line: bool(disagreement(int(line.split()[1].rstrip(":")), kind, tmp_path / "random")))
    while progress.done < CASES:
        numbers = range(progress.done, min(CASES, progress.done + CHUNK))
        chunk = [disagreement(SEED * 10**9 + number, kind, tmp_path / "random") for number in numbers]
        progress.keep(numbers.stop, [line for lines in chunk for line in lines])
    tell(progress)
    assert progress.found == []
