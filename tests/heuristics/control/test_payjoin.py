"""Payjoins: what speaks for one, what speaks against it, and the one that is written down in the literature."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.payjoins import made
from chaintrace.model.transaction import Transaction
from heuristics.control.payjoin import has_bare_form, has_round_share, has_unneeded_input, may_be_payjoin, zeros

COINS, PAID = [50_123_457, 30_234_561], [70_345_678, 10_011_111]
"""A payment of no round amount, from two coins that are both needed."""


def changed(one: Transaction, *, inputs=None, outputs=None) -> Transaction:
    """The same with other legs."""
    transfer = one.transfers[0]
    return replace(
        one,
        transfers=(replace(transfer, inputs=inputs or transfer.inputs, outputs=outputs or transfer.outputs),),
    )


def parts(one: Transaction):
    return one.transfers[0], one.transfers[0].outputs


def test_the_worked_example_of_decluster_is_suspected_by_its_round_share():
    one = made([2_000, 5_750], [791, 6_750])  # 931d6627: 1,000 satoshi are paid to a coin of 5,750
    assert not has_unneeded_input(*parts(one))
    assert has_round_share(*parts(one))
    assert may_be_payjoin(one)


@pytest.mark.parametrize(
    ("coins", "paid", "found"),
    [
        ([10, 4], [9, 4], True),
        ([9, 5], [9, 4], False),  # without the 5 the fee is missing
        ([9, 5], [6, 5, 2], False),  # the 2 may be change
        ([9, 5], [5, 5, 3], False),
        ([9, 3], [4, 4, 3], True),  # whichever is change, the 3 was not needed
        ([9, 3], [3, 3, 3, 3], False),  # four outputs
        ([9, 3], [11], False),
    ],
)
def test_an_input_is_unneeded_where_no_output_is_less(coins, paid, found):
    assert has_unneeded_input(*parts(made(coins, paid))) is found


@pytest.mark.parametrize(
    ("coins", "paid", "found"),
    [
        ([90_001_234, 10_000_999], [95_001_234, 5_000_112], True),
        ([90_001_234, 10_000_999], [95_001_235, 5_000_111], False),
        ([250_000_000, 175_000_000], [275_000_000, 149_999_000], True),  # 1 BTC and a coin of 1.75
        ([900_000_000, 400_000_000], [1_200_000_000, 99_994_983], False),  # 3 or 12 BTC: one as round as the other
        ([40_000_321, 5_111_123, 3_222_234], [9_333_357, 38_999_000], True),  # a coin of two, and 1,000,000
        ([40_000_321, 5_111_123, 3_222_234], [9_333_357, 20_000_100, 18_999_000], True),
    ],
)
def test_an_output_may_be_coins_and_an_amount_that_is_much_rounder(coins, paid, found):
    assert has_round_share(*parts(made(coins, paid))) is found


def test_the_bare_form_is_suspected_where_nothing_says_who_is_paid():
    one = made(COINS, PAID)
    assert not has_unneeded_input(*parts(one))
    assert not has_round_share(*parts(one))
    assert has_bare_form(one, *parts(one))
    assert may_be_payjoin(one)


@pytest.mark.parametrize("kind", ["p2pkh", "p2wsh", ""])
def test_wallets_without_witnesses_and_of_several_signers_make_no_payjoins(kind):
    spent, paid = (
        tuple(replace(leg, script_type=kind) for leg in legs)
        for legs in (made(COINS, PAID).utxo.inputs, made(COINS, PAID).utxo.outputs)
    )
    assert not may_be_payjoin(changed(made(COINS, PAID), inputs=spent, outputs=paid))


def test_an_output_of_another_type_is_what_is_paid_unless_an_input_has_it_too():
    one = made(COINS, PAID)
    spent, paid = one.utxo.inputs, one.utxo.outputs
    other = (replace(paid[0], script_type="v1_p2tr"), paid[1])
    assert not may_be_payjoin(changed(one, outputs=other))
    assert may_be_payjoin(changed(one, inputs=(replace(spent[0], script_type="p2tr"), spent[1]), outputs=other))


@pytest.mark.parametrize(
    ("coins", "paid", "suspected"),
    [
        ([50_123_457, 30_234_561], [70_350_000, 10_006_789], False),  # nobody's coin and a round amount
        ([50_123_457, 30_230_000], [70_350_000, 10_002_228], True),  # a round coin and a round amount
        ([50_123_457, 30_234_561], [70_357_018, 10_000_000], False),  # round, and less than either coin
    ],
)
def test_a_round_output_is_what_is_paid_unless_it_may_be_a_round_coin_too(coins, paid, suspected):
    assert may_be_payjoin(made(coins, paid)) is suspected


def test_more_coins_than_a_payer_and_a_payee_bring_are_no_suspicion():
    few, many = [20_000_117, 20_000_229, 20_000_371, 20_000_513], [16_000_117 + 112 * place for place in range(5)]
    assert may_be_payjoin(made(few, [75_345_677, 4_653_991]))
    assert not may_be_payjoin(made(many, [75_345_677, 4_653_991]))


def test_the_payer_checks_that_all_sequences_are_one():
    one = made(COINS, PAID)
    first, second = one.utxo.inputs
    assert not may_be_payjoin(changed(one, inputs=(first, replace(second, sequence=0xFFFF_FFFE))))


def test_a_wallet_that_uses_its_address_again_may_be_the_payees():
    one = made(COINS, PAID)
    first, second = one.utxo.outputs
    assert may_be_payjoin(changed(one, outputs=(replace(first, address=one.utxo.inputs[0].address), second)))


@pytest.mark.parametrize(
    ("paid", "suspected"), [([9, 4], True), ([9, 3, 1], True), ([13], False), ([9, 1, 2, 1], False)]
)
def test_where_a_value_is_not_known_nothing_rules_a_payjoin_out(paid, suspected):
    one = made([10, 4], paid)
    first, second = one.utxo.inputs
    assert may_be_payjoin(changed(one, inputs=(first, replace(second, value=None)))) is suspected


def test_nothing_is_suspected_of_one_address():
    one = made(COINS, PAID)
    first, second = one.utxo.inputs
    assert not may_be_payjoin(changed(one, inputs=(first, replace(second, address=first.address))))
    assert not may_be_payjoin(Transaction("tron", "t", None, 0, ()))


@pytest.mark.parametrize(("value", "number"), [(0, 0), (1_000, 3), (100, 2), (20_000_000, 7), (12_345, 0)])
def test_zeros_are_those_at_the_end(value, number):
    assert zeros(value) == number
