"""A connected Esplora server: what it is, and its answers to what a trace misses, each proven as far as it can be.

A transaction is the bytes of its txid. Its block is a header with work, to whose root a Merkle branch leads, and that
gives its position. Its input values come from the bytes of the transactions that it spends. A spender is one whose
bytes spend the output. That an output is not spent nobody can prove: two of the server's lists must say so, else the
reply carries a Gap. Height, and that a block is in the chain, are the server's word, held against what it said before.
"""

from dataclasses import replace

from chaintrace.adapters.bitcoin.assembly import Standing, assemble
from chaintrace.adapters.bitcoin.networks import native
from chaintrace.adapters.bitcoin.proofs import chain_of_genesis
from chaintrace.adapters.bitcoin.rawblock import Header, RawOutput, RawTransaction
from chaintrace.adapters.esplora.asking import Asking
from chaintrace.adapters.esplora.history import MOST, Histories, holder_of
from chaintrace.adapters.esplora.reading import Said
from chaintrace.adapters.network import Endpoint, Reply, Status, Unspent
from chaintrace.adapters.tips import hash_at
from chaintrace.adapters.transport import Door
from chaintrace.addresses import is_unspendable, script_address
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import PENDING_RANK, Transaction
from chaintrace.model.view import MissingFact, MissingSpender, MissingTransaction

INDICES = frozenset({"txid", "spender", "address"})


class EsploraSource:
    """Answers from one server (`network.NetworkSource`).

    Threads may share it. `most` is the number of transactions of the longest history that is read.
    """

    def __init__(self, endpoint: Endpoint, door: Door, most: int = MOST) -> None:
        self.endpoint = endpoint
        self._ask = Asking(endpoint, door)
        self._most = most
        self._agreed: set[str] = set()

    def status(self) -> Status:
        """Chain, height and tip, asked now. `synced` is None: the server does not say what it has yet to read."""
        chain = self._chain("")
        tip = self._ask.tip()
        header, height = self._ask.header(tip, chain), self._ask.height(tip)
        if header is None or height is None:
            raise Unavailable(f"{self._ask.host} names {tip} as its last block and does not have it: try again later")
        return Status(chain, height, tip, header.time, None, INDICES)

    def block_hash(self, height: int) -> str:
        """The hash of the canonical block at a height, asked now. Raises Unavailable where the chain is shorter."""
        return hash_at(self._ask.host, height, self._ask.block_at(height, ""))

    def headers(self, first: int, count: int) -> tuple[Header, ...]:
        """See `HeaderSource`. Each header is asked for by its hash, from the last one back."""
        height = self._ask.height(self._ask.tip())
        last = min(first + count - 1, height or 0)
        own, found = self._ask.block_at(last, ""), list[Header]()
        for _ in range(max(0, last - first + 1)):
            header = None if own is None else self._ask.header(own)
            if header is None:
                raise Unavailable(f"{self._ask.host} does not have all headers from height {first} on: try again later")
            found.append(header)
            own = header.prev_hash
        return tuple(reversed(found))

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Raises Unavailable, Refused or Malformed."""
        self._agree(at)
        if isinstance(missing, MissingTransaction):
            gaps: list[Gap] = []
            found = self._transaction(missing.txid, at, gaps)
            return self._absent(at) if found is None else Reply((found,), gaps=tuple(gaps))
        if isinstance(missing, MissingSpender):
            return self._spending(missing.outpoint, at)
        return Histories(self._ask, self._transaction, self._most).reply(missing.account.address, at)

    def _chain(self, pin: str) -> str:
        """The chain that the server's genesis block names."""
        genesis = self._ask.block_at(0, pin)
        return "" if genesis is None else chain_of_genesis(genesis)

    def _absent(self, at: Status) -> Reply:
        """That there is no such thing, as of the tip, when the chain still holds it."""
        self._ask.tip_over(at)
        return Reply(absent=True)

    def _agree(self, at: Status) -> None:
        """Raise where the server is of another chain than the endpoint says, behind the tip, or on another fork."""
        if at.block_hash in self._agreed:
            return
        host, chain = self._ask.host, self._chain(at.block_hash)
        if chain != self.endpoint.chain:
            raise Malformed(
                f"{host} is a server of {chain or 'no chain that it names'}, not of {self.endpoint.chain}: nothing of "
                f"it is used; give the url of a server of {self.endpoint.chain}"
            )
        theirs = self._ask.block_at(at.height, at.block_hash)
        if theirs is None:
            raise Unavailable(
                f"{host} has no block at height {at.height}, which is the tip of this run: it is not synced, and what "
                "it does not know may exist; try again later, or ask another source"
            )
        if theirs != at.block_hash:
            raise Unavailable(
                f"{host} has block {theirs} at height {at.height}, where the tip of this run is {at.block_hash}: it "
                "follows another fork, or the chain was re-organised; run again, or ask another source"
            )
        self._agreed.add(at.block_hash)

    def _transaction(self, txid: str, at: Status, gaps: list[Gap], status: Said | None = None) -> Transaction | None:
        """The transaction with its place in the chain and its input values; None when the server has none such.

        `status` is what a list already said of its confirmation. What was not proven is added to `gaps`.
        """
        found = self._ask.raw(txid)
        if found is None:
            return None
        raw, source = found
        standing = self._standing(raw, status or self._ask.status(txid, at.block_hash), at)
        spent = () if raw.coinbase else self._spent(raw, gaps)
        asset = native(self.endpoint.chain)
        if standing is not None:
            return assemble(raw, asset, standing, spent, source)
        nowhere = Standing(Block(None, "", None), PENDING_RANK, 0)
        return replace(assemble(raw, asset, nowhere, spent, source), block=None, status="pending")

    def _standing(self, raw: RawTransaction, status: Said, at: Status) -> Standing | None:
        """Where a transaction stands, proven by its Merkle branch; None where no block up to the tip holds it."""
        if not status.flag("confirmed") or status.integer("block_height") > at.height:
            return None
        host, block_hash, height = self._ask.host, status.hash("block_hash"), status.integer("block_height")
        header = self._ask.header(block_hash)
        canonical = self._ask.block_at(height, at.block_hash)
        position = None if header is None else self._ask.position(raw.txid, height, header)
        if header is None or position is None or canonical != block_hash:
            raise Unavailable(
                f"{host} puts transaction {raw.txid} into block {block_hash} at height {height}, and then no longer "
                "does: the chain was re-organised meanwhile; try again later"
            )
        if raw.coinbase != (position == 0):
            raise Malformed(
                f"{host} puts transaction {raw.txid} at position {position} of block {block_hash}, where it cannot "
                "stand: nothing of it is used; ask another source"
            )
        return Standing(Block(height, block_hash, header.time), height, position)

    def _spent(self, raw: RawTransaction, gaps: list[Gap]) -> tuple[RawOutput | None, ...]:
        """The output behind each input, from the bytes of its transaction; None where the server lacks those."""
        parents = {entry.prev_txid: self._ask.raw(entry.prev_txid) for entry in raw.inputs}
        outputs: list[RawOutput | None] = []
        for entry in raw.inputs:
            parent = parents[entry.prev_txid]
            if parent is None:
                outputs.append(None)
            elif entry.prev_vout < len(parent[0].outputs):
                outputs.append(parent[0].outputs[entry.prev_vout])
            else:
                raise Malformed(
                    f"{self._ask.host} gives transaction {raw.txid}, which spends output {entry.prev_vout} of "
                    f"{entry.prev_txid}, and that has no such output: no chain holds it; ask another source"
                )
        gaps += [
            Gap(
                "source",
                self.endpoint.chain,
                raw.txid,
                None,
                f"{self._ask.host} has transaction {raw.txid} but not {txid}, which it spends: the value of that input "
                "is not known; ask another source for it",
            )
            for txid, parent in parents.items()
            if parent is None
        ]
        return tuple(outputs)

    def _spending(self, outpoint: OutPoint, at: Status) -> Reply:
        """What spends an output, or that nothing does."""
        found = self._ask.raw(outpoint.txid)
        if found is None:
            text = f"{self._ask.host} does not have the transaction that makes {outpoint}: ask another source"
            return Reply(gaps=(Gap("source", self.endpoint.chain, str(outpoint), None, text),), still_missing=True)
        if outpoint.vout >= len(found[0].outputs):
            return self._absent(at)
        output = found[0].outputs[outpoint.vout]
        if is_unspendable(output.script):
            return Reply(unspent=(self._rests(outpoint, output, at, "unspendable script", found[1]),))
        spend, source = self._ask.outspend(outpoint, at.block_hash)
        return self._spender(outpoint, spend, at) if spend.flag("spent") else self._open(outpoint, output, at, source)

    def _open(self, outpoint: OutPoint, output: RawOutput, at: Status, source: Source) -> Reply:
        """The second question about an output that one list calls unspent: whether another has it."""
        listing = self._ask.unspent(holder_of(output.script, self.endpoint.chain), at.block_hash)
        if isinstance(listing, str):
            self._ask.tip_over(at)
            gap = self._claimed(outpoint, output, listing)
            return Reply(unspent=(self._rests(outpoint, output, at, "claimed", source),), gaps=(gap,))
        here = [one for one in listing if one.hash("txid") == outpoint.txid and one.integer("vout") == outpoint.vout]
        if here and here[0].integer("value") == output.value:
            self._ask.tip_over(at)
            return Reply(unspent=(self._rests(outpoint, output, at, "asked twice", source),))
        again, _ = self._ask.outspend(outpoint, "")
        if not here and again.flag("spent"):
            return self._spender(outpoint, again, at)
        raise Malformed(
            f"{self._ask.host} says that output {outpoint} is not spent, and does not list it with {output.value} "
            "satoshi among the unspent outputs of its address: one of the two is wrong, so neither is used; try again "
            "later, or ask another source"
        )

    def _spender(self, outpoint: OutPoint, spend: Said, at: Status) -> Reply:
        """The transaction that the server names, when its bytes spend the output."""
        txid = spend.hash("txid")
        gaps: list[Gap] = []
        status = spend.part("status") if "status" in spend.fields else None
        spender = self._transaction(txid, at, gaps, status)
        if spender is None:
            raise Unavailable(
                f"{self._ask.host} names {txid} as what spends {outpoint} and does not have it: try again later"
            )
        transfer = spender.utxo
        if transfer is None or all(leg.holding != outpoint for leg in transfer.inputs):
            raise Malformed(
                f"{self._ask.host} names {txid} as what spends {outpoint}, and its bytes do not: nothing of it is "
                "used; ask another source"
            )
        return Reply((spender,), gaps=tuple(gaps))

    def _rests(self, outpoint: OutPoint, output: RawOutput, at: Status, how: str, source: Source) -> Unspent:
        """An output that nothing spends as of the tip."""
        address = script_address(output.script, self.endpoint.chain)[1] or ""
        return Unspent(outpoint, address, at.height, at.block_hash, at.time, how, source)

    def _claimed(self, outpoint: OutPoint, output: RawOutput, refusal: str) -> Gap:
        """The gap of an output that one list alone calls unspent."""
        text = (
            f"that output {outpoint} is not spent is the word of {self._ask.host} alone, because a second question was "
            f"refused ({refusal}): ask a source of your own to be sure"
        )
        return Gap("claimed", self.endpoint.chain, str(outpoint), output.value, text)
