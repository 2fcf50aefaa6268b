"""What a rule of continuation says of a transaction: where value goes on, or why it says nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from chaintrace.model.finding import Continues
from chaintrace.model.log import Log, Sent, logs_in, sent_in
from chaintrace.model.protocol import Event, Protocols
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.continuations.arguments import Said

THROUGH = ("sent", "received", "order", "trade", "router", "pool")
"""The shapes of rows of which somebody expects that value goes on behind them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence about one address of a transaction; with the finding where value goes on, without where not.

    `is_others`: another rule of continuation says where it goes on, so that there is nothing to explain.
    """

    what: str
    address: str
    text: str
    finding: Continues | None = None
    is_others: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one transaction: its logs, how it was sent, and what is known of protocols."""

    transaction: Transaction
    logs: tuple[Log, ...]
    sent: Sent | None
    protocols: Protocols

    @property
    def emitters(self) -> frozenset[str]:
        """The addresses that logged something. An account without code never does."""
        return frozenset(log.emitter for log in self.logs)

    @property
    def sender(self) -> str:
        """Who sent it; `""` where nobody says."""
        return self.sent.sender if self.sent is not None else self.transaction.sender

    def said(self, *shapes: str) -> tuple[Said, ...]:
        """The logs that a row of one of these shapes reads: at the contract that the row names, or at any one.

        Only of pools, shares and accounts any contract may log it; a bridge or an order counts at its own contract.
        """
        protocols, chain = self.protocols, self.transaction.chain
        return tuple(
            said
            for log in self.logs
            for row in (*protocols.at(chain, log.emitter, log.topic), *protocols.anywhere(log.topic))
            if row.shape in shapes and (said := self.read(log, row)).fits
        )

    def read(self, log: Log, row: Event) -> Said:
        """A log of the transaction, read by a row."""
        return Said(log, row, self.protocols, self.logs, self.transaction, self.sent)

    @property
    def protocol(self) -> str:
        """A protocol that it goes through, by the contract that was called or by those that logged; `""` for none."""
        called = self.rows(self.sent.to, *THROUGH) if self.sent is not None else ()
        named = [row.protocol for row in called] or [said.event.protocol for said in self.said(*THROUGH)]
        return next(iter(named), "")

    def rows(self, contract: str, *shapes: str) -> tuple[Event, ...]:
        """The rows of these shapes about a contract of the transaction's chain."""
        return tuple(row for row in self.protocols.of(self.transaction.chain, contract) if row.shape in shapes)


def seen(transaction: Transaction, view: View) -> Seen:
    """What a view knows of a transaction beside its movements."""
    told = view.observations(transaction.chain, transaction.txid)
    return Seen(transaction, logs_in(told), next(iter(sent_in(told)), None), view.protocols())


def findings(verdicts: Iterable[Verdict]) -> Iterable[Continues]:
    """What verdicts found."""
    return (verdict.finding for verdict in verdicts if verdict.finding is not None)
