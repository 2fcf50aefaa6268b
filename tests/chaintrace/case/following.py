"""A theft on a chain of outputs, what is asked of it, and its following."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from chaintrace.accounting import METHODS
from chaintrace.case.follow import Budgets, Goal, follow
from chaintrace.case.rules import nobody
from chaintrace.model.trace import Limits
from chaintrace.tracing import trace
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.tracing.ledger import coins

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ALL = tuple(METHODS)


def clock():
    return NOON


def goal(*seeds, limits=None, methods=ALL, options=None):
    limits = limits or Limits()
    traced = lambda view: {name: trace(view, seeds, name, limits, options) for name in methods}  # noqa: E731  # one line
    return Goal(seeds, limits, traced)


def followed(wanted, store, *sources, tags=None, **budgets):
    return follow(wanted, ground(store, *sources, tags=tags), sources, Budgets(**budgets), nobody, clock)


def traces(wanted, view):
    return {name: replace(found, missing=()) for name, found in wanted.traced(view).items()}


def theft():
    """A theft that splits, is spent in part, merges with another's coin and rests."""
    return coins(
        ("v", [], [("victim", 100)]),
        ("t", ["v:0"], [("ann", 60), ("bob", 39)]),
        ("o", [], [("oz", 30)]),
        ("m", ["t:0", "o:0"], [("carl", 70), ("dora", 19)]),
        ("n", ["m:1"], [("eve", 18)]),
        ("x", [], [("unrelated", 5)]),
    )
