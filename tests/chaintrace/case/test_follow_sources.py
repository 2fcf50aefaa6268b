"""Sources that fail a follow: refused, gone, not synced, of another chain: each is told, and none loses facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.network import Reply, Status
from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.store import MemoryStore, SqliteStore
from tests.chaintrace.case.fake_source import FakeSource
from tests.chaintrace.case.following import followed, goal, theft, traces


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


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
