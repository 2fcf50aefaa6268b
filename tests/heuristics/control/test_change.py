"""Change: which signs must agree, what is told of their votes, and when nothing is said."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import change_accuracy
from chaintrace.case.rules import findings
from chaintrace.cli.findings import cells
from chaintrace.model.chain import OutPoint
from chaintrace.model.finding import UNION, CommonControl
from chaintrace.model.transaction import Transaction
from heuristics import ALL
from heuristics.control.change import change, votes
from heuristics.control.change_signs import change_optimal, change_round_payment
from tests.benchmarks import accuracy_page
from tests.heuristics.control.output_chain import Outputs, named

COIN = 10**8
RULE = tuple(rule for rule in ALL if rule.id == "change")


@pytest.fixture
def chain() -> Outputs:
    return Outputs()


def said(chain, transaction=None, **view) -> list[CommonControl]:
    return list(change(transaction or chain.last, chain.view(**view)))


def bought(chain, outputs=(("shop", 290_000_000), ("rest", 9_990_000))) -> Transaction:
    """Two coins that buy something for a round amount, so that one of them alone would not have done."""
    chain.spend([chain.mint("b", 1 * COIN), chain.mint("a", 2 * COIN)], list(outputs))
    return chain.last


def test_two_signs_that_look_at_different_things_name_the_change(chain):
    (found,) = said(chain, bought(chain))
    assert (found.subject, found.object, found.evidence) == ("a", "rest", (chain.last.txid,))
    assert found.confidence == UNION
    assert not found.is_lead
    assert found.text == "output 1 was probably change: for it change_optimal, change_round_payment; against it none"
    assert found.details == ("change_optimal: for 1, against 0", "change_round_payment: for 1, against 0")


def test_the_votes_stand_behind_the_txids_in_the_csv_and_the_rule_signs_them(chain):
    bought(chain)
    told = findings(chain.made, RULE, chain.view())
    assert [(one.rule, one.version, one.confidence) for one in told] == [("change", 4, UNION)]
    [row] = cells(told)
    assert json.loads(row[-1]) == [chain.last.txid, *told[0].details, told[0].text]


@pytest.mark.parametrize(
    "outputs", [[("shop", 290_000_001), ("rest", 9_990_002)], [("shop", 150_000_000), ("rest", 7)]]
)
def test_one_sign_is_never_enough(chain, outputs):
    coins = (
        [chain.mint("a", 3 * COIN)] if outputs[1][1] == 7 else [chain.mint("a", 1 * COIN), chain.mint("b", 2 * COIN)]
    )
    chain.spend(coins, outputs)
    assert said(chain) == []


def test_two_signs_about_the_same_thing_are_one(chain):
    payee, rest = chain.spend([chain.mint("a", 9)], [("b", 6), ("c", 3)], locktime=7)
    paying = chain.last
    chain.spend([payee], [("d", 6)], version=1)
    chain.spend([rest], [("e", 3)], locktime=8)
    speaking = [vote for vote in votes(paying, chain.view()) if vote.supports]
    assert [vote.name for vote in speaking] == ["change_locktime", "change_version_sequence"]
    assert said(chain, paying) == []


def test_signs_in_what_spends_the_outputs_are_one_sign(chain):
    first, second = chain.spend([chain.mint("a", 9 * COIN)], [("b", 300_000_123), ("c", 599_999_001)], locktime=5)
    paying = chain.last
    chain.spend([first], [("d", 300_000_000)])
    chain.spend([second], [("e", 200_000_111), ("f", 399_998_222)], locktime=6)
    speaking = [vote for vote in votes(paying, chain.view()) if vote.supports]
    assert [vote.name for vote in speaking] == ["change_locktime", "change_peel"]
    assert said(chain, paying) == []


def test_more_signs_make_a_finding_more_confident_and_their_spenders_are_evidence(chain):
    shop, rest = chain.spend(
        [chain.mint("a", 1 * COIN), chain.mint("b", 2 * COIN)], [("shop", 290_000_000), ("rest", 9_990_000)], locktime=7
    )
    paying = chain.last
    chain.spend([shop], [("x", 1), ("y", 2), ("z", 3)], version=1)
    other = chain.last.txid
    chain.spend([rest], [("e", 3)], locktime=8)
    (found,) = said(chain, paying)
    assert found.confidence == UNION + 10
    assert found.evidence == (paying.txid, other, chain.last.txid)
    assert len(found.details) == 5


def test_one_sign_against_it_is_enough_to_say_nothing(chain):
    paying = bought(chain)
    chain.spend([paying.transfers[0].outputs[1]], [("e", 3)], version=1)
    assert said(chain, paying) == []


def test_change_to_an_address_that_is_spent_joins_nobody_and_rules_the_others_out(chain):
    bought(chain, [("shop", 290_000_000), ("a", 9_990_000)])
    assert said(chain) == []
    bought(chain, [("a", 290_000_000), ("rest", 9_990_000)])
    assert said(chain) == []


@pytest.mark.parametrize(
    "outputs",
    [
        [("shop", 290_000_000), ("", 9_990_000)],  # no address that could be named
        [("rest", 290_000_000), ("rest", 9_990_000)],  # paid twice
        [(None, 0), ("rest", 9_990_000)],  # nobody was paid
        [("shop", 290_000_000)],
        [*((f"p{number}", 1_000_000) for number in range(10)), ("rest", 9_990_001)],  # a batch
    ],
)
def test_it_abstains_where_nothing_can_be_named_or_told(chain, outputs):
    bought(chain, outputs)
    assert said(chain) == []


def test_an_output_that_nobody_can_spend_is_no_candidate(chain):
    bought(chain, [(None, 0), ("shop", 290_000_000), ("rest", 9_990_000)])
    assert named(said(chain)) == [("a", "rest")]


def test_it_abstains_in_coinjoins_and_what_looks_like_one(chain):
    paying = bought(chain)
    assert said(chain, paying, coinjoins=[paying.txid]) == []
    bought(chain, [("shop", 100_000_000), ("shop2", 100_000_000), ("rest", 9_990_001)])
    assert said(chain) == []


@pytest.mark.parametrize(("shop", "found"), [(150_000_000, []), (290_000_000, [("a", "rest")])])
def test_it_abstains_where_one_of_several_inputs_was_not_needed(chain, shop, found):
    coins = chain.spend([], [("a", 2 * COIN, "p2pkh"), ("b", 1 * COIN, "p2pkh")])
    chain.spend(coins, [("shop", shop, "p2sh"), ("rest", 3 * COIN - 9_999 - shop, "p2pkh")])
    assert named(said(chain)) == found


def test_it_abstains_where_an_input_address_is_not_known(chain):
    chain.spend([chain.mint("", 1 * COIN), chain.mint("a", 2 * COIN)], [("shop", 290_000_000), ("rest", 9_990_000)])
    assert said(chain) == []


def test_an_actor_that_is_named_for_the_change_alone_speaks_against_it(chain):
    paying = bought(chain)
    assert said(chain, paying, tags=[("rest", "Kraken")]) == []
    assert said(chain, paying, tags=[("rest", "Kraken"), ("a", "Bitfinex")]) == []
    assert named(said(chain, paying, tags=[("rest", "Kraken"), ("b", "kraken")])) == [("a", "rest")]
    assert named(said(chain, paying, tags=[("a", "Kraken"), ("shop", "Bitfinex")])) == [("a", "rest")]


NAMES = st.sampled_from(["a", "b", "c", "d", "", "e"])
VALUES = st.one_of(st.integers(0, 21 * 10**14), st.sampled_from([0, 1_000, 10**6, 290_000_000, 9_990_000]))
OUTPUTS = st.lists(st.tuples(st.one_of(st.none(), NAMES), VALUES), min_size=1, max_size=5)
STEPS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 40), max_size=3),
        OUTPUTS,
        st.sampled_from([1, 2, None]),
        st.sampled_from([0, 7, None]),
        st.sampled_from([0, 0xFFFF_FFFD, 0xFFFF_FFFE, 0xFFFF_FFFF, None]),
    ),
    min_size=1,
    max_size=8,
)


def grown(steps) -> Outputs:
    """A chain in which each transaction spends some of what lies unspent, chosen by number."""
    chain, unspent = Outputs(), []
    for chosen, outputs, version, locktime, sequence in steps:
        coins = [unspent.pop(number % len(unspent)) for number in chosen if unspent]
        made = chain.spend(coins, outputs, version=version, locktime=locktime, sequence=sequence)
        unspent += [leg for leg in made if isinstance(leg.holding, OutPoint)]
    return chain


@given(steps=STEPS, whole=st.booleans(), buys=st.booleans())
def test_it_never_raises_and_names_a_payer_with_one_of_the_outputs_for_two_reasons(steps, whole, buys):
    chain = grown(steps)
    if buys:  # what chance makes hardly ever has two signs that agree
        bought(chain)
    view = chain.view(None if whole else frozenset())
    for transaction in chain.made:
        for found in change(transaction, view):
            transfer = transaction.transfers[0]
            assert found.subject in {leg.address for leg in transfer.inputs}
            assert found.object in {leg.address for leg in transfer.outputs} - {leg.address for leg in transfer.inputs}
            assert found.evidence[0] == transaction.txid
            assert sum("for" in line for line in found.details) >= 2
            assert found.confidence >= UNION


@given(steps=STEPS, data=st.data())
def test_the_order_of_the_outputs_changes_nothing(steps, data):
    """The same payments with their last outputs shuffled name the same addresses: as long as nothing spends them."""
    inputs, outputs, *told = steps[-1]
    shuffled = data.draw(st.permutations(outputs))
    one, other = grown(steps), grown([*steps[:-1], (inputs, shuffled, *told)])
    assert named(change(one.last, one.view(None))) == named(change(other.last, other.view(None)))
    bought(one)
    bought(other, outputs=(("rest", 9_990_000), ("shop", 290_000_000)))
    assert named(change(one.last, one.view(None))) == named(change(other.last, other.view(None)))


@given(
    values=st.lists(st.integers(1, 10**9), min_size=2, max_size=4),
    equal=st.integers(1, 10**9),
    rest=OUTPUTS,
)
def test_it_is_silent_where_several_addresses_make_equal_outputs(values, equal, rest):
    chain = Outputs()
    coins = [chain.mint(f"in{number}", value) for number, value in enumerate(values)]
    chain.spend(coins, [("x", equal), ("y", equal), *rest])
    assert said(chain, complete=None) == []


def test_the_text_tells_what_is_measured_and_no_union_is_wrong():
    section = accuracy_page.part("change: payments", "Clusters: pairs")
    found = re.findall(r"\| (\w+) \| (\d+) \| change \| (\d+) \| (\d+) \| (\d+) \| ([^|]+) \| ([^|]+) \|\n", section)
    assert [name for name, *_ in found] == list(change_accuracy.EMULATED)
    assert {wrong for _, _, _, _, wrong, _, _ in found} == {"0"}
    _, payments, made, right, _, precision, recall = found[1]
    text = " ".join((change.__doc__ or "").split())
    assert f"on {payments} payments of one wallet of an emulated chain, {right} of {made} findings right" in text
    share, low = re.match(r"(\S+) \((\S+)-", precision).groups()
    assert f"precision {share} (at least {low}), recall {recall.split()[0]};" in text
    real = re.search(r"\| block300025 \| (\d+) \| the other signs of change \| (\d+) \| \2 \| 0 \|", section)
    assert f"Of {real[1]} real payments of 2014 that send change back where it came from, the other signs" in text
    assert f"signs agree on {real[2]}, all of them rightly" in text
    for sign, name, words in (
        (change_optimal, "block300025", "in {1} of {0} real payments of 2014"),
        (change_round_payment, "block300025", "in {1} of {0} real payments of 2014"),
        (change_round_payment, "emulated_joinmarket", "in {1} of {0} on an emulated chain"),
    ):
        counted = re.search(rf"\| {name} \| {sign.__name__} \| (\d+) \| (\d+) \|", section).groups()
        assert words.format(*counted) in (sign.__doc__ or "")
    silent = re.findall(r"\n\| [^|]+ \| (\d+) \| (\d+) \| (\d+) \|(?=\n)", section.partition("must be silent")[2])
    assert {(unions, leads) for _, unions, leads in silent} == {("0", "0")}
    assert f"In {sum(int(number) for number, *_ in silent):,} coinjoins" in text


def test_every_transaction_of_another_kind_says_nothing(chain):
    assert list(change(Transaction("tron", "t", None, 0, ()), chain.view())) == []
    chain.mint("a", 5)
    assert said(chain) == []
