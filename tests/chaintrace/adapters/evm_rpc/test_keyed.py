"""`evm-rpc` looks for a contract's events by their key, and keeps the logs of a transaction that it is asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from chaintrace.adapters.evm.topics import TRANSFER
from chaintrace.adapters.network import replied
from chaintrace.errors import Declined
from chaintrace.model.log import logs_in, sent_in
from chaintrace.model.view import MissingLogs, MissingTransaction
from tests.chaintrace.adapters.evm.making import topic
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN, Chain, who
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
