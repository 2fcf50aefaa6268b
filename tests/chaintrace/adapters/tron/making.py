"""Transactions of TRON made for tests: bytes, their txid, and the JSON that a full node gives for them.

The encoder is written apart from the reader under test: it knows lengths and numbers, and no schema.
"""

from __future__ import annotations

import hashlib
from typing import Any

from chaintrace.addresses import tron_from_hex

ALICE, BOB, CAROL, TOKEN = (
    tron_from_hex("41" + hashlib.sha256(name.encode()).hexdigest()[:40]) for name in ("alice", "bob", "carol", "token")
)
NOBODY = tron_from_hex("41" + "00" * 20)
TRANSFER = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
HEIGHT, TIME = 62_258_673, 1_717_419_717


def raw(address: str) -> bytes:
    """The 21 bytes of a base58 address, by arithmetic."""
    number = 0
    for letter in address:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(letter)
    return number.to_bytes(25, "big")[:21]


def word(address: str) -> str:
    """An address as a topic: 12 zero bytes, and the 20 without TRON's 41."""
    return "00" * 12 + raw(address)[1:].hex()


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(*parts: tuple[int, int | bytes | str]) -> bytes:
    """A message of (number, value): numbers as varints, bytes and addresses with their length."""
    out = b""
    for number, value in parts:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            content = raw(value) if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(content)) + content
    return out


def signed(kind: str, *parts: tuple[int, int | bytes | str], memo: bytes = b"", permission: int = 0) -> dict[str, Any]:
    """A transaction as `gettransactionbyid` gives it, without `raw_data`."""
    parameter = message((1, b"type.googleapis.com/protocol." + kind.encode()), (2, message(*parts)))
    contract = message((1, 31), (2, parameter), *(((5, permission),) if permission else ()))
    content = message((1, b"\xfd\xdc"), (8, 10**12), *(((10, memo),) if memo else ()), (11, contract), (14, 10**12))
    return {
        "txID": hashlib.sha256(content).hexdigest(),
        "raw_data_hex": content.hex(),
        "ret": [{"contractRet": "SUCCESS"}],
    }


def call(value: int = 0, data: bytes = b"", *more: tuple[int, int | bytes | str], **options: Any) -> dict[str, Any]:
    """Alice calls the token's contract."""
    return signed("TriggerSmartContract", (1, ALICE), (2, TOKEN), (3, value), (4, data), *more, **options)


def info(told: dict[str, Any], fee: int = 0, **more: Any) -> dict[str, Any]:
    """The `gettransactioninfobyid` of a transaction. Nodes leave out a fee of 0."""
    return {
        "id": told["txID"],
        "blockNumber": HEIGHT,
        "blockTimeStamp": TIME * 1000,
        "receipt": {},
        **({"fee": fee} if fee else {}),
        **more,
    }


def log(sender: str, receiver: str, value: int, contract: str = TOKEN) -> dict[str, Any]:
    """A TRC-20 Transfer as a node gives it: without 0x and without 41."""
    return {
        "address": raw(contract)[1:].hex(),
        "topics": [TRANSFER, word(sender), word(receiver)],
        "data": f"{value:064x}",
    }


def inner(sender: str, receiver: str, *values: dict[str, Any], note: str = "call", **more: Any) -> dict[str, Any]:
    """An internal transaction as a node gives it."""
    return {
        "hash": "ab" * 32,
        "caller_address": raw(sender).hex(),
        "transferTo_address": raw(receiver).hex(),
        "callValueInfo": [*values] or [{}],
        "note": note.encode().hex(),
        **more,
    }
