"""Top-up and sweep: gas that somebody sends so that tokens can leave, and all that looks alike and is not."""

from __future__ import annotations

import pytest

from chaintrace.model.finding import CommonControl
from heuristics.control.exclusions import MANY
from heuristics.control.top_up_sweep import WINDOW, top_up_sweep
from tests.heuristics.control.account_chain import GOLD, Chain, pairs

KNOWN = {"customer", "deposit", "operator", "main"}


def gateway(*, gas=30_000_000, fee=27_000_000, swept=900, late=60, before=0, to="main", name="tron") -> Chain:
    """A customer pays a deposit address, the operator sends gas to it, and its tokens are swept to `to`."""
    chain = Chain(name)
    chain.pay("earlier", "operator", 10**12)
    if before:
        chain.pay("earlier", "deposit", before)
    chain.pay("customer", "deposit", 900, asset=GOLD)
    top_up = chain.pay("operator", "deposit", gas, fee=1)
    chain.pay("deposit", to, swept, asset=GOLD, fee=fee, time=top_up.time + late)
    return chain


def said(chain: Chain, **known) -> list[tuple[str, str]]:
    return pairs(top_up_sweep(chain.made[-1], chain.view(**known)))


@pytest.mark.parametrize("name", ["tron", "ethereum"])
def test_operator_deposit_address_and_main_address_are_named(name):
    chain = gateway(name=name)
    text = "a lead: operator sent gas to deposit 60 s before all of its tokens went to main"
    assert list(top_up_sweep(chain.made[-1], chain.view())) == [
        CommonControl(name, "operator", "deposit", ("t2", "t3"), text=text),
        CommonControl(name, "operator", "main", ("t2", "t3"), text=text),
    ]


def test_swept_back_to_the_sender_of_the_gas_two_are_named():
    assert said(gateway(to="operator")) == [("operator", "deposit")]


def test_where_nothing_is_known_of_the_receiver_it_is_not_named():
    assert said(gateway(), complete=KNOWN - {"main"}) == [("operator", "deposit")]


@pytest.mark.parametrize("missing", ["deposit", "operator"])
def test_without_the_histories_of_address_and_sender_nothing_is_said(missing):
    assert said(gateway(), complete=KNOWN - {missing}) == []
    assert said(gateway(), complete=()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"swept": 899},  # something stays
        {"fee": 0},  # lent energy: the gas was not needed
        {"late": WINDOW + 1},
        {"before": 27_000_000},  # it could have paid without
        {"name": "ledger"},
    ],
    ids=["not all", "free", "late", "had gas", "private ledger"],
)
def test_what_is_not_the_whole_pattern_says_nothing(change):
    assert said(gateway(**change)) == []


def test_the_last_second_of_the_window_and_the_last_unit_of_gas_count():
    assert said(gateway(late=WINDOW, before=26_999_999)) == [("operator", "deposit"), ("operator", "main")]


def test_gas_that_came_before_the_tokens_was_not_sent_for_their_sweep():
    chain = Chain()
    chain.pay("earlier", "operator", 10**12)
    chain.pay("operator", "deposit", 30_000_000, fee=1)
    chain.pay("customer", "deposit", 900, asset=GOLD)
    chain.pay("deposit", "main", 900, asset=GOLD, fee=27_000_000)
    assert said(chain) == []


def test_a_swap_a_sweep_by_others_and_an_unknown_time_say_nothing():
    chain = gateway()
    swap = [("log:1", "token", "OTHER", "main", "deposit", 5)]
    chain.pay("customer", "deposit", 900, asset=GOLD)
    chain.pay("deposit", "main", 900, asset=GOLD, fee=27_000_000, more=swap)
    assert said(chain) == []
    chain = gateway()
    chain.pay("customer", "deposit", 900, asset=GOLD)
    chain.pay("deposit", "main", 900, asset=GOLD, fee=27_000_000, sender="drainer")
    assert said(chain) == []


@pytest.mark.parametrize("address", ["operator", "deposit", "main"])
@pytest.mark.parametrize("category", ["exchange", "payment_processor", "faucet", "wallet_service"])
def test_what_a_stopping_tag_or_a_rule_for_services_speaks_of_is_never_named(address, category):
    chain = gateway()
    assert all(address not in pair for pair in said(chain, tags=[chain.tag(address, category)]))
    assert said(chain, tags=[chain.tag(address, category)]) == said(chain, services=[address]) == []


def test_a_seller_of_gas_to_many_is_not_joined_with_its_customers():
    chain = gateway()
    for number in range(MANY):
        chain.pay("operator", f"customer{number}", 30_000_000, fee=1)
    assert pairs(top_up_sweep(chain.made[3], chain.view())) == []


def test_a_receiver_that_many_pay_is_not_joined_with_the_sender_of_the_gas():
    chain = gateway()
    for number in range(MANY):
        chain.pay(f"customer{number}", "main", 10, asset=GOLD)
    assert pairs(top_up_sweep(chain.made[3], chain.view())) == [("operator", "deposit")]
