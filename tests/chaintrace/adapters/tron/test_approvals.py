"""Approvals of TRC-20 tokens: told of what was executed, in exactly their shape, at both addresses."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak

from chaintrace.adapters.tron import Place, decode
from chaintrace.adapters.tron.events import APPROVAL
from chaintrace.model.approval import Approval, approvals_in
from chaintrace.model.chain import Block
from tests.chaintrace.adapters.tron.making import (
    ALICE,
    BOB,
    CAROL,
    HEIGHT,
    NOBODY,
    TIME,
    TOKEN,
    call,
    info,
    log,
    raw,
    word,
)

PLACE = Place(Block(HEIGHT, "00" * 32, TIME), 7)


def allowed(holder: str, spender: str, value: int) -> dict[str, Any]:
    return log(holder, spender, value) | {"topics": [APPROVAL, word(holder), word(spender)]}


def said(*logs: dict[str, Any], ret: str = "SUCCESS") -> tuple[Approval, ...]:
    told = call() | {"ret": [{"contractRet": ret}]}
    result = {} if ret == "SUCCESS" else {"result": "FAILED"}
    found = decode("tron", told, info(told, 5, log=list(logs), **result), PLACE)
    assert [one.index for one in found.transaction.transfers] == ["fee"]
    return approvals_in(found.observations)


def test_the_topic_is_that_of_its_signature() -> None:
    assert keccak(text="Approval(address,address,uint256)").hex() == APPROVAL


@pytest.mark.parametrize("value", [0, 7, 2**256 - 1])
def test_it_is_told_with_its_transaction_and_who_sent_it(value: int) -> None:
    (found,) = said(allowed(BOB, CAROL, value))
    assert found == Approval("tron", HEIGHT, BOB, CAROL, TOKEN, value, call()["txID"], ALICE)


def test_the_last_word_of_a_transaction_counts() -> None:
    found = said(allowed(ALICE, BOB, 9), allowed(ALICE, CAROL, 8), allowed(ALICE, BOB, 0))
    assert {(one.spender, one.allowance) for one in found} == {(BOB, 0), (CAROL, 8)}


@pytest.mark.parametrize(
    "change",
    [
        {"topics": [APPROVAL, word(ALICE), word(BOB), f"{7:064x}"], "data": ""},
        {"topics": [APPROVAL, word(ALICE)]},
        {"data": f"{7:0128x}"},
        {"data": ""},
        {"topics": [APPROVAL, word(ALICE), "ff" * 32]},
        {"topics": [APPROVAL, word(ALICE), word(NOBODY)]},
    ],
    ids=["TRC-721", "one indexed", "two words", "cut", "no address", "nobody"],
)
def test_another_shape_is_passed_over(change: dict[str, Any]) -> None:
    assert said(allowed(ALICE, BOB, 7) | change, allowed(BOB, CAROL, 1))[0].holder == BOB


def test_what_failed_allows_nothing_and_what_is_not_told_is_not_known() -> None:
    assert said(allowed(ALICE, BOB, 7), ret="REVERT") == ()
    told = call()
    assert approvals_in(decode("tron", told, None, PLACE).observations) == ()
    assert len(raw(TOKEN)) == 21
