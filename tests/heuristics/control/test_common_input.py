"""Common input: what it joins, when it abstains, and that its text tells the numbers that were measured."""

from __future__ import annotations

import re

import pytest

from benchmarks import accuracy
from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.finding import CommonControl
from chaintrace.model.transaction import Leg, Transaction, Transfer
from heuristics import ALL
from heuristics.control.common_input import common_input

BTC = Asset("bitcoin", "", "BTC", 8)


def spend(inputs: list[str], outputs: list[int]) -> Transaction:
    legs_in = tuple(Leg(10, OutPoint("bitcoin", "p", n), address, n) for n, address in enumerate(inputs))
    legs_out = tuple(Leg(value, OutPoint("bitcoin", "t", n), f"out{n}", n) for n, value in enumerate(outputs))
    return Transaction("bitcoin", "t", None, 0, (Transfer("utxo", "utxo", BTC, legs_in, legs_out, (0, 0, 0)),))


def pairs(transaction: Transaction) -> list[tuple[str, str]]:
    found = list(common_input(transaction, None))
    assert all(isinstance(one, CommonControl) and one.evidence == ("t",) for one in found)
    return [(one.subject, one.object) for one in found]


@pytest.mark.parametrize(
    ("inputs", "outputs", "joined"),
    [
        (["b", "a", "c", "a"], [7, 3], [("a", "b"), ("a", "c")]),
        (["a"], [7, 3], []),
        (["a", "a"], [7, 7], []),
        (["a", "", "b"], [7], [("a", "b")]),
        (["a", "b"], [7, 7, 3], []),
        (["a", "b"], [0, 0, 3], [("a", "b")]),
        ([], [7], []),
    ],
)
def test_what_is_spent_together_is_joined_unless_it_looks_like_a_coinjoin(inputs, outputs, joined):
    assert pairs(spend(inputs, outputs)) == joined


def test_an_account_transaction_says_nothing():
    assert list(common_input(Transaction("tron", "t", None, 0, ()), None)) == []


def test_every_rule_says_where_it_fails_and_how_often():
    for rule in ALL:
        text = rule.rule.__doc__ or ""
        assert all(word in text for word in ("Source:", "Known failures:", "Measured")), rule.id


@pytest.mark.usefixtures("shared")
def test_the_page_and_the_rules_text_tell_what_is_measured(root):
    page = accuracy.page()
    assert (root / "docs" / "accuracy.md").read_text("utf-8") == page
    text = " ".join((common_input.__doc__ or "").split())
    without = re.findall(r"without the abstention \| \d+ \| \d+ \| (\d\.\d{3})", page)
    assert f"would be {without[0]} and {without[1]}" in text
    passed = {
        name: (several, over) for name, several, over in re.findall(r"\| (\w+) \| \d+ \| (\d+) \| (\d+) \|\n", page)
    }
    for name, said in (("emulated_wasabi2", "6 of 6"), ("emulated_joinmarket", "32 of 32")):
        assert "{1} of {0}".format(*passed[name]) == said
        assert said in text
    assert "Of {} preparations".format(passed["whirlpool_tx0"][0]) in text
    assert "passes over {} without need".format(passed["whirlpool_tx0"][1]) in text
