"""endpoints.csv in words: why a trace stops, whom there is to ask, the shortest way, and what could change it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from chaintrace.model.finding import Service
from chaintrace.model.trace import Endpoint, Hop
from chaintrace.report.build import build
from chaintrace.report.html import page
from chaintrace.report.interface import RuleLine
from tests.chaintrace.report.samples import T0, USD, account_trace, accounts, bank, transfer

SWEPT = "swept to exch's wallet in 4 of 4 outflows; consistent explanations: a customer account at exch."
FOUND = Service("ledger", "D", "SBANK", ("tx8", "tx9"), "deposit_address", 1, 20, SWEPT)


def rows_of(**changes):
    report = build(accounts(**changes))
    return list(report.tables["endpoints"].records()), report


def stopped_by_rule(rule: str = "deposit_address", address: str = "D"):
    """The payment ends at an address where a rule stopped it."""
    trace = account_trace("fifo", 9_700)
    end = Endpoint("A", USD, 9_700, address, "tx2", "0", T0 + 120, None, None, 9_000, 1, 2, (), rule)
    hop = Hop(2, transfer(2, "W", address, 9_700), "tx2", "0", "W", address, USD, 9_700, 9_700, "A", 1, "fifo")
    return replace(trace, outcomes=(end, *trace.outcomes[1:]), hops=(trace.hops[0], hop))


def test_a_deposit_address_stands_with_the_wallet_behind_it_and_its_exchange():
    [row], report = rows_of(
        methods=("fifo",),
        traces={"fifo": stopped_by_rule()},
        tags={("ledger", "SBANK"): (bank("Exch 1", actor="exch"),)},
        findings=(FOUND,),
        actors={"exch": "Exch"},
    )
    assert (row["address"], row["service_address"], row["entity"]) == ("D", "SBANK", "exch")
    assert (row["category"], row["confidence"], row["label_source"]) == ("exchange", 20, "rule deposit_address")
    assert (row["grade"], row["reason"], row["route"]) == ("claimed", SWEPT, "yes")
    assert "the label of SBANK, and whether the rule deposit_address is right: not measured" in str(row["could_change"])
    assert "1 address attributed by rule deposit_address to Exch;" in report.sentence
    assert "Exch (swept to Exch 1)" in page(report)
    assert SWEPT.replace("'", "&#x27;") in page(report) or SWEPT.replace("'", "&#39;") in page(report)


EXPLORER = replace(bank("Exch 1", actor="exch"), source="an explorer", source_family="explorer:one")
LIST = bank("Exch 1", actor="exch")
RESERVES = replace(LIST, source="reserves", source_family="reserves:exch")


@pytest.mark.parametrize(
    ("tags", "rule", "grade"),
    [
        ((EXPLORER,), 50, "claimed"),
        ((LIST,), 50, "attributed"),
        ((EXPLORER, RESERVES), 50, "attributed"),  # of the wallet two families of sources say it, of the address none
        ((LIST, RESERVES), 49, "claimed"),
    ],
    ids=["an explorer", "one list", "two sources", "a rule that makes leads"],
)
def test_the_grade_of_a_deposit_address_is_that_of_the_label_and_at_most_attributed(tags, rule, grade):
    [row], _ = rows_of(
        methods=("fifo",),
        traces={"fifo": stopped_by_rule()},
        tags={("ledger", "SBANK"): tags},
        findings=(FOUND,),
        rules=(RuleLine("deposit_address", 2, rule), RuleLine("busy", 1, 90)),
    )
    assert (row["entity"], row["grade"]) == ("exch", grade)


def test_a_tag_of_the_address_itself_that_does_not_stop_is_not_its_exchange():
    seen = replace(bank("Scam", address="D"), category="scam", stops=False)
    [row], _ = rows_of(
        methods=("fifo",),
        traces={"fifo": stopped_by_rule()},
        tags={("ledger", "SBANK"): (bank("Exch 1", actor="exch"),), ("ledger", "D"): (seen,)},
        findings=(FOUND,),
    )
    assert (row["entity"], row["service_address"]) == ("exch", "SBANK")


def test_where_no_label_says_whose_it_is_the_rule_and_its_reason_stand():
    code = "the address is a contract (9 bytes of code at height 4): what it pays out follows its code."
    found = Service("ledger", "C", "", (), "contract", 1, 80, code)
    [row], report = rows_of(
        methods=("fifo",), traces={"fifo": stopped_by_rule("contract", "C")}, tags={}, findings=(found,)
    )
    assert (row["entity"], row["service_address"], row["grade"]) == ("", "", "")
    assert (row["category"], row["route"], row["reason"]) == ("service", "not known", code)
    assert "with contract off in [rules] the trace goes on" in str(row["could_change"])
    assert "1 address where rule contract stops the trace and no label says whose it is;" in report.sentence
    assert "attributed" not in report.sentence
    depends = page(report).split('id="rules"', 1)[1].split("<h2", 1)[0]
    assert "Credited to endpoints" in depends  # nobody attributes this one
    assert "attributed" not in depends


def test_where_a_rule_stops_at_code_a_tag_says_whose_code_it_is():
    code = "the address is a contract (9 bytes of code at height 4): what it pays out follows its code."
    found = Service("ledger", "C", "", (), "contract", 1, 80, code)
    for category, entity, route in (("defi_dex", "swap", "no"), ("black_list", "", "not known")):
        told = replace(bank("A Swap", actor="swap", address="C"), category=category, stops=False)
        [row], report = rows_of(
            methods=("fifo",),
            traces={"fifo": stopped_by_rule("contract", "C")},
            tags={("ledger", "C"): (told,)},
            findings=(found,),
        )
        assert (row["entity"], row["route"], row["reason"]) == (entity, route, code)
        assert ("attributed by a list to swap" in report.sentence) is bool(entity)
        if entity:
            assert (row["category"], row["label_source"], row["confidence"]) == (category, told.source, told.confidence)


def test_a_tag_says_its_category_source_and_dates():
    listed = replace(bank(), valid_from="2022-08-08", valid_to="2025-03-21")
    end = Endpoint("A", USD, 9_700, "SBANK", "tx2", "0", T0, None, None, 9_700, 1, 2, (listed,))
    trace = replace(account_trace("fifo", 9_700), outcomes=(end, *account_trace("fifo", 9_700).outcomes[1:]))
    [row], _ = rows_of(methods=("fifo",), traces={"fifo": trace}, tags={})
    assert row["reason"] == (
        "tag of the category exchange by a list, dated 2024-01-01, listed 2022-08-08, delisted 2025-03-21"
    )


@pytest.mark.parametrize(
    ("category", "route"),
    [("exchange", "yes"), ("issuer", "yes"), ("defi_bridge", "no"), ("mixing_service", "not known"), ("", "not known")],
)
def test_whether_there_is_somebody_to_ask_goes_by_the_category(category, route):
    end = Endpoint(
        *("A", USD, 9_700, "SBANK", "tx2", "0", T0, None, None, 9_700, 1, 2),
        tags=(replace(bank(), category=category),),
    )
    trace = replace(account_trace("fifo", 9_700), outcomes=(end, *account_trace("fifo", 9_700).outcomes[1:]))
    [row], _ = rows_of(methods=("fifo",), traces={"fifo": trace}, tags={})
    assert row["route"] == route


def test_what_could_change_it_names_the_rule_the_openings_the_conflict_and_the_date():
    [row], _ = rows_of()
    told = str(row["could_change"]).split("; ")
    assert told == [
        "the allocation rule: 80-85 USD",
        "opening at W: 80-85 USD",
        "claims about whose address it is contradict each other",
        "the label is younger than the last credit: dated 2024-01-01",
    ]
    [row], _ = rows_of(methods=("fifo",), traces={"fifo": account_trace("fifo", 8_500)}, sensitivities=(), tags={})
    assert "only FIFO was run" in str(row["could_change"])


def test_the_shortest_way_is_the_fewest_hops_each_before_the_next():
    trace = account_trace("fifo", 9_700)
    names = ["W", "M", "N", "SBANK"]
    seed, pairs = trace.hops[0], list(pairwise(names))
    ways = [(n + 2, sender, receiver, n + 1) for n, (sender, receiver) in enumerate(pairs)]
    ways += [(6, "W", "SBANK", 1), (7, "N", "M", 4)]
    hops = [
        Hop(step, transfer(step, sender, receiver, 5), f"tx{step}", "0", sender, receiver, USD, 5, 5, "A", hop, "fifo")
        for step, sender, receiver, hop in ways
    ]
    long, short = (
        Endpoint("A", USD, 5, "SBANK", f"tx{step}", "0", T0, None, None, 5, hop, step, (bank(),))
        for step, hop in ((4, 3), (6, 1))
    )
    for credits_, way in (((long,), "tx1;tx2;tx3;tx4"), ((long, short), "tx1;tx6")):
        claim = replace(trace.claims[0], leg_value=5 * len(credits_), claimed=5 * len(credits_))
        made = replace(trace, hops=(seed, *hops), outcomes=credits_, claims=(claim,))
        [row], _ = rows_of(methods=("fifo",), traces={"fifo": made}, tags={})
        assert row["path"] == way


def test_a_memo_stands_at_its_endpoint_and_its_credit_and_runs_nothing():
    hostile = "<script>alert(1)</script>"
    [row], report = rows_of(memos={("ledger", "tx2", "0"): ("invoice 7", hostile)})
    assert row["memo"] == f"invoice 7; {hostile}"
    [credit] = report.tables["credits"].records()
    assert credit["memo"] == row["memo"]
    assert "<script>alert" not in page(report)
    assert "invoice 7" in page(report)


def test_the_first_page_names_the_first_endpoints_and_their_memo_where_there_is_one():
    report = build(accounts())
    first = page(report).split('id="arrived"', 1)[1].split("<h2", 1)[0]
    assert "SBANK" in first
    assert "Bank" in first
    assert "80–85" in first
    assert "Memo" not in first
    _, told = rows_of(memos={("ledger", "tx2", "0"): ("invoice 7",)})
    first = page(told).split('id="arrived"', 1)[1].split("<h2", 1)[0]
    assert "Memo" in first
    assert "invoice 7" in first


def test_without_an_endpoint_the_first_page_has_no_table_of_them():
    assert 'id="arrived"' not in page(build(accounts(methods=("fifo",), traces={"fifo": account_trace("fifo", 0)})))
