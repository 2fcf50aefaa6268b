"""Payments: which transaction is one, what it cost, and what an account held after each movement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.control.exclusions import known_history
from heuristics.control.payments import balances, fee, payment
from tests.heuristics.control.account_chain import GOLD, Chain


def test_a_payment_has_two_sides_a_value_and_a_cost():
    paid = payment(Chain().pay("a", "b", 7, asset=GOLD, fee=3))
    assert (paid.payer, paid.payee, paid.transfer.value, paid.transfer.asset.contract, paid.fee) == (
        "a", "b", 7, GOLD, 3,
    )  # fmt: skip


def test_without_a_word_of_the_fee_it_cost_nothing_that_is_known():
    assert payment(Chain().pay("a", "b", 7)).fee == 0


def test_what_the_payer_alone_loses_in_the_native_asset_is_a_fee_whatever_a_file_calls_it():
    told = Chain().pay("a", "b", 7, asset=GOLD, more=[("5", "burn", "", "a", None, 4)])
    assert payment(told).fee == fee(told, "a") == 4
    assert fee(told, "b") == 0


@pytest.mark.parametrize(
    "change",
    [
        {"value": 0},
        {"payee": "a"},
        {"payee": None},
        {"payee": None, "asset": GOLD},
        {"payer": None},
        {"sender": "c", "fee": 3},
        {"status": "failed", "fee": 3},
        {"kind": "internal"},
        {"kind": "nft"},
        {"more": [("1", "token", GOLD, "a", "b", 1)]},
        {"more": [("1", "burn", GOLD, "a", None, 1)]},
        {"more": [("1", "mint", "", None, "a", 1)]},
    ],
    ids=str,
)
def test_no_payment(change):
    told = Chain().pay(**{"payer": "a", "payee": "b", "value": 7, **change})
    assert payment(told) is None


def test_what_no_block_holds_yet_is_no_payment():
    told = Chain().pay("a", "b", 7, fee=3)
    assert payment(told) is not None
    assert payment(replace(told, status="pending", block=None)) is None


def test_balances_run_from_the_opening_or_from_the_least_that_it_can_have_been():
    chain = Chain()
    chain.pay("a", "b", 5, fee=1)
    chain.pay("b", "a", 2, fee=1)
    chain.pay("a", "a", 9, fee=1)

    def held(**told):
        return [left for _, left in balances(known_history(chain.view(**told), chain.account("a")))]

    assert held() == [1, 0, 2, 2, 1]
    assert held(opening=10) == [5, 4, 6, 6, 5]
