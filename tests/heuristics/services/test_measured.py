"""What the texts of the rules say was counted is what docs/accuracy.md says; it is counted again for test_rates.py."""

from __future__ import annotations

import re

import pytest

from heuristics.services.busy import MANY, busy
from heuristics.services.deposit_address import deposit_address
from tests.benchmarks import accuracy_page


@pytest.fixture
def page():
    return accuracy_page.whole()


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
