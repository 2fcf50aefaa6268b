"""Continuations for tests: `continues(["t2:0"], ["t2:1"])` on a ledger, and several ledgers as one view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chaintrace.model.chain import Account, OutPoint
from chaintrace.model.finding import Continues, Moved
from chaintrace.model.protocol import Protocols
from chaintrace.model.view import MissingLogs
from tests.chaintrace.tracing.ledger import LEDGER, Ledger


def moved(name: str) -> Moved:
    """`t2:0` on the ledger, `other/t2:0` on another chain."""
    chain, _, leg = name.rpartition("/")
    txid, _, index = leg.rpartition(":")
    return Moved(chain or LEDGER, txid, index)


def continues(
    outgoing: Sequence[str],
    incoming: Sequence[str] = (),
    refunded: Sequence[str] = (),
    rule: str = "swap",
    **more: object,
) -> Continues:
    """A continuation between legs named as `moved` does."""
    out, into, back = (tuple(map(moved, names)) for names in (outgoing, incoming, refunded))
    first = out[0]
    return Continues(
        first.chain,
        first.txid,
        into[0].txid if into else "a key",
        (first.txid,),
        rule,
        1,
        90,
        outgoing=out,
        incoming=into,
        refunded=back,
        **more,
    )


def link(ledger: Ledger, *found: Continues) -> Ledger:
    """The ledger with these continuations in use."""
    return replace(ledger, linked=found)


@dataclass
class Chains:
    """Several ledgers, each with its own chain, as one view."""

    ledgers: tuple[Ledger, ...]
    linked: tuple[Continues, ...] = ()

    def of(self, chain: str) -> Ledger:
        """The ledger of a chain; an empty one where there is none."""
        return next((one for one in self.ledgers if one.chain == chain), Ledger(chain, covered=frozenset()))

    def transaction(self, chain: str, txid: str):
        return self.of(chain).transaction(chain, txid)

    def history(self, account: Account, since: int = 0):
        return self.of(account.chain).history(account, since)

    def spender(self, outpoint: OutPoint):
        return self.of(outpoint.chain).spender(outpoint)

    def unspent(self, outpoint: OutPoint):
        return self.of(outpoint.chain).unspent(outpoint)

    def coverage(self, chain: str, address: str, contract: str):
        return self.of(chain).coverage(chain, address, contract)

    def assets(self, chain: str):
        return self.of(chain).assets(chain)

    def tags(self, chain: str, address: str):
        return self.of(chain).tags(chain, address)

    def observations(self, chain: str, subject: str):
        return self.of(chain).observations(chain, subject)

    def findings(self, chain: str, subject: str):
        return self.of(chain).findings(chain, subject)

    def continuations(self) -> tuple[Continues, ...]:
        return self.linked

    def protocols(self) -> Protocols:
        return Protocols()

    def logs(self, chain: str, contract: str, topic: str, key: str, place: int = 1) -> MissingLogs:
        return MissingLogs(chain, contract, topic, key, place)
