"""What a node tells must be hex quantities, of one transaction, in one block; and fees, with their parts."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from chaintrace.adapters.evm import decode, evm_chain, evm_chain_of, read_receipt, read_sent
from chaintrace.adapters.evm import told as told_of
from chaintrace.adapters.evm.quantities import quantity
from chaintrace.errors import Malformed
from chaintrace.model.log import sent_in
from tests.chaintrace.adapters.evm.making import A, B, receipt, sent
from tests.chaintrace.adapters.evm_rpc.node import read, recorded

TIME = 1_700_000_000


@pytest.fixture
def record(shared):
    return next(record for record in map(read, recorded(shared)) if len(record["receipt"]["logs"]) > 3)


@pytest.mark.parametrize(
    "value", [1 << 53, -1, True, Decimal("1e18"), "12", "0x", "0x" + "f" * 65, "-0x1", "0x1.8", "1e18", None]
)
def test_only_a_hex_quantity_is_a_number(value):
    with pytest.raises(Malformed, match="where a hex quantity"):
        quantity(value, "the value")
    assert quantity("0x" + "f" * 64, "the value") == 2**256 - 1
    assert quantity((1 << 53) - 1, "what every program writes exactly") == 2**53 - 1


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("tx", "value", Decimal("1.5")),
        ("tx", "value", 10**18),
        ("tx", "hash", "0x" + "00" * 32),
        ("tx", "from", "0x12"),
        ("receipt", "transactionHash", "0x" + "00" * 32),
        ("receipt", "blockHash", "0x" + "00" * 32),
        ("receipt", "blockNumber", "0x1"),
        ("receipt", "from", B),
        ("receipt", "gasUsed", "21000"),
        ("receipt", "status", "0x2"),
        ("receipt", "logs", None),
    ],
)
def test_what_is_no_answer_to_the_question_is_malformed(record, part, field, value):
    changed = copy.deepcopy(record)
    changed[part][field] = value
    with pytest.raises(Malformed):
        read_receipt(changed["receipt"], read_sent(changed["tx"], record["tx"]["hash"]))


@pytest.mark.parametrize(
    "change",
    [
        lambda logs: logs.reverse(),
        lambda logs: logs.append(copy.deepcopy(logs[-1])),
        lambda logs: logs[0].update(transactionHash="0x" + "00" * 32),
        lambda logs: logs[0].update(blockHash="0x" + "00" * 32),
        lambda logs: logs[0].update(removed=True),
        lambda logs: logs[0].update(topics=["0x12"]),
        lambda logs: logs[0].update(topics=["0x" + "00" * 32] * 5),
        lambda logs: logs[0].update(data="0x123"),
    ],
)
def test_logs_of_elsewhere_or_out_of_order_are_malformed(record, change):
    change(record["receipt"]["logs"])
    with pytest.raises(Malformed):
        read_receipt(record["receipt"], read_sent(record["tx"], record["tx"]["hash"]))


def test_a_batch_is_read_where_a_receipt_names_it_and_the_number_in_it(record):
    told = read_sent(record["tx"], record["tx"]["hash"])
    receipt_of = record["receipt"]
    assert read_receipt(receipt_of, told).batch is None
    for more in ({"l1BatchNumber": None, "l1BatchTxIndex": None}, {"l1BatchNumber": "0x1"}):
        assert read_receipt({**receipt_of, **more}, told).batch is None
    shown = {**receipt_of, "l1BatchNumber": "0x1d4f2", "l1BatchTxIndex": "0x5f"}
    assert read_receipt(shown, told).batch == (120_050, 95)
    (observed,) = sent_in(told_of(evm_chain("zksync"), told, read_receipt(shown, told), None, whole=True))
    assert observed.batch == (120_050, 95)


def test_more_logs_than_a_block_has_room_for_are_not_read(record):
    changed = {**record["receipt"], "logs": [{}] * 1_000_000}
    with pytest.raises(Malformed, match="has 1000000 logs, and no block of Ethereum has room for more than 200000"):
        read_receipt(changed, read_sent(record["tx"], record["tx"]["hash"]))


def test_a_fee_has_its_parts_and_says_which_one_is_not_told():
    def cost(chain, kind=2, **more):
        told = decode(evm_chain(chain), sent(A, B, 1, kind=kind), receipt(gas_used=21_000, **more), TIME)
        return told.transaction.transfers[0].value, len(told.unread)

    assert cost("ethereum", price=7) == (147_000, 0)
    assert cost("base", price=7, l1_fee=13) == (147_013, 0)
    assert cost("base", price=7) == (147_000, 1)
    assert cost("ethereum", 3, price=7, blob_gas=131_072, blob_price=2) == (147_000 + 262_144, 0)
    assert cost("ethereum", 3, price=7) == (147_000, 1)
    assert cost("base", price=7, l1_fee=13, blob_gas=5_000) == (147_013, 0)
    assert cost("base", price=7, l1_fee=13, operator_fee=True) == (147_013, 1)
    assert cost("ethereum", 0, price=None) == (210_000, 0)
    assert cost("ethereum", 2, price=None) == (210_000, 1)
    untold = replace(sent(A, B, 1, kind=2), gas_price=None)
    with pytest.raises(Malformed, match="effectiveGasPrice"):
        decode(evm_chain("ethereum"), untold, receipt(price=None), TIME)


def test_contradictions_of_a_block_or_a_receipt_are_malformed():
    with pytest.raises(Malformed, match="has the time 5"):
        decode(evm_chain("ethereum"), sent(), receipt(), 5)
    with pytest.raises(Malformed, match="does not name the contract"):
        decode(evm_chain("ethereum"), sent(A, None, 5), receipt(), TIME)


def test_chains_are_known_by_their_ids():
    assert evm_chain_of(56) is evm_chain("bsc")
    assert evm_chain_of(4_242_424_242) is None
