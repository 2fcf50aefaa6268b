"""Memos of credits: shown where a source tells them, missed only on chains where services need them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest

import chaintrace as ct
from chaintrace.case.memos import ALERT, conventions, memos, missing_memos, told_apart
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
from tests.chaintrace.small_case import CASE, TAGS, small_case
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
    assert memos(View(*seen), (trace(),)) == {("tron", "t1", "0"): ("7", "8")}


def test_a_transfer_has_its_own_memo_and_that_of_its_transaction_and_no_other_ones():
    seen = (memo("t1", "7", "memo of 0"), memo("t1", "8", "memo of 1"), memo("t2", "9", "memo of 00"), memo("t1", "3"))
    assert memos(View(*seen), (trace(),)) == {("tron", "t1", "0"): ("7", "3")}


def test_what_rests_has_no_memo():
    rest = Resting("A", Asset("tron", "USD"), 5, "W", "t3", "0", 1, 1)
    assert memos(View(memo("t3", "3")), (Trace("fifo", (), (), (rest,), (), ()),)) == {}


def test_on_tron_nothing_is_missed_and_on_an_unknown_chain_neither():
    for chain in ("tron", "ethereum", "ledger"):
        assert list(missing_memos({}, (trace(chain),))) == []


@pytest.mark.parametrize(("chain", "called"), [("xrp", "destination tag"), ("stellar", "memo"), ("ton", "comment")])
def test_where_services_need_one_its_absence_is_said(chain, called):
    [line] = missing_memos({(chain, "t1", "0"): ("12",)}, (trace(chain), trace(chain)))
    assert line.startswith(f"{ALERT}: of 1 credits to EX on {chain} no {called} is known")
    known = {(chain, "t1", "0"): ("12",), (chain, "t2", "0"): ("13",)}
    assert list(missing_memos(known, (trace(chain),))) == []
    assert chain in told_apart()


def test_of_two_credits_of_one_transaction_each_needs_its_own():
    other = Endpoint("A", Asset("xrp", "USD", "USD", 6), 5, "EX", "t1", "1", 1, 1, gross=5)
    told = {("xrp", "t1", "0"): ("12",), ("xrp", "t2", "0"): ("12",)}
    [line] = missing_memos(told, (trace("xrp", other),))
    assert line.startswith(f"{ALERT}: of 1 credits to EX on xrp")


def test_every_convention_has_a_source(data):
    with (data / "memos.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] and row["needed"] in {"yes", "no"} and row["called"] for row in rows)
    assert {row["chain"]: row["needed"] == "yes" for row in rows} == {
        chain: one.needed for chain, one in conventions().items()
    }
    assert not conventions()["tron"].needed
    assert told_apart() == {row["chain"] for row in rows if row["needed"] == "yes"}


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
    assert memos(view, (trace(),)) == {("tron", "t1", "0"): ("7",)}


CASE_OF_XRP = CASE.replace('chain = "ledger"', 'chain = "xrp"')
TAGS_OF_XRP = TAGS.replace("ledger,shop", "xrp,shop")
ROWS_OF_XRP = """\
chain,txid,index,height,time,asset,decimals,from,to,value,memo
xrp,t1,0,,1600000000,GOLD,2,victim,taker,100,
xrp,t2,0,,1600000010,GOLD,2,taker,shop,40,12
xrp,t3,0,,1600000020,GOLD,2,taker,shop,25,=13
xrp,t4,0,,1600000030,GOLD,2,taker,shop,20,12
xrp,t5,0,,1600000040,GOLD,2,taker,shop,5,
"""


def rows_of(folder, name):
    return list(ct.open_case(folder).follow().table(name))


def test_a_file_with_destination_tags_parts_the_credits_of_one_address(tmp_path):
    folder = small_case(tmp_path, case=CASE_OF_XRP, tags=TAGS_OF_XRP, transfers=ROWS_OF_XRP)
    told = [(row["rank"], row["memo"], row["traced_value"], row["max_value"]) for row in rows_of(folder, "endpoints")]
    assert told == [(1, "12", 60, 60), (2, "=13", 25, 25), (3, "", 5, 5)]
    assert [(row["rank"], row["txid"], row["memo"]) for row in rows_of(folder, "credits")] == [
        (1, "t2", "12"), (1, "t4", "12"), (2, "t3", "=13"), (3, "t5", ""),
    ]  # fmt: skip
    [by_address] = rows_of(folder, "methods")
    assert by_address["fifo"] == 60 + 25 + 5
    page = (folder / "report" / "report.html").read_text("utf-8")
    assert f"{ALERT}: of 1 credits to shop on xrp no destination tag is known" in page
    assert "memo not known" in page
    assert ",'=13," in (folder / "report" / "endpoints.csv").read_text("utf-8-sig")
    again = rows_of(folder, "endpoints")  # the store has read the file before
    assert [row["memo"] for row in again] == ["12", "=13", ""]


def test_where_no_memo_is_needed_a_column_of_them_parts_nothing(tmp_path):
    text = ROWS_OF_XRP.replace("xrp,", "ledger,")
    plain = "\n".join(line.rsplit(",", 1)[0] for line in text.splitlines())
    with_memos = rows_of(small_case(tmp_path / "with", transfers=text), "endpoints")
    without = rows_of(small_case(tmp_path / "without", transfers=plain + "\n"), "endpoints")
    assert [row["memo"] for row in with_memos] == ["12; =13"]
    assert [{**row, "memo": ""} for row in with_memos] == without
