"""Blocks for the tests of `bulk`: those of ../shared, made ones with a witness, and the columns of a list of blocks."""

from __future__ import annotations

import random

import numpy as np

from chaintrace.adapters.bitcoin.blockfile import Bytes, Frame, frames, layout
from chaintrace.bulk.block_bytes import read_blocks
from tests.chaintrace.adapters.bitcoin.making import PAY, block, coinbase, compact, tx

SHARED = ("firstblocks.blk", "block176149.blk", "block300025.raw", "block370661.dat", "block481829.dat")


def shared_blocks(shared) -> list[bytes]:
    """Every block of ../shared."""
    found = []
    for name in SHARED:
        form = layout(shared / "data" / "bitcoin" / "blocks" / name, "bitcoin")
        with Bytes(form.path, form.key) as data:
            places = frames(data, form.magic) if form.magic else (Frame(0, data.size),)
            found += [data.read(place.offset, place.length) for place in places]
    return found


def witness_tx(rng: random.Random, inputs: int, outputs: int) -> bytes:
    """A transaction with a witness, of random scripts."""
    raw = (2).to_bytes(4, "little") + b"\x00\x01" + compact(inputs)
    for _ in range(inputs):
        raw += rng.randbytes(36) + b"\x00" + b"\xfd\xff\xff\xff"
    raw += compact(outputs)
    for _ in range(outputs):
        script = rng.choice([PAY, b"\x00\x14" + rng.randbytes(20), b"\x51\x20" + rng.randbytes(32), b"\x6a"])
        raw += rng.randrange(2**40).to_bytes(8, "little") + compact(len(script)) + script
    for _ in range(inputs):
        items = rng.randrange(3)
        raw += compact(items)
        for _ in range(items):
            item = rng.randbytes(rng.choice([0, 1, 64, 300]))
            raw += compact(len(item)) + item
    return raw + bytes(4)


def made_block(seed: int) -> bytes:
    """A block of a coinbase and a few transactions with and without witness."""
    rng = random.Random(seed)
    made = [coinbase(500 + seed)]
    for _ in range(rng.randrange(4)):
        made.append(witness_tx(rng, rng.randrange(1, 4), rng.randrange(0, 4)))
        made.append(tx([(rng.randbytes(32).hex(), 1)], [(5, PAY), (0, b"")], rng.randbytes(rng.choice([0, 107, 260]))))
    return block(rng.randbytes(32).hex(), made)


def columns(blocks):
    """The buffer of these blocks and what `read_blocks` finds in it."""
    ends = np.cumsum([len(raw) for raw in blocks], dtype=np.int64)
    begins = ends - np.array([len(raw) for raw in blocks], np.int64)
    data = np.frombuffer(b"".join(blocks), np.uint8)
    return data, read_blocks(data, begins, ends)
