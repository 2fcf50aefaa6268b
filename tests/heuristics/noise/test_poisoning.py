"""Poisoning: the three forms, what is enough and what is not, and a real payment that is none."""

from __future__ import annotations

import pytest

from chaintrace.model.finding import Noise
from chaintrace.model.provenance import Observation
from chaintrace.report.wording import violations
from heuristics.noise.poisoning import SOON, TINY, poisoning
from tests.heuristics.control.account_chain import Chain, Seeing

VICTIM = "TRWpS2voJVhFvzC6nQQ9c9YyKxpF1vTQ4k"
PAID = "TDwxqs6Nn62mic4UPRaKzW6JUKM5wDW3WY"
ALIKE = "TDwLGNL5Kmd4QJw9hQkuoYpiZDFBsDW3WY"
STRANGER = "TEYSrE3ZpBYPhPedA2Dt5s8NEPf8bLnySa"
SHORT = PAID[:1] + "X" * 30 + PAID[-3:]
"""Three letters at the end, and none in front."""
HEX = "0x" + "ab12" + "7" * 32 + "cd34"
HEX_ALIKE = "0x" + "ab1" + "9" * 34 + "d34"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
START = 1_600_000_000


def said(chain, address=VICTIM, asset="", **known):
    return list(poisoning(chain.account(address, asset), chain.view(**known)))


def sent(receiver=ALIKE, value=5, after=60, **more):
    """The victim pays, and then something comes from (or stands in a transfer to) another address."""
    chain = Chain()
    chain.pay(VICTIM, PAID, 10_000, time=START)
    chain.pay(receiver, VICTIM, value, time=START + after, **more)
    return chain


def test_dust_from_a_look_alike_names_the_payment_that_it_imitates():
    [found] = said(sent())
    assert isinstance(found, Noise)
    assert (found.subject, found.object, found.evidence) == ("t1", VICTIM, ("t1", "t0"))
    assert f"{ALIKE} sent 5 base units" in found.text
    assert f"{PAID} (7 letters in common), to which the account had sent 10000 base units in t0" in found.text
    assert list(violations(found.text)) == []


@pytest.mark.parametrize(("value", "speaks"), [(10_000 // TINY, True), (10_000 // TINY + 1, False), (0, True)])
def test_it_is_at_most_a_thousandth(value, speaks):
    assert bool(said(sent(value=value))) is speaks


@pytest.mark.parametrize(("after", "speaks"), [(SOON, True), (SOON + 1, False)])
def test_three_letters_are_enough_soon_after_only(after, speaks):
    assert bool(said(sent(SHORT, after=after))) is speaks


def test_another_address_and_what_came_before_the_payment_say_nothing():
    assert said(sent(STRANGER)) == []
    early = Chain()
    early.pay(ALIKE, VICTIM, 5, time=START)
    early.pay(VICTIM, PAID, 10_000, time=START + 60)
    assert said(early) == []


def test_a_transfer_of_zero_in_the_victims_name_is_noise_where_the_victim_did_not_send_it():
    for sender, speaks in ((STRANGER, True), (VICTIM, False), (None, True)):
        chain = Chain()
        chain.pay(VICTIM, PAID, 10_000, asset=USDT, time=START)
        chain.pay(VICTIM, ALIKE, 0, asset=USDT, time=START + 60, **({"sender": sender, "fee": 1} if sender else {}))
        assert bool(said(chain, asset=USDT)) is speaks


def test_a_real_payment_to_a_look_alike_is_no_noise():
    chain = sent()
    chain.pay(VICTIM, ALIKE, 9_000, time=START + 120)
    chain.pay(ALIKE, VICTIM, 3, time=START + 180)
    assert [one.subject for one in said(chain)] == ["t1"]


def test_hexadecimal_addresses_need_more_letters():
    for other, after, speaks in ((HEX_ALIKE, 10**6, True), (HEX_ALIKE[:4] + "9" * 35 + "d34", 60, True)):
        chain = Chain("ethereum")
        chain.pay("0x" + "1" * 40, HEX, 10**18, time=START)
        chain.pay(other, "0x" + "1" * 40, 1, time=START + after)
        assert bool(said(chain, "0x" + "1" * 40)) is speaks
    chain = Chain("ethereum")
    chain.pay("0x" + "1" * 40, HEX, 10**18, time=START)
    chain.pay("0x" + "9" * 37 + "d34", "0x" + "1" * 40, 1, time=START + 60)
    assert said(chain, "0x" + "1" * 40) == []


def test_a_fake_token_may_come_in_any_amount():
    fake = STRANGER
    chain = Chain()
    chain.pay(VICTIM, PAID, 10_000, asset=USDT, time=START)
    chain.pay(ALIKE, VICTIM, 10_000, asset=fake, time=START + 60)
    assert said(chain, asset=fake) == []
    seen = Seeing(chain.view(), [Observation("tron", fake, "name", None, "Tether USD")])
    [found] = poisoning(chain.account(VICTIM, fake), seen)
    assert found.evidence == ("t1", "t0")


def test_it_abstains_where_no_history_is_held_and_on_other_chains():
    assert said(sent(), complete=()) == []
    private = Chain("ledger")
    private.pay(VICTIM, PAID, 10_000, time=START)
    private.pay(ALIKE, VICTIM, 5, time=START + 60)
    assert said(private) == []
