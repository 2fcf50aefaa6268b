"""What every store keeps of networks: answers as of a pin, blocks that may still go, and gaps where tellings differ."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.chain import MAX_VALUE, Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Coverage, Gap, Source, Unspent
from chaintrace.model.transaction import PENDING_RANK, Leg, Transaction, Transfer
from chaintrace.model.view import MissingHistory, MissingSpender, MissingState, MissingTransaction
from chaintrace.store import SILENT, Answered, Network, SqliteStore
from chaintrace.store import answers as forms

DAY = datetime(2026, 1, 1, tzinfo=UTC)
BTC = Asset("bitcoin", "", "BTC", 8)
NODE, SITE = Network("bitcoin", "bitcoin-core", "node"), Network("bitcoin", "esplora", "site")
A, B, C = "a" * 64, "b" * 64, "c" * 64
SPENT = OutPoint("bitcoin", A, 0)
TIP = Block(100, "f" * 64, 1_600_000_000)
FILE = Source("transactions-jsonl", "file.jsonl", "1" * 64)


def move(txid, *spent, value=50, height=90, name="e" * 64, source="GET x"):
    inputs = tuple(Leg(value, outpoint, "", n) for n, outpoint in enumerate(spent))
    outputs = (Leg(value, OutPoint("bitcoin", txid, 0), "addr", 0),)
    told = Source("esplora", source, "2" * 64, DAY)
    if height is None:
        transfer = Transfer("utxo", "utxo", BTC, inputs, outputs, (PENDING_RANK, 0, 0))
        return Transaction("bitcoin", txid, None, 0, (transfer,), "pending", told)
    transfer = Transfer("utxo", "utxo", BTC, inputs, outputs, (height, 0, 0))
    return Transaction("bitcoin", txid, Block(height, name, 1_600_000_000), 0, (transfer,), source=told)


def unspent(outpoint, pin):
    source = Source("esplora", "GET outspend", "3" * 64, DAY)
    return Unspent(outpoint, "addr", pin.tip.height, pin.tip.hash, pin.tip.time, "asked twice", source)


def asks(outpoint=SPENT):
    return MissingSpender(outpoint)


def test_what_was_told_is_heard_of_the_networks_that_a_case_names(store):
    store.pin("bitcoin", TIP, DAY)
    told = move(B, SPENT)
    store.tell([Answered(SITE, asks(), "told", (told,))])
    facts = store.facts([], networks=[SITE])
    assert facts.spender(SPENT) == told
    assert facts.transaction("bitcoin", B).source == told.source
    assert facts.heard.questions == {asks(): "told"}
    assert facts.heard.told == {SITE: 1}
    assert facts.assets("bitcoin") == (BTC,)
    for others in ([], [NODE]):
        silent = store.facts([], networks=others)
        assert silent.transaction("bitcoin", B) is None
        assert silent.heard.questions == {}
    assert store.facts([]).heard == SILENT


def test_what_is_unspent_absent_or_unproven_holds_under_its_pin_only(store):
    first = store.pin("bitcoin", TIP, DAY)
    gap = Gap("claimed", "bitcoin", "addr", 2**256 - 1, "nobody checked it", "")
    cover = Coverage("bitcoin", frozenset({"addr"}), frozenset({""}), 0, 100, 100, 7, "claimed")
    held = unspent(SPENT, first)
    store.tell(
        [
            Answered(SITE, asks(), "told", unspent=(held,), coverage=(cover,), gaps=(gap,)),
            Answered(SITE, MissingTransaction("bitcoin", C), "absent"),
        ]
    )
    heard = store.facts([], networks=[SITE]).heard
    assert heard.unspent == {SPENT: held}
    assert heard.coverage == (cover,)
    assert heard.gaps == {asks(): (gap,)}
    assert heard.questions == {asks(): "told", MissingTransaction("bitcoin", C): "absent"}
    assert heard.pins == {"bitcoin": first}
    second = store.pin("bitcoin", replace(TIP, height=101), DAY)
    later = store.facts([], networks=[SITE]).heard
    assert (later.unspent, later.coverage, later.gaps, later.questions) == ({}, (), {}, {})
    assert later.pins == {"bitcoin": second}


def test_a_pending_transaction_is_heard_under_its_pin_only_and_a_confirmed_one_for_ever(store):
    store.pin("bitcoin", TIP, DAY)
    store.tell(
        [
            Answered(SITE, asks(), "told", (move(B, SPENT, height=None),)),
            Answered(SITE, MissingTransaction("bitcoin", C), "told", (move(C),)),
        ]
    )
    assert store.facts([], networks=[SITE]).spender(SPENT).status == "pending"
    store.pin("bitcoin", TIP, DAY)
    facts = store.facts([], networks=[SITE])
    assert facts.spender(SPENT) is None
    assert facts.transaction("bitcoin", C) == move(C)
    store.tell([Answered(SITE, asks(), "told", (move(B, SPENT, height=None),))])
    assert store.facts([], networks=[SITE]).spender(SPENT).status == "pending"


def test_an_answer_that_breaks_off_leaves_nothing(store):
    store.pin("bitcoin", TIP, DAY)
    broken = Transaction("bitcoin", C, None, 0, ())
    if isinstance(store, SqliteStore):
        with pytest.raises(ValueError, match="has no transfer"):
            store.tell([Answered(SITE, asks(), "told", (move(B, SPENT), broken))])
        facts = store.facts([], networks=[SITE])
        assert facts.transaction("bitcoin", B) is None
        assert facts.heard.questions == {}


def test_a_pin_ends_with_its_reasons_or_stays_open(store):
    pin = store.pin("bitcoin", TIP, DAY)
    assert store.pins()["bitcoin"] == pin
    assert pin.is_open
    gap = Gap("history", "bitcoin", "bitcoin", None, "Following ended.")
    store.end(pin, DAY, [gap], stays_open=True)
    assert store.pins()["bitcoin"] == replace(pin, gaps=(gap,))
    store.end(pin, DAY)
    assert store.pins()["bitcoin"] == replace(pin, is_open=False)
    other = store.pin("bitcoin-testnet", TIP, DAY)
    assert store.pins().keys() == {"bitcoin", "bitcoin-testnet"}
    assert other.number != pin.number


def test_blocks_are_compared_until_they_were_seen_deep_enough(store):
    store.pin("bitcoin", TIP, DAY)
    store.tell(
        [
            Answered(SITE, asks(), "told", (move(B, SPENT, height=98, name="1" * 64),)),
            Answered(SITE, MissingTransaction("bitcoin", C), "told", (move(C, height=94, name="2" * 64),)),
        ]
    )
    tip, high = Block(100, "f" * 64, None), Block(98, "1" * 64, None)
    assert store.unsettled("bitcoin", 6) == (high, tip)
    assert store.unsettled("bitcoin", 7) == (Block(94, "2" * 64, None), high, tip)
    assert store.unsettled("bitcoin-testnet", 7) == ()
    store.confirm("bitcoin", [high], 104)
    assert store.unsettled("bitcoin", 6) == (tip,)
    store.mark("bitcoin", "f" * 64, DAY, canonical=False)
    assert store.unsettled("bitcoin", 6) == ()


def test_a_block_that_left_the_chain_is_silent_until_a_source_tells_of_it_again(store):
    store.pin("bitcoin", TIP, DAY)
    answer = Answered(SITE, asks(), "told", (move(B, SPENT),))
    store.tell([answer])
    store.mark("bitcoin", "e" * 64, DAY, canonical=False)
    assert store.facts([], networks=[SITE]).spender(SPENT) is None
    store.tell([Answered(SITE, asks(), "told", (move(B, SPENT, height=91, name="7" * 64),))])
    assert store.facts([], networks=[SITE]).spender(SPENT).height == 91
    store.mark("bitcoin", "7" * 64, DAY, canonical=False)
    store.tell([answer])
    assert store.facts([], networks=[SITE]).spender(SPENT).height == 90


def test_networks_that_differ_from_a_file_or_each_other_leave_a_gap_and_the_first_counts(store):
    store.add([replace(move(B, SPENT), source=FILE)], FILE)
    store.pin("bitcoin", TIP, DAY)
    store.tell(
        [
            Answered(NODE, asks(), "told", (move(B, SPENT, value=51, source="node says"),)),
            Answered(SITE, asks(), "told", (move(B, SPENT, value=52, source="site says"),)),
        ]
    )
    facts = store.facts([FILE], networks=[NODE, SITE])
    assert facts.spender(SPENT).utxo.outputs[0].value == 50
    texts = [gap.text for gap in facts.heard.gaps[MissingTransaction("bitcoin", B)]]
    assert texts == [
        f"Two sources differ in value of {B} (file.jsonl; node says): what the first says is used.",
        f"Two sources differ in value of {B} (file.jsonl; site says): what the first says is used.",
    ]
    alone = store.facts([], networks=[NODE, SITE])
    assert alone.spender(SPENT).utxo.outputs[0].value in {51, 52}
    assert len(alone.heard.gaps[MissingTransaction("bitcoin", B)]) == 1


def test_an_output_that_two_networks_spend_differently_leaves_a_gap(store):
    store.pin("bitcoin", TIP, DAY)
    store.tell(
        [
            Answered(NODE, asks(), "told", (move(B, SPENT),)),
            Answered(SITE, asks(), "told", (move(C, SPENT, height=91, name="4" * 64),)),
        ]
    )
    facts = store.facts([], networks=[NODE, SITE])
    assert facts.spender(SPENT).txid == B
    (gap,) = facts.heard.gaps[MissingTransaction("bitcoin", B)]
    assert gap.text.startswith(f"{B} and {C} both spend {SPENT} (")


def test_what_one_source_left_open_and_another_settled_is_settled(store):
    store.pin("bitcoin", TIP, DAY)
    gap = Gap("history", "bitcoin", A, None, "the scan met its limit")
    store.tell([Answered(NODE, asks(), "unknown", gaps=(gap,))])
    assert store.facts([], networks=[NODE, SITE]).heard.questions == {asks(): "unknown"}
    store.tell([Answered(SITE, asks(), "told", (move(B, SPENT),))])
    heard = store.facts([], networks=[NODE, SITE]).heard
    assert heard.questions == {asks(): "told"}
    assert heard.gaps == {}
    assert heard.told == {SITE: 1}


def test_answers_outlive_the_run(tmp_path):
    path = tmp_path / "facts.sqlite"
    store = SqliteStore(path)
    pin = store.pin("bitcoin", TIP, DAY)
    store.tell([Answered(SITE, asks(), "told", unspent=(unspent(SPENT, pin),))])
    store.close()
    again = SqliteStore(path)
    assert again.facts([], networks=[SITE]).heard.unspent == {SPENT: unspent(SPENT, pin)}
    assert again.pins() == {"bitcoin": pin}
    again.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT how, height FROM unspent").fetchall() == [("asked twice", 100)]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(chain=WORDS, name=WORDS, vout=st.integers(0, 2**32), contract=WORDS, since=st.integers(0, 2**40))
def test_a_question_comes_back_as_it_was(chain, name, vout, contract, since):
    for question in (
        MissingTransaction(chain, name),
        MissingSpender(OutPoint(chain, name, vout)),
        MissingHistory(Account(name, Asset(chain, contract)), since),
        MissingState(Account(name, Asset(chain, contract))),
    ):
        assert forms.question_of(forms.question_text(question)) == question


@given(
    value=st.none() | st.integers(0, MAX_VALUE), text=WORDS, numbers=st.lists(st.integers(0, 9), min_size=2, max_size=2)
)
def test_gaps_and_coverages_come_back_as_they_were(value, text, numbers):
    gaps = (Gap("opening", "tron", text, value, text, text), Gap("source", "tron", text, None, text, native_only=True))
    assert forms.gaps_of(forms.gaps_text(gaps)) == gaps
    covers = (
        Coverage("tron", frozenset({text, "b"}), None, *numbers, None, None, text),
        Coverage("tron", None, frozenset({text}), *numbers, 7, value and 9, "x"),
        Coverage("tron", frozenset({text}), frozenset({"a"}), *numbers, 7, 9, "balance equal", value),
    )
    assert forms.coverage_of(forms.coverage_text(covers)) == covers


def test_blocks_that_left_their_chain_are_named_with_the_moment_until_they_are_back(store):
    store.pin("bitcoin", TIP, DAY)
    store.tell([Answered(SITE, asks(), "told", (move(B, SPENT, name="c" * 64),))])
    assert store.left("bitcoin") == ()
    for name, later in (("f" * 64, 2), ("c" * 64, 1)):
        store.mark("bitcoin", name, DAY + timedelta(hours=later), canonical=False)
    first, second = store.left("bitcoin")
    assert (first.block, first.at) == (Block(90, "c" * 64, None), DAY + timedelta(hours=1))
    assert (second.block.height, second.at) == (100, DAY + timedelta(hours=2))
    assert store.left("ethereum") == ()
    store.tell([Answered(SITE, asks(), "told", (move(B, SPENT, name="c" * 64),))])
    assert [left.block.height for left in store.left("bitcoin")] == [100]


def test_what_was_left_unproven_of_a_transaction_outlives_its_pin_until_it_is_asked_for_again(store):
    """The transaction itself does: a later report that rests on it must not look better proven than the first."""
    gap = Gap("source", "bitcoin", B, None, "its inside was not told")
    spent = Gap("claimed", "bitcoin", str(SPENT), None, "nobody checked it")
    store.pin("bitcoin", TIP, DAY)
    told = MissingTransaction("bitcoin", B)
    store.tell(
        [
            Answered(SITE, told, "told", (move(B, SPENT),), gaps=(gap,)),
            Answered(SITE, asks(), "told", gaps=(spent,)),
            Answered(SITE, MissingTransaction("bitcoin", C), "unknown", gaps=(replace(gap, subject=C),)),
        ]
    )
    for height in (101, 102):
        store.pin("bitcoin", replace(TIP, height=height, hash=f"{height:064x}"), DAY)
        assert store.facts([], networks=[SITE]).heard.gaps == {told: (gap,)}
        assert store.facts([], networks=[NODE]).heard.gaps == {}
    store.tell([Answered(SITE, told, "told", (move(B, SPENT),))])
    assert store.facts([], networks=[SITE]).heard.gaps == {}
    store.pin("bitcoin", replace(TIP, height=103, hash="e" * 64), DAY)
    assert store.facts([], networks=[SITE]).heard.gaps == {}
