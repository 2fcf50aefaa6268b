"""`locate`: every candidate with its count and its reasons, for a person, for a script and as CSV."""

from __future__ import annotations

import csv
import json

import pytest

from chaintrace.cli import run
from tests.chaintrace.case.account_sources import THIEF, VICTIM, installed, sent
from tests.chaintrace.small_case import small_case

TRANSFERS = """\
chain,txid,index,height,time,asset,decimals,from,to,value
ledger,t1,0,7,1600000000,GOLD,2,victim,thief,10000
ledger,t2,0,8,1600000010,GOLD,2,victim,thief,10049
ledger,t3,log:1,9,1600000020,GOLD,2,,thief,9900
ledger,t4,0,9,1600000020,=CMD(),,victim,thief,100
"""
DAY = ("--from", "2020-09-13", "--to", "2020-09-13")
PAYMENT_A = "1d2a1786e07264df313d060f36c5952f1536f7804ec5dd3cafaa8f9777d975a2"


@pytest.fixture
def ledger(tmp_path):
    small_case(tmp_path, transfers=TRANSFERS)
    return str(tmp_path / "transfers.csv")


def locate(ledger: str, *more: str, chain: str = "ledger", when: tuple[str, ...] = DAY) -> int:
    return run(["locate", "--chain", chain, "--source", ledger, *when, *more])


def told(capsys, *arguments, **more):
    code = locate(*arguments, "--json", **more)
    return code, json.loads(capsys.readouterr().out)


def test_the_count_comes_first_and_every_candidate_has_its_reasons(ledger, capsys):
    assert locate(ledger, "--amount", "100", "--tz", "Europe/Berlin", "--asset", "GOLD", "--address", "victim") == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "2 candidates among 4 payments of ledger"
    assert "nothing here says which of them is meant" in lines[1]
    assert lines[3] == "txid\tindex\ttime\tlocal time\tfrom\tto\tasset\tamount\twhy"
    assert lines[4].split("\t") == [
        "t1",
        "0",
        "2020-09-13T12:26:40Z",
        "2020-09-13T14:26:40+02:00",
        "victim",
        "thief",
        "GOLD",
        "100.00",
        "the amount is 100, exactly; the address is the sender; the time lies in the window",
    ]
    assert "100, rounded or cut off" in lines[5]
    assert err == ""


def test_a_script_reads_the_list(ledger, capsys):
    code, found = told(capsys, ledger, "--amount", "100.00", "--fee", "1", "--suffix", "ief", "--asset", "GOLD")
    assert (code, found["count"], found["searched"], found["reasons"]) == (0, 2, 4, [])
    assert (found["from"], found["to"]) == ("2020-09-13T00:00:00Z", "2020-09-13T23:59:59Z")
    assert "read as UTC" in found["notes"][0]
    first, second = found["candidates"]
    assert first == {
        "chain": "ledger",
        "txid": "t1",
        "index": "0",
        "status": "confirmed",
        "height": 7,
        "time": "2020-09-13T12:26:40Z",
        "local_time": None,
        "from": "victim",
        "to": "thief",
        "asset": "GOLD",
        "contract": "GOLD",
        "decimals": 2,
        "value": "10000",
        "amount": "100.00",
        "why": "the amount is 100.00, exactly; the recipient fits …ief; the time lies in the window",
        "fits": [{"amount": "100.00", "close": "exact", "fee": None, "side": None, "decimals": None}],
        "address_is": [],
        "half_address_is": ["recipient"],
    }
    assert (second["from"], second["index"]) == (None, "log:1")
    assert second["fits"] == [{"amount": "100.00", "close": "exact", "fee": "1", "side": "less", "decimals": None}]
    assert second["why"].startswith("the amount is 100.00 less the fee 1, exactly")


def test_none_found_is_3_with_the_reasons(ledger, capsys):
    code, found = told(capsys, ledger, "--amount", "777")
    assert (code, found["count"], found["candidates"]) == (3, 0, [])
    assert any("internal transfer id" in reason for reason in found["reasons"])
    assert locate(ledger, "--amount", "777") == 3
    out, err = capsys.readouterr()
    assert out.splitlines() == ["0 candidates among 4 payments of ledger", "Candidates: none"]
    assert "none found: a transfer between two accounts of one exchange" in err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--amount", "ten"), "--amount is 'ten'"),
        ((), "Missing option '--amount'"),
        (("--amount", "1", "--tz", "Nowhere"), "there is no time zone 'Nowhere'"),
        (("--amount", "1", "--csv", "no/such/folder.csv"), "cannot be written"),
    ],
)
def test_bad_input_is_2(ledger, capsys, more, words):
    assert locate(ledger, *more) == 2
    out, err = capsys.readouterr()
    assert (out, words in err, "Traceback" in err) == ("", True, False)


def test_the_csv_has_the_same_candidates_and_no_formula(ledger, tmp_path, capsys):
    target = tmp_path / "found.csv"
    assert locate(ledger, "--amount", "100", "--csv", str(target)) == 0
    assert f"3 candidates in {target}" in capsys.readouterr().err
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfchain,txid,index")
    assert content.count(b"\r\n") == 4
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert [(row["txid"], row["asset"], row["value"], row["amount"]) for row in rows] == [
        ("t1", "GOLD", "10000", "100.00"),
        ("t4", "'=CMD()", "100", ""),
        ("t2", "GOLD", "10049", "100.49"),
    ]
    assert "if the asset has 0 decimals, which the source does not say" in rows[1]["why"]


def test_the_payment_of_a_case_that_ships_is_found_from_a_screenshot(data, capsys):
    case = str(data / "cases" / "tron-usdt" / "transfers.csv")
    clues = ("--amount", "100.000", "--prefix", "TFJ7", "--suffix", "Kd5j", "--tz", "any")
    when = ("--from", "2021-08-05T12:00", "--to", "2021-08-05T14:00")
    code, found = told(capsys, case, *clues[:2], "--prefix", "TXRB", "--tz", "any", chain="tron", when=when)
    assert (code, [one["txid"] for one in found["candidates"]]) == (0, [PAYMENT_A])
    code, found = told(capsys, case, *clues, chain="tron", when=when)
    assert (code, found["count"]) == (3, 0)
    assert any("would fit with another address" in reason for reason in found["reasons"])


def test_a_case_is_searched_under_its_lock_and_stays_as_it_was(tmp_path, capsys):
    folder = small_case(tmp_path)
    before = (folder / "case.toml").read_bytes()
    assert run(["locate", "--source", str(folder), "--amount", "1.00", *DAY, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 1
    assert (folder / "case.toml").read_bytes() == before


def test_an_output_has_all_its_senders(data, capsys):
    file = str(data / "cases" / "colonial-pipeline" / "transactions.jsonl")
    when = ("--from", "2021-05-28", "--to", "2021-05-28")
    code, found = told(capsys, file, "--amount", "69.604", "--tz", "UTC", chain="bitcoin", when=when)
    (one,) = found["candidates"]
    assert (code, one["index"], one["to"], one["value"]) == (
        0,
        "0",
        "bc1qq2euq8pw950klpjcawuy4uj39ym43hs6cfsegq",
        "6960422177",
    )
    assert len(one["from"]) == len(set(one["from"])) > 1
    assert {fit["close"] for fit in one["fits"]} == {"rounded or cut"}
    assert locate(file, "--amount", "69.604", chain="bitcoin", when=when) == 0
    assert f"\t{one['from'][0]} and {len(one['from']) - 1} more\t" in capsys.readouterr().out


def test_the_network_is_not_asked_offline(monkeypatch, capsys):
    fakes = installed(monkeypatch, one=[sent(1, VICTIM, THIEF, 1_000_500_000)])
    arguments = ["--amount", "1000.5", "--address", VICTIM, "--asset", "USDT"]
    when = ("--from", "2021-08-05", "--to", "2021-08-05")
    assert locate("fake-one=http://127.0.0.1:1", *arguments, "--offline", chain="tron", when=when) == 4
    assert "nobody was asked" in capsys.readouterr().err
    assert fakes["one"].asked == []
    assert locate("fake-one=http://127.0.0.1:1", *arguments, chain="tron", when=when) == 0
