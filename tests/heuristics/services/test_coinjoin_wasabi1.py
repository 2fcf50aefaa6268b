"""Wasabi 1: rounds by the coordinator's address or by ten equal outputs, not before there was a Wasabi."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.services.coinjoin_wasabi1 import COORDINATOR, WASABI1
from tests.heuristics.services.rounds import note, said, transaction, with_legs, zerolink

NAMED, UNNAMED = ["coinjoin_wasabi1"], ["coinjoin_generic"]


def inputs(one):
    return one.transfers[0].inputs


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ((WASABI1.height, None), NAMED),
        ((WASABI1.height - 1, None), UNNAMED),
        ((WASABI1.height - 1, WASABI1.time), UNNAMED),
        ((WASABI1.height, WASABI1.time - 1), NAMED),
        ((None, WASABI1.time), NAMED),
        ((None, WASABI1.time - 1), UNNAMED),
        ((None, None), UNNAMED),
    ],
)
def test_the_height_decides_and_the_time_where_there_is_none(at, names):
    assert said(zerolink(at=at)) == names


def test_on_another_chain_the_height_says_nothing():
    assert said(zerolink(at=(900_000, None), chain="bitcoin-regtest")) == UNNAMED
    assert said(zerolink(at=(100, WASABI1.time), chain="bitcoin-regtest")) == NAMED


def test_three_equal_outputs_are_enough_where_the_coordinator_is_paid():
    small = zerolink(6, 5_000_000)
    assert said(small) != NAMED
    outputs = small.transfers[0].outputs
    paid = with_legs(small, outputs=(*outputs[:-1], replace(outputs[-1], address=min(COORDINATOR))))
    assert said(paid) == NAMED


def test_who_brings_or_takes_a_used_address_hides_no_round():
    paid = [(10_000_000, "one")] * 3 + [10_000_000] * 12
    made = [(9_990_000, f"payee{place % 9}") for place in range(12)] + [1, 2]
    assert said(transaction(paid, made)) == NAMED


@pytest.mark.parametrize(
    "other",
    [
        zerolink(9),
        zerolink(base=12_000_001),
        zerolink(kind="p2sh"),
        note(zerolink()),
        transaction([40_000_000] * 4, [9_990_000] * 12 + [1, 2]),
        transaction([(10_000_000, "one")] * 15, [9_990_000] * 12 + [1, 2]),
        transaction([10_000_000] * 15, [(9_990_000, f"payee{place % 4}") for place in range(12)] + [1, 2]),
        transaction([10_000_000] * 15, [9_990_000] * 14 + [1_000_000]),
    ],
    ids=["nine", "another value", "no P2WPKH", "OP_RETURN", "few pay", "one pays", "payees twice", "no unique ones"],
)
def test_what_is_no_round(other):
    assert "coinjoin_wasabi1" not in said(other)


@pytest.mark.parametrize(("several", "is_round"), [(3, True), (4, True), (5, False)])
def test_an_address_gives_a_third_of_the_inputs_at_most(several, is_round):
    paid = [(leg.value, "one" if place < several else leg.address) for place, leg in enumerate(inputs(zerolink()))]
    made = [leg.value for leg in zerolink().transfers[0].outputs]
    assert (said(transaction(paid, made)) == NAMED) is is_round


def test_wallets_that_use_their_addresses_again_make_a_round_too():
    """As long as no more than seven outputs in ten go where value went or came from."""
    paid, made = ([leg.value for leg in legs] for legs in (inputs(zerolink(20)), zerolink(20).transfers[0].outputs))
    for again in (8, 9):
        back = [(value, f"in{place % 20}" if place < 20 + again else f"out{place}") for place, value in enumerate(made)]
        assert (said(transaction(paid, back)) == NAMED) is (again == 8)


@pytest.mark.parametrize("levels", [(), (2,), (2, 4, 8)])
@pytest.mark.parametrize("base", [8_000_001, 9_123_457, 11_999_998])
def test_rounds_of_2021_have_levels_and_fees_that_go_to_new_addresses(base, levels):
    made = [base * times for times in (*[1] * 40, *levels, *levels)] + [123_456 + 77 * place for place in range(35)]
    paid = [base + 3_000_000 + 11 * place for place in range(60)]
    assert said(transaction(paid, made, at=(690_000, 1_625_000_000))) == NAMED
    assert said(transaction(paid, made, at=(None, 1_625_000_000))) == NAMED
    assert said(transaction(paid, made, at=(None, None))) == ["coinjoin_generic"]


def test_no_payments_of_an_exchange():
    assert said(zerolink(), exchange="in2") == []
    assert said(zerolink(), exchange="out2") == NAMED


def test_values_of_inputs_need_not_be_known():
    round_ = zerolink()
    unknown = with_legs(round_, inputs=tuple(replace(leg, value=None) for leg in round_.transfers[0].inputs))
    assert said(unknown) == NAMED
