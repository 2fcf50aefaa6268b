"""Calls inside a transaction: recorded traces of two kinds of node, and made ones for what was not recorded."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.evm import decode, evm_chain, geth_execution, parity_execution
from chaintrace.errors import Malformed, Refused
from tests.chaintrace.adapters.evm.making import TXID, A, B, C, D, call, log, receipt, sent, transfer_log

ETHEREUM = evm_chain("ethereum")
TIME = 1_500_000_000


def recorded_calls(shared, name: str) -> object:
    (path,) = (shared / "data/evm/ethereum-etl").glob(f"*{name}*.json")
    return json.loads(path.read_text("utf-8"))["result"]


def moves(told):
    """What the calls of a trace move."""
    return [step for step in told.steps if step.value and step.sort != "other"]


@pytest.mark.parametrize("block", ["f4240", "f45bf", "f44f2"])
def test_both_kinds_of_trace_tell_the_same(shared, block):
    parity = recorded_calls(shared, f"export_traces*trace_block_0x{block}")
    roots = [one for one in parity if one["traceAddress"] == [] and one.get("transactionHash")]
    geth = recorded_calls(shared, f"geth*debug_traceBlockByNumber_0x{block}")
    assert len(roots) == len(geth) > 1
    for root, frame in zip(roots, geth, strict=True):
        action = root["action"]
        asked = sent(action["from"], action.get("to"), int(action["value"], 16), txid=root["transactionHash"])
        one, other = parity_execution(parity, asked), geth_execution(frame["result"], asked)
        assert one.failed == other.failed
        assert moves(one) == moves(other)


def test_a_recorded_self_destruct_pays_what_the_contract_had(shared):
    parity = recorded_calls(shared, "export_traces*trace_block_0xf7105")
    root = parity[0]
    asked = sent(
        root["action"]["from"], root["action"]["to"], 0, txid=root["transactionHash"], data=b"\x41\xc0\xe1\xb5"
    )
    told = decode(ETHEREUM, asked, receipt(), TIME, parity_execution(parity, asked)).transaction
    (paid,) = told.transfers[1:]
    assert (paid.index, paid.kind, paid.value) == ("call:0", "internal", 0xB1A2BC2EC50000)
    assert (paid.inputs[0].address, paid.outputs[0].address) == (asked.receiver, asked.sender)
    untold = geth_execution(recorded_calls(shared, "geth*debug_traceBlockByNumber_0xf7105")[0]["result"], asked)
    doubted = decode(ETHEREUM, asked, receipt(), TIME, untold)
    assert len(doubted.transaction.transfers) == 1
    assert "does not say what it moved" in doubted.unread[0]


def test_what_failed_inside_and_all_below_it_moves_nothing():
    root = call(A, B, 10, calls=[call(B, C, 4, calls=[call(C, D, 3)], error="execution reverted"), call(B, D, 5)])
    told = decode(ETHEREUM, sent(A, B, 10), receipt(), TIME, geth_execution(root, sent(A, B, 10))).transaction
    assert [(one.index, one.kind, one.value) for one in told.transfers[1:]] == [
        ("value", "native", 10),
        ("call:1", "internal", 5),
    ]
    parts = [((), A, B, 10, None), ((0,), B, C, 4, "Reverted"), ((0, 0), C, D, 3, None), ((1,), B, D, 5, None)]
    parity = [
        {
            "type": "call",
            "action": {"callType": "call", "from": sender, "to": to, "value": hex(value), "input": "0x"},
            "traceAddress": list(path),
            "transactionHash": TXID,
            **({"error": error} if error else {}),
        }
        for path, sender, to, value, error in parts
    ]
    assert [step.path for step in parity_execution(parity, sent(A, B, 10)).steps] == [(1,)]
    with pytest.raises(Malformed, match="cut short"):
        parity_execution([parity[0], parity[2]], sent(A, B, 10))


def test_borrowed_code_moves_nothing_and_what_it_calls_does():
    inner = call(B, D, 2)
    root = call(A, B, 7, calls=[call(B, C, 7, kind="DELEGATECALL", calls=[inner]), call(B, C, 7, kind="CALLCODE")])
    told = decode(ETHEREUM, sent(A, B, 7), receipt(), TIME, geth_execution(root, sent(A, B, 7))).transaction
    assert [(one.index, one.value) for one in told.transfers[1:]] == [("value", 7), ("call:0.0", 2)]


def test_logs_stand_between_the_calls_where_the_trace_says_so():
    logs = [{"position": "0x0"}, {"position": "0x2"}]
    root = call(A, B, 0, calls=[call(B, C, 1, logs=[{"position": "0x0"}]), call(B, D, 2)], logs=logs)
    asked = sent(A, B, 0, data=b"\x01")
    kept = receipt(logs=[transfer_log(number, C, A, B, number) for number in (5, 6, 9)])
    told = decode(ETHEREUM, asked, kept, TIME, geth_execution(root, asked)).transaction
    assert [one.index for one in told.transfers] == ["fee", "log:5", "call:0", "log:6", "call:1", "log:9"]
    fewer = receipt(logs=[transfer_log(5, C, A, B, 1)])
    told = decode(ETHEREUM, asked, fewer, TIME, geth_execution(root, asked)).transaction
    assert [one.index for one in told.transfers] == ["fee", "call:0", "call:1", "log:5"]


def test_a_contract_is_made_with_value_and_one_that_destroys_itself_burns_it():
    made = {**call(A, C, 9, kind="CREATE"), "calls": [call(C, C, 9, kind="SELFDESTRUCT")]}
    asked = sent(A, None, 9, data=b"\x60")
    told = decode(ETHEREUM, asked, receipt(created=C), 1_720_000_000, geth_execution(made, asked)).transaction
    assert [(one.index, one.kind) for one in told.transfers[1:]] == [("value", "native"), ("call:0", "burn")]
    assert told.transfers[1].outputs[0].address == C
    root = call(A, B, 0, calls=[call(B, B, 9, kind="SELFDESTRUCT")])
    asked = sent(A, B, 0, data=b"\x01")
    for time, moved in ((1_700_000_000, ["burn"]), (1_720_000_000, [])):
        told = decode(ETHEREUM, asked, receipt(), time, geth_execution(root, asked)).transaction
        assert [one.kind for one in told.transfers[1:]] == moved


def test_a_trace_of_another_transaction_is_refused():
    with pytest.raises(Malformed, match="begins with another call"):
        geth_execution(call(A, B, 11), sent(A, B, 10))
    with pytest.raises(Malformed, match="does not have the transaction"):
        parity_execution([], sent(A, B, 10))
    with pytest.raises(Malformed, match="do not agree"):
        decode(
            ETHEREUM, sent(A, B, 1), receipt(), TIME, geth_execution(call(A, B, 1, error="out of gas"), sent(A, B, 1))
        )


def test_before_byzantium_a_failure_shows_in_its_gas_or_in_its_trace():
    asked = sent(A, B, 5, gas=50_000)
    assert decode(ETHEREUM, asked, receipt(succeeded=None, gas_used=30_000), TIME).transaction.status == "confirmed"
    logged = receipt(succeeded=None, gas_used=50_000, logs=[log(0, C, ["0x" + "11" * 32], b"")])
    assert decode(ETHEREUM, asked, logged, TIME).transaction.status == "confirmed"
    unknown = receipt(succeeded=None, gas_used=50_000)
    with pytest.raises(Refused, match="stands in no receipt of its time"):
        decode(ETHEREUM, asked, unknown, TIME)
    failed = decode(
        ETHEREUM, asked, unknown, TIME, geth_execution(call(A, B, 5, error="out of gas"), asked)
    ).transaction
    assert (failed.status, [one.index for one in failed.transfers]) == ("failed", ["fee"])


def test_deep_calls_are_read_without_deep_recursion():
    root = call(A, B, 1)
    frame = root
    for _ in range(1_024):
        frame["calls"] = [call(B, B, 1)]
        frame = frame["calls"][0]
    assert len(geth_execution(root, sent(A, B, 1)).steps) == 1_024
