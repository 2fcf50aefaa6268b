"""A small chain of outputs under test: payments by the names of their addresses, and the view that rules ask."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset, Block, OutPoint
from chaintrace.model.finding import Service
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryFacts

CHAIN = "bitcoin-regtest"
BTC = Asset(CHAIN, "", "BTC", 8)


class Outputs:
    """Transactions in the order in which they are made, a block each."""

    def __init__(self) -> None:
        self.made: list[Transaction] = []

    def mint(self, address, value, **told) -> Leg:
        """A coinbase with one output."""
        return self.spend([], [(address, value)], **told)[0]

    def spend(self, inputs, outputs, *, version=2, locktime=0, sequence=0xFFFF_FFFD) -> tuple[Leg, ...]:
        """One transaction: it spends legs that others made, and makes outputs (address, value[, type]).

        The address None makes an output that nobody can spend.
        """
        number = len(self.made)
        txid = f"{number:064x}"
        spent = tuple(replace(leg, index=place, sequence=sequence) for place, leg in enumerate(inputs))
        made = tuple(
            Leg(value, None if address is None else OutPoint(CHAIN, txid, vout), address or "", vout, *kind)
            for vout, (address, value, *kind) in enumerate(outputs)
        )
        transfer = Transfer("utxo", "utxo", BTC, spent, made, (number, 0, 0))
        block = Block(number, "", 1_600_000_000 + 600 * number)
        self.made.append(Transaction(CHAIN, txid, block, 0, (transfer,), version=version, locktime=locktime))
        return made

    @property
    def last(self) -> Transaction:
        """The transaction that was made last."""
        return self.made[-1]

    def maker(self, leg: Leg) -> Transaction:
        """The transaction that made an output."""
        return next(one for one in self.made if leg in one.transfers[0].outputs)

    def view(self, complete=frozenset(), tags=(), coinjoins=(), **told) -> CaseView:
        """What is known: all of these transactions, and every movement of `complete` (None: of all addresses).

        `told` is what else the coverage says: how anybody knows, the opening balance.
        """
        said = {
            (CHAIN, address): (Tag(CHAIN, address, "", actor, "exchange", 50, "a list"),) for address, actor in tags
        }
        found = {(CHAIN, txid): (Service(CHAIN, txid, "", (txid,), "coinjoin_generic", 1, 50),) for txid in coinjoins}
        coverage = (Coverage(CHAIN, complete, None, 0, 10**6, 10**6, None, **told),)
        return CaseView(MemoryFacts(self.made), coverage, all_tags=said, all_findings=found)


def named(said) -> list[tuple[str, str]]:
    """Who is named with whom."""
    return [(one.subject, one.object) for one in said]
