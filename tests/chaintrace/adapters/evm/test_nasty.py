"""Receipts and traces as those who cheat, and those who build wallets, make them: every sum is that of the chain."""

from __future__ import annotations

from collections import Counter

import pytest
from eth_abi.abi import encode

from chaintrace.adapters.evm import decode, evm_chain, geth_execution, parity_execution
from chaintrace.adapters.evm.topics import TRANSFER_BATCH
from tests.chaintrace.adapters.evm.making import (
    NOBODY,
    TXID,
    A,
    B,
    C,
    D,
    call,
    log,
    receipt,
    sent,
    topic,
    transfer_log,
)

TIME = 1_720_000_000
ETHEREUM = evm_chain("ethereum")
BUNDLER, ENTRY, WALLET, PAYMASTER, SHOP = ("0x" + sign * 40 for sign in "12345")
TOKEN = "0x" + "7e" * 20


def as_parity(frame, path=()):
    """A tree of the callTracer as the parts that a trace module lists."""
    kind = frame["type"]
    action = {"from": frame["from"], "to": frame["to"], "value": frame["value"], "input": "0x"}
    made = {"traceAddress": list(path), "transactionHash": TXID}
    if kind.startswith("CREATE"):
        made |= {"type": "create", "action": action, "result": None if "error" in frame else {"address": frame["to"]}}
    elif kind == "SELFDESTRUCT":
        gone = {"address": frame["from"], "refundAddress": frame["to"], "balance": frame["value"]}
        made |= {"type": "suicide", "action": gone}
    else:
        made |= {"type": "call", "action": action | {"callType": kind.lower()}}
    if "error" in frame:
        made["error"] = frame["error"]
    yield made
    for number, inner in enumerate(frame.get("calls", ())):
        yield from as_parity(inner, (*path, number))


def both(asked, root, outcome=None):
    """The transaction by either kind of trace, which must be the same one."""
    told = [
        decode(ETHEREUM, asked, outcome or receipt(), TIME, execution)
        for execution in (geth_execution(root, asked), parity_execution(list(as_parity(root)), asked))
    ]
    assert told[0].transaction.transfers == told[1].transaction.transfers
    return told[0].transaction


def gained(transaction, contract=""):
    """What each address gains of an asset, in base units, fees left out."""
    total = Counter()
    for one in transaction.transfers:
        if one.kind != "fee" and one.asset.contract == contract:
            total.update({leg.address: leg.value for leg in one.outputs})
            total.subtract({leg.address: leg.value for leg in one.inputs})
    return {address: value for address, value in total.items() if value}


def test_what_is_taken_back_inside_is_not_moved_and_what_goes_on_is():
    """A try/catch: the outer call held, the inner one did not, and it is tried again with less."""
    root = call(A, B, 9, calls=[
        call(B, C, 9, error="execution reverted", calls=[call(C, D, 9), call(C, B, 0, kind="STATICCALL")]),
        call(B, C, 4, calls=[call(C, D, 3, calls=[call(D, D, 3)])]),
    ])  # fmt: skip
    assert gained(both(sent(A, B, 9), root)) == {A: -9, B: 5, C: 1, D: 3}


def test_a_value_that_delegated_code_repeats_is_moved_once():
    proxied = call(B, C, 9, kind="DELEGATECALL", calls=[call(B, D, 2), call(B, C, 9, kind="DELEGATECALL")])
    root = call(A, B, 9, calls=[proxied, call(B, C, 9, kind="CALLCODE"), call(B, D, 0, kind="STATICCALL")])
    assert gained(both(sent(A, B, 9), root)) == {A: -9, B: 7, D: 2}


def test_a_contract_that_is_made_with_value_and_destroyed_pays_whom_it_names():
    inner = call(B, C, 5, kind="CREATE2", calls=[call(C, D, 5, kind="SELFDESTRUCT")])
    failed = call(B, "0x" + "9" * 40, 4, kind="CREATE", error="contract creation code storage out of gas")
    root = call(A, B, 9, calls=[inner, failed])
    assert gained(both(sent(A, B, 9, data=b"\1"), root)) == {A: -9, B: 4, D: 5}


@pytest.mark.parametrize(("time", "said"), [(1_700_000_000, [True]), (1_720_000_000, [])])
def test_what_is_paid_to_a_contract_that_destroyed_itself_may_be_lost_with_it(time, said):
    """It keeps what comes later, or not: before Cancun all of it is gone at the end of the transaction."""
    root = call(A, B, 0, calls=[call(C, D, 5, kind="SELFDESTRUCT"), call(B, C, 2), call(B, C, 0)])
    asked = sent(A, B, 0, data=b"\1")
    found = decode(ETHEREUM, asked, receipt(), time, geth_execution(root, asked))
    assert gained(found.transaction) == {C: -3, D: 5, B: -2}
    assert ["call:1 of" in text and "destroyed before" in text for text in found.unread] == said
    assert all(gap.native_only for gap in found.gaps())


def test_a_creation_keeps_its_value_at_the_contract_that_the_receipt_names():
    root = call(A, C, 9, kind="CREATE", calls=[call(C, D, 1)])
    assert gained(both(sent(A, None, 9, data=b"\x60"), root, receipt(created=C))) == {A: -9, C: 8, D: 1}


def test_a_bundler_is_paid_by_the_entry_point_and_the_wallets_pay_by_their_own():
    """ERC-4337 with a paymaster: the sender of the transaction is nobody's payer, and pays the fee alone."""
    root = call(BUNDLER, ENTRY, 0, calls=[
        call(ENTRY, PAYMASTER, 0),
        call(ENTRY, WALLET, 0, calls=[call(WALLET, C, 0, kind="DELEGATECALL", calls=[call(WALLET, SHOP, 70)])]),
        call(ENTRY, BUNDLER, 30),
    ])  # fmt: skip
    logs = [transfer_log(3, TOKEN, WALLET, PAYMASTER, 8)]
    told = both(sent(BUNDLER, ENTRY, 0, data=b"\1"), root, receipt(logs=logs))
    assert gained(told) == {ENTRY: -30, WALLET: -70, SHOP: 70, BUNDLER: 30}
    assert gained(told, TOKEN) == {WALLET: -8, PAYMASTER: 8}
    assert told.sender == BUNDLER


def test_a_payment_to_a_precompile_is_one_to_an_address():
    precompile = "0x" + "0" * 39 + "4"
    root = call(A, precompile, 3)
    assert gained(both(sent(A, precompile, 3), root)) == {A: -3, precompile: 3}


def logged(*logs):
    return decode(ETHEREUM, sent(A, TOKEN, 0, data=b"\1"), receipt(logs=logs), TIME).transaction


def test_a_payment_of_nothing_in_the_name_of_a_victim_is_kept_and_moves_nothing():
    told = logged(transfer_log(1, TOKEN, B, C, 0))
    (one,) = [each for each in told.transfers if each.kind != "fee"]
    assert (one.value, one.inputs[0].address, told.sender) == (0, B, A)
    assert gained(told, TOKEN) == {}


def test_a_token_that_keeps_a_part_is_told_by_each_of_its_logs():
    told = logged(
        transfer_log(1, TOKEN, A, C, 3), transfer_log(2, TOKEN, A, B, 95), transfer_log(3, TOKEN, A, NOBODY, 2)
    )
    assert gained(told, TOKEN) == {A: -100, B: 95, C: 3}


def test_the_first_liquidity_that_is_made_for_nobody_is_nobodys_gain():
    told = logged(transfer_log(1, TOKEN, NOBODY, NOBODY, 1_000), transfer_log(2, TOKEN, NOBODY, A, 5))
    assert gained(told, TOKEN) == {A: 5}


def test_one_piece_twice_in_a_batch_stays_two_and_a_piece_is_one_of_its_number():
    data = encode(["uint256[]", "uint256[]"], [[7, 7, 8], [1, 2, 0]])
    batch = log(4, TOKEN, [TRANSFER_BATCH, topic(A), topic(B), topic(C)], data)
    told = logged(batch, transfer_log(5, TOKEN, B, C, 2**255, indexed=3))
    moved = [(one.index, one.token_id, one.value) for one in told.transfers if one.kind != "fee"]
    assert moved == [("log:4.0", 7, 1), ("log:4.1", 7, 2), ("log:4.2", 8, 0), ("log:5", 2**255, 1)]


@pytest.mark.parametrize("nothing", ["", None])
def test_an_error_that_says_nothing_is_none(nothing):
    root = call(A, B, 9, error=nothing, calls=[call(B, C, 4, error=nothing)])
    assert gained(both(sent(A, B, 9), root)) == {A: -9, B: 5, C: 4}


def test_logs_whose_places_an_old_node_does_not_say_stand_after_the_calls():
    root = call(A, B, 0, calls=[call(B, C, 1, logs=[{}])], logs=[{}])
    asked = sent(A, B, 0, data=b"\1")
    outcome = receipt(logs=[transfer_log(number, C, A, B, number) for number in (5, 6)])
    told = decode(ETHEREUM, asked, outcome, TIME, geth_execution(root, asked)).transaction
    assert [one.index for one in told.transfers] == ["fee", "call:0", "log:5", "log:6"]
