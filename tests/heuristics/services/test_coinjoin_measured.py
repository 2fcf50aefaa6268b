"""What the texts of the rules about coinjoins say is what was counted on real and emulated sets, by the page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chaintrace.case.rules import by_subject, findings, services
from chaintrace.model.trace import Seed
from chaintrace.tracing import trace
from heuristics import ALL
from tests.benchmarks import accuracy_page
from tests.heuristics.services.rounds import RULES, joinmarket, mix, transaction, view_of, with_legs

TEXTS = {name: " ".join((rule.__doc__ or "").split()) for name, rule in RULES.items()}


@pytest.fixture(scope="module")
def page():
    return accuracy_page.part("Coinjoins: by family", "change: payments")


@pytest.mark.parametrize(
    ("rule", "name", "coinjoins", "said"),
    [
        ("coinjoin_wasabi1", "wasabi1_2018", 152, "of 152 rounds of 2018, known from the coordinator's log, 152"),
        ("coinjoin_wasabi2", "emulated_wasabi2", 6, "of 6 emulated rounds of 13 to 31 inputs all"),
        ("coinjoin_whirlpool", "whirlpool_202403", 736, "of 736 mixes of March 2024 all"),
        ("whirlpool_tx0", "whirlpool_tx0", 378, "of 378 TX0s of 2022 to 2024 all, none of them called a coinjoin"),
        ("coinjoin_joinmarket", "emulated_joinmarket", 32, "of 32 emulated rounds all"),
    ],
)
def test_every_coinjoin_of_a_set_is_named_by_its_family_alone(page, rule, name, coinjoins, said):
    row = re.search(rf"^\| {rule} \| {name} \| [\d-]+ \| \w+ \| (\d+) \| (.*?) \|.*$", page, re.MULTILINE)
    cells = [cell.strip() for cell in row[0].strip("|").split("|")]
    total, found, false, missed, otherwise = map(int, cells[5:10])
    assert (total, found, false, missed, otherwise) == (coinjoins, coinjoins, 0, 0, 0)
    assert said in TEXTS[rule]


def test_what_is_no_coinjoin_is_called_none(page):
    table = page.split("## Coinjoins: false alarms")[1]
    rows = re.findall(r"^\| ([^|]+) \| [\d-]+ \| \w+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", table, re.MULTILINE)
    assert len(rows) == 9
    assert {mixed for *_, mixed, _ in rows} == {"0"}
    assert {prepared for name, *_, prepared in rows if name != "whirlpool_tx0, its TX0s"} == {"0"}
    others = {name: total for name, total, *_ in rows}
    assert f"none of the {others['emulated_wasabi2, its other transactions']} other" in TEXTS["coinjoin_wasabi2"]
    assert f"none of the {others['emulated_joinmarket, its other transactions']} other" in TEXTS["coinjoin_joinmarket"]
    assert "of ordinary transactions of 2009 to 2017 it names none" in TEXTS["coinjoin_generic"]


def test_every_coinjoin_is_named_when_nobody_knows_when_it_was_made(page):
    table = page.split("## coinjoin_generic: coinjoins of which nobody knows")[1].split("##")[0]
    numbers = r" \| (\d+)" * 4
    rows = re.findall(rf"^\| (\w+), without its times \| \d+{numbers} \|", table, re.MULTILINE)
    assert len(rows) == 4
    assert {(false, missed) for *_, false, missed in rows} == {("0", "0")}
    assert (
        f"Of {sum(int(found) for _, _, found, *_ in rows)} coinjoins of the four families" in TEXTS["coinjoin_generic"]
    )


def test_no_trace_stops_at_a_coinjoin():
    found = [finding for one in (mix(), joinmarket()) for rule in RULES.values() for finding in rule(one, view_of())]
    assert len(found) == 2
    assert services(found) == ()


@pytest.mark.parametrize("method", ["fifo", "lifo", "libr", "haircut"])
def test_a_trace_goes_through_a_coinjoin_whatever_is_said_of_it(method):
    seed = transaction([9_000_000], [7_000_000, 1_990_000], txid="seed")
    round_ = joinmarket()
    first, *others = round_.transfers[0].inputs
    round_ = with_legs(round_, inputs=(replace(first, holding=seed.transfers[0].outputs[0].holding), *others))
    view = view_of(seed, round_)
    told = view.with_findings(by_subject(findings((seed, round_), [rule for rule in ALL if rule.id in RULES], view)))
    assert [one.rule for one in told.findings("bitcoin", "t")] == ["coinjoin_joinmarket"]
    seeds = (Seed("bitcoin", "seed", "0", "payment"),)
    through, plain = (trace(one, seeds, method) for one in (told, view))
    assert through.outcomes == plain.outcomes
    assert through.hops == plain.hops
    assert len(through.hops) > 1


@pytest.mark.parametrize("rule", RULES)
def test_the_texts_say_from_when_on_and_what_fails(rule):
    text = TEXTS[rule]
    assert "Known failures:" in text
    assert rule == "coinjoin_generic" or re.search(r"[Ff]rom height [\d,]+ on, or from \d{4}-\d\d-\d\d", text)
