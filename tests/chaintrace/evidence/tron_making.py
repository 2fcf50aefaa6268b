"""Blocks of TRON made for tests: real encodings, real signatures, and a Merkle root, as a node tells of them.

The encoder is the one of the adapter's tests, written apart from what is tested.
"""

from __future__ import annotations

import hashlib
from typing import Any

from eth_account import Account

from chaintrace.addresses import tron_from_hex
from tests.chaintrace.adapters.tron.making import message

RESULTS = {"SUCCESS": 1, "REVERT": 2, "OUT_OF_ENERGY": 10}


def account(name: str) -> tuple[bytes, str]:
    """A key and its address."""
    key = hashlib.sha256(name.encode()).digest()
    return key, tron_from_hex("41" + Account.from_key(key).address[2:].lower())


def signature(key: bytes, digest: bytes) -> bytes:
    """r, s and the recovery number, as TRON writes them."""
    made = Account.unsafe_sign_hash(digest, key)
    return made.r.to_bytes(32, "big") + made.s.to_bytes(32, "big") + bytes((made.v - 27,))


def signed_by(key: bytes, told: dict[str, Any], result: str = "SUCCESS") -> dict[str, Any]:
    """A transaction with its signature and its result, as a block tells it."""
    made = signature(key, bytes.fromhex(told["txID"]))
    return {**told, "signature": [made.hex()], "ret": [{"contractRet": result}]}


def whole(told: dict[str, Any]) -> bytes:
    """The bytes of a whole transaction."""
    parts: list[tuple[int, bytes]] = [(1, bytes.fromhex(told["raw_data_hex"]))]
    parts += [(2, bytes.fromhex(one)) for one in told["signature"]]
    parts += [(5, message((3, RESULTS[one["contractRet"]]))) for one in told["ret"]]
    return message(*parts)


def root_of(leaves: list[bytes]) -> bytes:
    """The root over the hashes of transactions."""
    while len(leaves) > 1:
        pairs = [leaves[at : at + 2] for at in range(0, len(leaves), 2)]
        leaves = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return leaves[0]


def block_of(several: list[dict[str, Any]], number: int, time: int, witness: str = "a witness") -> dict[str, Any]:
    """A block, signed by its witness; `time` is in milliseconds."""
    key, address = account(witness)
    root = root_of([hashlib.sha256(whole(one)).digest() for one in several])
    parent = (number - 1).to_bytes(8, "big") + bytes(24)
    raw = message((1, time), (2, root), (3, parent), (7, number), (9, address), (10, 30))
    told = {
        "number": number,
        "txTrieRoot": root.hex(),
        "witness_address": "41" + Account.from_key(key).address[2:].lower(),
        "parentHash": parent.hex(),
        "version": 30,
        "timestamp": time,
    }
    signed = signature(key, hashlib.sha256(raw).digest()).hex()
    return {
        "blockID": number.to_bytes(8, "big").hex() + hashlib.sha256(raw).hexdigest()[16:],
        "block_header": {"raw_data": told, "witness_signature": signed},
        "transactions": several,
    }
