"""A payment to THORChain on Bitcoin in a case: where it was paid out is a lead, followed only where it is accepted."""

from __future__ import annotations

import csv
import json

import pytest

from chaintrace.cli import run
from tests.heuristics.continuations.crossing_cases import event
from tests.heuristics.continuations.making import said, tx, who

MINE, VAULT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
TOKEN, TO = who("token"), who("recipient")
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
PAID, OUT = "bb" * 32, tx("out")
CASE = f"""\
[case]
name = "Memo"
methods = ["fifo"]

[[source]]
adapter = "transactions-jsonl"
path = "bitcoin.jsonl"
chain = "bitcoin"
complete = "all"

[[source]]
adapter = "receipts-jsonl"
path = "receipts.jsonl"
chain = "ethereum"
complete = "all"

[[seed]]
chain = "bitcoin"
txid = "{"aa" * 32}"
index = "0"
origin = "payment"

[rules]
use = ["*"]
"""
ACCEPT = f"""
[[accept]]
rule = "by_memo"
chain = "bitcoin"
from = "{PAID}"
to = "{OUT}"
name = "A. Analyst"
reason = "THORChain's own explorer has it"
"""


def bitcoin():
    memo = f"=:ETH.TKN:{TO}".encode()
    coins = {"n": 0, "value": 1_000_000, "address": MINE}
    yield {"txid": "aa" * 32, "block_height": 1, "time": 1_600_000_000, "coinbase": True, "outputs": [coins]}
    note = {"n": 1, "value": 0, "script": (bytes([0x6A, len(memo)]) + memo).hex()}
    yield {
        "txid": PAID,
        "block_height": 2,
        "time": 1_600_000_600,
        "inputs": [{"prev_txid": "aa" * 32, "prev_vout": 0}],
        "outputs": [{"n": 0, "value": 990_000, "address": VAULT}, note],
    }


def ethereum():
    gone = event("THORChain", "ethereum", "TransferOut")
    told = said(gone, 1, to=TO, asset=TOKEN, amount=700, memo=f"OUT:{PAID.upper()}")
    moved = (TOKEN, [TRANSFER, *(f"0x{one[2:]:0>64}" for one in (gone.contract, TO))], f"0x{700:064x}")
    logs = [moved, (told.emitter, list(told.topics), told.data)]
    block = {"blockNumber": "0x10", "blockHash": "0x" + "cc" * 32, "transactionHash": OUT, "transactionIndex": "0x0"}
    receipt = {
        **block,
        "status": "0x1",
        "from": who("vault"),
        "to": gone.contract,
        "gasUsed": "0x1",
        "effectiveGasPrice": "0x1",
        "logs": [
            {**block, "logIndex": hex(place), "address": address, "topics": topics, "data": data, "removed": False}
            for place, (address, topics, data) in enumerate(logs)
        ],
    }
    return {"receipt": receipt, "timestamp": 1_600_001_000}


@pytest.mark.parametrize("more", ["", ACCEPT])
def test_the_payment_out_is_a_lead_that_a_person_may_accept(tmp_path, more):
    (tmp_path / "bitcoin.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in bitcoin()), "utf-8")
    (tmp_path / "receipts.jsonl").write_text(f"{json.dumps(ethereum())}\n", "utf-8")
    (tmp_path / "case.toml").write_text(CASE + more, "utf-8")
    run(["trace", str(tmp_path)])

    def table(name):
        with (tmp_path / "report" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    [lead] = [row for row in table("findings") if row["rule"] == "by_memo" and row["subject"] == PAID]
    assert (lead["object"], lead["confidence"]) == (OUT, "40")
    rests = [(row["chain"], row["traced_value"]) for row in table("resting")]
    assert rests == ([("ethereum", "700")] if more else [("bitcoin", "990000")])
