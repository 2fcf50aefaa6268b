"""Following over a network: exactly what the traces miss, the same report as from a file, nothing asked twice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.accounting import METHODS
from chaintrace.adapters import ADAPTERS
from chaintrace.adapters.network import Reply, Status
from chaintrace.case.config import load
from chaintrace.case.follow import Budgets, Goal, follow
from chaintrace.case.opening import open_view
from chaintrace.case.rooms import tags_of
from chaintrace.case.rules import nobody
from chaintrace.errors import InputError, Malformed, Refused, Unavailable
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Coverage, Source
from chaintrace.model.trace import Limits
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.store import FileArchive, MemoryStore, SqliteStore
from chaintrace.tags import by_address
from chaintrace.tracing import trace
from tests.chaintrace.case import killed_run
from tests.chaintrace.case.fake_source import FakeSource, ground
from tests.chaintrace.tracing.ledger import coins
from tests.oracle.generate import write_case

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ALL = tuple(METHODS)


def clock():
    return NOON


def goal(*seeds, limits=None, methods=ALL, options=None):
    limits = limits or Limits()
    traced = lambda view: {name: trace(view, seeds, name, limits, options) for name in methods}  # noqa: E731  # one line
    return Goal(seeds, limits, traced)


def followed(wanted, store, *sources, tags=None, **budgets):
    return follow(wanted, ground(store, *sources, tags=tags), sources, Budgets(**budgets), nobody, clock)


def traces(wanted, view):
    return {name: replace(found, missing=()) for name, found in wanted.traced(view).items()}


def theft():
    """A theft that splits, is spent in part, merges with another's coin and rests."""
    return coins(
        ("v", [], [("victim", 100)]),
        ("t", ["v:0"], [("ann", 60), ("bob", 39)]),
        ("o", [], [("oz", 30)]),
        ("m", ["t:0", "o:0"], [("carl", 70), ("dora", 19)]),
        ("n", ["m:1"], [("eve", 18)]),
        ("x", [], [("unrelated", 5)]),
    )


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


def test_a_seed_that_could_not_be_fetched_says_why(store):
    source = FakeSource(theft().transactions.values())
    source.failing = lambda question: Unavailable("no route") if isinstance(question, MissingTransaction) else None
    with pytest.raises(Unavailable, match="no route"):
        followed(goal(theft().seed("t", "0")), store, source)


def test_a_source_that_is_not_there_says_why(store):
    source = FakeSource(theft().transactions.values())
    source.failing = lambda _: Refused("the key is not valid: correct it")
    with pytest.raises(Refused, match="the key is not valid"):
        followed(goal(theft().seed("t", "0")), store, source)


def test_a_failed_question_goes_to_the_next_source_and_a_refusal_ends_asking(store):
    ledger = theft()
    first, second = (FakeSource(ledger.transactions.values(), name=name) for name in ("one", "two"))
    first.failing = lambda question: Refused("quota") if isinstance(question, MissingSpender) else None
    wanted = goal(ledger.seed("t", "all"))
    found = followed(wanted, store, first, second, workers=1)
    assert traces(wanted, found.view) == traces(wanted, ledger)
    assert sum(isinstance(question, MissingSpender) for question in first.asked) == 1
    assert found.notices == ("one was not asked any more in this run: quota",)
    assert found.gaps == ()


def test_what_no_source_answers_is_a_gap_and_is_asked_again_by_the_next_run(store):
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    broken = MissingSpender(OutPoint("bitcoin", "m", 1))
    source.failing = lambda question: Unavailable("timed out") if question == broken else None
    wanted = goal(ledger.seed("t", "all"))
    found = followed(wanted, store, source)
    assert found.reasons == ("fake left 1 of the questions of the traces without an answer: timed out",)
    assert set(found.gaps) <= set(found.view.gaps)
    source.asked.clear()
    source.failing = lambda _: None
    again = followed(wanted, store, source, depth=0)
    assert [question for question in source.asked if isinstance(question, MissingSpender)] == [
        broken,
        MissingSpender(OutPoint("bitcoin", "n", 0)),
    ]
    assert again.gaps == ()
    assert again.view.gaps == ()
    assert traces(wanted, again.view) == traces(wanted, ledger)


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
        if any(tx.height is None for tx in told):
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


def test_a_source_that_is_not_synced_is_told():
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    known = source.status
    source.status = lambda: replace(known(), synced=False)
    found = followed(goal(ledger.seed("t", "all")), MemoryStore(), source)
    (gap,) = found.gaps
    assert (gap.kind, gap.chain, gap.subject) == ("source", "bitcoin", "fake")
    (reason,) = found.reasons
    assert reason.startswith("fake is not synced: it has come to height 6, and does not know what later blocks hold.")
    assert gap in found.view.gaps


def test_a_source_of_another_chain_is_never_used(store):
    ledger = theft()
    source, wanted = FakeSource(ledger.transactions.values()), goal(ledger.seed("t", "all"))
    followed(wanted, store, source)
    known = source.status
    source.status = lambda: replace(known(), chain="litecoin")
    with pytest.raises(Malformed, match="fake is a source of litecoin, not of bitcoin: correct the url or the chain"):
        followed(wanted, store, source)


def test_a_second_source_of_another_chain_is_told_and_what_the_first_one_said_stands(store):
    ledger = theft()
    source, other = (FakeSource(ledger.transactions.values(), name=name) for name in ("fake", "other"))
    other.status = lambda: Status("litecoin", 3, "b3", None, synced=True)
    failing = MissingSpender(OutPoint("bitcoin", "t", 1))
    source.failing = lambda question: Unavailable("no route") if question == failing else None
    found = followed(goal(ledger.seed("t", "all")), store, source, other)
    assert {gap.kind for gap in found.gaps} == {"source"}
    assert any("other is a source of litecoin, not of bitcoin" in reason for reason in found.reasons)
    assert len(traces(goal(ledger.seed("t", "all")), found.view)["fifo"].hops) == 3


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


def test_an_answer_without_what_was_asked_for_is_not_asked_for_again():
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    honest = source.reply
    source.reply = lambda missing, at: honest(missing, at) if isinstance(missing, MissingTransaction) else Reply()
    found = followed(goal(ledger.seed("t", "all")), MemoryStore(), source)
    assert found.reasons == ("Answers without what was asked for: 2, the first about t:0. Check the source.",)


def test_a_case_whose_source_is_gone_is_reported_as_of_what_is_stored(store):
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    wanted = goal(ledger.seed("t", "all"))
    followed(wanted, store, source)
    source.failing = lambda _: Unavailable("no route")
    found = followed(wanted, store, source)
    assert traces(wanted, found.view) == traces(wanted, ledger)
    assert "bitcoin: no source could be asked, so only what is stored is known (no route)" in found.notices
    assert found.gaps == ()


def test_a_source_that_goes_away_leaves_the_pin_open(store):
    ledger = theft()
    source = FakeSource(ledger.transactions.values())
    wanted = goal(ledger.seed("t", "all"))
    source.failing = lambda _: Unavailable("no route") if source.asked.total() > 3 else None
    found = followed(wanted, store, source, workers=1)
    assert found.reasons != ()
    pin = store.pins()["bitcoin"]
    assert pin.is_open
    source.failing = lambda _: None
    source.tip = Block(7, "b7", None)
    source.blocks[7] = "b7"
    again = followed(wanted, store, source)
    assert store.pins()["bitcoin"] == replace(pin, is_open=False, gaps=())
    assert traces(wanted, again.view) == traces(wanted, ledger)


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
