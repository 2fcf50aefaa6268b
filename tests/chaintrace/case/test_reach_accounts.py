"""The upper bound on account chains: never below what any method puts somewhere, and learned piece by piece."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaintrace.accounting import METHODS
from chaintrace.case.bounds import Bound
from chaintrace.case.reach import Reach
from chaintrace.case.reach_pools import what_of
from chaintrace.model.chain import Account, Asset
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import Limits, NotFollowed, Options, Wallet
from chaintrace.model.transaction import Movement
from chaintrace.model.view import MissingHistory
from chaintrace.tracing import screen, trace
from chaintrace.tracing.seeds import resolve
from tests.chaintrace.tracing.ledger import FEE, LEDGER, START, payments

NAMES = ("ann", "bob", "carl", "dora", "eve")
NAME = st.sampled_from(NAMES)
VALUE = st.one_of(st.integers(0, 12), st.integers(0, 2**200))
PAYMENT = st.tuples(st.one_of(NAME, st.just("")), NAME, VALUE) | st.tuples(NAME, st.sampled_from(["", FEE]), VALUE)
HISTORY = st.lists(PAYMENT | st.lists(PAYMENT, min_size=1, max_size=3), max_size=25)
LIMITS = st.sampled_from(
    [
        Limits(),
        Limits(max_hops=2),
        Limits(min_value={(LEDGER, "X"): 3}),
        Limits(until=START + 600 * 12),
        Limits(max_transactions=4),
    ]
)
OPTIONS = st.sampled_from([Options(), Options(wallets=(Wallet("w", frozenset({"bob", "carl"})),))])


def seeded(rows):
    """A victim's payment to ann and a second one to bob, before whatever happens then."""
    ledger = payments(("victim", "ann", 7), ("other", "bob", 40), *rows)
    return ledger, (ledger.seed("t1", "0", "theft"), ledger.seed("t2", "0", "fraud"))


def reached(ledger, seeds, limits=None, options=None, may_ask=lambda _: True):
    limits = limits or Limits()
    return Reach(ledger, seeds, limits, resolve(ledger, seeds, limits.until), may_ask, options)


def left(reach, hop):
    """The bound of what a hop took out of its sender's pool."""
    pool = reach._accounts._pools[hop.asset.chain, hop.asset.contract, hop.from_address.split(";")[0]]
    transfer = next(one for one in hop.transaction.transfers if one.index == hop.index)
    return pool._left.get(what_of(Movement(transfer.order, hop.transaction, transfer)), Bound(0, 10**9))


def check_bounds(reach, traces):
    """No method takes more along than the bound says, nor does it in fewer hops."""
    for found in traces:
        held = {}
        for hop in found.hops:
            if hop.rule == "seed":
                continue
            bound = left(reach, hop)
            held[hop.txid, hop.index] = held.get((hop.txid, hop.index), 0) + hop.traced
            assert bound.value >= held[hop.txid, hop.index]
            assert bound.hop <= hop.hop


def waits(reach):
    return {question.account.address: (question.since, value) for question, value in reach.frontier.items()}


def test_an_outflow_takes_at_most_its_value_and_at_most_what_may_lie_there():
    ledger = payments(
        ("victim", "ann", 9), ("x", "ann", 50), ("ann", "bob", 4), ("ann", "carl", 30), ("carl", "dora", 9)
    )
    ledger = ledger.cover("ann", "carl").opened(ann=0, carl=0)
    reach = reached(ledger, (ledger.seed("t1"),))
    assert waits(reach) == {"bob": (3, 4), "dora": (5, 9)}
    assert reach.size == 4


def test_a_sweep_to_zero_empties_the_bound_and_a_balance_caps_it():
    rows = [("victim", "ann", 9), ("ann", "", 9), ("x", "ann", 50), ("ann", "bob", 5)]
    ledger = payments(*rows).cover("ann").opened(ann=0)
    assert waits(reached(ledger, (ledger.seed("t1"),))) == {}
    rows[1] = ("ann", "", 7)
    ledger = payments(*rows).cover("ann").opened(ann=0)
    assert waits(reached(ledger, (ledger.seed("t1"),))) == {"bob": (4, 2)}
    assert waits(reached(ledger.opened(ann=100), (ledger.seed("t1"),))) == {"bob": (4, 5)}


@pytest.mark.parametrize(
    ("limits", "waiting"),
    [
        (Limits(), {"bob", "carl"}),
        (Limits(max_hops=1), set()),
        (Limits(min_value={(LEDGER, "X"): 5}), {"carl"}),
        (Limits(until=START + 600 * 2), {"bob"}),
    ],
)
def test_what_ends_a_trace_ends_the_bound(limits, waiting):
    rows = [("victim", "ann", 20), ("ann", "bob", 4), [("ann", "carl", 5), ("ann", FEE, 3)], ("ann", "", 1)]
    ledger = payments(*rows, ("ann", "ex", 2), ("ann", "home", 2)).cover("ann").tag("ex")
    seeds = (ledger.seed("t1", None, "t1", "home"),)
    assert waits(reached(ledger, seeds, limits)).keys() == waiting


@settings(max_examples=150)
@given(rows=HISTORY, limits=LIMITS, options=OPTIONS, covered=st.sets(NAME), opened=st.booleans(), data=st.data())
def test_the_bound_is_never_below_what_a_method_puts_there(rows, limits, options, covered, opened, data):
    ledger, seeds = seeded(rows)
    ledger = ledger.cover(*covered) if covered else ledger
    ledger = ledger.opened(**dict.fromkeys(NAMES, data.draw(st.integers(0, 20)))) if opened else ledger
    ledger = ledger.tag("eve") if data.draw(st.booleans()) else ledger
    if any(seed.txid not in ledger.transactions for seed in seeds):
        return
    reach = reached(ledger, seeds, limits, options)
    traces = [trace(ledger, seeds, method, limits, options) for method in METHODS]
    check_bounds(reach, traces)
    for found in traces:
        waiting = {(question.account, question.since) for question in reach.frontier}
        for question in found.missing:
            assert any(account == question.account and since <= question.since for account, since in waiting)
        for ended in found.of(NotFollowed):
            questions = [one for one in reach.frontier if one.account == Account(ended.address, ended.asset)]
            if questions and ended.reason == "history not in the sources":
                assert reach.frontier[questions[0]] >= ended.value


@settings(max_examples=80)
@given(rows=HISTORY, limits=st.sampled_from([Limits(), Limits(max_hops=3)]), options=OPTIONS)
def test_whatever_poison_marks_is_reached(rows, limits, options):
    ledger, seeds = seeded(rows)
    reach = reached(ledger, seeds, limits, options)
    poisoned = trace(ledger, seeds, "poison", limits, options)
    for hop in poisoned.hops:
        if hop.rule != "seed" and hop.traced:
            assert left(reach, hop).value > 0
    assert screen(ledger, seeds, limits, options).marked >= set()


def touching(ledger, account, start=0):
    """The transactions that touch an account, each with nothing but the transfers that do, as a list tells them."""
    for tx in ledger.transactions.values():
        own = tuple(
            transfer
            for transfer in tx.transfers
            if transfer.asset == account.asset
            and any(leg.address == account.address for leg in (*transfer.inputs, *transfer.outputs))
        )
        if own and own[0].order[0] >= start:
            yield replace(tx, transfers=own)


def balance(ledger, account, before):
    """What lies in an account just before a rank, when it began with nothing."""
    total = 0
    for tx in touching(ledger, account):
        for transfer in tx.transfers:
            if transfer.order[0] < before:
                total += (transfer.value or 0) * (
                    bool(transfer.outputs) and transfer.outputs[0].address == account.address
                )
                total -= (transfer.value or 0) * (
                    bool(transfer.inputs) and transfer.inputs[0].address == account.address
                )
    return total


def answer(ledger, question, kind):
    """What a source says of an account: all of it, all of it without a balance, or what there is from `since` on."""
    account, since = question.account, question.since
    start = since if kind == "since" else 0
    opening = {"whole": 0, "claimed": None, "since": balance(ledger, account, since)}[kind]
    one = frozenset({account.address}), frozenset({account.asset.contract})
    cover = Coverage(LEDGER, *one, start, ledger.end, ledger.end, START + 600 * ledger.end, "counter equal", opening)
    return tuple(touching(ledger, account, start)), cover


def solvent(seed, size=40):
    """A random ledger in which nobody pays more than there is, and most comes from two payments."""
    rng = random.Random(seed)
    held = {name: {"ann": 70, "bob": 40}.get(name, 0) for name in NAMES}
    rows = [("victim", "ann", 70), ("other", "bob", 40)]
    for _ in range(size):
        batch = []
        for _ in range(rng.choice([1, 1, 2])):
            luck, payer = rng.random(), rng.choice(NAMES)
            if luck < 0.2:
                receiver, value = rng.choice(NAMES), rng.randint(1, 50)
                batch.append(("", receiver, value))
                held[receiver] += value
            elif held[payer]:
                value = held[payer] if luck < 0.4 else rng.randint(1, held[payer])
                receiver = FEE if luck > 0.95 else rng.choice(NAMES)
                batch.append((payer, receiver, value))
                held[payer] -= value
                if receiver is not FEE:
                    held[receiver] += value
        if batch:
            rows.append(batch)
    return payments(*rows)


@pytest.mark.parametrize("kind", ["whole", "claimed", "since", "mixed"])
@pytest.mark.parametrize("seed", range(12))
def test_what_is_learned_account_by_account_is_never_below_what_the_whole_says(kind, seed):
    ledger, rng = solvent(seed), random.Random(seed)
    seeds = (ledger.seed("t1", "0", "theft"), ledger.seed("t2", "0", "fraud"))
    asked = {}
    is_open = lambda question: question.since < asked.get(question.account, 10**9)  # noqa: E731  # one line
    nobody = replace(ledger.cover(), end=0)
    reach = reached(nobody, seeds, may_ask=is_open)
    while reach.frontier:
        question = rng.choice(sorted(reach.frontier, key=lambda one: one.account.address))
        assert is_open(question)
        asked[question.account] = question.since
        told, cover = answer(ledger, question, kind if kind != "mixed" else rng.choice(["whole", "claimed", "since"]))
        reach.learn(question, told, (), (cover,))
        reach.grow()
    opened = ledger.opened(**dict.fromkeys(NAMES, 0))
    traces = [trace(opened, seeds, method) for method in METHODS]
    check_bounds(reach, traces)
    passed = {hop.to_address for found in traces for hop in found.hops if hop.to_address}
    assert {account.address for account in asked} >= passed
    for account, since in asked.items() if kind == "since" else ():
        firsts = [hop.transaction.height for t in traces for hop in t.hops if hop.to_address == account.address]
        assert since <= min(firsts, default=since)


def test_an_earlier_receipt_that_is_found_later_asks_again_with_an_earlier_since():
    ledger = payments(
        ("victim", "ann", 9), ("ann", "carl", 2), ("ann", "bob", 3), ("carl", "bob", 1), ("bob", "dora", 2)
    )
    seeds = (ledger.seed("t1"),)
    reach = reached(ledger.cover(), seeds)
    (question,) = reach.frontier
    told, cover = answer(ledger, question, "whole")
    reach.learn(question, [tx for tx in told if tx.txid != "t3"], (), (cover,))
    reach.grow()
    (carl,) = reach.frontier
    reach.learn(carl, *((told := answer(ledger, carl, "whole"))[0], ()), (told[1],))
    reach.grow()
    assert waits(reach) == {"bob": (4, 1)}
    (bob,) = reach.frontier
    told, cover = answer(ledger, bob, "since")
    reach.learn(bob, told, (), (cover,))
    reach.grow()
    assert waits(reach) == {"dora": (5, 1)}
    reach.learn(MissingHistory(ledger.account("nobody")), [ledger.transactions["t3"]], (), ())
    reach.grow()
    assert waits(reach) == {"dora": (5, 1), "bob": (3, 3)}


def test_a_question_that_waits_no_more_leaves_and_one_that_may_not_be_asked_never_waits():
    ledger = payments(("victim", "ann", 9), ("ann", "bob", 3)).cover()
    seeds = (ledger.seed("t1"),)
    assert reached(ledger, seeds, may_ask=lambda _: False).frontier == {}
    reach = reached(ledger, seeds)
    other = MissingHistory(Account("ann", Asset(LEDGER, "Y")))
    (question,) = reach.frontier
    told, cover = answer(ledger, question, "whole")
    reach.learn(other, told, (), (cover,))
    reach.grow()
    assert waits(reach) == {"bob": (2, 3)}
