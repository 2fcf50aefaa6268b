"""`evm-rpc` tells the history of the native asset, by the index that a node has, or by its old balances."""

from __future__ import annotations

import pytest

from chaintrace.errors import Malformed, Unavailable
from tests.chaintrace.adapters.evm.making import NOBODY
from tests.chaintrace.adapters.evm_rpc.chain import GAS, PRICE, START, TOKEN, Chain, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import amounts, asking
from tests.chaintrace.adapters.evm_rpc.chain_node import Failure, Node

A, B, C, D = map(who, range(1, 5))
TIP = 5_000
FEE = GAS * PRICE
WAYS = {
    "traces": set(),
    "pages": {"trace_filter"},
    "balances": {"trace_filter", "ots_searchTransactionsBefore"},
}


def told() -> Chain:
    """A has 10 ether from the first block on; sends, is paid, fails, is paid inside, and pays itself."""
    chain = Chain(TIP, finalized=TIP - 64)
    for number in (A, B, C):
        chain.moved(0, "", NOBODY, number, 10**19)
    chain.send(100, A, B, 500)
    chain.send(900, B, A, 70)
    chain.send(900, A, C, 1, failed=True)
    chain.send(2_000, B, D, 90, data="0x01", calls=[(D, A, 60), (D, C, 30)])
    chain.send(2_001, A, A, 5)
    chain.send(2_001, B, A, 0)
    chain.send(3_000, B, C, 4)
    chain.send(3_100, A, TOKEN, data="0xa9059cbb")
    return chain


MOVED = [-FEE, -500, 70, -FEE, 60, -FEE, 0, 0, -FEE]


@pytest.mark.parametrize("way", WAYS)
def test_every_movement_is_told_whichever_way_it_is_found(tmp_path, way):
    with asking(Node(told(), without=WAYS[way]), tmp_path) as a:
        reply = a.reply(A, "")
        values = [value for _, value in amounts(reply, A, "")]
        assert values == MOVED if way != "balances" else [one for one in values if one] == [one for one in MOVED if one]
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.start, coverage.opening) == ("balance equal", 0, 10**19)
        assert (coverage.contracts, reply.gaps) == (frozenset({""}), ())
        inside = next(tx for tx in reply.transactions if tx.height == 2_000)
        assert [one.index for one in inside.transfers] == ["fee", "value", "call:0", "call:1"]


@pytest.mark.parametrize("way", WAYS)
def test_an_archive_node_is_read_from_the_first_traced_receipt_on(tmp_path, way):
    with asking(Node(told(), without=WAYS[way]), tmp_path) as a:
        reply = a.reply(A, "", since=900)
        (coverage,) = reply.coverage
        assert (coverage.start, coverage.opening) == (900, 10**19 - FEE - 500)
        assert coverage.how == "balance equal"
        assert min(tx.height for tx in reply.transactions) == 900


@pytest.mark.parametrize("way", ["traces", "pages"])
def test_without_old_states_the_first_block_stays_unknown_and_is_a_gap(tmp_path, way):
    with asking(Node(told(), archive=False, without=WAYS[way]), tmp_path) as a:
        reply = a.reply(A, "", since=900)
        (gap,) = reply.gaps
        assert (gap.kind, gap.effect_value, gap.contract) == ("balance", 10**19, "")
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.start, coverage.opening) == ("claimed", 0, None)
        assert len(reply.transactions) == 7


def test_without_index_and_old_states_it_stays_missing_and_says_what_helps(tmp_path):
    with asking(Node(told(), archive=False, without=WAYS["balances"]), tmp_path) as a:
        reply = a.reply(A, "")
        assert (reply.still_missing, reply.transactions, reply.coverage) == (True, (), ())
        (gap,) = reply.gaps
        assert "no index of what was paid in the native asset (trace_filter or" in gap.text
        assert "add a source that holds its history, such as an explorer" in gap.text


@pytest.mark.parametrize("way", WAYS)
def test_what_a_block_pays_out_of_the_beacon_chain_is_a_mint(tmp_path, way):
    chain = told()
    chain.withdrawals[2_500] = [
        {"index": "0x11", "validatorIndex": "0x1", "address": A, "amount": "0x2"},
        {"index": "0x12", "validatorIndex": "0x2", "address": C, "amount": "0x3"},
    ]
    chain.moved(2_500, "", NOBODY, A, 2 * 10**9)
    with asking(Node(chain, without=WAYS[way]), tmp_path) as a:
        reply = a.reply(A, "")
        assert reply.coverage[0].how == "balance equal"
        (made,) = [tx for tx in reply.transactions if tx.height == 2_500]
        (mint,) = made.transfers
        assert (mint.index, mint.kind, mint.value, mint.inputs) == ("value", "mint", 2 * 10**9, ())
        assert (made.txid, made.block.hash, made.time) == ("withdrawal:17", chain.hash(2_500), START + 12 * 2_500)


def reward(chain: Chain, author: str, value: int, kind: str = "block") -> dict:
    """A reward as Erigon's traces have it."""
    return {
        "action": {"author": author, "rewardType": kind, "value": hex(value)},
        "blockHash": chain.hash(3_000),
        "blockNumber": 3_000,
        "result": None,
        "subtraces": 0,
        "traceAddress": [],
        "transactionHash": None,
        "type": "reward",
    }


@pytest.mark.parametrize(
    ("kind", "name", "tips"), [("block", f"block:3000:{A}", GAS * (PRICE - 3)), ("uncle", f"uncle:3000:{A}", 0)]
)
def test_what_a_block_pays_its_maker_is_a_mint(tmp_path, kind, name, tips):
    chain = told()
    chain.base_fee = 3
    chain.moved(3_000, "", NOBODY, A, 7 + tips)
    node = Node(chain)
    plain = node._trace_filter

    def rewarded(asked):
        here = int(asked["fromBlock"], 16) <= 3_000 <= int(asked["toBlock"], 16) and "toAddress" in asked
        return plain(asked) + ([reward(chain, A, 7, kind)] if here else [])

    node.more["trace_filter"] = rewarded
    with asking(node, tmp_path) as a:
        reply = a.reply(A, "")
        assert reply.coverage[0].how == "balance equal"
        (made,) = [tx for tx in reply.transactions if tx.height == 3_000]
        assert (made.txid, [(one.kind, one.value) for one in made.transfers]) == (name, [("mint", 7 + tips)])


@pytest.mark.parametrize("way", WAYS)
def test_tips_alone_are_found_by_the_balances(tmp_path, way):
    chain = told()
    chain.makers[3_000] = A
    chain.moved(3_000, "", NOBODY, A, FEE)
    with asking(Node(chain, without=WAYS[way]), tmp_path) as a:
        reply = a.reply(A, "")
        assert reply.coverage[0].how == "balance equal"
        assert [tx.txid for tx in reply.transactions if tx.height == 3_000] == [f"block:3000:{A}"]


def test_who_sends_much_is_busy_before_anything_is_read(tmp_path):
    with asking(Node(told()), tmp_path) as a:
        a.source._histories._natives._most = a.source._histories._most = 2
        reply = a.reply(A, "")
        assert reply.still_missing
        assert "looks like an address of a service" in reply.gaps[0].text
        assert a.calls("trace_filter") == 0


def test_who_is_paid_much_is_busy_after_the_first_ranges(tmp_path):
    chain = told()
    for height in range(10, 60):
        chain.send(height, B, D, 1)
    with asking(Node(chain), tmp_path) as a:
        a.source._histories._natives._most = a.source._histories._most = 20
        reply = a.reply(D, "")
        assert "looks like an address of a service" in reply.gaps[0].text
        assert a.calls("trace_filter") <= 2


@pytest.mark.parametrize("limit", [{"widest": 100}, {"most": 2}])
def test_limits_of_the_index_are_respected(tmp_path, limit):
    with asking(Node(told(), **limit), tmp_path) as a:
        reply = a.reply(A, "")
        assert [value for _, value in amounts(reply, A, "")] == MOVED
        assert a.calls("ots_searchTransactionsBefore") == 0


def test_an_index_that_is_not_done_in_time_is_replaced_by_the_balances(tmp_path):
    def late(_):
        raise Failure(429, "too many requests")

    node = Node(told(), without={"ots_searchTransactionsBefore"})
    node.more["trace_filter"] = late
    with asking(node, tmp_path / "archive") as a:
        assert a.reply(A, "").coverage[0].how == "balance equal"
    node.archive = False
    with asking(node, tmp_path / "not") as a, pytest.raises(Unavailable, match="asked too much"):
        a.reply(A, "")


def test_calls_that_nobody_tells_leave_a_difference(tmp_path):
    node = Node(told(), without={"trace_transaction", "trace_block"})
    with asking(node, tmp_path) as a:
        reply = a.reply(A, "")
        assert [gap.kind for gap in reply.gaps][:1] == ["balance"]
        assert reply.gaps[0].effect_value == 60
        assert any("no trace of it was told" in gap.text for gap in reply.gaps)
        assert reply.coverage[0].how == "claimed"


def test_many_pages_are_read_to_their_end(tmp_path):
    chain = told()
    for height in range(10, 80):
        chain.send(height, B, D, 1)
    with asking(Node(chain, without=WAYS["pages"]), tmp_path) as a:
        reply = a.reply(D, "")
        assert len(reply.transactions) == 71
        assert reply.coverage[0].how == "balance equal"
        assert a.calls("ots_searchTransactionsBefore") >= 3


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one.update(blockNumber=1.0),
        lambda one: one.update(blockNumber=TIP + 1),
        lambda one: one.update(traceAddress=["0"]),
        lambda one: one["action"].update(value=7),
        lambda one: one.pop("transactionHash"),
        lambda one: one.pop("action"),
    ],
)
def test_traces_that_cannot_be_read_are_not_used(tmp_path, spoil):
    chain = told()
    for frames in chain.traces.values():
        for one in frames:
            spoil(one)
    node = Node(chain)
    found = [one for frames in chain.traces.values() for one in frames]
    node.more["trace_filter"] = lambda _: found
    with asking(node, tmp_path) as a, pytest.raises(Malformed):
        a.reply(A, "")


def test_a_node_that_does_not_tell_code_proves_nothing_by_balances(tmp_path):
    with asking(Node(told(), without=WAYS["balances"] | {"eth_getCode"}), tmp_path) as a:
        reply = a.reply(A, "")
    assert (reply.still_missing, reply.coverage) == (True, ())
    assert "may have code" in reply.gaps[0].text
    assert "eth_getCode" in reply.gaps[0].text
