"""Memos of credits: shown where a source tells them, missed only on chains where services need them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest

from chaintrace.case.memos import ALERT, conventions, memos, missing_memos
from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Observation
from chaintrace.model.trace import Endpoint, Resting, Trace
from chaintrace.model.view import MissingTransaction
from chaintrace.store import MemoryStore
from chaintrace.store.answers import Answered
from tests.chaintrace.case.fake_accounts import FakeAccounts
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.tracing.ledger import payments


def trace(chain: str = "tron", *more: Endpoint | Resting) -> Trace:
    """Two credits at an exchange, in the transactions t1 and t2."""
    tag = Tag(chain, "EX", "Exch", "exch", "exchange", 70, "a list", stops=True)
    ends = [
        Endpoint("A", Asset(chain, "USD", "USD", 6), 5, "EX", txid, "0", 1, 1, gross=5, tags=(tag,))
        for txid in ("t1", "t2")
    ]
    return Trace("fifo", (), (), (*ends, *more), (), ())


class View(CaseView):
    """A view that answers observations and nothing else."""

    def __init__(self, *seen: Observation) -> None:
        self._seen = seen

    def observations(self, chain: str, subject: str) -> tuple[Observation, ...]:
        return tuple(one for one in self._seen if (one.chain, one.subject) == (chain, subject))


def memo(txid: str, text: str, what: str = "memo", chain: str = "tron") -> Observation:
    return Observation(chain, txid, what, 7, text)


def test_the_memos_of_credits_are_told_each_once_and_nothing_else_of_them():
    seen = (memo("t1", "7"), memo("t1", "7"), memo("t1", "8"), memo("t2", "{}", "fee parts"), memo("t9", "9"))
    assert memos(View(*seen), (trace(),)) == {("tron", "t1"): ("7", "8")}


def test_what_rests_has_no_memo():
    rest = Resting("A", Asset("tron", "USD"), 5, "W", "t3", "0", 1, 1)
    assert memos(View(memo("t3", "3")), (Trace("fifo", (), (), (rest,), (), ()),)) == {}


def test_on_tron_nothing_is_missed_and_on_an_unknown_chain_neither():
    for chain in ("tron", "ethereum", "ledger"):
        assert list(missing_memos({}, (trace(chain),))) == []


@pytest.mark.parametrize(("chain", "called"), [("xrp", "destination tag"), ("stellar", "memo")])
def test_where_services_need_one_its_absence_is_said(chain, called):
    [line] = missing_memos({(chain, "t1"): ("12",)}, (trace(chain), trace(chain)))
    assert line.startswith(f"{ALERT}: of 1 credits to EX on {chain} no {called} is known")
    assert list(missing_memos({(chain, "t1"): ("12",), (chain, "t2"): ("13",)}, (trace(chain),))) == []


def test_every_convention_has_a_source(data):
    with (data / "memos.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] and row["needed"] in {"yes", "no"} and row["called"] for row in rows)
    assert {row["chain"]: row["needed"] == "yes" for row in rows} == {
        chain: one.needed for chain, one in conventions().items()
    }
    assert not conventions()["tron"].needed


def test_what_a_network_told_of_a_transaction_reaches_the_view():
    source = FakeAccounts(payments(("ann", "EX", 5), chain="tron").transactions.values(), chain="tron")
    store = MemoryStore()
    pin = store.pin("tron", source.tip, datetime(2026, 1, 1, tzinfo=UTC))
    question = MissingTransaction("tron", "t1")
    told = tuple(source.reply(question, None).transactions)
    store.tell([Answered(source.network, question, "told", told, (), (), (), (memo("t1", "7"),))])
    view = ground(store, source).view()
    assert pin.chain == "tron"
    assert [one.value for one in view.observations("tron", "t1")] == ["7"]
    assert view.observations("tron", "t2") == view.observations("ethereum", "t1") == ()
    assert memos(view, (trace(),)) == {("tron", "t1"): ("7",)}
