"""`evm-rpc` where logs are every movement of the native asset: they are its index, and no trace is asked for."""

from __future__ import annotations

import pytest

from chaintrace.adapters.evm import evm_chain
from chaintrace.adapters.evm.topics import MINT, WITHDRAWN
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.evm.making import NOBODY, topic, word
from tests.chaintrace.adapters.evm_rpc.chain import GAS, PRICE, TOKEN, Chain, event, transfer, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import amounts, asking
from tests.chaintrace.adapters.evm_rpc.chain_node import Node

A, B, C, D = map(who, range(1, 5))
COIN = evm_chain("zksync").coin
FEE, TIP = GAS * PRICE, 5_000
UNTRACED = {"trace_filter", "ots_searchTransactionsBefore", "debug_traceTransaction", "trace_transaction"}


def paid(*payments):
    return [transfer(*payment, token=COIN.contract) for payment in payments]


def with_fee(payer, *logs, back=90):
    """The logs of a transaction: what is paid for its gas before it, and what comes back of that behind it."""
    return [*paid((payer, COIN.collects, FEE + back)), *logs, *paid((COIN.collects, payer, back))]


def told() -> Chain:
    """A is paid, pays, withdraws, fails, is paid inside and by Ethereum, and has a fee paid for it by C."""
    chain = Chain(TIP, finalized=TIP - 64, chain_id=324)
    for number in (A, B, C):
        chain.moved(0, "", NOBODY, number, 10**19)
    chain.send(100, A, B, 500, logs=with_fee(A, *paid((A, B, 500))))
    chain.send(900, B, D, 70, data="0x01", logs=with_fee(B, *paid((B, D, 70), (D, A, 60))))
    chain.moved(900, "", D, A, 60)
    chain.send(901, A, C, 1, failed=True, logs=with_fee(A))
    destroyed = event(COIN.contract, [WITHDRAWN, topic(A), topic(A)], word(8))
    chain.send(1_000, A, COIN.contract, 8, data="0x01", logs=with_fee(A, *paid((A, COIN.contract, 8)), destroyed))
    chain.moved(1_000, "", COIN.contract, NOBODY, 8)
    made = event(COIN.contract, [MINT, topic(A)], word(1_000))
    chain.send(1_100, D, D, data="0x01", gas=0, logs=[made])
    chain.moved(1_100, "", NOBODY, A, 1_000)
    chain.send(1_200, A, TOKEN, data="0xa9059cbb", logs=with_fee(C))
    chain.moved(1_200, "", C, A, FEE)  # the small chain took it from the sender
    return chain


@pytest.mark.parametrize("since", [0, 900])
def test_a_history_is_found_by_the_logs_and_adds_up(tmp_path, since):
    with asking(Node(told(), without=UNTRACED), tmp_path, "zksync") as a:
        reply = a.reply(A, "", since=since)
        values = [-FEE, -500, 60, -FEE, -FEE, -8, 1_000]
        assert [value for _, value in amounts(reply, A, "")] == values[2 if since else 0 :]
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.start, reply.gaps) == ("balance equal", since, ())
        assert {one.asset.contract for tx in reply.transactions for one in tx.transfers} == {""}
        assert [a.calls(method) for method in UNTRACED] == [0] * len(UNTRACED)


def test_what_is_withdrawn_leaves_the_coin_itself_with_nothing(tmp_path):
    with asking(Node(told(), without=UNTRACED), tmp_path, "zksync") as a:
        reply = a.reply(COIN.contract, "")
        assert [value for _, value in amounts(reply, COIN.contract, "")] == [8, -8]
        assert reply.coverage[0].how == "balance equal"


def test_who_pays_for_others_has_their_fees_in_its_history(tmp_path):
    with asking(Node(told(), without=UNTRACED), tmp_path, "zksync") as a:
        reply = a.reply(C, "")
        assert [value for _, value in amounts(reply, C, "")] == [-FEE]
        assert reply.gaps == ()


def test_a_transaction_that_is_asked_for_by_itself_has_no_doubt_about_its_calls(tmp_path):
    chain = told()
    with asking(Node(chain, without=UNTRACED), tmp_path, "zksync") as a:
        at = a.source.status()
        reply = a.source.reply(MissingTransaction("zksync", chain.txs[1]["hash"]), at)
        assert [one.index for one in reply.transactions[0].transfers] == ["fee", "value", "log:2"]
        assert (reply.gaps, reply.still_missing) == ((), False)
