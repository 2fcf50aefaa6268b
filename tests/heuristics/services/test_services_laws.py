"""Laws of every rule about services over random ledgers: it never raises, cites what is there, and order is nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import Service
from chaintrace.report.wording import violations
from heuristics import ALL
from tests.chaintrace.case.account_ledgers import NAMES, solvent
from tests.chaintrace.tracing.ledger import COINS, Ledger, coins
from tests.heuristics.services.swept import tag

SERVICES = tuple(rule for rule in ALL if rule.stage == "services" and rule.subject == "address")
SEEDS = range(25)


def labelled(ledger: Ledger) -> Ledger:
    """Two of the names are wallets of one exchange."""
    told = {name: (replace(tag(name), chain=ledger.chain),) for name in ("gil", "hal")}
    return replace(ledger, tagged=told)


def of_outputs(seed: int) -> Ledger:
    """A random chain of outputs: each transaction spends some of what is unspent."""
    rng, unspent, rows = random.Random(seed), list[str](), list[tuple]()
    for number in range(40):
        txid = f"t{number}"
        spent = rng.sample(unspent, min(len(unspent), rng.choice([0, 1, 2, 14])))
        unspent = [one for one in unspent if one not in spent]
        made = [(rng.choice([*NAMES, None]), rng.randint(0, 50)) for _ in range(rng.randint(1, 4))]
        unspent += [f"{txid}:{vout}" for vout, (to, _) in enumerate(made) if to]
        rows.append((txid, spent, made))
    return coins(*rows)


def accounts(ledger: Ledger) -> list[Account]:
    asset = Asset(COINS, "", "BTC", 8) if ledger.chain == COINS else ledger.account("").asset
    return [Account(name, asset) for name in (*NAMES, "nobody", "")]


def said(ledger: Ledger) -> list:
    return [one for rule in SERVICES for account in accounts(ledger) for one in rule.rule(account, ledger)]


def shuffled(ledger: Ledger, seed: int) -> Ledger:
    """The same facts, told in another order."""
    names = list(ledger.transactions)
    random.Random(seed).shuffle(names)
    return replace(ledger, transactions={txid: ledger.transactions[txid] for txid in names})


def test_there_are_rules_about_services():
    assert {rule.id for rule in SERVICES} >= {"busy", "contract", "deposit_address"}


def test_of_some_random_ledgers_the_rules_speak():
    assert any(said(labelled(solvent(seed))) for seed in SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [solvent, of_outputs], ids=["accounts", "outputs"])
def test_a_rule_never_raises_and_cites_what_is_there(kind, seed):
    ledger = labelled(kind(seed))
    for one in said(ledger):
        assert isinstance(one, Service)
        assert one.chain == ledger.chain
        assert one.subject in NAMES
        assert one.subject not in {"gil", "hal"}
        assert 0 <= one.confidence <= 100
        assert set(one.evidence) <= ledger.transactions.keys()
        assert list(violations(one.text)) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [solvent, of_outputs], ids=["accounts", "outputs"])
def test_the_order_in_which_facts_are_told_changes_nothing(kind, seed):
    ledger = labelled(kind(seed))
    assert said(shuffled(ledger, seed)) == said(ledger)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_nobody_holds_silences_every_rule(seed):
    assert said(labelled(solvent(seed)).cover("nobody")) == []
