"""Approvals out of receipts: the exact shape of EIP-20, and every recorded receipt counted another way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.evm import approvals, decode, evm_chain, evm_chain_of, read_receipt, read_sent
from chaintrace.adapters.evm.topics import APPROVAL, TRANSFER
from chaintrace.model.approval import Approval, approvals_in
from chaintrace.model.provenance import Source
from tests.chaintrace.adapters.evm.making import NOBODY, TXID, A, B, C, D, log, receipt, sent, topic, word
from tests.chaintrace.adapters.evm_rpc.node import read, recorded

CHAIN = evm_chain("ethereum")
MOST = 2**256 - 1


def allowed(number: int, holder: str, spender: str, value: int, contract: str = C):
    return log(number, contract, [APPROVAL, topic(holder), topic(spender)], word(value))


def said(*logs, **more) -> tuple[Approval, ...]:
    return approvals_in(approvals(CHAIN, sent(), receipt(logs=logs, **more), None))


@pytest.mark.parametrize("value", [0, 1, MOST])
def test_holder_spender_contract_and_allowance_are_those_of_the_log(value):
    assert said(allowed(4, A, D, value)) == (Approval("ethereum", 1_000, A, D, C, value, TXID, A),)


def test_it_is_told_at_both_addresses_with_its_height_and_its_source():
    source = Source("evm-rpc", "a request", "00")
    seen = approvals(CHAIN, sent(), receipt(logs=[allowed(4, B, D, 5)]), source)
    assert [(one.subject, one.what, one.height, one.source) for one in seen] == [
        (B, "approval", 1_000, source),
        (D, "approved by", 1_000, source),
    ]


@pytest.mark.parametrize(
    "other",
    [
        log(4, C, [APPROVAL, topic(A), topic(D), topic(7)], b""),
        log(4, C, [APPROVAL, topic(A)], word(D) + word(7)),
        log(4, C, [APPROVAL], word(A) + word(D) + word(7)),
        log(4, C, [APPROVAL, topic(A), topic(D)], b""),
        log(4, C, [APPROVAL, topic(A), topic(D)], word(7) + b"\0"),
        log(4, C, [APPROVAL, topic(A), topic(D)], word(7) + word(8)),
        log(4, C, [APPROVAL, topic(2**160), topic(D)], word(7)),
        log(4, C, [APPROVAL, topic(A), topic(NOBODY)], word(7)),
        log(4, C, [TRANSFER, topic(A), topic(D)], word(7)),
        log(4, C, [], b""),
    ],
    ids=["EIP-721", "one indexed", "none indexed", "cut", "odd", "two words", "no address", "nobody", "moves", "empty"],
)
def test_another_shape_is_passed_over_and_spoils_nothing(other):
    assert said(other) == ()
    assert [one.spender for one in said(other, allowed(5, A, B, 7))] == [B]


def test_the_last_word_of_a_transaction_counts_for_each_pair_and_contract():
    logs = [allowed(1, A, D, 9), allowed(2, A, D, 9, B), allowed(3, A, D, 0), allowed(4, D, A, 4)]
    assert {(one.holder, one.contract, one.allowance) for one in said(*logs)} == {(A, C, 0), (A, B, 9), (D, C, 4)}


def test_what_failed_or_waits_allows_nothing():
    assert said(allowed(1, A, D, 9), succeeded=False) == ()
    assert len(said(allowed(1, A, D, 9), succeeded=None)) == 1
    waiting = replace(sent(), height=None)
    assert approvals(CHAIN, waiting, receipt(logs=[allowed(1, A, D, 9)]), None) == ()


def test_it_moves_nothing():
    made = decode(CHAIN, sent(), receipt(logs=[allowed(1, A, D, 9)]), 1_700_000_000)
    assert [one.kind for one in made.transaction.transfers if one.kind != "native"] == ["fee"]
    assert not any("log" in text for text in made.unread)


def test_every_recorded_receipt_tells_what_a_plain_loop_over_its_logs_finds(shared):
    receipts = number = taken_back = permits = 0
    for path in recorded(shared):
        record = read(path)
        tx = read_sent(record["tx"], record["tx"]["hash"])
        seen = approvals(evm_chain_of(record["chain_id"]), tx, read_receipt(record["receipt"], tx), None)
        found = approvals_in(seen)
        expected = {}
        for one in record["receipt"]["logs"]:
            data = one["data"].removeprefix("0x")
            if one["topics"][:1] == [APPROVAL] and len(one["topics"]) == 3 and len(data) == 64:
                holder, spender = ("0x" + part[-40:] for part in one["topics"][1:])
                expected[holder, spender, one["address"]] = int(data, 16)
        assert {(one.holder, one.spender, one.contract): one.allowance for one in found} == expected, path.name
        assert len(seen) == 2 * len(found)
        receipts += bool(found)
        number += len(found)
        taken_back += sum(not one.allowance for one in found)
        permits += sum(one.sender != one.holder for one in found)
    assert receipts >= 70
    assert number > taken_back > 0
    assert permits > 0
