"""valuation.csv and its section of the page: which rows there are, in which order, and what they say."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import jsonschema

from chaintrace.model.prices import Price, PriceSeries
from chaintrace.report import build
from chaintrace.report.html import page
from chaintrace.report.json_file import document, schema
from chaintrace.valuation import Declared, Valuation
from tests.chaintrace.report.samples import DAY, T0, accounts, outputs

KEY = ("ledger", "TOKEN")
QUOTED = PriceSeries("ledger", "TOKEN", "USD", "day", "<b>a list</b>", (Price(T0 // DAY * DAY, Decimal("0.9987")),))


def rows(inputs) -> list[dict]:
    return list(build(inputs).tables["valuation"].records())


def test_the_rows_stand_in_the_order_of_the_moments_and_carry_the_main_method():
    made = rows(accounts(methods=("lifo",), valuation=Valuation("USD", series={KEY: QUOTED})))
    assert [(row["what"], row["address"], row["value"], row["amount"], row["worth"]) for row in made] == [
        ("loss", "W", 10_000, "100.00", "99.87"),
        ("credit", "SBANK", 8_000, "80.00", "79.90"),  # 79.896
        ("endpoint", "SBANK", 8_000, "80.00", "79.90"),
        ("resting", "W", 100, "1.00", "1.00"),  # 0.9987
        ("report", "", 10_000, "100.00", "99.87"),
    ]


def test_the_memo_of_what_was_credited_stands_in_its_rows():
    """Where it is a part of the endpoint, it is all that tells two rows of one address apart."""
    told = {("ledger", "tx2", "0"): ("4021",)}
    made = rows(accounts(valuation=Valuation("USD"), memos=told, memo_chains=frozenset({"ledger"})))
    assert {(row["what"], row["memo"]) for row in made} == {
        *(("loss", ""), ("report", "")),
        *(("credit", "4021"), ("endpoint", "4021")),
    }


def test_the_times_are_those_of_the_payment_the_credit_and_the_end():
    made = rows(accounts(valuation=Valuation("USD", series={KEY: QUOTED})))
    assert {row["what"]: row["time"] for row in made} == {
        "loss": "2020-09-13T12:27:40Z",
        "credit": "2020-09-13T12:28:40Z",
        "endpoint": "2020-09-13T12:36:40Z",
        "report": "2020-09-13T12:36:40Z",
    }


def test_a_payment_whose_transaction_is_absent_has_no_time_and_no_value():
    made = rows(outputs())
    assert [row["reason"] for row in made if row["what"] == "loss"] == ["the time is not known"] * 2
    assert [(row["worth"], row["reason"]) for row in made if row["what"] == "credit"] == [("0.06", ""), ("0.04", "")]


def test_the_sum_of_the_credits_is_the_endpoint_to_the_last_digit():
    made = rows(accounts(valuation=Valuation("USD", series={KEY: QUOTED})))
    exact = {
        what: sum(row["value"] * Decimal(row["price"]) for row in made if row["what"] == what)
        for what in ("credit", "endpoint")
    }
    assert exact["credit"] == exact["endpoint"] == Decimal(8500) * Decimal("0.9987")


def test_the_page_says_rule_source_rounding_and_policy_and_runs_nothing_of_a_source():
    text = page(build(accounts(valuation=Valuation("USD", series={KEY: QUOTED}))))
    assert '<h2 id="valuation">Value in USD</h2>' in text
    assert "rounded half up to 2 decimal places" in text
    assert 'class="n"><div><b>84.89 USD</b></div></td>' in text
    assert "a stablecoin has the price of the source, never 1.00 by itself" in text
    assert "No price is converted." in text
    assert "&lt;b&gt;a list&lt;/b&gt;" in text
    assert 'href="#valuation"' in text
    assert 'id="valuation"' not in page(build(accounts()))


def test_what_is_declared_is_said_at_the_head_and_in_each_row():
    one = Declared(Decimal("1.00"), "USD")
    told = Valuation("USD", declared={KEY: one, ("ledger", "another name of it"): one})
    text = page(build(accounts(valuation=told)))
    assert "Declared in the case, and no market&#x27;s price: ledger:TOKEN at 1.00 USD." in text
    assert {row["rule"] for row in rows(accounts(valuation=told))} == {
        "declared in the case as 1.00 USD; not a market price"
    }


def test_trace_json_with_values_keeps_its_schema_and_says_how_they_were_made():
    made = document(build(accounts(valuation=Valuation("CNY", series={KEY: QUOTED}))))
    jsonschema.Draft202012Validator(json.loads(schema())).validate(made)
    assert made["valuation"] == {
        "currency": "CNY",
        "at": ["loss", "credit", "report"],
        "rounding": "half up, 2 decimal places",
        "ecb": "",
        "declared": {},
    }
    assert all("names no ecb rule" in row["reason"] for row in made["tables"]["valuation"])


def test_an_asset_without_decimals_is_not_valued():
    inputs = accounts(methods=("lifo",), valuation=Valuation("USD", series={KEY: QUOTED}))
    asset = replace(inputs.trace.claims[0].asset, decimals=None)
    claims = tuple(replace(claim, asset=asset) for claim in inputs.trace.claims)
    bare = replace(inputs, traces={"lifo": replace(inputs.trace, claims=claims)})
    (loss,) = [row for row in rows(bare) if row["what"] == "loss"]
    assert (loss["amount"], loss["worth"]) == (None, None)
    assert loss["reason"] == "nobody said how many decimals the asset has"
