"""The only thread pool: order, failures as values, who is asked next and who never again, and an interrupt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from chaintrace.adapters.network import Reply, Status
from chaintrace.errors import Declined, InputError, Malformed, Refused, Unavailable
from chaintrace.fetch import PATIENCE, Fetcher
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from tests.chaintrace.case.fake_source import FakeSource
from tests.chaintrace.tracing.ledger import coins

ROOT = Path(__file__).resolve().parents[2]
TIPS = {"bitcoin": Block(9, "b9", None)}


def chain(count=6):
    rows = [("t0", [], [("ann", 100)])]
    rows += [(f"t{n}", [f"t{n - 1}:0"], [("ann", 100 - n)]) for n in range(1, count)]
    return coins(*rows)


def spenders(count=6):
    return [MissingSpender(OutPoint("bitcoin", f"t{n}", 0)) for n in range(count)]


@pytest.fixture
def source():
    return FakeSource(chain().transactions.values(), delays=0.004)


def fetched(sources, questions, workers=8):
    with Fetcher(sources, workers) as fetcher:
        return fetcher.fetch(questions, TIPS)


@pytest.mark.parametrize("workers", [1, 3, 16, 64])
def test_outcomes_come_in_chain_order_whatever_the_threads_did(source, workers):
    outcomes = fetched([source], spenders()[::-1], workers)
    told = [[tx.txid for tx in outcome.replies[0][1].transactions] for outcome in outcomes]
    assert told == [["t1"], ["t2"], ["t3"], ["t4"], ["t5"], []]
    assert [outcome.question.outpoint.txid for outcome in outcomes] == ["t0", "t1", "t2", "t3", "t4", "t5"]
    assert all(outcome.is_settled for outcome in outcomes)


def test_spare_threads_ask_as_well_because_the_door_says_how_many_may(source):
    together = threading.Barrier(4)

    def wait_for_the_others(question):
        if question != "status":
            together.wait(10)

    source.failing = wait_for_the_others
    with Fetcher([source], 2, spare=2) as fetcher:
        assert all(outcome.is_settled for outcome in fetcher.fetch(spenders(4), TIPS))
        assert fetcher.workers == 2


@pytest.mark.parametrize("workers", [0, 65, -1])
def test_a_number_of_workers_that_cannot_be_is_bad_input(source, workers):
    with pytest.raises(InputError, match=rf"{workers} workers: the number must be 1 to 64"):
        Fetcher([source], workers)


@pytest.mark.parametrize("error", [Unavailable("timed out"), Malformed("no JSON")])
def test_what_one_source_cannot_answer_the_next_one_is_asked(source, error):
    broken = FakeSource(chain().transactions.values(), name="broken")
    broken.failing = lambda question: error if question != "status" else None
    (outcome,) = fetched([broken, source], spenders(1))
    assert outcome.is_settled
    assert outcome.errors == ((broken.endpoint, error),)
    assert outcome.replies[0][0] == source.endpoint


def test_a_source_that_refuses_is_not_asked_again(source):
    source.failing = lambda question: Refused("no key") if question != "status" else None
    with Fetcher([source], 1) as fetcher:
        outcomes = fetcher.fetch(spenders(), TIPS)
        assert fetcher.silent.keys() == {source.endpoint}
        assert fetcher.requests == 2
    assert all(outcome.is_failed for outcome in outcomes)
    assert {str(outcome.errors[-1][1]) for outcome in outcomes} == {"no key"}


def test_a_source_that_declines_one_question_is_asked_the_others(source):
    first = spenders(1)[0]
    source.failing = lambda question: Declined("not with this plan") if question == first else None
    with Fetcher([source], 1) as fetcher:
        outcomes = fetcher.fetch([*[first] * PATIENCE, *spenders()], TIPS)
        assert not fetcher.silent
        assert fetcher.requests == 1 + PATIENCE + len(spenders())
    assert {outcome.question for outcome in outcomes if outcome.is_failed} == {first}
    assert sum(outcome.is_settled for outcome in outcomes) == len(spenders()) - 1


def test_a_source_that_declines_is_there_and_not_unavailable(source):
    turns = iter([Unavailable("down")] * (PATIENCE - 1) + [Declined("no")] + [Unavailable("down")] * (PATIENCE - 1))
    source.failing = lambda question: next(turns) if question != "status" else None
    with Fetcher([source], 1) as fetcher:
        fetcher.fetch(spenders(2 * PATIENCE - 1), TIPS)
        assert not fetcher.silent


def test_a_source_that_declines_to_say_what_it_is_is_left_alone(source):
    source.failing = lambda question: Declined("not told") if question == "status" else None
    with Fetcher([source], 1) as fetcher:
        fetcher.fetch(spenders(), TIPS)
        assert str(fetcher.silent[source.endpoint]) == "not told"
        assert fetcher.requests == 1


def test_a_source_that_is_unavailable_again_and_again_is_left_alone(source):
    source.failing = lambda question: Unavailable("down") if question != "status" else None
    with Fetcher([source], 1) as fetcher:
        fetcher.fetch(spenders() * 3, TIPS)
        assert fetcher.requests == 1 + PATIENCE
        assert str(fetcher.silent[source.endpoint]) == "down"


def test_a_reply_that_leaves_the_question_open_keeps_its_facts_and_goes_on(source):
    partial = FakeSource(chain().transactions.values(), name="partial")
    partial.reply = lambda _missing, _at: Reply((chain().transactions["t3"],), still_missing=True)
    (outcome,) = fetched([partial, source], spenders(1))
    assert [endpoint.shown for endpoint, _ in outcome.replies] == ["partial", "fake"]
    assert outcome.is_settled
    (alone,) = fetched([partial], spenders(1))
    assert not alone.is_settled
    assert not alone.is_failed


DOUBT = Gap("claimed", "bitcoin", "ann", None, "nothing shows it to be complete")


def test_what_one_source_cannot_prove_the_next_one_is_asked(source):
    """Its facts stay; the one that leaves nothing unproven settles the question, whoever was asked first."""
    doubtful = FakeSource(chain().transactions.values(), name="doubtful")
    doubtful.reply = lambda _missing, _at: Reply((chain().transactions["t3"],), gaps=(DOUBT,))
    for sources in ([doubtful, source], [source, doubtful]):
        (outcome,) = fetched(sources, spenders(1))
        assert outcome.is_settled
        assert (outcome.replies[-1][0].shown, outcome.replies[-1][1].gaps) == ("fake", ())
    (outcome,) = fetched([doubtful, source], spenders(1))
    assert outcome.replies[0][1].still_missing
    assert outcome.replies[0][1].transactions


@pytest.mark.parametrize("other", [Reply(gaps=(DOUBT,), still_missing=True), Reply(absent=True), Reply(gaps=(DOUBT,))])
def test_where_nobody_can_prove_it_the_first_that_tells_it_settles_it(other):
    """A source that has no such thing, or leaves it open, does not outdo one that has it."""
    first, second = (FakeSource(chain().transactions.values(), name=name) for name in ("doubtful", "other"))
    first.reply = lambda _missing, _at: Reply((chain().transactions["t3"],), gaps=(DOUBT,))
    second.reply = lambda _missing, _at: other
    (outcome,) = fetched([first, second], spenders(1))
    assert outcome.is_settled
    assert (outcome.replies[-1][0].shown, outcome.replies[-1][1].gaps) == ("doubtful", (DOUBT,))


def test_a_source_of_another_chain_is_not_asked(source):
    source.status = lambda: Status("bitcoin-testnet", 9, "b9", None, synced=True)
    (outcome,) = fetched([source], spenders(1))
    assert (
        str(outcome.errors[0][1]) == "fake is a source of bitcoin-testnet, not of bitcoin: correct the url or the chain"
    )
    assert source.asked.total() == 0


def test_only_the_sources_of_its_chain_are_asked(source):
    other = FakeSource([], chain="litecoin", name="other")
    fetched([other, source], spenders(1))
    assert other.asked.total() == 0


def test_a_chain_without_sources_fails_as_a_value():
    question = MissingHistory(Account("a", Asset("bitcoin", "")))
    (outcome,) = fetched([], [question])
    assert outcome.is_failed
    assert outcome.errors == ()
    with Fetcher([]) as fetcher, pytest.raises(Unavailable, match="no source of bitcoin can be asked"):
        fetcher.status("bitcoin")


def test_a_source_is_asked_as_of_the_pinned_tip(source):
    seen = []
    source.reply = lambda _, at: seen.append(at) or Reply(absent=True)
    fetched([source], [MissingTransaction("bitcoin", "t0")])
    assert seen == [replace(FakeSource.status(source), height=9, block_hash="b9", time=None)]


def test_a_bug_in_a_source_is_not_hidden(source):
    source.failing = lambda question: KeyError("ours") if question != "status" else None
    with pytest.raises(KeyError, match="ours"):
        fetched([source], spenders(1))


def test_the_threads_end_with_the_block(source):
    before = threading.active_count()
    with Fetcher([source], 16):
        assert threading.active_count() == before + 16
    assert threading.active_count() == before


INTERRUPTED = """
import signal, threading, time
from chaintrace.fetch import Fetcher
from tests.chaintrace.test_fetch import TIPS, chain, spenders
from tests.chaintrace.case.fake_source import FakeSource
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
source = FakeSource(chain().transactions.values())
source.failing = lambda question: print("asked", flush=True) or time.sleep(600)
try:
    with Fetcher([source], 2) as fetcher:
        fetcher.fetch(spenders(), TIPS)
except KeyboardInterrupt:
    print("ended", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="an interrupt is sent as a signal")
def test_an_interrupt_does_not_wait_for_a_source_that_hangs():
    command = [sys.executable, "-c", INTERRUPTED]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGINT)
        try:
            rest, complaints = process.communicate(timeout=120)  # a fifth of what the source takes
        finally:
            process.kill()
    assert rest.endswith("ended\n")
    assert complaints == ""
    assert process.returncode == 0
