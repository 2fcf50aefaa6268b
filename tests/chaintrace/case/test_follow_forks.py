"""Re-organisations and pending transactions: the final report is the one of a fresh case, and the run says so."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.case.follow import Budgets, follow
from chaintrace.case.rules import nobody
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import MissingSpender
from chaintrace.store import MemoryStore, SqliteStore
from tests.chaintrace.case import killed_run
from tests.chaintrace.case.fake_source import FakeSource, ground
from tests.chaintrace.tracing.ledger import coins

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


def followed(wanted, store, source, depth=6):
    return follow(wanted, ground(store, source), [source], Budgets(depth=depth, workers=4), nobody, lambda: NOON)


def traces(wanted, found):
    return wanted.traced(found.view)


def grow(source, height):
    source.tip = Block(height, f"b{height}", None)
    source.blocks[height] = source.tip.hash


def is_block(question):
    return isinstance(question, tuple)


def asked_blocks(source):
    return sorted(question[1] for question in source.asked if is_block(question))


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_that_was_reorganised_between_two_runs_gives_the_report_of_a_fresh_case(store, seed):
    before = killed_run.ledger(seed)
    after = killed_run.ledger(seed, 60, forks_at=before.end - 4)
    source, wanted = FakeSource(before.transactions.values()), killed_run.goal_of(before)
    followed(wanted, store, source)
    source.reorganise(after.transactions.values())
    found = followed(wanted, store, source)
    fresh = followed(wanted, MemoryStore(), source)
    assert traces(wanted, found) == traces(wanted, fresh)
    assert traces(wanted, found) == wanted.traced(after)
    assert any(f"height {before.end} is no longer part of the chain" in notice for notice in found.notices)
    assert found.gaps == ()
    assert followed(wanted, store, source).notices == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_that_is_reorganised_under_a_running_follow_gives_the_report_of_a_fresh_case(store, seed):
    before = killed_run.ledger(seed)
    after = killed_run.ledger(seed, 60, forks_at=before.end - 4)
    source, wanted = FakeSource(before.transactions.values()), killed_run.goal_of(before)
    moment = random.Random(seed).randint(3, 25)

    def reorganise(_):
        if source.asked.total() == moment:
            source.reorganise(after.transactions.values())

    source.failing = reorganise
    found = followed(wanted, store, source)
    assert traces(wanted, found) == wanted.traced(after)
    assert found.notices != ()


def test_a_node_that_fails_since_its_chain_is_another_is_asked_again_about_the_new_one(store):
    """What cannot be answered about a fork that is gone is no failure of the source, however often it happens."""
    before = killed_run.ledger(5)
    after = killed_run.ledger(5, 60, forks_at=before.end - 4)
    source, wanted = FakeSource(before.transactions.values()), killed_run.goal_of(before)
    honest, pinned = source.reply, source.tip.hash

    def reply(missing, at):
        if source.asked.total() == 8:
            source.reorganise(after.transactions.values())
        if at.block_hash != source.tip.hash:
            raise Unavailable("the chain was changed")
        return honest(missing, at)

    source.reply = reply
    found = followed(wanted, store, source)
    assert source.tip.hash != pinned
    assert traces(wanted, found) == wanted.traced(after)
    assert found.gaps == ()
    assert not [notice for notice in found.notices if "not asked any more" in notice]


def test_a_source_that_stays_away_is_named(store):
    made = killed_run.ledger(5)
    source, wanted = FakeSource(made.transactions.values()), killed_run.goal_of(made)
    source.failing = lambda _: Unavailable("no route") if source.asked.total() > 8 else None
    found = followed(wanted, store, source)
    assert "fake was not asked any more in this run: no route" in found.notices
    assert found.gaps != ()


def test_a_follow_that_is_killed_before_a_reorganisation_goes_on_with_the_new_chain(store):
    before = killed_run.ledger(5)
    after = killed_run.ledger(5, 60, forks_at=before.end - 4)
    source, wanted = FakeSource(before.transactions.values()), killed_run.goal_of(before)

    class Killed(BaseException):
        pass

    source.failing = lambda _: Killed() if source.asked.total() == 30 else None
    with pytest.raises(Killed):
        followed(wanted, store, source)
    source.failing = lambda _: None
    source.reorganise(after.transactions.values())
    assert traces(wanted, followed(wanted, store, source)) == wanted.traced(after)


def test_only_blocks_that_are_not_settled_are_compared_and_each_until_it_was_seen_deep(store):
    made = killed_run.ledger(3)
    source, wanted = FakeSource(made.transactions.values()), killed_run.goal_of(made)
    followed(wanted, store, source, depth=6)
    assert asked_blocks(source) != []
    assert min(asked_blocks(source)) > made.end - 6
    source.asked.clear()
    grow(source, made.end + 3)
    followed(wanted, store, source, depth=6)
    assert min(asked_blocks(source)) > made.end - 6  # seen four deep only, when the tip was another
    grow(source, made.end + 100)
    followed(wanted, store, source, depth=6)
    source.asked.clear()
    followed(wanted, store, source, depth=6)
    assert asked_blocks(source) == [made.end + 100]


def test_blocks_that_cannot_be_compared_are_told_and_compared_later(store):
    made = killed_run.ledger(3)
    source, wanted = FakeSource(made.transactions.values()), killed_run.goal_of(made)
    source.failing = lambda question: Unavailable("timed out") if is_block(question) else None
    found = followed(wanted, store, source)
    assert found.notices == ("bitcoin: blocks that are not settled could not be compared (timed out)",)
    assert traces(wanted, found) == wanted.traced(made)


def pending_chain(end):
    """A theft of which the last transaction is in no block yet; `end` receives it."""
    ledger = coins(("t", [], [("ann", 9)]), ("u", ["t:0"], [("bob", 8)]), ("p", ["u:0"], [(end, 8)]))
    tx = ledger.transactions["p"]
    transfer = replace(tx.utxo, order=(PENDING_RANK, 0, 0))
    ledger.transactions["p"] = replace(tx, block=None, status="pending", transfers=(transfer,))
    return ledger


def test_a_pending_transaction_is_shown_as_pending_and_asked_for_again(store):
    ledger = pending_chain("carl")
    wanted = goal(ledger)
    source = FakeSource(ledger.transactions.values())
    first = followed(wanted, store, source)
    (hop,) = [hop for hop in traces(wanted, first)["fifo"].hops if hop.txid == "p"]
    assert hop.transaction.status == "pending"
    source.asked.clear()
    followed(wanted, store, source)
    assert source.asked[MissingSpender(OutPoint("bitcoin", "u", 0))] == 1
    assert source.asked[MissingSpender(OutPoint("bitcoin", "t", 0))] == 0


def test_a_pending_transaction_that_another_one_replaced_leaves_the_report(store):
    ledger = pending_chain("carl")
    wanted, source = goal(ledger), FakeSource(ledger.transactions.values())
    followed(wanted, store, source)
    other = coins(("t", [], [("ann", 9)]), ("u", ["t:0"], [("bob", 8)]), ("q", ["u:0"], [("dora", 7)]))
    source.reorganise(other.transactions.values())
    found = followed(wanted, store, source)
    assert traces(wanted, found) == wanted.traced(other)
    assert found.notices == ()


def goal(ledger):
    seeds = (ledger.seed("t"),)
    made = killed_run.goal_of(killed_run.ledger(0))
    traced = lambda view: {"fifo": killed_run.trace(view, seeds, "fifo")}  # noqa: E731  # one line
    return replace(made, seeds=seeds, traced=traced)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_answers_and_the_number_of_workers_change_nothing(tmp_path, seed):
    made = killed_run.ledger(seed)
    wanted, expected = killed_run.goal_of(made), killed_run.goal_of(made).traced(made)
    for workers, delay in ((1, 0), (16, 0.004), (64, 0.004)):
        store = SqliteStore(tmp_path / f"{workers}.sqlite")
        source = FakeSource(made.transactions.values(), delays=delay)
        found = follow(wanted, ground(store, source), [source], Budgets(workers=workers), nobody, lambda: NOON)
        assert traces(wanted, found) == expected
        store.close()
