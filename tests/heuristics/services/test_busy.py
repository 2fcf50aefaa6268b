"""Busy: many others in a day end a trace, few do not, and a label says it better."""

from __future__ import annotations

import pytest

from chaintrace.model.finding import Service
from heuristics.services.busy import MANY, busy
from tests.heuristics.services.swept import DAY, ledger, tag


def said(made, address: str = "H"):
    return list(busy(made.account(address), made))


def day_of(others: int, *, start: int = 0) -> list:
    """H pays so many others in one transaction of one day, after some that are nobody's."""
    return [*(("x", "y", 1) for _ in range(start)), [("H", f"a{n}", 1) for n in range(others)]]


@pytest.mark.parametrize(("others", "speaks"), [(MANY, False), (MANY + 1, True)])
def test_more_than_a_hundred_others_in_one_day(others, speaks):
    assert bool(said(ledger(*day_of(others), tags=()))) is speaks


def test_it_names_its_activity_and_nobody():
    [found] = said(ledger(*day_of(MANY + 5), tags=()))
    assert isinstance(found, Service)
    assert (found.subject, found.object, found.evidence) == ("H", "", ("t1",))
    assert found.text.startswith(f"it paid {MANY + 5} other addresses in one day, and {MANY + 5} movements of it")


def test_who_pays_it_does_not_count_for_anybody_can_and_nobody_counts_twice():
    """Dust from strangers must not end a trace, and neither must the payments of many who were deceived."""
    both = [[("H", f"a{n}", 1) for n in range(MANY)], [(f"b{n}", "H", 1) for n in range(500)]]
    assert not said(ledger(*both, tags=()))
    assert not said(ledger([("H", f"a{n % 60}", 1) for n in range(500)], tags=()))


def test_two_days_are_not_one():
    days = [*day_of(60), *(("x", "y", 1) for _ in range(DAY)), [("H", f"b{n}", 1) for n in range(60)]]
    assert not said(ledger(*days, tags=()))


def test_zeros_count_for_nothing():
    assert not said(ledger([("H", f"a{n}", 0) for n in range(500)], tags=()))


def test_it_abstains_where_a_tag_stops_and_where_the_history_is_not_known():
    assert not said(ledger(*day_of(500), tags=(tag("H"),)))
    assert not said(ledger(*day_of(500), tags=()).cover("x"))
