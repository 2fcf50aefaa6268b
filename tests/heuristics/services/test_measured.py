"""What the texts of the rules and docs/accuracy.md say was counted is counted again."""

from __future__ import annotations

import re

import pytest

from heuristics.services.busy import MANY, busy
from heuristics.services.deposit_address import deposit_address


@pytest.mark.slow
def test_the_page_holds_what_is_counted(root, shared):
    from benchmarks import services

    assert services.section() in (root / "docs" / "accuracy.md").read_text("utf-8")
    assert shared


@pytest.fixture
def page(root):
    return (root / "docs" / "accuracy.md").read_text("utf-8")


def test_without_the_tags_of_an_exchange_no_wallet_of_it_is_named(page):
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|$", page.split("## deposit_address", 1)[1], re.MULTILINE)
    assert len(rows) == 4
    assert sum(int(named) for _, named, _ in rows) == 29
    assert {still for *_, still in rows} == {"0"}
    assert "| of which it speaks without any label | 0 |" in page


def test_the_texts_say_that_it_is_not_measured_and_what_fails():
    text = " ".join((deposit_address.__doc__ or "").split())
    assert "Measured: how often it is right is not measured" in text
    assert "Known failures: a payment gateway" in text


def test_the_text_of_busy_tells_the_numbers_of_the_page(page):
    most = [
        int(one) for one in re.search(r"USDT of 40 wallets on TRON \| 40 \| ([\d, ]+) \| 0 \|", page)[1].split(", ")
    ]
    assert f"paid {most[0]} others in a day" in " ".join((busy.__doc__ or "").split())
    early = [int(one) for one in re.search(r"\(2018\) \| 1767 \| ([\d, ]+) \| 2 \|", page)[1].split(", ")]
    assert most[0] < early[2] < MANY < early[1]
