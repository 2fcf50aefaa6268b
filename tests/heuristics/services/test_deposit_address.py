"""Deposit address: what it says and of whom, when it abstains, and that its numbers are whole ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.rows import memo_of
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import Service
from chaintrace.model.provenance import Observation
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import History
from heuristics import ALL
from heuristics.services.deposit_address import CITED, OTHERS, deposit_address
from heuristics.services.sweeps import GAS, outflows
from tests.chaintrace.tracing.ledger import COINS, FEE, Ledger, coins
from tests.heuristics.services.swept import DAY, ledger, said, tag

PASSED_ON = (("ann", "D", 500), ("D", "E", 500), ("bob", "D", 70), ("D", "E", 70))
BATCH = (("ann", "D", 50), ("bob", "D", 60), ("D", "E", 110), ("carl", "D", 30), ("carl", "D", 9), ("D", "E", 39))
LATER = tuple(("x", "y", 1) for _ in range(DAY + 1))
"""More than a day in which D does nothing."""


def test_an_address_that_passes_every_deposit_on_is_one_of_the_exchange():
    [found] = said(ledger(*PASSED_ON))
    assert isinstance(found, Service)
    assert (found.chain, found.subject, found.object, found.evidence) == ("ledger", "D", "E", ("t2", "t4"))
    assert "swept to exch's wallet in 2 of 2 outflows (2 of the value of one deposit, 0 of what" in found.text
    assert "a customer account at exch, a gateway, a broker or OTC desk that is exch's customer" in found.text


def test_a_batch_of_deposits_counts_by_its_sum():
    [found] = said(ledger(*BATCH))
    assert "2 of 2 outflows (0 of the value of one deposit, 2 of what had come since the outflow before)" in found.text


@pytest.mark.parametrize(("left", "speaks"), [(90, True), (89, False), (110, True), (111, False)])
def test_a_batch_is_nine_to_eleven_tenths_of_what_came(left, speaks):
    """From an opening balance, so that more than came can leave."""
    rows = [
        ("gate", "D", 40),
        ("gate", "D", 60),
        ("D", "E", left),
        ("gate", "D", 30),
        ("gate", "D", 70),
        ("D", "E", left),
    ]
    assert bool(said(ledger(("old", "D", 7_000), *LATER, *rows))) is speaks


def test_a_deposit_answers_one_outflow_only():
    rows = [("ann", "D", 50), ("bob", "D", 900), ("D", "E", 50), ("D", "E", 50), ("D", "E", 50)]
    history = ledger(*rows).history(ledger(*rows).account("D"))
    assert isinstance(history, History)
    assert [one.strict for one in outflows(history)] == [True, False, False]


def test_a_single_outflow_must_be_of_the_very_value_of_one_deposit():
    assert said(ledger(("ann", "D", 500), ("D", "E", 500)))
    assert not said(ledger(("ann", "D", 250), ("bob", "D", 250), ("D", "E", 500)))


def test_one_strict_outflow_is_enough_and_the_number_is_said():
    [found] = said(ledger(("ann", "D", 500), ("D", "E", 500)))
    assert "in 1 of 1 outflows" in found.text


@pytest.mark.parametrize(("of", "speaks"), [((), True), (("t4",), False), (("t2", "t4"), False)])
def test_whoever_tells_the_exchange_which_customer_pays_is_not_the_exchange(of, speaks):
    seen = tuple(Observation("ledger", txid, memo_of("0"), None, "7") for txid in of)
    assert bool(said(replace(ledger(*PASSED_ON), observed=seen))) is speaks


def test_a_memo_that_only_a_network_told_decides_nothing():
    seen = tuple(Observation("ledger", txid, "memo", 1, "7") for txid in ("t2", "t4"))
    assert said(replace(ledger(*PASSED_ON), observed=seen))


def test_what_is_not_passed_on_within_a_day_does_not_count():
    assert not said(ledger(("ann", "D", 500), *LATER, ("D", "E", 500)))
    slow = [("ann", "D", 500), *LATER, ("D", "E", 500), ("ann", "D", 70), *LATER, ("D", "E", 70)]
    assert not said(ledger(*slow))
    assert said(ledger(*slow, ("bob", "D", 3), ("D", "E", 3), ("bob", "D", 4), ("D", "E", 4)))  # half of the four


def test_at_least_95_per_cent_of_number_and_value_go_to_one_exchange():
    nineteen = [row for n in range(19) for row in (("ann", "D", 100 + n), ("D", "E", 100 + n))]
    assert said(ledger(*nineteen, ("ann", "D", 50), ("D", "someone", 50)))
    assert not said(ledger(*nineteen[2:], ("ann", "D", 50), ("D", "someone", 50)))  # 18 of 19
    assert not said(ledger(*nineteen, ("ann", "D", 2_000), ("D", "someone", 2_000)))  # by value


def test_two_wallets_of_one_exchange_count_together_and_those_of_two_do_not():
    rows = [("ann", "D", 5), ("D", "E", 5), ("ann", "D", 6), ("D", "F", 6), ("ann", "D", 7), ("D", "F", 7)]
    [found] = said(ledger(*rows, tags=(tag("E"), tag("F"))))
    assert found.object == "F"  # where most of it went
    assert not said(ledger(*rows, tags=(tag("E"), tag("F", "other"))))


def test_the_confidence_is_never_more_than_that_of_the_label():
    [rule] = [one for one in ALL if one.rule is deposit_address]
    assert (rule.stage, rule.subject) == ("services", "address")
    [found] = said(ledger(*PASSED_ON, tags=(tag("E", confidence=5),)))
    assert found.confidence == 5 < rule.confidence
    both = (tag("E", confidence=70), tag("E", "rival", confidence=20))
    [found] = said(ledger(*PASSED_ON, tags=both))  # in conflict: the least of the two
    assert found.confidence == 20


def test_a_list_of_sanctions_does_not_hide_the_exchange():
    listed = tag("E", "", category="", confidence=90, stops=False)
    [found] = said(ledger(*PASSED_ON, tags=(tag("E"), listed)))
    assert found.object == "E"
    assert "swept to exch's wallet" in found.text


@pytest.mark.parametrize(
    "tags",
    [
        (),
        (tag("E", category="user", stops=False),),
        (tag("E", category="gambling"),),
        (tag("E", source="rule deposit_address", source_family="rule:deposit_address"),),
        (tag("E"), tag("D", "other")),
    ],
    ids=["no label", "no stop", "no exchange", "a label that a rule derived", "D has one"],
)
def test_without_an_exchanges_label_it_is_silent(tags):
    assert not said(ledger(*PASSED_ON, tags=tags))


def test_it_abstains_where_the_history_is_not_known():
    assert not said(ledger(*PASSED_ON).cover("E"))


def test_it_abstains_at_a_contract_and_not_where_somebody_looked_and_found_no_code():
    made = ledger(*PASSED_ON)
    for value, speaks in (("120 bytes", False), ("0 bytes", True)):
        seen = Observation("ledger", "D", "code", 3, value)
        assert bool(said(replace(made, observed=(seen,)))) is speaks


def test_an_address_that_the_exchange_itself_fills_may_be_its_own():
    rows = [("E", "D", 500), ("D", "E", 500), ("ann", "D", 499), ("D", "E", 499)]
    assert not said(ledger(*rows))
    assert said(ledger(*rows, ("ann", "D", 2), ("D", "E", 2)))


def test_of_a_native_asset_the_fee_may_be_missing_and_no_more():
    paid = [("ann", "D", 500), [("D", "E", 480), ("D", FEE, 20)]]
    assert said(ledger(*paid, native=True), native=True)
    assert not said(ledger(paid[0], [("D", "E", 480), ("D", FEE, 19)], native=True), native=True)
    for missing, speaks in ((GAS, True), (GAS + 1, False)):  # nobody told a fee
        rows = [("ann", "D", 50 * GAS), ("D", "E", 50 * GAS - missing)]
        assert bool(said(ledger(*rows, native=True), native=True)) is speaks
        assert not said(ledger(*rows))  # of a token nothing may be missing


def test_rounded_amounts_are_not_equal():
    huge = 2**255
    assert said(ledger(("ann", "D", huge), ("D", "E", huge)))
    assert not said(ledger(("ann", "D", huge), ("D", "E", huge - 1)))


def test_self_transfers_zeros_and_what_is_pending_change_nothing():
    made = ledger(*PASSED_ON, ("D", "D", 3), ("D", "thief", 0), ("D", "someone", 9))
    last = made.pending("t7")
    assert last.transactions["t7"].transfers[0].order[0] == PENDING_RANK
    assert [one.text for one in said(last)] == [one.text for one in said(ledger(*PASSED_ON))]


def test_many_sweeps_name_the_first_and_the_last_as_evidence():
    rows = [row for n in range(1, 41) for row in (("ann", "D", n), ("D", "E", n))]
    [found] = said(ledger(*rows))
    assert len(found.evidence) == 2 * CITED
    assert (found.evidence[0], found.evidence[-1]) == ("t2", "t80")
    assert "40 of 40" in found.text


# --- chains of outputs ----------------------------------------------------------------------------------------------


def swept_together(others: int, *more: tuple) -> Ledger:
    """D is paid twice; an exchange spends both outputs, each together with those of others, into its address E."""
    made = [(f"p{n}", [], [(f"o{n}", 10)]) for n in range(2 * others)]
    sweeps = [
        ("s1", ["d1:0", *(f"p{n}:0" for n in range(others))], [("E", 10 * others + 100)]),
        ("s2", ["d2:0", *(f"p{n}:0" for n in range(others, 2 * others))], [("E", 10 * others + 70)]),
    ]
    ledger_ = coins(*made, ("d1", [], [("D", 100)]), ("d2", [], [("D", 70)]), *sweeps, *more)
    return replace(ledger_, tagged={"E": (replace(tag("E"), chain=COINS),)})


def of_outputs(made: Ledger) -> list:
    return list(deposit_address(Account("D", Asset(COINS, "", "BTC", 8)), made))


def test_outputs_that_are_all_spent_with_many_others_into_an_exchange_are_a_deposit_address():
    [found] = of_outputs(swept_together(OTHERS))
    assert (found.subject, found.object, found.evidence) == ("D", "E", ("s1", "s2"))
    assert "in 2 of 2 outflows (each together with 10 or more other addresses)" in found.text


def test_one_other_spend_or_too_few_others_or_a_stranger_who_is_paid_too_silence_it():
    assert not of_outputs(swept_together(OTHERS - 1))
    alone = (("d3", [], [("D", 5)]), ("s3", ["d3:0"], [("E", 5)]))
    assert not of_outputs(swept_together(OTHERS, *alone))
    assert of_outputs(swept_together(OTHERS, alone[0]))  # what is not spent yet says nothing
    others = [f"q{n}" for n in range(OTHERS)]
    paid_too = [(name, [], [(name, 10)]) for name in others]
    spend = ("s3", ["d3:0", *(f"{name}:0" for name in others)], [("E", 100), ("stranger", 5)])
    assert not of_outputs(swept_together(OTHERS, alone[0], *paid_too, spend))
