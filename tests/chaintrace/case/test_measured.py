"""What is printed beside a finding is what the shipped table says."""

from __future__ import annotations

import re

from chaintrace.case.assembly import rule_line
from chaintrace.case.measured import measured, rows
from chaintrace.cli import run
from chaintrace.plugins import heuristics

SET = (
    r".+ \(n=\d+ [a-z]+, \d{4}(?:-\d{4})?, (?:real|emulated)\)"
    r"(?:: precision \d\.\d{3}(?: \(95 % [\d.-]+\))?, recall \d\.\d{3}(?: \(95 % [\d.-]+\))?"
    r"|: no finding there, so its errors are not measured by it; recall \d\.\d{3}(?: \(95 % [\d.-]+\))?"
    r"|, where there is nothing to find: \d+ false)"
)


def test_every_rate_says_on_what_and_that_it_is_no_estimate():
    assert measured()
    for sentence in measured().values():
        assert re.fullmatch(rf"measured on {SET}(?:; on {SET})*; not an estimate for this case", sentence)


def test_only_installed_rules_are_measured_and_the_others_say_that_they_are_not():
    installed = {rule.id: rule for rule in heuristics()}
    assert {row["rule"] for row in rows()} == set(measured()) <= set(installed)
    assert rule_line(installed["change"]).measured == measured()["change"]
    assert rule_line(installed["funder"]).measured == "not measured"


def test_the_command_prints_it(capsys):
    assert run(["rules"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()[2:]]
    told = {line[0]: line[-1] for line in lines}
    assert told["change"] == measured()["change"]
    assert told["busy"] == "not measured"
