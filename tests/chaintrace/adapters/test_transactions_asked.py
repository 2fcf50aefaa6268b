"""A file of UTXO transactions that is asked answers as one that is read whole."""

from __future__ import annotations

import json
import sqlite3
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters import ADAPTERS, SourceSpec
from chaintrace.adapters.transactions_asked import STEP, AskedTransactions
from chaintrace.case.digests import Digests
from chaintrace.errors import InputError
from chaintrace.model.chain import OutPoint


def source(folder, lines, watch=print, *, asked=True):
    path = folder / "t.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    spec = SourceSpec("transactions-jsonl", "mychain", path, "t.jsonl", "all")
    return (AskedTransactions(watch) if asked else ADAPTERS["transactions-jsonl"]).open(spec, Digests(), folder)


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


def test_what_spends_an_output_in_a_block_comes_before_what_waits(tmp_path):
    asked = source(tmp_path, [line("a", height=1), line("b", ("a", 0)), line("c", ("a", 0), height=2)])
    assert asked.spender(OutPoint("mychain", "a", 0)).txid == "c"


def test_a_long_circle_is_refused_at_its_first_line(tmp_path):
    several = [line(f"t{at}", (f"t{(at + 1) % 50}", 0)) for at in range(50)]
    with pytest.raises(InputError, match=r"line 2: t0 spends, over others, what it pays itself"):
        source(tmp_path, [line("x"), *several])


@given(order=st.permutations(["a", "b", "c", "x", "y"]))
def test_of_a_circle_none_is_named_that_only_spends_from_it(tmp_path_factory, order):
    made = {"a": ("b", 0), "b": ("c", 0), "c": ("a", 0), "x": ("a", 1), "y": ("x", 0)}
    first = min(order.index(name) for name in "abc")
    with pytest.raises(InputError, match=f"line {first + 1}: {order[first]} spends, over others"):
        source(tmp_path_factory.mktemp("circle"), [line(name, made[name]) for name in order])


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
