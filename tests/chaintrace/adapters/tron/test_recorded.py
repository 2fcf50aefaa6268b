"""What TronGrid, Tronscan and a full node really answered: read, and counted again in another way."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from chaintrace.adapters.tron import Decoded, Place, decode
from chaintrace.adapters.tron.events import read_events
from chaintrace.adapters.tron.listings import Listed, page, trongrid_transaction, trongrid_trc20, tronscan_trc20
from chaintrace.adapters.tron.moves import internal_moves
from chaintrace.addresses import tron_from_hex, tron_to_hex
from chaintrace.errors import Malformed, Refused
from chaintrace.model.chain import Block

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "TAVrrARNdnjHgCGMQYeQV7hv4PSu7mVsMj"


def told(shared: Path, name: str) -> dict[str, Any]:
    read = json.loads((shared / "data" / "tron" / name).read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def lines(shared: Path, name: str) -> Iterator[dict[str, Any]]:
    """One object a line, as the public data set has them: bytes in base64, addresses without 41."""
    with (shared / "data" / "tron" / "blocks-0-10000" / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def unpacked(text: str) -> str:
    return base64.b64decode(text).hex()


def transactions(shared: Path) -> list[Decoded]:
    answer = page(told(shared, "trongrid-responses/v1_accounts_transactions.json"), "the file")
    assert answer.fingerprint == ""
    found = [trongrid_transaction("tron", row) for row in answer.rows]
    return [one for one in found if isinstance(one, Decoded)]


def test_every_row_of_an_account_is_proven_by_its_bytes(shared: Path) -> None:
    found = transactions(shared)
    assert len(found) == 11
    assert all(one.proven for one in found)
    kinds = Counter(transfer.kind for one in found for transfer in one.transaction.transfers)
    assert kinds == {"native": 8, "token": 1, "fee": 11}


def test_the_two_accounts_that_were_created_cost_their_creator_a_trx_more(shared: Path) -> None:
    paid = [
        (one.transaction.transfers[-1].value, fact.value)
        for one in transactions(shared)
        for fact in one.observations
        if fact.what == "fee parts" and "other" in fact.value
    ]
    assert paid == [(1_100_000, '{"net_fee":100000,"other":1000000}')] * 2


def test_the_balance_of_the_account_moves_as_the_rows_say(shared: Path) -> None:
    """Counted again from the JSON beside the bytes."""
    counted = 0
    for row in told(shared, "trongrid-responses/v1_accounts_transactions.json")["data"]:
        value = row["raw_data"]["contract"][0]["parameter"]["value"]
        owner = value["owner_address"] == "4105cc125604448afeb6867eb688efb7e80411d57a"
        counted -= row["ret"][0]["fee"] if owner else 0
        if row["raw_data"]["contract"][0]["type"] == "TransferContract":
            counted += -value["amount"] if owner else value["amount"]
    legs = [
        (sign, leg.value or 0)
        for one in transactions(shared)
        for transfer in one.transaction.transfers
        for sign, side in ((-1, transfer.inputs), (1, transfer.outputs))
        for leg in side
        if leg.address == ACCOUNT and not transfer.asset.contract
    ]
    assert sum(sign * value for sign, value in legs) == counted
    assert counted < -102_000_000


def test_what_a_list_cannot_tell_of_a_call_is_said(shared: Path) -> None:
    (call,) = (one for one in transactions(shared) if one.transaction.txid.startswith("deb68298"))
    assert [gap.text for gap in call.gaps] == [
        f"this source does not tell the events and the calls inside {call.transaction.txid}: ask a full node"
    ]
    memo = next(fact.value for one in transactions(shared) for fact in one.observations if fact.what == "memo")
    assert memo.startswith("能量交易平台")


def test_trc20_rows_of_trongrid(shared: Path) -> None:
    answer = page(told(shared, "trongrid-responses/v1_accounts_transactions_trc20.json"), "the file")
    found = [trongrid_trc20("tron", row) for row in answer.rows]
    first = found[0].transfer
    assert first is not None
    assert (first.kind, first.value, first.asset.contract) == ("token", 1_506_542, "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7")
    assert (first.inputs[0].address, first.outputs[0].address) == ("TQq4YrKRywkd9vLYw2nZKiFfMpbQiL8gKK", ACCOUNT)
    assert found[0].time == 1_676_451_558
    assert found[0].decimals == 6
    assert set(found[0].lacks) == {"index", "position", "height", "block hash", "fee"}
    sums = {"in": 0, "out": 0}
    for row in answer.rows:
        sums["in" if row["to"] == ACCOUNT else "out"] += int(str(row["value"]))
    values = [one.transfer for one in found if one.transfer is not None]
    assert sum(one.value or 0 for one in values if one.outputs[0].address == ACCOUNT) == sums["in"]
    assert sum(one.value or 0 for one in values if one.inputs[0].address == ACCOUNT) == sums["out"]


def test_a_row_of_tronscan(shared: Path) -> None:
    row = told(shared, "tronscan-fields/token_trc20_transfers.json")["token_transfers"][0]
    found = tronscan_trc20("tron", row)
    assert found.transfer is not None
    assert (found.height, found.time, found.final) == (49_966_979, 1_680_513_705, True)
    assert found.transfer.value == 11_258_727_923_280_441_931
    assert "height" not in found.lacks
    tagged = {**row, "to_address_tag": {"to_address_tag": "Binance-Hot 9"}}
    assert tronscan_trc20("tron", tagged).claims == ((row["to_address"], "Binance-Hot 9"),)
    for reverted in ({"revert": True}, {"finalResult": "OUT_OF_ENERGY"}, {"contractRet": "REVERT"}):
        assert tronscan_trc20("tron", {**row, **reverted}).transfer is None


@pytest.mark.parametrize("change", [{"quant": 1.5}, {"quant": "1e18"}, {"quant": None}, {"from_address": "T1"}])
def test_a_row_that_cannot_be_is_malformed(shared: Path, change: dict[str, object]) -> None:
    row = told(shared, "tronscan-fields/token_trc20_transfers.json")["token_transfers"][0]
    with pytest.raises(Malformed):
        tronscan_trc20("tron", {**row, **change})


def test_rows_of_other_shapes() -> None:
    inner = {
        "internal_tx_id": "a1",
        "tx_id": "cd" * 32,
        "data": {"note": "63616c6c", "rejected": False, "call_value": {"_": 7, "1002000": 3}},
        "block_timestamp": 1_676_451_558_000,
        "from_address": "TQq4YrKRywkd9vLYw2nZKiFfMpbQiL8gKK",
        "to_address": ACCOUNT,
    }
    found = trongrid_transaction("tron", inner)
    assert isinstance(found, Listed)
    assert found.transfer is not None
    assert (found.transfer.kind, found.transfer.value) == ("internal", 7)
    assert "tokens of the call" in found.lacks
    rejected = trongrid_transaction("tron", {**inner, "data": {**inner["data"], "rejected": True}})
    assert isinstance(rejected, Listed)
    assert rejected.transfer is None
    with pytest.raises(Refused, match="look at its key"):
        page({"success": False, "error": "rate"}, "host")
    with pytest.raises(Malformed, match="no page"):
        page({"blockID": "00"}, "host")


def test_the_event_of_a_payment_in_usdt(shared: Path) -> None:
    answer = told(shared, "trongrid-responses/wallet_gettransactioninfobyid_usdt.json")
    (move,) = read_events(answer["log"]).moves
    assert (move.index, move.kind, move.contract) == ("log:0", "token", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
    assert (move.sender, move.receiver) == ("TL24LCps5FKwp3PoU1MvrYrwhi5LU1tHre", "TPecqY13cLPBbG855V9q7tbMgQhRkwLDVr")
    assert move.value == 100_000


def test_the_first_blocks_balance_to_the_sun(shared: Path) -> None:
    """2,172 transactions of blocks 0 to 10,000: payments and fees, summed per address in two ways."""
    fees = {row["txHash"]: row for row in lines(shared, "0to10000__tx_fee.json")}
    counted: Counter[str] = Counter()
    summed: Counter[str] = Counter()
    for row in lines(shared, "0to10000__transactions.json"):
        paid = fees[row["txHash"]]
        sender = "41" + unpacked(row["fromAddress"])
        counted[sender] -= paid["fee"]
        value = row["value"] if row.get("toAddress") else 0
        if value:
            counted[sender] -= value
            counted["41" + unpacked(row["toAddress"])] += value
        for transfer in decode(*first_blocks(row, paid)).transaction.transfers:
            for sign, legs in ((-1, transfer.inputs), (1, transfer.outputs)):
                for leg in legs:
                    summed[leg.address] += sign * (leg.value or 0)
    assert {tron_from_hex(name): value for name, value in counted.items()} == summed
    assert -sum(summed.values()) == sum(paid["fee"] for paid in fees.values()) == 277_312_297_920


def first_blocks(row: dict[str, Any], paid: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any], Place]:
    """A row of the data set in the shape of a node's two answers, and its place."""
    txid, sender = unpacked(row["txHash"]), "41" + unpacked(row["fromAddress"])
    moves = bool(row.get("toAddress") and row["value"])
    value = {"owner_address": sender}
    if moves:
        value |= {"to_address": "41" + unpacked(row["toAddress"]), "amount": row["value"]}
    kind = "TransferContract" if moves else "WitnessCreateContract"
    contract = {"type": kind, "parameter": {"value": value}}
    info = {"id": txid, "blockNumber": row["blockId"], "blockTimeStamp": row["blockTimestamp"] * 1000}
    if paid["fee"]:
        info["fee"] = paid["fee"]
    receipt = {"net_usage": paid["netUsage"], "net_fee": paid["netFee"], "energy_fee": paid["energyFee"]}
    place = Place(Block(row["blockId"], unpacked(row["blockHash"]), row["blockTimestamp"]), row["transactionIndex"])
    return "tron", {"txID": txid, "raw_data": {"contract": [contract]}}, {**info, "receipt": receipt}, place


def test_the_calls_inside_of_a_thousand_blocks(shared: Path) -> None:
    """4,957 calls inside: what is not rejected moves what it carries, and nothing else moves anything.

    The data set cut values to 32 bits, so some are negative: none that the chain had, so they are left out.
    """
    cut = 0
    counted: Counter[tuple[str, str]] = Counter()
    inside: dict[str, list[dict[str, Any]]] = {}
    for row in lines(shared, "56804500to56805500__traces.json"):
        if row["callValue"] < 0:
            cut += 1
            continue
        if row["callValue"] and not row["rejected"]:
            counted[unpacked(row["callerAddress"]), unpacked(row["transfertoAddress"])] += row["callValue"]
        inside.setdefault(row["txHash"], []).append(
            {
                "caller_address": "41" + unpacked(row["callerAddress"]),
                "transferTo_address": "41" + unpacked(row["transfertoAddress"]),
                "callValueInfo": [{"callValue": row["callValue"]} if row["callValue"] else {}],
                "note": row["note"].encode().hex(),
                **({"rejected": True} if row["rejected"] else {}),
            }
        )
    summed: Counter[tuple[str, str]] = Counter()
    for calls in inside.values():
        for move in internal_moves(calls):
            assert move.sender is not None
            receiver = move.receiver or move.sender  # a contract that was destroyed into itself
            summed[tron_to_hex(move.sender)[2:], tron_to_hex(receiver)[2:]] += move.value
    assert summed == counted
    assert (len(summed), cut) == (91, 22)
