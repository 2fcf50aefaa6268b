"""A whole Bitcoin block as the proofs of some of its transactions: their bytes, and their branches to its root."""

import hashlib
from collections.abc import Container, Iterator, Sequence

from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE, iter_transactions

Parts = dict[str, object]
"""What a proof holds of its kind: raw, header, position and branch, in hex as people write it."""


def parts_of(block: bytes, wanted: Container[str]) -> Iterator[tuple[str, Parts]]:
    """(txid, parts) of each transaction of a block that is wanted. Raises Malformed where the bytes are no one block.

    Whether the branches lead to the header's root is for the verifier to say.
    """
    several = tuple(iter_transactions(block))
    txids = [raw.txid for raw in several]
    for position, raw in enumerate(several):
        if raw.txid in wanted:
            yield (
                raw.txid,
                {
                    "raw": block[raw.offset : raw.offset + raw.length].hex(),
                    "header": block[:HEADER_SIZE].hex(),
                    "position": position,
                    "branch": merkle_branch(txids, position),
                },
            )


def merkle_branch(txids: Sequence[str], position: int) -> list[str]:
    """The neighbours from a transaction up to its block's Merkle root, hex as people write it."""
    level, branch = [bytes.fromhex(txid)[::-1] for txid in txids], []
    while len(level) > 1:
        if len(level) % 2:
            level.append(level[-1])
        branch.append(level[position ^ 1][::-1].hex())
        level = [_sha256d(level[at] + level[at + 1]) for at in range(0, len(level), 2)]
        position >>= 1
    return branch


def _sha256d(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()
