"""Every rule of docs/method.md has vectors worked by hand, and the tracer finds what they say, to the unit."""

from __future__ import annotations

import csv
import html
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from chaintrace.errors import InputError
from chaintrace.model.attribution import CONFIDENCE
from chaintrace.model.trace import OUTCOME_NAMES, FeePaid, NotFollowed, Outcome, Reason, Resting, Trace
from chaintrace.report.amounts import iso
from chaintrace.report.interface import METHOD_VERSION
from tests.vectors.vector import FOLDER, METHODS, ROOT, Answer, Vector, ask, vectors

METHOD = (ROOT / "docs" / "method.md").read_text("utf-8")
RULES = tuple(f"M{number}" for number in range(1, 32))
ALL = vectors()
ANSWERED = [vector for vector in ALL if "refused" not in vector.asks]
REFUSED = [vector for vector in ALL if "refused" in vector.asks]
KEYS = {
    "name", "why", "methods", "complete", "transfers", "transactions", "events", "tags", "limits", "method", "seeds",
    "links", "rows", "gaps", "refused", "hops", "left", "left_out", "as_of", "poison", "ranges", "complete_run",
    "sources", "sensitivities",
}  # fmt: skip


def having(key: str) -> list[Vector]:
    """The vectors that expect something of a kind."""
    return [vector for vector in ANSWERED if key in vector.asks]


def name(vector: Vector) -> str:
    return vector.id


def where(outcome: Outcome) -> str:
    """The `where` of a row: data/cases/README.md says what it is for each outcome."""
    if isinstance(outcome, NotFollowed):
        return outcome.reason
    if isinstance(outcome, Resting) and outcome.outpoint:
        return str(outcome.outpoint)
    return "" if isinstance(outcome, FeePaid) else outcome.address


def rows(method: str, trace: Trace) -> Counter[tuple[str, ...]]:
    """The sums by (method, origin, outcome, where) that are not 0."""
    found = Counter[tuple[str, ...]]()
    for claim in trace.claims:
        found[method, claim.origin, "seed", ""] += claim.claimed
    for outcome in trace.outcomes:
        found[method, outcome.origin, OUTCOME_NAMES[type(outcome)], where(outcome)] += outcome.value
    for (origin, asset), value in trace.converted_in().items():
        found[method, origin, "converted_in", asset.name] += value
    return Counter({key: value for key, value in found.items() if value})


def all_rows(answer: Answer) -> Counter[tuple[str, ...]]:
    return sum((rows(method, trace) for method, trace in answer.traces.items()), Counter())


@pytest.mark.parametrize("vector", having("rows"), ids=name)
def test_every_outcome_is_the_one_worked_by_hand(vector, tmp_path):
    answer = ask(vector, tmp_path)
    assert tuple(answer.traces) == vector.methods
    assert all_rows(answer) == {tuple(row[:4]): row[4] for row in vector.each(vector.asks["rows"])}
    gaps = {(gap.kind, gap.subject): gap.effect_value for gap in answer.traces[vector.methods[0]].gaps}
    wanted = {(gap["kind"], gap["subject"]): gap.get("value") for gap in vector.asks["gaps"]}
    assert gaps.keys() == wanted.keys()
    assert all(value is None or gaps[key] == value for key, value in wanted.items())


@pytest.mark.parametrize("vector", REFUSED, ids=name)
def test_bad_input_is_refused_in_one_sentence_that_names_it(vector, tmp_path):
    with pytest.raises(InputError) as refused:
        ask(vector, tmp_path)
    assert vector.asks["refused"] in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("vector", having("hops"), ids=name)
def test_hops_are_counted_from_the_leg_of_the_seed(vector, tmp_path):
    answer = ask(vector, tmp_path)
    found = [
        (method, hop.origin, hop.txid, hop.index, hop.traced, hop.hop)
        for method, trace in answer.traces.items()
        for hop in trace.hops
    ]
    assert sorted(found) == sorted(vector.each(vector.asks["hops"]))


@pytest.mark.parametrize("vector", having("left"), ids=name)
def test_what_was_not_followed_names_the_place_of_its_arrival(vector, tmp_path):
    answer = ask(vector, tmp_path)
    found = [
        (method, left.origin, left.address, str(left.outpoint or ""), left.txid, left.value)
        for method, trace in answer.traces.items()
        for left in trace.of(NotFollowed)
    ]
    assert sorted(found) == sorted(vector.each(vector.asks["left"]))


@pytest.mark.parametrize("vector", having("left_out"), ids=name)
def test_what_a_seed_left_out_is_said(vector, tmp_path):
    for trace in ask(vector, tmp_path).traces.values():
        assert len(trace.left_out) == len(vector.asks["left_out"])
        assert all(part in text for part, text in zip(vector.asks["left_out"], trace.left_out, strict=True))


@pytest.mark.parametrize("vector", having("as_of"), ids=name)
def test_resting_has_the_height_and_time_of_the_end_of_coverage(vector, tmp_path):
    for trace in ask(vector, tmp_path).traces.values():
        found = [(where(rest), rest.height, iso(rest.time)) for rest in trace.of(Resting)]
        assert sorted(found) == sorted((place, height or None, time) for place, height, time in vector.asks["as_of"])


@pytest.mark.parametrize("vector", having("poison"), ids=name)
def test_poison_reaches_the_endpoints_that_it_marks_and_no_other(vector, tmp_path):
    reached = ask(vector, tmp_path).screen.reached
    assert {(origin, address) for origin, _, address, _ in reached} == {tuple(row) for row in vector.asks["poison"]}


@pytest.mark.parametrize("vector", having("ranges"), ids=name)
def test_a_range_spans_the_methods_run(vector, tmp_path):
    found = {(*place, *ends) for place, ends in ask(vector, tmp_path).ranges.items()}
    assert found == {tuple(row) for row in vector.asks["ranges"]}


@pytest.mark.parametrize("vector", having("sensitivities"), ids=name)
def test_both_ends_of_another_reading_are_printed(vector, tmp_path):
    found = [
        (other.kind, other.method, other.origin, other.place, other.low, other.high)
        for other in ask(vector, tmp_path).sensitivities
        if not other.place.endswith(":fee")
    ]
    assert sorted(found) == sorted(map(tuple, vector.asks["sensitivities"]))


@pytest.mark.parametrize(
    "words", ["assumes that all unidentified value was the wrongdoer's", "not a confidence interval"]
)
def test_the_words_that_the_page_prescribes_are_printed(words, tmp_path):
    assert words in METHOD
    (vector,) = (vector for vector in having("ranges") if vector.methods == METHODS)
    ask(vector, tmp_path)
    assert words in html.unescape((tmp_path / "report" / "report.html").read_text("utf-8"))


@pytest.mark.parametrize("vector", having("complete_run"), ids=name)
def test_a_run_says_whether_it_is_complete(vector, tmp_path):
    assert ask(vector, tmp_path).complete is vector.asks["complete_run"]


@pytest.mark.parametrize("vector", having("sources"), ids=name)
def test_a_payment_came_from_the_shares_worked_by_hand(vector, tmp_path):
    found = [
        (share.origin, share.kind, share.address, share.txid, share.value) for share in ask(vector, tmp_path).shares
    ]
    assert sorted(found) == sorted(map(tuple, vector.asks["sources"]))


@pytest.mark.parametrize("vector", having("sources"), ids=name)
def test_what_is_not_known_of_where_a_payment_came_from_is_a_gap(vector, tmp_path):
    wanted = [(gap["kind"], gap["subject"], gap["value"]) for gap in vector.asks["gaps"]]
    assert sorted(ask(vector, tmp_path).gaps) == sorted(wanted)


@pytest.mark.parametrize("vector", having("rows"), ids=name)
def test_a_vector_itself_balances(vector):
    left = Counter[tuple[str, str]]()
    for method, origin, outcome, _, value in vector.each(vector.asks["rows"]):
        left[method, origin] += value if outcome in {"seed", "converted_in"} else -value
    assert set(left.values()) == {0}


@pytest.mark.parametrize("vector", ALL, ids=name)
def test_a_vector_has_the_form_that_its_page_describes(vector):
    asks = vector.asks
    assert asks.keys() <= KEYS
    assert len({"transfers", "transactions", "events"} & asks.keys()) == 1
    assert len({"rows", "refused", "sources"} & asks.keys()) == 1
    assert asks["why"].strip()
    assert set(vector.methods) <= set(METHODS)
    assert {row[0] for row in vector.each(asks.get("rows", []))} <= set(vector.methods)
    assert len({tuple(row[:4]) for row in vector.each(asks.get("rows", []))}) == len(vector.each(asks.get("rows", [])))
    page = (FOLDER / "README.md").read_text("utf-8")
    assert all(f"`{key}`" in page for key in asks)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_the_page_has_a_vector_file_that_the_page_names(rule):
    files = [path.name for path in sorted(FOLDER.glob(f"{rule[0]}{int(rule[1:]):02}-*.toml"))]
    assert len(files) == 1
    assert tomllib.loads((FOLDER / files[0]).read_text("utf-8"))["rule"] == rule
    assert re.search(rf"^\* \*\*{rule} [A-Z]", METHOD, re.MULTILINE)
    assert METHOD.count(f"(../data/vectors/{files[0]})") == 1


def test_the_page_and_the_files_name_no_other_rule():
    assert tuple(re.findall(r"^\* \*\*(M\d+) ", METHOD, re.MULTILINE)) == RULES
    assert {vector.rule for vector in ALL} == set(RULES)
    assert {f"M{int(number)}" for number in re.findall(r"\bM(\d+)\b", METHOD)} == set(RULES)
    assert len({vector.id for vector in ALL}) == len(ALL)


def test_the_page_says_which_version_it_is():
    assert f'version "{METHOD_VERSION}"' in METHOD.split("\n\n")[1]


def table(head: str) -> list[list[str]]:
    """The cells of the rows below a table's header line."""
    lines = METHOD[METHOD.index(head) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_categories_is_that_of_the_data():
    cells = {stops: (theirs, ours) for theirs, ours, stops in table("| categories of TagPacks |")}
    found: dict[str, tuple[bool, bool]] = {}
    for stops, (theirs, ours) in cells.items():
        for mine, text in ((False, theirs), (True, ours)):
            found |= dict.fromkeys(re.findall(r"`(\w+)`", text), (stops == "yes", mine))
    with (Path(ROOT) / "data" / "categories.csv").open(encoding="utf-8", newline="") as file:
        held = {row["category"]: (row["stops"] == "yes", row["ours"] == "yes") for row in csv.DictReader(file)}
    assert set(cells) == {"yes", "no"}
    assert found == held


def test_the_table_of_confidence_is_that_of_the_model():
    found: dict[str, Any] = {}
    for ids, level in table("| confidence id |"):
        found |= dict.fromkeys(re.findall(r"`(\w+)`", ids), int(level))
    assert found == dict(CONFIDENCE)


def test_the_reasons_of_the_page_are_those_of_the_model_and_each_has_a_vector():
    (rule,) = re.findall(r"^\* \*\*M31 .*(?:\n  .*)*", METHOD, re.MULTILINE)
    listed = re.findall(r"`([^`]+)`", rule)
    assert tuple(listed) == get_args(Reason)
    assert [vector.asks["name"] for vector in ALL if vector.rule == "M31"] == listed
