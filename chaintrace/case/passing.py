"""A source that is gone through several times: what is small enough is read once and answers from memory then."""

from collections.abc import Iterator
from dataclasses import replace

from chaintrace.adapters.interface import FactSource
from chaintrace.adapters.transactions_asked import LEGS
from chaintrace.case.view import CaseView
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Coverage, Gap, Source
from chaintrace.model.transaction import Transaction


class Passing:
    """A source that is asked, with its transactions in memory after the first pass over all of them if they are few.

    One with more than `LEGS` inputs and outputs is read anew in each pass. It answers as the source does: what that has
    twice it is asked about itself. The inputs and outputs of a file's transactions are those that it keeps as well.
    """

    whole = False

    def __init__(self, asked: FactSource) -> None:
        self._asked = asked
        self._kept: tuple[Transaction, ...] | None = None
        self._by_txid: dict[str, Transaction | None] = {}
        self._by_outpoint: dict[OutPoint, Transaction | None] = {}

    @property
    def source(self) -> Source:
        """That of the source."""
        return self._asked.source

    def coverage(self) -> tuple[Coverage, ...]:
        """That of the source."""
        return self._asked.coverage()

    def gaps(self) -> tuple[Gap, ...]:
        """Those of the source."""
        return self._asked.gaps()

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction in chain order. Raises as the source does."""
        if self._kept is not None:
            yield from self._kept
            return
        kept, legs = list[Transaction](), 0
        for transaction in self._asked.transactions():
            legs += sum(len(part.inputs) + len(part.outputs) for part in transaction.transfers)
            if legs <= LEGS:
                kept.append(transaction)
            else:
                kept.clear()
            yield transaction
        if legs <= LEGS:
            self._keep(tuple(kept))

    def _keep(self, kept: tuple[Transaction, ...]) -> None:
        """Answer from memory from now on."""
        for one in kept:
            self._by_txid[one.txid] = None if one.txid in self._by_txid else one
            for leg in one.utxo.inputs if one.utxo is not None else ():
                if isinstance(leg.holding, OutPoint):
                    self._by_outpoint[leg.holding] = None if leg.holding in self._by_outpoint else one
        self._kept = kept

    def transaction(self, txid: str) -> Transaction | None:
        """One transaction by txid; None where the source does not hold it."""
        found = self._by_txid.get(txid)
        if found is not None or (self._kept is not None and txid not in self._by_txid):
            return found
        return self._asked.transaction(txid)

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction of the source that spends an output; None where none does."""
        found = self._by_outpoint.get(outpoint)
        if found is not None or (self._kept is not None and outpoint not in self._by_outpoint):
            return found
        return self._asked.spender(outpoint)


def passing(view: CaseView) -> CaseView:
    """The same view, whose only source is kept in memory if it is small; a view of several as it is."""
    several = [source for sources in view.lookups.values() for source in sources]
    if len(view.sources) != 1 or len(several) != 1:
        return view
    [chain] = view.lookups
    return replace(view, lookups={chain: (Passing(several[0]),)})
