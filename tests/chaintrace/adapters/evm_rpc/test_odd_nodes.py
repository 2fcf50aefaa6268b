"""Nodes that answer as some servers do: few methods, few fields, no blocks, pages for errors. Nothing is lost by it."""

from __future__ import annotations

import json
from functools import partial

import pytest

from chaintrace.cli import run
from tests.chaintrace.adapters.evm_rpc.node import NAMES, SOME_TIME, TIP, Node, read, recorded
from tests.hostile.server import Asked, Given, HostileServer

BLOCKS = ("eth_getBlockByHash", "eth_getBlockByNumber")
PLACE = ("blockHash", "blockNumber", "transactionIndex")


@pytest.fixture
def record(shared):
    return next(one for one in map(read, recorded(shared)) if one["chain_id"] == 1 and len(one["receipt"]["logs"]) > 3)


def shown(record, capsys, node: Node, spoil=None) -> tuple[dict, str]:
    """What `show --json` prints, with what it says beside that. `spoil` changes an answer; it returns what is sent."""

    def answer(asked: Asked) -> Given:
        given = node.answer(asked)
        return given if spoil is None else spoil(json.loads(asked.body)["method"], given)

    with HostileServer(answer) as server:
        code = run(["show", record["tx"]["hash"], "--chain", NAMES[record["chain_id"]], "--from", server.url, "--json"])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out), err


def block(record, **more) -> dict:
    tx = record["tx"]
    return {"number": tx["blockNumber"], "hash": tx["blockHash"], "timestamp": hex(record["block_timestamp"]), **more}


def refused(methods, status, method, given):
    """A page with that status for these methods, and for all that the node does not know."""
    known = "error" not in json.loads(given.body)
    return given if known and method not in methods else Given(b"<html>no such page</html>", status, "text/html")


def test_without_blocks_everything_but_the_time_is_shown(record, capsys):
    whole, _ = shown(record, capsys, Node(record))
    none = dict.fromkeys(BLOCKS)
    answers = {
        "nothing": (Node(record, {**none, "eth_blockNumber": hex(TIP)}), None),
        "a page": (Node(record, {"eth_blockNumber": hex(TIP)}), partial(refused, BLOCKS, 404)),
        "no such method": (Node(record, {"eth_blockNumber": hex(TIP)}), partial(refused, BLOCKS, 405)),
    }
    for name, (node, spoil) in answers.items():
        told, err = shown(record, capsys, node, spoil)
        assert told == whole | {"time": None}, name
        assert f"the time of {record['tx']['hash']} is not known" in err


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_a_page_for_what_is_not_offered_is_no_failure(record, capsys, status):
    whole, _ = shown(record, capsys, Node(record))
    assert shown(record, capsys, Node(record), partial(refused, (), status))[0] == whole


def test_a_trace_of_nothing_is_no_trace(record, capsys):
    whole, _ = shown(record, capsys, Node(record))
    for method in ("debug_traceTransaction", "trace_transaction"):
        told, err = shown(record, capsys, Node(record, {method: []}))
        assert (told, "no trace of it was told" in err) == (whole, True)


@pytest.mark.parametrize("gone", [PLACE[:1], PLACE])
def test_a_receipt_places_what_the_transaction_does_not(record, capsys, gone):
    whole, _ = shown(record, capsys, Node(record))
    untold = record["tx"] | dict.fromkeys(gone)
    assert shown(record, capsys, Node(record, {"eth_getTransactionByHash": untold}))[0] == whole


def test_a_receipt_whose_block_the_node_does_not_have_places_nothing(record, capsys):
    untold = record["tx"] | dict.fromkeys(PLACE)
    node = Node(record, {"eth_getTransactionByHash": untold, "eth_getBlockByHash": None})
    node.record = read_only(record)
    assert shown(record, capsys, node)[0]["status"] == "pending"


def read_only(record) -> dict:
    """The record, of a node that is not at that height."""
    return record | {"tx": record["tx"] | {"blockNumber": hex(TIP + 5)}}


def test_a_receipt_may_leave_out_what_the_transaction_says(record, capsys):
    whole, _ = shown(record, capsys, Node(record))
    for name in ("from", "to", "blockNumber", "transactionIndex", "cumulativeGasUsed", "logsBloom", "type"):
        record["receipt"].pop(name, None)
    assert shown(record, capsys, Node(record))[0] == whole


def test_small_numbers_may_be_numbers_of_json_and_the_chain_id_decimal(record, capsys):
    whole, _ = shown(record, capsys, Node(record))
    for part, names in (("tx", ("blockNumber", "transactionIndex", "gas", "type")), ("receipt", ("gasUsed", "status"))):
        record[part].update({name: int(record[part][name], 16) for name in names})
    at = record["tx"]["blockNumber"]
    numbered = {"latest": TIP, hex(TIP): TIP}
    more = {
        "eth_getBlockByHash": block(record, timestamp=record["block_timestamp"]),
        "eth_getBlockByNumber": lambda params: (
            {"number": numbered[params[0]], "hash": "0x" + "ab" * 32, "timestamp": SOME_TIME}
            if params[0] in numbered
            else None
        ),
    }
    for chain_id in (1, "1", "0x01"):
        told, _ = shown(record, capsys, Node(record, {**more, "eth_chainId": chain_id}))
        assert told == whole | {"height": at}


@pytest.mark.parametrize("listed", [0, 1])
def test_a_block_that_lists_only_this_transaction_is_enough(record, capsys, listed):
    whole, _ = shown(record, capsys, Node(record))
    cut = block(record, transactions=[record["tx"]["hash"]] * listed)
    assert int(record["tx"]["transactionIndex"], 16) > 1
    assert shown(record, capsys, Node(record, {"eth_getBlockByHash": cut}))[0] == whole


def test_a_block_that_has_another_transaction_there_is_not_used(record, capsys):
    for listed in (["0x" + "12" * 32], ["0x" + "12" * 32] * 400):
        with HostileServer(Node(record, {"eth_getBlockByHash": block(record, transactions=listed)}).answer) as server:
            code = run(["show", record["tx"]["hash"], "--chain", "ethereum", "--from", server.url])
        assert (code, "where the transaction says" in capsys.readouterr().err) == (2, True)
