"""Recorded answers of the real ones, read, and held against receipts of the same transactions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaintrace.adapters.blockscout import Blockscout
from chaintrace.adapters.blockscout.reading import said
from chaintrace.adapters.blockscout.rows import token_row, transaction_row, withdrawal_row
from chaintrace.adapters.evm import evm_chain, read_receipt
from chaintrace.adapters.evm.events import read_logs
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.adapters.transport import Answer, Request
from chaintrace.errors import Refused
from chaintrace.model.provenance import Source
from chaintrace.model.view import MissingTransaction

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "evm"
RECORDS = SHARED / "api-responses"


@pytest.fixture(autouse=True)
def _shared(shared):
    """Every test here reads the shared data."""


def answer(name: str) -> dict[str, object]:
    """One recorded answer, amounts with a point as text: none of them is one."""
    return json.loads((RECORDS / name).read_text("utf-8"), parse_float=str)["response"]


def views() -> list[Path]:
    return sorted(RECORDS.glob("*blockscout*rest*transactions*.json"))


def test_there_are_views_to_read():
    assert len(views()) == 6


def test_the_fee_of_a_view_is_gas_by_price_and_the_part_for_ethereum():
    told = {}
    for path in views():
        row = transaction_row(said("recorded", answer(path.name)))
        told[row.txid[:10]] = row.cost
        assert (row.succeeded, row.blobs) == (True, 0)
        assert row.height > 0
    assert told == {
        "0x6d11b151": 17_793_498_749_602,
        "0x58a9e5fa": 8_857_686_724,
        "0xee8b1b99": 8_504_323_464_698,
        "0x13020b28": 219_039_823_853_184,
        "0x1dadb993": 57_359_635_946 + 764_652_959_209_376,
        "0x6e52d9bc": 40_585_747_866_289,
    }


@dataclass
class Recorded:
    """A door to one recorded transaction: its view, its block, its receipt where there is one."""

    view: dict[str, object]
    receipt: dict[str, object]

    def ask(self, request: Request) -> Answer:
        if request.method == "GET" and "/transactions/" in request.url and request.url.endswith(str(self.view["hash"])):
            body: object = self.view
        elif request.method == "POST":
            call = json.loads(request.body)
            if call["method"] != "eth_getTransactionReceipt":
                raise Refused("scout.invalid does not offer it: ask another source")
            body = {"jsonrpc": "2.0", "id": call["id"], "result": self.receipt}
        else:
            raise Refused("scout.invalid does not offer it: ask another source")
        content = json.dumps(body).encode()
        if request.check is not None:
            request.check(content, 200)
        return Answer(content, Source("blockscout", request.text, "", datetime(2026, 1, 1, tzinfo=UTC)))


def of_receipts(txid: str) -> dict[str, object]:
    """The receipt of the shared receipts."""
    (path,) = (SHARED / "receipts").glob(f"*/*{txid}*.json")
    return json.loads(path.read_text("utf-8"))["receipt"]


CASES = {
    "base_blockscout_com_rest_api_v2_transactions_X_ok_1.json": lambda: answer(
        "base_blockscout_com_eth_getTransactionReceipt_ok_1.json"
    )["result"],
    "api_blockscout_com_rest_8453_api_v2_transactions_X_ok_2.json": lambda: of_receipts(
        "0x1dadb9930dfd8732fe2281435fabf3b32d0a1317b02c4484153e3c9c8e5aa5ce"
    ),
    "api_blockscout_com_rest_534352_api_v2_transactions_X_ok_1.json": lambda: of_receipts(
        "0xee8b1b99f88ab4d9924c4aec444e45ab53589b918a2cf54e9bc133481c7dbbb9"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_recorded_transaction_is_what_its_receipt_says_with_the_fee_of_its_view(name):
    view, receipt = answer(name), CASES[name]()
    chain = "scroll" if "534352" in name else "base"
    txid, height = str(view["hash"]), int(str(view["block_number"]))
    source = Blockscout().connect(
        Endpoint("blockscout", chain, "http://scout.invalid", "x", "own"), Recorded(view, receipt)
    )
    source._agree = lambda _: None  # nobody is asked about the tip of a recording
    at = Status(chain, height + 1, "tip", None, None)
    reply = source.reply(MissingTransaction(chain, txid), at)
    (made,) = reply.transactions
    assert (made.height, made.position) == (height, view["position"])
    assert made.transfers[0].value == transaction_row(said("recorded", view)).cost
    assert not [gap for gap in reply.gaps if "fee" in gap.text]
    listed = [token_row(said("recorded", one)) for one in view["token_transfers"]]
    by_log = {one.index: one for one in made.transfers}
    assert listed
    for row in listed:
        transfer = by_log[f"log:{row.log}"]
        assert (transfer.asset.contract, transfer.value, transfer.token_id) == (row.contract, row.value, row.token_id)


def test_a_receipt_of_the_json_rpc_has_all_its_transfers():
    receipt = answer("base_blockscout_com_eth_getTransactionReceipt_ok_1.json")["result"]
    view = answer("base_blockscout_com_rest_api_v2_transactions_X_ok_1.json")
    from chaintrace.adapters.blockscout.transactions import _sent

    sent = _sent(transaction_row(said("recorded", view)), str(receipt["blockHash"]))
    read = read_receipt(receipt, sent)
    assert len(read_logs(read.logs, sent, evm_chain("base")).moved) >= 10


def test_recorded_withdrawals_are_read_in_wei_and_name_their_next_page():
    page = answer("api_blockscout_com_rest_1_api_v2_addresses_X_withdrawals_empty_1.json")
    rows = [withdrawal_row(said("recorded", one)) for one in page["items"]]
    assert len(rows) == 50
    assert (rows[0].name, rows[0].value, rows[0].height) == ("withdrawal:123609407", 16_043_262_000_000_000, 24_760_549)
    assert rows[0].time == 1_774_754_831
    assert [row.place for row in rows] == sorted((row.place for row in rows), reverse=True)
    assert page["next_page_params"] == {"index": rows[-1].index, "items_count": 50}
