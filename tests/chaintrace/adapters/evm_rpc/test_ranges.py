"""`evm-rpc` asks about many blocks in ranges that a node accepts, whatever it says when it does not."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.evm_rpc import ranges, refusals
from chaintrace.adapters.transport import RpcError
from chaintrace.errors import Malformed, Unavailable
from tests.chaintrace.adapters.evm.making import NOBODY
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN, Chain, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import amounts, asking, history, straight
from tests.chaintrace.adapters.evm_rpc.chain_node import Failure, Node
from tests.hostile.server import Given

A, B = who(1), who(2)
TIP = 12_000
PAYMENTS = 12
WIDE = [
    (-32602, "range 1000000 exceeds limit of {}"),  # Infura
    (-32005, "block range too large, max range: {}"),  # cdk-erigon
    (-32000, "query block range exceeds server limit, narrow your filter: {}"),  # Erigon
    (-32614, "eth_getLogs is limited to a {:,} range"),  # QuickNode
    (-32602, "query exceeds max block range {}"),  # Reth
    (-32000, "exceed maximum block range: {}"),  # geth of BNB Chain
    (35, "ranges over {} blocks are not supported on freetier"),  # drpc
    (-32600, "You can make eth_getLogs requests with up to a {} block range."),  # Alchemy
    (-32000, "Something nobody has read before"),
]
ALCHEMY = (
    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the "
    "response size, or you can request any block range with a cap of 10K logs in the response."
)
MUCH = [
    (-32005, "query returned more than 10000 results"),  # Infura
    (-32602, ALCHEMY),
    (-32602, "query exceeds max results 20000, retry with the range 0-512"),  # Reth
    (-32000, "query returns too many logs, narrow your filter: 20000"),  # Erigon
    (-32000, "query timeout exceeded"),
    (-32603, "Something nobody has read before"),
]


def paid() -> Chain:
    chain = Chain(TIP)
    chain.moved(0, TOKEN, NOBODY, B, 1_000)
    for number in range(PAYMENTS):
        chain.pay(1 + number * 900, B, A, 1 + number)
    return chain


def check(reply) -> None:
    assert [value for _, value in amounts(reply, A)] == list(range(1, 1 + PAYMENTS))
    assert [coverage.how for coverage in reply.coverage] == ["balance equal"]


def test_a_node_without_limits_is_asked_few_questions():
    node = Node(paid())
    check(history(straight(node), A))
    assert node.calls["eth_getLogs"] <= 3 * 4


@pytest.mark.parametrize("error", WIDE)
@pytest.mark.parametrize("widest", [10, 300, 2_000])
def test_a_range_that_is_too_wide_is_made_smaller(error, widest):
    code, text = error
    node = Node(paid(), widest=widest, wide_error=(code, text.format(widest)))
    check(history(straight(node), A))
    exact = 3 * (TIP // widest + 5)
    assert node.calls["eth_getLogs"] <= (exact if "{" in text else 2 * exact)


@pytest.mark.parametrize("error", MUCH)
@pytest.mark.parametrize("most", [1, 7])
def test_an_answer_that_is_too_long_is_asked_for_in_parts(error, most):
    check(history(straight(Node(paid(), most=most, most_error=error)), A))


def test_how_wide_ranges_may_be_is_found_out_once():
    node = Node(paid(), widest=1_000, wide_error=(-32000, "block range is too wide"))
    source = straight(node)
    history(source, A)
    before = node.calls["eth_getLogs"]
    history(source, B)
    assert node.calls["eth_getLogs"] - before <= 3 * (1 + TIP // 512)


@pytest.mark.parametrize("status", [400, 413, 422])
@pytest.mark.parametrize("page", [True, False])
def test_a_status_of_http_may_say_the_same(tmp_path, status, page):
    def refuse(asked, given):
        call = json.loads(asked.body)
        low, high = (int(call["params"][0][name], 16) for name in ("fromBlock", "toBlock"))
        if high - low < 1_000:
            return given
        error = {"jsonrpc": "2.0", "id": call["id"], "error": {"code": -32600, "message": "block range too large"}}
        return Given(b"<html>Too large</html>", status, "text/html") if page else Given.json(error, status)

    with asking(Node(paid()), tmp_path) as a:
        a.server.change(refuse, on="eth_getLogs")
        check(a.reply(A))


@pytest.mark.parametrize("cut", [200, 1_000])
def test_a_list_that_may_have_been_cut_without_a_word_is_asked_for_in_parts(cut):
    chain = Chain(TIP)
    chain.moved(0, TOKEN, NOBODY, B, 10_000)
    for height in (5, 300, 600):
        chain.batch(height, B, [(B, A, 1)] * (cut - 50))
    reply = history(straight(Node(chain, cut=cut)), A)
    assert len(amounts(reply, A)) == 3 * (cut - 50)
    assert reply.coverage[0].how == "balance equal"


def test_an_answer_that_is_broken_is_asked_for_in_parts(tmp_path):
    def halved(asked, given):
        low, high = (int(json.loads(asked.body)["params"][0][name], 16) for name in ("fromBlock", "toBlock"))
        return given if high - low < 3_000 else Given(given.body[: len(given.body) // 2])

    with asking(Node(paid()), tmp_path) as a:
        a.server.change(halved, on="eth_getLogs")
        check(a.reply(A))


def test_a_node_that_is_slow_over_wide_ranges_is_asked_narrow_ones(tmp_path):
    def slow(asked, given):
        low, high = (int(json.loads(asked.body)["params"][0][name], 16) for name in ("fromBlock", "toBlock"))
        return given if high - low < 2_000 else Given(b"", 504)

    with asking(Node(paid()), tmp_path) as a:
        a.server.change(slow, on="eth_getLogs")
        check(a.reply(A))


def test_too_many_ranges_are_not_begun(tmp_path):
    chain = paid()
    chain.tip = 23_000_000
    error = (-32600, "You can make eth_getLogs requests with up to a 10 block range.")
    with asking(Node(chain, archive=False, widest=10, wide_error=error), tmp_path) as a:
        reply = a.reply(A)
        assert (reply.still_missing, reply.transactions) == (True, ())
        assert "lets 10 blocks be asked at a time" in reply.gaps[0].text
        assert a.calls("eth_getLogs") < 20


def test_an_archive_node_shows_where_a_contract_begins(tmp_path):
    chain = Chain(TIP)
    chain.pay(11_000, B, A, 5)
    node = Node(chain)
    node.more["eth_getCode"] = lambda _, name: "0x6001" if int(name, 16) >= 10_000 else "0x"
    with asking(node, tmp_path) as a:
        reply = a.reply(A)
        assert (reply.coverage[0].start, reply.coverage[0].how) == (0, "balance equal")
        asked = [json.loads(one.body)["params"][0] for one in a.server.asked if one.call == "eth_getLogs"]
        assert min(int(one["fromBlock"], 16) for one in asked) == 10_000


@pytest.mark.parametrize(
    "error", [(-32601, "no"), (-32000, "pruned history unavailable"), (4444, "pruned history unavailable")]
)
def test_what_a_node_does_not_have_is_not_asked_for_in_parts(tmp_path, error):
    def no(_):
        raise Failure(*error)

    node = Node(paid())
    node.more["eth_getLogs"] = no
    with asking(node, tmp_path) as a:
        reply = a.reply(A)
        assert reply.still_missing
        assert a.calls("eth_getLogs") == 1


def test_a_refusal_of_even_one_block_is_a_gap(tmp_path):
    with asking(Node(paid(), most=0), tmp_path) as a:
        reply = a.reply(A)
        assert reply.still_missing
        assert "refuses to say what is in even one block" in reply.gaps[0].text


@pytest.mark.parametrize(
    "error",
    [
        (-32005, "limit exceeded"),
        (429, "Too Many Requests"),
        (-32005, "daily request count exceeded, request rate limited"),
        (-32016, "over rate limit"),
        (-32007, "50/second request limit reached - reduce calls per second"),
        (-32000, "Your app has exceeded its compute units per second capacity"),
    ],
)
def test_what_is_asked_too_often_comes_later(tmp_path, error):
    def no(_):
        raise Failure(*error)

    node = Node(paid())
    node.more["eth_getLogs"] = no
    with asking(node, tmp_path) as a:
        with pytest.raises(Unavailable, match="is asked too much"):
            a.reply(A)
        assert a.calls("eth_getLogs") == 3
        del node.more["eth_getLogs"]
        check(a.reply(A))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.update(address="0x" + "99" * 20),
        lambda log: log.update(blockNumber=hex(TIP + 9)),
        lambda log: log["topics"].reverse(),
        lambda log: log.update(logIndex=0.5),
        lambda log: log.update(data="0x1"),
        lambda log: log.pop("transactionHash"),
    ],
)
def test_logs_that_were_not_asked_for_are_not_used(tmp_path, spoil):
    def lie(_, given):
        answer = json.loads(given.body)
        for log in answer["result"]:
            spoil(log)
        return Given.json(answer)

    with asking(Node(paid()), tmp_path) as a:
        a.server.change(lie, on="eth_getLogs")
        with pytest.raises(Malformed):
            a.reply(A)
        a.server.good()
        check(a.reply(A))


@pytest.mark.parametrize(
    ("text", "width", "smaller"),
    [
        ("range 1000000 exceeds limit of 10000", 1_000_000, 10_000),
        ("limited to a 10,000 range", 16_384, 10_000),
        ("up to a 2K block range", 16_384, 2_000),
        ("this block range should work: [0x64, 0x6d]", 1_024, 10),
        ("query returned more than 10000 results", 1 << 20, 1 << 19),
        ("no", 2, 1),
        ("block range 0", 1, 1),
    ],
)
def test_a_node_that_names_a_width_is_believed(text, width, smaller):
    assert refusals.smaller_width(RpcError(0, text), width) == smaller


def test_nothing_is_left_out_between_two_ranges():
    asked: list[tuple[int, int]] = []

    def ask(low, high):
        if high - low >= 777:
            raise ranges.TooMuch(RpcError(-32000, "too wide"))
        asked.append((low, high))
        return 0

    assert ranges.Ranges("host").read(5, 9_999, ask, 10) == 9_999
    assert [height for low, high in asked for height in range(low, high + 1)] == list(range(5, 10_000))
