"""TX0: one wallet's preparation, by the pool's fee or by a later mix, and never a coinjoin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.services.coinjoin_whirlpool import WHIRLPOOL
from tests.heuristics.services.rounds import mix, note, said, transaction, tx0, view_of, with_legs

NAMED = ["whirlpool_tx0"]


@pytest.mark.parametrize(
    ("fee", "is_one"), [(50_000, True), (25_000, True), (24_999, False), (150_000, True), (150_001, False)]
)
def test_the_fee_of_the_pool_or_one_near_it_is_paid(fee, is_one):
    assert (said(tx0(fee=fee, change=7_000_000)) == NAMED) is is_one


def test_a_change_in_the_window_of_the_fee_does_no_harm():
    assert said(tx0(change=43_325)) == NAMED


def test_the_pool_is_that_whose_fee_is_paid_exactly():
    several = tx0(fee=175_000, premix=5_005_142, number=1, change=122_369)
    assert said(several) == NAMED
    from heuristics.services.whirlpool_tx0 import whirlpool_tx0

    [found] = whirlpool_tx0(several, view_of())
    assert "for the pool of 5000000 satoshi" in found.text


@pytest.mark.parametrize(("number", "is_one"), [(1, True), (70, True), (71, False)])
def test_one_to_seventy_premix_outputs(number, is_one):
    assert (said(tx0(number=number)) == NAMED) is is_one


@pytest.mark.parametrize("length", [64, 80, 20, 40])
def test_the_op_return_has_a_length_where_the_fee_is_not_paid_exactly(length):
    assert (said(tx0(fee=49_999, length=length)) == NAMED) is (length in {64, 80})
    assert said(tx0(length=length)) == NAMED


def test_an_op_return_whose_bytes_nobody_told_is_taken_as_it_is():
    one = tx0()
    first, *others = one.transfers[0].outputs
    assert said(with_legs(one, outputs=(replace(first, script=""), *others))) == NAMED


def test_without_an_op_return_or_with_two_it_is_none():
    made = [50_000, 177_275, *[1_004_462] * 3]
    assert said(transaction([2_000_000] * 2, made)) == []
    assert said(note(tx0())) == []


@pytest.mark.parametrize(("fee", "changes", "is_one"), [(50_000, 2, True), (49_999, 2, False), (50_000, 3, False)])
def test_two_changes_beside_a_fee_that_is_exact_and_no_more(fee, changes, is_one):
    made = [fee, *[177_275 + 7 * number for number in range(changes)], *[1_004_462] * 3]
    assert (said(note(transaction([3_000_000] * 2, made))) == NAMED) is is_one


def test_a_premix_output_that_is_mixed_later_says_it_too():
    free = tx0(fee=1_000, change=5_000_000)
    assert said(free) == []
    later = mix(txid="later")
    premix = free.transfers[0].outputs[-1]
    first, *others = later.transfers[0].inputs
    spent = replace(first, holding=premix.holding, value=premix.value)
    assert said(free, with_legs(later, inputs=(spent, *others))) == NAMED
    assert said(free, transaction([1_004_462], [1_000_000], txid="later")) == []


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ((WHIRLPOOL.height, None), NAMED),
        ((WHIRLPOOL.height - 1, WHIRLPOOL.time), []),
        ((None, WHIRLPOOL.time), NAMED),
        ((None, WHIRLPOOL.time - 1), []),
        ((None, None), []),
    ],
)
def test_since_when(at, names):
    assert said(tx0(at=at)) == names


def test_a_message_beside_a_payment_is_none():
    assert said(note(transaction([400_000], [150_000, 100_000]))) == []
