"""Following behind swaps and bridges: round after round, asset after asset, on a network and to another chain (M23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

from chaintrace.accounting import METHODS
from chaintrace.case.assembly import Question, stopped
from chaintrace.case.follow import Budgets, Goal, follow
from chaintrace.case.links import Linked
from chaintrace.case.online import _Exact
from chaintrace.case.rules import RuleSet, nobody
from chaintrace.case.unread import unread
from chaintrace.case.way_back import way_back
from chaintrace.model.finding import Heuristic
from chaintrace.model.trace import Limits, Options
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import MissingHistory, MissingTransaction
from chaintrace.store import MemoryStore
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.tracing.ledger import payments
from tests.chaintrace.tracing.linking import continues

OTHER = "base"


def swapped(transaction, view):
    """What the pool is paid goes on in what it pays in the same transaction."""
    del view
    moves = [tuple(leg.address for leg in (*one.inputs, *one.outputs)) for one in transaction.transfers]
    if len(moves[0]) == 2 and moves[1:] == [(moves[0][1], moves[0][0])] and moves[0][1].startswith("pool"):
        named = [f"{transaction.chain}/{transaction.txid}:{one.index}" for one in transaction.transfers]
        yield continues(named[:1], named[1:], rule="")


def bridged(transaction, view):
    """What the bridge is paid is delivered on another chain, in the transaction of the same name."""
    for one in transaction.transfers:
        if one.outputs[0].address == "bridge":
            there = view.transaction(OTHER, "t1")
            into = [f"{OTHER}/t1:0"] if isinstance(there, Transaction) else []
            key = {"key": "t1", "to_chain": OTHER}
            yield continues([f"{transaction.chain}/{transaction.txid}:{one.index}"], into, rule="", **key)


RULES = (Heuristic(swapped, "continuations", 90), Heuristic(bridged, "continuations", 90))


class Told(FakeAccounts):
    """A node: it tells each transaction of a history whole."""

    def touching(self, account):
        return [self.transactions[part.txid] for part in super().touching(account)]


def case_of(seeds, links=()):
    """What of a case's settings is asked for here."""
    return SimpleNamespace(
        seeds=seeds, limits=Limits(), options=Options(), placed_seeds=(), links=links, linked=Linked(links, (), ())
    )


def followed(seeds, sources, links=(), rules=RULES, *, backward=False):
    """What came of a case that is followed: the traces after the last round, and what was made of it."""
    question = Question(case_of(seeds, links), tuple(METHODS), backward)
    exact = _Exact(question, RuleSet(rules, {}))
    made = follow(
        Goal(seeds, Limits(), exact.traced, exact.further), ground(MemoryStore(), *sources), sources, Budgets(), nobody,
        lambda: datetime(2026, 1, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    return stopped(question, made.view, rules, nobody), made


def rests(found) -> set[tuple[str, str, str, int]]:
    """Where value ends under FIFO, without what was converted."""
    trace = found.traces["fifo"]
    kinds = {"Converted": "", "Resting": "rests", "Endpoint": "endpoint", "NotFollowed": "left"}
    return {
        (kinds[type(end).__name__], end.address, end.asset.contract, end.value)
        for end in trace.outcomes
        if type(end).__name__ != "Converted"
    }


SWAPS = [
    ("x", "pool1", 1),
    ("victim", "ann", 10),
    [("ann", "pool1", 10), ("pool1", "ann", 500, "Y")],
    ("ann", "bob", 400, "Y"),
    [("bob", "pool2", 400, "Y"), ("pool2", "bob", 7, "Z")],
    ("bob", "carl", 5, "Z"),
]


def test_each_round_finds_what_lies_behind_the_one_before():
    ledger = payments(*SWAPS, chain=CHAIN)
    source = Told(ledger.transactions.values())
    found, made = followed((ledger.seed("t2"),), (source,))
    assert rests(found) == {("rests", "ann", "Y", 100), ("rests", "bob", "Z", 2), ("rests", "carl", "Z", 5)}
    assert made.gaps == ()
    asked = {
        (one.account.address, one.account.asset.contract) for one in source.asked if isinstance(one, MissingHistory)
    }
    assert {("ann", "X"), ("ann", "Y"), ("bob", "Y"), ("bob", "Z"), ("carl", "Z")} <= asked


def test_without_the_rules_value_stays_in_the_pool():
    ledger = payments(*SWAPS, chain=CHAIN)
    found, _ = followed((ledger.seed("t2"),), (Told(ledger.transactions.values()),), rules=())
    assert rests(found) == {("rests", "pool1", "X", 10)}


def test_a_document_of_the_case_is_followed_without_any_rule():
    ledger = payments(*SWAPS, chain=CHAIN)
    link = continues([f"{CHAIN}/t3:0"], [f"{CHAIN}/t3:1"], rule="documented_link")
    found, _ = followed((ledger.seed("t2"),), (FakeAccounts(ledger.transactions.values()),), (link,), ())
    assert rests(found) == {("rests", "ann", "Y", 100), ("rests", "pool2", "Y", 400)}
    assert found.findings == (link,)


def test_what_is_delivered_on_another_chain_is_asked_for_there():
    here = payments(("victim", "ann", 10), ("ann", "bridge", 10), chain=CHAIN)
    there = payments(("", "bob", 9, "Y"), ("bob", "carl", 9, "Y"), chain=OTHER)
    sources = (
        FakeAccounts(here.transactions.values()), FakeAccounts(there.transactions.values(), chain=OTHER),
    )  # fmt: skip
    found, made = followed((here.seed("t1"),), sources)
    assert rests(found) == {("rests", "carl", "Y", 9)}
    assert made.gaps == ()
    assert MissingTransaction(OTHER, "t1") in sources[1].asked


def came_from(seeds, found, rules=RULES) -> set[tuple[str, str, str, int]]:
    """Where the way back of the seeds' value ends, over the continuations on it."""
    shares = way_back(case_of(seeds), found.view, rules).before.shares
    return {(one.kind, one.address, one.asset.contract, one.value) for one in shares}


def test_the_way_back_goes_over_what_is_swapped_before_the_payment():
    ledger = payments(*SWAPS, chain=CHAIN)
    source, seeds = Told(ledger.transactions.values()), (ledger.seed("t6"),)
    found, made = followed(seeds, (source,), backward=True)
    assert came_from(seeds, found) == {("opening", "victim", "X", 5 * 400 // 7 * 10 // 500)}
    assert made.gaps == ()
    assert came_from(seeds, found, ()) == {("history not in the sources", "pool2", "Z", 5)}


def test_a_transaction_on_the_way_back_of_which_no_log_is_known_is_asked_for_whole():
    ledger = payments(*SWAPS, chain="base")
    view = SimpleNamespace(facts=SimpleNamespace(heard=SimpleNamespace(pins={"base": 1}, questions=())))
    view.observations, told = lambda *_: (), ledger.transactions
    asked = list(unread([told["t1"], told["t6"]], view, backward=True))
    assert asked == [MissingTransaction("base", "t1"), MissingTransaction("base", "t6")]


def test_where_nobody_can_be_asked_the_bridge_is_the_end():
    here = payments(("victim", "ann", 10), ("ann", "bridge", 10), chain=CHAIN)
    found, made = followed((here.seed("t1"),), (FakeAccounts(here.transactions.values()),))
    assert rests(found) == {("endpoint", "bridge", "X", 10)}
    assert made.gaps == ()


def test_the_order_of_answers_changes_nothing():
    ledger = payments(*SWAPS, chain=CHAIN)
    told = []
    for delays in (0, 0.003):
        found, _ = followed((ledger.seed("t2"),), (Told(ledger.transactions.values(), delays=delays),))
        told.append({name: replace(one, steps=()) for name, one in found.traces.items()})
    assert told[0] == told[1]
