"""The place of a transaction in a block of TRON: a real block, real headers, and made blocks of every small size."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from chaintrace.evidence import tron_block, verify_chain
from tests.chaintrace.adapters.tron.making import ALICE, BOB, signed
from tests.chaintrace.evidence.tron_making import account, block_of, signed_by

KNOWN = json.loads(Path(__file__).with_name("known_blocks.json").read_bytes())
TIME = 1_717_419_720_000
WITNESS = "TX3Ctbmj59BnyA4Qa2vXHvaHSU7eUFDusH"


def proof_and_fact(block: dict[str, Any], place: int) -> tuple[dict[str, Any], dict[str, Any]]:
    told = block["transactions"][place]
    raw = block["block_header"]["raw_data"]
    head = {"chain": "tron", "txid": told["txID"]}
    proof = {**head, "proof": "tron", "raw_data": told["raw_data_hex"], **tron_block.parts_of(block, told["txID"])}
    where = {"block_hash": block["blockID"], "height": raw["number"], "time": raw["timestamp"] // 1000}
    return proof, {**head, **where, "position": place, "sender": None, "transfers": []}


def test_a_real_block_with_its_transaction_is_proven_and_both_signatures_hold() -> None:
    proof, fact = proof_and_fact(KNOWN["tron"], 0)
    found = verify_chain.check(proof, fact)
    assert found.shown[1:] == (
        f"it stands in block {KNOWN['tron']['blockID']}",
        "it is signed with the key of TZ2myiYiVPR6gKR7ZozGuL1vwg9748sYDc",
        f"the header of block {KNOWN['tron']['blockID']} is signed with the key of the witness {WITNESS}",
    )


def test_the_headers_of_real_blocks_hash_to_their_ids(shared: Path) -> None:
    path = shared / "data/tron/blocks-0-10000/56804500to56805500__blocks_first50.json"
    lines = path.read_text().splitlines()
    for line in lines:
        told = json.loads(line)
        root, parent, own = (
            base64.b64decode(told[name]).hex() for name in ("transactionsRoot", "parentHash", "blockHash")
        )
        raw = {
            "number": told["blockId"],
            "timestamp": told["timestamp"] * 1000,
            "txTrieRoot": root,
            "parentHash": parent,
            "witness_address": "41" + base64.b64decode(told["miner"]).hex(),
            "version": 28,  # the data set does not tell it; with every other one no hash fits
        }
        with pytest.raises(ValueError, match="does not list it"):  # the header was taken for the block's own
            tron_block.parts_of({"blockID": own, "block_header": {"raw_data": raw}}, "00" * 32)
        with pytest.raises(ValueError, match="not of the known form"):
            tron_block.parts_of({"blockID": own, "block_header": {"raw_data": {**raw, "version": 27}}}, "00" * 32)
    assert len(lines) == 50


def made(count: int) -> dict[str, Any]:
    key, owner = account("a payer")
    several = [signed("TransferContract", (1, owner), (2, BOB), (3, 7 + at)) for at in range(count)]
    results = ("SUCCESS", "REVERT", "OUT_OF_ENERGY")
    return block_of([signed_by(key, one, results[at % 3]) for at, one in enumerate(several)], 60_000_000, TIME)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
def test_every_transaction_of_a_block_is_proven(count: int) -> None:
    block, (_, owner) = made(count), account("a payer")
    for place in range(count):
        proof, fact = proof_and_fact(block, place)
        value = {"index": "value", "value": str(7 + place), "from": [{"address": owner}], "to": [{"address": BOB}]}
        found = verify_chain.check(proof, {**fact, "transfers": [value]})
        assert f"it is signed with the key of {owner}" in found.shown
        for key, other in (("height", 5), ("time", 5), ("block_hash", "00" * 32), ("position", place + 1)):
            with pytest.raises(verify_chain.Failed):
                verify_chain.check(proof, {**fact, key: other})
        for key in ("raw_data", "header", "transaction"):
            spoiled = bytearray.fromhex(proof[key])
            spoiled[len(spoiled) // 2] ^= 1
            with pytest.raises(verify_chain.Failed):
                verify_chain.check({**proof, key: spoiled.hex()}, fact)
        if count > 1:
            with pytest.raises(verify_chain.Failed):
                verify_chain.check({**proof, "branch": [*proof["branch"][:-1], "00" * 32]}, fact)


def test_a_branch_that_is_of_no_tree_is_refused() -> None:
    proof, fact = proof_and_fact(made(2), 1)
    with pytest.raises(verify_chain.Failed, match="of no tree"):
        verify_chain.check({**proof, "branch": [None, *proof["branch"]], "position": 3}, {**fact, "position": 3})


def test_signatures_of_others_are_named_and_are_no_failure() -> None:
    other, _ = account("somebody else")
    told = signed_by(other, signed("TransferContract", (1, ALICE), (2, BOB), (3, 7)))
    block = block_of([told], 60_000_000, TIME)
    proof, fact = proof_and_fact(block, 0)
    said = verify_chain.check(proof, fact).open
    assert any(f"that {ALICE} permitted it is not shown" in text for text in said)
    foreign = {**proof, "witness_signature": "00" * 65}
    assert any("is signed by " in text for text in verify_chain.check(foreign, fact).open)


def test_what_a_node_adds_to_results_does_not_hide_the_block() -> None:
    block = made(3)
    for one in block["transactions"]:
        one["ret"] = [{**one["ret"][0], "fee": 0}]
    proof, fact = proof_and_fact(block, 1)
    assert len(verify_chain.check(proof, fact).shown) == 4
    block["transactions"][2]["ret"] = [{"contractRet": "UNKNOWN"}]
    with pytest.raises(ValueError, match="do not lead to the root"):
        tron_block.parts_of(block, proof["txid"])
    assert hashlib.sha256(bytes.fromhex(proof["raw_data"])).hexdigest() == proof["txid"]
