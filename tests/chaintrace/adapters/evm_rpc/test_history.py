"""`evm-rpc` tells the history of a token's account: what is found, and what its balance shows of it."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.evm.topics import DEPOSIT, DESTROYED, ISSUE, SELECTORS, WITHDRAWAL
from chaintrace.adapters.evm_rpc import histories
from chaintrace.errors import Unavailable
from tests.chaintrace.adapters.evm.making import NOBODY, topic, word
from tests.chaintrace.adapters.evm_rpc.chain import GAS, PRICE, TOKEN, Chain, event, transfer, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import amounts, asking
from tests.chaintrace.adapters.evm_rpc.chain_node import Node

A, B, C, D = map(who, range(1, 5))
TIP = 50_000
WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"


def told() -> Chain:
    """A is paid 500, and pays 7, 7 and 9 on, the sevens in one transaction of somebody else."""
    chain = Chain(TIP, finalized=TIP - 64)
    chain.pay(0, NOBODY, B, 1_000)
    chain.pay(10, B, A, 500)
    chain.batch(30_000, D, [(A, C, 7), (A, C, 7), (D, A, 0)])
    chain.pay(30_000, A, C, 9)
    chain.pay(TIP, B, D, 3)
    return chain


def test_every_movement_is_told_in_its_order_and_its_balance_shows_it(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        reply = a.reply(A)
        assert [value for _, value in amounts(reply, A)] == [500, -7, -7, 0, -9]
        assert (reply.gaps, reply.still_missing) == ((), False)
        (coverage,) = reply.coverage
        assert (coverage.start, coverage.end, coverage.height) == (0, TIP, TIP)
        assert (coverage.how, coverage.opening) == ("balance equal", 0)
        assert (coverage.addresses, coverage.contracts) == (frozenset({A}), frozenset({TOKEN}))
        assert [tx.height for tx in reply.transactions] == [10, 30_000, 30_000]
        assert [tx.position for tx in reply.transactions] == [0, 0, 1]
        batch = reply.transactions[1]
        assert [one.index for one in batch.transfers] == ["fee", "log:0", "log:1", "log:2"]
        fee = batch.transfers[0]
        assert (fee.inputs[0].address, fee.value) == (D, GAS * PRICE)


def test_an_archive_node_is_read_from_the_first_traced_receipt_on(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        reply = a.reply(A, since=20_000)
        (coverage,) = reply.coverage
        assert (coverage.start, coverage.opening, coverage.how) == (20_000, 500, "balance equal")
        assert [value for _, value in amounts(reply, A)] == [-7, -7, 0, -9]
        asked = [one.body for one in a.server.asked if one.call == "eth_getLogs"]
        assert not any(b'"fromBlock":"0x0"' in body for body in asked)


def test_without_old_states_all_is_read_and_the_newest_balance_is_carried_back(tmp_path):
    chain = told()
    with asking(Node(chain, archive=False), tmp_path) as a:
        at = a.source.status()
        chain.tip += 500
        chain.pay(TIP + 100, A, B, 70)
        reply = a.reply(A, since=20_000, at=at)
        (coverage,) = reply.coverage
        assert (coverage.start, coverage.end, coverage.opening) == (0, TIP, 0)
        assert coverage.how == "balance equal"
        assert [value for _, value in amounts(reply, A)] == [500, -7, -7, 0, -9]


def test_a_difference_to_the_balance_is_a_gap_with_its_size(tmp_path):
    chain = told()
    chain.moved(40_000, TOKEN, B, A, 11)
    with asking(Node(chain), tmp_path) as a:
        reply = a.reply(A)
        (gap,) = reply.gaps
        assert (gap.kind, gap.subject, gap.effect_value, gap.contract) == ("balance", A, 11, TOKEN)
        assert "leave 477 base units, and the same node says 488" in gap.text
        assert [coverage.how for coverage in reply.coverage] == ["claimed"]
        assert len(amounts(reply, A)) == 5


def test_a_balance_that_nobody_tells_leaves_the_history_claimed(tmp_path):
    with asking(Node(told(), without={"eth_call"}), tmp_path) as a:
        reply = a.reply(A)
        assert [(gap.kind, gap.effect_value) for gap in reply.gaps] == [("claimed", None)]
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.opening) == ("claimed", None)
        assert len(amounts(reply, A)) == 5


def test_a_busy_address_is_recognised_and_not_downloaded(tmp_path):
    chain = Chain(TIP)
    for height in range(1, 60):
        chain.batch(height * 100, B, [(B, A, 1)] * 5)
    with asking(Node(chain), tmp_path) as a:
        a.source._histories._tokens._most = a.source._histories._most = 40
        reply = a.reply(A)
        assert (reply.still_missing, reply.transactions, reply.coverage) == (True, (), ())
        (gap,) = reply.gaps
        assert (gap.kind, gap.subject) == ("source", A)
        assert "looks like an address of a service" in gap.text
        assert "at most 40 are read" in gap.text
        assert a.calls("eth_getTransactionReceipt") == a.calls("eth_getBlockReceipts") == 0
        assert a.calls("eth_getLogs") <= 3
    assert histories.MOST == 10_000


def test_a_transfer_to_itself_is_told_once_and_changes_nothing(tmp_path):
    chain = told()
    chain.pay(40_000, A, A, 400)
    with asking(Node(chain), tmp_path) as a:
        reply = a.reply(A)
        assert [value for _, value in amounts(reply, A)][-1] == 0
        assert reply.coverage[0].how == "balance equal"


def test_ids_of_a_collection_are_not_amounts(tmp_path):
    chain = told()
    chain.send(41_000, B, TOKEN, logs=[transfer(B, A, 77, indexed=3)])
    with asking(Node(chain), tmp_path) as a:
        assert a.reply(A).coverage[0].how == "balance equal"
        assert len(a.reply(A).transactions) == 3


def test_a_token_that_indexes_its_amounts_is_read_where_it_says_that_it_is_one(tmp_path):
    chain = Chain(TIP)
    chain.moved(100, TOKEN, B, A, 77)
    chain.send(100, B, TOKEN, logs=[transfer(B, A, 77, indexed=3)])
    node = Node(chain)
    node.scales[TOKEN] = 6
    with asking(node, tmp_path) as a:
        reply = a.reply(A)
        assert [value for _, value in amounts(reply, A)] == [77]
        assert reply.coverage[0].how == "balance equal"


@pytest.mark.parametrize("since", [0, 49_500])
def test_a_token_that_indexes_nothing_is_found_too(tmp_path, since):
    chain = Chain(TIP)
    for height, payment in ((49_500, (B, A, 77)), (49_600, (A, C, 7)), (49_700, (B, C, 1))):
        chain.moved(height, TOKEN, *payment)
        chain.send(height, payment[0], TOKEN, logs=[transfer(*payment, indexed=0)])
    with asking(Node(chain), tmp_path) as a:
        reply = a.reply(A, since=since)
        assert [value for _, value in amounts(reply, A)] == [77, -7]
        assert reply.coverage[0].how == "balance equal"


def test_a_token_of_many_is_not_read_whole_to_see_whether_it_is_odd(tmp_path):
    chain = Chain(TIP)
    for height in range(TIP - 30, TIP + 1):
        chain.pay(height, B, C, 1)
    with asking(Node(chain, most=3), tmp_path) as a:
        assert a.reply(A).transactions == ()
        asked = [json.loads(one.body)["params"][0] for one in a.server.asked if one.call == "eth_getLogs"]
        all_of_it = [one for one in asked if len(one["topics"]) == 1 and isinstance(one["topics"][0], str)]
        assert [int(one["toBlock"], 16) - int(one["fromBlock"], 16) for one in all_of_it] == [1]


def test_a_wrapper_makes_and_destroys_its_token(tmp_path):
    chain = Chain(TIP)
    chain.moved(100, WETH, NOBODY, A, 50)
    chain.send(100, A, WETH, 50, logs=[event(WETH, [DEPOSIT, topic(A)], word(50))])
    chain.moved(200, WETH, A, NOBODY, 20)
    chain.send(200, A, WETH, data="0x01", logs=[event(WETH, [WITHDRAWAL, topic(A)], word(20))])
    with asking(Node(chain), tmp_path) as a:
        reply = a.reply(A, WETH)
        assert [value for _, value in amounts(reply, A, WETH)] == [50, -20]
        assert reply.coverage[0].how == "balance equal"


def test_what_an_issuer_destroys_is_found_though_it_is_no_transfer(tmp_path):
    chain = told()
    for victim, value in ((A, 477), (C, 23)):
        chain.moved(45_000, TOKEN, victim, NOBODY, value)
        chain.send(45_000, D, TOKEN, data="0x01", logs=[event(TOKEN, [DESTROYED], word(victim) + word(value))])
    with asking(Node(chain), tmp_path) as a:
        reply = a.reply(A)
        assert amounts(reply, A)[-1][1] == -477
        assert len(reply.transactions) == 4
        assert reply.coverage[0].how == "balance equal"


@pytest.mark.parametrize("through_a_contract", [False, True])
def test_what_an_issuer_makes_is_its_own(tmp_path, through_a_contract):
    chain = told()
    data = "0x" + SELECTORS[ISSUE].hex() + word(900).hex()
    log = event(TOKEN, [ISSUE], word(900))
    chain.moved(45_000, TOKEN, NOBODY, A, 900)
    node = Node(chain)
    if through_a_contract:
        node.codes[A] = "0x6001"
        txid = chain.send(45_000, D, A, data="0x01", logs=[log], calls=[(A, TOKEN, 0)])
        chain.traces[txid][1]["action"]["input"] = data
    else:
        chain.send(45_000, A, TOKEN, data=data, logs=[log])
    with asking(node, tmp_path) as a:
        reply = a.reply(A)
        assert amounts(reply, A)[-1][1] == 900
        assert reply.coverage[0].how == "balance equal"
        assert len(a.reply(C).transactions) == 2


def test_what_happened_inside_does_not_concern_a_token(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        assert a.reply(A).gaps == ()
        assert a.calls("debug_traceTransaction") == a.calls("trace_transaction") == 0


def test_the_transactions_of_one_block_are_asked_at_once_where_the_node_can(tmp_path):
    chain = Chain(TIP)
    for _ in range(5):
        chain.pay(100, B, A, 1)
    with asking(Node(chain), tmp_path / "can") as a:
        assert len(a.reply(A).transactions) == 5
        assert (a.calls("eth_getBlockReceipts"), a.calls("eth_getTransactionReceipt")) == (1, 0)
    with asking(Node(chain, without={"eth_getBlockReceipts"}), tmp_path / "cannot") as a:
        assert len(a.reply(A).transactions) == 5
        assert a.calls("eth_getTransactionReceipt") == 5


def test_a_node_without_logs_says_what_helps(tmp_path):
    with asking(Node(told(), without={"eth_getLogs"}), tmp_path) as a:
        reply = a.reply(A)
        assert (reply.still_missing, reply.coverage) == (True, ())
        assert "add a source that holds its history, such as an explorer" in reply.gaps[0].text


def test_what_was_answered_is_not_asked_again(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        first = a.reply(A)
        before = len(a.server.asked)
        assert a.reply(A) == first
        again = {one.call for one in a.server.asked[before:]}
        assert again <= {"eth_getBlockByNumber", "eth_chainId", "eth_syncing"}


def test_a_log_of_a_block_that_left_the_chain_is_noticed(tmp_path):
    chain = told()
    with asking(Node(chain), tmp_path) as a:
        at = a.source.status()
        chain.forks[TIP - 10] = 1
        chain.pay(TIP - 10, B, A, 1)
        del chain.forks[TIP - 10]
        with pytest.raises(Unavailable, match="another block at height 49990 than before"):
            a.reply(A, at=at)


def test_a_tip_that_left_the_chain_while_it_was_asked_is_noticed(tmp_path):
    chain = told()
    with asking(Node(chain), tmp_path) as a:
        at = a.source.status()
        chain.forks[TIP] = 1
        with pytest.raises(Unavailable, match="re-organised while it was asked"):
            a.reply(A, at=at)


def test_a_log_that_is_marked_as_removed_is_not_used(tmp_path):
    chain = told()
    for receipt in chain.receipts.values():
        for log in receipt["logs"]:
            log["removed"] = True
    with asking(Node(chain), tmp_path) as a, pytest.raises(Unavailable, match="a re-organisation is going on"):
        a.reply(A)


def test_the_largest_amount_survives(tmp_path):
    chain = Chain(TIP)
    most = 2**256 - 1
    chain.pay(10, B, A, most)
    with asking(Node(chain), tmp_path) as a:
        reply = a.reply(A)
        assert [value for _, value in amounts(reply, A)] == [most]
        assert reply.coverage[0].how == "balance equal"
