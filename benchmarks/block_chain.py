"""The blocks that parsers are timed on: real ones, linked to one chain, in memory and as a node's folder.

594 blocks of ../shared: heights 0 to 589, and four of 2012, 2014, 2015 and 2017. Those four stand there four times, so
that full blocks weigh what they do in the chain. Where a block does not follow the one before it, its header is made to
name that one: a peer walks the chain by its headers. Transactions are as they were mined.
"""

import hashlib
from pathlib import Path

import plyvel

MAGIC = bytes.fromhex("f9beb4d9")
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "bitcoin" / "blocks"
SMALL, LARGE = "firstblocks.blk", ("block176149.blk", "block300025.raw", "block370661.dat", "block481829.dat")
REPEATED = 4


def records(data: bytes) -> list[bytes]:
    """The blocks of a file: framed, or one raw block."""
    found, place = [], 0
    while data[place : place + 4] == MAGIC:
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        found.append(data[place + 8 : place + 8 + size])
        place += 8 + size
    return found or [data]


def small() -> list[bytes]:
    """Heights 0 to 589: a transaction or two each."""
    return records((SHARED / SMALL).read_bytes())


def chain() -> list[bytes]:
    """All blocks, each following the one before it."""
    blocks = small()
    for name in LARGE * REPEATED:
        blocks += records((SHARED / name).read_bytes())
    linked: list[bytes] = []
    prev = bytes(32)
    for block in blocks:
        linked.append(block[:4] + prev + block[36:])
        prev = hashed(linked[-1][:80])
    return linked


def hashed(data: bytes) -> bytes:
    """SHA-256 twice."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def node_folder(blocks: list[bytes], folder: Path) -> None:
    """Write the blocks as Bitcoin Core keeps them: `blk00000.dat`, and the index that says what stands where.

    The index has a record `b` + hash for each block: version, height, status, transactions, file, place, header
    (`CDiskBlockIndex` in Bitcoin Core `chain.h`; numbers in its VARINT).
    """
    (folder / "blocks").mkdir(parents=True)
    status = 5 | 8  # BLOCK_VALID_SCRIPTS and BLOCK_HAVE_DATA
    index = plyvel.DB(str(folder / "blocks" / "index"), create_if_missing=True, compression=None)
    with (folder / "blocks" / "blk00000.dat").open("wb") as file:
        for height, block in enumerate(blocks):
            file.write(MAGIC + len(block).to_bytes(4, "little"))
            number = block[80] if block[80] < 0xFD else int.from_bytes(block[81:83], "little")
            told = (210100, height, status, number, 0, file.tell())
            index.put(b"b" + hashed(block[:80]), b"".join(map(varint, told)) + block[:80])
            file.write(block)
    index.close()


def varint(number: int) -> bytes:
    """Core's VARINT."""
    groups = [number & 0x7F]
    while number > 0x7F:
        number = (number >> 7) - 1
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))
