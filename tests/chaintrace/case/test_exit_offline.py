"""An offline case of an exit from Polygon: a burn there is followed to what Ethereum paid for it, and back again."""

from __future__ import annotations

import csv
import json

import pytest
import rlp

from chaintrace.cli import run

EXIT = "polygon_pos_bridge/1_0x0bc7401a1b8a1ae7182f16f9e26db50ac114a7a4d1543f13651fdb0d9ea5d95a.json"
BURN = "0x" + "b0" * 32  # the proof does not hold the txid of the burn
BLOCK = "0x" + "b1" * 32
CASE = """\
[case]
name = "Exit"
methods = ["fifo"]
{sources}
[[seed]]
chain = "{chain}"
txid = "{txid}"
index = "{index}"
origin = "payment"

[rules]
use = ["*"]
"""
SOURCE = """
[[source]]
adapter = "receipts-jsonl"
path = "receipts.jsonl"
chain = "{}"
complete = "all"
"""


@pytest.fixture
def paid(shared):
    return json.loads((shared / "data/evm/receipts" / EXIT).read_text("utf-8"))


def burned(record):
    """The burn's record: place, time and logs are those of the proof that the recorded exit shows."""
    data = bytes.fromhex(record["tx"]["input"][10:])
    parts = rlp.decode(data[64 : 64 + int.from_bytes(data[32:64], "big")])
    height, time = (int.from_bytes(parts[number], "big") for number in (2, 3))
    position = int.from_bytes(rlp.decode(parts[8][1:]), "big")
    logs = rlp.decode(parts[6])[3]
    told = [
        {
            "address": f"0x{emitter.hex()}", "topics": [f"0x{topic.hex()}" for topic in topics],
            "data": f"0x{words.hex()}", "logIndex": hex(300 + place), "blockNumber": hex(height),
            "transactionHash": BURN, "transactionIndex": hex(position), "blockHash": BLOCK,
        }
        for place, (emitter, topics, words) in enumerate(logs)
    ]  # fmt: skip
    sender, token = f"0x{logs[0][1][1][-20:].hex()}", f"0x{logs[0][0].hex()}"
    where = {"blockNumber": hex(height), "transactionIndex": hex(position), "from": sender, "to": token}
    where["blockHash"] = BLOCK
    sent = {"hash": BURN, "gas": "0x20000", "gasPrice": "0x1", "nonce": "0x0", "value": "0x0", "type": "0x0"}
    got = {"transactionHash": BURN, "status": "0x1", "gasUsed": "0x10000", "effectiveGasPrice": "0x1", "logs": told}
    sent["input"] = "0x2e1a7d4d" + logs[0][2].hex()
    tx, receipt = where | sent, where | got | {"contractAddress": None, "cumulativeGasUsed": "0x10000"}
    return {"chain_id": 137, "block_timestamp": time, "tx": tx, "receipt": receipt}


def traced(folder, records, *options, **seed):
    """The tables of a case of these records, each chain of them a source."""
    folder.mkdir()
    (folder / "receipts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    chains = ["polygon" if one["chain_id"] == 137 else "ethereum" for one in records]
    (folder / "case.toml").write_text(CASE.format(sources="".join(map(SOURCE.format, chains)), **seed), "utf-8")
    run(["trace", str(folder), *options])

    def table(name):
        with (folder / "report" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return table


EXITOR = "0x0cda93172497f319a85c8f83132b61bd92d51cce"
KEY = "63592897:69:0xc2132d05d31c914a87c6611c10748aeb04b58e8f:445962192"


def test_a_burn_is_followed_to_the_exit_that_shows_it(paid, tmp_path):
    records = [burned(paid), paid]
    table = traced(tmp_path / "case", records, chain="polygon", txid=BURN, index="log:300")
    [row] = table("conversions")
    assert (row["rule"], row["protocol"], row["key"]) == ("bridge", "Polygon bridge", KEY)
    assert (row["traced_out"], row["traced_in"]) == ("445962192",) * 2
    assert [(one["chain"], one["traced_value"]) for one in table("resting")] == [("ethereum", "445962192")]


def test_a_burn_without_its_exit_ends_at_the_bridge(paid, tmp_path):
    table = traced(tmp_path / "case", [burned(paid)], chain="polygon", txid=BURN, index="log:300")
    [end] = table("endpoints")
    assert "bridge to ethereum" in end["memo"]
    assert f"key {KEY}" in end["memo"]


def test_an_exit_is_followed_back_to_its_burn(paid, tmp_path):
    records = [burned(paid), paid]
    seed = {"chain": "ethereum", "txid": paid["tx"]["hash"], "index": "log:308"}
    table = traced(tmp_path / "case", records, "--backward", **seed)
    [row] = table("sources")
    assert (row["chain"], row["address"], row["traced_value"]) == ("polygon", EXITOR, "445962192")


def test_an_exit_whose_burn_no_source_has_says_from_which_block_it_came(paid, tmp_path):
    seed = {"chain": "ethereum", "txid": paid["tx"]["hash"], "index": "log:308"}
    table = traced(tmp_path / "case", [paid], "--backward", **seed)
    [found] = [row for row in table("findings") if row["kind"] == "not_continued"]
    assert f"delivered from polygon by Polygon bridge, key {KEY}: no source has the deposit" in found["text"]
