"""Both stores keep what networks say of addresses at tokens' contracts, and hear it under the newest pin alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Gap, Observation, Source
from chaintrace.model.view import MissingHistory, MissingState
from chaintrace.store import Answered, Network, SqliteStore

DAY = datetime(2026, 1, 1, tzinfo=UTC)
CHAIN, TOKEN = "ethereum", "0x" + "77" * 20
NODE, SITE = Network(CHAIN, "evm-rpc", "node"), Network(CHAIN, "evm-rpc", "other")
TIP = Block(100, "f" * 64, 1_600_000_000)
ANN = MissingState(Account("ann", Asset(CHAIN, TOKEN)))
BOB = MissingState(Account("bob", Asset(CHAIN, TOKEN)))
READ = Source("evm-rpc", "eth_call", "5" * 64, DAY)
BLOCKED = Observation(CHAIN, "ann", f"state at {TOKEN}", 100, "blocked", READ)
HELD = Observation(CHAIN, "ann", f"balance at {TOKEN}", 100, str(2**256 - 1), READ)
GAP = Gap("source", CHAIN, "bob", None, "the node has no state", TOKEN)


def heard(store, *networks):
    return store.facts([], networks=networks).heard


def test_every_network_is_heard_with_what_it_observed_and_why_it_did_not(store):
    store.pin(CHAIN, TIP, DAY)
    store.tell([
        Answered(NODE, ANN, "told", observations=(BLOCKED, HELD)),
        Answered(SITE, ANN, "told", observations=(replace(BLOCKED, value="not blocked"),)),
        Answered(NODE, BOB, "unknown", gaps=(GAP,)),
    ])  # fmt: skip
    both = heard(store, NODE, SITE).states
    assert {one.network: one.observations for one in both[ANN]} == {
        NODE: (BLOCKED, HELD),
        SITE: (replace(BLOCKED, value="not blocked"),),
    }
    assert [(one.how, one.gaps, one.observations) for one in both[BOB]] == [("unknown", (GAP,), ())]
    assert [one.network for one in heard(store, SITE).states[ANN]] == [SITE]
    assert heard(store).states == {}


def test_they_are_no_answer_to_what_a_trace_lacks(store):
    """Not among its questions, nor its gaps; and they do not say that a history was asked for."""
    store.pin(CHAIN, TIP, DAY)
    store.tell([Answered(NODE, BOB, "unknown", gaps=(GAP,)), Answered(NODE, ANN, "told", observations=(BLOCKED,))])
    told = heard(store, NODE)
    assert (dict(told.questions), dict(told.gaps), told.coverage) == ({}, {}, ())
    assert MissingHistory(ANN.account) not in told.questions
    assert told.observations == (BLOCKED,)


def test_under_a_new_pin_nothing_was_asked_yet(store):
    store.pin(CHAIN, TIP, DAY)
    store.tell([Answered(NODE, ANN, "told", observations=(BLOCKED,))])
    store.pin(CHAIN, replace(TIP, height=101, hash="e" * 64), DAY)
    assert heard(store, NODE).states == {}
    store.tell([Answered(NODE, ANN, "told", observations=(replace(BLOCKED, height=101, value="not blocked"),))])
    (one,) = heard(store, NODE).states[ANN]
    assert [(seen.value, seen.height) for seen in one.observations] == [("not blocked", 101)]


def test_an_answer_given_anew_replaces_the_one_before(store):
    store.pin(CHAIN, TIP, DAY)
    store.tell([Answered(NODE, BOB, "unknown", gaps=(GAP,))])
    store.tell([Answered(NODE, BOB, "told", observations=(replace(BLOCKED, subject="bob"),))])
    (one,) = heard(store, NODE).states[BOB]
    assert (one.how, one.gaps, len(one.observations)) == ("told", (), 1)


def test_it_is_there_when_the_file_is_opened_again(tmp_path):
    path = tmp_path / "facts.sqlite"
    store = SqliteStore(path)
    store.pin(CHAIN, TIP, DAY)
    store.tell([Answered(NODE, ANN, "told", observations=(BLOCKED, HELD))])
    store.close()
    again = SqliteStore(path)
    (one,) = heard(again, NODE).states[ANN]
    again.close()
    assert one.observations == (BLOCKED, HELD)
    assert one.observations[1].value == str(2**256 - 1)
