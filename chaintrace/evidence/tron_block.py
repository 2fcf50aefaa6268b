"""A block of TRON as a node tells it, and the place of one transaction in it: the bytes that hash to block and root.

A block's id is its number in eight bytes, then the rest of the SHA-256 of its header's `raw_data`; `txTrieRoot` there
is the root of a Merkle tree over the SHA-256 of whole transactions (bytes, signatures and results), in which an odd
node at the end of a level goes up as it is. Source: java-tron's Tron.proto, BlockCapsule and MerkleTree.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = Any
Parts: TypeAlias = dict[str, object]

_HEADER = (
    *((1, "timestamp"), (2, "txTrieRoot"), (3, "parentHash"), (7, "number"), (8, "witness_id")),
    *((9, "witness_address"), (10, "version"), (11, "accountStateRoot")),
)
_RESULTS = (
    *("DEFAULT", "SUCCESS", "REVERT", "BAD_JUMP_DESTINATION", "OUT_OF_MEMORY", "PRECOMPILED_CONTRACT"),
    *("STACK_TOO_SMALL", "STACK_TOO_LARGE", "ILLEGAL_OPERATION", "STACK_OVERFLOW", "OUT_OF_ENERGY", "OUT_OF_TIME"),
    *("JVM_STACK_OVER_FLOW", "UNKNOWN", "TRANSFER_FAILED", "INVALID_CODE"),
)
"""`Transaction.Result.contractResult`, by number."""
_CODES = ("SUCESS", "FAILED")


def parts_of(block: Mapping[str, Json], txid: str) -> Parts:
    """What a proof of this transaction holds of its block. Raises ValueError with the reason where it has no place."""
    header = _header(block["block_header"]["raw_data"])
    number = int(block["block_header"]["raw_data"].get("number", 0))
    if number.to_bytes(8, "big").hex() + hashlib.sha256(header).hexdigest()[16:] != block["blockID"]:
        raise ValueError(f"the header of block {block['blockID']} is not of the known form")
    told = block.get("transactions") or []
    place = next((at for at, one in enumerate(told) if one.get("txID") == txid), None)
    if place is None:
        raise ValueError("the answer about its block does not list it")
    root = str(block["block_header"]["raw_data"].get("txTrieRoot", ""))
    for fees in (False, True):  # some nodes add to a result what it cost, which the block does not hold
        whole = [transaction(one, fees=fees) for one in told]
        branch, top = branch_of([hashlib.sha256(one).digest() for one in whole], place)
        if top.hex() == root:
            return {
                "header": header.hex(),
                "witness_signature": str(block["block_header"].get("witness_signature", "")),
                "transaction": whole[place].hex(),
                "position": place,
                "branch": branch,
            }
    raise ValueError("the transactions of its block do not lead to the root in the block's header")


def transaction(told: Mapping[str, Json], *, fees: bool) -> bytes:
    """A whole transaction as a block holds it; `fees` takes in what a result cost."""
    found = _field(1, bytes.fromhex(told["raw_data_hex"]))
    for signature in told.get("signature") or ():
        found += _field(2, bytes.fromhex(signature))
    for one in told.get("ret") or ():
        result = _field(1, int(one.get("fee", 0))) if fees else b""
        result += _field(2, _CODES.index(one["ret"]) if one.get("ret") in _CODES else 0)
        result += _field(3, _RESULTS.index(one.get("contractRet", "DEFAULT")))
        found += _field(5, result, empty=True)
    return found


def branch_of(leaves: Sequence[bytes], place: int) -> tuple[list[str | None], bytes]:
    """The neighbours of a leaf up to the root, None where it has none, and the root."""
    level, branch = list(leaves), list[str | None]()
    while len(level) > 1:
        other = place ^ 1
        branch.append(level[other].hex() if other < len(level) else None)
        level, place = list(_above(level)), place // 2
    return branch, level[0]


def _above(level: Sequence[bytes]) -> Iterator[bytes]:
    for at in range(0, len(level), 2):
        pair = level[at : at + 2]
        yield hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0]


def _header(told: Mapping[str, Json]) -> bytes:
    found = b""
    for number, name in _HEADER:
        value = told.get(name, 0)
        found += _field(number, bytes.fromhex(value) if isinstance(value, str) else int(value))
    return found


def _field(number: int, value: int | bytes, *, empty: bool = False) -> bytes:
    """A field of a message; what is zero or empty is left out, as Protocol Buffers has it, unless it is a message."""
    if not value and not empty:
        return b""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes((*found, value))
