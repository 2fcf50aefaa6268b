"""JoinMarket: equal outputs and a change for each, paid for by somebody each, and what only looks so."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from heuristics.services.coinjoin_joinmarket import JOINMARKET, LEAST
from tests.heuristics.services.rounds import joinmarket, note, said, transaction, with_legs

NAMED = ["coinjoin_joinmarket"]
EQUAL = 5_000_000
PAID = [leg.value for leg in joinmarket().transfers[0].inputs]
CHANGE = [leg.value for leg in joinmarket().transfers[0].outputs][5:]


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ((JOINMARKET.height, None), NAMED),
        ((JOINMARKET.height - 1, JOINMARKET.time), ["coinjoin_generic"]),
        ((None, JOINMARKET.time), NAMED),
        ((None, JOINMARKET.time - 1), ["coinjoin_generic"]),
        ((None, None), ["coinjoin_generic"]),
    ],
)
def test_since_when(at, names):
    assert said(joinmarket(at=at)) == names


def test_a_taker_who_pays_all_it_has_gets_no_change():
    assert said(transaction([*PAID[:4], EQUAL + 1_200 + 5_000], [EQUAL] * 5 + CHANGE[:4])) == NAMED


def test_the_order_does_not_matter_and_a_participant_may_bring_several_coins():
    shuffled = random.Random(1)
    paid = [*PAID[:3], 12_000_000, 6_000_000, 5_000_000, 3_000_000, 5_000_000]
    made = [EQUAL] * 5 + CHANGE
    shuffled.shuffle(paid)
    shuffled.shuffle(made)
    assert said(transaction(paid, made)) == NAMED


@pytest.mark.parametrize(("earned", "is_one"), [(50_000, True), (50_001, False), (-10_000, True), (-10_001, False)])
def test_a_maker_earns_one_percent_at_most_and_adds_little_to_the_fee(earned, is_one):
    change = [coin - EQUAL + earned for coin in PAID[:4]]
    taker = PAID[4] + 4 * max(earned, 0)
    round_ = transaction([*PAID[:4], taker], [EQUAL] * 5 + change + [taker - EQUAL - 4 * earned - 5_000])
    assert (said(round_) == NAMED) is is_one


@pytest.mark.parametrize(
    "other",
    [
        transaction([7_000_000, 6_500_123], [EQUAL] * 2 + [2_000_000, 1_490_000]),
        transaction([7_000_000, 6_500_123], [EQUAL] * 2 + [3_490_000]),
        transaction([(coin, "one") for coin in PAID], [EQUAL] * 5 + CHANGE),
        transaction(PAID, [(EQUAL, f"payee{place % 4}") for place in range(5)] + CHANGE),
        transaction(PAID, [(EQUAL, "in0"), *[EQUAL] * 4, *CHANGE]),
        transaction([sum(PAID) // 5] * 5, [EQUAL] * 5 + CHANGE),
        transaction([sum(PAID) - 4_000, 1_000, 1_000, 1_000, 1_000], [EQUAL] * 5 + CHANGE),
        transaction([2_650_011 + 7 * place for place in range(20)], [EQUAL] * 5 + CHANGE),
        note(joinmarket()),
        transaction([*[10_000] * 8, 400_000], [*[10_000] * 8, 396_000]),
        transaction([coin - EQUAL + LEAST - 1 for coin in PAID], [LEAST - 1] * 5 + CHANGE),
    ],
    ids=[
        "Stonewall of four",
        "Stonewall of three",
        "one pays",
        "a payee twice",
        "to a payer",
        "equal coins",
        "one coin",
        "so many coins that all fits",
        "OP_RETURN",
        "inscriptions that move",
        "less than JoinMarket mixes",
    ],
)
def test_look_alikes(other):
    assert said(other) == []


def test_the_least_that_is_mixed_is_mixed():
    paid = [coin - EQUAL + LEAST for coin in PAID]
    assert said(transaction(paid, [LEAST] * 5 + CHANGE)) == NAMED


def test_no_payments_of_an_exchange():
    assert said(joinmarket(), exchange="in2") == []
    assert said(joinmarket(), exchange="out2") == NAMED


def test_inputs_of_unknown_value_say_nothing():
    round_ = joinmarket()
    first, *others = round_.transfers[0].inputs
    assert said(with_legs(round_, inputs=(replace(first, value=None), *others))) == []
