"""A report rests on what its traces need: what was fetched besides changes no screen and no gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.adapters.assets import native_asset
from chaintrace.case.follow import Budgets, Goal, follow
from chaintrace.case.relevance import confined, network_gaps
from chaintrace.case.rules import nobody
from chaintrace.case.way_back import lacking
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import Limits, Options, Resting, Seed
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.store import MemoryStore
from chaintrace.tracing import backward, screen, trace
from tests.chaintrace.case import killed_run
from tests.chaintrace.case.account_ledgers import goal_of
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import FakeSource, ground
from tests.chaintrace.tracing.ledger import payments

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Doubtful(FakeSource):
    """A source that proves nothing about outputs."""

    def reply(self, missing, at):
        made = super().reply(missing, at)
        if not isinstance(missing, MissingSpender):
            return made
        gap = Gap("claimed", "bitcoin", str(missing.outpoint), None, f"{missing.outpoint} was asked once.")
        return replace(made, gaps=(gap,))


def reported(made, workers, methods):
    """What a report says besides the traces: marks and gaps; and how many questions were put in all."""
    wanted = killed_run.goal_of(made)
    every = wanted.traced
    wanted = replace(wanted, traced=lambda view: {name: every(view)[name] for name in methods})
    source = Doubtful(made.transactions.values())
    found = follow(wanted, ground(MemoryStore(), source), [source], Budgets(workers=workers), nobody, lambda: NOON)
    traces = wanted.traced(found.view)
    view = confined(found.view, wanted.seeds, traces.values())
    return screen(view, wanted.seeds), network_gaps(view), traces, source.asked.total()


@pytest.mark.parametrize("methods", [("fifo",), ("lifo", "haircut")])
def test_however_much_was_fetched_the_report_is_the_same(methods):
    totals = set()
    for seed in range(8):
        made = killed_run.ledger(seed)
        one, many = (reported(made, workers, methods) for workers in (1, 32))
        assert one[:3] == many[:3]
        totals.add(one[3] == many[3])
        touched = {f"{hop.txid}:{hop.index}" for found in one[2].values() for hop in found.hops}
        assert {gap.subject for gap in one[1]} <= touched
        assert one[1] != ()
    assert False in totals  # more was fetched with many workers: the test would be empty otherwise


def test_a_case_without_networks_keeps_its_view():
    made = killed_run.ledger(0)
    view = ground(MemoryStore()).view()
    assert confined(view, killed_run.goal_of(made).seeds, ()) is view


@pytest.mark.parametrize(("asset", "said"), [(native_asset(CHAIN), True), (Asset(CHAIN, "0xt0ken", "TOK", 6), False)])
def test_what_is_about_the_native_asset_alone_makes_no_trace_of_tokens_incomplete(asset, said):
    """A node that traces nothing cannot tell calls, which move no token."""
    legs = [(Leg(5, Account(who, asset), who),) for who in ("victim", "thief")]
    paid = Transaction(CHAIN, "t1", Block(1, "one", 7), 0, (Transfer("log:0", "token", asset, *legs, (1, 0, 0)),))

    class Untraced(FakeAccounts):
        """Says of every transaction that its calls are not known."""

        def reply(self, missing, at):
            made = super().reply(missing, at)
            calls = Gap("source", CHAIN, "t1", None, "its calls are not known", native_only=True)
            return replace(made, gaps=(*made.gaps, calls)) if isinstance(missing, MissingTransaction) else made

    seed = Seed(CHAIN, "t1", "log:0", "theft")
    goal = Goal((seed,), Limits(), lambda view: {"fifo": trace(view, (seed,), "fifo")})
    source = Untraced([paid])
    found = follow(goal, ground(MemoryStore(), source), [source], Budgets(), nobody, lambda: NOON)
    traces = goal.traced(found.view)
    assert [end.value for end in traces["fifo"].of(Resting)] == [5]
    gaps = network_gaps(confined(found.view, (seed,), traces.values()))
    assert [gap.text for gap in gaps] == (["its calls are not known"] if said else [])


def test_what_the_way_back_rests_on_has_its_gaps_told():
    """The histories before the payment are no part of any forward trace."""
    rows = [("", "src", 5), ("src", "mid", 5), ("", "oz", 3), ("mid", "ann", 5), ("ann", "bob", 2), ("oz", "carl", 3)]
    ledger = payments(*rows, chain=CHAIN)
    seed = ledger.seed("t4")
    goal = replace(
        goal_of(ledger, seeds=(seed,)),
        further=lambda view: lacking(view, (seed,), Limits(), Options()),
    )
    source = FakeAccounts(ledger.transactions.values(), kinds={"mid": "claimed", "src": "busy"})
    found = follow(goal, ground(MemoryStore(), source), [source], Budgets(), nobody, lambda: NOON)
    view = confined(found.view, (seed,), goal.traced(found.view).values())
    before = backward(found.view, (seed,))
    assert [share.kind for share in before.shares] == ["history not in the sources"]
    assert network_gaps(view) == ()
    assert [gap.subject for gap in network_gaps(view, before)] == ["mid", "src"]


def test_what_lies_before_a_stop_of_the_way_back_is_no_gap_of_it():
    ledger = payments(("", "src", 5), ("src", "mid", 5), ("mid", "ann", 5), chain=CHAIN)
    seed = ledger.seed("t3")
    source = FakeAccounts(ledger.transactions.values(), kinds={"mid": "claimed"})
    goal = replace(goal_of(ledger, seeds=(seed,)), further=lambda view: lacking(view, (seed,), Limits(), Options()))
    found = follow(goal, ground(MemoryStore(), source), [source], Budgets(), nobody, lambda: NOON)
    view = confined(found.view, (seed,), goal.traced(found.view).values())
    limited = backward(found.view, (seed,), Limits(max_hops=1))
    assert [share.kind for share in limited.shares] == ["limit"]
    assert network_gaps(view, limited) == ()
    assert [gap.subject for gap in network_gaps(view, backward(found.view, (seed,)))] == ["mid"]
