"""The view of a case: facts or what is missing, by coverage (M10), with look-up sources behind the store."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chaintrace.case.view import CaseView
from chaintrace.case.within import Within
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.finding import Noise
from chaintrace.model.provenance import Coverage, Source, Unspent
from chaintrace.model.transaction import PENDING_RANK, Leg, Transaction, Transfer
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction, View
from chaintrace.store import Answered, MemoryFacts, MemoryStore, Network

COIN = Asset("ledger", "COIN", "COIN", 2)
BTC = Asset("bitcoin", "", "BTC", 8)
ALICE, BOB = Account("alice", COIN), Account("bob", COIN)


def covered(chain, addresses=None, contracts=None, start=0, end=10):
    return Coverage(chain, addresses, contracts, start, end, end, None)


def pay(txid, row):
    legs = [(Leg(5, account, account.address),) for account in (ALICE, BOB)]
    return Transaction("ledger", txid, Block(row, "", None), row, (Transfer("0", "token", COIN, *legs, (row, row, 0)),))


def move(txid, spent, *outputs, height=1, known=None):
    inputs = tuple(Leg(known, OutPoint("bitcoin", *out), "", n) for n, out in enumerate(spent))
    made = tuple(Leg(value, OutPoint("bitcoin", txid, n), address, n) for n, (value, address) in enumerate(outputs))
    rank = PENDING_RANK if height is None else height
    block = None if height is None else Block(height, "", None)
    return Transaction("bitcoin", txid, block, 0, (Transfer("utxo", "utxo", BTC, inputs, made, (rank, 0, 0)),))


class Lookup:
    """A source that is asked, and counts how often."""

    whole = False
    source = Source("blocks", "blocks", "0" * 64)

    def __init__(self, *transactions):
        self.held = {transaction.txid: transaction for transaction in transactions}
        self.asked = []

    def transaction(self, txid):
        self.asked.append(txid)
        return self.held.get(txid)

    def spender(self, outpoint):
        spenders = (tx for tx in self.held.values() if outpoint in {leg.holding for leg in tx.utxo.inputs})
        return next(spenders, None)


def view(*transactions, coverages=(), lookup=None):
    lookups = {"bitcoin": (lookup,)} if lookup else {}
    made: View = CaseView(MemoryFacts(transactions), tuple(coverages), lookups)
    return made


def test_a_covered_account_has_its_history():
    coverage = covered("ledger", frozenset({"bob"}), frozenset({"COIN"}))
    history = view(pay("t2", 2), pay("t1", 1), coverages=[coverage]).history(BOB)
    assert [movement.transaction.txid for movement in history.movements] == ["t1", "t2"]
    assert (history.account, history.opening, history.coverage) == (BOB, None, (coverage,))


def test_a_covered_account_without_movements_has_an_empty_history():
    history = view(coverages=[covered("ledger")]).history(BOB)
    assert tuple(history.movements) == ()


@pytest.mark.parametrize(
    "coverage",
    [
        covered("ledger", frozenset({"alice"})),
        covered("ledger", contracts=frozenset({"GOLD"})),
        covered("elsewhere"),
    ],
)
def test_an_uncovered_account_is_missing_even_if_the_file_shows_some_of_it(coverage):
    made = view(pay("t1", 1), coverages=[coverage])
    assert made.history(BOB) == MissingHistory(BOB)
    assert len(made.movements(BOB)) == 1


def test_what_is_missing_is_remembered_in_order_and_once():
    made = view(pay("t1", 1))
    made.transaction("ledger", "absent")
    made.history(BOB)
    made.spender(OutPoint("bitcoin", "t", 0))
    made.history(BOB)
    made.transaction("ledger", "t1")
    assert made.missing == (
        MissingTransaction("ledger", "absent"),
        MissingHistory(BOB),
        MissingSpender(OutPoint("bitcoin", "t", 0)),
    )


def networked(*coverages, tip=9):
    """A view over a network that was asked as of a tip, with movements of bob's at the ranks 1 to 4."""
    store = MemoryStore()
    network = Network("ledger", "etherscan", "site")
    store.pin("ledger", Block(tip, "tip", 1_600_000_000), datetime(2026, 1, 1, tzinfo=UTC))
    told = tuple(pay(f"t{row}", row) for row in range(1, 5))
    store.tell([Answered(network, MissingHistory(BOB), "told", told, coverage=coverages)])
    facts = store.facts([], networks=[network])
    return CaseView(facts, facts.heard.coverage)


def opened(start, opening, end=9):
    own = frozenset({"bob"}), frozenset({"COIN"})
    return Coverage("ledger", *own, start, end, end, 1_600_000_000, "balance equal", opening)


@pytest.mark.parametrize(
    ("coverages", "since", "opening", "first"),
    [
        ([opened(0, None)], 3, None, "t1"),  # nobody knows it, so that all that is shown counts
        ([opened(0, 0)], 3, 0, "t1"),
        ([opened(3, 77)], 3, 77, "t3"),
        ([opened(3, 77)], 4, 77, "t3"),
        ([opened(3, 77), opened(2, 5)], 3, 5, "t2"),  # the one that reaches further back
        ([opened(3, 77), opened(0, None)], 3, 77, "t3"),
    ],
)
def test_a_known_opening_is_that_before_the_first_movement_of_the_history(coverages, since, opening, first):
    history = networked(*coverages).history(BOB, since)
    assert history.opening == opening
    assert history.movements[0].transaction.txid == first


@pytest.mark.parametrize("coverages", [[], [opened(3, 77)], [opened(0, 0, end=8)]])
def test_a_network_is_asked_again_for_what_lies_before_its_coverage_or_after_it(coverages):
    made = networked(*coverages)
    assert made.history(BOB, 2) == MissingHistory(BOB, 2)
    assert made.missing == (MissingHistory(BOB, 2),)


def test_an_output_that_is_spent_in_the_sources_has_its_spender_whoever_holds_it():
    made = view(move("a", [], (5, "x")), move("b", [("a", 0)], (5, "y"), height=2))
    assert made.spender(OutPoint("bitcoin", "a", 0)).txid == "b"


@pytest.mark.parametrize(
    ("coverage", "is_known"),
    [
        (covered("bitcoin"), True),
        (covered("bitcoin", frozenset({"x"}), frozenset({""})), True),
        (covered("bitcoin", frozenset({"y"})), False),
        (covered("bitcoin", end=4), False),  # what this source holds ends before the output was made
        (covered("ledger"), False),
    ],
)
def test_an_output_is_unspent_only_where_its_address_is_covered(coverage, is_known):
    answer = view(move("a", [], (5, "x"), height=5), coverages=[coverage]).spender(OutPoint("bitcoin", "a", 0))
    assert answer == (None if is_known else MissingSpender(OutPoint("bitcoin", "a", 0)))


def test_an_output_without_an_address_is_covered_where_every_address_is():
    outpoint = OutPoint("bitcoin", "a", 0)
    assert view(move("a", [], (5, "")), coverages=[covered("bitcoin")]).spender(outpoint) is None
    some = view(move("a", [], (5, "")), coverages=[covered("bitcoin", frozenset({"x"}))])
    assert some.spender(outpoint) == MissingSpender(outpoint)


def test_an_output_of_a_pending_transaction_rests_where_its_address_is_covered():
    made = view(move("a", [], (5, "x"), height=None), coverages=[covered("bitcoin")])
    assert made.spender(OutPoint("bitcoin", "a", 0)) is None


def test_an_output_that_nobody_knows_is_missing():
    outpoint = OutPoint("bitcoin", "a", 7)
    assert view(move("a", [], (5, "x")), coverages=[covered("bitcoin")]).spender(outpoint) == MissingSpender(outpoint)


def test_look_up_sources_answer_what_the_store_does_not_hold():
    lookup = Lookup(move("a", [], (5, "x")), move("b", [("a", 0)], (5, "y"), height=2, known=5))
    made = view(coverages=[covered("bitcoin")], lookup=lookup)
    assert made.transaction("bitcoin", "a").txid == "a"
    assert made.spender(OutPoint("bitcoin", "a", 0)).txid == "b"
    assert made.spender(OutPoint("bitcoin", "b", 0)) is None
    assert made.transaction("ledger", "a") == MissingTransaction("ledger", "a")
    assert [asset.name for asset in made.assets("bitcoin")] == ["BTC"]


def test_an_answer_is_asked_for_once():
    lookup = Lookup(move("a", [], (5, "x")))
    made = view(lookup=lookup)
    assert made.transaction("bitcoin", "a") is made.transaction("bitcoin", "a")
    assert lookup.asked == ["a"]


def test_inputs_are_completed_from_any_source_of_the_case():
    lookup = Lookup(move("a", [], (5, "x"), (6, "z")))
    made = view(move("b", [("a", 1), ("gone", 0)], (5, "y"), height=2), lookup=lookup)
    first, second = made.transaction("bitcoin", "b").utxo.inputs
    assert (first.value, first.address, first.index, first.holding) == (6, "z", 0, OutPoint("bitcoin", "a", 1))
    assert second.value is None
    assert made.spender(OutPoint("bitcoin", "a", 1)).utxo.inputs[0].value == 6
    assert made.missing == ()


def test_tags_and_findings_are_handed_through():
    tag = Tag("ledger", "bob", "Bob's", "", "exchange", 50, "list", stops=True)
    finding = Noise("ledger", "t1", "", ("t1",))
    made = view(pay("t1", 1))
    tagged = made.with_tags({("ledger", "bob"): (tag,)}).with_findings({("ledger", "t1"): (finding,)})
    assert tagged.tags("ledger", "bob") == (tag,)
    assert tagged.findings("ledger", "t1") == (finding,)
    assert made.tags("ledger", "bob") == ()
    assert tagged.tags("bitcoin", "bob") == ()
    assert tagged.transaction("ledger", "t1").txid == "t1"


def test_coverages_come_in_the_order_of_the_sources():
    first, second = covered("ledger", frozenset({"bob"})), covered("ledger")
    made = view(coverages=[first, second])
    assert made.coverage("ledger", "bob", "COIN") == (first, second)
    assert made.coverage("ledger", "alice", "COIN") == (second,)
    assert made.coverage("bitcoin", "bob", "COIN") == ()


def asked(told, *, height=5, name="site"):
    """A view over one network that told these transactions, and of `a:0` that it is unspent at a height."""
    store = MemoryStore()
    network = Network("bitcoin", "esplora", name)
    pin = store.pin("bitcoin", Block(height, "tip", 1_600_000_000), datetime(2026, 1, 1, tzinfo=UTC))
    outpoint = OutPoint("bitcoin", "a", 0)
    source = Source("esplora", "GET outspend", "0" * 64)
    unspent = Unspent(outpoint, "x", height, "tip", 1_600_000_000, "asked twice", source)
    store.tell([Answered(network, MissingSpender(outpoint), "told", tuple(told), (unspent,))])
    assert store.pins() == {"bitcoin": pin}
    return CaseView(store.facts([], networks=[network]))


def test_an_output_that_a_network_says_is_unspent_rests_as_of_that_height():
    made = asked([move("a", [], (5, "x"), (6, "y"), height=4)])
    assert made.spender(OutPoint("bitcoin", "a", 0)) is None
    told = made.unspent(OutPoint("bitcoin", "a", 0))
    assert (told.end, told.height, told.time, told.how) == (5, 5, 1_600_000_000, "asked twice")
    assert told.covers("x", "")
    assert made.spender(OutPoint("bitcoin", "a", 1)) == MissingSpender(OutPoint("bitcoin", "a", 1))
    assert made.unspent(OutPoint("bitcoin", "a", 1)) is None


@pytest.mark.parametrize(("height", "rests"), [(5, True), (6, False), (None, True)])
def test_that_an_output_is_unspent_counts_from_its_own_block_on(height, rests):
    made = asked([move("a", [], (5, "x"), height=height)])
    assert (made.unspent(OutPoint("bitcoin", "a", 0)) is not None) is rests


def test_a_known_spender_says_that_its_output_was_unspent_before():
    made = asked([move("a", [], (5, "x"), (6, "y")), move("b", [("a", 1)], (6, "z"), height=3)])
    told = made.unspent(OutPoint("bitcoin", "a", 1))
    assert (told.end, told.height) == (3, 3)
    by_file = view(move("a", [], (5, "x")), move("b", [("a", 0)], (5, "y"), height=2))
    assert by_file.unspent(OutPoint("bitcoin", "a", 0)) is None


def test_a_confined_view_hears_networks_about_its_outputs_only():
    made = asked([move("a", [], (5, "x"), (6, "y")), move("b", [("a", 1)], (6, "z"), height=3)])
    none = made.confined(Within(frozenset(), frozenset()))
    assert none.spender(OutPoint("bitcoin", "a", 1)) == MissingSpender(OutPoint("bitcoin", "a", 1))
    assert none.spender(OutPoint("bitcoin", "a", 0)) == MissingSpender(OutPoint("bitcoin", "a", 0))
    assert none.unspent(OutPoint("bitcoin", "a", 0)) is None
    some = made.confined(Within(frozenset({OutPoint("bitcoin", "a", 1)}), frozenset()))
    assert some.spender(OutPoint("bitcoin", "a", 1)).txid == "b"
