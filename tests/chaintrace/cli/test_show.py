"""`show`: the JSON of the contract, and the same for a person."""

from __future__ import annotations

import json

import pytest

from chaintrace.cli import run
from chaintrace.cli.shape import shape
from chaintrace.model.chain import Account, Asset
from chaintrace.model.transaction import Leg, Transaction, Transfer
from tests.chaintrace.small_case import small_case

TRANSFERS = """chain,txid,index,height,time,asset,decimals,from,to,value
ledger,t1,value,5,1600000000,GOLD,2,a,b,100
ledger,t2,0,6,1600000010,GOLD,2,,b,7
"""
PIPE = "daf38c7b38eb0a587cf843f47000d5c294affb4f56017370ad48c5147f5e69d9"


@pytest.fixture
def utxo(data):
    return str(data / "cases" / "colonial-pipeline" / "transactions.jsonl")


def shown(capsys, *arguments: str):
    assert run(["show", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_an_account_transaction_has_exactly_the_keys_of_the_contract(tmp_path, capsys):
    small_case(tmp_path, transfers=TRANSFERS)
    found = shown(capsys, "t1", "--chain", "ledger", "--from", str(tmp_path / "transfers.csv"))
    (transfer,) = found.pop("transfers")
    assert found == {
        "chain": "ledger",
        "txid": "t1",
        "status": "confirmed",
        "height": 5,
        "time": "2020-09-13T12:26:40Z",
        "fee": None,
        "findings": [],
    }
    assert transfer == {
        "index": "value",
        "kind": "token",
        "asset": "GOLD",
        "contract": "GOLD",
        "decimals": 2,
        "token_id": None,
        "from": "a",
        "to": "b",
        "value": "100",
    }


def test_a_fee_is_told_apart_from_the_transfers():
    native = Asset("ethereum", "", "ETH", 18)
    legs = [(Leg(value, Account(address, native), address),) for value, address in ((3, "a"), (100, "a"), (100, "b"))]
    fee = Transfer("fee", "fee", native, legs[0], (), (1, 0, 0))
    value = Transfer("value", "native", native, legs[1], legs[2], (1, 0, 1))
    found = shape(Transaction("ethereum", "0x1", None, 0, (fee, value), "pending"), [])
    assert found["fee"] == {"payer": "a", "asset": "ETH", "value": "3"}
    assert [one["index"] for one in found["transfers"]] == ["value"]
    assert (found["status"], found["height"], found["time"]) == ("pending", None, None)
    assert found["transfers"][0]["contract"] is None


def test_a_mint_comes_from_nobody(tmp_path, capsys):
    small_case(tmp_path, transfers=TRANSFERS)
    found = shown(capsys, "t2", "--chain", "ledger", "--from", str(tmp_path / "transfers.csv"))
    (transfer,) = found["transfers"]
    assert (transfer["kind"], transfer["from"], transfer["to"], found["fee"]) == ("mint", None, "b", None)


def test_a_utxo_transaction_lists_its_outpoints_and_what_rules_say(utxo, capsys):
    found = shown(capsys, PIPE, "--from", utxo)
    (transfer,) = found["transfers"]
    assert transfer["kind"] == "utxo"
    assert len(transfer["from"]) == 24
    assert set(transfer["from"][0]) == {"outpoint", "address", "value"}
    assert transfer["to"][0]["outpoint"] == f"{PIPE}:0"
    paid = sum(int(leg["value"]) for leg in transfer["from"]) - sum(int(leg["value"]) for leg in transfer["to"])
    assert found["fee"] == {"payer": None, "asset": "BTC", "value": str(paid)}
    assert {one["rule"] for one in found["findings"]} == {"common_input"}
    assert set(found["findings"][0]) == {"kind", "rule", "confidence", "subject", "object", "evidence"}


def test_a_person_sees_the_same(utxo, capsys):
    assert run(["show", PIPE, "--chain", "bitcoin", "--from", utxo]) == 0
    out = capsys.readouterr().out
    assert f"bitcoin {PIPE}: confirmed" in out
    assert "in 23\tutxo\tBTC\t" in out
    assert "out 0\tutxo\tBTC\t6960422177\t69.60422177\t\tbc1qq2euq8pw950klpjcawuy4uj39ym43hs6cfsegq" in out
    assert "fee: 0.00989322 BTC (989322 base units)" in out


def test_an_address_of_a_case_comes_with_its_tags_and_transactions(tmp_path, capsys):
    folder = str(small_case(tmp_path))
    found = shown(capsys, "shop", "--from", folder)
    assert found["tags"][0]["label"] == "The Shop"
    assert [one["txid"] for one in found["transactions"]] == ["t2"]
    assert run(["show", "shop", "--from", folder]) == 0
    assert "t2\t0\ttoken\tGOLD\t60\t0.60\ttaker\tshop" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("subject", "words"),
    [("ab" * 32, "is not in the sources of bitcoin"), ("xyz", "is no bitcoin address")],
)
def test_what_is_not_there_is_said(utxo, capsys, subject, words):
    assert run(["show", subject, "--chain", "bitcoin", "--from", utxo]) == 2
    assert words in capsys.readouterr().err
