"""Transactions of TRON, made here: what they move, in which order, who pays, and what is not believed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.tron import Decoded, Place, decode
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account, Block
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
    inner,
    log,
    message,
    raw,
    signed,
)

PLACE = Place(Block(HEIGHT, "00" * 32, TIME), 7)


def decoded(told: dict[str, Any], said: dict[str, Any] | None = None) -> Decoded:
    return decode("tron", told, info(told) if said is None else said, PLACE)


def moved(found: Decoded) -> list[tuple[str, str, str, str | None, str | None, int | None]]:
    """(index, kind, contract, from, to, value) of each transfer."""
    return [
        (
            one.index,
            one.kind,
            one.asset.contract,
            one.inputs[0].address if one.inputs else None,
            one.outputs[0].address if one.outputs else None,
            one.value,
        )
        for one in found.transaction.transfers
    ]


def pay(amount: int = 5, **options: Any) -> dict[str, Any]:
    return signed("TransferContract", (1, ALICE), (2, BOB), (3, amount), **options)


def test_a_payment_and_its_fee_last() -> None:
    told = pay(100_000_000)
    found = decoded(told, info(told, 1_100_000, receipt={"net_fee": 100_000}))
    assert moved(found) == [
        ("value", "native", "", ALICE, BOB, 100_000_000),
        ("fee", "fee", "", ALICE, None, 1_100_000),
    ]
    assert [one.order for one in found.transaction.transfers] == [(TIME, 7, 0), (TIME, 7, 1)]
    assert found.transaction.status == "confirmed"
    assert found.proven
    assert [(one.what, json.loads(one.value)) for one in found.observations] == [
        ("fee parts", {"net_fee": 100_000, "other": 1_000_000})
    ]
    first = found.transaction.transfers[0]
    assert first.outputs[0].holding == Account(BOB, first.asset)
    assert (first.asset.name, first.asset.decimals) == ("TRX", 6)


def test_a_call_moves_value_then_calls_then_events_then_the_fee() -> None:
    told = call(30, b"", (5, 4), (6, 1_002_000))
    found = decoded(
        told,
        info(
            told,
            27_250_860,
            receipt={"energy_fee": 27_250_860, "origin_energy_usage": 9, "result": "SUCCESS"},
            internal_transactions=[
                inner(TOKEN, BOB, {"callValue": 10}, {"callValue": 2, "tokenId": "1002000"}),
                inner(TOKEN, CAROL, {"callValue": 3}, rejected=True),
                inner(TOKEN, CAROL),
                inner(TOKEN, TOKEN, {"callValue": 7}, note="suicide"),
                inner(TOKEN, BOB, {"callValue": 5}, note="withdrawExpireUnfreezeWhileSuiciding"),
                inner(TOKEN, CAROL, {"callValue": 8}, note="freezeBalanceV2ForEnergy"),
                inner(TOKEN, TOKEN, {"callValue": 6}, note="withdrawReward"),
                inner(TOKEN, BOB, {"callValue": 1}, note="create"),
            ],
            log=[log(ALICE, BOB, 2**256 - 1), log(NOBODY, BOB, 1), log(BOB, NOBODY, 1), log(ALICE, BOB, 0)],
        ),
    )
    assert moved(found) == [
        ("value", "native", "", ALICE, TOKEN, 30),
        ("value:1002000", "token", "1002000", ALICE, TOKEN, 4),
        ("call:0", "internal", "", TOKEN, BOB, 10),
        ("call:0:1002000", "internal", "1002000", TOKEN, BOB, 2),
        ("call:3", "burn", "", TOKEN, None, 7),
        ("call:6", "mint", "", None, TOKEN, 6),
        ("call:7", "internal", "", TOKEN, BOB, 1),
        ("log:0", "token", TOKEN, ALICE, BOB, 2**256 - 1),
        ("log:1", "mint", TOKEN, None, BOB, 1),
        ("log:2", "burn", TOKEN, BOB, None, 1),
        ("log:3", "token", TOKEN, ALICE, BOB, 0),
        ("fee", "fee", "", ALICE, None, 27_250_860),
    ]
    assert [one.order[2] for one in found.transaction.transfers] == list(range(12))
    parts = {one.what: one.value for one in found.observations}["fee parts"]
    assert json.loads(parts) == {"energy_fee": 27_250_860, "origin_energy_usage": 9}
    assert found.gaps == ()


def test_two_equal_transfers_in_one_transaction_stay_two() -> None:
    told = call()
    found = decoded(told, info(told, log=[log(ALICE, BOB, 5), log(ALICE, BOB, 5)]))
    assert [one.index for one in found.transaction.transfers] == ["log:0", "log:1", "fee"]


@pytest.mark.parametrize("result", ["REVERT", "OUT_OF_ENERGY", "OUT_OF_TIME"])
def test_a_failed_transaction_moves_its_fee_only(result: str) -> None:
    told = {**call(30), "ret": [{"contractRet": result}]}
    said = info(
        told,
        345_000,
        result="FAILED",
        receipt={"energy_fee": 345_000, "result": result},
        internal_transactions=[inner(TOKEN, BOB, {"callValue": 10})],
        log=[log(ALICE, BOB, 5)],
    )
    found = decoded(told, said)
    assert found.transaction.status == "failed"
    assert moved(found) == [("fee", "fee", "", ALICE, None, 345_000)]


def test_a_trc10_token_is_not_the_native_asset() -> None:
    told = signed("TransferAssetContract", (1, b"1004920"), (2, ALICE), (3, BOB), (4, 18_888_888))
    assert moved(decoded(told))[0] == ("value", "token", "1004920", ALICE, BOB, 18_888_888)
    odd = signed("TransferAssetContract", (1, b"\xff\x00"), (2, ALICE), (3, BOB), (4, 1))
    assert moved(decoded(odd))[0][2] == "hex:ff00"


def test_a_new_contract_is_paid_at_the_address_that_it_gets() -> None:
    new = bytes.fromhex("2863")  # new_contract.call_value = 99
    told = signed("CreateSmartContract", (1, ALICE), (2, new))
    found = decoded(told, info(told, contract_address=raw(CAROL).hex()))
    assert moved(found)[0] == ("value", "native", "", ALICE, CAROL, 99)
    with pytest.raises(Malformed, match="its address is not told"):
        decoded(told)


def test_a_vote_reward_is_a_mint() -> None:
    told = signed("WithdrawBalanceContract", (1, ALICE))
    found = decoded(told, info(told, withdraw_amount=12))
    assert moved(found)[0] == ("value", "mint", "", None, ALICE, 12)


def test_staking_and_lending_are_facts_that_move_nothing() -> None:
    told = signed("DelegateResourceContract", (1, ALICE), (2, 1), (3, 50), (4, BOB))
    found = decoded(told)
    assert [one.kind for one in found.transaction.transfers] == ["fee"]
    (fact,) = found.observations
    assert (fact.subject, fact.what, fact.height) == (ALICE, "DelegateResourceContract", HEIGHT)
    assert json.loads(fact.value) == {
        "balance": 50,
        "receiver_address": BOB,
        "resource": "ENERGY",
        "txid": found.transaction.txid,
    }
    assert found.gaps == ()


def test_a_change_of_permissions_is_a_dated_change_of_control() -> None:
    key = message((1, BOB), (2, 1))
    permission = message((3, b"owner"), (4, 1), (7, key))
    active = message((1, 2), (2, 2), (3, b"active"), (4, 2), (7, key), (7, message((1, CAROL), (2, 1))))
    told = signed("AccountPermissionUpdateContract", (1, ALICE), (2, permission), (4, active), permission=2)
    found = decoded(told, info(told, 100_000_000))
    facts = {one.what: one for one in found.observations}
    assert facts["permission used"].value == "2"
    control = json.loads(facts["permissions"].value)
    assert facts["permissions"].subject == ALICE
    assert facts["permissions"].height == HEIGHT
    assert control["owner"] == {"permission_name": "owner", "threshold": 1, "keys": [{"address": BOB, "weight": 1}]}
    assert [one["address"] for one in control["actives"][0]["keys"]] == [BOB, CAROL]
    failed = decoded({**told, "ret": [{"contractRet": "REVERT"}]}, info(told, result="FAILED"))
    assert "permissions" not in {one.what for one in failed.observations}


def test_a_memo_is_text_that_cannot_hurt() -> None:
    found = decoded(pay(memo="能量 <script>\x1b[31m\u202e".encode() + b"\xff"))
    assert found.observations[0].what == "memo"
    assert found.observations[0].value == "能量 <script>\\x1b[31m\\u202e\\xff"


def test_what_is_not_read_is_said() -> None:
    told = signed("ExchangeTransactionContract", (1, ALICE), (2, 5))
    found = decoded(told)
    assert [one.kind for one in found.transaction.transfers] == ["fee"]
    assert "ExchangeTransactionContract" in found.gaps[0].text
    odd = call()
    found = decoded(odd, info(odd, internal_transactions=[inner(TOKEN, BOB, {"callValue": 1}, note="teleport")]))
    assert "teleport" in found.gaps[0].text


def test_what_nobody_says_was_executed_is_not_taken_for_it() -> None:
    silent = {name: value for name, value in pay().items() if name != "ret"}
    with pytest.raises(Malformed, match="was executed is not told"):
        decode("tron", silent, None, PLACE)
    assert decoded(silent).transaction.status == "confirmed"


def test_pending_shows_what_is_asked_for_and_no_fee() -> None:
    found = decode("tron", pay(), None, None)
    assert found.transaction.status == "pending"
    assert found.transaction.block is None
    assert [one.index for one in found.transaction.transfers] == ["value"]


def test_bytes_of_another_transaction_are_malformed() -> None:
    told = {**pay(5), "raw_data_hex": pay(6)["raw_data_hex"]}
    with pytest.raises(Malformed, match="hash to"):
        decoded(told)


def test_json_that_tells_another_story_than_the_bytes_is_malformed() -> None:
    value = {"owner_address": raw(ALICE).hex(), "to_address": raw(CAROL).hex(), "amount": 5}
    contract = {"type": "TransferContract", "parameter": {"value": value}}
    with pytest.raises(Malformed, match="do not use this source"):
        decoded({**pay(5), "raw_data": {"contract": [contract]}})
    honest = {**contract, "parameter": {"value": {**value, "to_address": BOB}}}
    assert moved(decoded({**pay(5), "raw_data": {"contract": [honest]}}))[0][4] == BOB


def test_json_alone_is_read_and_not_proven() -> None:
    value = {"owner_address": raw(ALICE).hex(), "to_address": raw(BOB).hex(), "amount": 5}
    told = {"txID": "ab" * 32, "raw_data": {"contract": [{"type": "TransferContract", "parameter": {"value": value}}]}}
    found = decoded(told)
    assert moved(found)[0] == ("value", "native", "", ALICE, BOB, 5)
    assert not found.proven
    assert "this source's word" in found.gaps[0].text


def test_answers_about_another_transaction_or_block_are_malformed() -> None:
    told = pay()
    with pytest.raises(Malformed, match="nothing of it is used"):
        decoded(told, info(pay(6)))
    with pytest.raises(Malformed, match="names block"):
        decoded(told, {**info(told), "blockNumber": HEIGHT + 1})
    with pytest.raises(Malformed, match="of one execution"):
        decoded(told, info(told, result="FAILED", receipt={"result": "REVERT"}))


BAD = [1.5, "1e6", -1, "-1", True, "0x1", "١", {}, [], 2**256]


@pytest.mark.parametrize("value", BAD)
def test_a_number_that_is_none_is_malformed(value: object) -> None:
    told = call()
    for said in ({"fee": value}, {"internal_transactions": [inner(TOKEN, BOB, {"callValue": value})]}):
        with pytest.raises(Malformed):
            decoded(told, {**info(told), **said})


@pytest.mark.parametrize("part", ["energy_fee", "net_fee"])
def test_a_fee_that_is_left_out_beside_a_part_of_it_is_not_taken_for_none(part: str) -> None:
    told = pay()
    found = decoded(told, info(told, receipt={part: 345_000}))
    assert [move[0] for move in moved(found)] == ["value"]
    assert "does not tell the fee" in found.gaps[0].text
    assert moved(decoded(told, info(told, receipt={"net_usage": 268})))[-1][0] == "fee"


PAID = bytes.fromhex(pay()["raw_data_hex"])
DAMAGED = st.builds(
    lambda at, gone, new: PAID[:at] + new + PAID[at + gone :],
    st.integers(0, len(PAID)),
    st.integers(0, 3),
    st.binary(max_size=3),
)


@given(st.binary(max_size=80) | DAMAGED)
def test_any_bytes_are_read_or_malformed(content: bytes) -> None:
    """Never anything but Malformed, whatever the bytes are: they are under their own hash."""
    told = {
        "txID": hashlib.sha256(content).hexdigest(),
        "raw_data_hex": content.hex(),
        "ret": [{"contractRet": "SUCCESS"}],
    }
    try:
        found = decode("tron", told, None, PLACE)
    except Malformed:
        return
    assert found.transaction.txid == told["txID"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.just("41" + "ab" * 20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside, max_size=3),
    max_leaves=6,
)
NAMES = ("fee", "receipt", "log", "internal_transactions", "result", "blockNumber", "contract_address", "id")


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_info_is_read_or_malformed(said: dict[str, Any]) -> None:
    told = call(5)
    try:
        found = decoded(told, {**info(told), **said})
    except Malformed:
        return
    assert all((one.value or 0) >= 0 for one in found.transaction.transfers)


@given(st.integers(0, 2**256 - 1), st.integers(1, 2**63 - 1))
def test_values_survive_to_the_last_unit(tokens: int, sun: int) -> None:
    told = pay(sun)
    assert moved(decoded(told, info(told, log=[log(ALICE, BOB, tokens)])))[0][5] == sun
    told = call(sun)
    assert moved(decoded(told, info(told, log=[log(ALICE, BOB, tokens)])))[1][5] == tokens
