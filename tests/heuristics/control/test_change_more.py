"""Signs of change in the order of outputs, in replacements, in fee rates, and those that are several at once."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest

from benchmarks.change_accuracy import opened
from chaintrace.addresses import address_script
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Leg, Transaction
from heuristics.control.change import BESIDE, SIGNS, change
from heuristics.control.change_composed import change_graphsense, change_legacy
from heuristics.control.change_fee_rate import change_fee_rate, rate
from heuristics.control.change_order import change_order, is_ordered
from heuristics.control.change_replaced import change_replaced
from tests.heuristics.control.output_chain import CHAIN, Outputs, named

COIN = 10**8
WITNESS = "bcrt1qrmmak2430d040rgauphrzx7jqmjwd5tdl7d2ld"
LEGACY = "miLhV9tZdEUHxHJFcs8zRY98zmY9Sqfwpf"


@pytest.fixture
def chain() -> Outputs:
    return Outputs()


def left(sign, chain, transaction=None, **view) -> set[int]:
    return set(sign(transaction or chain.last, chain.view(**view)).vouts)


def scripted(transaction: Transaction) -> Transaction:
    """The same with a script for each output."""
    transfer = transaction.transfers[0]
    outputs = tuple(replace(leg, script=f"51{leg.index:02x}") for leg in transfer.outputs)
    return replace(transaction, transfers=(replace(transfer, outputs=outputs),))


@pytest.mark.parametrize(
    ("values", "ordered"),
    [
        ([1, 2], None),
        ([2, 1], False),
        ([1, 2, 3], None),
        ([1, 2, 3, 4], True),
        ([1, 2, 4, 3], False),
        ([5, 5, 5, 5], None),
    ],
)
def test_outputs_in_order_say_something_from_four_amounts_on_and_others_at_once(chain, values, ordered):
    chain.spend([chain.mint("a", 99)], [(f"b{number}", value) for number, value in enumerate(values)])
    assert is_ordered(scripted(chain.last)) is ordered
    assert is_ordered(chain.last) is (None if ordered else ordered)  # without scripts equal amounts have no order


def test_equal_amounts_are_in_order_by_their_scripts(chain):
    chain.spend([chain.mint("a", 99)], [(f"b{number}", value) for number, value in enumerate([1, 2, 3, 4, 4])])
    known = scripted(chain.last)
    *first, last = known.transfers[0].outputs
    assert is_ordered(known) is True
    other = replace(known, transfers=(replace(known.transfers[0], outputs=(*first, replace(last, script="00"))),))
    assert is_ordered(other) is False


def test_an_order_rules_out_what_is_spent_by_who_puts_outputs_in_order(chain):
    payee, rest = chain.spend([chain.mint("a", 50)], [("b", 30), ("c", 20)])
    paying = chain.last
    chain.spend([payee], [("d", 1), ("e", 2), ("f", 3), ("g", 4)])
    chain.made[-1] = scripted(chain.last)
    said = change_order(paying, chain.view())
    assert (said.vouts, said.unknown) == ({1}, {1})
    chain.spend([rest], [("h", 11), ("i", 9)])
    said = change_order(paying, chain.view())
    assert (said.vouts, said.unknown, len(said.evidence)) == ({1}, set(), 2)


def replaced(chain, before, after, *, more=()) -> Transaction:
    """A payment that waits, and one in a block that spends the same coin, and more."""
    coin = chain.mint("a", 100)
    chain.spend([coin], before)
    waiting = replace(chain.made.pop(), txid="f" * 64, block=None, status="pending")
    transfer = waiting.transfers[0]
    outputs = tuple(replace(leg, holding=OutPoint(CHAIN, waiting.txid, leg.index)) for leg in transfer.outputs)
    waiting = replace(waiting, transfers=(replace(transfer, outputs=outputs),))
    chain.spend([coin, *(chain.mint(*one) for one in more)], after)
    chain.made.append(waiting)
    return waiting


@pytest.mark.parametrize(
    ("before", "after", "more", "found"),
    [
        ([("b", 60), ("c", 39)], [("b", 60), ("c", 30)], (), {1}),
        ([("b", 60), ("c", 39)], [("c", 30), ("b", 60)], (), {1}),
        ([("b", 60), ("c", 39)], [("b", 59), ("c", 38)], (), set()),
        ([("b", 60), ("c", 38)], [("b", 61), ("c", 30)], (), set()),
        ([("b", 60), ("c", 39)], [("b", 60)], (), set()),
        ([("b", 60), ("c", 39)], [("a", 95)], (), set()),
        ([("b", 60), ("c", 39)], [("b", 60), ("c", 30)], [("x", 1)], set()),
        ([("b", 60), ("b", 39)], [("b", 60), ("b", 30)], (), set()),
        ([("b", 60), ("c", 39)], [("b", 60), ("c", 39)], (), set()),
    ],
)
def test_what_a_replacement_makes_smaller_is_left(chain, before, after, more, found):
    waiting = replaced(chain, before, after, more=more)
    assert left(change_replaced, chain, waiting) == found
    assert left(change_replaced, chain, chain.made[-2]) == set()  # the one that replaced it knows of no other


def test_a_replacement_and_one_sign_with_a_vote_name_nobody(chain):
    waiting = replaced(chain, [("b", 60_000), ("c", 39_111)], [("b", 60_000), ("c", 30_111)])
    assert left(change_replaced, chain, waiting) == {1}
    assert named(change(waiting, chain.view())) == []


@pytest.mark.parametrize(
    ("coins", "outputs", "legacy", "graphsense"),
    [
        ([900_001], [("old", 200_000), ("new", 700_001)], {1}, {1}),
        ([900_001], [("old", 200_001), ("new", 700_000)], {1}, set()),  # a multiple of a thousand
        ([400_001, 500_000], [("old", 800_000), ("new", 100_001)], {1}, {1}),
        ([400_001, 500_000], [("old", 200_000), ("new", 700_001)], set(), set()),  # it is not below every input
        ([900_004], [("older", 200_001), ("new", 700_003)], set(), set()),  # both are new
        ([900_001], [("new", 900_001)], set(), set()),
        ([900_001], [("old", 200_001), ("", 700_000)], set(), set()),
    ],
)
def test_signs_that_are_several_at_once(chain, coins, outputs, legacy, graphsense):
    chain.mint("old", 5)
    spent = [replace(chain.mint(f"a{number}", value), script_type="p2pkh") for number, value in enumerate(coins)]
    chain.spend(spent, [(name, value, "p2pkh") for name, value in outputs])
    assert left(change_legacy, chain, complete=None) == legacy
    assert left(change_graphsense, chain, complete=None) == graphsense
    assert left(change_legacy, chain) == left(change_graphsense, chain) == set()


def test_an_address_that_is_paid_or_spent_again_is_no_change_to_graphsense(chain):
    coin = replace(chain.mint("a", 900_001), script_type="p2pkh")
    chain.mint("old", 5)
    _, rest = chain.spend([coin], [("old", 200_000, "p2pkh"), ("new", 700_001, "p2pkh")])
    paying = chain.last
    chain.spend([rest], [("e", 700_000)])
    assert left(change_graphsense, chain, paying, complete=None) == {1}
    chain.mint("new", 7)
    assert left(change_graphsense, chain, paying, complete=None) == set()
    assert left(change_legacy, chain, paying, complete=None) == {1}


def spends(chain, leg, fee, to=LEGACY) -> Transaction:
    chain.spend([leg], [(to, leg.value - fee)])
    return chain.last


@pytest.mark.parametrize(
    ("payees", "change_", "found", "unknown"),
    [
        (2_200, 1_100, {1}, set()),
        (1_100, 1_100, {0, 1}, set()),
        (2_200, 2_300, set(), set()),  # none of both is the payer's rate: rates change
        (None, 1_100, {0, 1}, {0}),
        (2_200, None, set(), set()),
    ],
)
def test_the_rate_that_was_paid_before_is_left(chain, payees, change_, found, unknown):
    payee, rest = chain.spend([chain.mint(WITNESS, COIN)], [(WITNESS, COIN // 2), (WITNESS, COIN // 2 - 1_410)])
    paying = chain.last
    for leg, fee in ((payee, payees), (rest, change_)):
        if fee is not None:
            spends(chain, leg, fee, WITNESS)
    said = change_fee_rate(paying, chain.view())
    assert (said.vouts, said.unknown) == (found, unknown)


def test_the_weight_of_what_the_scripts_do_not_tell_is_not_known(chain):
    chain.spend([chain.mint(LEGACY, 5_000)], [(WITNESS, 4_000)])
    found = rate(chain.last)
    assert (found.fee, found.least, found.most) == (1_000, 4 * (10 + 41 + 104 + 31), 4 * (10 + 41 + 140 + 31))
    for inputs, outputs in (([("x", 5)], [(WITNESS, 4)]), ([(LEGACY, 5)], [("x", 4)]), ([], [(WITNESS, 4)])):
        chain.spend([chain.mint(*one) for one in inputs], outputs)
        assert rate(chain.last) is None
    chain.spend([Leg(None, OutPoint(CHAIN, "t", 0), LEGACY)], [(WITNESS, 4)])
    assert rate(chain.last) is None
    assert len(address_script(WITNESS, CHAIN)) == 22


@pytest.mark.parametrize("name", ["emulated_joinmarket", "emulated_wasabi2"])
def test_the_real_sizes_lie_within_the_bounds(shared, name):
    path = shared / "data" / "bitcoin" / "coinjoin" / f"{name}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        size = {row["txid"]: row["vsize"] for row in map(json.loads, lines)}
    with opened(path, CHAIN) as (_, transactions):
        known = [(one, rate(one)) for one in transactions]
    told = [(size[one.txid], found) for one, found in known if found is not None]
    assert len(told) > 10
    assert all(-(-found.least // 4) <= vsize <= -(-found.most // 4) for vsize, found in told)


def test_no_sign_beside_says_anything_of_a_coinbase_or_an_account_transaction(chain):
    chain.spend([], [("a", 100_000), ("b", 7)])
    for _, sign in BESIDE:
        assert left(sign, chain, complete=None) == set(), sign.__name__
        assert sign(Transaction("tron", "t", None, 0, ()), chain.view()).vouts == set()


def test_every_sign_beside_says_its_source_its_failures_what_is_published_and_measured():
    texts = [sign.__doc__ or "" for _, sign in BESIDE]
    words = ("Source:", "Known failures:", "Published:", "Measured")
    assert all(word in text for text in texts for word in words)
    assert len({*texts, *(sign.__doc__ for _, sign in SIGNS)}) == len(BESIDE) + len(SIGNS)
