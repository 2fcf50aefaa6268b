"""A node's partial Merkle tree (`merkleblock`, BIP-37) as the branch of one transaction."""

import hashlib

from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE


def branch_of(data: bytes, txid: str) -> tuple[tuple[str, ...], int] | None:
    """The neighbours from a transaction up to the root, hex as people write it, and its place in the block.

    None where the bytes are no partial tree that shows it. Whether the branch leads to the header's root is for the
    verifier to say.
    """
    try:
        return _Walk(data, bytes.fromhex(txid)[::-1]).found()
    except (IndexError, ValueError):
        return None


class _Walk:
    """The walk through the tree, top down, that remembers the neighbours of the nodes above the transaction."""

    def __init__(self, data: bytes, wanted: bytes) -> None:
        self._wanted = wanted
        self._total = int.from_bytes(data[HEADER_SIZE : HEADER_SIZE + 4], "little")
        if not 0 < self._total < 1 << 20:
            message = "no block has so many transactions"
            raise ValueError(message)
        count, at = _compact(data, HEADER_SIZE + 4)
        self._hashes = [data[at + 32 * place : at + 32 * place + 32] for place in range(min(count, len(data)))]
        size, at = _compact(data, at + 32 * count)
        self._bits = [data[at + place // 8] >> place % 8 & 1 for place in range(8 * size)]
        self._branch: list[bytes] = []
        self._position: int | None = None

    def found(self) -> tuple[tuple[str, ...], int] | None:
        self._hashes.reverse()
        self._bits.reverse()
        self._node((self._total - 1).bit_length(), 0)
        if self._position is None:
            return None
        return tuple(node[::-1].hex() for node in self._branch), self._position

    def _node(self, height: int, index: int) -> bytes:
        known = self._bits.pop()
        if height == 0 or not known:
            found = self._hashes.pop()
            if height == 0 and known and found == self._wanted:
                self._position = index
            return found
        above = self._position is None
        left = self._node(height - 1, 2 * index)
        in_left = above and self._position is not None
        width = (self._total + (1 << height - 1) - 1) >> height - 1
        right = self._node(height - 1, 2 * index + 1) if 2 * index + 1 < width else left
        if in_left:
            self._branch.append(right)
        elif above and self._position is not None:
            self._branch.append(left)
        return hashlib.sha256(hashlib.sha256(left + right).digest()).digest()


def _compact(data: bytes, place: int) -> tuple[int, int]:
    first = data[place]
    if first < 0xFD:
        return first, place + 1
    return int.from_bytes(data[place + 1 : place + 3], "little"), place + 3
