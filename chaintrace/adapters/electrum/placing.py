"""From a raw transaction to one of the model: its block and position, proven, and the values that its inputs spend.

The protocol does not say in which block a txid is. The history of a script that the transaction pays names the height;
where no history does (each too long for the server), the server's node is asked. Either is only a hint: the place
counts when the Merkle branch leads to that block's header.
"""

from dataclasses import dataclass, replace

from chaintrace.adapters.bitcoin.assembly import Standing, assemble
from chaintrace.adapters.bitcoin.networks import native
from chaintrace.adapters.bitcoin.rawblock import RawOutput, RawTransaction
from chaintrace.adapters.electrum.reading import Told, Withheld
from chaintrace.adapters.electrum.server import Server
from chaintrace.adapters.network import Status
from chaintrace.addresses import is_unspendable
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.chain import Block
from chaintrace.model.transaction import PENDING_RANK, Transaction

MOST_SCRIPTS = 5
"""So many of a transaction's scripts are asked for their history before the server's node is asked for its block."""
_LATE = 4
"""Blocks that may have come between the tip and the answer of the node."""
_NO_BLOCK = Block(None, "", None)


@dataclass(frozen=True, slots=True)
class Look:
    """A server as of one tip. Every function raises Unavailable, Refused or Malformed."""

    server: Server
    at: Status

    @property
    def chain(self) -> str:
        """The chain that is looked at."""
        return self.server.chain

    def begin(self) -> None:
        """Make sure that the server is on the branch of the tip; Malformed where the tip is of another chain."""
        if self.at.chain and self.at.chain != self.chain:
            raise Malformed(
                f"{self.server.host} is a server of {self.at.chain}, and the source is declared as {self.chain}: "
                "correct the chain or the url of the source"
            )
        self.server.header(self.at.height, self.at.block_hash, self.at.block_hash)

    def end(self) -> None:
        """Make sure that it still is: what was read since `begin` then holds at the tip. Asked each time."""
        self.server.header(self.at.height, "", self.at.block_hash)

    def unmoved(self) -> None:
        """Make sure that no block has come since, which would explain why two answers do not agree. Asked each time."""
        height, header = self.server.tip(self.chain)
        if header.hash != self.at.block_hash:
            raise Unavailable(
                f"{self.server.host} went on from height {self.at.height} to {height} while it was read, so its "
                "answers are of different moments: ask for its tip again, what was fetched is kept"
            )

    def transaction(self, told: Told[RawTransaction]) -> Transaction | Withheld:
        """The transaction with its place, wherever it is; Withheld where the server does not name its height."""
        height = self._height(told.value)
        return height if isinstance(height, Withheld) else self.placed(told, height)

    def placed(self, told: Told[RawTransaction], height: int) -> Transaction:
        """The transaction with its place at a height and its inputs' values in satoshi.

        A height of 0 or less, or after the tip, is that of a pending transaction: no block, the rank after every block.
        """
        raw = told.value
        spent = self._spent(raw)
        asset = native(self.chain)
        if height <= 0 or height > self.at.height:
            last = Standing(_NO_BLOCK, PENDING_RANK, max(0, -height))
            return replace(assemble(raw, asset, last, spent, told.source), block=None, status="pending")
        header = self.server.header(height, self.at.block_hash)
        position = self.server.position(raw.txid, height, header, self.at.block_hash)
        if raw.coinbase != (position == 0):
            raise Malformed(
                f"{self.server.host} puts transaction {raw.txid} at position {position} of block {height}, where a "
                "block has its coinbase first and nowhere else: it is not used; ask another source"
            )
        block = Block(height, header.hash, header.time)
        return assemble(raw, asset, Standing(block, height, position), spent, told.source)

    def _spent(self, raw: RawTransaction) -> tuple[RawOutput, ...]:
        """The output behind each input, from the proven bytes of the transaction that made it."""
        if raw.coinbase:
            return ()
        why = f"whose output transaction {raw.txid} spends"
        made = {
            txid: self.server.needed(txid, why).value.outputs
            for txid in dict.fromkeys(entry.prev_txid for entry in raw.inputs)
        }
        for entry in raw.inputs:
            if entry.prev_vout >= len(made[entry.prev_txid]):
                raise Malformed(
                    f"{self.server.host} gives a transaction {raw.txid} that spends {entry.prev_txid}:"
                    f"{entry.prev_vout}, and there is no such output: no chain holds it; ask another source"
                )
        return tuple(made[entry.prev_txid][entry.prev_vout] for entry in raw.inputs)

    def _height(self, raw: RawTransaction) -> int | Withheld:
        """The height that the server names for a transaction; 0 or -1 while it is pending."""
        scripts = dict.fromkeys(output.script for output in raw.outputs if not is_unspendable(output.script))
        for script in list(scripts)[:MOST_SCRIPTS]:
            entries = self.server.history(script, self.at.block_hash, raw.txid)
            if not isinstance(entries, Withheld):
                return next(entry.height for entry in entries if entry.txid == raw.txid)
        return self._height_by_node(raw.txid)

    def _height_by_node(self, txid: str) -> int | Withheld:
        """The same in the words of the server's node, which counts confirmations from a tip that may have moved on."""
        said = self.server.confirmed(txid, self.at.block_hash)
        if said is None or isinstance(said, Withheld):
            return 0 if said is None else said
        confirmations, block_hash = said
        least = max(1, self.at.height - confirmations + 1)
        for height in range(least, least + _LATE):
            if self.server.header(height, self.at.block_hash).hash == block_hash:
                return height
        raise Unavailable(
            f"{self.server.host} says that transaction {txid} is in block {block_hash}, and does not have that block "
            f"near height {least}: the chain was re-organised meanwhile; ask for its tip again"
        )
