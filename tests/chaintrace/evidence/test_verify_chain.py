"""Proofs from raw bytes: real blocks, real signatures, and everything that does not fit."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import rlp as reference_rlp
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from eth_account import Account
from eth_utils import keccak

from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE, iter_transactions
from chaintrace.evidence import patricia, verify_anchors, verify_chain
from chaintrace.evidence.whole_block import merkle_branch
from tests.conftest import absent

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
ETL = SHARED / "evm" / "ethereum-etl"


def recorded(name: str) -> dict:
    path = ETL / name
    if not path.is_file():
        absent(str(path), "the recorded blocks lie beside the project")
    told = json.loads(path.read_bytes())
    return told.get("result", told)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 135, 136, 137, 271, 272, 500])
def test_keccak_is_that_of_ethereum(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert verify_chain.keccak256(data) == keccak(data)


def nested(rng: random.Random, depth: int) -> object:
    if depth == 0 or rng.random() < 0.5:
        return rng.randbytes(rng.choice([0, 1, 2, 55, 56, 300]))
    return [nested(rng, depth - 1) for _ in range(rng.randrange(5))]


def as_lists(item: object) -> object:
    return item if isinstance(item, bytes) else [as_lists(one) for one in item]


def test_rlp_is_read_and_written_as_the_reference_does() -> None:
    rng = random.Random(1)
    for _ in range(200):
        item = nested(rng, 3)
        encoded = reference_rlp.encode(item)
        assert verify_chain.rlp_encode(item) == encoded
        assert verify_chain.rlp(encoded) == as_lists(item)


@pytest.mark.parametrize("data", ["81", "8100", "b800", "f800", "c281", "", "00ff", "bf" + "ff" * 8, "ff" + "ff" * 8])
def test_rlp_that_is_cut_short_or_not_canonical_is_refused(data: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        verify_chain.rlp(bytes.fromhex(data))


@pytest.mark.parametrize("size", [1, 2, 3, 16, 17, 127, 128, 129, 300])
def test_every_value_of_a_tree_is_proven_and_no_other(size: int) -> None:
    rng = random.Random(size)
    values = [rng.randbytes(rng.choice([1, 5, 40, 200])) for _ in range(size)]
    tree = patricia.Tree(values)
    for place in range(0, size, max(1, size // 20)):
        key = verify_chain.rlp_encode(patricia.quantity(place))
        assert verify_chain.patricia(tree.root, key, tree.proof(place)) == values[place]
        spoiled = [bytearray(node) for node in tree.proof(place)]
        spoiled[rng.randrange(len(spoiled))][-1] ^= 1
        with pytest.raises(verify_chain.Failed):
            verify_chain.patricia(tree.root, key, [bytes(node) for node in spoiled])


def test_ed25519_agrees_with_another_implementation() -> None:
    rng = random.Random(3)
    for _ in range(6):
        key, message = ECC.generate(curve="Ed25519"), rng.randbytes(60)
        signature = eddsa.new(key, "rfc8032").sign(message)
        public = key.public_key().export_key(format="raw")
        assert verify_anchors.ed25519(public, message, signature)
        assert not verify_anchors.ed25519(public, message + b"x", signature)
        spoiled = bytearray(signature)
        spoiled[rng.randrange(64)] ^= 1 << rng.randrange(8)
        assert not verify_anchors.ed25519(public, message, bytes(spoiled))


def test_ed25519_refuses_what_is_no_signature() -> None:
    assert not verify_anchors.ed25519(b"", b"", b"")
    assert not verify_anchors.ed25519(bytes(32), b"", b"\xff" * 64)
    assert not verify_anchors.ed25519(b"\xff" * 32, b"", bytes(64))
    anybody = (1).to_bytes(32, "little")  # the neutral point: with it as key and nonce, and 0, all would be signed
    assert not verify_anchors.ed25519(anybody, b"whatever", anybody + bytes(32))


@pytest.mark.parametrize(
    "form",
    [
        {"gasPrice": 10**9, "chainId": 1},
        {"gasPrice": 10**9, "chainId": 1, "type": 1, "accessList": []},
        {"maxFeePerGas": 10**9, "maxPriorityFeePerGas": 1, "chainId": 10, "type": 2},
    ],
)
def test_the_sender_of_a_signed_transaction_is_found(form: dict[str, object]) -> None:
    account = Account.from_key(bytes([7] * 32))
    signed = account.sign_transaction(
        {"nonce": 3, "gas": 21000, "to": "0x" + "11" * 20, "value": 5, "data": b"ab", **form}
    )
    found = verify_chain.read_evm_transaction(bytes(signed.raw_transaction))
    assert found.sender == account.address.lower()
    assert found.txid == "0x" + signed.hash.hex().removeprefix("0x")
    assert (found.receiver, found.value) == ("0x" + "11" * 20, 5)


@pytest.mark.parametrize("height", ["0x76250", "0xb872", "0xb873", "0x1ac9f3"])
def test_real_transactions_of_ethereum_stand_in_their_blocks(height: str) -> None:
    kind = "stream__blocks_1755634_1755635" if height == "0x1ac9f3" else "export_blocks_job__blocks_with_transactions"
    kind = "export_blocks_job__block_with_logs" if height == "0x76250" else kind
    block = recorded(f"test_{kind}__web3_response.eth_getBlockByNumber_{height}_true.json")
    header = patricia.header(block)
    tree = patricia.Tree([patricia.transaction(one) for one in block["transactions"]])
    assert "0x" + tree.root.hex() == block["transactionsRoot"]
    for place, told in enumerate(block["transactions"]):
        proof = {
            "proof": "evm",
            "chain": "ethereum",
            "txid": told["hash"],
            "header": "0x" + header.hex(),
            "index": place,
            "transaction_nodes": ["0x" + node.hex() for node in tree.proof(place)],
        }
        value = {
            "index": "value",
            "contract": "",
            "value": str(int(told["value"], 16)),
            "from": [{"address": told["from"]}],
            "to": [{"address": told["to"]}],
        }
        fact = {
            "chain": "ethereum",
            "txid": told["hash"],
            "status": "confirmed",
            "sender": told["from"],
            "height": int(block["number"], 16),
            "block_hash": block["hash"],
            "time": int(block["timestamp"], 16),
            "position": place,
            "transfers": [value],
        }
        assert block["hash"] in verify_chain.check(proof, fact).shown[0]
        for change in (
            {"sender": "0x" + "22" * 20},
            {"height": 1},
            {"time": 1},
            {"position": 99},
            {"block_hash": "0x"},
        ):
            with pytest.raises(verify_chain.Failed):
                verify_chain.check(proof, {**fact, **change})
        with pytest.raises(verify_chain.Failed):
            verify_chain.check(proof, {**fact, "transfers": [{**value, "value": "1"}]})


def test_a_real_receipt_of_ethereum_stands_in_its_block() -> None:
    start = "test_stream__blocks_1755634_1755635__web3_response."
    block = recorded(f"{start}eth_getBlockByNumber_0x1ac9f3_true.json")
    receipts = [recorded(f"{start}eth_getTransactionReceipt_{one['hash']}.json") for one in block["transactions"]]
    tree = patricia.Tree([patricia.receipt(one) for one in receipts])
    assert "0x" + tree.root.hex() == block["receiptsRoot"]
    for place, told in enumerate(receipts):
        proof = {
            "proof": "evm",
            "chain": "ethereum",
            "txid": told["transactionHash"],
            "header": "0x" + patricia.header(block).hex(),
            "index": place,
            "receipt_nodes": ["0x" + node.hex() for node in tree.proof(place)],
        }
        fact = {"chain": "ethereum", "txid": told["transactionHash"], "status": "confirmed", "transfers": []}
        assert "its receipt" in verify_chain.check(proof, fact).shown[0]
        log = {"index": "log:0", "contract": "0x" + "11" * 20, "value": "1", "from": [], "to": []}
        with pytest.raises(verify_chain.Failed):
            verify_chain.check(proof, {**fact, "transfers": [log]})


def test_a_header_whose_hash_differs_is_refused() -> None:
    block = recorded("test_export_blocks_job__block_with_logs__web3_response.eth_getBlockByNumber_0x76250_true.json")
    with pytest.raises(ValueError, match="not of Ethereum's form"):
        patricia.header({**block, "gasUsed": "0x1"})


def bitcoin_proof(block: bytes, place: int) -> tuple[dict, dict]:
    """The proof and the fact of one transaction of a raw block, as a careful outsider would write them."""
    several = tuple(iter_transactions(block))
    raw = several[place]
    header = block[:HEADER_SIZE]
    own, _, _, time, _ = verify_chain.bitcoin_header(header)
    spent = [] if raw.coinbase else [f"{one.prev_txid}:{one.prev_vout}" for one in raw.inputs]
    outputs = [
        {
            "index": vout,
            "value": str(one.value),
            "script": one.script.hex(),
            "outpoint": f"{raw.txid}:{vout}",
            "address": verify_chain.script_address(one.script, "bitcoin"),
        }
        for vout, one in enumerate(raw.outputs)
    ]
    proof = {
        "proof": "bitcoin",
        "chain": "bitcoin",
        "txid": raw.txid,
        "raw": block[raw.offset : raw.offset + raw.length].hex(),
        "header": header.hex(),
        "position": place,
        "branch": merkle_branch([one.txid for one in several], place),
    }
    transfer = {"index": "utxo", "from": [{"outpoint": one} for one in spent], "to": outputs}
    fact = {"chain": "bitcoin", "txid": raw.txid, "block_hash": own, "time": time, "position": place}
    return proof, {**fact, "transfers": [transfer]}


@pytest.mark.parametrize("name", ["block370661.dat", "block481829.dat", "block300025.raw"])
def test_real_transactions_of_bitcoin_stand_in_their_blocks(name: str) -> None:
    path = SHARED / "bitcoin" / "blocks" / name
    if not path.is_file():
        absent(str(path), "the raw blocks lie beside the project")
    block = path.read_bytes()
    count = len(tuple(iter_transactions(block)))
    for place in {0, 1, count // 2, count - 1}:
        proof, fact = bitcoin_proof(block, place)
        assert len(verify_chain.check(proof, fact).shown) == 3
        for key, value in {"position": place + 1, "branch": proof["branch"][:-1], "raw": proof["raw"][:-2]}.items():
            with pytest.raises(verify_chain.Failed):
                verify_chain.check({**proof, key: value}, fact)
        worthless = bytearray(bytes.fromhex(proof["header"]))
        worthless[76] ^= 1
        with pytest.raises(verify_chain.Failed):
            verify_chain.check({**proof, "header": worthless.hex()}, {**fact, "block_hash": ""})
        changed = json.loads(json.dumps(fact))
        changed["transfers"][0]["to"][0]["value"] = "1"
        with pytest.raises(verify_chain.Failed):
            verify_chain.check(proof, changed)


def test_addresses_of_scripts_are_those_of_the_package() -> None:
    from chaintrace.addresses import script_address

    rng = random.Random(5)
    forms = (b"\x76\xa9\x14%b\x88\xac", b"\xa9\x14%b\x87", b"\x00\x14%b")
    for chain in ("bitcoin", "bitcoin-testnet", "bitcoin-regtest"):
        scripts = [form % rng.randbytes(20) for form in forms for _ in range(20)]
        scripts += [bytes((version, 0x20)) + rng.randbytes(32) for version in (0, 0x51, 0x52, 0x60) for _ in range(20)]
        for script in scripts:
            assert verify_chain.script_address(script, chain) == script_address(script, chain)[1]


def test_a_real_transaction_of_tron_is_the_hash_of_its_bytes() -> None:
    path = SHARED / "tron" / "trongrid-responses" / "v1_accounts_transactions.json"
    if not path.is_file():
        absent(str(path), "the recorded answers lie beside the project")
    rows = [row for row in json.loads(path.read_bytes())["data"] if "raw_data_hex" in row]
    assert rows
    for row in rows:
        proof = {"proof": "tron", "chain": "tron", "txid": row["txID"], "raw_data": row["raw_data_hex"]}
        fact = {"chain": "tron", "txid": row["txID"], "transfers": []}
        assert row["txID"] in verify_chain.check(proof, fact).shown[0]
        with pytest.raises(verify_chain.Failed):
            verify_chain.check({**proof, "raw_data": row["raw_data_hex"][:-2] + "00"}, fact)


@pytest.mark.parametrize("proof", [{}, {"proof": "other"}, {"proof": "evm"}, {"proof": "bitcoin"}, {"proof": "tron"}])
def test_a_proof_of_no_known_form_fails(proof: dict[str, object]) -> None:
    with pytest.raises(verify_chain.Failed):
        verify_chain.check({"chain": "x", "txid": "y", **proof}, {"chain": "x", "txid": "y", "transfers": []})
