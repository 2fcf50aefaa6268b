"""Endpoints that a memo tells apart: their sums, ends and ranks, and that nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.trace import Endpoint
from chaintrace.report.build import build
from chaintrace.report.html import page
from tests.chaintrace.report.samples import T0, USD, account_trace, accounts, bank

HERE = frozenset({"ledger"})


def traced(method, *credits_):
    """A trace that ends with (txid, index, value) at the bank."""
    made = account_trace(method, 9_700)
    ends = tuple(
        Endpoint("A", USD, value, "SBANK", txid, index, T0 + n, None, None, value, 1, n, (bank(),))
        for n, (txid, index, value) in enumerate(credits_)
    )
    total = sum(end.value for end in ends)
    claim = replace(made.claims[0], leg_value=total, claimed=total)
    return replace(made, claims=(claim,), hops=(), outcomes=ends, steps=(), gaps=())


def report(memos, chains=HERE, **credits_):
    """The report of these methods, the first the main one."""
    traces = {method: traced(method, *ends) for method, ends in credits_.items()}
    fields = {"methods": tuple(traces), "traces": traces, "memos": memos, "memo_chains": chains}
    return build(accounts(**{"tags": {}, "sensitivities": (), **fields}))


def told(made, *keys):
    return [tuple(row[key] for key in keys) for row in made.tables["endpoints"].records()]


MEMOS = {("ledger", "t1", "0"): ("7",), ("ledger", "t1", "1"): ("8",), ("ledger", "t2", "0"): ("7",)}
FIFO = [("t1", "0", 10), ("t1", "1", 25), ("t2", "0", 20), ("t3", "0", 5)]
LIFO = [("t1", "0", 4), ("t2", "0", 20), ("t3", "0", 36)]


def test_each_memo_has_its_own_credits_sum_ends_and_rank():
    made = report(MEMOS, fifo=FIFO, lifo=LIFO)
    keys = ("rank", "memo", "traced_value", "min_value", "max_value", "first_txid", "last_txid")
    assert told(made, *keys) == [
        (1, "7", 30, 24, 30, "t1", "t2"),
        (2, "", 5, 5, 36, "t3", "t3"),
        (3, "8", 25, 0, 25, "t1", "t1"),
    ]
    assert [(r["rank"], r["txid"], r["index"], r["memo"]) for r in made.tables["credits"].records()] == [
        *((1, "t1", "0", "7"), (1, "t2", "0", "7")),
        *((2, "t3", "0", ""), (3, "t1", "1", "8")),
    ]
    shown = page(made)
    assert "memo 7" in shown
    assert "memo not known" in shown


def test_methods_csv_stays_by_address():
    [row] = [row for row in report(MEMOS, fifo=FIFO, lifo=LIFO).tables["methods"].records() if row["entity"]]
    assert (row["address"], row["fifo"], row["lifo"]) == ("SBANK", 60, 60)


def test_where_no_memo_is_needed_it_is_shown_and_parts_nothing():
    made = report(MEMOS, frozenset({"xrp"}), fifo=FIFO, lifo=LIFO)
    assert told(made, "rank", "memo", "traced_value", "min_value", "max_value") == [(1, "7; 8", 60, 60, 60)]
    assert "memo not known" not in page(made)
    assert "memo" not in made.tables["methods"].columns


def test_what_depends_on_a_whole_address_says_so():
    inputs = accounts()
    for chains, end in ((frozenset(), ""), (HERE, " at the address, whatever the memo")):
        [(could,)] = told(build(replace(inputs, memo_chains=chains)), "could_change")
        assert f"opening at W: 80-85 USD{end};" in could


TXIDS, INDEXES = st.integers(0, 5).map(str), st.integers(0, 1).map(str)
CREDITS = st.lists(st.tuples(TXIDS, INDEXES, st.integers(1, 2**256)), min_size=1)
TOLD = st.dictionaries(
    st.tuples(st.just("ledger"), TXIDS, INDEXES),
    st.lists(st.sampled_from(["7", "8", "9"]), min_size=1, max_size=2, unique=True).map(tuple),
)


@given(fifo=CREDITS, lifo=CREDITS, memos=TOLD)
def test_the_sums_of_the_memos_are_the_sum_at_the_address(fifo, lifo, memos):
    parted = report(memos, fifo=fifo, lifo=lifo)
    keys = ("traced_value", "min_value", "max_value")
    [(value, low, _)] = told(report(memos, frozenset(), fifo=fifo, lifo=lifo), *keys)
    rows = told(parted, *keys)
    assert sum(row[0] for row in rows) == value == sum(end[2] for end in fifo)
    assert sum(row[1] for row in rows) <= low
    assert all(least <= here <= most for here, least, most in rows)
    assert len(parted.tables["credits"].rows) == len(fifo)
