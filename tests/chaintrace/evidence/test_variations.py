"""What nobody listed is noticed too: other forms of text and numbers, doubles, and what does not belong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.chaintrace.evidence.packages import repaired
from tests.chaintrace.evidence.tampering import noticed, without_contents
from tests.chaintrace.evidence.variations import BARE, HARMLESS, MET, OUTPUTS, SMALL, WORTH, Alter


def altered(package: Path, bench: Path, alter: Alter, *, mended: bool) -> tuple[str, ...]:
    """The layers that do not hold after an alteration; with every digest mended, where wished."""
    shutil.copytree(package, bench)
    alter(bench)
    if mended:
        without_contents(bench)
        repaired(bench)
    return noticed(bench)


def test_a_copy_with_its_digests_mended_is_sound(
    small: Path, outputs: Path, met: Path, worth: Path, tmp_path: Path
) -> None:
    for package in (small, outputs, met, worth):
        assert altered(package, tmp_path / package.parent.name, lambda _: None, mended=True) == ()


@pytest.mark.parametrize("what", BARE)
def test_what_would_be_mended_is_noticed(small: Path, tmp_path: Path, what: str) -> None:
    assert altered(small, tmp_path / "bench", BARE[what], mended=False)


@pytest.mark.parametrize("what", SMALL)
def test_it_is_noticed_though_all_digests_are_mended(small: Path, tmp_path: Path, what: str) -> None:
    assert altered(small, tmp_path / "bench", SMALL[what], mended=True)


@pytest.mark.parametrize("what", OUTPUTS)
def test_it_is_noticed_in_a_case_of_outputs(outputs: Path, tmp_path: Path, what: str) -> None:
    assert altered(outputs, tmp_path / "bench", OUTPUTS[what], mended=True)


@pytest.mark.parametrize("what", MET)
def test_it_is_noticed_where_payments_meet(met: Path, tmp_path: Path, what: str) -> None:
    assert altered(met, tmp_path / "bench", MET[what], mended=True)


@pytest.mark.parametrize("what", WORTH)
def test_it_is_noticed_in_values_in_money(worth: Path, tmp_path: Path, what: str) -> None:
    assert "arithmetic" in altered(worth, tmp_path / "bench", WORTH[what], mended=True)


@pytest.mark.parametrize("what", HARMLESS)
def test_what_changes_no_byte_is_no_alteration(small: Path, tmp_path: Path, what: str) -> None:
    assert altered(small, tmp_path / "bench", HARMLESS[what], mended=False) == ()
