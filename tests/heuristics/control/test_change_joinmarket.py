"""Change inside rounds of JoinMarket: told where there is one way to share, and never otherwise."""

from __future__ import annotations

import pytest

from benchmarks import change_accuracy
from chaintrace.model.finding import Service
from heuristics import ALL
from heuristics.control.change_joinmarket import FAMILY, change_joinmarket
from heuristics.control.shares_told import certain
from tests.heuristics.control.output_chain import CHAIN, Outputs, named

EQUAL = 50_000_000
COINS = {"ann": 81_000_000, "bob": 62_345_678, "cat": 190_000_001}
"""What two makers and the taker spend."""


def round_of(chain, coins=COINS, earned=250, fee=1_500) -> None:
    """Each gets the equal amount and a change; the last one pays for all."""
    *makers, taker = coins
    change = [(f"{name}'s change", coins[name] - EQUAL + earned) for name in makers]
    last = coins[taker] - EQUAL - earned * len(makers) - fee
    spent = [chain.mint(name, value) for name, value in coins.items()]
    equal = [(f"{name}'s own", EQUAL) for name in coins]
    chain.spend(spent, [*equal, *change, (f"{taker}'s change", last)])


def said(chain, *, is_named=True) -> list[tuple[str, str]]:
    view = chain.view()
    txid = chain.last.txid
    told = {(CHAIN, txid): (Service(CHAIN, txid, "", (txid,), FAMILY, 2, 60),)} if is_named else {}
    return named(change_joinmarket(chain.last, view.with_findings(told)))


def test_where_there_is_one_way_each_change_is_told_with_who_paid_for_it():
    chain = Outputs()
    round_of(chain)
    assert sorted(said(chain)) == [(name, f"{name}'s change") for name in COINS]


def test_it_says_nothing_where_no_rule_says_that_it_is_a_round():
    chain = Outputs()
    round_of(chain)
    assert said(chain, is_named=False) == []


def test_of_two_who_may_have_changed_places_nothing_is_told():
    chain = Outputs()
    round_of(chain, {"ann": 81_000_000, "bob": 81_000_600, "cat": 190_000_001})
    assert said(chain) == [("cat", "cat's change")]


def test_an_input_that_anybody_may_have_added_leaves_nothing_certain():
    due = [31_000_250, 12_345_928, 139_998_001]
    assert certain([*COINS.values()], EQUAL, 3, due) == {0: 0b001, 1: 0b010, 2: 0b100}
    assert certain([*COINS.values(), 70_000], EQUAL, 3, due) == {}


@pytest.mark.parametrize(
    ("spent", "number", "change"),
    [([81, 62, 190], 4, [31, 12]), ([81, 62], 3, [31, 12, 140]), ([10, 20, 30], 3, [31_000, 12_000, 140_000])],
)
def test_there_is_nothing_to_share_among_too_few_or_for_too_little(spent, number, change):
    assert certain(spent, EQUAL, number, change) == {}


def test_a_search_that_gives_up_tells_nothing():
    many = [EQUAL + 1_000 * number for number in range(20)]
    assert certain(many, EQUAL, 10, [1_000 * number for number in range(10)]) == {}


def test_the_rule_makes_leads_and_its_text_tells_what_is_measured(shared, root):
    assert shared
    mixed, found = change_accuracy.in_coinjoins()
    [rule] = [rule for rule in ALL if rule.id == change_joinmarket.__name__]
    assert rule.confidence < 50
    assert (mixed, found.size, found.right, found.false) == (32, 135, 130, 0)
    assert "of 135 changes in 32 emulated rounds it tells 130" in (change_joinmarket.__doc__ or "")
    assert str(found) in (root / "docs" / "accuracy.md").read_text("utf-8")
