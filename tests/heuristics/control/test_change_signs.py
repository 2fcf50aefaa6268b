"""Each sign of change alone: what it leaves, what it must be told for that, and when it says nothing."""

from __future__ import annotations

import pytest

from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer
from heuristics.control.change import SIGNS
from heuristics.control.change_cospent import change_cospent
from heuristics.control.change_outputs import is_mixed, may_be_several_peoples
from heuristics.control.change_signs import (
    change_address_reuse,
    change_one_time,
    change_optimal,
    change_round_payment,
    change_script_type,
)
from heuristics.control.change_spent import change_consumer, change_locktime, change_peel, change_version_sequence
from tests.heuristics.control.output_chain import BTC, CHAIN, Outputs

COIN = 10**8
# Real forms of two types of address on regtest: the same 20 bytes as P2WPKH and as P2PKH.
WITNESS = "bcrt1qrmmak2430d040rgauphrzx7jqmjwd5tdl7d2ld"
LEGACY = "miLhV9tZdEUHxHJFcs8zRY98zmY9Sqfwpf"


@pytest.fixture
def chain() -> Outputs:
    return Outputs()


def left(sign, chain, transaction=None, **view) -> set[int]:
    return set(sign(transaction or chain.last, chain.view(**view)).vouts)


def test_an_address_that_is_spent_and_paid_again_is_left(chain):
    chain.spend([chain.mint("a", 5)], [("b", 2), ("a", 3)])
    assert left(change_address_reuse, chain) == {1}
    chain.spend([chain.mint("a", 5)], [("b", 2), ("c", 3)])
    assert left(change_address_reuse, chain) == set()


def test_the_only_new_address_is_left_where_all_histories_are_known(chain):
    chain.mint("old", 5)
    chain.spend([chain.mint("a", 5)], [("old", 2), ("new", 3)])
    assert left(change_one_time, chain, complete=None) == {1}
    assert left(change_one_time, chain, complete=frozenset({"new", "old"})) == {1}
    assert left(change_one_time, chain, complete=None, how="all blocks read") == {1}
    assert left(change_one_time, chain, complete=frozenset({"new", "old"}), how="counter equal") == set()
    assert left(change_one_time, chain, complete=None, opening=7) == set()
    assert left(change_one_time, chain, complete=frozenset({"new"})) == set()
    assert left(change_one_time, chain) == set()


def test_an_address_that_is_paid_again_later_is_not_new(chain):
    chain.spend([chain.mint("a", 5)], [("b", 2), ("c", 3)])
    paying = chain.last
    assert left(change_one_time, chain, paying, complete=None) == {0, 1}
    chain.mint("b", 7)
    assert left(change_one_time, chain, paying, complete=None) == {1}


@pytest.mark.parametrize("outputs", [[("a", 2), ("c", 3)], [("b", 2), ("b", 3)], [(None, 0), ("", 3), ("b", 2)]])
def test_it_says_nothing_of_new_addresses_where_one_is_spent_twice_or_unknown(chain, outputs):
    chain.spend([chain.mint("a", 5)], outputs)
    assert left(change_one_time, chain, complete=None) == set()


@pytest.mark.parametrize(
    ("inputs", "outputs", "found"),
    [
        ([1 * COIN, 2 * COIN], [290_000_000, 9_990_000], {1}),
        ([1 * COIN, 2 * COIN], [150_000_000, 149_990_000], set()),
        ([5 * COIN], [3 * COIN, 2 * COIN], set()),
        ([5 * COIN, None], [1 * COIN, 4 * COIN], set()),
    ],
)
def test_less_than_the_least_of_several_inputs_is_left(chain, inputs, outputs, found):
    coins = [chain.mint("a", value) for value in inputs]
    chain.spend(coins, [(name, value) for name, value in zip("bc", outputs, strict=True)])
    assert left(change_optimal, chain) == found


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ([120_000_000, 91_101_111], {1}),  # six zeros at most count, and there are seven
        ([123_456_000, 87_645_111], {1}),
        ([123_456_700, 87_644_411], set()),  # two zeros: not round
        ([290_000_000, 9_990_000], {1}),  # both are round, one by far more
        ([1_000_000, 200_000], set()),  # one zero more says nothing
        ([100_000, 0], {1}),  # nothing is not round
        ([40_799, 10_276], set()),
        ([300_000, 200_000, 7], {2}),
    ],
)
def test_what_is_much_less_round_than_the_roundest_is_left(chain, outputs, found):
    chain.spend([chain.mint("a", 5 * COIN)], [(name, value) for name, value in zip("bcd", outputs, strict=False)])
    assert left(change_round_payment, chain) == found


def test_the_type_of_the_inputs_is_left_as_the_address_or_the_source_tells_it(chain):
    chain.spend([chain.mint(WITNESS, 5)], [(LEGACY, 2), (WITNESS, 3)])
    assert left(change_script_type, chain) == {1}
    one, two, three = chain.spend([], [("a", 5, "p2pkh"), ("a", 5, "p2pkh"), ("a", 5, "p2pkh")])
    chain.spend([one], [("b", 2, "p2sh"), ("c", 3, "p2pkh")])
    assert left(change_script_type, chain) == {1}
    chain.spend([two, *chain.spend([], [("d", 5, "p2sh")])], [("b", 2, "p2sh"), ("c", 3, "p2pkh")])
    assert left(change_script_type, chain) == set()
    chain.spend([three], [("b", 2), ("c", 3, "p2pkh")])
    assert left(change_script_type, chain) == set()


def test_locktimes_rule_out_what_is_spent_otherwise_and_never_what_is_not_known(chain):
    payee, rest = chain.spend([chain.mint("a", 5)], [("b", 2), ("c", 3)], locktime=110)
    paying = chain.last
    assert left(change_locktime, chain, paying) == {0, 1}
    chain.spend([payee], [("d", 2)])
    said = change_locktime(paying, chain.view())
    assert (said.vouts, said.unknown, said.evidence) == ({1}, {1}, (chain.last.txid,))
    chain.spend([rest], [("e", 3)], locktime=111)
    said = change_locktime(paying, chain.view())
    assert (said.vouts, said.unknown) == ({1}, set())


@pytest.mark.parametrize("other", [{"version": 1}, {"sequence": 0xFFFF_FFFF}, {"sequence": 0xFFFF_FFFE}])
def test_versions_and_kinds_of_sequences_rule_out_other_software(chain, other):
    payee, rest = chain.spend([chain.mint("a", 5)], [("b", 2), ("c", 3)])
    paying = chain.last
    chain.spend([payee], [("d", 2)], **other)
    chain.spend([rest], [("e", 3)], sequence=5)  # allows replacement, as the paying one does
    assert left(change_version_sequence, chain, paying) == {1}


@pytest.mark.parametrize("told", [{"version": None}, {"sequence": None}, {"locktime": None}])
def test_a_version_sequence_or_locktime_that_is_not_known_rules_nothing_out(chain, told):
    payee, _ = chain.spend([chain.mint("a", 5)], [("b", 2), ("c", 3)])
    paying = chain.last
    chain.spend([payee], [("d", 2)], **told)
    assert left(change_version_sequence, chain, paying) == {0, 1}
    assert left(change_locktime, chain, paying) == {0, 1}


def test_who_pays_more_than_two_is_no_consumer(chain):
    payee, _ = chain.spend([chain.mint("a", 9)], [("b", 6), ("c", 3)])
    paying = chain.last
    chain.spend([payee], [("d", 2), ("e", 3), ("f", 1)])
    assert left(change_consumer, chain, paying) == {1}


def test_what_is_spent_in_a_coinjoin_is_not_known(chain):
    payee, _ = chain.spend([chain.mint("a", 9)], [("b", 6), ("c", 3)])
    paying = chain.last
    chain.spend([payee, chain.mint("x", 6)], [("d", 5), ("e", 5), ("f", 1)], version=1)
    assert left(change_version_sequence, chain, paying) == {0, 1}
    assert left(change_consumer, chain, paying) == {0, 1}
    assert left(change_peel, chain, paying) == set()
    chain.made.pop()
    chain.spend([payee], [("d", 2), ("e", 3), ("f", 1)])
    assert left(change_consumer, chain, paying) == {1}
    assert left(change_consumer, chain, paying, coinjoins=[chain.last.txid]) == {0, 1}


def test_a_peel_chain_leaves_what_goes_on_in_its_shape(chain):
    _, rest = chain.spend([chain.mint("a", 90)], [("p", 10), ("b", 80)])
    first = chain.last
    assert left(change_peel, chain, first) == set()  # nothing before or after it has the shape
    peeled, rest = chain.spend([rest], [("q", 10), ("c", 70)])
    second = chain.last
    assert left(change_peel, chain, first) == {0, 1}  # the larger goes on, but none is before it
    chain.spend([rest], [("r", 10), ("d", 60)])
    said = change_peel(second, chain.view())
    assert (said.vouts, said.unknown) == ({1}, set())
    chain.spend([peeled], [("s", 10)])
    assert left(change_peel, chain, second) == {1}


def test_a_peel_chain_says_nothing_where_the_smaller_output_goes_on_or_both_do(chain):
    _, rest = chain.spend([chain.mint("a", 90)], [("p", 10), ("b", 80)])
    smaller, larger = chain.spend([rest], [("q", 10), ("c", 70)])
    second = chain.last
    chain.spend([smaller], [("r", 4), ("d", 6)])
    assert left(change_peel, chain, second) == {0, 1}
    chain.spend([larger], [("s", 10), ("e", 60)])
    assert left(change_peel, chain, second) == {0, 1}


def test_what_is_spent_together_with_the_payers_address_is_left(chain):
    old, coin = chain.mint("a", 40), chain.mint("a", 5)
    payee, rest = chain.spend([coin], [("b", 2), ("c", 3)])
    paying = chain.last
    assert left(change_cospent, chain, paying) == set()
    chain.spend([payee], [("d", 2)])
    assert left(change_cospent, chain, paying) == set()
    chain.spend([rest, old], [("e", 42)])
    said = change_cospent(paying, chain.view())
    assert (said.vouts, said.unknown, len(said.evidence)) == ({1}, set(), 2)
    assert left(change_cospent, chain, paying, coinjoins=[chain.last.txid]) == set()


def test_what_is_spent_together_where_a_payjoin_is_possible_says_nothing(chain):
    old, coin = chain.mint("a", 40), chain.mint("a", 5)
    _, rest = chain.spend([coin], [("b", 2), ("c", 3)])
    paying = chain.last
    chain.spend([rest, old], [("e", 30), ("f", 10)])
    assert left(change_cospent, chain, paying) == set()


def test_an_output_back_to_the_payer_is_not_spent_together_with_itself(chain):
    _, rest = chain.spend([chain.mint("a", 5)], [("b", 2), ("a", 3)])
    paying = chain.last
    chain.spend([rest, chain.mint("x", 7)], [("e", 10)])
    assert left(change_cospent, chain, paying) == set()


def test_no_sign_says_anything_of_a_coinbase_or_an_account_transaction(chain):
    chain.spend([], [("a", 100_000), ("b", 7)])
    for _, sign in SIGNS:
        assert left(sign, chain, complete=None) in (set(), {0, 1}), sign.__name__
        assert sign(Transaction("tron", "t", None, 0, ()), chain.view()).vouts == set()


def test_every_sign_says_its_source_its_failures_and_what_is_published():
    texts = [sign.__doc__ or "" for _, sign in SIGNS]
    assert all(word in text for text in texts for word in ("Source:", "Known failures:", "Published:"))
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("addresses", "values", "outputs", "possible"),
    [
        (["a", "b"], [10, 20], [15, 14], True),
        (["a", "b"], [10, 20], [20, 9], False),  # the fee needs it too
        (["a", "b"], [10, 20], [29, 1], False),
        (["a", "a"], [10, 20], [15, 14], False),
        (["a", "b"], [10, None], [29, 1], True),
        (["a", "b"], [10, 20], [9, 9, 9], False),
    ],
)
def test_an_input_that_was_not_needed_may_be_the_receivers(addresses, values, outputs, possible):
    spent = tuple(Leg(value, None, name) for name, value in zip(addresses, values, strict=True))
    made = tuple(Leg(value, OutPoint(CHAIN, "t", n), "", n) for n, value in enumerate(outputs))
    transfer = Transfer("utxo", "utxo", BTC, spent, made, (0, 0, 0))
    assert may_be_several_peoples(Transaction(CHAIN, "t", None, 0, (transfer,))) is possible


def test_equal_outputs_with_inputs_of_unknown_addresses_look_like_a_coinjoin(chain):
    coin = chain.mint("", 9)
    chain.spend([coin, chain.mint("a", 9)], [("b", 8), ("c", 8)])
    assert is_mixed(chain.last, chain.view())
    chain.spend([chain.mint("", 9)], [("b", 4), ("c", 4)])
    assert not is_mixed(chain.last, chain.view())
