"""`candidates`: links inside a coinjoin, deposits behind a withdrawal, and what cannot be said."""

from __future__ import annotations

import json
import shutil

import pytest

from chaintrace.case.mixing.linking import INTRAFEES
from chaintrace.cli import run
from chaintrace.cli.candidates import candidates
from tests.chaintrace.small_case import small_case

ROUND = "74e063f4df238439d0797b71d20335ad63a7d79f8935544f666e846f5d13337a"
FIRST = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
MANY = "daf38c7b38eb0a587cf843f47000d5c294affb4f56017370ad48c5147f5e69d9"
POOL = "0x910cbd523d972eb0a6f4cae4618ad62622b39dbf"
ANN, ZED = "0x" + "a" * 40, "0x" + "b" * 40
HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
ROWS = ((ANN, POOL), (ZED, POOL), (POOL, ZED))


def asked(capsys, *arguments):
    assert run(["candidates", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *arguments):
    assert run(["candidates", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


@pytest.fixture
def joinmarket(shared):
    return str(shared / "data/bitcoin/coinjoin/emulated_joinmarket.jsonl.gz")


def test_the_links_of_a_coinjoin(joinmarket, capsys):
    found = asked(capsys, ROUND, "--from", joinmarket)
    assert (found["readings"], found["entropy_bits"]) == ("20187", "14.301138906529")
    assert found["intrafees"] == {"maker": "200", "taker": "800"}
    assert len(found["outputs"]) == 10
    assert [one["readings"] for one in found["outputs"][8]["candidates"]] == ["3522"] * 4 + ["20186"]
    assert found["deterministic"] == []
    assert found["is_without_intrafees"] is False


def test_a_person_is_told_what_was_allowed_for(joinmarket, capsys):
    assert run(["candidates", ROUND, "--from", joinmarket]) == 0
    out, err = capsys.readouterr()
    assert "20187 readings, entropy 14.301138906529 bits" in out
    assert "0 (3522/20187)" in out
    assert "may have been paid 200 by the others" in err
    assert "no trace follows any of them" in err
    assert run(["candidates", ROUND, "--from", joinmarket, "--intrafees", "0"]) == 0
    assert "most deterministic links are wrong" in capsys.readouterr().err


def test_an_ordinary_payment_has_one_reading(data, capsys):
    found = asked(capsys, FIRST, "--from", str(data / "cases/first-payments/transactions.jsonl"))
    assert (found["readings"], found["entropy_bits"], found["deterministic"]) == ("1", "0.000000000000", [])


def test_the_default_is_the_one_that_was_measured():
    [option] = [one for one in candidates.params if one.name == "intrafees"]
    assert str(option.default) == str(float(INTRAFEES))


def withdrawals(tmp_path, complete):
    rows = (
        f"ethereum,0x{n:064x},value,{n},{1_600_000_000 + n},ETH,18,{payer},{payee},{10**19}\n"
        for n, (payer, payee) in enumerate(ROWS, 1)
    )
    case = (
        '[case]\nname = "Mixer"\n[[source]]\nadapter = "transfers-csv"\npath = "transfers.csv"\n'
        'complete = "complete.txt"\nchain = "ethereum"\n'
        f'[[seed]]\nchain = "ethereum"\ntxid = "0x{1:064x}"\n'
    )
    return small_case(tmp_path, case=case, transfers=HEADER + "".join(rows), complete=complete)


def test_the_deposits_behind_a_withdrawal(tmp_path, capsys):
    folder = withdrawals(tmp_path, f"{POOL}\n")
    found = asked(capsys, f"0x{3:064x}", "--from", str(folder))
    [one] = found["withdrawals"]
    assert (one["size"], one["to"], one["deposits_before"], one["withdrawals_before"]) == ("10 ETH", ZED, 2, 0)
    assert one["pool_is_whole"] is True
    assert [(said["name"], said["size"]) for said in one["reveals"]] == [
        ("same address", 1),
        ("unique gas price", 0),
        ("linked address", 0),
        ("multi-denomination", 0),
    ]
    assert [it["from"] for it in one["candidates"]] == [ANN, ZED]


def test_a_person_is_told_what_the_sources_lack(tmp_path, capsys):
    folder = withdrawals(tmp_path, f"{ANN}\n")
    assert run(["candidates", f"0x{3:064x}", "--from", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert "deposits before: 2, withdrawals before: 0" in out
    assert "there may be more deposits" in err


def test_more_than_can_be_counted_is_said(data, capsys):
    source = str(data / "cases/colonial-pipeline/transactions.jsonl")
    assert "more readings than can be counted" in refused(capsys, MANY, "--from", source)


def test_what_cannot_be_said_is_one_sentence(tmp_path, joinmarket, capsys):
    folder = withdrawals(tmp_path, f"{POOL}\n")
    assert "takes nothing out of a pool" in refused(capsys, f"0x{1:064x}", "--from", str(folder))
    assert "is not in the sources" in refused(capsys, f"0x{9:064x}", "--from", str(folder))
    for share in ("1", "-0.1", "much", "1/0"):
        assert "is no share" in refused(capsys, ROUND, "--from", joinmarket, "--intrafees", share)
    first = json.loads(_first_line(joinmarket, tmp_path))
    assert "makes coins" in refused(capsys, first["txid"], "--from", joinmarket)


def _first_line(path, tmp_path):
    import gzip

    copy = shutil.copy(path, tmp_path / "copy.jsonl.gz")
    with gzip.open(copy, "rt", encoding="utf-8") as file:
        return file.readline()
