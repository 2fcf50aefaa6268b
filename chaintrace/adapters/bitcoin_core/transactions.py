"""A node's transactions: the bytes, the block, the position, and what the inputs spend.

A node without an index of transactions finds one in its mempool, or in a block that is named. Then the block comes
from a scan that saw it, or from an output that is still in the unspent set; and what inputs spend comes from the
block with its undo data (`getblock` with verbosity 3, Bitcoin Core 23 and later).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from chaintrace.adapters.bitcoin.assembly import Standing, assemble
from chaintrace.adapters.bitcoin.networks import native
from chaintrace.adapters.bitcoin.rawblock import RawOutput, RawTransaction
from chaintrace.adapters.bitcoin_core.rpc import (
    NOT_FOUND,
    Open,
    Rpc,
    as_bytes,
    as_hash,
    as_int,
    as_list,
    as_satoshi,
    as_table,
)
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import RpcError
from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import PENDING_RANK, Transaction

_OUTPUTS_TRIED = 8
"""Of a transaction whose block is not known: so many of its outputs are looked for in the unspent set."""

_Prevouts = Mapping[tuple[str, int], RawOutput]


class Sighting(NamedTuple):
    """A transaction's bytes and the block that holds it (empty: none yet), as the node said."""

    raw: RawTransaction
    block_hash: str
    source: Source


class Transactions:
    """The transactions of one node. Each previous transaction is read once."""

    def __init__(self, rpc: Rpc, chain: str) -> None:
        self._rpc = rpc
        self._chain = chain
        self._blocks: dict[str, str] = {}
        self._raw: dict[str, RawTransaction] = {}
        self._unknown: set[tuple[str, str]] = set()

    def reply(self, txid: str, at: Status, own: Status) -> Reply:
        """The transaction; or that the node, which has an index and every block, has none such."""
        sighting = self.sighting(txid, at, own)
        if sighting is None:
            self._rpc.unmoved(at.height, at.block_hash)
            return Reply(absent=True)
        found = self.placed(sighting, at, own)
        if found is None:
            self._rpc.unmoved(at.height, at.block_hash)
            text = (
                f"transaction {txid} stands in block {sighting.block_hash}, which is no longer in the chain, and in no "
                "other block: it may be mined again, or be void"
            )
            return Reply(gaps=(Gap("source", self._chain, txid, None, text),), absent=True)
        return Reply((found,))

    def sighting(self, txid: str, at: Status, own: Status, block_hash: str = "") -> Sighting | None:
        """The bytes of a transaction and its block; None when there is none such.

        `block_hash` is the block to look in, where one is known. Raises Open when the node cannot look it up.
        """
        where = block_hash or self._blocks.get(txid, "")
        found = self._look(txid, at, "") if not where or "txid" in own.indices else None
        if found is None and where:
            found = self._look(txid, at, where)
        if found is not None:
            return found
        if "txid" in own.indices:
            if own.synced is False:
                raise Unavailable(
                    f"the node at {self._rpc.host} has come to height {own.height} and is still synchronising: it does "
                    f"not have {txid} yet; try again later"
                )
            return None
        where = self._block_by_outputs(txid, at)
        found = self._look(txid, at, where) if where else None
        if found is None:
            raise Open(self._lost(txid, own))
        return found

    def placed(self, sighting: Sighting, at: Status, own: Status) -> Transaction | None:
        """The model's transaction: pending where no block holds it, None where only a stale block does."""
        raw, block_hash, source = sighting
        if not block_hash:
            nowhere = Standing(Block(None, "", None), PENDING_RANK, 0)
            spent = self._spent(raw, "", own)
            return replace(assemble(raw, native(self._chain), nowhere, spent, source), block=None, status="pending")
        height = self._rpc.standing(block_hash, at.block_hash)
        if height is None:
            return None
        place = self._rpc.place(raw.txid, block_hash)
        if isinstance(place, RpcError):
            if height < own.pruned_to or "prune" in place.message.lower():
                raise Open(self._pruned(height, own))
            raise Refused(self._rpc.sentence("gettxoutproof", place))
        block = Block(height, block_hash, place.header.time)
        return self.assembled(raw, block, place.position, source, own)

    def assembled(self, raw: RawTransaction, block: Block, position: int, source: Source, own: Status) -> Transaction:
        """The model's transaction, of which block and position are known."""
        self._blocks[raw.txid] = block.hash
        self._raw[raw.txid] = raw
        standing = Standing(block, block.height or 0, position)
        return assemble(raw, native(self._chain), standing, self._spent(raw, block.hash, own), source)

    def bytes_of(self, txid: str, block_hash: str = "") -> RawTransaction | None:
        """A transaction's bytes alone, read once; None when the node does not find it."""
        known = self._raw.get(txid)
        where = block_hash or self._blocks.get(txid, "")
        if known is not None or (txid, where) in self._unknown:
            return known
        found = self._rpc.transaction(txid, where)
        if isinstance(found, RpcError):
            if found.code not in NOT_FOUND:
                raise Refused(self._rpc.sentence("getrawtransaction", found))
            self._unknown.add((txid, where))
            return None
        self._raw[txid] = found.transaction
        return found.transaction

    def _look(self, txid: str, at: Status, block_hash: str) -> Sighting | None:
        """Ask for the block, of which the node speaks as of now, and for the bytes, which are the same for ever."""
        where = (block_hash,) if block_hash else ()
        told = self._rpc.call("getrawtransaction", txid, 1, *where, pin=at.block_hash, look=as_table).result
        if isinstance(told, RpcError):
            if told.code not in NOT_FOUND:
                raise Refused(self._rpc.sentence("getrawtransaction", told))
            return None
        said = as_table(told).get("blockhash")
        found = self._rpc.transaction(txid, block_hash)
        if isinstance(found, RpcError):
            raise Unavailable(f"{self._rpc.host} had {txid} and then had not: ask again")
        self._raw[txid] = found.transaction
        return Sighting(found.transaction, as_hash(said) if said is not None else "", found.source)

    def _block_by_outputs(self, txid: str, at: Status) -> str:
        """The block of a transaction, by an output of it that is still unspent; empty when none is found."""
        for vout in range(_OUTPUTS_TRIED):
            told = self._rpc.call("gettxout", txid, vout, False, pin=at.block_hash).result  # noqa: FBT003  # as the RPC has it
            if told is not None and not isinstance(told, RpcError):
                table = as_table(told)
                best = as_hash(table.get("bestblock"))
                height = self._rpc.standing(best, best)
                if height is not None:
                    return self._rpc.block_hash(height - as_int(table.get("confirmations")) + 1, best)
        return ""

    def _spent(self, raw: RawTransaction, block_hash: str, own: Status) -> tuple[RawOutput | None, ...]:
        """For each input the output that it spends; None where the node cannot say."""
        if raw.coinbase:
            return ()
        spent: list[RawOutput | None] = []
        undone: _Prevouts | None = None
        for entry in raw.inputs:
            before = self.bytes_of(entry.prev_txid)
            if before is not None:
                if entry.prev_vout >= len(before.outputs):
                    raise Malformed(
                        f"{raw.txid} spends output {entry.prev_vout} of {entry.prev_txid}, which has no such output"
                    )
                spent.append(before.outputs[entry.prev_vout])
                continue
            if undone is None:
                undone = self._undone(raw.txid, block_hash) if block_hash and "txid" not in own.indices else {}
            spent.append(undone.get((entry.prev_txid, entry.prev_vout)))
        return tuple(spent)

    def _undone(self, txid: str, block_hash: str) -> _Prevouts:
        """What a transaction spends, from the block with its undo data; empty where the node does not give that."""
        told = self._rpc.call("getblock", block_hash, 3, pin=block_hash).result
        if isinstance(told, RpcError):
            return {}
        found: dict[tuple[str, int], RawOutput] = {}
        for item in as_list(as_table(told).get("tx")):
            if isinstance(item, dict) and item.get("txid") == txid:
                for entry in map(as_table, as_list(item.get("vin"))):
                    if (prevout := entry.get("prevout")) is not None:
                        output = as_table(prevout)
                        script = as_bytes(as_table(output.get("scriptPubKey")).get("hex"))
                        key = (as_hash(entry.get("txid")), as_int(entry.get("vout")))
                        found[key] = RawOutput(as_satoshi(output.get("value")), script)
        return found

    def _lost(self, txid: str, own: Status) -> str:
        """Why a transaction cannot be looked up, and what helps."""
        why = f"it is pruned below height {own.pruned_to} and" if own.pruned_to else "it"
        return (
            f"the node at {self._rpc.host} cannot look up {txid}: {why} has no index of transactions, and this one "
            "is not in its mempool nor, with one of its first outputs, in the unspent set; set txindex=1 on a node "
            "that is not pruned, or add another source (blocks, electrum, esplora)"
        )

    def _pruned(self, height: int, own: Status) -> str:
        """What a pruned node has thrown away."""
        return (
            f"the node at {self._rpc.host} is pruned and has no block below height {own.pruned_to}, and height "
            f"{height} is asked for: use a node that is not pruned, or add another source (electrum, esplora)"
        )
