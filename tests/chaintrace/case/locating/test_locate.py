"""From what a victim has to every payment that it may be: in files, in cases, over the network."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.case import remote
from chaintrace.case.access import Access
from chaintrace.case.endpoints import endpoint
from chaintrace.case.locating.locate import Located, Question, locate
from chaintrace.case.result import now
from chaintrace.errors import InputError, Refused
from tests.chaintrace.adapters.esplora_case import CHAIN, address
from tests.chaintrace.case.account_sources import SHOP, START, THIEF, TRX, USDT, VICTIM, installed, sent
from tests.chaintrace.network_case import TXID, served, url_of
from tests.chaintrace.small_case import CASE, small_case

OWN, PUBLIC = Access("own"), Access("public")
DAY = Question("1.00", "2020-09-13", "2020-09-13", "ledger", zone="UTC")
TRON_DAY = Question("1,000.5", "2021-08-05", "2021-08-05", "tron", VICTIM, zone="UTC", asset="usdt")


def looked(question: Question, allowed: Access = OWN, warned: list[str] | None = None) -> Located:
    return locate(question, allowed, now, [].append if warned is None else warned.append)


def txids(located: Located) -> list[str]:
    return [one.payment.transaction.txid for one in located.candidates]


def test_a_file_is_searched_whole(tmp_path):
    small_case(tmp_path)
    located = looked(replace(DAY, source=str(tmp_path / "transfers.csv")))
    assert (txids(located), located.searched, located.reasons) == (["t1"], 2, ())
    assert txids(looked(replace(DAY, source=f"transfers-csv={tmp_path / 'transfers.csv'}", address="taker"))) == ["t1"]


def test_a_case_is_searched_and_says_its_chain(tmp_path):
    small_case(tmp_path)
    assert txids(looked(replace(DAY, chain=None, source=str(tmp_path), amount="0.6"))) == ["t2"]


def test_an_address_that_an_app_cut_short_is_half_of_one(tmp_path):
    small_case(tmp_path)
    (one,) = looked(replace(DAY, source=str(tmp_path), address="vic…im")).candidates
    assert one.half_is == ("sender",)
    with pytest.raises(InputError, match="give the whole or one half"):
        looked(replace(DAY, source=str(tmp_path), address="vic…im", prefix="vic"))


def test_where_none_is_found_it_is_said_why_and_whom_to_ask(tmp_path):
    small_case(tmp_path)
    located = looked(replace(DAY, source=str(tmp_path), begin="2020-09-20", end="2020-09-20"))
    assert located.candidates == ()
    text = "\n".join(located.reasons)
    assert "1 payment would fit at another time" in text
    assert "2 payments were looked at, 0 of them between 2020-09-20T00:00:00Z" in text
    assert "from 2020-09-13T12:26:40Z to 2020-09-13T12:26:50Z only" in text
    assert "has no txid and stands on no chain" in text
    assert "internal transfer id, both account ids and the time" in text
    assert "another chain" not in text


def test_a_service_that_the_tags_of_a_case_name_is_whom_to_ask(tmp_path):
    small_case(tmp_path)
    located = looked(replace(DAY, source=str(tmp_path), address="shop", amount="5"))
    assert any("shop is attributed to The Shop by register" in reason for reason in located.reasons)
    assert not any("attributed" in reason for reason in looked(replace(DAY, source=str(tmp_path), amount="5")).reasons)


def test_the_other_chains_of_an_address_and_of_a_token_are_named(monkeypatch):
    installed(monkeypatch, one=[sent(1, SHOP, VICTIM, 5)])
    located = looked(replace(TRON_DAY, source="fake-one=http://127.0.0.1:1"))
    text = "\n".join(located.reasons)
    assert "usdt may have been sent on another chain, such as ethereum" in text
    assert "can be used on tron-shasta and tron-nile" in text or "can be used on tron-nile and tron-shasta" in text
    assert "1 payment would fit with another amount" in text


@pytest.mark.parametrize(
    ("asset", "words"),
    [("SILVER", r"'SILVER' is not in the sources of ledger: they hold GOLD"), ("GOLD", None)],
)
def test_an_asset_of_a_private_ledger_is_one_of_its_own(tmp_path, asset, words):
    small_case(tmp_path)
    question = replace(DAY, source=str(tmp_path), asset=asset)
    if words is None:
        assert txids(looked(question)) == ["t1"]
    else:
        with pytest.raises(InputError, match=words):
            looked(question)


def test_a_symbol_decides_nothing_and_the_contract_does(tmp_path):
    fake = f"tron,{'1' * 64},0,,{START},{SHOP},6,{VICTIM},{THIEF},1000500000"
    true = f"tron,{'2' * 64},0,,{START},{USDT.contract},6,{VICTIM},{THIEF},1000500000"
    header = "chain,txid,index,height,time,asset,decimals,from,to,value"
    (tmp_path / "t.csv").write_text(f"{header}\n{fake}\n{true}\n", "utf-8")
    question = replace(TRON_DAY, source=str(tmp_path / "t.csv"))
    assert txids(looked(question)) == ["2" * 64]
    assert txids(looked(replace(question, asset=SHOP))) == ["1" * 64]
    assert txids(looked(replace(question, asset=None))) == ["1" * 64, "2" * 64]
    assert looked(replace(question, asset="TRX")).candidates == ()
    with pytest.raises(InputError, match=r"'PEPE' is not known on tron: give its contract, or one of USDT, USDC, TRX"):
        looked(replace(question, asset="PEPE"))


def test_a_network_is_asked_for_the_whole_history_of_the_asset(monkeypatch):
    fakes = installed(monkeypatch, one=[sent(1, VICTIM, THIEF, 1_000_500_000), sent(2, VICTIM, SHOP, 7)])
    located = looked(replace(TRON_DAY, source="fake-one=http://127.0.0.1:1"))
    assert txids(located) == [f"{1:064x}"]
    assert located.searched == 2
    ((asked),) = fakes["one"].asked
    assert (asked.account.address, asked.account.asset, asked.since) == (VICTIM, USDT, 0)


def test_without_an_asset_the_known_ones_are_asked_for_and_it_is_said(monkeypatch):
    fakes = installed(monkeypatch, one=[sent(1, VICTIM, THIEF, 1_000_500_000, TRX)])
    located = looked(replace(TRON_DAY, source="fake-one=http://127.0.0.1:1", asset=None))
    assert txids(located) == [f"{1:064x}"]
    assert [one.account.asset.name for one in fakes["one"].asked] == ["USDT", "USDC", "TRX"]
    assert any("asked about in USDT, USDC, TRX" in note for note in located.notes)


def test_what_a_network_leaves_open_is_told(monkeypatch):
    fakes = installed(monkeypatch, one=[sent(1, VICTIM, THIEF, 1_000_500_000)])
    fakes["one"].mood = "claims"
    located = looked(replace(TRON_DAY, source="fake-one=http://127.0.0.1:1"))
    assert located.candidates
    assert located.notes == ("left open: fake-one does not say how many there are",)
    fakes["one"].mood = "busy"
    with pytest.raises(Refused, match="looks like the address of a service"):
        looked(replace(TRON_DAY, source="fake-one=http://127.0.0.1:1"))


def test_a_network_needs_a_whole_address(monkeypatch):
    fakes = installed(monkeypatch, one=[])
    for question in (replace(TRON_DAY, address=None), replace(TRON_DAY, address="TXRB…UdC")):
        with pytest.raises(InputError, match="add --address with a whole one"):
            looked(replace(question, source="fake-one=http://127.0.0.1:1"))
    assert fakes["one"].asked == []


def test_over_the_network_outputs_are_payments_too():
    with served() as server:
        question = Question("30", "2009-01-01", "2100-12-31", CHAIN, address("thief"), zone="UTC")
        located = looked(replace(question, source=url_of(server)))
        (one,) = located.candidates
        assert (one.payment.transaction.txid, one.payment.index, one.address_is) == (TXID, "0", ("recipient",))
        pending = looked(replace(question, amount="26", address=address("later"), source=url_of(server)))
        assert [one.payment.transaction.status for one in pending.candidates] == ["pending"]


def test_nobody_is_asked_whom_the_network_mode_forbids(monkeypatch):
    with served() as server:
        public = (endpoint("esplora", CHAIN, url_of(server), "public"),)
        monkeypatch.setattr(remote, "public_endpoints", lambda _: public)
        question = Question("30", "2009-01-01", "2100-12-31", CHAIN, address("thief"), zone="UTC")
        for allowed, words in ((OWN, "name a source of your own with --source"), (Access("none"), "with --source")):
            with pytest.raises(Refused, match=words):
                looked(question, allowed)
        assert server.asked == []
        warned: list[str] = []
        assert looked(question, PUBLIC, warned).candidates
        assert warned[0].startswith("asking public services")


def test_a_case_says_whom_it_did_not_ask(tmp_path, monkeypatch):
    installed(monkeypatch, one=[])
    network = '[[source]]\nadapter = "fake-one"\nurl = "http://127.0.0.1:1"\nchain = "tron"\n\n[[seed]]'
    small_case(tmp_path, case=CASE.replace("[[seed]]", network))
    located = looked(replace(TRON_DAY, source=str(tmp_path), asset=None))
    assert any("http://127.0.0.1:1 was not asked now" in note for note in located.notes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "nowhere.csv"}, "correct the path of --source"),
        ({"source": None}, "add --source with the path"),
        ({"source": None, "chain": None}, "or --source with a file or a url"),
        ({"source": "http://127.0.0.1:1", "chain": None}, "add --chain"),
        (
            {"chain": "ethereum", "source": "evm-rpc=http://127.0.0.1:1", "address": VICTIM},
            "it is one of tron, tron-nile, tron-shasta: correct it",
        ),
        ({"amount": "x"}, "--amount is"),
        ({"fee": "x"}, "--fee is"),
        ({"begin": "x"}, "--from is 'x'"),
        ({"end": "2020-09-12"}, "lies before --from"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, changes, words):
    small_case(tmp_path)
    with pytest.raises(InputError, match=words):
        looked(replace(DAY, **{"source": str(tmp_path / "transfers.csv"), **changes}))


def test_an_amount_of_two_readings_is_told_and_both_are_searched(tmp_path):
    rows = "ledger,t3,0,,1600000020,GOLD,3,a,b,1000\nledger,t4,0,,1600000030,GOLD,3,a,b,1000000\n"
    header = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
    (tmp_path / "t.csv").write_text(header + rows, "utf-8")
    located = looked(replace(DAY, amount="1.000", source=str(tmp_path / "t.csv")))
    assert txids(located) == ["t3", "t4"]
    assert any("read as 1000 (its point groups thousands) and as 1.000" in note for note in located.notes)
