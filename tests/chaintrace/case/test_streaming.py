"""Asking the rules transaction after transaction says the same as asking them with everything in memory."""

from __future__ import annotations

from contextlib import closing

import pytest

from chaintrace.adapters import ADAPTERS
from chaintrace.adapters.transactions_asked import AskedFile, AskedTransactions
from chaintrace.case import passing
from chaintrace.case.bounded import KEPT, Recent, bounded
from chaintrace.case.config import load
from chaintrace.case.kept import KeptFindings
from chaintrace.case.look import chain_of, everything, look, named
from chaintrace.case.reached import touched
from chaintrace.case.result import now
from chaintrace.case.rules import findings
from chaintrace.case.streaming import stream
from chaintrace.model.chain import OutPoint
from chaintrace.model.finding import CommonControl, Heuristic, Service
from chaintrace.plugins import heuristics
from tests.chaintrace.small_case import small_case

SETS = ("emulated_wasabi2", "emulated_joinmarket", "whirlpool_tx0")


def streamed(path, rules):
    """What the command line says, and of how many transactions."""
    found = named(str(path))
    chains = load(found.path).chains if found.is_case else (chain_of(found, None),)
    asked = AskedTransactions(print)
    with closing(KeptFindings()) as kept, look(found, chains[0], now, {**ADAPTERS, asked.name: asked}) as view:
        unknown = stream(view, chains, rules, kept)
        return tuple(kept.said()), unknown.transactions


def at_once(path, rules):
    """The same with everything in memory."""
    found = named(str(path))
    chains = load(found.path).chains if found.is_case else (chain_of(found, None),)
    with look(found, chains[0], now) as view:
        rows = tuple(one for chain in chains for one in everything(view, chain))
        return findings(rows, rules, view, accounts=touched(rows)), len(rows)


@pytest.mark.parametrize("name", SETS)
def test_a_set_says_the_same(shared, name):
    path = shared / "data" / "bitcoin" / "coinjoin" / f"{name}.jsonl.gz"
    said, number = streamed(path, heuristics())
    assert said
    assert (said, number) == at_once(path, heuristics())


@pytest.mark.parametrize("most", [0, 1_000])
def test_a_file_that_is_too_large_for_memory_says_the_same(shared, monkeypatch, most):
    path = shared / "data" / "bitcoin" / "coinjoin" / "emulated_joinmarket.jsonl.gz"
    in_memory = streamed(path, heuristics())
    monkeypatch.setattr(passing, "LEGS", most)
    monkeypatch.setattr(AskedFile, "held", most)
    assert streamed(path, heuristics()) == in_memory


@pytest.mark.parametrize("name", ["block176149.blk", "block300025.raw"])
def test_blocks_say_the_same(shared, name):
    path = shared / "data" / "bitcoin" / "blocks" / name
    said, number = streamed(path, heuristics())
    assert said
    assert (said, number) == at_once(path, heuristics())


def test_a_case_says_the_same(tmp_path):
    folder = small_case(tmp_path, transfers=(TRANSFERS))
    said, number = streamed(folder, heuristics())
    assert {one.rule for one in said} == {"deposit_address"}
    assert (said, number) == at_once(folder, heuristics())


TRANSFERS = """\
chain,txid,index,height,time,asset,decimals,from,to,value
ledger,t1,0,,1600000000,GOLD,2,victim,taker,100
ledger,t2,0,,1600000010,GOLD,2,taker,shop,100
"""


def of_services(transaction, view):
    """Every transaction is a service's: for the test of what a stage sees."""
    assert not view.findings(transaction.chain, transaction.txid)
    yield Service(transaction.chain, transaction.txid, "", (transaction.txid,))


def after_services(transaction, view):
    """It says what it sees of the stage before, twice the same."""
    seen = view.findings(transaction.chain, transaction.txid)
    for _ in range(2):
        yield CommonControl(transaction.chain, "a", "b", (transaction.txid,), text=",".join(one.rule for one in seen))


def test_a_stage_sees_what_the_earlier_ones_said_and_each_finding_stands_once(data):
    path = data / "cases" / "colonial-pipeline" / "transactions.jsonl"
    rules = (Heuristic(of_services, stage="services", confidence=7), Heuristic(after_services, "control", 9))
    said, number = streamed(path, rules)
    assert [(one.rule, one.text, one.confidence) for one in said] == [
        *[("of_services", "", 7)] * number,
        *[("after_services", "of_services", 9)] * number,
    ]
    assert len(set(said)) == 2 * number == 6


def test_findings_are_found_by_subject_and_evidence_of_stages_that_ended():
    one = Service("bitcoin", "t", "", ("t", "u"), "rule", 1, 50, "text", ("detail",))
    with closing(KeptFindings()) as kept:
        kept.begin(is_asked=True)
        kept.add(one)
        kept.add(one)
        assert kept.get(("bitcoin", "t"), ()) == ()
        kept.begin(is_asked=False)
        kept.add(CommonControl("bitcoin", "t", "v", ("t",)))
        assert kept["bitcoin", "t"] == kept["bitcoin", "u"] == (one,)
        assert kept.get(("other", "t")) is None
        kept.begin(is_asked=False)
        assert kept["bitcoin", "t"] == (one,)
        assert len(kept) == 2
        assert list(kept) == [("bitcoin", "t"), ("bitcoin", "u")]


def test_what_a_view_remembers_has_a_bound(data):
    path = data / "cases" / "first-payments" / "transactions.jsonl"
    with look(named(str(path)), "bitcoin", now) as view:
        seen = bounded(view)
        for number in range(2 * KEPT):
            seen.spender(OutPoint("bitcoin", f"{number:064x}", 0))
        assert seen.missing == ()
    full = Recent[int, int]()
    for number in range(3 * KEPT):
        full[number] = number
        assert len(full) <= KEPT
        assert full[number] == number
