"""A ledger in memory, mined as Bitcoin does on regtest: what the stand-in for an Esplora server answers from.

Blocks are real ones: the genesis block is regtest's own, headers carry their work, coinbases say their height.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaintrace.adapters.bitcoin.rawblock import RawBlock, RawTransaction, parse_block, parse_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BITS = 0x207FFFFF
PAY_MINER = b"\x76\xa9\x14" + hashlib.sha256(b"miner").digest()[:20] + b"\x88\xac"
_GENESIS_COINBASE = bytes.fromhex(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d010445546865205469"
    "6d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f"
    "722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649"
    "f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)


def sha256d(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def compact(number: int) -> bytes:
    return bytes((number,)) if number < 0xFD else b"\xfd" + number.to_bytes(2, "little")


def pay(name: str) -> bytes:
    """The P2PKH script of somebody who is only a name."""
    return b"\x76\xa9\x14" + hashlib.sha256(name.encode()).digest()[:20] + b"\x88\xac"


def payment(spends: Sequence[tuple[str, int]], outputs: Sequence[tuple[int, bytes]], script: bytes = b"") -> bytes:
    """A transaction: what it spends, and (satoshi, script) of what it makes."""
    raw = (2).to_bytes(4, "little") + compact(len(spends))
    for txid, vout in spends:
        raw += bytes.fromhex(txid)[::-1] + vout.to_bytes(4, "little") + compact(len(script)) + script + b"\xff" * 4
    raw += compact(len(outputs))
    for value, output_script in outputs:
        raw += value.to_bytes(8, "little") + compact(len(output_script)) + output_script
    return raw + bytes(4)


def txid(raw: bytes) -> str:
    return parse_transaction(raw).txid


def merkle_levels(txids: Sequence[str]) -> list[list[bytes]]:
    """The tree from the leaves up, each level but the root's made even."""
    levels = [[bytes.fromhex(one)[::-1] for one in txids]]
    while len(levels[-1]) > 1:
        level = levels[-1]
        if len(level) % 2:
            level.append(level[-1])
        levels.append([sha256d(level[place] + level[place + 1]) for place in range(0, len(level), 2)])
    return levels


def block_bytes(prev: str, transactions: Sequence[bytes], time: int) -> bytes:
    """A block with enough work."""
    root = merkle_levels([txid(raw) for raw in transactions])[-1][0]
    start = (0x20000000).to_bytes(4, "little") + bytes.fromhex(prev)[::-1] + root + time.to_bytes(4, "little")
    nonce = 0
    while True:
        header = start + BITS.to_bytes(4, "little") + nonce.to_bytes(4, "little")
        if int.from_bytes(sha256d(header), "little") <= 0x7FFFFF << 232:
            return header + compact(len(transactions)) + b"".join(transactions)
        nonce += 1


def genesis() -> bytes:
    """Regtest's own."""
    header = (1).to_bytes(4, "little") + bytes(32) + sha256d(_GENESIS_COINBASE)
    header += (1296688602).to_bytes(4, "little") + BITS.to_bytes(4, "little") + (2).to_bytes(4, "little")
    return header + b"\x01" + _GENESIS_COINBASE


@dataclass
class Ledger:
    """Blocks from the genesis block on, and what waits for one. Not made for threads that mine."""

    blocks: list[RawBlock] = field(default_factory=lambda: [parse_block(genesis())])
    pending: dict[str, bytes] = field(default_factory=dict)
    raws: dict[str, bytes] = field(default_factory=lambda: {txid(_GENESIS_COINBASE): _GENESIS_COINBASE})
    headers: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headers[self.blocks[0].header.hash] = genesis()[:80]

    @property
    def height(self) -> int:
        return len(self.blocks) - 1

    @property
    def tip(self) -> str:
        return self.blocks[-1].header.hash

    def add(self, raw: bytes) -> str:
        """Put a whole block on the tip, made here or anywhere."""
        block = parse_block(raw)
        assert block.header.prev_hash == self.tip
        self.blocks.append(block)
        self.headers[block.header.hash] = raw[:80]
        for one in block.transactions:
            self.raws[one.txid] = raw[one.offset : one.offset + one.length]
            self.pending.pop(one.txid, None)
        return block.header.hash

    def mine(self, *transactions: bytes, to: bytes = PAY_MINER, tag: bytes = b"ledger") -> str:
        """Mine a block of these transactions; the coinbase pays 50 BTC to `to`."""
        height = self.height + 1
        digits = height.to_bytes((height.bit_length() + 8) // 8, "little")
        said = bytes((0x50 + height,)) if height <= 16 else bytes((len(digits),)) + digits
        coinbase = bytearray(payment([("00" * 32, 0xFFFFFFFF)], [(50 * 10**8, to)], said + bytes((len(tag),)) + tag))
        return self.add(block_bytes(self.tip, [bytes(coinbase), *transactions], 1_600_000_000 + 600 * height))

    def raw_blocks(self) -> Iterator[bytes]:
        """The blocks as bytes, in chain order."""
        for block in self.blocks:
            raws = [self.raws[one.txid] for one in block.transactions]
            yield self.headers[block.header.hash] + compact(len(raws)) + b"".join(raws)

    def coinbase(self, height: int) -> str:
        """The txid of the coinbase at a height."""
        return self.blocks[height].transactions[0].txid

    def broadcast(self, raw: bytes) -> str:
        """Let a transaction wait for a block."""
        self.pending[txid(raw)] = self.raws[txid(raw)] = raw
        return txid(raw)

    def rewind(self, blocks: int) -> None:
        """Take blocks off the tip; their payments wait again, their coinbases are gone."""
        for _ in range(blocks):
            for one in self.blocks.pop().transactions:
                if one.coinbase:
                    self.raws.pop(one.txid)
                else:
                    self.pending[one.txid] = self.raws[one.txid]

    def everything(self) -> Iterator[tuple[RawTransaction, int | None]]:
        """Every transaction with its height: in chain order, what is pending last."""
        for height, block in enumerate(self.blocks):
            yield from ((one, height) for one in block.transactions)
        yield from ((parse_transaction(raw), None) for raw in self.pending.values())
