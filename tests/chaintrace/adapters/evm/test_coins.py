"""Chains whose native asset has a contract that logs what it does: it is never a token's, and stands once.

The transactions of zkSync Era are recorded ones of its networks, with what their logs say. They were published in
docs.blockpi.io, `zksync-era/eth_gettransactionreceipt`, and in matter-labs/block-explorer,
`packages/data-fetcher/test/transactionReceipts/` (`eth/transfer.json`, `eth/deposit.json`, `eth/withdrawal.json`,
`paymasters/transfer.json`, `failedTx/erc20-transfer-to-zero-address.json`). All others are made.
"""

from __future__ import annotations

from collections import Counter

import pytest

from chaintrace.adapters.evm import decode, evm_chain
from chaintrace.adapters.evm.topics import DEPOSIT, MINT, TRANSFER, WITHDRAWAL, WITHDRAWN, WITHDRAWN_WITH
from chaintrace.errors import Malformed
from tests.chaintrace.adapters.evm.making import NOBODY, A, B, C, D, log, receipt, sent, topic, transfer_log, word

TIME = 1_700_000_000
ZKSYNC, POLYGON, MOONBEAM, OPTIMISM = map(evm_chain, ("zksync", "polygon", "moonbeam", "optimism"))
COIN, BOOTLOADER = ZKSYNC.coin.contract, ZKSYNC.coin.collects
PERSON, OTHER = "0x481e48ce19781c3ca573967216dee75fdcf70f54", "0xc9593dc3dcad5f3804aaa5af12a9d74d0c00e4b0"


def made(chain, what, outcome):
    """(index, kind, contract, from, to, value) of every movement, and the sentences on what is not known."""
    decoded = decode(chain, what, outcome, TIME)
    moved = [
        (
            one.index,
            one.kind,
            one.asset.contract,
            *(legs[0].address if legs else "" for legs in (one.inputs, one.outputs)),
            one.value,
        )
        for one in decoded.transaction.transfers
    ]
    assert decoded.native <= set(decoded.unread)
    return moved, list(decoded.unread)


def coined(number, sender, receiver, value, contract=COIN):
    return transfer_log(number, contract, sender, receiver, value)


def issued(number, account, value):
    return log(number, COIN, [MINT, topic(account)], word(value))


def gains(moved):
    """What each address has more of the native asset, in wei."""
    found = Counter()
    for _, _, contract, sender, receiver, value in moved:
        if not contract:
            found[sender] -= value
            found[receiver] += value
    return {address: value for address, value in found.items() if address and value}


def test_a_recorded_call_costs_what_its_logs_say_less_what_came_back_twice():
    person = "0xcb6f7e93f0fcbadee2fe746001eab7107069c1fe"
    logs = [
        coined(0, person, BOOTLOADER, 0xD529AE9E860000),
        coined(1, BOOTLOADER, person, 0xBA8478CAB54000),
        coined(2, BOOTLOADER, person, 0x19A2EE76FD6300),
    ]
    what = sent(person, "0x01767c7f08e2ac33df97cb74e80bbd184058c8cc", data=b"\1", kind=0)
    moved, doubts = made(ZKSYNC, what, receipt(gas_used=0x115532, price=0xEE6B280, logs=logs))
    assert (moved, doubts) == ([("fee", "fee", "", person, "", 283_980_500_000_000)], [])


def test_a_recorded_payment_stands_once():
    paid, fee = 10**16, 0x18034D06A6900
    logs = [coined(0, PERSON, BOOTLOADER, fee), coined(1, PERSON, OTHER, paid)]
    moved, doubts = made(ZKSYNC, sent(PERSON, OTHER, paid, kind=0), receipt(gas_used=0x3645F7, price=10**8, logs=logs))
    assert moved == [("fee", "fee", "", PERSON, "", fee), ("value", "native", "", PERSON, OTHER, paid)]
    (doubt,) = doubts
    assert f"say that it cost {fee} wei" in doubt
    assert doubt.endswith(f"its gas and price {0x3645F7 * 10**8}: its logs are believed")


def test_a_recorded_request_of_ethereum_makes_what_it_brings_and_its_fee():
    person, value, fee, rest = "0xfb7e0856e44eff812a44a9f47733d7d55c39aa28", 10**16, 0x141B56FF62900, 0x29EB1FAEC300
    logs = [
        issued(0, person, value),
        coined(1, person, person, value),
        issued(2, BOOTLOADER, fee),
        issued(3, person, rest),
    ]
    moved, doubts = made(ZKSYNC, sent(person, person, value, kind=0xFF), receipt(gas_used=0xACB75, price=0, logs=logs))
    assert moved == [
        ("fee", "fee", "", person, "", 0),
        ("log:0", "mint", "", "", person, value),
        ("value", "native", "", person, person, value),
        ("log:2", "mint", "", "", BOOTLOADER, fee),
        ("log:3", "mint", "", "", person, rest),
    ]
    assert (doubts, gains(moved)[person]) == ([], value + rest)


def test_a_recorded_withdrawal_is_paid_and_destroyed_once():
    person, value = "0xd754ff5e8a6f257e162f72578a4bb0493c0681d8", 10**17
    logs = [
        coined(19, person, BOOTLOADER, 0x119F17FE16000),
        coined(20, person, COIN, value),
        log(22, COIN, [WITHDRAWN, topic(person), topic(person)], word(value)),
        coined(23, BOOTLOADER, person, 0x326ECEF5B300),
    ]
    outcome = receipt(gas_used=0x7C4A9, price=0x1DCD6500, logs=logs)
    moved, doubts = made(ZKSYNC, sent(person, COIN, value, data=b"\1", kind=0), outcome)
    assert moved == [
        ("fee", "fee", "", person, "", 254_548_500_000_000),
        ("value", "native", "", person, COIN, value),
        ("log:22", "burn", "", COIN, "", value),
    ]
    assert (doubts, gains(moved)) == ([], {person: -value - 254_548_500_000_000})


def test_a_recorded_paymaster_pays_the_fee_and_its_token_is_one():
    token, paymaster, fee = (
        "0x2baec5bca9f2052489ed30668f27ab4466f0bcb3",
        "0x0265d9a5af8af5fe070933e5e549d8fef08e09f4",
        0xB2CF038C49E00,
    )
    logs = [transfer_log(3, token, PERSON, paymaster, fee), coined(4, paymaster, BOOTLOADER, fee)]
    what = sent(PERSON, "0x27e5985dbe48d98e5fd4daae24c4549c5ce35ec5", data=b"\1", kind=113)
    moved, doubts = made(ZKSYNC, what, receipt(gas_used=0x473DA0, price=10**8, logs=logs))
    paid = ("log:4", "fee", "", paymaster, "", fee)
    assert moved == [("fee", "fee", "", PERSON, "", 0), paid, ("log:3", "token", token, PERSON, paymaster, fee)]
    assert ["its logs are believed" in one for one in doubts] == [True]
    assert gains(moved) == {paymaster: -fee}


def test_a_recorded_failure_leaves_the_log_of_its_fee():
    person, fee = "0xd206eaf6819007535e893410cfa01885ce40e99a", 0x1606DDFD9B8000
    what = sent(person, "0x7aa5f26e03b12a78e3ff1c454547701443144c67", data=b"\1", kind=0)
    outcome = receipt(succeeded=False, gas_used=0x23E8A3, price=10**8, logs=[coined(5, person, BOOTLOADER, fee)])
    moved, doubts = made(ZKSYNC, what, outcome)
    assert moved == [("fee", "fee", "", person, "", fee)]
    assert ["its logs are believed" in one for one in doubts] == [True]
    assert decode(ZKSYNC, what, outcome, TIME).transaction.status == "failed"
    with pytest.raises(Malformed, match="has logs"):
        decode(POLYGON, what, outcome, TIME)


def test_what_a_failure_leaves_besides_its_fee_is_said_and_not_told():
    logs = [transfer_log(1, C, A, D, 7), coined(2, D, BOOTLOADER, 500), coined(3, A, B, 9)]
    moved, doubts = made(ZKSYNC, sent(data=b"\1"), receipt(succeeded=False, logs=logs))
    assert moved == [("fee", "fee", "", A, "", 0), ("log:2", "fee", "", D, "", 500)]
    assert decode(ZKSYNC, sent(data=b"\1"), receipt(succeeded=False, logs=logs), TIME).transaction.sender == A
    assert [one.split(" of ")[0] for one in doubts] == ["log 1", "log 3"]
    moved, doubts = made(
        ZKSYNC, sent(kind=0xFF), receipt(succeeded=False, logs=[issued(4, BOOTLOADER, 5), issued(5, A, 6)])
    )
    assert (moved, len(doubts)) == ([("fee", "fee", "", A, "", 0)], 2)
    logs = [coined(1, A, BOOTLOADER, 500), coined(2, B, BOOTLOADER, 500)]
    moved, doubts = made(ZKSYNC, sent(data=b"\1"), receipt(succeeded=False, logs=logs))
    assert (moved[0], len(doubts)) == (("fee", "fee", "", A, "", 500), 3)


def test_what_a_contract_sends_on_stands_in_the_order_of_the_logs_without_any_trace():
    logs = [
        coined(0, A, BOOTLOADER, 700),
        transfer_log(1, D, A, C, 4),
        coined(2, A, B, 90),
        coined(3, B, C, 40),
        coined(4, B, NOBODY, 2),
        coined(5, BOOTLOADER, A, 200),
    ]
    moved, doubts = made(ZKSYNC, sent(value=90, data=b"\1"), receipt(logs=logs))
    assert moved == [
        ("fee", "fee", "", A, "", 500),
        ("log:1", "token", D, A, C, 4),
        ("value", "native", "", A, B, 90),
        ("log:3", "internal", "", B, C, 40),
        ("log:4", "internal", "", B, NOBODY, 2),
    ]
    assert doubts == []


def test_a_payment_to_who_collects_fees_is_told_from_the_fee():
    logs = [coined(0, A, BOOTLOADER, 500), coined(1, A, BOOTLOADER, 90)]
    assert made(ZKSYNC, sent(A, BOOTLOADER, 90), receipt(logs=logs)) == (
        [("fee", "fee", "", A, "", 500), ("value", "native", "", A, BOOTLOADER, 90)],
        [],
    )
    equal = [coined(0, A, BOOTLOADER, 500), coined(1, A, BOOTLOADER, 500)]
    moved, doubts = made(ZKSYNC, sent(A, BOOTLOADER, 500), receipt(logs=equal))
    assert ([one[0] for one in moved], doubts, gains(moved)[A]) == (["fee", "value"], [], -1_000)


@pytest.mark.parametrize(
    "logs",
    [
        [coined(0, A, BOOTLOADER, 500), coined(1, B, BOOTLOADER, 30)],
        [coined(0, A, BOOTLOADER, 700), coined(1, BOOTLOADER, C, 200)],
        [coined(0, A, BOOTLOADER, 100), coined(1, BOOTLOADER, A, 200)],
        [coined(0, BOOTLOADER, A, 200)],
    ],
)
def test_fees_that_cannot_be_told_apart_stand_as_they_moved(logs):
    moved, doubts = made(ZKSYNC, sent(data=b"\1"), receipt(logs=logs))
    assert [one[0] for one in moved] == ["fee", *(f"log:{one.number}" for one in logs)]
    assert (moved[0][-1], ["do not tell its fee" in one for one in doubts]) == (0, [True])


def test_what_no_log_says_is_a_doubt():
    moved, doubts = made(ZKSYNC, sent(value=90, data=b"\1"), receipt(logs=()))
    assert moved == [("fee", "fee", "", A, "", 500)]
    assert ["was paid: it is left out" in doubts[0], "who paid the fee" in doubts[1], len(doubts)] == [True, True, 2]
    odd = [
        log(0, COIN, [TRANSFER, topic(A)], word(5)),
        log(1, COIN, [MINT], b""),
        log(2, COIN, [WITHDRAWN, topic(A)], b""),
    ]
    moved, doubts = made(ZKSYNC, sent(data=b"\1"), receipt(logs=odd))
    assert ([one[0] for one in moved], sum("is left alone" in one for one in doubts)) == (["fee"], 3)


def test_a_withdrawal_with_a_text_is_destroyed_too():
    text = word(9) + word(64) + word(1) + b"x".ljust(32, b"\0")
    logs = [
        coined(0, A, BOOTLOADER, 500),
        coined(1, A, COIN, 9),
        log(2, COIN, [WITHDRAWN_WITH, topic(A), topic(B)], text),
    ]
    moved, doubts = made(ZKSYNC, sent(A, COIN, 9, data=b"\1"), receipt(logs=logs))
    assert (moved[-1], doubts) == (("log:2", "burn", "", COIN, "", 9), [])


def test_only_the_coin_of_the_chain_itself_counts():
    logs = [
        coined(0, A, BOOTLOADER, 500),
        log(1, D, [MINT, topic(A)], word(9)),
        transfer_log(2, POLYGON.coin.contract, A, B, 3),
    ]
    moved, _ = made(ZKSYNC, sent(data=b"\1"), receipt(logs=logs))
    assert [one[:3] for one in moved] == [("fee", "fee", ""), ("log:2", "token", POLYGON.coin.contract)]


def test_polygon_logs_again_what_value_and_calls_move():
    """Its `transfer` takes the value and pays it on; a forged signature once let it name nobody as the payer."""
    contract = POLYGON.coin.contract
    for payer in (A, NOBODY):
        logs = [transfer_log(1, contract, payer, C, 9)]
        moved, doubts = made(POLYGON, sent(A, contract, 9, data=b"\1"), receipt(logs=logs))
        assert moved == [("fee", "fee", "", A, "", 500), ("value", "native", "", A, contract, 9)]
        assert ["no trace of it was told" in one for one in doubts] == [True]


def test_moonbeam_moves_by_its_precompile_what_no_value_shows():
    contract = MOONBEAM.coin.contract
    logs = [
        transfer_log(1, contract, A, C, 9),
        log(2, contract, [DEPOSIT, topic(A)], word(4)),
        log(3, contract, [WITHDRAWAL, topic(A)], word(4)),
    ]
    moved, _ = made(MOONBEAM, sent(A, contract, 4, data=b"\1"), receipt(logs=logs))
    assert moved == [
        ("fee", "fee", "", A, "", 500),
        ("value", "native", "", A, contract, 4),
        ("log:1", "internal", "", A, C, 9),
        ("log:2", "internal", "", contract, A, 4),
    ]
    assert gains(moved) == {A: -509, C: 9}


def test_optimism_made_and_destroyed_its_native_asset_by_a_contract_before_bedrock():
    contract = OPTIMISM.coin.contract
    logs = [
        transfer_log(1, contract, NOBODY, B, 9),
        transfer_log(2, contract, A, NOBODY, 4),
        transfer_log(3, contract, A, B, 1),
    ]
    moved, doubts = made(OPTIMISM, sent(data=b"\1"), receipt(logs=logs, l1_fee=0))
    assert moved[1:] == [("log:1", "mint", "", "", B, 9), ("log:2", "burn", "", A, "", 4)]
    assert ["logs a transfer that no value shows" in one for one in doubts].count(True) == 1
