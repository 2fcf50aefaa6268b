"""Following under rules about addresses: the same findings and ends whatever was asked first, and hardly more asked."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from chaintrace.accounting import METHODS
from chaintrace.case.assembly import Question, stopped
from chaintrace.case.follow import Budgets, Goal, follow
from chaintrace.case.links import Linked
from chaintrace.case.online import _Exact
from chaintrace.case.rules import RuleSet, nobody
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account
from chaintrace.model.trace import Endpoint, Limits, Options
from chaintrace.model.view import MissingHistory
from chaintrace.store import MemoryStore
from chaintrace.tracing import trace
from heuristics import ALL
from heuristics.control.peel_chain import peel_chain
from heuristics.services.deposit_address import deposit_address
from tests.chaintrace.case.account_ledgers import NAMES, known, told
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import FakeSource, ground
from tests.chaintrace.tracing.ledger import Ledger, coins, payments

RULES = tuple(rule for rule in ALL if rule.rule is deposit_address)
EXCHANGES = ("gil", "hal")


def asked_of(seeds):
    """What a case asks that links nothing by documents."""
    none = Linked((), (), ())
    return SimpleNamespace(
        seeds=seeds, limits=Limits(), options=Options(), placed_seeds=(), links=none.links, linked=none
    )


def tags(*names: str) -> dict:
    """Each of them is a wallet of one exchange."""
    return {
        (CHAIN, name): (Tag(CHAIN, name, f"{name} 1", "exch", "exchange", 70, "a list", stops=True),) for name in names
    }


def goal(seeds, rules=RULES) -> tuple[Goal, Question]:
    """What `chaintrace trace` follows: the exact traces under the rules, and what the rules need besides."""
    config = asked_of(seeds)
    question = Question(config, tuple(METHODS))  # type: ignore[arg-type]  # what a follow asks of a config
    exact = _Exact(question, RuleSet(rules, {}))
    return Goal(seeds, Limits(), exact.traced, exact.further), question


def followed(seeds, source, named, rules=RULES, **budgets):
    """The traces and findings after a follow."""
    wanted, question = goal(seeds, rules)
    made = follow(
        wanted, ground(MemoryStore(), source, tags=named), (source,), Budgets(**budgets), nobody,
        lambda: datetime(2026, 1, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    return stopped(question, made.view, rules, nobody), made


def by_definition(ledger: Ledger, seeds, named) -> dict:
    """The traces that stop wherever the rule speaks over the whole ledger: no rounds, no network."""
    whole = replace(known(ledger), tagged={name: told_ for (_, name), told_ in named.items()})
    found = {}
    for name in NAMES:
        said = deposit_address(Account(name, whole.account("", "X").asset), whole)
        found[name] = tuple(replace(one, rule="deposit_address", version=1) for one in said)
    return {method: told(trace(replace(whole, found=found), seeds, method)) for method in METHODS}


def asked(source) -> set[tuple[str, int]]:
    return {(one.account.address, one.since) for one in source.asked if isinstance(one, MissingHistory)}


DEPOSIT = [
    ("x", "dora", 30), ("dora", "hal", 30), ("victim", "ann", 9), ("ann", "dora", 7), ("dora", "hal", 7),
    ("ann", "bob", 2),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["whole", "since"])
def test_value_ends_at_a_deposit_address_whichever_way_a_source_answers(kind):
    ledger = payments(*DEPOSIT, chain=CHAIN)
    source = FakeAccounts(ledger.transactions.values(), kind=kind)
    found, made = followed((ledger.seed("t3"),), source, tags("hal"))
    assert made.gaps == ()
    for one in found.traces.values():
        [end] = [end for end in one.outcomes if isinstance(end, Endpoint)]
        assert (end.address, end.value, end.rule) == ("dora", 7, "deposit_address")
    [finding] = found.findings
    assert (finding.subject, finding.object) == ("dora", "hal")
    assert "in 2 of 2 outflows" in finding.text  # the one before the payment too
    assert asked(source) >= {("ann", 3), ("dora", 4), ("bob", 6)}
    assert asked(source) <= {("ann", 3), ("dora", 4), ("dora", 0), ("bob", 6), ("ann", 0)}
    assert ("hal", 5) not in asked(source)
    assert ("dora", 0) in asked(source) or kind == "whole"  # asked again only where the first answer began late


def test_where_nothing_goes_on_to_a_stop_no_history_is_asked_for_twice():
    ledger = payments(("x", "dora", 30), ("dora", "carl", 30), ("victim", "ann", 9), ("ann", "dora", 7), chain=CHAIN)
    source = FakeAccounts(ledger.transactions.values(), kind="since")
    found, _ = followed((ledger.seed("t3"),), source, tags("hal"))
    assert found.findings == ()
    assert {since for _, since in asked(source)} == {3, 4}


@pytest.mark.parametrize("kind", ["whole", "since"])
@pytest.mark.parametrize("seed", range(12))
def test_a_followed_case_stops_where_the_rule_speaks_over_the_whole_ledger(seed, kind):
    ledger = swept(seed)
    seeds = (ledger.seed("t1", "0", "theft"), ledger.seed("t2", "0", "fraud"))
    expected = by_definition(ledger, seeds, tags(*EXCHANGES))
    answers = []
    for workers, delays in ((1, 0), (3, 0.003)):
        source = FakeAccounts(ledger.transactions.values(), kind=kind, delays=delays)
        found, made = followed(seeds, source, tags(*EXCHANGES), workers=workers)
        assert made.gaps == ()
        answers.append((found.findings, {method: replace(told(one), steps=()) for method, one in found.traces.items()}))
    assert answers[0] == answers[1]
    if kind == "whole":
        assert answers[0][1] == expected
    else:  # where value does not go on to a stop, nobody asks for what lies before it, and the rule abstains
        assert stops(answers[0][1]) <= stops(expected)


def stops(traces: dict) -> set[str]:
    return {end.address for one in traces.values() for end in one.outcomes if isinstance(end, Endpoint) and end.rule}


def swept(seed: int) -> Ledger:
    """A random ledger in which nobody pays what he has not; dora and eve pay an exchange alone, mostly all."""
    rng = random.Random(seed)
    held = dict.fromkeys(NAMES, 0) | {"ann": 70, "bob": 40}
    rows = [("victim", "ann", 70), ("other", "bob", 40)]
    while len(rows) < 40:
        payers = [name for name in NAMES[:7] if held[name]]
        payer = rng.choice([*payers, "bank"])
        if payer == "bank":  # somebody new pays in: nothing of the two payments
            held["bank"] = rng.randint(1, 30)
        own = payer in {"dora", "eve"}
        value = held[payer] if own and rng.random() < 0.8 else rng.randint(1, held[payer])
        receiver = rng.choice(EXCHANGES if own else NAMES[:6])
        rows.append((payer, receiver, value))
        held[payer] -= value
        held[receiver] += value
    return payments(*rows, chain=CHAIN)


def test_the_random_ledgers_let_the_rule_speak_of_some_and_not_of_all():
    spoken = 0
    for seed in range(12):
        ledger = swept(seed)
        seeds = (ledger.seed("t1", "0", "theft"), ledger.seed("t2", "0", "fraud"))
        ends = [end for one in by_definition(ledger, seeds, tags(*EXCHANGES)).values() for end in one.outcomes]
        spoken += any(isinstance(end, Endpoint) and end.rule for end in ends)
    assert spoken > 3


def split(seed: int) -> Ledger:
    """A random chain of outputs in which two coins are split again and again, and now and then put together."""
    rng, unspent = random.Random(seed), {"v:0": 10**9, "z:0": 10**9}
    rows = [("v", [], [("victim", 10**9)]), ("z", [], [("zed", 10**9)])]
    for number in range(70):
        inputs = rng.sample(sorted(unspent), 2 if rng.random() < 0.25 else 1)
        value = sum(unspent.pop(one) for one in inputs)
        if value > 10:
            part = rng.randint(1, value - 2)
            rows.append((f"t{number}", inputs, [(f"o{number}x", part), (f"o{number}y", value - 1 - part)]))
            unspent |= {f"t{number}:0": part, f"t{number}:1": value - 1 - part}
    return coins(*rows)


def test_what_was_fetched_besides_the_traces_changes_no_finding():
    peels = tuple(rule for rule in ALL if rule.rule is peel_chain)
    spoken, totals = 0, set()
    for seed in range(40):
        ledger = split(seed)
        first = next(
            tx.txid for tx in ledger.transactions.values() if "v" in {one.holding.txid for one in tx.utxo.inputs}
        )
        config = asked_of((ledger.seed(first, "0"),))
        answers = []
        for workers in (1, 32):
            question, source = Question(config, ("fifo",)), FakeSource(ledger.transactions.values())
            exact = _Exact(question, RuleSet(peels, {}))
            made = follow(
                Goal(config.seeds, Limits(), exact.traced, exact.further), ground(MemoryStore(), source), (source,),
                Budgets(workers=workers), nobody, lambda: datetime(2026, 1, 1, 12, tzinfo=UTC),
            )  # fmt: skip
            answers.append((stopped(question, made.view, peels, nobody).findings, source.asked.total()))
        assert answers[0][0] == answers[1][0]
        spoken += bool(answers[0][0])
        totals.add(answers[0][1] == answers[1][1])
    assert spoken
    assert False in totals  # more was fetched by one of them: the test would be empty otherwise
