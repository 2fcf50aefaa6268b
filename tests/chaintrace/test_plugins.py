"""Rules come through the entry point: ours are found, and what is unusable is said."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

import heuristics as ours
from chaintrace.errors import InputError
from chaintrace.model.finding import STAGES, Heuristic
from chaintrace.plugins import GROUP, heuristics, loaded


def rule(transaction, view):  # noqa: ARG001  # a rule's signature
    """A rule that finds nothing."""
    yield from ()


def other_rule(transaction, view):  # noqa: ARG001  # a rule's signature
    """Another one."""
    yield from ()


TWO = (Heuristic(other_rule, "control", 10), Heuristic(rule, "noise", 10))
TWICE = (Heuristic(rule, "control", 10), Heuristic(rule, "control", 10))
ABOUT_ADDRESSES = (Heuristic(rule, "control", 10, subject="address"),)
NO_TUPLE = [rule]


def entry(name: str) -> EntryPoint:
    return EntryPoint("test", f"{__name__}:{name}", GROUP)


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    import sys

    module = type(sys)(__name__)
    module.__dict__.update(globals())
    monkeypatch.setitem(sys.modules, __name__, module)


def test_ours_are_installed_and_in_the_order_of_the_stages():
    found = heuristics()
    assert {one.id for one in ours.ALL} <= {one.id for one in found}
    assert [STAGES.index(one.stage) for one in found] == sorted(STAGES.index(one.stage) for one in found)


def test_rules_stand_by_stage_whatever_their_order():
    assert [one.id for one in loaded([entry("TWO")])] == ["rule", "other_rule"]


def test_rules_about_addresses_are_taken_too():
    assert [one.subject for one in loaded([entry("ABOUT_ADDRESSES")])] == ["address"]


def test_a_rule_about_anything_else_is_refused():
    with pytest.raises(ValueError, match="must be one of transaction, address"):
        Heuristic(rule, "control", 10, subject="weather")


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "no rules are installed"),
        (["TWICE"], "two installed rules are called 'rule'"),
        (["NO_TUPLE"], "must name a tuple"),
        (["ABSENT"], "cannot be loaded"),
    ],
)
def test_what_is_unusable_is_said(entries, words):
    with pytest.raises(InputError, match=words):
        loaded([entry(name) for name in entries])


def test_no_two_rules_share_a_text():
    texts = [one.rule.__doc__ for one in heuristics()]
    assert len(set(texts)) == len(texts)
