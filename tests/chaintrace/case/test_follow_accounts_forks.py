"""Account chains that are re-organised, what is pending there, and which blocks count as settled."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.case.finality import DEEPEST, DEPTH, depth_of
from chaintrace.case.follow import Budgets, follow
from chaintrace.case.rules import nobody
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Block
from chaintrace.model.trace import Resting
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import MissingHistory
from chaintrace.store import MemoryStore, SqliteStore
from tests.chaintrace.case.account_ledgers import goal_of, known, solvent, traces
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.tracing.ledger import payments

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


def followed(wanted, store, source, **budgets):
    return follow(wanted, ground(store, source), [source], Budgets(workers=4, **budgets), nobody, lambda: NOON)


def compared(source):
    """The heights at which blocks were compared."""
    return sorted(question[1] for question in source.asked if isinstance(question, tuple))


@pytest.mark.parametrize("kind", ["whole", "since"])
@pytest.mark.parametrize("seed", range(4))
def test_a_chain_that_was_reorganised_between_two_runs_gives_the_report_of_a_fresh_case(store, seed, kind):
    before, after = solvent(seed), solvent(seed, forks_at=35)
    source, wanted = FakeAccounts(before.transactions.values(), kind=kind, finalized=30), goal_of(before)
    followed(wanted, store, source)
    source.reorganise(after.transactions.values())
    found = followed(wanted, store, source)
    assert traces(wanted, found.view) == traces(wanted, known(after))
    assert traces(wanted, found.view) != traces(wanted, known(before))
    assert any("height 40 is no longer part of the chain" in notice for notice in found.notices)
    assert found.gaps == ()
    assert followed(wanted, store, source).notices == ()


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_that_is_reorganised_under_a_running_follow_gives_the_report_of_a_fresh_case(store, seed):
    before, after = solvent(seed), solvent(seed, forks_at=35)
    source, wanted = FakeAccounts(before.transactions.values(), finalized=30), goal_of(before)
    moment = random.Random(seed).randint(3, 8)

    def reorganise(_):
        if source.asked.total() == moment:
            source.reorganise(after.transactions.values())

    source.failing = reorganise
    found = followed(wanted, store, source)
    assert traces(wanted, found.view) == traces(wanted, known(after))
    assert found.notices != ()


def grow(source, height, finalized):
    source.tip, source.finalized = Block(height, f"b{height}", None), finalized
    source.blocks[height] = source.tip.hash


def test_only_what_is_not_final_is_compared_and_each_block_until_it_is(store):
    ledger = solvent(1)
    source, wanted = FakeAccounts(ledger.transactions.values(), finalized=33), goal_of(ledger)
    followed(wanted, store, source)
    assert {*range(34, 41)} <= {*compared(source)}
    source.asked.clear()
    grow(source, 300, 36)  # however deep they lie: they are not final
    followed(wanted, store, source)
    assert {37, 38, 39, 40, 300} <= {*compared(source)}
    assert min(compared(source)) == 34  # what was final at the first run is settled
    source.asked.clear()
    grow(source, 301, 300)
    followed(wanted, store, source)
    assert compared(source) == [37, 38, 39, 40, 300, 301]
    source.asked.clear()
    followed(wanted, store, source)
    assert compared(source) == [301]


def test_where_no_source_says_what_is_final_a_block_is_settled_as_deep_as_its_chain_needs(store):
    assert [depth_of(chain) for chain in ("bitcoin", "ethereum", "polygon", "a ledger")] == [DEPTH, 96, DEEPEST, DEPTH]
    ledger = solvent(1)
    source, wanted = FakeAccounts(ledger.transactions.values()), goal_of(ledger)
    followed(wanted, store, source)
    assert len(compared(source)) > 30
    grow(source, 125, None)
    source.asked.clear()
    followed(wanted, store, source)  # they were last seen 40 deep at the most
    source.asked.clear()
    followed(wanted, store, source)
    assert [height for height in compared(source) if height < 125] == [*range(30, 41)]
    other = FakeAccounts(ledger.transactions.values())
    followed(wanted, MemoryStore(), other, depth=3)
    assert min(compared(other)) == 38


def test_blocks_that_cannot_be_compared_are_told(store):
    ledger = solvent(2)
    source, wanted = FakeAccounts(ledger.transactions.values(), finalized=30), goal_of(ledger)
    source.failing = lambda question: Unavailable("timed out") if isinstance(question, tuple) else None
    found = followed(wanted, store, source)
    assert found.notices == (f"{CHAIN}: blocks that are not settled could not be compared (timed out)",)
    assert traces(wanted, found.view) == traces(wanted, known(ledger))


def with_pending(*rows):
    """A ledger whose last payment is in no block yet."""
    ledger = payments(*rows, chain=CHAIN)
    txid, tx = list(ledger.transactions.items())[-1]
    transfers = tuple(replace(transfer, order=(PENDING_RANK, 0, 0)) for transfer in tx.transfers)
    ledger.transactions[txid] = replace(tx, block=None, status="pending", transfers=transfers)
    return ledger


def test_a_pending_payment_is_shown_as_pending_and_leaves_the_report_when_another_one_replaces_it(store):
    ledger = with_pending(("victim", "ann", 9), ("ann", "bob", 8), ("bob", "carl", 8))
    wanted = goal_of(ledger, seeds=(ledger.seed("t1"),))
    source = FakeAccounts(ledger.transactions.values())
    found = followed(wanted, store, source)
    (hop,) = [hop for hop in wanted.traced(found.view)["fifo"].hops if hop.txid == "t3"]
    assert hop.transaction.status == "pending"
    assert found.gaps == ()
    asked = {question.account.address for question in source.asked if isinstance(question, MissingHistory)}
    assert asked == {"ann", "bob", "carl"}
    assert [(end.address, end.value, end.since) for end in wanted.traced(found.view)["fifo"].of(Resting)][1:] == [
        ("carl", 8, None)
    ]
    other = payments(("victim", "ann", 9), ("ann", "bob", 8), ("bob", "dora", 7), chain=CHAIN)
    other.transactions["q3"] = replace(other.transactions.pop("t3"), txid="q3")
    source.reorganise(other.transactions.values())
    again = followed(wanted, store, source)
    assert traces(wanted, again.view) == traces(wanted, known(other))
