"""The adapters of Etherscan's API: urls, chains, keys, what they are, single transactions, and logs of wrappers."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from chaintrace.adapters.assets import native_asset
from chaintrace.adapters.etherscan import Etherscan, Routescan
from chaintrace.adapters.etherscan.lines import inside_line, sent_line, token_line
from chaintrace.adapters.etherscan.rows import Row
from chaintrace.adapters.etherscan.words import NotOffered
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.errors import InputError, Malformed, Refused, Unavailable
from chaintrace.model.chain import Account
from chaintrace.model.view import MissingHistory, MissingTransaction
from tests.chaintrace.adapters.etherscan.town import CHAIN, LIST, PATH, PROXY, TOKEN, account, asked, connected, missing
from tests.hostile.doors import quick_door
from tests.hostile.etherscan_books import ZERO, Books, address, digest, time_of
from tests.hostile.etherscan_server import Explorer, given, nothing, result
from tests.hostile.server import Given, HostileServer

KEY = "S3CRETKEY0123456789ABCDEFGHIJKLMNO"
ETH = 10**18
WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
DEPOSIT = "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c"


def small() -> Books:
    books = Books()
    books.pay("victim", "thief", 5 * ETH)
    books.pay(
        "victim", "bridge", inside=[("bridge", "thief", 7), ("thief", "x", 1, False)], tokens=[(TOKEN, "a", "b", 3)]
    )
    return books


def endpoint(url: str, chain: str = CHAIN, adapter: str = "etherscan", reach="public") -> Endpoint:
    return Endpoint(adapter, chain, url, url, reach)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://api.etherscan.io/v2/api", "cannot be the url"),
        ("https://api.etherscan.io/v2/api#x", "cannot be the url"),
        ("https://api.etherscan.io/v2/api?chainid=10", "is the url of chain 10, and ethereum is 1"),
        ("https://api.routescan.io/v2/network/mainnet/evm/10/etherscan/api", "is the url of chain 10"),
    ],
)
def test_a_url_that_cannot_be_one_is_bad_input(tmp_path, url, reason):
    with quick_door(tmp_path) as door, pytest.raises(InputError, match=reason):
        Etherscan().connect(endpoint(url), door)


def test_the_chain_stands_in_the_query_for_etherscan_and_in_the_path_for_routescan(tmp_path):
    with asked(tmp_path, small()) as a:
        a.history("thief")
        assert a.server.asked[-1].path.startswith(f"{PATH}?chainid=1&module=account&action=balance")
    with HostileServer(Explorer(small())) as server, quick_door(tmp_path / "r") as door:
        url = f"{server.url}/v2/network/mainnet/evm/1/etherscan/api"
        Routescan().connect(endpoint(url, adapter="routescan"), door).status()
        assert "chainid" not in server.asked[-1].path
        assert "apikey" not in server.asked[-1].path


def test_a_public_etherscan_is_asked_with_a_key_or_not_at_all(tmp_path):
    with HostileServer(Explorer(small(), key=KEY)) as server, quick_door(tmp_path) as door:
        with pytest.raises(Refused, match="put it into the environment as CHAINTRACE_ETHERSCAN_KEY"):
            connected(server, door, reach="public").status()
        assert server.asked == []


@pytest.mark.parametrize("reach", ["own", "public"])
def test_the_key_goes_out_and_is_written_down_nowhere(tmp_path, reach):
    environment = {"CHAINTRACE_ETHERSCAN_KEY": KEY}
    with asked(tmp_path, small(), key=KEY, environment=environment, reach=reach) as a:
        reply = a.history("thief")
        assert reply.coverage[0].how == "balance equal"
        assert all(f"apikey={KEY}" in one.path for one in a.server.asked)
        assert KEY not in repr(reply) + repr(a.door.queries)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"txlist" in kept
    assert KEY.encode() not in kept


def test_a_wrong_key_is_refused_with_the_variable_and_not_the_key(tmp_path):
    environment = {"CHAINTRACE_ETHERSCAN_KEY": "another-key-0123456789"}
    with quick_door(tmp_path, environment=environment) as door, HostileServer(Explorer(small(), key=KEY)) as server:
        with pytest.raises(Refused, match="CHAINTRACE_ETHERSCAN_KEY") as caught:
            connected(server, door).status()
        assert "another-key" not in str(caught.value)


def test_status_names_the_tip_and_what_of_it_is_final(tmp_path):
    with asked(tmp_path, small()) as a:
        assert (a.at.height, a.at.block_hash, a.at.time) == (102, digest("block", 102), time_of(102))
        assert (a.at.chain, a.at.finalized, a.at.synced) == ("", 38, None)
        assert a.source.block_hash(101) == digest("block", 101)
        with pytest.raises(Unavailable, match="has no block at height 103 yet"):
            a.source.block_hash(103)


def test_without_a_proxy_the_tip_is_that_of_a_contract_that_everybody_uses(tmp_path):
    books = small()
    books.pay("x", WETH, ETH)
    with asked(tmp_path, books, has_proxy=False) as a:
        assert (a.at.height, a.at.block_hash, a.at.time) == (103, "", time_of(103))
        reply = a.history("thief")
        assert reply.coverage[0].how == "balance equal"
        assert reply.coverage[0].end == 103
        with pytest.raises(Unavailable, match="names no blocks"):
            a.source.block_hash(101)


def test_without_any_tip_a_history_ends_with_its_last_row_and_says_so(tmp_path):
    with asked(tmp_path, small(), has_proxy=False) as a:
        assert (a.at.height, a.at.block_hash, a.source.block_hash(0)) == (0, "", "")
        reply = a.history("thief")
        assert reply.coverage[0].end == 102
        assert "does not tell how far its chain has come" in reply.gaps[-1].text


NOTHING = {
    "an empty list": nothing(),
    "an empty list that is well": given([]),
    "a list alone": Given.json([]),
    "no such path": Given(b"not found", 404, "text/plain"),
    "a bad request": Given.json({"error": "unknown action"}, 400),
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_server_with_three_lists_is_asked_as_far_as_it_goes(tmp_path, name):
    with HostileServer(Explorer(small())) as server, quick_door(tmp_path) as door:
        for on in (f"{PATH}?chainid=1&module=proxy", f"{LIST}balance", f"{LIST}tokenbalance", f"{LIST}txsBeacon"):
            server.change(lambda *_: NOTHING[name], on=on)
        source = connected(server, door)
        at = source.status()
        assert at.height == 0
        reply = source.reply(missing("thief"), at)
        assert [tx.height for tx in reply.transactions] == [101, 102]
        assert (reply.coverage[0].how, reply.coverage[0].end) == ("claimed", 102)
        assert {gap.kind for gap in reply.gaps} == {"claimed", "source"}
        single = source.reply(MissingTransaction(CHAIN, digest("none")), at)
        assert (single.still_missing, single.absent) == (True, False)


def test_a_url_without_a_path_is_asked_at_its_root(tmp_path):
    with HostileServer(Explorer(small())) as server, quick_door(tmp_path) as door:
        Etherscan().connect(endpoint(server.url, reach="own"), door).status()
        assert server.asked[0].path.startswith("/?chainid=1&module=proxy")


@pytest.mark.parametrize(
    "at", [Status(CHAIN, 102, digest("other"), None, None), Status(CHAIN, 999, digest(1), 1, None)]
)
def test_another_fork_or_a_tip_that_it_lacks_is_unavailable(tmp_path, at):
    with asked(tmp_path, small(), at=at) as a, pytest.raises(Unavailable, match=r"another fork|no block at height 999"):
        a.history("thief")


def test_a_transaction_is_told_whole(tmp_path):
    books = small()
    with asked(tmp_path, books) as a:
        reply = a.source.reply(MissingTransaction(CHAIN, books.mined[1].txid), a.at)
        (told,) = reply.transactions
        assert reply.gaps == ()
        assert [one.index[:5] for one in told.transfers] == ["fee", "row:" + told.transfers[1].index[4], "log:0"]
        assert [one.value for one in told.transfers] == [600_000, 7, 3]
        assert (told.block.height, told.block.hash, told.block.time) == (102, digest("block", 102), time_of(102))


def test_calls_inside_that_are_not_told_are_a_gap(tmp_path):
    books = small()
    with asked(tmp_path, books, closed=frozenset({"txlistinternal"})) as a:
        reply = a.source.reply(MissingTransaction(CHAIN, books.mined[1].txid), a.at)
        assert [one.value for one in reply.transactions[0].transfers] == [600_000, 3]
        assert any("what contracts sent on inside" in gap.text for gap in reply.gaps)


def test_many_calls_inside_are_read_page_by_page(tmp_path):
    books = Books()
    one = books.pay("x", "spread", inside=[("spread", f"to {place % 7}", 1 + place % 3) for place in range(45)])
    with asked(tmp_path, books, records=10) as a:
        (told,) = a.source.reply(MissingTransaction(CHAIN, one.txid), a.at).transactions
        assert len({each.index for each in told.transfers}) == 46


def test_a_pending_transaction_is_told_as_pending_and_one_that_is_not_there_as_absent(tmp_path):
    books = small()
    waiting = books.pay("thief", "other", 3, waits=True)
    with asked(tmp_path, books) as a:
        (told,) = a.source.reply(MissingTransaction(CHAIN, waiting.txid), a.at).transactions
        assert (told.status, told.block, told.transfers[0].value) == ("pending", None, 3)
        assert a.source.reply(MissingTransaction(CHAIN, digest("none")), a.at).absent


def test_a_transaction_that_no_list_shows_stays_open_with_a_sentence(tmp_path):
    books = small()
    with asked(tmp_path, books, has_proxy=False) as a:
        plain, inside = (a.source.reply(MissingTransaction(CHAIN, one.txid), a.at) for one in books.mined)
        assert plain.still_missing
        assert "does not answer eth_getTransactionByHash" in plain.gaps[0].text
        assert inside.still_missing
        assert [one.value for one in inside.transactions[0].transfers] == [7]


def test_a_transaction_of_another_chain_is_malformed(tmp_path):
    books = small()
    with asked(tmp_path, books) as a:

        def moved(_, answer):
            told = json.loads(answer.body)
            return replace(answer, body=json.dumps(told | {"result": told["result"] | {"chainId": "0xa"}}).encode())

        a.server.change(moved, on=f"{PROXY}eth_getTransactionByHash")
        with pytest.raises(Malformed, match="as one of chain 10, and ethereum is 1"):
            a.source.reply(MissingTransaction(CHAIN, books.mined[0].txid), a.at)


def test_whether_an_old_transaction_failed_is_asked_where_its_receipt_does_not_say_it(tmp_path):
    books = small()
    books.mined[1].gas = 90_000
    with asked(tmp_path, books) as a:

        def old(_, answer):
            told = json.loads(answer.body)["result"]
            return result({key: value for key, value in told.items() if key != "status"} | {"logs": []})

        a.server.change(old, on=f"{PROXY}eth_getTransactionReceipt")
        a.server.change(
            lambda *_: given({"isError": "1", "errDescription": "Bad jump"}), on=f"{PATH}?chainid=1&module=tr"
        )
        (told,) = a.source.reply(MissingTransaction(CHAIN, books.mined[1].txid), a.at).transactions
        assert told.status == "failed"
        assert [one.index for one in told.transfers] == ["fee"]


def test_deposits_of_a_wrapper_come_from_its_logs_once(tmp_path):
    books = Books()
    books.pay("x", WETH, tokens=[(WETH, "a", "thief", 4)])
    mint = books.pay("x", WETH, tokens=[(WETH, ZERO, "thief", 6)])
    made = books.pay("thief", WETH, 9)
    books.balance = lambda *_: 4 + 6 + 9
    with asked(tmp_path, books) as a:

        def logs(request, _):
            if DEPOSIT not in request.path:
                return nothing("No records found")
            start = int(request.path.partition("fromBlock=")[2].partition("&")[0])
            rows = [log(one, value) for one, value in ((mint, 6), (made, 9)) if one.height >= start]
            return given(rows) if "page=1" in request.path and rows else nothing("No records found")

        a.server.change(logs, on=f"{PATH}?chainid=1&module=logs")
        reply = a.history("thief", WETH)
        assert reply.coverage[0].how == "balance equal"
        kinds = [(one.index[:4], one.kind, one.value) for tx in reply.transactions for one in tx.transfers]
        assert kinds == [("row:", "token", 4), ("row:", "mint", 6), ("log:", "mint", 9)]


def log(one, value: int) -> dict:
    """The log of a deposit, as recorded answers have logs: 0 is written 0x."""
    return {
        "address": WETH,
        "topics": [DEPOSIT, "0x" + address("thief")[2:].rjust(64, "0")],
        "data": f"0x{value:064x}",
        "blockNumber": hex(one.height),
        "blockHash": digest("block", one.height),
        "timeStamp": hex(time_of(one.height)),
        "logIndex": "0x",
        "transactionHash": one.txid,
        "transactionIndex": "0x1",
    }


def with_l1(_, answer: Given) -> Given:
    return result(json.loads(answer.body)["result"] | {"l1Fee": "0x4d"})


def cheaper(_, answer: Given) -> Given:
    return result(json.loads(answer.body)["result"] | {"effectiveGasPrice": "0x7"})


@pytest.mark.parametrize(
    ("chain", "number", "receipt", "fee"),
    [("optimism", 10, with_l1, 210_077), ("arbitrum", 42161, cheaper, 147_000)],
)
def test_on_a_chain_whose_lists_do_not_have_the_fee_what_was_sent_is_asked_whole(tmp_path, chain, number, receipt, fee):
    """A part of it is for Ethereum; or less is paid than was offered."""
    books = Books()
    books.pay("bank", "thief", ETH)
    books.pay("thief", "other", 5)
    books.balance = lambda *_: ETH - 5 - fee
    explorer = Explorer(books, chain_id=number)
    with HostileServer(explorer) as server, quick_door(tmp_path) as door:
        source = Etherscan().connect(Endpoint("etherscan", chain, server.url + PATH, "x", "own"), door)
        on = PROXY.replace("chainid=1&", f"chainid={number}&")

        server.change(receipt, on=f"{on}eth_getTransactionReceipt")
        server.change(
            lambda _, answer: result(json.loads(answer.body)["result"] | {"chainId": hex(number)}),
            on=f"{on}eth_getTransactionByHash",
        )
        reply = source.reply(MissingHistory(Account(address("thief"), native_asset(chain))), source.status())
        assert reply.coverage[0].how == "balance equal"
        assert [one.value for tx in reply.transactions for one in tx.transfers if one.kind == "fee"] == [fee]


def test_a_history_without_what_is_known_to_have_come_is_not_used(tmp_path):
    with asked(tmp_path, small()) as a:
        whole = a.source.reply(MissingHistory(account("thief"), 101), a.at)
        assert whole.coverage[0].how == "balance equal"
        reply = a.source.reply(MissingHistory(account("stranger"), 101), a.at)
        assert reply.still_missing
        assert reply.coverage == ()
        assert "none in block 101" in reply.gaps[0].text


def test_what_the_first_block_gave_is_a_mint(shared):
    record = json.loads(
        (shared / "data/evm/etherscan-python/get_normal_txs_by_address_paginated.json").read_text("utf-8")
    )
    holder = record["kwargs"]["address"]
    first, *others = [sent_line(Row.of("recorded", row), holder) for row in record["res"]]
    (moved,) = first.moved
    assert (moved.kind, moved.receiver, moved.value, first.height) == ("mint", holder, 10_000 * ETH, 0)
    assert first.txid == f"genesis_{holder[2:]}"
    assert others[0].moved[0].value == 21_612 * 400_000_000_000


def test_a_contract_that_is_made_is_the_receiver(shared):
    name = "get_internal_txs_by_address_paginated.json"
    record = json.loads((shared / "data/evm/etherscan-python" / name).read_text("utf-8"))
    lines = [inside_line(Row.of("recorded", row)) for row in record["res"]]
    assert lines[0].moved == ()
    assert lines[1].moved[0].value == 10**17
    made = record["res"][0] | {"value": "5"}
    assert inside_line(Row.of("recorded", made)).moved[0].receiver == made["contractAddress"]


def test_every_recorded_answer_is_read_or_refused_in_words(tmp_path, shared):
    readers = {"txlist": sent_line, "txlistinternal": inside_line, "tokentx": token_line}
    seen = 0
    folder = shared / "data/evm/api-responses"
    for path in sorted((*folder.glob("api_*scan_io_t*.json"), *folder.glob("*blockscout_com_t*.json"))):
        record = json.loads(path.read_text("utf-8"))
        action = re.split("_io_|_com_", path.name)[1].split("_")[0]
        with (
            HostileServer(lambda _, record=record: Given.json(record["response"])) as server,
            quick_door(tmp_path / path.stem) as door,
        ):
            source = connected(server, door, adapter="etherscan" if "etherscan" in path.name else "routescan")
            ask = source._histories._ask
            if "not supported" in str(record["response"]):
                with pytest.raises(Refused, match="use a plan that has it"):
                    ask.rows("account", action, "")
                continue
            if "processed" in str(record["response"]):  # Blockscout says so instead of an empty list
                with pytest.raises(NotOffered, match="ask another source"):
                    ask.rows("account", action, "")
                continue
            rows = ask.rows("account", action, "").rows
            assert len(rows) == len(record["response"]["result"])
            lines = [readers[action](row if "hash" in row.fields else row.with_txid(digest("x"))) for row in rows]
            seen += sum(len(line.moved) for line in lines)
    assert seen > 500
