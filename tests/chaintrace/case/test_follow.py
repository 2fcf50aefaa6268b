"""Following over a network: exactly what the traces miss, the same report as from a file, nothing asked twice."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from chaintrace.adapters import ADAPTERS
from chaintrace.adapters.network import Reply
from chaintrace.case.config import load
from chaintrace.case.follow import Budgets, follow
from chaintrace.case.opening import open_view
from chaintrace.case.rooms import tags_of
from chaintrace.case.rules import nobody
from chaintrace.errors import InputError
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Coverage, Source
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.store import FileArchive, MemoryStore, SqliteStore
from chaintrace.tags import by_address
from tests.chaintrace.case import killed_run
from tests.chaintrace.case.fake_source import FakeSource, ground
from tests.chaintrace.case.following import clock, followed, goal, theft, traces
from tests.chaintrace.tracing.ledger import coins
from tests.oracle.generate import write_case


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


def test_a_followed_case_is_the_case_of_the_whole_file(store):
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    wanted = goal(ledger.seed("t", "all"))
    found = followed(wanted, store, source)
    assert traces(wanted, found.view) == traces(wanted, ledger)
    assert found.gaps == ()
    assert found.notices == ()
    assert max(source.asked.values()) == 1
    assert MissingSpender(OutPoint("bitcoin", "x", 0)) not in source.asked
    assert found.requests == source.asked.total()


def test_a_second_run_asks_only_what_can_have_changed(store):
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    wanted = goal(ledger.seed("t", "all"))
    first = followed(wanted, store, source)
    source.asked.clear()
    again = followed(wanted, store, source, depth=0)
    assert traces(wanted, again.view) == traces(wanted, first.view)
    asked = {question for question in source.asked if isinstance(question, MissingSpender | MissingTransaction)}
    assert asked == {MissingSpender(OutPoint("bitcoin", *out)) for out in (("t", 1), ("m", 0), ("n", 0))}


def test_a_seed_that_nobody_has_is_bad_input(store):
    source = FakeSource(theft().transactions.values())
    with pytest.raises(InputError, match="the seed gone is not in the sources of bitcoin"):
        followed(goal(theft().seed("gone", "0")), store, source)
    assert source.asked[MissingTransaction("bitcoin", "gone")] == 1


@pytest.mark.parametrize(
    "budget", [{"requests": 5}, {"transactions": 2}, {"seconds": 0}, {"least": {("bitcoin", ""): 60}}]
)
def test_a_budget_that_bites_is_told_and_lifted_by_the_next_run(store, budget):
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    wanted = goal(ledger.seed("t", "all"))
    if "seconds" not in budget:
        found = followed(wanted, store, source, workers=1, **budget)
        (reason,) = found.reasons
        assert reason.startswith("Following bitcoin ended at its budget of ")
        assert found.gaps == found.view.gaps
    else:
        with pytest.raises(InputError, match="the budget of seconds ended before the seeds were there"):
            followed(wanted, store, source, **budget)
    again = followed(wanted, store, source)
    assert traces(wanted, again.view) == traces(wanted, ledger)
    assert again.view.gaps == ()
    if "requests" in budget:
        assert max(n for question, n in source.asked.items() if isinstance(question, MissingSpender)) == 1


def random_case(number, folder):
    """A random case of a UTXO chain with heights: what is asked, its tags, and the same facts as one whole file."""
    write_case(random.Random(number), folder, "utxo")
    config = load(folder)
    tags = by_address(tag for file in config.tags for tag in tags_of(file).tags)
    specs = [replace(spec, complete="all") for spec in config.sources]
    view = open_view(specs, FileArchive(folder / "archive", clock), MemoryStore(), folder, ADAPTERS, tags)
    wanted = goal(*config.seeds, limits=config.limits, methods=config.methods, options=config.options)
    return wanted, tags, view


def outcome(wanted, view):
    try:
        return traces(wanted, view)
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("chunk", range(4))
def test_following_from_the_seeds_is_reading_the_whole_file(tmp_path, chunk):
    compared = 0
    for number in range(chunk * 60, chunk * 60 + 60):
        wanted, tags, view = random_case(number, tmp_path / str(number))
        told = list(view.facts.transactions("bitcoin"))
        beside = any(cover.chain != "bitcoin" for cover in view.coverages)  # of that one nobody is asked here
        if beside or any(tx.height is None for tx in told):
            continue
        end = max(view.coverages, key=lambda cover: cover.end)
        tip = Block(end.height, next(tx.block.hash for tx in told if tx.height == end.height), end.time)
        source = FakeSource(told, tip=tip)
        store = MemoryStore() if number % 4 else SqliteStore(tmp_path / f"{number}.sqlite")
        expected = outcome(wanted, view)
        try:
            found = outcome(wanted, followed(wanted, store, source, tags=tags, workers=1 + number % 5).view)
        except InputError as error:
            found = str(error)
        store.close()
        assert found == expected, number
        assert all(count == 1 for question, count in source.asked.items() if question != "status"), number
        compared += 1
    assert compared > 20


@pytest.mark.parametrize("seed", range(8))
def test_what_a_file_holds_is_not_asked_for(store, seed):
    made = killed_run.ledger(seed)
    wanted, rng = killed_run.goal_of(made), random.Random(seed)
    part = [tx for tx in made.transactions.values() if rng.random() < 0.5]
    by_file = {leg.holding for tx in part for leg in tx.utxo.inputs}
    file = Source("transactions-jsonl", "part.jsonl", "1" * 64)
    store.add([replace(tx, source=file) for tx in part], file, "bitcoin")
    source = FakeSource(made.transactions.values())
    cover = Coverage("bitcoin", frozenset(), frozenset({""}), 1, made.end, made.end, None)
    base = replace(ground(store, source), told=(file,), sources=(file,), coverages=(cover,))
    found = follow(wanted, base, [source], Budgets(), nobody, clock)
    assert traces(wanted, found.view) == traces(wanted, made)
    asked = {question.outpoint for question in source.asked if isinstance(question, MissingSpender)}
    assert asked
    assert not asked & by_file


def test_a_line_of_progress_says_what_is_known_so_far():
    ledger, told = theft(), []
    source = FakeSource(ledger.transactions.values())
    observer = lambda what, done=0, total=0: told.append((what, done, total))  # noqa: E731  # one line
    budgets = Budgets(requests=50, workers=1)
    follow(goal(ledger.seed("t", "all")), ground(MemoryStore(), source), [source], budgets, observer, clock)
    assert told[0] == ("following: transactions 1, unexplored at most 0.00000099 BTC, requests 2", 1, 50)


@pytest.mark.parametrize("requests", [1, 2])
def test_the_smallest_budget_gets_further_in_each_run_and_to_the_end(store, requests):
    ledger = theft()
    source, wanted = FakeSource(ledger.transactions.values()), goal(ledger.seed("t", "all"))
    for number in range(20):
        found = followed(wanted, store, source, requests=requests, workers=1)
        if not found.gaps:
            break
        assert f"ended at its budget of {requests} requests" in found.reasons[0]
        assert sum(isinstance(question, MissingSpender) for question in source.asked) >= number
    assert traces(wanted, found.view) == traces(wanted, ledger)
    assert max(times for question, times in source.asked.items() if isinstance(question, MissingSpender)) == 1


def test_outputs_that_are_told_to_be_unspent_besides_are_not_asked_for():
    ledger = coins(("t", [], [("ann", 60), ("ann", 39)]), ("x", [], [("x", 1)]))
    source = FakeSource(ledger.transactions.values())
    honest = source.reply

    def both(missing, at):
        if isinstance(missing, MissingTransaction):
            return honest(missing, at)
        told = [honest(MissingSpender(OutPoint("bitcoin", "t", vout)), at).unspent[0] for vout in (0, 1)]
        return Reply(unspent=tuple(told))

    source.reply = both
    wanted = goal(ledger.seed("t", "all"))
    store = MemoryStore()
    found = follow(wanted, ground(store, source), [source], Budgets(workers=1, requests=100), nobody, clock)
    assert traces(wanted, found.view) == traces(wanted, ledger)
