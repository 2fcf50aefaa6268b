"""Random account chains in which nobody pays more than there is, and what is asked of them."""

from __future__ import annotations

import random
from dataclasses import replace

from chaintrace.accounting import METHODS
from chaintrace.case.follow import Goal
from chaintrace.model.trace import Limits
from chaintrace.tracing import trace
from tests.chaintrace.case.fake_accounts import CHAIN
from tests.chaintrace.tracing.ledger import FEE, Ledger, payments

NAMES = ("ann", "bob", "carl", "dora", "eve", "frank", "gil", "hal")


def solvent(seed: int, size: int = 40, chain: str = CHAIN, names=NAMES, forks_at: int = 10**9) -> Ledger:
    """Most comes from two payments, one to ann and one to bob; everybody began with nothing.

    From the height `forks_at` on, other transactions stand in other blocks.
    """
    rng, waits_for = random.Random(seed), forks_at
    held = dict.fromkeys(names, 0) | {"ann": 70, "bob": 40}
    rows = [("victim", "ann", 70), ("other", "bob", 40)]
    while len(rows) < size:
        if len(rows) + 1 == waits_for:
            rng, waits_for = random.Random(seed + 1), 0
        batch = []
        for _ in range(rng.choice([1, 1, 2])):
            luck, payer = rng.random(), rng.choice(names)
            if luck < 0.15:
                receiver, value = rng.choice(names), rng.randint(1, 50)
                batch.append(("", receiver, value))
                held[receiver] += value
            elif held[payer]:
                value = held[payer] if luck < 0.45 else rng.randint(1, held[payer])
                receiver = FEE if luck > 0.95 else rng.choice(names)
                batch.append((payer, receiver, value))
                held[payer] -= value
                if receiver is not FEE:
                    held[receiver] += value
        if batch:
            rows.append(batch)
    made = payments(*rows, chain=chain)
    for txid, tx in list(made.transactions.items()):
        if tx.height >= forks_at:
            del made.transactions[txid]
            block = replace(tx.block, hash=f"f{tx.height}")
            made.transactions[f"f{txid}"] = replace(tx, txid=f"f{txid}", block=block)
    return made


def known(ledger: Ledger) -> Ledger:
    """The same with openings that are known: nobody had anything."""
    return ledger.opened(**dict.fromkeys((*NAMES, "victim", "other"), 0))


def goal_of(ledger: Ledger, limits: Limits | None = None, methods=tuple(METHODS), options=None, seeds=()) -> Goal:
    """Both payments, under every method."""
    seeds = seeds or (ledger.seed("t1", "0", "theft"), ledger.seed("t2", "0", "fraud"))
    limits = limits or Limits()
    traced = lambda view: {name: trace(view, seeds, name, limits, options) for name in methods}  # noqa: E731  # one line
    made = Goal(seeds, limits, traced)
    return made if options is None else replace(made, options=options)


def traces(goal: Goal, view) -> dict:
    """The traces as a report tells them: without what they missed, and of a transaction what names it.

    A list tells no more of a transaction than what touches one account.
    """
    return {name: told(found) for name, found in goal.traced(view).items()}


def told(found):
    hops = tuple(hop._replace(transaction=named(hop.transaction)) for hop in found.hops)
    claims = tuple(replace(claim, transaction=named(claim.transaction)) for claim in found.claims)
    return replace(found, missing=(), hops=hops, claims=claims)


def named(tx):
    return tx.txid, tx.block, tx.status
