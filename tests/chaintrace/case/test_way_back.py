"""Where a payment's money came from, over a network: the histories and transactions that the way back lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from chaintrace.case.follow import Budgets, follow
from chaintrace.case.rules import nobody
from chaintrace.case.way_back import lacking
from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Limits, Options
from chaintrace.model.view import MissingHistory, MissingTransaction
from chaintrace.store import MemoryStore
from chaintrace.tracing import backward
from tests.chaintrace.case.account_ledgers import goal_of, known
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import FakeSource, ground
from tests.chaintrace.tracing.ledger import coins, payments

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def followed(source, wanted):
    return follow(wanted, ground(MemoryStore(), source), [source], Budgets(), nobody, lambda: NOON)


def backwards(wanted, seeds):
    further = lambda view: lacking(view, seeds, Limits(), Options())  # noqa: E731  # one line
    return replace(wanted, further=further)


@pytest.mark.parametrize("kind", ["whole", "since"])
def test_the_histories_of_the_way_back_are_asked_for_from_their_beginning(kind):
    rows = [("", "src", 5), ("", "oz", 4), ("oz", "mid", 4), ("src", "mid", 5), ("mid", "ann", 9), ("ann", "mid", 2)]
    ledger = payments(*rows, ("mid", "bob", 2), ("x", "y", 7), chain=CHAIN)
    seeds = (ledger.seed("t5"),)
    source = FakeAccounts(ledger.transactions.values(), kind=kind)
    wanted = backwards(goal_of(ledger, seeds=seeds), seeds)
    found = followed(source, wanted)
    assert backward(found.view, seeds) == backward(known(ledger).opened(mid=0, src=0, oz=0, ann=0), seeds)
    asked = [question for question in source.asked.elements() if isinstance(question, MissingHistory)]
    assert {(question.account.address, question.since) for question in asked} >= {("mid", 0), ("src", 0), ("oz", 0)}
    assert {question.account.address for question in asked} == {"ann", "mid", "src", "oz", "bob"}
    assert found.gaps == ()


def test_where_an_account_on_the_way_back_is_busy_it_ends():
    ledger = payments(("", "src", 5), ("src", "mid", 5), ("mid", "ann", 5), chain=CHAIN)
    seeds = (ledger.seed("t3"),)
    source = FakeAccounts(ledger.transactions.values(), kinds={"mid": "busy"})
    found = followed(source, backwards(goal_of(ledger, seeds=seeds), seeds))
    (share,) = backward(found.view, seeds).shares
    assert (share.kind, share.address) == ("history not in the sources", "mid")
    assert sum(isinstance(question, MissingHistory) for question in source.asked.elements()) == 2


def test_on_chains_of_outputs_transactions_are_asked_for():
    ledger = coins(("a", [], [("ann", 9)]), ("b", ["a:0"], [("bob", 9)]), ("c", ["b:0"], [("carl", 9)]))
    seeds = (ledger.seed("c"),)
    source = FakeSource(ledger.transactions.values())
    found = followed(source, backwards(goal_of(ledger, seeds=seeds), seeds))
    assert backward(found.view, seeds) == backward(ledger, seeds)
    assert MissingTransaction("bitcoin", "a") in source.asked
    part = partial(lacking, seeds=seeds, limits=Limits(), options=Options())
    assert part(found.view) == {}
    assert OutPoint("bitcoin", "c", 0) in {getattr(question, "outpoint", None) for question in source.asked}
