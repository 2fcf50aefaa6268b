"""Which logs move value, in which shapes, and which are named and left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.evm import decode, evm_chain
from chaintrace.adapters.evm.topics import (
    DEPOSIT,
    DESTROYED,
    ISSUE,
    REDEEM,
    SELECTORS,
    TRANSFER,
    TRANSFER_BATCH,
    TRANSFER_SINGLE,
    WITHDRAWAL,
)
from tests.chaintrace.adapters.evm.making import NOBODY, A, B, C, D, log, receipt, sent, topic, transfer_log, word

ETHEREUM = evm_chain("ethereum")
(WETH,) = ETHEREUM.wrappers
TIME = 1_700_000_000
MOST = 2**256 - 1


def decoded(*logs, asked=None, **more):
    return decode(ETHEREUM, asked or sent(data=b"\x01"), receipt(logs=logs), TIME, **more)


def moved(*logs, **more):
    """What the logs move: (index, kind, from, to, value, token id) of each."""
    return [
        (
            one.index,
            one.kind,
            one.inputs[0].address if one.inputs else None,
            one.outputs[0].address if one.outputs else None,
            one.value,
            one.token_id,
        )
        for one in decoded(*logs, **more).transaction.transfers[1:]
    ]


@pytest.mark.parametrize(
    ("indexed", "value", "token_id"), [(0, MOST, None), (2, MOST, None), (2, 0, None), (3, 1, MOST)]
)
def test_a_transfer_is_read_by_the_shape_of_its_standard(indexed, value, token_id):
    last = value if token_id is None else token_id
    kind = "token" if token_id is None else "nft"
    assert moved(transfer_log(57, C, A, B, last, indexed=indexed)) == [("log:57", kind, A, B, value, token_id)]


def test_what_is_known_of_a_contract_comes_before_the_shape():
    assert moved(transfer_log(1, C, A, B, 500, indexed=3), nature={C: True}) == [("log:1", "token", A, B, 500, None)]
    kitties = "0x06012c8cf97bead5deae237070f9587f8e7a266d"
    assert moved(transfer_log(1, kitties, A, B, 500, indexed=0)) == [("log:1", "nft", A, B, 1, 500)]
    usdt = "0xdac17f958d2ee523a2206206994597c13d831ec7"
    (told,) = decoded(transfer_log(1, usdt, A, B, 7)).transaction.transfers[1:]
    assert (told.asset.name, told.asset.decimals) == ("USDT", 6)
    (other,) = decoded(transfer_log(1, C, A, B, 7)).transaction.transfers[1:]
    assert (other.asset.contract, other.asset.decimals) == (C, None)


@pytest.mark.parametrize(
    "strange",
    [
        transfer_log(1, C, A, B, 5, indexed=1),
        log(1, C, [TRANSFER, topic(A), topic(B)], b""),
        log(1, C, [TRANSFER, topic(A), topic(B)], word(1) + word(2)),
        log(1, C, [TRANSFER, topic(A), topic(B)], b"\x01" * 31),
        log(1, C, [TRANSFER, topic(MOST), topic(B)], word(1)),
        log(1, C, [TRANSFER_SINGLE, topic(A), topic(A), topic(B)], word(1)),
        log(1, C, [TRANSFER_BATCH, topic(A), topic(A), topic(B)], word(MOST) + word(0)),
        log(1, C, [TRANSFER_BATCH, topic(A), topic(A), topic(B)], word(64) + word(128) + word(1) + word(7) + word(0)),
        log(1, WETH, [DEPOSIT, topic(A), topic(5)], b"\x01" * 31),
        log(1, C, [DESTROYED], word(A)),
    ],
)
def test_a_log_of_another_shape_is_named_and_left_alone(strange):
    told = decoded(strange)
    assert len(told.transaction.transfers) == 1
    assert "log 1 of" in told.unread[0]
    assert "is left alone" in told.unread[0]


def test_mints_and_burns_are_told_by_the_zero_address():
    assert moved(
        transfer_log(1, C, NOBODY, B, 5),
        transfer_log(2, C, A, NOBODY, 6),
        transfer_log(3, D, NOBODY, B, 9, indexed=3),
        transfer_log(4, C, NOBODY, NOBODY, 8),
    ) == [
        ("log:1", "mint", None, B, 5, None),
        ("log:2", "burn", A, None, 6, None),
        ("log:3", "mint", None, B, 1, 9),
        ("log:4", "token", NOBODY, NOBODY, 8, None),
    ]


def test_two_equal_transfers_stay_two():
    assert [one[0] for one in moved(transfer_log(1, C, A, B, 5), transfer_log(2, C, A, B, 5))] == ["log:1", "log:2"]


def test_single_and_batch_transfers_of_eip1155():
    from eth_abi.abi import encode

    head = [topic(D), topic(A), topic(B)]
    assert moved(
        log(4, C, [TRANSFER_SINGLE, *head], word(77) + word(MOST)),
        log(5, C, [TRANSFER_BATCH, *head], encode(["uint256[]", "uint256[]"], [[1, 2], [30, MOST]])),
    ) == [
        ("log:4", "nft", A, B, MOST, 77),
        ("log:5.0", "nft", A, B, 30, 1),
        ("log:5.1", "nft", A, B, MOST, 2),
    ]


def test_a_wrapper_makes_and_destroys_its_token_once():
    deposit, withdrawal = log(2, WETH, [DEPOSIT, topic(A)], word(5)), log(4, WETH, [WITHDRAWAL, topic(A)], word(3))
    alone = [("log:2", "mint", None, A, 5, None), ("log:4", "burn", A, None, 3, None)]
    assert moved(deposit, withdrawal) == alone
    both = [transfer_log(1, WETH, NOBODY, A, 5), deposit, withdrawal, transfer_log(5, WETH, A, NOBODY, 3)]
    assert [one[0] for one in moved(*both)] == ["log:1", "log:5"]
    again = log(6, WETH, [DEPOSIT, topic(A)], word(5))
    assert [one[0] for one in moved(*both, again)] == ["log:1", "log:5", "log:6"]


def test_a_gauge_that_logs_as_a_wrapper_does_moves_nothing_by_it():
    assert moved(log(2, C, [DEPOSIT, topic(A)], word(5))) == []
    assert decoded(log(2, C, [DEPOSIT, topic(A)], word(5))).unread == decoded().unread


def test_what_an_issuer_makes_and_destroys():
    assert moved(log(1, C, [DESTROYED], word(A) + word(9))) == [("log:1", "burn", A, None, 9, None)]
    for event, kind, sides in ((ISSUE, "mint", (None, A)), (REDEEM, "burn", (A, None))):
        asked = sent(A, C, 0, data=SELECTORS[event] + word(9))
        assert moved(log(1, C, [event], word(9)), asked=asked) == [("log:1", kind, *sides, 9, None)]
    assert "not whose they are" in decoded(log(1, C, [ISSUE], word(9))).unread[0]


def test_a_deposit_from_ethereum_makes_the_native_asset_even_where_it_fails():
    base = evm_chain("base")
    asked = sent(A, B, 7, kind=0x7E, minted=9)
    told = decode(base, asked, receipt(price=0), TIME).transaction
    assert [(one.index, one.kind, one.value) for one in told.transfers] == [
        ("fee", "fee", 0),
        ("mint", "mint", 9),
        ("value", "native", 7),
    ]
    failed = decode(base, asked, receipt(price=0, succeeded=False), TIME).transaction
    assert [one.index for one in failed.transfers] == ["fee", "mint"]


def test_a_payment_of_nothing_is_kept_and_a_call_is_none():
    paid = decode(ETHEREUM, sent(A, B, 0), receipt(gas_used=21_000), TIME)
    assert ([one.index for one in paid.transaction.transfers], paid.unread) == (["fee", "value"], ())
    called = decode(ETHEREUM, sent(A, B, 0, data=b"\x01"), receipt(), TIME)
    assert [one.index for one in called.transaction.transfers] == ["fee"]
    assert "no trace of it was told" in called.unread[0]


ADDRESSES = st.sampled_from([NOBODY, A, B, C, D])


@given(st.lists(st.tuples(ADDRESSES, ADDRESSES, st.integers(0, MOST), st.sampled_from([0, 2, 3])), max_size=12))
def test_per_contract_all_addresses_together_gain_what_is_made_less_what_is_destroyed(rows):
    contracts = {0: "0x" + "e1" * 20, 2: "0x" + "e2" * 20, 3: "0x" + "e3" * 20}
    logs = [
        transfer_log(number, contracts[indexed], sender, receiver, value, indexed=indexed)
        for number, (sender, receiver, value, indexed) in enumerate(rows)
    ]
    found = decoded(*logs).transaction.transfers[1:]
    assert len(found) == len(rows)
    gained = sum(leg.value for one in found for leg in one.outputs) - sum(
        leg.value for one in found for leg in one.inputs
    )
    made = sum(one.value for one in found if one.kind == "mint")
    gone = sum(one.value for one in found if one.kind == "burn")
    assert gained == made - gone


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=3), st.binary(max_size=200))
def test_no_log_whatever_it_holds_stops_the_reading(words, data):
    for event in (TRANSFER, TRANSFER_SINGLE, DESTROYED, ISSUE):
        told = decoded(log(1, C, [event, *("0x" + one.hex() for one in words)], data))
        left = [sentence for sentence in told.unread if "is left alone" in sentence]
        assert (len(told.transaction.transfers) - 1, len(left)) in {(1, 0), (0, 1)}
