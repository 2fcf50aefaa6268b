"""A stand-in for Bitcoin Core over the story's blocks: its answers, errors and status codes, in JSON as it writes it.

bcoin is a real node, and lacks what is played here: no index of transactions, an index of spenders, block filters, undo
data, pruning, a first synchronisation. A `HostileServer` carries the answers: `HostileServer(Core(blocks).answer)`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.chaintrace.adapters.bitcoin.making import compact, sha256d
from tests.hostile.server import Given
from tests.nodes.chain import GENESIS_HASH, MadeBlock, Output, Payment, genesis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.hostile.server import Asked


class Failure(Exception):
    """A JSON-RPC error, and the status that Core gives it."""

    def __init__(self, code: int, message: str, status: int = 500) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


NOT_INDEXED = Failure(
    -5, "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries."
)


@dataclass
class Core:
    """A node with these blocks. `indices` are named as `getindexinfo` names them; None: it has no such call."""

    blocks: Sequence[MadeBlock]
    indices: frozenset[str] | None = frozenset({"txindex"})
    mempool: Sequence[Payment] = ()
    pruned_to: int = 0
    loading: bool = False
    headers: int = 0
    chain_genesis: str = GENESIS_HASH
    without: frozenset[str] = frozenset()
    calls: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Given:
        """What Core would answer to one call over HTTP."""
        call = json.loads(asked.body)
        self.calls.append(call["method"])
        known = hasattr(self, call["method"]) and call["method"] not in self.without
        answerer: Callable[..., Any] = getattr(self, call["method"]) if known else _unknown
        try:
            told = {"result": answerer(*call["params"]), "error": None, "id": call["id"]}
        except Failure as failure:
            error = {"code": failure.code, "message": failure.message}
            told = {"result": None, "error": error, "id": call["id"]}
            return Given(json.dumps(told).encode(), failure.status)
        return Given(_json(told).encode())

    @cached_property
    def _by_hash(self) -> dict[str, MadeBlock]:
        return {block.hash: block for block in self.blocks}

    @cached_property
    def _mined(self) -> dict[str, tuple[MadeBlock, Payment]]:
        return {one.txid: (block, one) for block in self.blocks for one in (block.coinbase, *block.payments)}

    @cached_property
    def _spenders(self) -> dict[tuple[str, int], tuple[MadeBlock, Payment]]:
        return {
            (coin.txid, coin.vout): (block, one)
            for block in self.blocks
            for one in block.payments
            for coin in one.spends
        }

    def getblockchaininfo(self) -> dict[str, Any]:
        tip = self.blocks[-1]
        told = {
            "chain": "regtest",
            "blocks": tip.height,
            "headers": self.headers or tip.height,
            "bestblockhash": tip.hash,
            "difficulty": Decimal("4.656542373906925e-10"),
            "initialblockdownload": self.loading,
            "pruned": bool(self.pruned_to),
        }
        return told | ({"pruneheight": self.pruned_to} if self.pruned_to else {})

    def getindexinfo(self) -> dict[str, Any]:
        if self.indices is None:
            raise Failure(-32601, "Method not found", 404)
        return {name: {"synced": True, "best_block_height": self.blocks[-1].height} for name in self.indices}

    def getblockhash(self, height: int) -> str:
        if height > self.blocks[-1].height:
            raise Failure(-8, "Block height out of range")
        return self.blocks[height - 1].hash if height else self.chain_genesis

    def getblockheader(self, name: str, verbose: bool = True) -> Any:
        raw = genesis()[:80] if name == GENESIS_HASH else self._block(name).raw[:80]
        if not verbose:
            return raw.hex()
        block = self._block(name)
        return {"hash": name, "height": block.height, "confirmations": self._depth(block), "time": block.time}

    def getblock(self, name: str, verbosity: int = 1) -> Any:
        block = self._block(name)
        if block.height < self.pruned_to:
            raise Failure(-1, "Block not available (pruned data)")
        if verbosity == 0:
            return block.raw.hex()
        told = {"hash": name, "height": block.height, "confirmations": self._depth(block)}
        if verbosity == 1:
            return told | {"tx": list(block.txids)}
        return told | {"tx": [_with_prevouts(one, block) for one in (block.coinbase, *block.payments)]}

    def getrawtransaction(self, txid: str, verbosity: int = 0, name: str = "") -> Any:
        waiting = {one.txid: one for one in self.mempool}
        if name:
            found = {one.txid: one for one in (self._block(name).coinbase, *self._block(name).payments)}.get(txid)
            if found is None:
                raise Failure(-5, "No such transaction found in the provided block. Use gettransaction for wallets.")
            block: MadeBlock | None = self._block(name)
        elif txid in waiting:
            block, found = None, waiting[txid]
        elif self.indices is not None and "txindex" not in self.indices:
            raise NOT_INDEXED
        elif txid in self._mined:
            block, found = self._mined[txid]
        else:
            raise Failure(-5, "No such mempool or blockchain transaction. Use gettransaction for wallet transactions.")
        if not verbosity:
            return found.raw.hex()
        told = {"txid": txid, "hex": found.raw.hex(), "vout": [_output(n, out) for n, out in enumerate(found.outputs)]}
        return told if block is None else told | {"blockhash": block.hash, "confirmations": self._depth(block)}

    def gettxoutproof(self, txids: list[str], name: str) -> str:
        block = self._block(name)
        if block.height < self.pruned_to:
            raise Failure(-1, "Block not available (pruned data)")
        return merkle_block(block.raw[:80], block.txids, txids[0]).hex()

    def gettxout(self, txid: str, vout: int, include_mempool: bool = True) -> Any:
        pending = any((coin.txid, coin.vout) == (txid, vout) for one in self.mempool for coin in one.spends)
        if txid not in self._mined or (txid, vout) in self._spenders or (include_mempool and pending):
            return None
        block, found = self._mined[txid]
        if vout >= len(found.outputs) or found.outputs[vout].script.startswith(b"\x6a"):
            return None
        told = _output(vout, found.outputs[vout])
        return {"bestblock": self.blocks[-1].hash, "confirmations": self._depth(block), "coinbase": False} | told

    def gettxspendingprevout(self, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
        told = []
        for entry in wanted:
            key = (entry["txid"], entry["vout"])
            pending = [one for one in self.mempool for coin in one.spends if (coin.txid, coin.vout) == key]
            if pending:
                told.append(entry | {"spendingtxid": pending[0].txid})
            elif "txospenderindex" in (self.indices or ()) and key in self._spenders:
                block, one = self._spenders[key]
                told.append(entry | {"spendingtxid": one.txid, "blockhash": block.hash})
            else:
                told.append(entry)
        return told

    def getrawmempool(self) -> list[str]:
        return [one.txid for one in self.mempool]

    def scanblocks(self, action: str, wanted: list[str], start: int, stop: int, kind: str) -> dict[str, Any]:
        if (action, kind) != ("start", "basic") or "basic block filter index" not in (self.indices or ()):
            raise Failure(-1, "Index is not enabled for filtertype basic")
        scripts = {bytes.fromhex(one.removeprefix("raw(").removesuffix(")")) for one in wanted}
        relevant = [
            block.hash
            for block in self.blocks
            if start <= block.height <= stop
            and scripts
            & {out.script for one in block.payments for out in (*one.outputs, *(c.output for c in one.spends))}
        ]
        return {"from_height": start, "to_height": stop, "relevant_blocks": relevant, "completed": True}

    def _block(self, name: str) -> MadeBlock:
        if name not in self._by_hash:
            raise Failure(-5, "Block not found")
        return self._by_hash[name]

    def _depth(self, block: MadeBlock) -> int:
        return self.blocks[-1].height - block.height + 1


def _unknown(*_: object) -> None:
    """What Core says to a call that it does not have."""
    raise Failure(-32601, "Method not found", 404)


def _output(vout: int, output: Output) -> dict[str, Any]:
    """As Core writes it: a number with eight digits behind the point."""
    return {"value": Decimal(output.value).scaleb(-8), "n": vout, "scriptPubKey": {"hex": output.script.hex()}}


def _with_prevouts(payment: Payment, block: MadeBlock) -> dict[str, Any]:
    """Verbosity 3: what each input spends stands beside it."""
    entries = [
        {"txid": coin.txid, "vout": coin.vout, "prevout": {"generated": False, **_output(0, coin.output)}}
        for coin in payment.spends
    ]
    return {"txid": payment.txid, "vin": entries or [{"coinbase": "51"}], "vout": [], "blockhash": block.hash}


def _json(value: object) -> str:
    """JSON in which a Decimal is a plain number."""
    if isinstance(value, Decimal):
        return f"{value:.8f}" if value > Decimal("1e-8") else str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return json.dumps(value)


def merkle_block(header: bytes, txids: Sequence[str], wanted: str) -> bytes:
    """BIP-37's `merkleblock` for one transaction: header, count, hashes and flags of the way down to it."""
    levels = [[bytes.fromhex(txid)[::-1] for txid in txids]]
    marks = [[txid == wanted for txid in txids]]
    while len(levels[-1]) > 1:
        row, marked = levels[-1], marks[-1]
        pairs = range(0, len(row), 2)
        levels.append([sha256d(row[at] + row[min(at + 1, len(row) - 1)]) for at in pairs])
        marks.append([any(marked[at : at + 2]) for at in pairs])
    hashes: list[bytes] = []
    flags: list[bool] = []

    def walk(level: int, index: int) -> None:
        flags.append(marks[level][index])
        if level == 0 or not marks[level][index]:
            hashes.append(levels[level][index])
            return
        walk(level - 1, 2 * index)
        if 2 * index + 1 < len(levels[level - 1]):
            walk(level - 1, 2 * index + 1)

    walk(len(levels) - 1, 0)
    packed = bytearray((len(flags) + 7) // 8)
    for at, flag in enumerate(flags):
        packed[at // 8] |= flag << at % 8
    count = len(txids).to_bytes(4, "little")
    return header + count + compact(len(hashes)) + b"".join(hashes) + compact(len(packed)) + bytes(packed)
