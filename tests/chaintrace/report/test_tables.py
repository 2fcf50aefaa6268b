"""The tables of a report: columns, order, and what stands in each row."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.assets import asset_keys
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import Service
from chaintrace.model.trace import Endpoint, Limits, Screen, Trace
from chaintrace.model.transaction import Leg, Transfer
from chaintrace.report import build
from chaintrace.report.amounts import amount, figure, iso, per_cent, prose, share
from chaintrace.report.columns import ALWAYS, COLUMNS, COUNTS, TIMES, VALUES
from chaintrace.report.json_file import document
from tests.chaintrace.report.samples import T0, USD, account_trace, accounts, bank, outputs


def records(report, name):
    return list(report.tables[name].records())


def test_the_columns_are_those_of_the_contract_in_their_order():
    assert COLUMNS["endpoints"] == (
        *("rank", "origin", "chain", "address", "memo", "entity", "category", "confidence", "label_source", "asset"),
        *("contract", "decimals", "traced_value", "traced_amount", "first_time", "last_time", "first_txid"),
        *("last_txid", "hops", "method", "min_value", "max_value", "service_address"),
        *("grade", "reason", "route", "path", "could_change"),
        *("issuer", "issuer_power", "issuer_state", "issuer_state_height"),
    )
    assert COLUMNS["hops"][:8] == ("step", "chain", "txid", "index", "height", "time", "from_address", "to_address")
    assert COLUMNS["gaps"][:5] == ("kind", "chain", "subject", "effect_value", "text")
    assert COLUMNS["resting"][9:12] == ("since", "as_of", "height")
    assert COLUMNS["methods"][-5:] == ("fifo", "lifo", "libr", "haircut", "poison_reached")


def test_every_report_has_every_table_and_rows_as_wide_as_their_columns():
    report = build(accounts())
    assert tuple(report.tables) == tuple(name for name in COLUMNS if name in ALWAYS)
    assert "sources" in build(outputs()).tables
    for table in report.tables.values():
        assert table.columns == COLUMNS[table.name]
        assert {len(row) for row in table.rows} <= {len(table.columns)}


def test_whole_numbers_stand_in_the_columns_that_say_so():
    for report in (build(accounts()), build(outputs())):
        for table in report.tables.values():
            for record in table.records():
                numbers = {name for name, cell in record.items() if isinstance(cell, int)}
                assert numbers <= VALUES | COUNTS
                assert not numbers & TIMES


def test_an_endpoint_is_told_with_its_range_and_its_claims():
    [row] = records(build(accounts()), "endpoints")
    assert (row["rank"], row["origin"], row["address"], row["entity"]) == (1, "A", "SBANK", "Bank")
    assert (row["confidence"], row["label_source"], row["category"]) == (70, "a list", "exchange")
    assert (row["traced_value"], row["traced_amount"]) == (8_500, "85.00")
    assert (row["min_value"], row["max_value"], row["method"], row["hops"]) == (8_000, 8_500, "fifo", 1)
    assert row["first_time"] == row["last_time"] == "2020-09-13T12:28:40Z"


def test_the_actor_is_the_entity_where_a_tag_names_one():
    outcome = Endpoint(
        "A", USD, 9_700, "SBANK", "tx2", "0", T0, None, None, 9_700, 1, 2, (bank("hot 3", actor="bank"),)
    )
    trace = replace(account_trace("fifo", 9_700), outcomes=(outcome, *account_trace("fifo", 9_700).outcomes[1:]))
    [row] = records(build(accounts(methods=("fifo",), traces={"fifo": trace})), "endpoints")
    assert row["entity"] == "bank"


BY_GRADE = (
    lambda address: (replace(bank(address=address), source_family="explorer:one"),),
    lambda address: (bank(address=address),),
    lambda address: (bank(address=address), replace(bank(address=address), source="another list")),
)
"""The tags of an address, by how well they are supported: claimed, attributed, corroborated."""


def many(values, grades, ages):
    """A trace with an endpoint for each value, at addresses S0, S1 and so on."""
    outcomes = tuple(
        Endpoint(
            *("A", USD, value, f"S{n}", f"t{n}", "0", T0 + age, None, None, value, 1, n),
            tags=BY_GRADE[grade](f"S{n}"),
        )
        for n, (value, grade, age) in enumerate(zip(values, grades, ages, strict=True))
    )
    claim = replace(account_trace("fifo", 9_700).claims[0], leg_value=sum(values), claimed=sum(values))
    return Trace("fifo", (claim,), (), outcomes, (), ())


@pytest.mark.parametrize(
    ("values", "grades", "ages", "order"),
    [
        ((5, 50, 500), (2, 1, 0), (0, 0, 0), ["S0", "S1", "S2"]),
        ((5, 50, 500), (1, 1, 1), (0, 0, 0), ["S2", "S1", "S0"]),
        ((5, 5, 5), (1, 1, 1), (9, 1, 5), ["S1", "S2", "S0"]),
        ((5, 5), (1, 1), (0, 0), ["S0", "S1"]),
    ],
)
def test_endpoints_rank_by_grade_then_least_amount_then_age(values, grades, ages, order):
    inputs = accounts(methods=("fifo",), traces={"fifo": many(values, grades, ages)}, tags={})
    assert [row["address"] for row in records(build(inputs), "endpoints")] == order


def test_the_least_amount_over_the_methods_ranks_and_not_the_main_methods():
    traces = {"fifo": many((90, 10), (1, 1), (0, 0)), "lifo": many((20, 80), (1, 1), (0, 0))}
    inputs = accounts(methods=("fifo", "lifo"), traces=traces, tags={})
    rows = records(build(inputs), "endpoints")
    assert [(row["address"], row["min_value"], row["max_value"]) for row in rows] == [("S0", 20, 90), ("S1", 10, 80)]


def test_a_credit_says_gross_traced_and_share():
    [row] = records(build(accounts()), "credits")
    assert (row["gross_value"], row["gross_amount"], row["traced_amount"]) == (9_000, "90.00", "85.00")
    assert row["share"] == "0.944444"


def test_an_endpoint_of_another_method_only_stands_in_methods():
    traces = {"fifo": account_trace("fifo", 0), "lifo": account_trace("lifo", 9_000)}
    report = build(accounts(methods=("fifo", "lifo"), traces=traces, screen=Screen(frozenset(), frozenset())))
    assert records(report, "endpoints") == []
    [row] = records(report, "methods")
    assert (row["fifo"], row["lifo"], row["libr"], row["haircut"], row["poison_reached"]) == (
        0,
        9_000,
        None,
        None,
        "no",
    )


def test_what_only_poison_reaches_stands_in_methods_with_zeros():
    first, second = records(build(accounts()), "methods")
    assert (first["fifo"], first["lifo"], first["libr"], first["haircut"]) == (8_500, 8_000, 8_000, 8_182)
    assert (second["address"], second["fifo"], second["poison_reached"]) == ("SPOISON", 0, "yes")


def test_resting_is_a_book_value_with_the_end_of_coverage():
    traces = {"lifo": account_trace("lifo", 8_000, kept=100)}
    [row] = records(build(accounts(methods=("lifo",), traces=traces)), "resting")
    assert (row["address"], row["traced_amount"], row["outpoint"]) == ("W", "1.00", "")
    assert (row["since"], row["as_of"], row["height"]) == (iso(T0 + 60), iso(T0 + 600), None)
    assert row["actual_balance"] is None


def test_hops_begin_with_the_seed():
    rows = records(build(accounts()), "hops")
    assert [(row["rule"], row["hop"], row["traced_value"]) for row in rows] == [
        ("seed", 0, 10_000),
        ("fifo", 1, 8_500),
        ("fifo", 1, 1_200),
    ]
    assert records(build(outputs()), "hops")[0]["time"] is None


def test_a_hop_names_who_sent_the_transaction_where_it_is_not_the_address_that_the_value_left():
    """As an approved spender does: the value is the holder's, the signature and the fee are the spender's."""
    base = account_trace("fifo", 8_500)

    def sent_by(hop, payer):
        fee = Transfer("fee", "fee", USD, (Leg(1, Account(payer, USD), payer),), (), (T0, 0, 0))
        transfers = (*((fee,) if payer else ()), *hop.transaction.transfers)
        return hop._replace(transaction=replace(hop.transaction, transfers=transfers))

    hops = [sent_by(hop, payer) for hop, payer in zip(base.hops, ("V", "DRAINER", ""), strict=True)]
    rows = records(build(accounts(methods=("fifo",), traces={"fifo": replace(base, hops=tuple(hops))})), "hops")
    assert [row["spender"] for row in rows] == ["", "DRAINER", ""]


def test_reconciliation_has_every_outcome_of_every_method_zeros_too():
    rows = records(build(accounts()), "reconciliation")
    for method in ("fifo", "lifo", "libr", "haircut"):
        lines = {row["outcome"]: row["value"] for row in rows if row["method"] == method}
        assert list(lines) == [
            *("seed", "converted_in", "endpoint", "returned", "burned", "resting", "fee", "not_followed"),
            "converted_out",
        ]
        assert lines["seed"] + lines["converted_in"] == sum(list(lines.values())[2:]) == 10_000
        assert lines["converted_out"] == 0


def test_a_trace_that_does_not_balance_is_refused():
    trace = account_trace("fifo", 8_500)
    broken = replace(trace, outcomes=trace.outcomes[:-1])
    with pytest.raises(RuntimeError, match=r"fifo: A has 10000 . 0 base units and ends with 8800"):
        build(accounts(methods=("fifo",), traces={"fifo": broken}))


def test_claims_that_differ_are_all_shown_and_named():
    rows = records(build(accounts()), "tags")
    assert [(row["label"], row["conflict"]) for row in rows] == [("Bank", "yes"), ("Another", "yes")]


def test_a_rule_that_made_a_stop_is_named_with_its_confidence():
    outcome = Endpoint("A", USD, 10_000, "SBUSY", "tx2", "0", T0, None, None, 10_000, 1, 2, (), "busy")
    trace = replace(account_trace("fifo", 9_700), outcomes=(outcome,), gaps=())
    findings = (Service("ledger", "SBUSY", "", ("tx2",), "busy", 1, 40),)
    report = build(accounts(methods=("fifo",), traces={"fifo": trace}, findings=findings))
    [row] = records(report, "endpoints")
    assert (row["entity"], row["category"], row["confidence"], row["label_source"]) == ("", "service", 40, "rule busy")
    assert records(report, "findings")[0]["evidence"] == '["tx2"]'
    assert report.complete


def test_gaps_carry_their_effect_twice():
    [row] = records(build(accounts()), "gaps")
    assert (row["kind"], row["effect_value"], row["effect_amount"]) == ("opening", 500, "5.00")


def test_unknown_decimals_leave_the_amount_empty():
    unknown = Asset("ledger", "TOKEN", "USD", None)
    trace = account_trace("fifo", 8_500)
    moved = tuple(replace(outcome, asset=unknown) for outcome in trace.outcomes)
    claims = tuple(replace(claim, asset=unknown) for claim in trace.claims)
    traces = {"fifo": replace(trace, outcomes=moved, claims=claims, hops=())}
    report = build(accounts(methods=("fifo",), traces=MappingProxyType(traces)))
    assert records(report, "endpoints")[0]["traced_amount"] is None
    assert "8,500 base units of USD" in report.sentence


@given(st.integers(0, 2**256 - 1), st.integers(0, 255))
def test_an_amount_says_exactly_its_value(value, decimals):
    text = amount(value, decimals)
    whole, _, rest = text.partition(".")
    assert int(whole + rest) == value
    assert len(rest) == decimals
    assert int(figure(value, Asset("c", "", "X", decimals)).replace(",", "").partition(".")[0]) == int(whole)


@given(st.integers(0, 2**256), st.integers(1, 2**256))
def test_a_share_never_says_more_than_there_is(part, whole):
    part = min(part, whole)
    text = share(part, whole)
    assert int(text.replace(".", "")) * whole <= part * 10**6
    assert text <= "1.000000"


@pytest.mark.parametrize(
    ("value", "decimals", "exact", "spoken"),
    [
        (6_369_996_546, 8, "63.69996546", "63.69996546 X"),
        (1_000_000_000, 8, "10.00000000", "10 X"),
        (1, 18, "0.000000000000000001", "0.000000000000000001 X"),
        (190_000_000_000, 6, "190000.000000", "190,000 X"),
        (5, 0, "5", "5 X"),
        (5_000, None, None, "5,000 base units of X"),
    ],
)
def test_amounts_are_exact(value, decimals, exact, spoken):
    assert amount(value, decimals) == exact
    assert prose(value, Asset("c", "", "X", decimals)) == spoken


def test_per_cent_is_rounded_half_up_and_empty_of_nothing():
    assert (per_cent(1, 3), per_cent(1, 2000), per_cent(1, 0)) == ("33.3 %", "0.1 %", "")


def test_nearly_all_and_nearly_nothing_are_not_rounded_away():
    assert (per_cent(2_000_001, 2_000_002), per_cent(1, 2_001)) == ("over 99.9 %", "under 0.1 %")
    assert (per_cent(7, 7), per_cent(0, 7)) == ("100.0 %", "0.0 %")


@pytest.mark.parametrize(("chain", "contract"), [("bitcoin", ""), ("ledger", ""), ("ledger", "GOLD"), ("tron", "")])
def test_a_least_value_is_printed_under_the_key_that_a_case_takes(chain, contract):
    inputs = replace(accounts(), limits=Limits(min_value={(chain, contract): 7}))
    written = document(build(inputs))["limits"]["min_value"]
    (key,) = written
    named, _, asset = key.partition(":")
    assert named == chain
    assert contract in asset_keys(chain, asset)
    assert written == {key: "7"}
    assert (chain != "bitcoin") or key == "bitcoin:BTC"
