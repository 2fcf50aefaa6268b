"""Blocks, files of blocks and undo data made for tests: written from the format, apart from the code that reads it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaintrace.adapters.bitcoin.blocksource import BlockSource

if TYPE_CHECKING:
    from collections.abc import Sequence

MAGIC = {
    "bitcoin": bytes.fromhex("f9beb4d9"),
    "bitcoin-testnet": bytes.fromhex("0b110907"),
    "bitcoin-signet": bytes.fromhex("0a03cf40"),
    "bitcoin-regtest": bytes.fromhex("fabfb5da"),
}
REGTEST = "bitcoin-regtest"
EASY, HARDER = 0x207FFFFF, 0x1F7FFFFF
KEY_HASH = bytes(range(20))
PAY = b"\x76\xa9\x14" + KEY_HASH + b"\x88\xac"


def sha256d(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def compact(number: int) -> bytes:
    if number < 0xFD:
        return bytes((number,))
    if number <= 0xFFFF:
        return b"\xfd" + number.to_bytes(2, "little")
    return b"\xfe" + number.to_bytes(4, "little")


def tx(spends: Sequence[tuple[str, int]], outputs: Sequence[tuple[int, bytes]], script: bytes = b"") -> bytes:
    raw = (1).to_bytes(4, "little") + compact(len(spends))
    for txid, vout in spends:
        raw += bytes.fromhex(txid)[::-1] + vout.to_bytes(4, "little") + compact(len(script)) + script + b"\xff" * 4
    raw += compact(len(outputs))
    for value, output_script in outputs:
        raw += value.to_bytes(8, "little") + compact(len(output_script)) + output_script
    return raw + bytes(4)


def coinbase(height: int, value: int = 50 * 10**8, extra: bytes = b"\x00test") -> bytes:
    """A coinbase that says its height as BIP-34 has it."""
    if height <= 16:
        said = bytes((0x50 + height if height else 0,))
    else:
        digits = height.to_bytes((height.bit_length() + 8) // 8, "little")
        said = bytes((len(digits),)) + digits
    return tx([("00" * 32, 0xFFFFFFFF)], [(value, PAY)], said + extra)


def txid(raw: bytes) -> str:
    """Of a transaction without witness."""
    return sha256d(raw)[::-1].hex()


def root(transactions: Sequence[bytes]) -> bytes:
    level = [sha256d(raw) for raw in transactions]
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        level = [sha256d(a + b) for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def block(
    prev: str, transactions: Sequence[bytes], *, time: int = 1_400_000_000, version: int = 4, bits: int = EASY
) -> bytes:
    header = version.to_bytes(4, "little") + bytes.fromhex(prev)[::-1] + root(transactions)
    header += time.to_bytes(4, "little") + bits.to_bytes(4, "little") + bytes(4)
    return header + compact(len(transactions)) + b"".join(transactions)


def block_hash(raw: bytes) -> str:
    return sha256d(raw[:80])[::-1].hex()


def framed(blocks: Sequence[bytes], chain: str = "bitcoin-regtest") -> bytes:
    return b"".join(MAGIC[chain] + len(raw).to_bytes(4, "little") + raw for raw in blocks)


@dataclass
class Made:
    """A chain that grows: each `add` puts a block on the last one, or on the one that is named."""

    start: int = 0
    first_prev: str = "00" * 32
    version: int = 4
    blocks: list[bytes] = field(default_factory=list)
    heights: dict[str, int] = field(default_factory=dict)

    def add(
        self, *transactions: bytes, on: str | None = None, bits: int = EASY, extra: bytes = b"\x00test", time: int = 0
    ) -> str:
        prev = on or (block_hash(self.blocks[-1]) if self.blocks else self.first_prev)
        height = self.heights[prev] + 1 if prev in self.heights else self.start
        made = [coinbase(height, extra=extra), *transactions]
        raw = block(prev, made, time=time or 1_400_000_000 + 600 * height, version=self.version, bits=bits)
        self.blocks.append(raw)
        self.heights[block_hash(raw)] = height
        return block_hash(raw)

    def coinbase_txid(self, index: int, extra: bytes = b"\x00test") -> str:
        return txid(coinbase(self.start + index, extra=extra))


def opened(tmp_path, made: Made | bytes, chain: str = REGTEST, name: str = "blk00000.dat", **options) -> BlockSource:
    """The source of a file that is written first."""
    data = made if isinstance(made, bytes) else framed(made.blocks, chain)
    (tmp_path / name).write_bytes(data)
    return BlockSource(tmp_path / name, chain, **options)


def varint(number: int) -> bytes:
    """Core's VARINT."""
    groups = [number & 0x7F]
    while number > 0x7F:
        number = (number >> 7) - 1
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def packed_amount(value: int) -> int:
    """Core's CompressAmount."""
    if value == 0:
        return 0
    exponent = 0
    while value % 10 == 0 and exponent < 9:
        value //= 10
        exponent += 1
    if exponent < 9:
        digit = value % 10
        return 1 + (value // 10 * 9 + digit - 1) * 10 + exponent
    return 1 + (value - 1) * 10 + 9


def packed_script(script: bytes) -> bytes:
    """Core's ScriptCompression."""
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return b"\x00" + script[3:23]
    if len(script) == 23 and script[:2] == b"\xa9\x14" and script[22:] == b"\x87":
        return b"\x01" + script[2:22]
    if len(script) == 35 and script[0] == 33 and script[1] in (2, 3) and script[34] == 0xAC:
        return script[1:34]
    if len(script) == 67 and script[0] == 65 and script[1] == 4 and script[66] == 0xAC:
        return bytes((4 + script[65] % 2,)) + script[2:34]
    return varint(len(script) + 6) + script


def undo_record(spent: Sequence[Sequence[tuple[int, bytes, int]]]) -> bytes:
    """Core's CBlockUndo of (value, script, height) per input per transaction."""
    raw = compact(len(spent))
    for outputs in spent:
        raw += compact(len(outputs))
        for value, script, height in outputs:
            raw += varint(height * 2) + (b"\x00" if height else b"") + varint(packed_amount(value))
            raw += packed_script(script)
    return raw


def undo_framed(records: Sequence[tuple[str, bytes]], chain: str = "bitcoin-regtest") -> bytes:
    """A `rev*.dat` of (previous block's hash, record)."""
    return b"".join(
        MAGIC[chain] + len(raw).to_bytes(4, "little") + raw + sha256d(bytes.fromhex(prev)[::-1] + raw)
        for prev, raw in records
    )
