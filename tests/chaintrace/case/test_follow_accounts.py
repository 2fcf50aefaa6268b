"""Following on account chains: exactly the histories that carry traced value, and the report of the whole ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.adapters.assets import asset as asset_of_chain
from chaintrace.case.follow import Budgets, follow
from chaintrace.case.relevance import confined, network_gaps
from chaintrace.case.rules import nobody
from chaintrace.errors import Unavailable
from chaintrace.model.attribution import Tag
from chaintrace.model.trace import Limits, NotFollowed, Options, Wallet
from chaintrace.model.view import MissingHistory
from chaintrace.store import MemoryStore, SqliteStore
from chaintrace.tracing import screen
from tests.chaintrace.case.account_ledgers import NAMES, goal_of, known, solvent, traces
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.tracing.ledger import START, payments

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


def followed(wanted, store, *sources, tags=None, observer=nobody, **budgets):
    return follow(wanted, ground(store, *sources, tags=tags), sources, Budgets(**budgets), observer, lambda: NOON)


def histories(source):
    return {question for question in source.asked if isinstance(question, MissingHistory)}


def passed(wanted, ledger):
    return {hop.to_address for found in wanted.traced(ledger).values() for hop in found.hops if hop.to_address}


@pytest.mark.parametrize("kind", ["whole", "since", "claimed"])
@pytest.mark.parametrize("seed", range(6))
def test_a_followed_case_is_the_case_of_the_whole_ledger(store, seed, kind):
    ledger = solvent(seed)
    source, wanted = FakeAccounts(ledger.transactions.values(), kind=kind), goal_of(ledger)
    found = followed(wanted, store, source, workers=1 + seed)
    assert traces(wanted, found.view) == traces(wanted, known(ledger) if kind != "claimed" else ledger)
    assert found.gaps == ()
    assert max(times for question, times in source.asked.items() if question != "status") == 1
    assert {question.account.address for question in histories(source)} >= passed(wanted, ledger)


def test_only_histories_that_carry_traced_value_are_asked_for_from_the_first_receipt_on(store):
    rows = [("victim", "ann", 9), ("x", "carl", 5), ("ann", "bob", 4), ("carl", "bob", 5), ("x", "y", 1)]
    ledger = payments(*rows, chain=CHAIN)
    wanted = goal_of(ledger, seeds=(ledger.seed("t1"),))
    source = FakeAccounts(ledger.transactions.values(), kind="since")
    found = followed(wanted, store, source)
    assert {(question.account.address, question.since) for question in histories(source)} == {("ann", 1), ("bob", 3)}
    assert traces(wanted, found.view) == traces(wanted, known(ledger))


@pytest.mark.parametrize("seed", range(4))
def test_a_busy_account_is_asked_for_once_and_what_reached_it_is_not_followed(store, seed):
    ledger = solvent(seed)
    source, wanted = FakeAccounts(ledger.transactions.values(), kinds={"carl": "busy"}), goal_of(ledger)
    found = followed(wanted, store, source)
    others = known(ledger).cover(*({name for name in NAMES if name != "carl"}))
    assert traces(wanted, found.view) == traces(wanted, others)
    assert [question.account.address for question in source.asked.elements() if is_history(question)].count("carl") == 1
    assert found.gaps == ()
    left = [end for trace in wanted.traced(found.view).values() for end in trace.of(NotFollowed)]
    assert {(end.address, end.reason) for end in left} == {("carl", "history not in the sources")}
    confined_view = confined(found.view, wanted.seeds, wanted.traced(found.view).values())
    assert [gap.subject for gap in network_gaps(confined_view)] == ["carl"]
    again = followed(wanted, store, source, depth=0)
    assert traces(wanted, again.view) == traces(wanted, others)


def test_an_answer_without_a_history_is_told_and_not_asked_for_again(store):
    ledger = solvent(1)
    source, wanted = FakeAccounts(ledger.transactions.values(), kinds={"bob": "empty"}), goal_of(ledger)
    found = followed(wanted, store, source)
    assert found.reasons == ("Answers without what was asked for: 1, the first about bob. Check the source.",)
    assert [question.account.address for question in source.asked.elements() if is_history(question)].count("bob") == 1


def test_a_second_source_is_asked_where_the_first_one_finds_an_account_busy(store):
    ledger = solvent(2)
    first = FakeAccounts(ledger.transactions.values(), kind="busy", name="one")
    second = FakeAccounts(ledger.transactions.values(), name="two")
    wanted = goal_of(ledger)
    found = followed(wanted, store, first, second)
    assert traces(wanted, found.view) == traces(wanted, known(ledger))
    assert histories(first) == histories(second)


def test_what_no_source_answers_is_a_gap_and_is_asked_again_by_the_next_run(store):
    ledger = solvent(3)
    source, wanted = FakeAccounts(ledger.transactions.values()), goal_of(ledger)
    is_bob = lambda question: is_history(question) and question.account.address == "bob"  # noqa: E731  # one line
    source.failing = lambda question: Unavailable("timed out") if is_bob(question) else None
    found = followed(wanted, store, source)
    assert found.reasons == ("fake left 1 of the questions of the traces without an answer: timed out",)
    assert sum(map(is_bob, source.asked.elements())) == 1
    source.asked.clear()
    source.failing = lambda _: None
    again = followed(wanted, store, source, depth=0)
    assert sum(map(is_bob, source.asked.elements())) == 1
    assert again.gaps == ()
    assert traces(wanted, again.view) == traces(wanted, known(ledger))


def test_the_gaps_of_accounts_that_were_fetched_on_the_way_stay_out_of_the_report():
    names, more = tuple(f"a{number}" for number in range(60)), []
    for seed in range(6):
        ledger = solvent(seed, 150, names=("ann", "bob", *names))
        wanted, told = goal_of(ledger, methods=("fifo",)), []
        for workers in (1, 32):
            source = FakeAccounts(ledger.transactions.values(), kind="claimed")
            found = followed(wanted, MemoryStore(), source, workers=workers)
            view = confined(found.view, wanted.seeds, wanted.traced(found.view).values())
            gaps = network_gaps(view)
            assert traces(wanted, view) == traces(wanted, ledger)
            assert {gap.subject for gap in gaps} == passed(wanted, ledger)
            assert {gap.kind for gap in gaps} == {"claimed"}
            told.append((gaps, screen(view, wanted.seeds)))
            more.append({question.account.address for question in histories(source)} > passed(wanted, ledger))
        assert told[0] == told[1]
    assert True in more  # something was fetched on the way: the test would be empty otherwise


@pytest.mark.parametrize(
    ("limits", "options", "tags"),
    [
        (Limits(max_hops=3), Options(), {}),
        (Limits(min_value={(CHAIN, "X"): 8}), Options(), {}),
        (Limits(until=START + 600 * 20), Options(), {}),
        (
            Limits(),
            Options(),
            {(CHAIN, "dora"): (Tag(CHAIN, "dora", "a service", "dora", "exchange", 70, "t", stops=True),)},
        ),
        (Limits(), Options(wallets=(Wallet("w", frozenset({"bob", "eve"})),)), {}),
    ],
)
def test_limits_stops_and_wallets_hold_on_the_way(store, limits, options, tags):
    ledger = solvent(4, 60)
    whole = known(ledger)
    whole = replace(whole, tagged={"dora": tags[CHAIN, "dora"]}) if tags else whole
    source, wanted = FakeAccounts(ledger.transactions.values()), goal_of(ledger, limits, options=options)
    found = followed(wanted, store, source, tags=tags)
    assert traces(wanted, found.view) == traces(wanted, whole)
    assert found.gaps == ()
    assert not (tags and "dora" in {question.account.address for question in histories(source)})


def test_the_line_of_progress_names_each_asset_and_never_more_than_the_seeds_brought():
    asset = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
    rows = [("victim", "ann", 9_000_000, asset), ("ann", "bob", 9_000_000, asset), ("x", "gil", 7_000_000, "")]
    ledger = payments(*rows, ("gil", "hal", 1_000_000, ""), chain="tron")
    for txid, tx in ledger.transactions.items():
        transfers = tuple(scaled(transfer) for transfer in tx.transfers)
        ledger.transactions[txid] = replace(tx, transfers=transfers)
    told = []
    source = FakeAccounts(ledger.transactions.values(), chain="tron")
    wanted = goal_of(ledger, seeds=(ledger.seed("t1"), ledger.seed("t3")))

    def observer(what, done=0, total=0):
        told.append((what, done, total))

    followed(wanted, MemoryStore(), source, observer=observer, workers=1, requests=50)
    line = "following: transactions 2, unexplored at most 7 TRX, 9 USDT, requests 3"
    assert told[0] == (line, 2, 50)


def scaled(transfer):
    """The transfer of an asset with the decimals and the name that chains.toml gives it."""
    known_as = asset_of_chain(transfer.asset.chain, transfer.asset.contract, 6)
    legs = [
        tuple(replace(leg, holding=replace(leg.holding, asset=known_as)) for leg in side)
        for side in (transfer.inputs, transfer.outputs)
    ]
    return replace(transfer, asset=known_as, inputs=legs[0], outputs=legs[1])


@pytest.mark.parametrize("budget", [{"requests": 5}, {"transactions": 3}, {"least": {(CHAIN, "X"): 60}}])
def test_a_budget_that_bites_is_told_and_lifted_by_the_next_run(store, budget):
    ledger = solvent(5)
    source, wanted = FakeAccounts(ledger.transactions.values()), goal_of(ledger)
    found = followed(wanted, store, source, workers=1, **budget)
    (reason,) = found.reasons
    assert reason.startswith(f"Following {CHAIN} ended at its budget of ")
    again = followed(wanted, store, source, depth=0)
    assert traces(wanted, again.view) == traces(wanted, known(ledger))
    assert again.gaps == ()


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_answers_and_the_number_of_workers_change_nothing(tmp_path, seed):
    ledger = solvent(seed, 60)
    wanted, kinds = goal_of(ledger), {"ann": "since", "bob": "claimed", "dora": "busy"}
    reports = []
    for workers, delay in ((1, 0), (16, 0.004), (64, 0.004)):
        opened = SqliteStore(tmp_path / f"{workers}.sqlite")
        source = FakeAccounts(ledger.transactions.values(), kinds=kinds, delays=delay)
        found = followed(wanted, opened, source, workers=workers)
        view = confined(found.view, wanted.seeds, wanted.traced(found.view).values())
        reports.append((traces(wanted, view), network_gaps(view), screen(view, wanted.seeds)))
        opened.close()
    assert reports[0] == reports[1] == reports[2]


def is_history(question):
    return isinstance(question, MissingHistory)
