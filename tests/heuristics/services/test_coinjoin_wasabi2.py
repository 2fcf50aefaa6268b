"""Wasabi 2: sorted values of the protocol's denominations, small rounds too, and whatever only looks so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.services.coinjoin_wasabi2 import DENOMINATIONS, LARGEST, LEAST, WASABI2
from tests.heuristics.services.rounds import LATE, note, said, transaction, wabisabi, with_legs

NAMED = ["coinjoin_wasabi2"]
PAID, MADE = ([leg.value for leg in legs] for legs in (wabisabi().transfers[0].inputs, wabisabi().transfers[0].outputs))


def test_the_denominations_are_computed_between_their_bounds():
    assert {LEAST, 5_000, 8_192, 6_561, 13_122, 10_000, 20_000, 50_000} <= DENOMINATIONS
    assert min(DENOMINATIONS) == LEAST
    assert max(DENOMINATIONS) == 100_000_000_000 <= LARGEST
    assert not {4_096, 2_187, 15_000, 2**37} & DENOMINATIONS


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ((WASABI2.height, None), NAMED),
        ((WASABI2.height - 1, WASABI2.time), ["coinjoin_generic"]),
        ((None, WASABI2.time), NAMED),
        ((None, WASABI2.time - 1), ["coinjoin_generic"]),
        ((None, None), ["coinjoin_generic"]),
    ],
)
def test_a_round_of_15_inputs_is_named_since_there_was_a_wasabi_2(at, names):
    assert said(wabisabi(at=at)) == names


@pytest.mark.parametrize("kind", ["p2tr", "witness_v1_taproot", "v1_p2tr", "v0_p2wpkh", "witness_v0_keyhash"])
def test_taproot_is_as_good_and_a_type_has_several_names(kind):
    assert said(wabisabi(kind=kind)) == NAMED


def test_the_type_is_read_from_the_address_where_nobody_says_it():
    address = "bc1qauw0n7y0yth79qpxdxyc76gu8a7cjhxmd7n9ug"
    round_ = wabisabi(kind="")
    assert said(round_) == []
    first, *others = round_.transfers[0].inputs
    known = with_legs(
        round_, inputs=(replace(first, address=address), *(replace(leg, script_type="p2wpkh") for leg in others))
    )
    assert said(known) == NAMED
    told = replace(first, address=address, script_type="TxWitnessV0Keyhash")  # as NBitcoin says it
    assert said(with_legs(round_, inputs=(told, *known.transfers[0].inputs[1:]))) == NAMED
    assert said(with_legs(round_, inputs=(replace(told, address="in0"), *known.transfers[0].inputs[1:]))) == []


@pytest.mark.parametrize(
    "other",
    [
        transaction(PAID, MADE[::-1]),
        transaction(PAID, [value + 1 for value in MADE]),
        transaction(PAID, [*MADE[:-1], 4_999]),
        transaction(PAID, MADE[:18]),
        transaction(PAID, sorted(DENOMINATIONS, reverse=True)[60:80]),
        transaction(PAID, [(value, f"out{place % 19}") for place, value in enumerate(MADE)]),
        transaction([(value, f"in{place % 7}") for place, value in enumerate(PAID)], MADE),
        wabisabi(final=False),
        wabisabi(kind="p2pkh"),
        note(wabisabi()),
        with_legs(wabisabi(), inputs=(replace(wabisabi().transfers[0].inputs[0], value=None),) * 5),
    ],
    ids=[
        "outputs rise",
        "no denominations",
        "a small output",
        "all repeated",
        "none repeated",
        "an address is paid twice",
        "few addresses pay",
        "may be replaced",
        "no witness",
        "OP_RETURN",
        "values unknown",
    ],
)
def test_look_alikes(other):
    assert other.height == LATE[0]
    assert "coinjoin_wasabi2" not in said(other)


@pytest.mark.parametrize(("several", "is_round"), [(2, True), (3, False)])
def test_a_wallet_with_an_address_that_it_used_twice_may_take_part_in_a_small_round(several, is_round):
    paid = [(value, "one" if place < several else f"in{place}") for place, value in enumerate(PAID)]
    assert len(paid) < 20
    assert ("coinjoin_wasabi2" in said(transaction(paid, MADE))) is is_round


@pytest.mark.parametrize("number", [13, 20, 36])
def test_small_rounds_are_named_and_without_a_time_called_a_coinjoin_all_the_same(number):
    paid = sorted((250_000 + 13_579 * place for place in range(number)), reverse=True)
    assert said(transaction(paid, MADE)) == ["coinjoin_wasabi2"]
    assert said(transaction(paid, MADE, at=(None, None))) == ["coinjoin_generic"]


def test_in_which_order_a_file_tells_the_inputs_does_not_matter():
    assert said(transaction(PAID[::-1], MADE)) == ["coinjoin_wasabi2"]
