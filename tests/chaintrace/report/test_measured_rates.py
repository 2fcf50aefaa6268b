"""How often a rule errs is told with what it says: on the page, in the JSON, and where an endpoint rests on it."""

from __future__ import annotations

from chaintrace.report.build import build
from chaintrace.report.html import page
from chaintrace.report.interface import RuleLine
from chaintrace.report.json_file import document
from chaintrace.report.rates import measured_of
from tests.chaintrace.report.samples import accounts

RATE = "measured on a set (n=152 transactions, 2018, real): precision 1.000; not an estimate for this case"


def test_the_rate_stands_once_below_the_findings_and_once_with_the_rule():
    told = page(build(accounts(rules=(RuleLine("busy", 1, 40, "A text.", RATE),))))
    assert told.count(RATE) == 2
    assert f"A text. How often it errs: {RATE}." in told
    assert f"How often busy errs: {RATE}." in told


def test_a_rule_without_a_rate_is_not_measured():
    report = build(accounts())
    assert page(report).count("not measured") >= 2
    assert [rule["measured"] for rule in document(report)["rules"]] == ["not measured"]
    assert measured_of(report.inputs, "a rule that is not in use") == "not measured"


def test_the_rate_stands_in_the_json():
    report = build(accounts(rules=(RuleLine("busy", 1, 40, "A text.", RATE),)))
    assert [rule["measured"] for rule in document(report)["rules"]] == [RATE]
