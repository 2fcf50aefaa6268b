"""A network source of an account chain, which answers as explorers and nodes do: lists of what touches one account.

    source = FakeAccounts(ledger.transactions.values(), kinds={"ann": "busy", "bob": "since"})

Kinds: `whole` (everything, from the first event on), `since` (from the first receipt on, with the balance before it),
`claimed` (everything, but nobody can prove it), `busy` (not told), `empty` (an answer without what was asked for).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from chaintrace.adapters.network import Reply
from chaintrace.adapters.ranks import rank_of
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Coverage, Gap
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import MissingHistory, MissingTransaction
from chaintrace.store.answers import question_text
from tests.chaintrace.case.fake_source import FakeSource

CHAIN = "ethereum"


class FakeAccounts(FakeSource):
    """Answers for one chain of accounts. Any number of threads may ask."""

    def __init__(self, transactions, *, kinds=None, kind="whole", finalized=None, chain=CHAIN, **more):
        self.kinds, self.kind, self.finalized = kinds or {}, kind, finalized
        super().__init__(transactions, chain=chain, **more)

    def reorganise(self, transactions, *, tip=None, orphans=()):
        """From now on the chain is this one."""
        self.transactions = {tx.txid: tx for tx in transactions}
        blocks = [tx.block for tx in self.transactions.values() if tx.block]
        self.blocks = {block.height: block.hash for block in blocks}
        highest = max(blocks, key=lambda block: block.height, default=Block(0, "genesis", None))
        self.tip = tip or highest
        self.blocks[self.tip.height] = self.tip.hash
        self.blocks.update({height: f"other{height}" for height in orphans})

    def status(self):
        return replace(super().status(), finalized=self.finalized)

    def reply(self, missing, at):
        self._met(missing)
        if isinstance(missing, MissingTransaction):
            found = self.transactions.get(missing.txid)
            return Reply((self._told(found, missing),)) if found else Reply(absent=True)
        assert isinstance(missing, MissingHistory)
        kind = self.kinds.get(missing.account.address, self.kind)
        if kind == "busy":
            text = f"{missing.account.address} has 12,000 movements and looks like a service's address."
            return Reply(gaps=(self._gap("source", missing, text),), still_missing=True)
        if kind == "empty":
            return Reply()
        return self._history(missing, at, kind)

    def _history(self, missing: MissingHistory, at, kind):
        end = rank_of(self.endpoint.chain, Block(at.height, at.block_hash, at.time))
        start = missing.since if kind == "since" else 0
        opening = {"whole": 0, "claimed": None, "since": self.balance(missing.account, start)}[kind]
        how = {"whole": "counter equal", "claimed": "claimed", "since": "balance equal"}[kind]
        account = missing.account
        one = frozenset({account.address}), frozenset({account.asset.contract})
        told = [self._told(tx, missing) for tx in self.touching(account) if start <= tx.transfers[0].order[0]]
        told = [tx for tx in told if tx.block is None or tx.height <= at.height]
        cover = Coverage(account.chain, *one, start, end, at.height, at.time, how, opening)
        gaps = (self._gap("claimed", missing, f"The history of {account.address} is claimed to be complete."),)
        return Reply(tuple(told), coverage=(cover,), gaps=gaps if kind == "claimed" else ())

    def _source(self, missing):
        """An answer of another chain is another answer."""
        digest = hashlib.sha256(f"{question_text(missing)} {self.tip.hash}".encode()).hexdigest()
        return replace(super()._source(missing), sha256=digest)

    def _gap(self, kind, missing, text):
        return Gap(kind, self.endpoint.chain, missing.account.address, None, text, missing.account.asset.contract)

    def touching(self, account: Account):
        """The transactions that touch an account, each with nothing but the transfers that do."""
        for tx in self.transactions.values():
            own = tuple(transfer for transfer in tx.transfers if touches(transfer, account))
            if own:
                yield replace(tx, transfers=own)

    def balance(self, account: Account, before: int):
        """What lies in an account just before a rank, when it began with nothing."""
        total = 0
        for transfer in (transfer for tx in self.touching(account) for transfer in tx.transfers):
            if transfer.order[0] < min(before, PENDING_RANK):
                value = transfer.value or 0
                total += value * (bool(transfer.outputs) and transfer.outputs[0].address == account.address)
                total -= value * (bool(transfer.inputs) and transfer.inputs[0].address == account.address)
        return total


def touches(transfer, account: Account) -> bool:
    """Whether a transfer moves the account's asset to or from it."""
    legs = (*transfer.inputs, *transfer.outputs)
    return transfer.asset == account.asset and any(leg.address == account.address for leg in legs)
