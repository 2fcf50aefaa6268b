"""The way to a credit leads through the pool of a declared wallet, whichever of its addresses was paid."""

from __future__ import annotations

from types import SimpleNamespace

from chaintrace.model.trace import Endpoint, Options, Wallet
from chaintrace.report import paths
from chaintrace.report.shortest import Ways, addresses_of
from chaintrace.tracing import trace
from tests.chaintrace.tracing.ledger import payments

PAIR = Options(wallets=(Wallet("the two", frozenset({"ann", "amy"})),))


def test_the_shortest_way_and_the_steps_on_it_begin_at_the_payment():
    ledger = payments(("victim", "ann", 10), ("amy", "bank", 9)).tag("bank")
    found = trace(ledger, (ledger.seed("t1"),), "fifo", options=PAIR, steps=True)
    [credit] = found.of(Endpoint)
    assert Ways(found).txids([credit]) == ("t1", "t2")
    path = paths.Ways(SimpleNamespace(trace=found)).back(SimpleNamespace(credits=(credit,)), credit)
    assert path.seed is not None
    assert (path.seed.txid, [step.transaction.txid for step in path.steps]) == ("t1", ["t2"])


def test_a_pool_of_one_address_is_that_address_whatever_signs_it_has():
    assert addresses_of("ann") == ("ann",)
    assert addresses_of("amy;ann") == ("amy", "amy;ann", "ann")
