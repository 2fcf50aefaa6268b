"""Whirlpool: five to eight parties, a pool's value, new coins and mixed ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.services.coinjoin_wasabi1 import ZKSNACKS as OF_WASABI1
from heuristics.services.coinjoin_wasabi2 import ZKSNACKS as OF_WASABI2
from heuristics.services.coinjoin_whirlpool import POOLS, SAMOURAI, WHIRLPOOL
from tests.heuristics.services.rounds import (
    LATE,
    RULES,
    mix,
    note,
    said,
    transaction,
    view_of,
    wabisabi,
    with_legs,
    zerolink,
)

NAMED = ["coinjoin_whirlpool"]


@pytest.mark.parametrize("number", range(3, 12))
def test_five_to_eight_parties(number):
    assert (said(mix(number)) == NAMED) is (5 <= number <= 8)


@pytest.mark.parametrize("pool", POOLS)
def test_every_pool(pool):
    assert said(mix(pool=pool.value, premium=100)) == NAMED
    assert said(mix(pool=pool.value + 1)) != NAMED


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ((WHIRLPOOL.height, None), NAMED),
        ((WHIRLPOOL.height - 1, WHIRLPOOL.time), ["coinjoin_generic"]),
        ((None, WHIRLPOOL.time), NAMED),
        ((None, WHIRLPOOL.time - 1), ["coinjoin_generic"]),
        ((None, None), ["coinjoin_generic"]),
    ],
)
def test_since_when(at, names):
    assert said(mix(at=at)) == names


@pytest.mark.parametrize(
    ("rule", "make", "coordinator"),
    [
        ("coinjoin_whirlpool", mix, SAMOURAI),
        ("coinjoin_wasabi1", zerolink, OF_WASABI1),
        ("coinjoin_wasabi2", wabisabi, OF_WASABI2),
    ],
)
def test_what_is_later_than_the_last_round_of_a_coordinator_keeps_its_name_and_says_so(rule, make, coordinator):
    def text(time, chain="bitcoin"):
        one = make(at=(None, time), chain=chain)
        return next(RULES[rule](one, view_of(one))).text

    late = f"It is later than the last round known of {coordinator.name}."
    assert text(coordinator.ended).endswith(late)
    assert "later" not in text(coordinator.ended - 1)
    assert "later" not in text(coordinator.ended, "bitcoin-regtest")


def test_a_mix_of_ashigarus_is_not_late():
    one = mix(pool=2_500_000)
    assert "later" not in next(RULES["coinjoin_whirlpool"](one, view_of(one))).text


def test_the_pools_of_ashigaru_exist_from_their_first_mix_on():
    late = POOLS[-1]
    assert said(mix(pool=late.value, at=(None, late.since))) == NAMED
    assert said(mix(pool=late.value, at=(LATE[0], late.since - 1))) == ["coinjoin_generic"]
    assert said(mix(pool=late.value, at=(LATE[0], None))) == ["coinjoin_generic"]


@pytest.mark.parametrize(
    ("entering", "premium", "is_mix"),
    [
        (1, 100, True),
        (4, 100, True),
        (0, 0, False),
        (5, 100, False),
        (2, 98, False),
        (1, 110_000, True),
        (1, 110_001, False),
    ],
)
def test_there_are_new_coins_and_mixed_ones_and_the_new_ones_pay_little(entering, premium, is_mix):
    assert (said(mix(entering=entering, premium=premium)) == NAMED) is is_mix


def test_an_output_to_a_script_is_one_too_but_with_such_an_input_it_has_no_name():
    one = mix()
    first, *others = one.transfers[0].outputs
    assert said(with_legs(one, outputs=(replace(first, script_type="p2wsh"), *others))) == NAMED
    first, *others = one.transfers[0].inputs
    assert said(with_legs(one, inputs=(replace(first, script_type="p2wsh"), *others))) == ["coinjoin_generic"]


def test_what_is_no_mix():
    pool = 1_000_000
    paid = [pool + 4_462, *[pool] * 4]
    assert said(transaction(paid, [pool] * 4 + [pool - 1])) == []
    assert said(transaction([(value, "one") for value in paid], [pool] * 5)) == []
    assert said(transaction(paid, [(pool, "in0"), *[pool] * 4])) == []
    assert said(note(mix())) == []
