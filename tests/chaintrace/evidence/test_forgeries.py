"""What a forger overlooks is found, whatever the digests say; and nothing takes a reader for ever."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.chaintrace.evidence.forgeries import MEANING, MET, PAGES, UNSHOWN, WORTH, WRITTEN
from tests.chaintrace.evidence.test_variations import altered

LONG = 20
"""Seconds of a processor that no check of a small package comes near."""


@pytest.mark.parametrize("what", MEANING)
def test_another_meaning_is_noticed(small: Path, tmp_path: Path, what: str) -> None:
    assert altered(small, tmp_path / "bench", MEANING[what], mended=True)


@pytest.mark.parametrize("what", MET)
def test_it_is_noticed_where_payments_meet(met: Path, tmp_path: Path, what: str) -> None:
    assert altered(met, tmp_path / "bench", MET[what], mended=True)


@pytest.mark.parametrize("what", WORTH)
def test_it_is_noticed_in_values_in_money(worth: Path, tmp_path: Path, what: str) -> None:
    assert altered(worth, tmp_path / "bench", WORTH[what], mended=True)


@pytest.mark.parametrize("what", PAGES)
def test_what_a_page_does_not_hold_is_noticed(small: Path, tmp_path: Path, what: str) -> None:
    assert "arithmetic" in altered(small, tmp_path / "bench", PAGES[what], mended=True)


@pytest.mark.parametrize("what", WRITTEN)
def test_another_way_of_writing_is_noticed_and_soon(small: Path, tmp_path: Path, what: str) -> None:
    begun = time.process_time()
    assert altered(small, tmp_path / "bench", WRITTEN[what], mended=True)
    assert time.process_time() - begun < LONG


@pytest.mark.parametrize("what", UNSHOWN)
def test_what_no_content_shows_is_named_on_the_page(met: Path, tmp_path: Path, what: str) -> None:
    assert altered(met, tmp_path / "bench", UNSHOWN[what], mended=True) == ()
    page = (Path(__file__).resolve().parents[3] / "docs" / "evidence.md").read_text("utf-8")
    assert what in " ".join(page.split())
