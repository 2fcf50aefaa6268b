"""`compare`: what two sources tell of an address, side by side; 0 when they tell the same, 3 when not."""

from __future__ import annotations

import json

import pytest

from chaintrace.cli import run
from tests.chaintrace.case.account_sources import SHOP, THIEF, VICTIM, installed, sent
from tests.chaintrace.small_case import TRANSFERS, small_case

OTHER = TRANSFERS.replace("taker,shop,60", "taker,shop,61") + "ledger,t3,0,,1600000020,GOLD,2,taker,bar,5\n"


@pytest.fixture
def files(tmp_path):
    small_case(tmp_path / "a")
    small_case(tmp_path / "b", transfers=OTHER)
    return [str(tmp_path / name / "transfers.csv") for name in "ab"]


def compare(files, *more: str, subject: str = "taker", chain: str = "ledger") -> int:
    return run(["compare", subject, "--chain", chain, *(word for path in files for word in ("--from", path)), *more])


def test_differences_are_listed_row_by_row_beside_counts_and_sums(files, capsys):
    assert compare(files) == 3
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[:3] == ["ledger taker", f"source 1: {files[0]}", f"source 2: {files[1]}"]
    assert "1\tGOLD\t2\t1.00 (100)\t0.60 (60)\t0" in lines
    assert "2\tGOLD\t3\t1.00 (100)\t0.66 (66)\t0" in lines
    differ = "told differently by 1 / 2\tt2\t2020-09-13T12:26:50Z\tGOLD\ttaker\tshop\t0.60 (60)\tvalue: 60 / 61"
    assert differ in lines
    assert "only in 2, not in 1\tt3\t2020-09-13T12:27:00Z\tGOLD\ttaker\tbar\t0.05 (5)\t" in lines
    assert "source 1: it does not declare this address complete" in err
    assert f"1 movement that others tell of lie after the last row of {files[0]}" in err


def test_equal_tellings_are_0(files, tmp_path, capsys):
    small_case(tmp_path / "c")
    assert compare([files[0], str(tmp_path / "c" / "transfers.csv")]) == 0
    assert "Differences: none: they tell the same" in capsys.readouterr().out


def test_a_script_reads_the_same(files, capsys):
    assert compare(files, "--json") == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["chain"], found["address"], found["equal"]) == ("ledger", "taker", False)
    first, second = found["sources"]
    assert (first["number"], first["source"], first["movements"], first["coverage"]) == (1, files[0], 2, [])
    assert second["assets"] == [
        {
            "asset": "GOLD",
            "contract": "GOLD",
            "decimals": 2,
            "movements": 3,
            "received": "100",
            "sent": "66",
            "value_not_told": 0,
        }
    ]
    told, only = found["differences"]
    assert (told["kind"], told["only_in"], told["txid"], told["value"]) == ("told differently", None, "t2", "60")
    assert told["differs"] == [{"what": "value", "first": "60", "second": "61"}]
    assert (only["kind"], only["only_in"], only["sources"], only["txid"]) == ("only in", 2, [1, 2], "t3")


def test_what_networks_claim_is_shown(monkeypatch, capsys):
    payments = [sent(1, VICTIM, THIEF, 100), sent(2, THIEF, SHOP, 60)]
    fakes = installed(monkeypatch, one=payments, two=payments)
    fakes["two"].mood = "claims"
    networks = ["fake-one=http://127.0.0.1:1", "fake-two=http://127.0.0.1:2"]
    assert compare(networks, "--asset", "USDT", subject=THIEF, chain="tron") == 0
    out, err = capsys.readouterr()
    assert "\tcounter equal\t0" in out
    assert "\tclaimed\tnot known" in out
    assert "source 2: fake-two does not say how many there are" in err
    fakes["two"].mood = "refuses"
    assert compare(networks, subject=THIEF, chain="tron") == 4
    assert compare(networks, "--offline", subject=THIEF, chain="tron") == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compare", "taker", "--chain", "ledger", "--from", "a.csv"], "does not exist"),
        (["compare", "xyz", "--chain", "tron", "--from", "{0}", "--from", "{1}"], "is no tron address"),
        (["compare", "taker", "--from", "{0}", "--from", "{1}"], "add --chain"),
        (["compare", "taker", "--chain", "ledger"], "a comparison needs two"),
    ],
)
def test_bad_input_is_2(files, capsys, arguments, words):
    assert run([one.format(*files) for one in arguments]) == 2
    assert words in capsys.readouterr().err
