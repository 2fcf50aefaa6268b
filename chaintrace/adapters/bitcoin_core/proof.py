"""A node's proof that a transaction stands in a block: header, number of transactions, and part of the Merkle tree.

Read as BIP-37 describes `merkleblock`, with the checks that Bitcoin Core makes of it (`CPartialMerkleTree`): every hash
and flag is used, no two siblings are equal, and the root is the header's. The proof also says the position.
"""

import hashlib
from typing import NamedTuple

from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE, Header, parse_header
from chaintrace.errors import Malformed

_SMALLEST = 60
_LARGEST_BLOCK = 4_000_000


class Place(NamedTuple):
    """The header of a transaction's block, and the transaction's position in it, from 0."""

    header: Header
    position: int


def parse_proof(data: bytes, txid: str, block_hash: str) -> Place:
    """Where the proof shows `txid` in `block_hash`. Raises Malformed when it does not prove that."""
    header = parse_header(data)
    if header.hash != block_hash:
        raise Malformed(f"the proof for {txid} is one of block {header.hash}, not of {block_hash}: ask another source")
    tree = _Tree(data, bytes.fromhex(txid)[::-1])
    if tree.root()[::-1].hex() != header.merkle_root:
        raise Malformed(f"the Merkle proof for {txid} does not fit block {block_hash}: ask another source")
    if tree.position is None:
        raise Malformed(f"the Merkle proof of block {block_hash} does not show {txid}: ask another source")
    return Place(header, tree.position)


class _Tree:
    """The walk through a partial tree, top down, left to right."""

    def __init__(self, data: bytes, wanted: bytes) -> None:
        self._wanted = wanted
        self.position: int | None = None
        self._total = int.from_bytes(data[HEADER_SIZE : HEADER_SIZE + 4], "little")
        if not 0 < self._total <= _LARGEST_BLOCK // _SMALLEST:
            raise Malformed(f"a proof of a block with {self._total} transactions cannot be one")
        count, place = _compact(data, HEADER_SIZE + 4)
        end = place + 32 * count
        self._hashes = [data[at : at + 32] for at in range(place, min(end, len(data)), 32)]
        size, place = _compact(data, end)
        self._bits = (
            [data[place + at // 8] >> at % 8 & 1 for at in range(8 * size)] if place + size == len(data) else []
        )
        if not self._bits:
            raise Malformed(f"the Merkle proof is cut off or too long: it has {len(data)} bytes")

    def root(self) -> bytes:
        """The root that follows from the parts that are given."""
        height = (self._total - 1).bit_length()
        self._hashes.reverse()
        spare = len(self._bits)
        self._bits.reverse()
        try:
            root = self._node(height, 0)
        except IndexError as error:
            raise Malformed("the Merkle proof has too few hashes or flags") from error
        used = spare - len(self._bits)
        if self._hashes or (used + 7) // 8 != spare // 8:
            raise Malformed("the Merkle proof has hashes or flags that nothing needs")
        return root

    def _node(self, height: int, index: int) -> bytes:
        """The hash of one node of the tree."""
        known = self._bits.pop()
        if height == 0 or not known:
            found = self._hashes.pop()
            if height == 0 and known and found == self._wanted:
                self.position = index
            return found
        left = self._node(height - 1, 2 * index)
        if 2 * index + 1 >= (self._total + (1 << height - 1) - 1) >> height - 1:
            right = left
        else:
            right = self._node(height - 1, 2 * index + 1)
            if right == left:
                raise Malformed("the Merkle proof has two equal siblings, which a block cannot have")
        return hashlib.sha256(hashlib.sha256(left + right).digest()).digest()


def _compact(data: bytes, place: int) -> tuple[int, int]:
    """A compact size integer of one or three bytes, and the place behind it."""
    first = data[place : place + 1]
    if first < b"\xfd":
        return int.from_bytes(first, "little"), place + 1
    return int.from_bytes(data[place + 1 : place + 3], "little"), place + 3
