"""What spends an output, found by reading blocks forward from the one that made it.

Each block names the one before it, so a run of blocks without a hole is a proof that nothing between was left out.
Where the node has block filters (BIP-158) it says itself which blocks can concern a script, and only those are read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from chaintrace.adapters.bitcoin.rawblock import RawTransaction, parse_block, parse_header
from chaintrace.adapters.bitcoin_core.rpc import Rpc, as_hash, as_list, as_table
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport import RpcError
from chaintrace.errors import Refused, Unavailable
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Source

Progress: TypeAlias = Callable[[OutPoint, int, int], None]
"""Is told the output that is looked for, the height that was read last and the height at which reading ends."""

SCAN_LIMIT = 1_008
"""Blocks that one question may read: a week of Bitcoin's, up to 2 GB on a full main chain."""
_FILTERED_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Spent:
    """The transaction that spends the output, where it stands, and the block's bytes as the archive has them."""

    raw: RawTransaction
    block: Block
    position: int
    source: Source


@dataclass(frozen=True, slots=True)
class Unread:
    """How far a scan came without finding anything: the next height that it would read, and why it ended there.

    `why` is empty when it read all blocks to the tip: then nothing spends the output there.
    """

    next_height: int
    why: str = ""


class Scanner:
    """Reads blocks for one source. It goes on where it stopped when it is asked for the same output again."""

    def __init__(self, rpc: Rpc, limit: int, progress: Progress | None) -> None:
        self._rpc = rpc
        self._limit = limit
        self._progress = progress
        self._stopped: dict[OutPoint, tuple[int, str]] = {}

    def spender(self, outpoint: OutPoint, script: bytes, start: int, at: Status, own: Status) -> Spent | Unread:
        """What spends `outpoint` in the blocks from height `start` to the tip `at`, both included.

        `script` is that of the output; `own` is what this node is, where `at` may be another's tip.
        """
        relevant = self._relevant(script, start, at) if "filter" in own.indices and script else None
        if relevant is not None:
            return self._search(outpoint, relevant, at, own)
        return self._read(outpoint, start, at, own)

    def _read(self, outpoint: OutPoint, start: int, at: Status, own: Status) -> Spent | Unread:
        """Block after block, up to the limit."""
        needle = _needle(outpoint)
        first, before = self._stopped.get(outpoint, (start, ""))
        last = min(at.height, first + self._limit - 1)
        for height in range(first, last + 1):
            block_hash = at.block_hash if height == at.height else self._rpc.block_hash(height, at.block_hash)
            found = self._rpc.block(block_hash)
            if isinstance(found, RpcError):
                return Unread(height, self._why(found, height, own))
            data, source = found
            if before and parse_header(data).prev_hash != before:
                self._stopped.pop(outpoint, None)
                raise Unavailable(f"{self._rpc.host} changed its chain while its blocks were read: ask again")
            before = block_hash
            if self._progress is not None:
                self._progress(outpoint, height, at.height)
            if needle in data and (spent := _spending(data, outpoint, height, source)):
                return spent
            self._stopped[outpoint] = (height + 1, block_hash)
        if last < at.height:
            return Unread(last + 1, f"the limit of {self._limit} blocks a question is met")
        return Unread(last + 1)

    def _relevant(self, script: bytes, start: int, at: Status) -> list[str] | None:
        """Hashes of the blocks that can spend this script, by the node's filters; None when it does not say."""
        found: list[str] = []
        for first in range(start, at.height + 1, _FILTERED_AT_ONCE):
            last = min(at.height, first + _FILTERED_AT_ONCE - 1)
            wanted = [f"raw({script.hex()})"]
            told = self._rpc.call("scanblocks", "start", wanted, first, last, "basic", pin=at.block_hash).result
            if isinstance(told, RpcError) or not as_table(told).get("completed", True):
                return None
            found += [as_hash(value) for value in as_list(as_table(told).get("relevant_blocks"))]
        return found

    def _search(self, outpoint: OutPoint, relevant: list[str], at: Status, own: Status) -> Spent | Unread:
        """The blocks that the node's filters name."""
        needle = _needle(outpoint)
        for block_hash in relevant:
            found = self._rpc.block(block_hash)
            height = self._rpc.standing(block_hash, at.block_hash)
            if height is None:
                raise Unavailable(f"{self._rpc.host} changed its chain while its blocks were read: ask again")
            if isinstance(found, RpcError):
                return Unread(height, self._why(found, height, own))
            if self._progress is not None:
                self._progress(outpoint, height, at.height)
            data, source = found
            if needle in data and (spent := _spending(data, outpoint, height, source)):
                return spent
        return Unread(at.height + 1)

    def _why(self, error: RpcError, height: int, own: Status) -> str:
        """Why a block cannot be read. Raises Refused for what has nothing to do with pruning."""
        if height < own.pruned_to or "prune" in error.message.lower():
            return f"the node is pruned and has no block below height {own.pruned_to}"
        raise Refused(self._rpc.sentence("getblock", error))


def _needle(outpoint: OutPoint) -> bytes:
    """How an input names the output that it spends."""
    return bytes.fromhex(outpoint.txid)[::-1] + outpoint.vout.to_bytes(4, "little")


def _spending(data: bytes, outpoint: OutPoint, height: int, source: Source) -> Spent | None:
    """The transaction of a block that spends the output: the same bytes may also stand elsewhere, in a script."""
    raw = parse_block(data)
    block = Block(height, raw.header.hash, raw.header.time)
    for position, transaction in enumerate(raw.transactions):
        if spends(transaction, outpoint):
            return Spent(transaction, block, position, source)
    return None


def spends(transaction: RawTransaction, outpoint: OutPoint) -> bool:
    """Whether one of the inputs names this output."""
    return any(entry.prev_txid == outpoint.txid and entry.prev_vout == outpoint.vout for entry in transaction.inputs)
