"""A made chain of any length: two inputs and two outputs a transaction, spent outputs mostly recent ones.

Every transaction has 374 bytes, so that a block is one table. Scripts of inputs are noise of the length of a signature
and a key; outputs pay to hashes, a third of them to one that was paid before. Headers commit to the transactions.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.block_chain import hashed
from chaintrace.bulk import openssl_calls
from chaintrace.bulk.digests import merkle_roots, openssl

MAGIC = bytes.fromhex("fabfb5da")
CHAIN = "bitcoin-regtest"
PER_BLOCK = 2_500
FILE_BYTES = 128 * 1024 * 1024
TRANSACTION = np.dtype(
    [
        ("version", "<u4"),
        ("inputs", "u1"),
        ("input", [("txid", "V32"), ("vout", "<u4"), ("size", "u1"), ("script", "V107"), ("sequence", "<u4")], 2),
        ("outputs", "u1"),
        ("output", [("value", "<u8"), ("size", "u1"), ("head", "V3"), ("hash", "V20"), ("tail", "V2")], 2),
        ("locktime", "<u4"),
    ]
)


def blocks(transactions: int, seed: int = 16) -> Iterator[bytes]:
    """Blocks of a coinbase and 2,500 transactions each, until there are as many as asked for."""
    if not openssl():
        raise ValueError("OpenSSL cannot be called from compiled code here")
    rng = np.random.default_rng(seed)
    known = np.zeros((transactions + PER_BLOCK, 32), np.uint8)
    made, prev, height = 0, bytes(32), 0
    while made < transactions:
        table = _table(rng, known, made)
        raw = table.view(np.uint8).ravel()
        starts = np.arange(PER_BLOCK, dtype=np.int64) * TRANSACTION.itemsize
        ends = starts + TRANSACTION.itemsize
        openssl_calls.txids(raw, starts, starts + 4, ends - 4, ends, known[made : made + PER_BLOCK])
        minted = _coinbase(height)
        first = np.frombuffer(hashed(minted), np.uint8)[None, :]
        txids = np.concatenate([first, known[made : made + PER_BLOCK]])
        root = merkle_roots(txids, np.array([0, len(txids)]))[0].tobytes()
        times = (1_600_000_000 + 600 * height).to_bytes(4, "little")
        header = b"\x04\0\0\0" + prev + root + times + (0x207FFFFF).to_bytes(4, "little") + bytes(4)
        prev, height, made = hashed(header), height + 1, made + PER_BLOCK
        yield header + b"\xfd" + len(txids).to_bytes(2, "little") + minted + raw.tobytes()


def _table(rng: np.random.Generator, known: npt.NDArray[np.uint8], made: int) -> npt.NDArray[np.void]:
    """The transactions of one block."""
    table = np.zeros(PER_BLOCK, TRANSACTION)
    table["version"], table["inputs"], table["outputs"] = 2, 2, 2
    inputs, outputs = table["input"], table["output"]
    back = rng.geometric(1 / 50_000, (PER_BLOCK, 2)) + (rng.random((PER_BLOCK, 2)) < 0.1) * rng.integers(
        0, max(made, 1), (PER_BLOCK, 2)
    )
    inputs["txid"] = known[np.maximum(made - back, 0)].view("V32")[..., 0]
    inputs["vout"], inputs["size"], inputs["sequence"] = rng.integers(0, 2, (PER_BLOCK, 2)), 107, 0xFFFFFFFD
    inputs["script"] = _noise(rng, 107)
    outputs["value"] = rng.integers(1, 10**9, (PER_BLOCK, 2))
    outputs["size"], outputs["head"], outputs["tail"] = 25, np.void(b"\x76\xa9\x14"), np.void(b"\x88\xac")
    number = np.arange(2 * made, 2 * made + 2 * PER_BLOCK).reshape(PER_BLOCK, 2)
    again = rng.random((PER_BLOCK, 2)) < 1 / 3
    owner = np.where(again, rng.integers(0, number + 1), number).astype("<u8")
    hashes = np.zeros((PER_BLOCK, 2, 20), np.uint8)
    mixed = owner * np.uint64(0x9E3779B97F4A7C15)
    hashes[..., :8], hashes[..., 8:16] = owner[..., None].view(np.uint8), mixed[..., None].view(np.uint8)
    outputs["hash"] = hashes.view("V20")[..., 0]
    return table


def _noise(rng: np.random.Generator, width: int) -> npt.NDArray[np.void]:
    """Random bytes for both inputs of every transaction."""
    return (
        np.frombuffer(rng.bytes(PER_BLOCK * 2 * width), np.uint8).reshape(PER_BLOCK, 2, width).view(f"V{width}")[..., 0]
    )


def _coinbase(height: int) -> bytes:
    """A coinbase that says its height (BIP-34)."""
    digits = height.to_bytes((height.bit_length() + 8) // 8, "little")
    said = bytes((0x50 + height,)) if 0 < height <= 16 else bytes((len(digits),)) + digits
    script = said + b"\x00made"
    head = b"\x01\0\0\0\x01" + bytes(32) + b"\xff" * 4 + bytes((len(script),)) + script + b"\xff" * 4
    return (
        head + b"\x01" + (50 * 10**8).to_bytes(8, "little") + b"\x19\x76\xa9\x14" + bytes(20) + b"\x88\xac" + bytes(4)
    )


def write(folder: Path, transactions: int) -> int:
    """Write the chain as `blk*.dat` files; its bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    total, number, file = 0, 0, (folder / "blk00000.dat").open("wb")
    for block in blocks(transactions):
        if file.tell() + len(block) > FILE_BYTES:
            file.close()
            number += 1
            file = (folder / f"blk{number:05}.dat").open("wb")
        total += file.write(MAGIC + len(block).to_bytes(4, "little") + block)
    file.close()
    return total
