"""Events of tokens on TRON: every topic computed from its signature, every shape that moves value, and hostile ones."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.tron import events
from chaintrace.adapters.tron.events import Call, read_events
from chaintrace.addresses import tron_to_hex
from chaintrace.errors import Malformed
from tests.chaintrace.adapters.tron.making import ALICE, BOB, NOBODY, TOKEN, TRANSFER, log, raw, word

SIGNATURES = {
    events.TRANSFER: "Transfer(address,address,uint256)",
    events.SINGLE: "TransferSingle(address,address,address,uint256,uint256)",
    events.BATCH: "TransferBatch(address,address,address,uint256[],uint256[])",
    events.DEPOSIT: "Deposit(address,uint256)",
    events.WITHDRAWAL: "Withdrawal(address,uint256)",
    events.DESTROYED: "DestroyedBlackFunds(address,uint256)",
    events.ISSUE: "Issue(uint256)",
    events.REDEEM: "Redeem(uint256)",
}
(WTRX,) = events.WRAPPERS
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"


def event(topic: str, *indexed: str, words: tuple[int, ...] = (), contract: str = TOKEN) -> dict[str, Any]:
    data = "".join(f"{one:064x}" for one in words)
    return {"address": raw(contract)[1:].hex(), "topics": [topic, *indexed], "data": data}


def moved(*logs: dict[str, Any]) -> list[tuple[str, str, str | None, str | None, int, int | None]]:
    return [
        (one.index, one.kind, one.sender, one.receiver, one.value, one.token_id)
        for one in read_events(list(logs)).moves
    ]


@pytest.mark.parametrize("topic", SIGNATURES)
def test_topics_are_those_of_their_signatures(topic: str) -> None:
    assert keccak(text=SIGNATURES[topic]).hex() == topic


@pytest.mark.parametrize("indexed", [0, 2])
def test_a_token_that_indexes_nothing_still_moves(indexed: int) -> None:
    words = [word(ALICE), word(BOB), f"{7:064x}"]
    one = {"address": raw(TOKEN)[1:].hex(), "topics": [TRANSFER, *words[:indexed]], "data": "".join(words[indexed:])}
    assert moved(one) == [("log:0", "token", ALICE, BOB, 7, None)]


def test_a_word_may_carry_the_prefix_of_tron() -> None:
    prefixed = "00" * 11 + tron_to_hex(ALICE)
    one = {**log(ALICE, BOB, 7), "topics": [TRANSFER, prefixed, word(BOB)]}
    assert moved(one) == [("log:0", "token", ALICE, BOB, 7, None)]


def test_a_single_piece_is_one_of_its_number() -> None:
    piece = event(TRANSFER, word(ALICE), word(BOB), f"{2**256 - 1:064x}")
    assert moved(piece) == [("log:0", "nft", ALICE, BOB, 1, 2**256 - 1)]
    minted = event(TRANSFER, word(NOBODY), word(BOB), f"{9:064x}")
    assert moved(minted) == [("log:0", "mint", None, BOB, 1, 9)]


def test_many_pieces_in_one_event() -> None:
    sides = (word(TOKEN), word(ALICE), word(BOB))
    assert moved(event(events.SINGLE, *sides, words=(4, 5))) == [("log:0", "nft", ALICE, BOB, 5, 4)]
    batch = event(events.BATCH, *sides, words=(64, 160, 2, 10, 11, 2, 1, 3))
    assert moved(batch) == [("log:0.0", "nft", ALICE, BOB, 1, 10), ("log:0.1", "nft", ALICE, BOB, 3, 11)]
    for broken in ((), (64,), (64, 160, 2, 10, 11, 1, 1), (2**255, 64), (64, 64, 10**70), (64, 96, 0)):
        assert moved(event(events.BATCH, *sides, words=broken)) == []


def test_a_wrapper_mints_once_whether_it_logs_it_once_or_twice() -> None:
    deposit = event(events.DEPOSIT, word(ALICE), words=(5,), contract=WTRX)
    onward = log(ALICE, BOB, 5, WTRX)
    assert moved(deposit, onward) == [
        ("log:0", "mint", None, ALICE, 5, None),
        ("log:1", "token", ALICE, BOB, 5, None),
    ]
    twice = log(NOBODY, ALICE, 5, WTRX)
    assert moved(deposit, twice) == [("log:1", "mint", None, ALICE, 5, None)]
    withdrawal = event(events.WITHDRAWAL, word(ALICE), words=(5,), contract=WTRX)
    assert moved(withdrawal) == [("log:0", "burn", ALICE, None, 5, None)]
    assert moved({**deposit, "address": raw(TOKEN)[1:].hex()}) == []


def test_what_an_issuer_destroys_is_burned() -> None:
    destroyed = event(events.DESTROYED, words=(int(word(ALICE), 16), 8), contract=USDT)
    assert moved(destroyed) == [("log:0", "burn", ALICE, None, 8, None)]


@pytest.mark.parametrize(
    ("topic", "name", "selector", "side"),
    [(events.ISSUE, "mint", "cc872b66", "issue"), (events.REDEEM, "burn", "db006a75", "redeem")],
)
def test_what_an_issuer_makes_is_whose_who_called_for_it_or_is_said(
    topic: str, name: str, selector: str, side: str
) -> None:
    assert keccak(text=f"{side}(uint256)").hex()[:8] == selector
    issued = event(topic, words=(9,), contract=USDT)
    call = Call(ALICE, USDT, bytes.fromhex(f"{selector}{9:064x}"))
    (move,) = read_events([issued], call).moves
    assert (move.kind, move.sender or move.receiver, move.value) == (name, ALICE, 9)
    for other in (None, Call(ALICE, TOKEN, call.data), Call(ALICE, USDT, call.data[:-1] + b"1")):
        reading = read_events([issued], other)
        assert reading.moves == ()
        assert "cannot be read" in reading.unread[0]


@pytest.mark.parametrize(
    "change",
    [
        {"topics": ["ab" * 31]},
        {"topics": ["zz" * 32]},
        {"topics": [TRANSFER] * 5},
        {"topics": "ab"},
        {"address": "ab" * 19},
        {"address": None},
        {"data": "abc"},
        {"data": 5},
    ],
)
def test_a_log_that_is_none_is_malformed(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        moved({**log(ALICE, BOB, 1), **change})


def test_an_event_in_a_shape_that_no_standard_has_is_named_and_left_alone() -> None:
    odd = [
        {**log(ALICE, BOB, 5), "data": "00"},
        {**log(ALICE, BOB, 5), "data": ""},
        event(TRANSFER, word(ALICE), words=(5, 5)),
        {**log(ALICE, BOB, 5), "topics": [TRANSFER, "01" * 32, word(BOB)]},
    ]
    reading = read_events(odd)
    assert reading.moves == ()
    assert [text.split(",")[0] for text in reading.unread] == ["log:0", "log:1", "log:2", "log:3"]
    assert read_events([{**log(ALICE, BOB, 5), "topics": []}]).unread == ()


def test_between_nobody_and_nobody_is_neither_mint_nor_burn() -> None:
    assert moved(log(NOBODY, NOBODY, 5)) == [("log:0", "token", NOBODY, NOBODY, 5, None)]


@given(
    st.lists(st.binary(min_size=32, max_size=32), max_size=4), st.binary(max_size=200), st.sampled_from([*SIGNATURES])
)
def test_any_event_is_read_without_harm(topics: list[bytes], data: bytes, topic: str) -> None:
    one = {
        "address": raw(WTRX)[1:].hex(),
        "topics": [topic, *(each.hex() for each in topics[:3])],
        "data": data.hex(),
    }
    for move in read_events([one]).moves:
        assert 0 <= move.value < 2**256
        assert move.sender is not None or move.receiver is not None
