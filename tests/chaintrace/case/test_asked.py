"""What is asked next, what is not asked again, and what waits by the traces."""

from __future__ import annotations

import pytest

from chaintrace.adapters.network import Endpoint, Reply
from chaintrace.case.asked import Asked
from chaintrace.case.questions import largest, waiting_said
from chaintrace.case.waiting import united, waiting_in
from chaintrace.errors import Unavailable
from chaintrace.fetch import Flight, Outcome
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import Options, Wallet
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import MissingHistory, MissingLogs, MissingSpender, MissingTransaction
from chaintrace.store import SILENT, Network
from chaintrace.store.answers import Answered, heard
from chaintrace.tracing import trace
from tests.chaintrace.tracing.ledger import LEDGER, payments

END = Endpoint("esplora", "ethereum", "http://fake", "fake", "own")
COIN, TOKEN = Asset("ethereum", "", "ETH", 18), Asset("ethereum", "T", "USDX", 6)
ANN, BOB = Account("ann", TOKEN), Account("bob", TOKEN)


def cover(account, start):
    return Coverage("ethereum", frozenset({account.address}), frozenset({"T"}), start, 99, 99, None, "counter equal", 0)


def landed(asked, question, reply=None):
    asked.take_off(Flight([question], list))
    replies = ((END, reply),) if reply is not None else ()
    asked.land(Outcome(question, replies, () if replies else ((END, Unavailable("no")),)))


def test_the_largest_of_each_asset_come_first_and_the_assets_in_turn():
    waiting = {
        MissingHistory(Account("a", COIN)): 10**18,
        MissingHistory(Account("b", COIN)): 2 * 10**18,
        MissingHistory(ANN, 3): 7,
        MissingHistory(BOB, 4): 7,
        MissingTransaction("bitcoin", "t"): 5,
        MissingSpender(OutPoint("bitcoin", "t", 1)): 6,
    }
    found = largest(waiting, {("ethereum", "T"): 7, ("bitcoin", ""): 6}, 9)
    names = [getattr(getattr(question, "account", None), "address", "t") for question in found]
    assert names == ["t", "b", "ann", "a", "bob"]
    assert largest(waiting, {}, 2) == found[:2]
    assert not {MissingHistory(ANN, 3), MissingHistory(BOB, 4)} & {*largest(waiting, {("ethereum", "T"): 8}, 9)}


def test_what_waits_is_told_asset_by_asset_and_capped():
    waiting = {
        MissingHistory(ANN): 2_000_000,
        MissingHistory(BOB): 3_000_000,
        MissingHistory(Account("a", COIN)): 10**18,
    }
    assert waiting_said(waiting, {}) == "1 ETH, 5 USDX"
    assert waiting_said(waiting, {TOKEN: 4_000_000}) == "1 ETH, 4 USDX"


def test_what_waits_behind_a_key_is_of_no_asset_that_is_known():
    key = MissingLogs("ethereum", "bridge", "topic", "key")
    waiting = {key: 3, MissingTransaction("ethereum", "t"): 4, MissingHistory(Account("a", COIN)): 10**18}
    assert set(largest(waiting, {("ethereum", ""): 10**19}, 9)) == {key, MissingTransaction("ethereum", "t")}
    assert waiting_said(waiting, {}) == "1 ETH"
    assert waiting_said({key: 3}, {}) == "an unknown amount"


def test_a_history_that_was_told_is_open_from_an_earlier_rank_on_only():
    asked = Asked({"ethereum"}, SILENT)
    assert asked.is_open(MissingHistory(ANN, 5))
    assert not asked.is_open(MissingHistory(Account("ann", Asset("tron", "T"))))
    assert not asked.is_open(MissingHistory(ANN, PENDING_RANK))
    asked.take_off(Flight([MissingHistory(ANN, 5)], list))
    assert not asked.is_open(MissingHistory(ANN, 4))  # while it is under way
    asked.land(Outcome(MissingHistory(ANN, 5), ((END, Reply(coverage=(cover(ANN, 5),))),)))
    assert [asked.is_open(MissingHistory(ANN, since)) for since in (4, 5, 6)] == [True, False, False]


@pytest.mark.parametrize("reply", [Reply(still_missing=True), Reply(), Reply(coverage=(cover(BOB, 0),)), None])
def test_an_account_that_was_not_told_is_closed_altogether(reply):
    asked, question = Asked({"ethereum"}, SILENT), MissingHistory(ANN, 5)
    landed(asked, question, reply)
    assert not any(asked.is_open(MissingHistory(ANN, since)) for since in (0, 4, 5, 6))
    assert asked.is_open(MissingHistory(BOB, 5))
    assert (asked.failure(MissingHistory(ANN, 3)) is None) == (reply is not None)


def test_what_the_store_holds_is_as_closed_as_when_it_was_told():
    network = Network("ethereum", "esplora", "fake")
    told = [
        Answered(network, MissingHistory(ANN, 5), "told", coverage=(cover(ANN, 5),)),
        Answered(network, MissingHistory(BOB, 5), "unknown"),
        Answered(network, MissingTransaction("ethereum", "t"), "absent"),
    ]
    known = heard({}, told)
    asked = Asked({"ethereum"}, known)
    assert [asked.is_open(MissingHistory(ANN, since)) for since in (4, 5)] == [True, False]
    assert not asked.is_open(MissingHistory(BOB, 0))
    assert not asked.is_open(MissingTransaction("ethereum", "t"))
    missing = [MissingHistory(ANN, 4), MissingHistory(ANN, 6), MissingHistory(BOB, 0)]
    assert list(asked.in_vain(missing, known)) == [MissingHistory(ANN, 6)]


def test_what_waits_is_the_most_that_any_method_leaves_from_the_earliest_receipt_on():
    ledger = payments(("victim", "ann", 6), ("x", "ann", 6), ("ann", "bob", 6), ("ann", "bob", 6)).cover("ann")
    seeds = (ledger.seed("t1"),)
    traces = [trace(ledger, seeds, method) for method in ("fifo", "lifo", "haircut")]
    bob = ledger.account("bob")
    assert {question.since for found in traces for question in found.missing} == {3, 4}
    assert united(waiting_in(traces, Options())) == {MissingHistory(bob, 3): 6}
    both = united(waiting_in(traces, Options()), {MissingHistory(bob, 0): 2, MissingTransaction(LEDGER, "t"): 1})
    assert both == {MissingHistory(bob, 0): 6, MissingTransaction(LEDGER, "t"): 1}


def test_what_waits_for_a_member_of_a_wallet_waits_for_the_others():
    options = Options(wallets=(Wallet("w", frozenset({"bob", "carl"})),))
    ledger = payments(("victim", "ann", 6), ("ann", "bob", 5)).cover("ann", "bob")
    found = trace(ledger, (ledger.seed("t1"),), "fifo", None, options)
    assert waiting_in([found], options) == {MissingHistory(ledger.account("carl"), 2): 5}
