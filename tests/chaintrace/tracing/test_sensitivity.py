"""What another reading would change at an endpoint: openings, origins left out, wallets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.accounting import METHODS
from chaintrace.model.sensitivity import Sensitivity
from chaintrace.model.trace import Options, Wallet
from chaintrace.report.wording import FORBIDDEN
from chaintrace.tracing import sensitivities, sensitivity, trace
from tests.chaintrace.tracing.ledger import Ledger, coins, payments

WALLETS = (Wallet("the two", frozenset({"ann", "amy"})),)


def told(ledger: Ledger, *seeds, methods=tuple(METHODS), options=None, wallets=()) -> list[Sensitivity]:
    """The sensitivities of the traces under all methods."""
    traces = {method: trace(ledger, seeds, method, None, options) for method in methods}
    return list(sensitivities(ledger, seeds, traces, None, options, wallets=wallets))


def lines(found: list[Sensitivity]) -> list[tuple]:
    """(kind, method, subject, origin, place, value, low, high) of each."""
    return [(f.kind, f.method, f.subject, f.origin, f.place, f.value, f.low, f.high) for f in found]


def test_an_unknown_opening_is_raised_to_all_outflows() -> None:
    """With 10 older units before the victim's 10, FIFO and LIBR pay the service from those, haircut by halves."""
    ledger = payments(("victim", "ann", 10), ("ann", "ex", 6), ("ann", "bob", 4)).tag("ex")
    found = told(ledger, ledger.seed("t1"))
    assert lines(found) == [
        ("opening", "fifo", "ann", "t1", "ex", 6, 0, 6),
        ("opening", "libr", "ann", "t1", "ex", 6, 0, 6),
        ("opening", "haircut", "ann", "t1", "ex", 6, 3, 6),
    ]
    assert not any(one.exact for one in found)
    assert found[0].text == (
        "The opening balance of ann is not known. With the least that explains its outflows, 0 X, 6 X of t1 are "
        "credited to ex under FIFO; with 10 X, the sum of all its outflows, 0. Other openings were not tried."
    )


def test_a_known_opening_is_not_varied() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "ex", 6), ("ann", "bob", 4)).tag("ex")
    assert told(ledger.opened(ann=0, bob=0), ledger.seed("t1")) == []


def test_an_endpoint_that_only_another_reading_reaches_is_told() -> None:
    """By FIFO the victim's 5 go to bob; behind an older 5 they reach the service."""
    ledger = payments(("victim", "ann", 5), ("x", "ann", 5), ("ann", "bob", 5), ("ann", "ex", 5)).tag("ex")
    found = told(ledger.opened(bob=0), ledger.seed("t1"), methods=("fifo",))
    assert lines(found) == []
    ledger = payments(("victim", "ann", 5), ("ann", "bob", 2), ("ann", "ex", 1), ("x", "ann", 9), ("ann", "ex", 1)).tag(
        "ex"
    )
    assert lines(told(ledger, ledger.seed("t1"), methods=("fifo",))) == [
        ("opening", "fifo", "ann", "t1", "ex", 2, 0, 2)
    ]


def test_accounts_beyond_the_bound_are_counted(monkeypatch) -> None:
    monkeypatch.setattr(sensitivity, "MOST_ACCOUNTS", 1)
    ledger = payments(("victim", "ann", 9), ("ann", "bob", 8), ("bob", "carl", 7), ("carl", "ex", 6)).tag("ex")
    found = told(ledger, ledger.seed("t1"), methods=("fifo",))
    assert lines(found) == [("opening", "fifo", "ann", "t1", "ex", 6, 0, 6)]
    assert found[0].text.endswith("Accounts with an unknown opening that were not varied: 2.")


def test_each_origin_is_left_out_in_turn() -> None:
    """If the second payment is nobody's claim, it leaves first, and the first one stays."""
    ledger = payments(("one", "ann", 6), ("two", "ann", 6), ("ann", "ex", 6)).tag("ex").opened(ann=0)
    seeds = (ledger.seed("t1"), ledger.seed("t2"))
    found = told(ledger, *seeds)
    assert lines(found) == [
        ("origin left out", "libr", "t1", "t2", "ex", 3, 0, 3),
        ("origin left out", "libr", "t2", "t1", "ex", 3, 0, 3),
    ]
    assert all(one.exact for one in found)
    assert told(ledger, *seeds, methods=("fifo", "haircut")) == []
    assert told(ledger, seeds[0]) == []


def test_origins_beyond_the_bound_are_counted_and_those_that_claimed_the_most_are_left_out(monkeypatch) -> None:
    """Left out, three's 9 leave first; what the two smaller ones change is not tried."""
    monkeypatch.setattr(sensitivity, "MOST_ORIGINS", 1)
    ledger = payments(("one", "ann", 2), ("two", "ann", 1), ("three", "ann", 9), ("ann", "ex", 6)).tag("ex")
    found = told(ledger.opened(ann=0), *(ledger.seed(f"t{n}") for n in (1, 2, 3)))
    assert {one.subject for one in found} == {"t3"}
    assert found[-1].text.endswith("Payments that were not left out in turn: 2.")


def test_a_case_of_very_many_hops_tries_fewer_readings_and_at_least_one(monkeypatch) -> None:
    ledger = payments(("victim", "ann", 9), ("ann", "bob", 8), ("bob", "carl", 7), ("carl", "ex", 6)).tag("ex")
    hops = len(trace(ledger, (ledger.seed("t1"),), "fifo").hops)
    for afforded, tried in ((3 * hops, 3), (3 * hops - 1, 2), (1, 1)):
        monkeypatch.setattr(sensitivity, "MOST_HOPS", afforded)
        found = told(ledger, ledger.seed("t1"), methods=("fifo",))
        assert len({one.subject for one in found}) == tried
        assert ("not varied" in found[-1].text) == (tried < 3)


def wallet_ledger() -> Ledger:
    """The victim pays ann, another pays amy; amy pays the service."""
    return payments(("victim", "ann", 10), ("x", "amy", 10), ("amy", "ex", 10)).tag("ex").opened(ann=0, amy=0)


def test_a_wallet_is_tried_as_one_pool_and_apart() -> None:
    ledger = wallet_ledger()
    seed = ledger.seed("t1")
    assert told(ledger, seed) == []
    as_addresses = told(ledger, seed, wallets=WALLETS)
    assert lines(as_addresses) == [
        ("wallet pool", "fifo", "the two", "t1", "ex", 0, 0, 10),
        ("wallet pool", "haircut", "the two", "t1", "ex", 0, 0, 5),
    ]
    assert as_addresses[0].text == (
        "With each address of the two as a pool of its own, 0 X of t1 are credited to ex under FIFO; with the "
        "addresses of the two as one pool, 10."
    )
    as_one = told(ledger, seed, options=Options(wallets=WALLETS), wallets=WALLETS)
    assert lines(as_one) == [
        ("wallet pool", "fifo", "the two", "t1", "ex", 10, 0, 10),
        ("wallet pool", "haircut", "the two", "t1", "ex", 5, 0, 5),
    ]


def test_a_seed_inside_a_wallet_has_only_one_reading() -> None:
    ledger = payments(("ann", "amy", 10), ("amy", "ex", 10)).tag("ex").opened(ann=10, amy=0)
    assert told(ledger, ledger.seed("t1"), wallets=WALLETS) == []


def test_coins_have_no_openings() -> None:
    ledger = coins(("v", [], [("ann", 10)]), ("t", ["v:0"], [("ex", 10)])).tag("ex")
    assert told(ledger, ledger.seed("v")) == []


NAMES = st.sampled_from(["ann", "amy", "bob"])
ROWS = st.lists(st.tuples(NAMES, st.sampled_from(["ann", "amy", "bob", "ex"]), st.integers(0, 9)), max_size=10)


@given(rows=ROWS, declared=st.booleans())
def test_only_what_changes_is_told_once_and_in_words_that_a_court_may_read(rows: list, declared: bool) -> None:
    ledger = payments(("one", "ann", 9), ("two", "bob", 9), *rows).tag("ex")
    seeds = (ledger.seed("t1"), ledger.seed("t2"))
    options = Options(wallets=WALLETS) if declared else None
    found = told(ledger, *seeds, options=options, wallets=WALLETS)
    assert found == told(ledger, *seeds, options=options, wallets=WALLETS)
    keys = [(one.kind, one.method, one.subject, one.origin, one.place, one.asset) for one in found]
    assert len(set(keys)) == len(keys)
    for one in found:
        assert one.low < one.high
        assert one.value in {one.low, one.high}
        assert not [pattern for pattern in FORBIDDEN if re.search(pattern, one.text, re.IGNORECASE)]


@pytest.mark.parametrize("method", sorted(METHODS))
@given(rows=ROWS)
def test_the_reported_value_is_the_trace_s_own(method: str, rows: list) -> None:
    ledger = payments(("one", "ann", 9), *rows).tag("ex")
    seeds = (ledger.seed("t1"),)
    found = trace(ledger, seeds, method)
    credited = sum(end.value for end in found.outcomes if end.address == "ex")
    for one in sensitivities(ledger, seeds, {method: found}):
        assert (one.place, one.value) == ("ex", credited)
