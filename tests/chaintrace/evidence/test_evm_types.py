"""Every type of transaction and receipt of EVM chains in its tree, and the headers of every fork."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rlp
from eth_account import Account
from eth_utils import keccak

from chaintrace.evidence import patricia, verify_chain

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = json.loads(Path(__file__).with_name("known_blocks.json").read_bytes())["ethereum"]
REAL = {
    "a deposit of Base": "superchain_bridge/8453_0x924167064e29ecb68ea9586811b63799b6154158a6607ac9fcf9530667446a5c",
    "a deposit of Optimism": "superchain_bridge/10_0xb35a4120ba0a1aadf7fc51e5e0167a4bc8c8b0d59939edd5c2f6ccec4b6612e8",
    "a message to Scroll": "scroll_bridge/534352_0x630cd85723676d993f4afdd9f182cd2468444748eb7b1c6c0c8cc1db0d925c15",
    "Arbitrum's retry": "arbitrum_one_bridge/42161_0x80e6c0835c3ead90dde524c3dfe49a067fd5b5cda93d5a223707e686d910d8a2",
}
ONE, TWO = "0x" + "11" * 20, "0x" + "22" * 20
WORD = "0x" + "33" * 32
CALL = {"maxFeePerGas": "0x5f5e100", "gas": "0x5208", "to": TWO, "value": "0x7", "input": "0xabcd"}


@pytest.mark.parametrize("fork", KNOWN)
def test_the_real_header_of_a_fork_is_read_and_written(fork: str) -> None:
    """The first blocks of London, Shanghai and Cancun on Ethereum, and one of Sepolia after Prague."""
    header = bytes.fromhex(KNOWN[fork]["header"][2:])
    assert "0x" + verify_chain.keccak256(header).hex() == KNOWN[fork]["hash"]
    fields = verify_chain.rlp(header)
    assert len(fields) == {"London": 16, "Shanghai": 17, "Cancun": 20, "Prague": 21}[fork]
    told = {name: "0x" + field.hex() for (name, _), field in zip(patricia.HEADER, fields, strict=False)}
    told = {name: value if value != "0x" or name == "extraData" else "0x0" for name, value in told.items()}
    assert patricia.header({**told, "hash": KNOWN[fork]["hash"]}) == header
    missing = {**told, "baseFeePerGas": None, "hash": KNOWN[fork]["hash"]}
    with pytest.raises(ValueError, match="not of Ethereum's form"):
        patricia.header(missing)


@pytest.mark.parametrize("what", REAL)
def test_a_real_transaction_that_nobody_signed_is_the_hash_of_its_bytes(shared: Path, what: str) -> None:
    told = json.loads((shared / f"data/evm/receipts/{REAL[what]}.json").read_bytes())["tx"]
    encoded = patricia.transaction(told)
    found = verify_chain.read_evm_transaction(encoded)
    assert found.txid == told["hash"]
    assert (found.sender, found.receiver, found.value) == (told["from"], told["to"], int(told["value"], 16))
    assert not found.signed
    with pytest.raises(ValueError, match="not of a known form"):
        patricia.transaction({**told, "value": "0x1"})


def unsigned() -> Iterator[tuple[dict[str, Any], list[Any], tuple[str, str, int | None]]]:
    """Made ones of each type: a node's JSON, its fields in their order, and what is read of them."""
    call = [10**8, 21_000, bytes.fromhex(TWO[2:]), 7, b"\xab\xcd"]
    one, word = bytes.fromhex(ONE[2:]), bytes.fromhex(WORD[2:])
    arbitrum = {"chainId": "0xa4b1", "from": ONE}
    yield (
        {**arbitrum, "type": "0x64", "requestId": WORD, "to": TWO, "value": "0x7"},
        [42161, word, one, call[2], 7],
        (
            *(ONE, TWO),
            7,
        ),
    )
    yield {**arbitrum, **CALL, "type": "0x65", "nonce": "0x5"}, [42161, one, 5, *call], (ONE, TWO, 7)
    yield {**arbitrum, **CALL, "type": "0x66", "requestId": WORD}, [42161, word, one, *call], (ONE, TWO, 7)
    ticket = {"l1BaseFee": "0x9", "depositValue": "0x8", "retryTo": None, "retryValue": "0x7", "beneficiary": TWO}
    ticket |= {"maxSubmissionFee": "0x6", "refundTo": ONE, "retryData": "0xabcd", "requestId": WORD}
    fields = [42161, word, one, 9, 8, 10**8, 21_000, b"", 7, call[2], 6, one, b"\xab\xcd"]
    yield {**arbitrum, **CALL, **ticket, "type": "0x69"}, fields, (ONE, "", None)
    yield {"chainId": "0xa4b1", "type": "0x6a", "input": "0xabcd"}, [42161, b"\xab\xcd"], ("", "", None)
    creation = {"sourceHash": WORD, "from": ONE, "to": None, "mint": None, "value": "0x0", "gas": "0x5208"}
    creation |= {"isSystemTx": True, "input": "0xabcd", "type": "0x7e"}
    yield creation, [word, one, b"", 0, 0, 21_000, 1, b"\xab\xcd"], (ONE, "", 0)


@pytest.mark.parametrize(("told", "fields", "read"), list(unsigned()), ids=["64", "65", "66", "69", "6a", "7e"])
def test_what_nobody_signs_is_encoded_field_by_field(
    told: dict[str, Any], fields: list[Any], read: tuple[str, str, int | None]
) -> None:
    encoded = bytes((int(told["type"], 16),)) + rlp.encode(fields)
    told = {**told, "hash": "0x" + keccak(encoded).hex()}
    assert patricia.transaction(told) == encoded
    found = verify_chain.read_evm_transaction(encoded)
    assert (found.sender, found.receiver, found.value) == read
    lacking = {key: value for key, value in told.items() if key not in {"requestId", "from", "input"}}
    with pytest.raises(ValueError, match="lacks"):
        patricia.transaction(lacking)


def signed(kind: int) -> dict[str, Any]:
    """A signed transaction as a node tells it."""
    account = Account.from_key(bytes([7] * 32))
    more: dict[str, Any] = {"gasPrice": 10**9, **({"accessList": []} if kind else {})}
    if kind >= 2:
        more = {"maxFeePerGas": 10**9, "maxPriorityFeePerGas": 1, "accessList": []}
    if kind == 3:
        more |= {"maxFeePerBlobGas": 5, "blobVersionedHashes": ["0x01" + "44" * 31]}
    if kind == 4:
        more["authorizationList"] = [account.sign_authorization({"chainId": 1, "address": TWO, "nonce": 4})]
    asked = {"chainId": 1, "nonce": 3, "gas": 21_000, "to": TWO, "value": 5, "data": "0x" + "ab" * 3, **more}
    made = account.sign_transaction({**asked, **({"type": kind} if kind else {})})
    told = {key: hex(value) if isinstance(value, int) else value for key, value in asked.items() if key != "data"}
    if kind == 4:
        (one,) = more["authorizationList"]
        keys = {"chainId": one.chain_id, "nonce": one.nonce, "yParity": one.y_parity, "r": one.r, "s": one.s}
        told["authorizationList"] = [{key: hex(value) for key, value in keys.items()} | {"address": TWO}]
    tail = {"v": hex(made.v), "r": hex(made.r), "s": hex(made.s), "hash": "0x" + made.hash.hex().removeprefix("0x")}
    return {**told, **tail, "type": hex(kind), "input": asked["data"], "from": account.address.lower()}


def receipt(kind: int, **more: Any) -> dict[str, Any]:
    log = {"address": TWO, "topics": [WORD], "data": "0x" + "00" * 32}
    told = {"type": hex(kind), "status": "0x1", "cumulativeGasUsed": "0x5208", "logsBloom": "0x" + "00" * 256}
    return {**told, "logs": [log], **more}


def test_a_block_of_every_type_proves_each_of_its_transactions_and_receipts() -> None:
    """A made block: its header commits to trees of all types together, and to a receipt from before Byzantium."""
    nobody = [
        {**told, "hash": "0x" + keccak(bytes((int(told["type"], 16),)) + rlp.encode(fields)).hex()}
        for told, fields, _ in unsigned()
    ]
    sent = [*map(signed, range(5)), *nobody]
    receipts = [receipt(int(one["type"], 16)) for one in sent]
    receipts[0] |= {"status": None, "root": WORD}
    receipts[-1] |= {"depositNonce": "0x5", "depositReceiptVersion": "0x1"}
    trees = (
        patricia.Tree([patricia.transaction(one) for one in sent]),
        patricia.Tree(list(map(patricia.receipt, receipts))),
    )
    fields = verify_chain.rlp(bytes.fromhex(KNOWN["Prague"]["header"][2:]))
    fields[4], fields[5] = (tree.root for tree in trees)
    header = rlp.encode(fields)
    for place, told in enumerate(sent):
        nodes = [["0x" + node.hex() for node in tree.proof(place)] for tree in trees]
        proof = {"proof": "evm", "chain": "any", "txid": told["hash"], "header": "0x" + header.hex(), "index": place}
        proof |= {"transaction_nodes": nodes[0], "receipt_nodes": nodes[1]}
        fact = {
            "chain": "any",
            "txid": told["hash"],
            "status": "confirmed",
            "sender": told.get("from"),
            "transfers": [],
        }
        found = verify_chain.check(proof, fact)
        assert len(found.shown) == 2
        assert ("no key signed" in found.shown[0]) == (place > 4)
        with pytest.raises(verify_chain.Failed):
            verify_chain.check({**proof, "index": place + 1}, fact)
        if place != 0:
            with pytest.raises(verify_chain.Failed, match="status"):
                verify_chain.check(proof, {**fact, "status": "failed"})
    assert verify_chain.rlp(patricia.receipt(receipts[-1])[1:])[4:] == [b"\x05", b"\x01"]
    before = receipt(0x7E, depositNonce="0x5")
    assert len(verify_chain.rlp(patricia.receipt(before)[1:])) == 4


def test_a_type_that_is_not_known_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="of the type 0x78, which is not known"):
        patricia.transaction({**signed(0), "type": "0x78"})
    with pytest.raises(KeyError):
        verify_chain.read_evm_transaction(b"\x7d" + rlp.encode([b"x"]))
