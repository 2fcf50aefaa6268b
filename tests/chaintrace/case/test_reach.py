"""The upper bound: never below what any method puts somewhere, and no further than a trace could go."""

from __future__ import annotations

import pytest

from chaintrace.accounting import METHODS
from chaintrace.case.reach import Bound, Reach
from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Limits, NotFollowed
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.tracing import trace
from chaintrace.tracing.seeds import resolve
from tests.chaintrace.case import killed_run
from tests.chaintrace.tracing.ledger import coins


def reached(ledger, *seeds, limits=None, may_ask=lambda _: True):
    limits = limits or Limits()
    return Reach(ledger, seeds, limits, resolve(ledger, seeds, limits.until), may_ask)


def out(text):
    txid, _, vout = text.rpartition(":")
    return OutPoint("bitcoin", txid, int(vout))


def test_an_output_is_bounded_by_its_value_and_by_what_comes_in():
    ledger = coins(
        ("t", [], [("ann", 10)]),
        ("o", [], [("oz", 100)]),
        ("m", ["t:0", "o:0"], [("bob", 4), ("carl", 90)]),
        ("n", ["m:1"], [("dora", 70)]),
    )
    reach = reached(ledger.cover(), ledger.seed("t"))
    assert reach._reached == {
        out("t:0"): Bound(10, 0),
        out("m:0"): Bound(4, 1),
        out("m:1"): Bound(10, 1),
        out("n:0"): Bound(10, 2),
    }
    assert reach.frontier == {MissingSpender(out("m:0")): 4, MissingSpender(out("n:0")): 10}
    assert reach.size == 3


@pytest.mark.parametrize(
    ("limits", "frontier"),
    [
        (Limits(), {"m:0", "n:0"}),
        (Limits(max_hops=2), {"m:0"}),
        (Limits(max_hops=1), set()),
        (Limits(min_value={("bitcoin", ""): 5}), {"n:0"}),
        (Limits(until=1_600_000_000 + 600 * 2), set()),
    ],
)
def test_what_ends_a_trace_ends_the_bound(limits, frontier):
    ledger = coins(("t", [], [("ann", 10)]), ("x", [], [("x", 1)]), ("m", ["t:0"], [("bob", 4), ("carl", 6)]),
                   ("n", ["m:1"], [("dora", 6)])).cover()  # fmt: skip
    reach = reached(ledger, ledger.seed("t"), limits=limits)
    assert {str(question.outpoint) for question in reach.frontier} == frontier


def test_stops_returns_and_burns_end_it():
    ledger = coins(("t", [], [("ann", 9)]), ("m", ["t:0"], [("ex", 2), ("victim", 3), (None, 4)])).cover().tag("ex")
    assert reached(ledger, ledger.seed("t", None, "t", "victim")).frontier == {}
    two = (ledger.seed("t", None, "t", "victim"), ledger.seed("m", "1", "m"))
    assert reached(ledger, *two).frontier == {MissingSpender(out("m:1")): 3}


def test_inputs_of_unknown_value_are_asked_for_first():
    ledger = coins(("t", [], [("ann", 9)]), ("m", ["t:0", ("gone:0", None, "")], [("bob", 50)])).cover()
    assert reached(ledger, ledger.seed("t")).frontier == {MissingTransaction("bitcoin", "gone"): 9}


def test_a_question_that_may_not_be_asked_never_waits():
    ledger = coins(("t", [], [("ann", 9)])).cover()
    assert reached(ledger, ledger.seed("t"), may_ask=lambda _: False).frontier == {}


def test_what_is_learned_goes_on_from_there():
    whole = coins(("t", [], [("ann", 9)]), ("m", ["t:0"], [("bob", 5), ("carl", 4)]))
    part = coins(("t", [], [("ann", 9)])).cover()
    reach = reached(part, part.seed("t"))
    reach.learn(MissingSpender(out("t:0")), [whole.transactions["m"]], [])
    reach.grow()
    assert reach.frontier == {MissingSpender(out("m:0")): 5, MissingSpender(out("m:1")): 4}
    reach.learn(MissingSpender(out("m:0")), [], [out("m:0")])
    reach.confirm(whole.cover(), {})
    assert reach.frontier == {}


@pytest.mark.parametrize("seed", range(30))
def test_the_bound_is_never_below_what_a_method_puts_there(seed):
    ledger = killed_run.ledger(seed)
    wanted = killed_run.goal_of(ledger)
    reach = reached(ledger, *wanted.seeds)
    for found in wanted.traced(ledger).values():
        held = {}
        for hop in found.hops:
            held[hop.txid, hop.index] = held.get((hop.txid, hop.index), 0) + hop.traced
        for (txid, index), value in held.items():
            assert reach._reached[OutPoint("bitcoin", txid, int(index))].value >= value


@pytest.mark.parametrize("seed", range(10))
def test_whatever_a_trace_misses_waits_in_the_frontier(seed):
    whole = killed_run.ledger(seed)
    part = coins()
    part.transactions = dict(list(whole.transactions.items())[:30])
    part.end = 30
    part = part.cover()
    seeds = killed_run.goal_of(whole).seeds
    frontier = reached(part, *seeds).frontier
    for method in METHODS:
        found = trace(part, seeds, method)
        assert set(found.missing) <= frontier.keys()
        for left in found.of(NotFollowed):
            assert frontier[MissingSpender(left.outpoint)] >= left.value
