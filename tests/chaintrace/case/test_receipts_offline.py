"""An offline case of receipts: what protocols did is read from a file, and why nothing goes on is told."""

from __future__ import annotations

import csv
import json

import pytest

from chaintrace.cli import run

USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"
SENT = "cctp/1_0xac7bb45701a4311a2c662377a4764ac694a8f6438270c1ee8a4100d4a000a511.json"
DELIVERED = "cctp/42161_0x9da8beb8e9ad2428ad2de132d920d27c2d6c7e0604d2977669aab219e51fd323.json"
CASE = """\
[case]
name = "Receipts"
methods = ["fifo"]

[[source]]
adapter = "receipts-jsonl"
path = "receipts.jsonl"
chain = "ethereum"
complete = "all"
{more}
[[seed]]
chain = "ethereum"
txid = "{txid}"
index = "{index}"
origin = "payment"

[rules]
use = ["*"]
"""
FAR = """
[[source]]
adapter = "receipts-jsonl"
path = "receipts.jsonl"
chain = "arbitrum"
complete = "all"
"""


@pytest.fixture
def receipts(shared):
    return shared / "data/evm/receipts"


def traced(folder, records, index, more=""):
    """The tables of a case of these records whose seed is a movement of the first."""
    folder.mkdir()
    (folder / "receipts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    case = CASE.format(txid=records[0]["tx"]["hash"], index=index, more=more)
    (folder / "case.toml").write_text(case, "utf-8")
    run(["trace", str(folder)])

    def table(name):
        with (folder / "report" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return table, json.loads((folder / "report" / "trace.json").read_text("utf-8"))


def read(path):
    return json.loads(path.read_text("utf-8"))


def test_a_recorded_burn_and_its_mint_are_joined_in_one_command(receipts, tmp_path):
    """What is paid in the first transaction is followed to the second one by the key of CCTP, and rests there."""
    records = [read(receipts / SENT), read(receipts / DELIVERED)]
    table, _ = traced(tmp_path / "case", records, "log:299", FAR)
    [row] = table("conversions")
    assert (row["rule"], row["protocol"], row["key"]) == ("bridge", "CCTP", "0:62883")
    assert (row["from_chain"], row["to_chain"], row["delay"]) == ("ethereum", "arbitrum", "1309")
    assert (row["traced_out"], row["traced_in"], row["to_txid"]) == ("1839726596",) * 2 + (records[1]["tx"]["hash"],)
    assert [(one["chain"], one["traced_value"]) for one in table("resting")] == [("arbitrum", "1839726596")]


def test_where_the_other_chain_is_not_held_the_bridge_is_the_end(receipts, tmp_path):
    table, _ = traced(tmp_path / "case", [read(receipts / SENT)], "log:299")
    [end] = table("endpoints")
    assert "bridge to arbitrum" in end["memo"]
    assert "key 0:62883" in end["memo"]


def test_why_a_transaction_through_a_protocol_is_not_continued_is_told(receipts, tmp_path):
    """Two assets go into a pool, and a share of it comes: which goes into which is not told."""
    [path] = receipts.glob("sushiswap/1_0x2ce6f92f4020*.json")
    record = read(path)
    log = next(one for one in record["receipt"]["logs"] if one["address"].lower() == USDT)
    table, told = traced(tmp_path / "case", [record], f"log:{int(log['logIndex'], 16)}")
    [found] = [row for row in table("findings") if row["kind"] == "not_continued"]
    assert found["subject"] == record["tx"]["hash"]
    assert "which goes into which is not told" in found["text"]
    [note] = [one for one in told["notes"] if one.startswith("Not continued")]
    assert record["tx"]["hash"] in note
    assert "swap: it gives ETH, USDT" in note
