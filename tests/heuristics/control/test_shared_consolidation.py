"""Shared consolidation: addresses that are emptied into one, and the services whose customers look alike."""

from __future__ import annotations

import pytest

from chaintrace.model.finding import CommonControl
from heuristics.control.exclusions import MANY
from heuristics.control.shared_consolidation import shared_consolidation
from tests.heuristics.control.account_chain import GOLD, Chain, pairs

ALL_THREE = [("a", "b"), ("b", "a"), ("c", "a")]


def three() -> Chain:
    """Three addresses that are emptied into one, `a` first."""
    chain = Chain()
    for name, value in (("c", 70), ("a", 50), ("b", 60)):
        chain.pay("source", name, value, asset=GOLD)
    for name, value in (("a", 50), ("b", 60), ("c", 70)):
        chain.pay(name, "collector", value, asset=GOLD)
    return chain


def said(chain: Chain, asset=GOLD, **known) -> list[tuple[str, str]]:
    """Who is named when every address is asked about."""
    view, asked = chain.view(**known), ("a", "b", "c", "d", "source", "collector")
    return [pair for one in asked for pair in pairs(shared_consolidation(chain.account(one, asset), view))]


def test_each_address_is_named_with_the_one_that_paid_first_and_that_one_with_the_second():
    chain = three()
    text = "a lead: both were emptied into collector"
    found = [one for name in "abc" for one in shared_consolidation(chain.account(name, GOLD), chain.view())]
    assert found == [
        CommonControl("tron", "a", "b", ("t3", "t4"), text=text),
        CommonControl("tron", "b", "a", ("t3", "t4"), text=text),
        CommonControl("tron", "c", "a", ("t3", "t5"), text=text),
    ]


def test_neither_the_address_that_collects_nor_one_that_pays_several_is_named():
    assert said(three()) == ALL_THREE


def test_an_address_of_which_something_is_left_or_that_pays_elsewhere_is_not_emptied():
    chain = three()
    chain.pay("source", "d", 10, asset=GOLD)
    chain.pay("d", "collector", 9, asset=GOLD)
    chain.pay("source", "b", 10, asset=GOLD)
    chain.pay("b", "shop", 10, asset=GOLD)
    assert said(chain) == [("a", "c"), ("c", "a")]


def test_a_payment_of_nothing_that_a_stranger_began_changes_nothing():
    chain = three()
    chain.pay("a", "look-alike", 0, asset=GOLD, sender="poisoner", fee=1)
    assert said(chain) == ALL_THREE


def test_what_somebody_else_takes_out_is_no_payment():
    chain = three()
    chain.pay("source", "a", 10, asset=GOLD)
    chain.pay("a", "collector", 10, asset=GOLD, sender="drainer", fee=1)
    assert said(chain) == [("b", "c"), ("c", "b")]


def test_the_native_asset_is_emptied_with_its_fee():
    chain = Chain()
    for name in "ab":
        chain.pay("source", name, 100)
        chain.pay(name, "collector", 99, fee=1)
    assert said(chain, asset="") == [("a", "b"), ("b", "a")]


def test_an_opening_that_the_movements_imply_is_emptied_too():
    chain = Chain()
    for name in "ab":
        chain.pay(name, "collector", 10, asset=GOLD)
    assert said(chain) == [("a", "b"), ("b", "a")]


@pytest.mark.parametrize("known", [{"a", "b", "c"}, {"collector"}, {"collector", "a"}, set()])
def test_unknown_histories_say_nothing(known):
    assert said(three(), complete=known) == []


@pytest.mark.parametrize("category", ["exchange", "payment_processor", "faucet", "service", "gambling"])
def test_a_collector_that_is_a_service_joins_nobody(category):
    chain = three()
    assert said(chain, tags=[chain.tag("collector", category)]) == []
    assert said(chain, services=["collector"]) == []


def test_an_emptied_address_that_is_a_service_is_not_named():
    chain = three()
    assert said(chain, tags=[chain.tag("b")]) == said(chain, services=["b"]) == [("a", "c"), ("c", "a")]
    assert said(chain, tags=[chain.tag("a")]) == [("b", "c"), ("c", "b")]


def test_a_collector_that_many_pay_and_an_address_that_many_pay_are_businesses():
    chain = three()
    for number in range(MANY - 2):
        chain.pay(f"customer{number}", "collector", 1, asset=GOLD)
    assert said(chain) == []
    chain = three()
    for number in range(MANY):
        chain.pay(f"customer{number}", "b", 1, asset=GOLD)
    chain.pay("b", "collector", MANY, asset=GOLD)
    assert said(chain) == [("a", "c"), ("c", "a")]
