"""A stand-in for an Esplora server: it answers from a ledger in memory, in the words of the real one.

    with HostileServer(Esplora(ledger)) as server:      # then server.url + "/api" is the url of a source
        server.change(fault, on="/api/address/")        # and server.fault, as tests/hostile/server.py has it

The words for what is not there or too much are those of electrs (`rest.rs`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from chaintrace.addresses import address_script, script_address
from tests.hostile.esplora_ledger import Ledger, merkle_levels
from tests.hostile.server import Asked, Given

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chaintrace.adapters.bitcoin.rawblock import RawOutput, RawTransaction


def plain(text: str, status: int = 200) -> Given:
    """An answer in plain text."""
    return Given(text.encode(), status, "text/plain")


NOT_FOUND = plain("Transaction not found", 404)
NO_BLOCK = plain("Block not found", 404)
NO_ENDPOINT = plain("endpoint does not exist", 404)


_Placed: TypeAlias = "tuple[RawTransaction, int | None]"


@dataclass
class Esplora:
    """The handler of a server. `page` and `most_unspent` are the real one's limits."""

    ledger: Ledger
    chain: str = "bitcoin-regtest"
    page: int = 25
    most_unspent: int = 500

    def __call__(self, asked: Asked) -> Given:
        """What the real one would say."""
        return self.answer(asked.path.removeprefix("/api"))

    def answer(self, path: str) -> Given:
        """The answer to a path, without a socket."""
        try:
            return self._route(path.strip("/").split("/"))
        except (ValueError, IndexError) as error:
            return plain(f"Invalid request: {error}", 400)

    def _route(self, parts: list[str]) -> Given:  # noqa: PLR0911  # a table of routes
        match parts:
            case ["blocks", "tip", "hash"]:
                return plain(self.ledger.tip)
            case ["blocks", "tip", "height"]:
                return plain(str(self.ledger.height))
            case ["block-height", height]:
                known = int(height) <= self.ledger.height
                return plain(self.ledger.blocks[int(height)].header.hash) if known else NO_BLOCK
            case ["block", block_hash, *rest]:
                return self._block(block_hash, rest)
            case ["tx", txid, *rest]:
                return self._transaction(txid, rest)
            case ["address" | "scripthash" as kind, name, *rest]:
                return self._holder(kind, name, rest)
        return NO_ENDPOINT

    def _block(self, block_hash: str, rest: list[str]) -> Given:
        if block_hash not in self.ledger.headers:
            return NO_BLOCK
        if rest == ["header"]:
            return plain(self.ledger.headers[block_hash].hex())
        found = [(height, block) for height, block in enumerate(self.ledger.blocks) if block.header.hash == block_hash]
        if not found:
            return NO_BLOCK
        height, block = found[0]
        if rest == ["txids"]:
            return Given.json([one.txid for one in block.transactions])
        head = block.header
        fields = {"id": head.hash, "height": height, "version": head.version, "timestamp": head.time}
        fields |= {"tx_count": len(block.transactions), "merkle_root": head.merkle_root, "bits": head.bits}
        return Given.json(fields | {"previousblockhash": head.prev_hash, "nonce": head.nonce})

    def _transaction(self, txid: str, rest: list[str]) -> Given:  # noqa: PLR0911  # the same
        found = {one.txid: (one, height) for one, height in self.ledger.everything()}
        if rest == ["status"]:
            return Given.json(self._status(found[txid][1] if txid in found else None))
        if rest[:1] == ["outspend"]:
            return Given.json(self._outspend(txid, int(rest[1])))
        if txid not in found:
            return NOT_FOUND
        one, height = found[txid]
        match rest:
            case []:
                return Given.json(self._whole(one, height))
            case ["hex"]:
                return plain(self.ledger.raws[txid].hex())
            case ["raw"]:
                return Given(self.ledger.raws[txid], kind="application/octet-stream")
            case ["outspends"]:
                return Given.json([self._outspend(txid, vout) for vout in range(len(one.outputs))])
            case ["merkle-proof"] if height is not None:
                return Given.json(self._proof(txid, height))
        return plain("Transaction not found or is unconfirmed", 404)

    def _proof(self, txid: str, height: int) -> dict:
        txids = [one.txid for one in self.ledger.blocks[height].transactions]
        place = position = txids.index(txid)
        branch = []
        for level in merkle_levels(txids)[:-1]:
            branch.append(level[place ^ 1][::-1].hex())
            place >>= 1
        return {"block_height": height, "merkle": branch, "pos": position}

    def _outspend(self, txid: str, vout: int) -> dict:
        for one, height in self.ledger.everything():
            for vin, entry in enumerate(one.inputs):
                if (entry.prev_txid, entry.prev_vout) == (txid, vout):
                    return {"spent": True, "txid": one.txid, "vin": vin, "status": self._status(height)}
        return {"spent": False}

    def _holder(self, kind: str, name: str, rest: list[str]) -> Given:
        def holds(script: bytes) -> bool:
            return hashlib.sha256(script).hexdigest() == name if kind == "scripthash" else script == wanted

        wanted = b"" if kind == "scripthash" else address_script(name, self.chain)
        mine = [(one, height) for one, height in self.ledger.everything() if self._touches(one, holds)]
        confirmed = [(one, height) for one, height in reversed(mine) if height is not None]
        waiting = [(one, height) for one, height in mine if height is None]
        match rest:
            case []:
                stats = {"chain_stats": self._stats(confirmed, holds), "mempool_stats": self._stats(waiting, holds)}
                return Given.json({kind: name} | stats)
            case ["utxo"]:
                return self._unspent(mine, holds)
            case ["txs"]:
                return Given.json([self._whole(*pair) for pair in waiting[:50] + confirmed[: self.page]])
            case ["txs", "mempool"]:
                return Given.json([self._whole(*pair) for pair in waiting[:50]])
            case ["txs", "chain", *last]:
                txids = [one.txid for one, _ in confirmed]
                start = txids.index(last[0]) + 1 if last and last[0] in txids else 0
                return Given.json([self._whole(*pair) for pair in confirmed[start : start + self.page]])
        return NO_ENDPOINT

    def _touches(self, one: RawTransaction, holds: Callable[[bytes], bool]) -> bool:
        paid = any(holds(output.script) for output in one.outputs)
        return paid or any(previous is not None and holds(previous.script) for previous in self._previous(one))

    def _previous(self, one: RawTransaction) -> list[RawOutput | None]:
        if one.coinbase:
            return [None]
        outputs = {each.txid: each.outputs for each, _ in self.ledger.everything()}
        return [
            outputs[entry.prev_txid][entry.prev_vout] if entry.prev_txid in outputs else None for entry in one.inputs
        ]

    def _stats(self, pairs: Sequence[_Placed], holds: Callable[[bytes], bool]) -> dict:
        funded = [output.value for one, _ in pairs for output in one.outputs if holds(output.script)]
        before = [previous for one, _ in pairs for previous in self._previous(one) if previous is not None]
        spent = [previous.value for previous in before if holds(previous.script)]
        counts = {"funded_txo_count": len(funded), "funded_txo_sum": sum(funded), "spent_txo_count": len(spent)}
        return counts | {"spent_txo_sum": sum(spent), "tx_count": len(pairs)}

    def _unspent(self, pairs: Sequence[_Placed], holds: Callable[[bytes], bool]) -> Given:
        found = [
            {"txid": one.txid, "vout": vout, "status": self._status(height), "value": output.value}
            for one, height in pairs
            for vout, output in enumerate(one.outputs)
            if holds(output.script) and not self._outspend(one.txid, vout)["spent"]
        ]
        if len(found) > self.most_unspent:
            words = f"Too many unspent transaction outputs (>{self.most_unspent}). Contact support to raise limits."
            return plain(words, 400)
        return Given.json(found)

    def _status(self, height: int | None) -> dict:
        if height is None:
            return {"confirmed": False}
        head = self.ledger.blocks[height].header
        return {"confirmed": True, "block_height": height, "block_hash": head.hash, "block_time": head.time}

    def _whole(self, one: RawTransaction, height: int | None) -> dict:
        inputs = [
            {
                "txid": entry.prev_txid,
                "vout": entry.prev_vout,
                "prevout": None if previous is None else self._output(previous),
                "scriptsig": entry.script.hex(),
                "is_coinbase": one.coinbase,
                "sequence": entry.sequence,
            }
            for entry, previous in zip(one.inputs, self._previous(one), strict=True)
        ]
        fields = {"txid": one.txid, "version": one.version, "locktime": one.locktime, "vin": inputs}
        return fields | {"vout": [self._output(output) for output in one.outputs], "status": self._status(height)}

    def _output(self, output: RawOutput) -> dict:
        kind, address = script_address(output.script, self.chain)
        named = {"scriptpubkey_address": address} if address else {}
        return {"scriptpubkey": output.script.hex(), "scriptpubkey_type": kind, "value": output.value} | named
