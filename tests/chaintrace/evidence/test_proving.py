"""Proofs made of what services really answered: recorded blocks, receipts and transactions, as a package keeps them."""

from __future__ import annotations

import csv
import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.evidence.proving import NO_BYTES, proofs
from chaintrace.evidence.verify import LAYERS, verify
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from tests.chaintrace.adapters.tron.making import info
from tests.chaintrace.adapters.tron_node.node import Node as TronNode
from tests.chaintrace.evidence.packages import moment
from tests.chaintrace.evidence.recorded_case import BLOCK, RECEIPT, SENT, case_of, ethereum_case, recorded
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from pathlib import Path

FIRST_PAYMENT = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"


def sealed(case: Path, target: Path) -> Path:
    """The package of a followed case, when all layers of its verifier hold."""
    open_case(case).follow(clock=moment)
    package = evidence(case, target, moment)
    said = verify(package)
    assert {layer: said.failures[layer] for layer in LAYERS if said.failures[layer]} == {}
    return package


def unproven(package: Path) -> dict[str, str]:
    with (package / "data/proofs/unproven.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["txid"]: row["reason"] for row in csv.DictReader(file)}


def made(told: Transaction, *answers: tuple[str, str, object]) -> object:
    """The proof of one transaction from raw answers, each (adapter, request, content), or the reason for none."""
    kept: dict[str, bytes] = {}
    records = []
    for adapter, request, content in answers:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        digest = hashlib.sha256(raw).hexdigest()
        kept[digest] = raw
        records.append(Source(adapter, request, digest))
    ((_, found),) = proofs([told], records, kept.__getitem__)
    return found


def test_a_real_payment_of_bitcoin_is_proven_from_the_raw_blocks(shared: Path, tmp_path: Path) -> None:
    path = shared / "data/bitcoin/blocks/firstblocks.blk"
    case = case_of(
        tmp_path / "case",
        "bitcoin",
        "adapter = 'blocks'\npath = 'firstblocks.blk'",
        f"txid = '{FIRST_PAYMENT}'\nindex = 0",
    )
    (case / "firstblocks.blk").write_bytes(path.read_bytes())
    package = sealed(case, tmp_path / "package")
    assert unproven(package) == {}
    proof = json.loads((package / f"data/proofs/bitcoin/{FIRST_PAYMENT}.json").read_bytes())
    assert (proof["position"], len(proof["branch"])) == (1, 1)


def test_a_real_payment_of_ethereum_is_proven_from_its_block(shared: Path, tmp_path: Path) -> None:
    block = recorded(shared, BLOCK)
    with ethereum_case(shared, tmp_path / "case") as case:
        package = sealed(case, tmp_path / "package")
    assert unproven(package) == {}
    proof = json.loads((package / f"data/proofs/ethereum/{SENT}.json").read_bytes())
    assert proof["index"] == [one["hash"] for one in block["transactions"]].index(SENT)
    assert "receipt_nodes" not in proof
    assert any(f"the receipt of {SENT} is not" in text for text in verify(package).notes["facts"])


def test_a_real_receipt_of_ethereum_is_proven_where_all_of_its_block_were_asked_for(
    shared: Path, tmp_path: Path
) -> None:
    txids = [one["hash"] for one in recorded(shared, BLOCK)["transactions"]]
    with ethereum_case(shared, tmp_path / "case", *(one for one in txids if one != SENT)) as case:
        package = sealed(case, tmp_path / "package")
    assert unproven(package) == {}
    for txid in txids:
        proof = json.loads((package / f"data/proofs/ethereum/{txid}.json").read_bytes())
        assert {"transaction_nodes", "receipt_nodes"} <= proof.keys()


def told_of_ethereum(block: dict, txid: str) -> Transaction:
    """The value that a recorded transaction of Ethereum moved, as the adapter tells it."""
    place = [one["hash"] for one in block["transactions"]].index(txid)
    sent, height = block["transactions"][place], int(block["number"], 16)
    ether = Asset("ethereum", "", "ETH", 18)
    value = int(sent["value"], 16)
    sides = [(Leg(value, Account(sent[who], ether), sent[who]),) for who in ("from", "to")]
    moved = Transfer("value", "native", ether, sides[0], sides[1], (height, place, 0))
    where = Block(height, block["hash"], int(block["timestamp"], 16))
    return Transaction("ethereum", txid, where, place, (moved,))


@pytest.mark.parametrize("form", ["one by one", "of the block"])
def test_all_receipts_of_a_real_block_prove_each_of_them(shared: Path, form: str) -> None:
    block = recorded(shared, BLOCK)
    txids = [one["hash"] for one in block["transactions"]]
    receipts = [recorded(shared, RECEIPT.format(txid)) for txid in txids]
    several: list[tuple[str, str, object]] = [("evm-rpc", "eth_getBlockByHash", {"result": block})]
    if form == "of the block":
        several.append(("evm-rpc", "eth_getBlockReceipts", {"result": receipts}))
    else:
        several += [("evm-rpc", f"eth_getTransactionReceipt {one}", {"result": one}) for one in receipts]
    for txid in txids:
        found = made(told_of_ethereum(block, txid), *several)
        assert isinstance(found, dict), found
        assert {"transaction_nodes", "receipt_nodes"} <= found.keys()
    lacking = made(told_of_ethereum(block, SENT), ("evm-rpc", "eth_getBlockByHash", {**block, "transactions": txids}))
    assert lacking == ("not all transactions of its block were given; not all receipts of its block were given")


def test_a_block_with_one_number_altered_proves_nothing(shared: Path) -> None:
    block = recorded(shared, BLOCK)
    told = told_of_ethereum(block, SENT)
    found = made(told, ("evm-rpc", "eth_getBlockByHash", {**block, "gasUsed": "0x1"}))
    assert isinstance(found, str)
    assert "hash cannot be worked out" in found
    dearer = [{**one, "value": "0x1"} if one["hash"] == SENT else one for one in block["transactions"]]
    found = made(told, ("evm-rpc", "eth_getBlockByHash", {**block, "transactions": dearer}))
    assert isinstance(found, str)


def test_a_whole_block_that_a_service_gave_proves_what_it_holds(shared: Path) -> None:
    raw = (shared / "data/bitcoin/blocks/block300025.raw").read_bytes()
    from chaintrace.adapters.bitcoin.assembly import Standing, assemble
    from chaintrace.adapters.bitcoin.networks import native
    from chaintrace.adapters.bitcoin.rawblock import parse_block

    block = parse_block(raw)
    place = len(block.transactions) // 2
    where = Standing(Block(300_025, block.header.hash, block.header.time), 300_025, place)
    one = block.transactions[place]
    told = assemble(one, native("bitcoin"), where, (None,) * len(one.inputs), None)
    for content in (raw, {"result": raw.hex()}):
        found = made(told, ("esplora", "GET /block/raw", content))
        assert isinstance(found, dict), found
        assert (found["position"], found["header"]) == (place, raw[:80].hex())
    spoiled = bytearray(raw)
    spoiled[40] ^= 1
    assert made(told, ("esplora", "GET /block/raw", bytes(spoiled))) == NO_BYTES


def test_a_real_transaction_of_tron_is_proven_by_its_bytes(shared: Path) -> None:
    path = shared / "data/tron/trongrid-responses/v1_accounts_transactions.json"
    answer = json.loads(path.read_bytes())
    for row in answer["data"]:
        where = Block(row["blockNumber"], "", row["block_timestamp"] // 1000)
        told = Transaction("tron", row["txID"], where, 0, ())
        found = made(told, ("trongrid", "GET /v1/accounts", answer))
        assert isinstance(found, dict), found
        assert hashlib.sha256(bytes.fromhex(str(found["raw_data"]))).hexdigest() == row["txID"]
        assert made(told, ("trongrid", "GET /v1/accounts", {"data": []})) == NO_BYTES


def test_a_real_transfer_of_tron_is_proven_in_a_package(shared: Path, tmp_path: Path) -> None:
    path = shared / "data/tron/trongrid-responses/v1_accounts_transactions.json"
    rows = json.loads(path.read_bytes())["data"]
    row = next(one for one in rows if one["raw_data"]["contract"][0]["type"] == "TransferContract")
    told = {key: row[key] for key in ("txID", "raw_data", "raw_data_hex", "ret")}
    node = TronNode()
    node.mine((told, info(told)))
    for _ in range(3):
        node.mine()
    with HostileServer(node.answer) as server:
        source = f"adapter = 'tron-node'\nurl = '{server.url}'\nreach = 'own'"
        case = case_of(tmp_path / "case", "tron", source, f"txid = '{row['txID']}'\nindex = 'value'")
        package = sealed(case, tmp_path / "package")
    assert unproven(package) == {}
    proof = json.loads((package / f"data/proofs/tron/{row['txID']}.json").read_bytes())
    assert proof["raw_data"] == row["raw_data_hex"]
    assert any(f"no block header is given for {row['txID']} (" in note for note in verify(package).notes["facts"])
