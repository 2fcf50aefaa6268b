"""The drawing of the flow: which boxes and lines, where they stand, that it is well-formed and the same twice."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Claim, Endpoint, Hop, Resting, Trace
from chaintrace.report.flow_graph import graph, leading_to
from chaintrace.report.flow_layout import MARGIN, bottom, laid_out
from chaintrace.report.picture import drawn, flow, thickness
from tests.chaintrace.report.flow_samples import crowd
from tests.chaintrace.report.samples import BTC, T0, USD, account_trace, accounts, bank, outputs, transfer


def wide(receivers: int):
    """One payment that is split to so many addresses, each less than the one before; the last two are stops."""
    seed = transfer(1, "V", "W", 10**9)
    hops = [Hop(1, seed, "tx1", "0", "V", "W", USD, 10**9, 10**9, "A", 0, "seed")]
    outcomes, left = [], 10**9
    for n in range(receivers):
        value = left if n == receivers - 1 else 1_000 * (receivers - n)
        left -= value
        tx = transfer(n + 2, "W", f"X{n:03}", value)
        hops.append(Hop(n + 2, tx, tx.txid, "0", "W", f"X{n:03}", USD, value, value, "A", 1, "fifo"))
        outcomes.append(Endpoint("A", USD, value, f"X{n:03}", tx.txid, "0", T0, None, None, value, 1, n, (bank(),)))
    claim = Claim("A", seed, "ledger", "tx1", "0", USD, "W", 10**9, 10**9)
    trace = Trace("fifo", (claim,), tuple(hops), tuple(outcomes), (), ())
    return accounts(methods=("fifo",), traces={"fifo": trace}, tags={})


def scene_of(inputs):
    return laid_out({method: graph(inputs, method) for method in inputs.methods})


def test_each_address_is_a_box_in_the_column_of_its_hop():
    made = graph(accounts())
    assert {(box.kind, box.address, box.column) for box in made.boxes.values()} == {
        ("payer", "V", 0),
        ("address", "W", 1),
        ("endpoint", "SBANK", 2),
        ("address", "X", 2),
    }
    assert {(line.source[2], line.target[2], line.value) for line in made.listed()} == {
        ("V", "W", 10_000),
        ("W", "SBANK", 8_500),
        ("W", "X", 1_200),
    }


def test_a_transaction_that_joins_outputs_is_a_bar_between_the_columns():
    made = graph(outputs())
    lines = {(line.source[2], line.target[2], line.value) for line in made.listed()}
    joined = {("s0:0", "j1", 600), ("s0:1", "j1", 400), ("j1", "1C", 990)}
    assert lines == {("s0", "s0:0", 600), ("s0", "s0:1", 400), *joined}
    places = {key[2]: place for key, place in scene_of(outputs()).places.items()}
    assert places["s0:0"].x < places["j1"].x < places["1C"].x


def test_an_output_that_one_box_spends_needs_no_bar():
    inputs = outputs()
    hops = tuple(hop for hop in inputs.trace.hops if hop.origin == "P")
    trace = replace(inputs.trace, hops=hops)
    made = graph(replace(inputs, traces={"fifo": trace}))
    assert {(line.source[2], line.target[2]) for line in made.listed()} == {("s0", "s0:0"), ("s0:0", "1C")}


def test_each_output_is_a_box_so_that_change_goes_on_to_the_right():
    inputs = outputs()
    joined = inputs.trace.hops[-1].transaction
    change = Hop(2, joined, "j1", "1", "1A;1B", "1A", BTC, 10, 10, "Q", 1, "fifo")
    rest = Resting("Q", BTC, 10, "1A", "j1", "1", T0, 100, OutPoint("bitcoin", "j1", 1))
    outcomes = (*inputs.trace.outcomes[:2], rest)
    trace = replace(inputs.trace, hops=(*inputs.trace.hops, change), outcomes=outcomes)
    boxes = {key[2]: box for key, box in graph(replace(inputs, traces={"fifo": trace})).boxes.items()}
    assert (boxes["s0:0"].address, boxes["s0:0"].column) == ("1A", 1)
    assert (boxes["j1:1"].address, boxes["j1:1"].column, boxes["j1:1"].rests) == ("1A", 2, {BTC: 10})


def test_value_that_comes_back_is_a_note_and_not_a_line():
    base = account_trace("fifo", 8_500)
    back = transfer(4, "X", "W", 50)
    trace = replace(base, hops=(*base.hops, Hop(4, back, "tx4", "0", "X", "W", USD, 50, 50, "A", 2, "fifo")))
    text = flow(accounts(methods=("fifo",), traces={"fifo": trace}))
    assert text.count("← 0.5 back to W</text>") == 1
    assert len(re.findall(r'<path d="[^"]*" fill="none" stroke="#8fa9c0"', text)) == 3


def test_boxes_of_a_column_do_not_overlap_whatever_is_opened():
    for inputs in (accounts(), outputs(), wide(60), wide(200), crowd()):
        made = scene_of(inputs)
        for page in range(12):
            shown = [place for place in made.nodes() if place.page in {-1, page}]
            columns: dict[int, list] = {}
            for place in shown:
                columns.setdefault(place.x, []).append(place)
            for places in columns.values():
                ordered = sorted(places, key=lambda place: place.y)
                assert all(bottom(a) <= b.y for a, b in pairwise(ordered))
                assert all(place.y >= MARGIN for place in ordered)


def test_what_comes_from_the_same_place_stands_the_largest_first():
    made = scene_of(wide(60))
    column = sorted((place.y, place.weight) for place in made.places.values() if place.column == 2 and place.page < 0)
    assert [weight for _, weight in column] == sorted((weight for _, weight in column), reverse=True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_is_well_formed_the_same_twice_and_told_in_words(language):
    for inputs in (accounts(), outputs(), wide(200)):
        text = flow(inputs, language)
        assert text == flow(inputs, language)
        root = ET.fromstring(text)  # noqa: S314  # our own picture
        groups = [g for g in root.iter("{http://www.w3.org/2000/svg}g") if g.get("role") == "img"]
        assert all(g.get("aria-label") for g in groups)
        assert len(groups) == len([place for place in laid_out({"": graph(inputs)}).nodes() if place.page < 0])
        assert "style" not in {name for element in root.iter() for name in element.attrib}


def test_a_chinese_picture_has_no_english_word():
    text = flow(wide(200), "zh")
    told = re.findall(r"<text[^>]*>([^<]*)</text>", text)
    assert "付款方" in told
    assert [word for word in told if re.search(r"\b(hop|paid|in|out|rests|not|amounts|more|of)\b", word)] == []


def test_a_line_is_as_wide_as_its_part_of_what_was_paid():
    text = flow(accounts())
    strokes = [int(width) for width in re.findall(r'stroke="#8fa9c0" stroke-width="(\d+)"', text)]
    assert strokes == [12, 10, 2]
    assert [thickness(value, 10**30) for value in (0, 1, 10**30 // 2, 10**30, 10**31)] == [1, 1, 6, 12, 12]


def test_groups_have_each_an_outline_and_a_letter():
    text = flow(crowd(12, 12))
    assert {"S", "M", "D", "E", "P", "R", "N"} <= set(re.findall(r'font-weight="bold">([A-Z])</text>', text))


def test_hostile_labels_are_text():
    text = flow(crowd())
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert not set(text) & set("\u202e\u200b\x1b\u2028")


def test_a_trace_without_hops_says_so():
    trace = Trace("fifo", (), (), (), (), ())
    assert flow(accounts(methods=("fifo",), traces={"fifo": trace})) == "<p>No traced value moved.</p>"


def test_a_part_of_the_graph_holds_what_leads_to_the_wanted_address_alone():
    whole = graph(accounts())
    made = leading_to(whole, {("ledger", "SBANK")})
    assert {box.address for box in made.boxes.values()} == {"V", "W", "SBANK"}
    assert {(line.source[2], line.target[2], line.value) for line in made.listed()} == {
        ("V", "W", 10_000),
        ("W", "SBANK", 8_500),
    }
    assert made.boxes["address", "ledger", "W"].outflow == {USD: 8_500}
    assert leading_to(whole, {("other", "SBANK")}).boxes == {}


def test_a_part_is_folded_to_fewer_boxes():
    text = drawn(graph(wide(40)), most=12)
    assert text.count('role="img"') == 12
    assert "more addresses" in text
