"""Common input: what it joins, when it abstains, and that its text tells the numbers that were measured."""

from __future__ import annotations

import re

import pytest

from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset, Block, OutPoint
from chaintrace.model.finding import CommonControl, Service
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryFacts
from heuristics import ALL
from heuristics.control.common_input import EARLIER, PAYJOINS, common_input, has_payjoins
from tests.benchmarks import accuracy_page

BTC = Asset("bitcoin", "", "BTC", 8)


def spend(inputs: list[str], outputs: list[int], values: list[int] | None = None, time: int | None = None):
    values = values or [10] * len(inputs)
    legs_in = tuple(
        Leg(value, OutPoint("bitcoin", "p", n), address, n)
        for n, (address, value) in enumerate(zip(inputs, values, strict=True))
    )
    legs_out = tuple(Leg(value, OutPoint("bitcoin", "t", n), f"out{n}", n) for n, value in enumerate(outputs))
    block = None if time is None else Block(None, "", time)
    return Transaction("bitcoin", "t", block, 0, (Transfer("utxo", "utxo", BTC, legs_in, legs_out, (0, 0, 0)),))


def pairs(transaction: Transaction, actors: dict[str, str] | None = None, rules: tuple[str, ...] = ()):
    tags = {("bitcoin", a): (Tag("bitcoin", a, "", name, "", 50, "a list"),) for a, name in (actors or {}).items()}
    said = tuple(Service("bitcoin", "t", "", ("t",), rule, 1, 50) for rule in rules)
    view = CaseView(MemoryFacts((transaction,)), all_tags=tags, all_findings={("bitcoin", "t"): said})
    found = list(common_input(transaction, view))
    assert all(isinstance(one, CommonControl) and one.evidence == ("t",) for one in found)
    return [(one.subject, one.object) for one in found]


@pytest.mark.parametrize(
    ("inputs", "outputs", "joined"),
    [
        (["b", "a", "c", "a"], [7, 3], [("a", "b"), ("a", "c")]),
        (["a"], [7, 3], []),
        (["a", "a"], [7, 7], []),
        (["a", "", "b"], [7], [("a", "b")]),
        (["a", "b"], [7, 7, 3], []),
        (["a", "b"], [0, 0, 3], [("a", "b")]),
        ([], [7], []),
    ],
)
def test_what_is_spent_together_is_joined_unless_it_looks_like_a_coinjoin(inputs, outputs, joined):
    assert pairs(spend(inputs, outputs)) == joined


@pytest.mark.parametrize("rule", ["coinjoin_wasabi2", "coinjoin_generic", "a_rule_of_somebody_else"])
def test_it_abstains_where_a_rule_found_a_coinjoin(rule):
    transaction = spend(["a", "b"], [12, 5, 1])
    assert pairs(transaction) == [("a", "b")]
    assert pairs(transaction, rules=(rule,)) == []
    assert pairs(transaction, rules=("whirlpool_tx0", rule)) == []


def test_a_preparation_for_whirlpool_is_one_wallets_although_its_outputs_are_equal():
    transaction = spend(["a", "b"], [7, 7, 3])
    assert pairs(transaction) == []
    assert pairs(transaction, rules=("whirlpool_tx0",)) == [("a", "b")]


def test_a_finding_about_an_address_that_the_transaction_is_evidence_of_is_no_coinjoin():
    transaction = spend(["a", "b"], [12, 5, 1])
    said = (Service("bitcoin", "out0", "hot", ("t",), "deposit_address", 1, 50),)
    view = CaseView(MemoryFacts((transaction,)), all_findings={("bitcoin", "t"): said})
    assert len(list(common_input(transaction, view))) == 1


@pytest.mark.parametrize(
    ("outputs", "values", "joined"),
    [
        ([12, 5], [10, 10], True),  # without either input the 12 cannot be paid
        ([9, 4], [10, 4], False),  # 10 would have paid the 9 and the fee of 1
        ([9, 4], [9, 5], True),  # 9 would not: the fee is missing
        ([9, 3, 1], [10, 4], True),  # three outputs
        ([13], [10, 4], True),  # one output
    ],
)
def test_it_abstains_where_an_input_was_not_needed(outputs, values, joined):
    assert bool(pairs(spend(["a", "b"], outputs, values))) is joined


@pytest.mark.parametrize(
    ("outputs", "values", "joined"),
    [
        ([95_001_234, 5_000_112], [90_001_234, 10_000_999], False),  # a coin of 90,001,234 and what is paid
        ([95_001_235, 5_000_111], [90_001_234, 10_000_999], True),  # by no round amount more
        ([95_000_000, 5_000_112], [90_000_000, 10_000_999], True),  # round by itself
        ([96_000_347, 4_000_999], [90_001_234, 10_000_999], True),  # less than the input
        ([95_001_234, 5_000_000, 112], [90_001_234, 10_000_999], False),  # three outputs
        ([95_001_234, 4_999_900, 77, 35], [90_001_234, 10_000_999], True),  # four
    ],
)
def test_it_abstains_where_an_output_may_be_a_coin_and_a_round_amount(outputs, values, joined):
    assert bool(pairs(spend(["a", "b"], outputs, values))) is joined


@pytest.mark.parametrize(("number", "joined"), [(15, False), (16, True)])
def test_among_many_inputs_a_round_difference_is_chance(number, joined):
    values = [90_001_234, *(1_000_100 + place for place in range(1, number))]
    most = 90_001_234 + (number - 1) * 1_000_000 - 500_000
    transaction = spend([str(place) for place in range(number)], [most, sum(values) - most - 500], values)
    assert bool(pairs(transaction)) is joined


def test_before_there_were_payjoins_nobody_is_suspected_of_one():
    assert pairs(spend(["a", "b"], [9, 4], [10, 4], PAYJOINS - 1)) == [("a", "b")]
    assert pairs(spend(["a", "b"], [9, 4], [10, 4], PAYJOINS)) == []


@pytest.mark.parametrize(
    ("chain", "height", "time", "late"),
    [
        ("bitcoin", EARLIER, None, False),
        ("bitcoin", EARLIER + 1, None, True),
        ("bitcoin", EARLIER + 1, PAYJOINS - 1, False),
        ("bitcoin", None, None, True),
        ("bitcoin-regtest", 1, None, True),
        ("bitcoin-regtest", 1, PAYJOINS, True),
    ],
)
def test_the_height_tells_where_no_time_does(chain, height, time, late):
    assert has_payjoins(Transaction(chain, "t", Block(height, "", time), 0, ())) is late


def test_the_height_that_is_earlier_is_that_of_a_block_at_hand(shared):
    header = (shared / "data" / "bitcoin" / "blocks" / f"block{EARLIER}.dat").read_bytes()[:80]
    assert int.from_bytes(header[68:72], "little") < PAYJOINS


def test_an_input_of_unknown_value_is_a_suspicion_since_there_are_payjoins():
    assert pairs(spend(["a", "b"], [9, 4], [10, None], PAYJOINS)) == []
    assert pairs(spend(["a", "b"], [9, 4], [10, None], PAYJOINS - 1)) == [("a", "b")]
    assert pairs(spend(["a", "b"], [9], [10, None], PAYJOINS)) == [("a", "b")]


@pytest.mark.parametrize(
    ("actors", "joined"),
    [
        ({"a": "one", "b": "two"}, False),
        ({"a": "one", "c": "two"}, False),
        ({"a": "One", "b": "one"}, True),
        ({"a": "one"}, True),
    ],
)
def test_it_abstains_where_tags_name_different_actors(actors, joined):
    assert bool(pairs(spend(["a", "b", "c"], [20, 5, 1]), actors)) is joined


def test_an_account_transaction_says_nothing():
    assert list(common_input(Transaction("tron", "t", None, 0, ()), CaseView(MemoryFacts(())))) == []


def test_every_rule_says_where_it_fails_and_how_often():
    for rule in ALL:
        text = rule.rule.__doc__ or ""
        assert all(word in text for word in ("Source:", "Known failures:", "Measured")), rule.id


def test_the_rules_text_tells_what_is_measured():
    page = accuracy_page.whole()
    text = " ".join((common_input.__doc__ or "").split())
    without = re.findall(r"without the abstention \| \d+ \| \d+ \| (\d\.\d{3})", page)
    assert f"would be {without[0]} and {without[1]}" in text
    table = page.split("## common_input: abstentions")[1].split("\n## ")[0]
    passed = {name: told for name, *told in re.findall(r"\| (\w+) \| \d+ \| (\d+) \| (\d+) \| (\d+) \|\n", table)}
    for name, said in (("emulated_wasabi2", "6 of 6"), ("emulated_joinmarket", "32 of 32")):
        assert "{1} of {0}".format(*passed[name]) == said
        assert said in text
    for name in ("wasabi1_2018", "whirlpool_202403"):
        assert passed[name][0] == passed[name][1]
    several, over, alone = passed["whirlpool_tx0"]
    assert f"Of {several} preparations of one wallet each (Whirlpool, 2024) it passes over {over}, and {alone}" in text
    several, over, _ = passed["block300025"]
    assert f"of {several} ordinary transactions of 2014 it passes over {over}." in text


def test_the_rules_text_tells_what_suspecting_payjoins_costs():
    text = " ".join((common_input.__doc__ or "").split())
    table = accuracy_page.part("common_input: payjoins", "Coinjoins: by family")
    made = [line.split(" | ") for line in table.splitlines() if line.startswith("| payjoins | a ")]
    number, joined = (sum(int(cells[place].strip(" |")) for cells in made) for place in (3, -1))
    assert f"Of {number:,} payjoins that were made to measure it, it joins {joined}." in text
    real = next(line.split(" | ") for line in table.splitlines() if "as P2WPKH" in line)
    assert f"Of {real[1]} payments of 2014 from several addresses it would pass over {real[-2]}, were" in text
