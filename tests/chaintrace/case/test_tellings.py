"""Files, cases and networks tell of one address, and are held against each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.case import log
from chaintrace.case.access import Access
from chaintrace.case.comparing.tellings import Comparison, Question, compared
from chaintrace.case.result import now
from chaintrace.errors import InputError, Refused
from tests.chaintrace.adapters.esplora_case import CHAIN, address
from tests.chaintrace.case.account_sources import SHOP, START, THIEF, TRX, VICTIM, installed, sent
from tests.chaintrace.network_case import served, url_of
from tests.chaintrace.small_case import CASE, small_case

OWN = Access("own")
HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
ONE, TWO = "fake-one=http://127.0.0.1:1", "fake-two=http://127.0.0.1:2"
PAYMENTS = [sent(1, VICTIM, THIEF, 100), sent(2, THIEF, SHOP, 60), sent(3, SHOP, VICTIM, 1)]


def told(*sources: str, subject: str = THIEF, chain: str | None = "tron", asset: str | None = None) -> Comparison:
    return compared(Question(subject, sources, chain, asset), OWN, now, [].append)


def file_of(path, *transactions) -> str:
    """The transfers of these transactions as a file."""
    lines = [
        f"tron,{tx.txid},7,,{tx.time},{one.asset.contract or 'TRX'},6,{one.inputs[0].address},{one.outputs[0].address},"
        f"{one.value}\n"
        for tx in transactions
        for one in tx.transfers
    ]
    path.write_text(HEADER + "".join(lines), "utf-8")
    return str(path)


def kinds(made: Comparison) -> list[tuple[str, int | None, list[str]]]:
    return [(one.row.txid[-1], one.only_in, [each.what for each in one.differs]) for one in made.differences]


def test_a_file_and_a_network_that_tell_the_same_are_equal(tmp_path, monkeypatch):
    fakes = installed(monkeypatch, one=PAYMENTS)
    made = told(file_of(tmp_path / "t.csv", *PAYMENTS), ONE)
    assert made.differences == ()
    first, second = made.sources
    assert (first.coverage, first.notes) == ((), ("it does not declare this address complete",))
    assert [len(one.rows) for one in made.sources] == [2, 2]
    assert {held.how for held in second.coverage} == {"counter equal"}
    assert [one.account.asset.name for one in fakes["one"].asked] == ["USDT", "USDC", "TRX"]


def test_each_difference_is_a_row_of_its_own(tmp_path, monkeypatch):
    other = [
        replace(PAYMENTS[0], block=replace(PAYMENTS[0].block, time=START)),
        sent(2, THIEF, SHOP, 61),
        sent(5, SHOP, THIEF, 9),
    ]
    installed(monkeypatch, one=other)
    made = told(file_of(tmp_path / "t.csv", *PAYMENTS, sent(4, THIEF, SHOP, 8)), ONE)
    assert kinds(made) == [("1", None, ["time"]), ("2", None, ["value"]), ("4", 0, []), ("5", 1, [])]
    assert made.notes == (f"1 movement that others tell of lie after the last row of {tmp_path / 't.csv'}",)


def test_two_networks_are_asked_as_of_the_same_block(monkeypatch):
    fakes = installed(monkeypatch, one=PAYMENTS, two=[*PAYMENTS, sent(4, THIEF, SHOP, 8)])
    fakes["two"].height = 90
    made = told(ONE, TWO, asset="USDT")
    assert kinds(made) == [("4", 1, [])]
    assert {at.height for fake in fakes.values() for at in fake.at} == {90}
    assert [one.name for one in made.sources] == [ONE, TWO]


def test_what_is_not_shown_to_be_complete_is_told(monkeypatch):
    fakes = installed(monkeypatch, one=PAYMENTS, two=PAYMENTS)
    fakes["two"].mood = "claims"
    made = told(ONE, TWO)
    assert made.differences == ()
    assert made.sources[1].notes == ("fake-two does not say how many there are",)
    assert {held.how for held in made.sources[1].coverage} == {"claimed"}


def test_one_source_that_refuses_makes_it_no_comparison(monkeypatch):
    fakes = installed(monkeypatch, one=PAYMENTS, two=PAYMENTS)
    for mood, words in (("refuses", "keeps no list"), ("busy", "looks like the address of a service")):
        fakes["two"].mood = mood
        with pytest.raises(Refused, match=words):
            told(ONE, TWO)


def test_an_asset_that_a_file_holds_none_of_is_left_out_and_named(tmp_path, monkeypatch):
    installed(monkeypatch, one=[*PAYMENTS, sent(6, THIEF, SHOP, 5, TRX)])
    path = file_of(tmp_path / "t.csv", *PAYMENTS)
    made = told(path, ONE)
    assert made.differences == ()
    assert made.notes == (f"TRX was left out, because {path} holds none of it at all: add --asset to compare it",)
    assert kinds(told(path, ONE, asset="TRX")) == [("6", 1, [])]


def test_two_files_are_compared_in_every_asset(tmp_path):
    first = file_of(tmp_path / "a.csv", *PAYMENTS)
    second = file_of(tmp_path / "b.csv", *PAYMENTS, sent(6, THIEF, SHOP, 5, TRX))
    assert kinds(told(first, second)) == [("6", 1, [])]
    assert told(first, second, asset="USDT").differences == ()


def test_the_sources_of_a_case_are_asked_and_its_log_says_so(tmp_path, monkeypatch):
    installed(monkeypatch, one=[sent(1, VICTIM, THIEF, 100)])
    file_of(tmp_path / "tron.csv", *PAYMENTS)
    (tmp_path / "none.txt").write_text(THIEF + "\n", "utf-8")
    case = CASE.replace(
        "[[seed]]", 'X[[source]]\nadapter = "fake-one"\nurl = "http://127.0.0.1:1"\nchain = "tron"\n\n[[seed]]'
    )
    file = '[[source]]\nadapter = "transfers-csv"\npath = "tron.csv"\ncomplete = "none.txt"\nchain = "tron"\n\n'
    small_case(tmp_path, case=case.replace("X[[source]]", file + "[[source]]"))
    made = told(str(tmp_path))
    assert kinds(made) == [("2", 0, [])]
    assert [one.name for one in made.sources] == ["tron.csv", ONE]
    assert [held.how for held in made.sources[0].coverage] == ["declared"]
    assert [entry.action for entry in log.read(tmp_path)] == ["compare"]
    with pytest.raises(InputError, match="has 1 source of ledger: a comparison needs two"):
        told(str(tmp_path), chain="ledger", subject="taker")


def test_requests_for_the_sources_of_a_case_stand_in_its_log(tmp_path):
    with served() as one, served() as two:
        sources = [
            f'[[source]]\nadapter = "esplora"\nurl = "{url_of(each)}"\nchain = "{CHAIN}"\n\n' for each in (one, two)
        ]
        small_case(tmp_path, case=CASE.replace("[[seed]]", "".join(sources) + "[[seed]]"))
        made = told(str(tmp_path), chain=CHAIN, subject=address("thief"))
        assert made.differences == ()
        assert [len(each.rows) for each in made.sources] == [4, 4]
        asked = len(one.asked) + len(two.asked)
    actions = [entry.action for entry in log.read(tmp_path)]
    assert actions == ["request"] * asked + ["compare"]


def test_a_case_beside_another_source_is_all_that_it_holds(tmp_path):
    small_case(tmp_path / "case")
    (tmp_path / "t.csv").write_text(HEADER + "ledger,t1,0,,1600000000,GOLD,2,victim,taker,100\n", "utf-8")
    made = told(str(tmp_path / "case"), str(tmp_path / "t.csv"), subject="taker", chain=None)
    assert [(one.row.txid, one.only_in) for one in made.differences] == [("t2", 0)]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ((), "one source is named"),
        (("{}/transfers.csv",), "one source is named: a comparison needs two"),
        (("{}/transfers.csv", "{}/transfers.csv"), "named twice"),
        (("{}/transfers.csv", "nowhere.csv"), "does not exist"),
        (("{}",), "has 1 source of ledger"),
    ],
)
def test_two_sources_are_needed(tmp_path, sources, words):
    small_case(tmp_path)
    with pytest.raises(InputError, match=words):
        told(*(source.format(tmp_path) for source in sources), subject="taker", chain="ledger")


def test_all_must_be_allowed_or_nobody_is_asked(monkeypatch):
    fakes = installed(monkeypatch, one=PAYMENTS, two=PAYMENTS)
    with pytest.raises(Refused, match="is public and would learn"):
        told(ONE, "fake-two=https://explorer.example")
    assert fakes["one"].asked == []
