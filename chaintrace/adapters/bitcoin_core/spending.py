"""What became of an output: unspent at the tip, spent in a block, or about to be spent by a pending transaction.

The node's unspent set answers first. What spends a spent output comes from the node's index of spenders where it has
one (`txospenderindex`, Bitcoin Core 31 and later), else from reading blocks. Pending spenders come from the mempool.
"""

from typing import NamedTuple

from chaintrace.adapters.bitcoin.rawblock import RawOutput
from chaintrace.adapters.bitcoin_core.rpc import Rpc, as_bytes, as_hash, as_list, as_satoshi, as_table
from chaintrace.adapters.bitcoin_core.scanning import Scanner, Spent, spends
from chaintrace.adapters.bitcoin_core.transactions import Sighting, Transactions
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import RpcError
from chaintrace.addresses import is_unspendable, script_address
from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Gap, Source, Unspent
from chaintrace.model.transaction import Transaction

_MEMPOOL_READ = 300
"""A mempool of at most so many transactions is read through, where the node does not say what spends an output."""


class Output(NamedTuple):
    """The output that is asked about, and the block that made it (empty: pending)."""

    outpoint: OutPoint
    output: RawOutput
    block_hash: str


class Spending:
    """The spenders of one node's outputs."""

    def __init__(self, rpc: Rpc, transactions: Transactions, scanner: Scanner) -> None:
        self._rpc = rpc
        self._transactions = transactions
        self._scanner = scanner

    def reply(self, outpoint: OutPoint, at: Status, own: Status) -> Reply:
        """The spender, or that the output is unspent at `at`; a pending spender is given beside the latter."""
        made = self._transactions.sighting(outpoint.txid, at, own)
        if made is None or outpoint.vout >= len(made.raw.outputs):
            self._rpc.unmoved(at.height, at.block_hash)
            return Reply(absent=True)
        asked = Output(outpoint, made.raw.outputs[outpoint.vout], made.block_hash)
        if is_unspendable(asked.output.script):
            return Reply(absent=True)
        if not made.block_hash:
            return self._unspent(asked, at, own, "pending", made.source)
        height = self._rpc.standing(made.block_hash, at.block_hash)
        if height is None:
            self._rpc.unmoved(at.height, at.block_hash)
            return Reply(absent=True)
        told = self._rpc.call("gettxout", outpoint.txid, outpoint.vout, False, pin=at.block_hash)  # noqa: FBT003  # as the RPC has it
        if isinstance(told.result, RpcError) or told.source is None:
            error = told.result if isinstance(told.result, RpcError) else RpcError(0, "nothing was kept")
            raise Refused(self._rpc.sentence("gettxout", error))
        if told.result is not None:
            entry = as_table(told.result)
            said = RawOutput(as_satoshi(entry.get("value")), as_bytes(as_table(entry.get("scriptPubKey")).get("hex")))
            self._holds(asked, said, as_hash(entry.get("bestblock")), at)
            return self._unspent(asked, at, own, "unspent set", told.source)
        return self._by_index(asked, at, own) or self._by_reading(asked, height, at, own, told.source)

    def _holds(self, asked: Output, said: RawOutput, best: str, at: Status) -> None:
        """Raises unless the unspent set speaks of this very output, and of `at` or of a later tip of the same chain.

        What is unspent later was unspent at `at`.
        """
        if said != asked.output:
            raise Malformed(
                f"{self._rpc.host} says {said.value} satoshi of {asked.outpoint}, whose bytes say {asked.output.value} "
                "or another script: distrust this node"
            )
        if best != at.block_hash and self._rpc.block_hash(at.height, best) != at.block_hash:
            raise Unavailable(
                f"{self._rpc.host} changed its chain while it was asked about {asked.outpoint}: run again"
            )

    def _unspent(self, asked: Output, at: Status, own: Status, how: str, source: Source) -> Reply:
        """Unspent at `at`, with what is about to spend it."""
        address = script_address(asked.output.script, asked.outpoint.chain)[1] or ""
        rests = Unspent(asked.outpoint, address, at.height, at.block_hash, at.time, how, source)
        pending, gaps = self._pending(asked.outpoint, at, own)
        return Reply((pending,) if pending else (), (rests,), gaps=gaps)

    def _by_index(self, asked: Output, at: Status, own: Status) -> Reply | None:
        """The spender that the node's index names; None where it has none, or does not answer."""
        named = self._named(asked.outpoint, at.block_hash) if "spender" in own.indices else None
        if named is None or isinstance(named, RpcError):
            return None
        sighting = self._transactions.sighting(named[0], at, own, named[1])
        if sighting is None:
            return None
        found = self._checked(sighting, asked.outpoint, at, own)
        return Reply((found,)) if found is not None else None

    def _by_reading(self, asked: Output, height: int, at: Status, own: Status, source: Source) -> Reply:
        """The spender out of the blocks from the one that made the output."""
        outpoint = asked.outpoint
        found = self._scanner.spender(outpoint, asked.output.script, height, at, own)
        if isinstance(found, Spent):
            spender = self._transactions.assembled(found.raw, found.block, found.position, found.source, own)
            return Reply((spender,))
        if not found.why:
            return self._unspent(asked, at, own, "all blocks read", source)
        text = (
            f"what spends {outpoint} was not found: it is spent, blocks {height} to {found.next_height - 1} of "
            f"{at.height} were read, and {found.why}; raise the limit, set txospenderindex=1 or blockfilterindex=1 in "
            "the node, or add another source"
        )
        return Reply(
            gaps=(Gap("history", outpoint.chain, str(outpoint), asked.output.value, text),), still_missing=True
        )

    def _pending(self, outpoint: OutPoint, at: Status, own: Status) -> tuple[Transaction | None, tuple[Gap, ...]]:
        """The pending transaction that spends an output, where there is one; a gap where it is not said which."""
        named = self._named(outpoint, "")
        txids = self._mempool() if isinstance(named, RpcError) else [named[0]] if named else []
        if txids is None:
            told = self._rpc.call("gettxout", outpoint.txid, outpoint.vout, True).result  # noqa: FBT003  # as the RPC has it
            if told is not None:
                return None, ()
            text = f"a pending transaction spends {outpoint}, and the node at {self._rpc.host} does not say which"
            return None, (Gap("source", outpoint.chain, str(outpoint), None, text),)
        for txid in txids:
            raw = self._transactions.bytes_of(txid)
            if raw is not None and (named == (txid, "") or spends(raw, outpoint)):
                sighting = self._transactions.sighting(txid, at, own)
                found = self._checked(sighting, outpoint, at, own) if sighting else None
                if found is not None:
                    return found, ()
        return None, ()

    def _named(self, outpoint: OutPoint, pin: str) -> tuple[str, str] | RpcError | None:
        """The txid, and the block where it says one, of what the node says spends an output."""
        wanted: list[dict[str, str | int]] = [{"txid": outpoint.txid, "vout": outpoint.vout}]
        told = self._rpc.call("gettxspendingprevout", wanted, pin=pin).result
        if isinstance(told, RpcError):
            return told
        for entry in map(as_table, as_list(told)):
            if (txid := entry.get("spendingtxid")) is not None:
                block_hash = entry.get("blockhash")
                return as_hash(txid), as_hash(block_hash) if block_hash is not None else ""
        return None

    def _mempool(self) -> list[str] | None:
        """The txids of the mempool; None where they are too many to be read through, or not told."""
        told = self._rpc.call("getrawmempool").result
        if isinstance(told, RpcError):
            return None
        txids = as_list(told)
        return [as_hash(txid) for txid in txids] if len(txids) <= _MEMPOOL_READ else None

    def _checked(self, sighting: Sighting, outpoint: OutPoint, at: Status, own: Status) -> Transaction | None:
        """The transaction, if its bytes spend the output. Raises Malformed, else."""
        if not spends(sighting.raw, outpoint):
            raise Malformed(
                f"{self._rpc.host} says that {sighting.raw.txid} spends {outpoint}; its bytes do not: distrust it"
            )
        return self._transactions.placed(sighting, at, own)
