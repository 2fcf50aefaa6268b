"""Arbitrum: the block's price is paid whatever was offered, and tickets from Ethereum bring their gas and their value.

Source: OffchainLabs/nitro, `arbos/tx_processor.go`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.evm import decode, evm_chain, read_receipt, read_sent
from tests.chaintrace.adapters.evm.making import A, B, receipt, sent
from tests.chaintrace.adapters.evm_rpc.node import read, recorded

TIME = 1_700_000_000
ARBITRUM, ETHEREUM = evm_chain("arbitrum"), evm_chain("ethereum")


def made(chain, what, outcome):
    """(index, from, to, wei) of every movement, and the sentences on what is not known of it besides its calls."""
    decoded = decode(chain, what, outcome, TIME)
    moved = [
        (one.index, *(legs[0].address if legs else "" for legs in (one.inputs, one.outputs)), one.value)
        for one in decoded.transaction.transfers
    ]
    return moved, [text for text in decoded.unread if "sent on inside" not in text]


def test_what_was_offered_is_not_what_is_paid_and_receipts_show_it(shared):
    """A legacy transaction of Ethereum pays what it offers; three in four of the recorded ones of Arbitrum do not."""
    differs = {42161: 0, 1: 0}
    for path in recorded(shared):
        record = read(path)
        told = read_sent(record["tx"], record["tx"]["hash"])
        if told.type == 0 and record["chain_id"] in differs:
            differs[record["chain_id"]] += told.gas_price != read_receipt(record["receipt"], told).price
    assert differs == {42161: 15, 1: 0}


@pytest.mark.parametrize("kind", [0, 1, 2])
@pytest.mark.parametrize("price", [None, 0])
def test_a_fee_by_what_was_offered_is_a_gap(kind, price):
    what, outcome = sent(kind=kind, value=1), receipt(gas_used=50, price=price)
    moved, doubts = made(ARBITRUM, what, outcome)
    assert moved[0] == ("fee", A, "", 500)
    assert ["does not tell effectiveGasPrice" in text for text in doubts] == [True]
    assert made(ARBITRUM, what, replace(outcome, price=7)) == ([("fee", A, "", 350), ("value", A, B, 1)], [])


def test_a_price_of_ethereum_that_was_offered_is_exact_where_the_type_says_so():
    assert made(ETHEREUM, sent(kind=0), receipt(price=None)) == ([("fee", A, "", 500), ("value", A, B, 0)], [])
    assert len(made(ETHEREUM, sent(kind=2), receipt(price=None))[1]) == 1
    assert made(ETHEREUM, replace(sent(kind=0), gas_price=0), receipt(price=0))[0][0] == ("fee", A, "", 0)


def test_what_uses_no_gas_leaves_no_doubt_of_its_price():
    assert made(ARBITRUM, sent(kind=0x6A, data=b"\1"), receipt(gas_used=0, price=None)) == ([("fee", A, "", 0)], [])


@pytest.mark.parametrize("held", [True, False])
def test_a_ticket_that_is_redeemed_brings_its_gas_and_its_value(held):
    what = sent(kind=0x68, value=9, minted=9)
    moved, doubts = made(ARBITRUM, what, receipt(succeeded=held, gas_used=50, price=10))
    if held:
        assert moved == [("mint", "", A, 509), ("fee", A, "", 500), ("value", A, B, 9)]
    else:
        assert moved == [("mint", "", A, 500), ("fee", A, "", 500)]
    assert doubts == [f"{what.txid} redeems a ticket whose gas was paid before: what was refunded of that is not told"]


def test_a_ticket_that_is_submitted_brings_its_deposit_and_says_what_is_not_told(shared):
    record = next(read(path) for path in recorded(shared) if read(path)["tx"].get("type") == "0x68")
    told = {**record["tx"], "type": "0x69", "depositValue": "0x64"}
    what = read_sent(told, told["hash"])
    assert what.minted == 100
    moved, doubts = made(ARBITRUM, what, receipt(gas_used=5, price=10))
    assert moved[:2] == [("mint", "", what.sender, 100), ("fee", what.sender, "", 50)]
    assert ["submits a ticket" in text for text in doubts] == [True]


def test_a_recorded_ticket_leaves_its_sender_with_nothing_less(shared):
    record = next(read(path) for path in recorded(shared) if read(path)["tx"].get("type") == "0x68")
    what = read_sent(record["tx"], record["tx"]["hash"])
    moved, _ = made(ARBITRUM, what, read_receipt(record["receipt"], what))
    native = [one for one in moved if one[0] in {"mint", "fee", "value"}]
    balance = 0
    for _, payer, payee, value in native:
        balance += value * ((payee == what.sender) - (payer == what.sender))
        assert balance >= 0
    assert balance == 0
