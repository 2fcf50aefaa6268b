"""What an honest Electrum server knows, from blocks in memory: the stand-in's books, read with python-bitcoinlib."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bitcoin.core import CBlock, CTransaction


class Refusal(Exception):
    """A JSON-RPC error that the server answers."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}


def sha256d(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def script_hash(script: bytes) -> str:
    return hashlib.sha256(script).digest()[::-1].hex()


@dataclass
class Ledger:
    """What an honest server knows: blocks from height 0 on, and transactions that no block holds."""

    blocks: Sequence[bytes]
    pending: Sequence[bytes] = ()
    raws: dict[str, bytes] = field(default_factory=dict)
    heights: dict[str, int] = field(default_factory=dict)
    txids: list[list[str]] = field(default_factory=list)
    read: dict[str, CTransaction] = field(default_factory=dict)
    touching: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for height, raw in enumerate(self.blocks):
            self.txids.append([self._add(tx, height) for tx in CBlock.deserialize(raw).vtx])
        for raw in self.pending:
            tx = CTransaction.deserialize(raw)
            parents = {spent.prevout.hash[::-1].hex() for spent in tx.vin}
            self._add(tx, -1 if any(self.heights.get(parent, 1) <= 0 for parent in parents) else 0)

    def _add(self, tx: CTransaction, height: int) -> str:
        txid = tx.GetTxid()[::-1].hex()
        self.raws[txid], self.heights[txid], self.read[txid] = tx.serialize(), height, tx
        for scripthash in {script_hash(bytes(out.scriptPubKey)) for out in (*tx.vout, *self._spent(tx))}:
            self.touching.setdefault(scripthash, []).append(txid)
        return txid

    @property
    def height(self) -> int:
        return len(self.blocks) - 1

    def header(self, height: int) -> bytes:
        if not 0 <= height <= self.height:
            raise Refusal(1, f"height {height:,d} out of range")
        return self.blocks[height][:80]

    def raw(self, txid: str, verbose: bool = False) -> Any:
        if txid not in self.raws:
            said = {"code": -5, "message": "No such mempool or blockchain transaction. Use gettransaction for wallet"}
            raise Refusal(2, f"daemon error: DaemonError({said})")
        if not verbose:
            return self.raws[txid].hex()
        height = self.heights[txid]
        told: dict[str, Any] = {"txid": txid, "hex": self.raws[txid].hex()}
        if height > 0:
            told["blockhash"] = sha256d(self.header(height))[::-1].hex()
            told["confirmations"] = self.height - height + 1
        return told

    def branch(self, txid: str, height: int) -> dict[str, Any]:
        if not 0 <= height <= self.height or txid not in self.txids[height]:
            raise Refusal(1, f"tx {txid} not in block at height {height:,d}")
        place = position = self.txids[height].index(txid)
        level = [bytes.fromhex(each)[::-1] for each in self.txids[height]]
        neighbours = []
        while len(level) > 1:
            level += level[-1:] * (len(level) % 2)
            neighbours.append(level[place ^ 1][::-1].hex())
            level = [sha256d(one + other) for one, other in zip(level[::2], level[1::2], strict=True)]
            place >>= 1
        return {"block_height": height, "merkle": neighbours, "pos": position}

    def history(self, scripthash: str) -> list[dict[str, Any]]:
        touched = [(txid, self.heights[txid]) for txid in self.touching.get(scripthash, ())]
        return [
            {"tx_hash": txid, "height": height, **({"fee": 1000} if height <= 0 else {})} for txid, height in touched
        ]

    def _spent(self, tx: CTransaction) -> list[Any]:
        points = [(spent.prevout.hash[::-1].hex(), spent.prevout.n) for spent in tx.vin]
        return [self.read[txid].vout[n] for txid, n in points if txid in self.read]

    def unspent(self, scripthash: str) -> list[dict[str, Any]]:
        spent = {(e.prevout.hash[::-1].hex(), e.prevout.n) for tx in self.read.values() for e in tx.vin}
        return [
            {"tx_hash": txid, "tx_pos": vout, "height": max(0, self.heights[txid]), "value": out.nValue}
            for txid in self.touching.get(scripthash, ())
            for vout, out in enumerate(self.read[txid].vout)
            if script_hash(bytes(out.scriptPubKey)) == scripthash and (txid, vout) not in spent
        ]

    def balance(self, scripthash: str) -> dict[str, int]:
        touched = self.touching.get(scripthash, ())
        confirmed = [self.read[txid] for txid in touched if self.heights[txid] > 0]
        return {"confirmed": sum(self._change(tx, scripthash) for tx in confirmed), "unconfirmed": 0}

    def _change(self, tx: CTransaction, scripthash: str) -> int:
        def paid(outputs: Sequence[Any]) -> int:
            return sum(out.nValue for out in outputs if script_hash(bytes(out.scriptPubKey)) == scripthash)

        return paid(tx.vout) - paid(self._spent(tx))

    def tip(self) -> dict[str, Any]:
        return {"height": self.height, "hex": self.header(self.height).hex()}
