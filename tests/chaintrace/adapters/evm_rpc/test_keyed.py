"""`evm-rpc` looks for a contract's events by their key, and keeps the logs of a transaction that it is asked for."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from chaintrace.adapters.evm.topics import TRANSFER
from chaintrace.adapters.evm_rpc import keyed
from chaintrace.adapters.network import replied
from chaintrace.errors import Declined
from chaintrace.model.log import logs_in, sent_in
from chaintrace.model.view import MissingLogs, MissingTransaction
from tests.chaintrace.adapters.evm.making import topic, word
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN, Chain, event, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import asking
from tests.chaintrace.adapters.evm_rpc.chain_node import Node

A, B, C = map(who, range(1, 4))
TIP = 50_000


def told() -> Chain:
    chain = Chain(TIP, finalized=TIP - 64)
    chain.pay(10, A, B, 500)
    chain.pay(40_000, C, B, 7)
    return chain


def test_the_logs_with_a_key_are_told_as_facts_of_their_transactions(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        reply = replied(a.source, MissingLogs("ethereum", TOKEN, TRANSFER, topic(C), 1), a.source.status())
        (log,) = logs_in(reply.observations)
        assert (log.emitter, log.topics, int(log.data, 16)) == (TOKEN, (TRANSFER, topic(C), topic(B)), 7)
        assert (reply.observations[0].height, reply.absent, reply.still_missing) == (40_000, False, False)
        assert log.txid in [one["transactionHash"] for one in a.node.chain.receipts.values()]


def test_a_key_may_be_any_topic_and_may_be_nowhere(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        at = a.source.status()
        found = replied(a.source, MissingLogs("ethereum", TOKEN, TRANSFER, topic(B), 2), at)
        assert len(logs_in(found.observations)) == 2
        nothing = replied(a.source, MissingLogs("ethereum", TOKEN, TRANSFER, topic(B), 1), at)
        assert (nothing.observations, nothing.absent) == ((), True)


def test_what_nobody_can_look_for_is_declined(tmp_path):
    with asking(Node(told(), without={"eth_getLogs"}), tmp_path) as a:
        at = a.source.status()
        with pytest.raises(Declined, match="no node can look for it"):
            replied(a.source, MissingLogs("ethereum", TOKEN, TRANSFER, topic(B), 0), at)
        with pytest.raises(Declined, match="name another node"):
            replied(a.source, MissingLogs("ethereum", TOKEN, TRANSFER, topic(B), 1), at)


def fares(*heights: int, other: int = 0) -> Chain:
    """Logs whose only topic is their event, with a key (C) among their data; and others with another one (A)."""
    chain = Chain(TIP, finalized=TIP - 64)
    for height in heights:
        chain.send(height, A, TOKEN, data="0x01", logs=[event(TOKEN, [TRANSFER], word(7) + word(C))])
    if other:
        logs = [event(TOKEN, [TRANSFER], word(number) + word(A)) for number in range(other)]
        chain.send(2_000, A, TOKEN, data="0x01", logs=logs)
    return chain


def between(since: int, until: int) -> MissingLogs:
    return MissingLogs("ethereum", TOKEN, TRANSFER, topic(C), 0, since, until)


def test_a_key_among_the_data_is_looked_for_between_two_heights(tmp_path):
    with asking(Node(fares(1_000, 1_024, 3_000, 3_001, other=3)), tmp_path) as a:
        reply = replied(a.source, between(1_024, 3_000), a.source.status())
        assert [one.height for one in reply.observations] == [1_024, 3_000]
        assert {int(log.data[2:66], 16) for log in logs_in(reply.observations)} == {7}
        assert (reply.absent, reply.still_missing) == (False, False)
        asked = [json.loads(one.body)["params"][0] for one in a.server.asked if one.call == "eth_getLogs"]
        assert {one["address"] for one in asked} == {TOKEN}
        assert [one["topics"] for one in asked] == [[TRANSFER]] * len(asked)
        assert (asked[0]["fromBlock"], asked[-1]["toBlock"]) == (hex(1_024), hex(3_000))
        nothing = replied(a.source, between(4_000, 5_000), a.source.status())
        assert (nothing.observations, nothing.absent, nothing.still_missing) == ((), True, False)


def test_heights_above_the_tip_leave_the_question_open(tmp_path):
    with asking(Node(fares(TIP - 1)), tmp_path) as a:
        at = a.source.status()
        for since in (TIP - 5, TIP + 5):
            reply = replied(a.source, between(since, TIP + 9), at)
            assert (reply.absent, reply.still_missing, len(reply.observations)) == (False, True, int(since < TIP))
        replied(a.source, between(TIP - 5, TIP), at)
        assert all(int(one["toBlock"], 16) <= TIP for one in ranges_of(a))


def ranges_of(a):
    return [json.loads(one.body)["params"][0] for one in a.server.asked if one.call == "eth_getLogs"]


@pytest.mark.parametrize("limits", [{"widest": 100}, {"cut": 200}, {"most": 200}])
def test_a_window_is_read_whole_whatever_a_node_limits(tmp_path, limits):
    """One that cuts its lists without a word leaves 200 of the 450 logs, and is asked again in smaller ranges."""
    with asking(Node(fares(*range(1_100, 1_550)), **limits), tmp_path) as a:
        reply = replied(a.source, between(1_024, 2_047), a.source.status())
        assert [one.height for one in reply.observations] == [*range(1_100, 1_550)]
        assert (reply.absent, reply.still_missing) == (False, False)


def test_what_is_too_much_to_be_looked_through_is_declined(tmp_path, monkeypatch):
    with asking(Node(fares(1_000, other=9), widest=2_000), tmp_path) as a:
        at = a.source.status()
        with pytest.raises(Declined, match="no node can look for it in a whole chain"):
            replied(a.source, between(1, keyed.WIDEST + 1), at)
        monkeypatch.setattr(keyed, "MOST_OF_EVENT", 8)
        with pytest.raises(Declined, match="logs that event more than 8 times between 900 and 9000"):
            replied(a.source, between(900, 9_000), at)


def test_a_window_of_which_a_node_tells_no_logs_is_declined(tmp_path):
    with asking(Node(fares(1_000), without={"eth_getLogs"}), tmp_path) as a:
        at = a.source.status()
        with pytest.raises(Declined, match="name another node"):
            replied(a.source, between(900, 9_000), at)


def test_a_source_without_events_is_not_asked_for_them():
    explorer = SimpleNamespace(endpoint=SimpleNamespace(shown="https://explorer.test"))
    with pytest.raises(Declined, match="is not asked for a contract's events"):
        replied(explorer, MissingLogs("ethereum", TOKEN, TRANSFER, topic(B)), None)


def test_a_transaction_that_is_asked_for_brings_all_its_logs_and_how_it_was_sent(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        txid = next(iter(a.node.chain.receipts))
        reply = replied(a.source, MissingTransaction("ethereum", txid), a.source.status())
        (log,) = logs_in(reply.observations)
        (sent,) = sent_in(reply.observations)
        assert (log.txid, log.topic, sent.txid) == (txid, TRANSFER, txid)
        assert [one.index for one in reply.transactions[0].transfers if one.kind == "token"] == [f"log:{log.index}"]
