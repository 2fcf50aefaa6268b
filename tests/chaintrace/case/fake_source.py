"""A network source that answers from a list of transactions, fails where it is told to, and counts what it is asked.

source = FakeSource(ledger.transactions.values(), tip=Block(3, "b3", None))
source.asked[MissingSpender(...)]          how often a question came
source.failing = lambda question: Unavailable("no")      or None to answer it
source.reorganise(transactions, blocks)    the chain as it is from now on
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import replace

from chaintrace.adapters.network import Endpoint, Reply, Status
from chaintrace.case.opening import Ground
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Source, Unspent
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.store import Network
from chaintrace.store.answers import question_text
from chaintrace.store.interface import nowhere


class FakeSource:
    """Answers for one chain of outputs. Any number of threads may ask."""

    def __init__(self, transactions, *, chain="bitcoin", name="fake", tip=None, delays=0):
        self.endpoint = Endpoint("esplora", chain, f"http://{name}", name, "own")
        self.asked: Counter = Counter()
        self.failing = lambda _: None
        self._delays = delays
        self._lock = threading.Lock()
        self.reorganise(transactions, tip=tip)

    def reorganise(self, transactions, *, tip=None, orphans=()):
        """From now on the chain is this one; `orphans` are heights that have another block now."""
        self.transactions = {tx.txid: tx for tx in transactions}
        self.spenders = {leg.holding: tx for tx in self.transactions.values() for leg in tx.utxo.inputs}
        blocks = [tx.block for tx in self.transactions.values() if tx.block]
        self.blocks = {block.height: block.hash for block in blocks}
        times = [block.time for block in blocks if block.height == max(self.blocks)]
        highest = max(self.blocks, default=0)
        end = max((time for time in times if time is not None), default=None)
        self.tip = tip or Block(highest, self.blocks.get(highest, "genesis"), end)
        self.blocks.setdefault(self.tip.height, self.tip.hash)
        self.blocks.update({height: f"other{height}" for height in orphans})

    @property
    def network(self):
        return Network(self.endpoint.chain, self.endpoint.adapter, self.endpoint.shown)

    def status(self):
        self._met("status")
        return Status(self.endpoint.chain, self.tip.height, self.tip.hash, self.tip.time, synced=True)

    def block_hash(self, height):
        self._met(("block", height))
        if height > self.tip.height:
            raise Unavailable(f"no block at {height} yet")
        return self.blocks.get(height, f"empty{height}")

    def reply(self, missing, at):
        self._met(missing)
        if isinstance(missing, MissingTransaction):
            found = self.transactions.get(missing.txid)
            return Reply((self._told(found, missing),)) if found else Reply(absent=True)
        assert isinstance(missing, MissingSpender)
        spender = self.spenders.get(missing.outpoint)
        if spender is not None:
            return Reply((self._told(spender, missing),))
        return self._unspent(missing, at)

    def _unspent(self, missing, at):
        outpoint: OutPoint = missing.outpoint
        parent = self.transactions.get(outpoint.txid)
        if parent is None or outpoint.vout >= len(parent.utxo.outputs):
            return Reply(absent=True)
        address = parent.utxo.outputs[outpoint.vout].address
        told = (outpoint, address, at.height, at.block_hash, at.time, "unspent set", self._source(missing))
        return Reply(unspent=(Unspent(*told),))

    def _told(self, tx: Transaction, missing) -> Transaction:
        return replace(tx, source=self._source(missing))

    def _source(self, missing) -> Source:
        return Source("esplora", question_text(missing), "0" * 64)

    def _met(self, question):
        """Count a question, wait a little, and fail where a test says so."""
        with self._lock:
            self.asked[question] += 1
        if self._delays:
            time.sleep(random.random() * self._delays)
        failure = self.failing(question)
        if failure is not None:
            raise failure


def ground(store, *sources, tags=None) -> Ground:
    """A case that rests on nothing but network sources."""
    return Ground(store, (), nowhere, (), {}, tags or {}, (), (), tuple(source.network for source in sources))
