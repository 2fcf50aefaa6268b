"""A file of UTXO transactions that is asked answers as one that is read whole."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters import ADAPTERS, SourceSpec
from chaintrace.adapters.transactions_asked import STEP, TOLD, AskedTransactions
from chaintrace.case.digests import Digests
from chaintrace.errors import InputError
from chaintrace.model.chain import OutPoint


def source(folder, lines, watch=print, *, asked=True):
    (folder / "t.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return opened(folder, watch, asked=asked)


def opened(folder, watch=print, *, asked=True):
    spec = SourceSpec("transactions-jsonl", "mychain", folder / "t.jsonl", "t.jsonl", "all")
    return (AskedTransactions(watch) if asked else ADAPTERS["transactions-jsonl"]).open(spec, Digests(), folder)


def left_out(asked):
    """The numbers of the lines that are said to be left out."""
    return [int(re.match(r"t\.jsonl, line (\d+): ", gap.text)[1]) for gap in asked.gaps() if gap.kind == "source"]


def line(txid, *spent, height=None, index=None, outputs=3):
    return {
        "txid": txid,
        "block_height": height,
        "block_index": index,
        "inputs": [{"prev_txid": prev, "prev_vout": vout} for prev, vout in spent],
        "outputs": [{"value": 0} for _ in range(outputs)],
    }


@st.composite
def files(draw):
    """Lines in any order, each spending some of those before; heights that may contradict that, or none."""
    number = draw(st.integers(1, 9))
    heights = draw(st.booleans())
    free, lines = [], []
    for at in range(number):
        several = draw(st.lists(st.sampled_from(free), max_size=3, unique=True)) if free else []
        free = [one for one in free if one not in several] + [(f"t{at}", vout) for vout in range(3)]
        height = draw(st.one_of(st.none(), st.integers(0, 3))) if heights else None
        index = draw(st.one_of(st.none(), st.integers(0, 2)))
        lines.append(line(f"t{at}", *several, height=height, index=index))
    if heights and all(one["block_height"] is None for one in lines):
        lines[0]["block_height"] = 1
    return draw(st.permutations(lines))


@given(lines=files())
def test_every_answer_is_that_of_the_order(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("asked")
    asked, whole = source(folder, lines), source(folder, lines, asked=False)
    told = list(asked.transactions())
    assert told == list(whole.transactions())
    assert (asked.gaps(), asked.coverage()) == (whole.gaps(), whole.coverage())
    assert {one.txid for one in told} == {one["txid"] for one in lines}
    place = {one.txid: number for number, one in enumerate(told)}
    rank = {one.txid: one.utxo.order for one in told}
    assert sorted(rank.values()) == [rank[one.txid] for one in told]
    wrong = {gap.subject for gap in asked.gaps()}
    for one in told:
        assert asked.transaction(one.txid) == one
        for leg in one.utxo.inputs:
            assert leg.value == 0
            assert asked.spender(leg.holding).txid == one.txid
            assert place[leg.holding.txid] < place[one.txid] or one.txid in wrong
    asked.close()


def test_what_is_not_there_is_none(tmp_path):
    asked = source(tmp_path, [line("a")])
    assert asked.transaction("b") is None
    assert asked.spender(OutPoint("mychain", "a", 0)) is None
    assert not asked.whole


def test_on_a_private_ledger_capitals_are_another_txid(tmp_path):
    asked = source(tmp_path, [line("ab" * 32), line("AB" * 32, outputs=2), line("c", ("AB" * 32, 1))])
    assert asked.gaps() == ()
    assert asked.transaction("ab" * 32) != asked.transaction("AB" * 32)
    assert asked.spender(OutPoint("mychain", "AB" * 32, 1)).txid == "c"
    assert asked.spender(OutPoint("mychain", "ab" * 32, 1)) is None


def test_what_spends_an_output_in_a_block_comes_before_what_waits(tmp_path):
    asked = source(tmp_path, [line("a", height=1), line("b", ("a", 0)), line("c", ("a", 0), height=2)])
    assert asked.spender(OutPoint("mychain", "a", 0)).txid == "c"


def test_a_long_circle_is_refused_at_its_first_line(tmp_path):
    several = [line(f"t{at}", (f"t{(at + 1) % 50}", 0)) for at in range(50)]
    with pytest.raises(InputError, match=r"line 2: t0 spends, over others, what it pays itself"):
        list(source(tmp_path, [line("x"), *several], asked=False).transactions())


@given(order=st.permutations(["a", "b", "c", "x", "y"]))
def test_of_a_circle_none_is_named_that_only_spends_from_it(tmp_path_factory, order):
    made = {"a": ("b", 0), "b": ("c", 0), "c": ("a", 0), "x": ("a", 1), "y": ("x", 0)}
    first = min(order.index(name) for name in "abc")
    lines = [line(name, made[name]) for name in order]
    with pytest.raises(InputError, match=f"line {first + 1}: {order[first]} spends, over others"):
        list(source(tmp_path_factory.mktemp("circle"), lines, asked=False).transactions())
    asked = source(tmp_path_factory.mktemp("circle"), lines)
    assert [one.txid for one in asked.transactions()] == ["x", "y"]
    assert left_out(asked) == sorted(order.index(name) + 1 for name in "abc")


WRONG = (
    b"{\n",
    b'"\xff"\n',
    b"[1]\n",
    json.dumps({**line("w"), "outputs": [{"value": -1}]}).encode() + b"\n",
    json.dumps({**line("w"), "block_height": "5"}).encode() + b"\n",
)


@given(lines=files(), wrong=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(WRONG)), max_size=4))
def test_what_is_no_transaction_is_named_and_all_else_is_read_as_without_it(tmp_path_factory, lines, wrong):
    folder = tmp_path_factory.mktemp("wrong")
    without = source(folder, lines)
    written = [json.dumps(one).encode() + b"\n" for one in lines]
    for place, one in wrong:
        written.insert(place, one)
    (folder / "t.jsonl").write_bytes(b"".join(written))
    asked = opened(folder)
    told = [replace(one, source=None) for one in asked.transactions()]
    assert told == [replace(one, source=None) for one in without.transactions()]
    assert left_out(asked) == [number for number, one in enumerate(written, 1) if one in WRONG]
    assert asked.coverage() == without.coverage()


CONTRADICTIONS = [
    ([line("a"), line("a", outputs=2), line("b")], [1, 2], "stands in line 1 with other contents"),
    ([line("a"), line("a"), line("a", outputs=2), line("b")], [1, 3], "stands in line 3 with other contents too"),
    ([line("a"), line("c", ("a", 0)), line("d", ("a", 0)), line("b")], [2, 3], "a:0 is spent here and in line 3"),
    ([line("c", ("x", 0)), line("d", ("x", 0)), line("e", ("x", 0)), line("b")], [1, 2, 3], "spent here and in line 1"),
    ([line("a"), line("c", ("a", 3)), line("b")], [2], "inputs[0] spends a:3, but line 1 has 3 outputs"),
    ([line("c", ("d", 0)), line("d", ("c", 0)), line("b")], [1, 2], "d spends, over others, what it pays itself"),
    ([line("c", ("d", 0), height=1), line("d", ("c", 0)), line("b")], [1, 2], "d spends, over others, what it pays"),
]


@pytest.mark.parametrize(("lines", "wrong", "words"), CONTRADICTIONS)
def test_lines_that_contradict_each_other_are_all_left_out(tmp_path, lines, wrong, words):
    asked = source(tmp_path, lines)
    left = {"a", "b"} if len(wrong) < 2 or "is spent here and in line 3" in words else {"b"}
    assert {one.txid for one in asked.transactions()} == left
    assert left_out(asked) == wrong
    assert any(words in gap.text for gap in asked.gaps())
    assert {gap.text.rpartition("; ")[2] for gap in asked.gaps()} == {"the line is left out"}


def test_what_contradicts_its_parent_is_no_parent_itself(tmp_path):
    child = {**line("c", ("a", 0)), "outputs": [{"value": 7}]}
    asked = source(tmp_path, [line("a"), child, line("d", ("c", 0))])
    assert [one.txid for one in asked.transactions()] == ["a", "d"]
    assert asked.transaction("d").utxo.inputs[0].value is None
    assert left_out(asked) == [2]


def test_where_nothing_is_left_the_file_is_refused_at_its_first_wrong_line(tmp_path):
    with pytest.raises(InputError, match=r"^t\.jsonl, line 1: c spends, over others"):
        source(tmp_path, [line("c", ("d", 0)), line("d", ("c", 0))])
    with pytest.raises(InputError, match=r"^t\.jsonl, line 1: this is JSON but no object"):
        source(tmp_path, ["", line("", ("a", 0))])


def test_where_all_in_blocks_is_left_out_what_waits_is_read(tmp_path):
    asked = source(tmp_path, [line("a", ("x", 0), height=5), line("c", ("x", 0), height=6), line("b", ("y", 0))])
    assert [(one.txid, one.status) for one in asked.transactions()] == [("b", "pending")]


def test_a_stream_that_is_cut_short_is_read_up_to_there(tmp_path):
    many = "".join(json.dumps(line(f"{number:08x}" * 8)) + "\n" for number in range(2000))
    packed = gzip.compress(many.encode())
    (tmp_path / "t.jsonl").write_bytes(packed[: len(packed) // 2])
    asked = opened(tmp_path)
    [gap] = asked.gaps()
    read = sum(1 for _ in asked.transactions())
    assert 500 < read < 1500
    assert gap.text.startswith(f"t.jsonl, line {read}: the gzip stream is cut short or damaged after this line")
    assert gap.text.endswith("; what comes behind it is not read")


def test_of_very_many_wrong_lines_the_first_are_named_and_the_others_counted(tmp_path):
    (tmp_path / "t.jsonl").write_text("{\n" * (TOLD + 5) + json.dumps(line("a")))
    asked = opened(tmp_path)
    assert len(asked.gaps()) == TOLD + 1
    assert asked.gaps()[-1].text == "t.jsonl: 5 more refusals of lines, which are left out as well"
    assert [one.txid for one in asked.transactions()] == ["a"]


def test_whoever_watches_is_told_how_far_the_reading_is(tmp_path):
    told, numbers = [], count()
    source(tmp_path, (line(f"t{next(numbers)}", outputs=1) for _ in range(STEP + 1)), told.append)
    assert told == [0, STEP]


def test_the_index_of_a_file_is_let_go_when_it_was_read_or_is_refused(tmp_path, monkeypatch):
    """What is not closed keeps its place on the disk, and Python 3.13 warns of it."""
    opened = []

    def noted(*place, **options):
        opened.append(sqlite3.connect(*place, **options))
        return opened[-1]

    monkeypatch.setattr("chaintrace.adapters.utxo_index.sqlite3", SimpleNamespace(connect=noted))
    assert [one.txid for one in source(tmp_path, [line("a")], asked=False).transactions()] == ["a"]
    for lines in ([], [line("a"), line("a", outputs=1)], [line("a", ("a", 0))]):
        with pytest.raises(InputError):
            source(tmp_path, lines)
    source(tmp_path, [line("a")]).close()
    assert len(opened) == 5
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
