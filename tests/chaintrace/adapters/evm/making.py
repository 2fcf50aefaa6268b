"""Small made transactions, receipts, logs and calls for the tests of the decoder."""

from __future__ import annotations

from collections.abc import Sequence

from chaintrace.adapters.evm import Log, Receipt, Sent
from chaintrace.adapters.evm.topics import TRANSFER

A, B, C, D = ("0x" + sign * 40 for sign in "abcd")
NOBODY = "0x" + "0" * 40
TXID = "0x" + "77" * 32
BLOCK = "0x" + "99" * 32


def sent(
    sender: str = A,
    receiver: str | None = B,
    value: int = 0,
    *,
    txid: str = TXID,
    data: bytes = b"",
    gas: int = 100_000,
    kind: int = 2,
    minted: int = 0,
) -> Sent:
    return Sent(txid, sender, receiver, value, data, gas, kind, 10, BLOCK, 1_000, 3, minted)


def receipt(*, succeeded: bool | None = True, gas_used: int = 50, price: int | None = 10, **more: object) -> Receipt:
    created, logs = more.pop("created", None), tuple(more.pop("logs", ()))
    return Receipt(succeeded, gas_used, price, created, logs, **more)


def log(number: int, contract: str, topics: Sequence[str], data: bytes) -> Log:
    return Log(number, contract, tuple(topics), data)


def word(value: int | str) -> bytes:
    return value.to_bytes(32, "big") if isinstance(value, int) else bytes(12) + bytes.fromhex(value[2:])


def topic(value: int | str) -> str:
    return "0x" + word(value).hex()


def transfer_log(number: int, contract: str, sender: str, receiver: str, value: int, *, indexed: int = 2) -> Log:
    """A Transfer of which the first so many arguments are indexed."""
    words = [word(sender), word(receiver), word(value)]
    return log(number, contract, [TRANSFER, *("0x" + one.hex() for one in words[:indexed])], b"".join(words[indexed:]))


def call(sender: str, to: str, value: int, *, kind: str = "CALL", **more: object) -> dict[str, object]:
    """A frame of the callTracer."""
    return {"type": kind, "from": sender, "to": to, "value": hex(value), "input": "0x", **more}
