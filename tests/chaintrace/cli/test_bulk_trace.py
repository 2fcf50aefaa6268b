"""`bulk transfers` and `bulk trace`: what is printed and written, and the code at the end."""

from __future__ import annotations

import csv

import pyarrow.parquet as pq
import pytest

from chaintrace.accounting import METHODS as ALLOCATING
from chaintrace.bulk.trace_outcomes import COLUMNS
from chaintrace.cli import run
from chaintrace.cli.bulk_trace import CLAIMS, GAPS, METHODS

TRANSFERS = """\
chain,txid,index,height,time,asset,decimals,from,to,value
led,t1,0,1,1600000000,X,0,victim,thief,60
led,t2,0,2,1600000060,X,0,thief,exchange,40
led,t3,0,3,1600000120,X,0,thief,=friend,10
"""
SEEDS = "chain,txid,index,origin,return_address\nled,t1,,theft,\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TRANSFERS, "utf-8")
    (tmp_path / "seeds.csv").write_text(SEEDS, "utf-8")
    (tmp_path / "stops.txt").write_text("exchange\n", "utf-8")
    return tmp_path


def bulk(*words: str) -> int:
    return run(["bulk", *words])


def traced(*words: str) -> int:
    return bulk("trace", "t.parquet", "--seeds", "seeds.csv", "--stops", "stops.txt", *words)


def test_the_methods_are_all_that_allocate():
    assert set(METHODS) == set(ALLOCATING)


def test_a_ledger_is_checked_once_and_traced(folder, capsys):
    assert bulk("transfers", "t.csv", "--chain", "led", "--to", "t.parquet") == 0
    assert capsys.readouterr().out == "t.parquet: 3 transfers of 1 asset on led\n"
    code = traced("--method", "fifo", "--complete", "all", "--to", "o.csv", "--claims", "c.csv", "--gaps", "g.csv")
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "3 transfers, 1 seed, 1 origin, by compiled kernels",
        "X: claimed 60 base units = endpoint 40, resting 20",
    ]
    assert code == 0
    assert err == ""
    with (folder / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        list(COLUMNS),
        ["theft", "endpoint", "", "led", "X", "exchange", "t2", "0", "2", "1600000060", "40", "1"],
        ["theft", "resting", "", "led", "X", "'=friend", "", "", "3", "1600000120", "10", "1"],
        ["theft", "resting", "", "led", "X", "thief", "", "", "3", "1600000120", "10", "0"],
    ]
    assert (folder / "c.csv").read_text("utf-8-sig").splitlines() == [",".join(CLAIMS), "theft,t1,0,X,thief,60,60"]
    assert (folder / "g.csv").read_text("utf-8-sig").splitlines() == [",".join(GAPS)]


def test_what_is_not_complete_ends_with_3_and_its_reasons(folder, capsys):
    (folder / "wallets.txt").write_text("thief\n", "utf-8")
    bulk("transfers", "t.csv", "--chain", "led", "--to", "t.parquet")
    assert traced("--method", "haircut", "--complete", "wallets.txt", "--to", "o.parquet") == 3
    assert "not complete: 1 arrival was not followed: history not in the sources" in capsys.readouterr().err
    assert pq.read_table(folder / "o.parquet").column("reason").to_pylist() == ["", "history not in the sources", ""]


def test_values_of_any_size_are_written_in_full(folder, capsys):
    (folder / "t.csv").write_text(TRANSFERS.replace(",60\n", f",{2**255}\n"), "utf-8")
    bulk("transfers", "t.csv", "--chain", "led", "--to", "t.parquet")
    assert traced("--method", "lifo", "--complete", "all", "--to", "o.csv") == 0
    out, err = capsys.readouterr()
    assert "by the tracing engine in Python, exact for any value" in out
    assert "exceeds 9223372036854775806 base units" in err
    assert str(2**255 - 50) in (folder / "o.csv").read_text("utf-8-sig")


def test_bad_input_is_one_sentence_and_2(folder, capsys):
    bulk("transfers", "t.csv", "--chain", "led", "--to", "t.parquet")
    capsys.readouterr()
    assert traced("--method", "poison") == 2
    assert traced("--method", "fifo", "--until", "yesterday") == 2
    assert "--until is 'yesterday': it must be Unix seconds or ISO 8601" in capsys.readouterr().err
    assert traced("--method", "fifo", "--chain", "other") == 2
    assert "the file holds transfers of led, not of other: correct --chain" in capsys.readouterr().err
    assert traced("--method", "fifo", "--to", str(folder / "t.csv" / "o.csv")) == 2
    assert "cannot be written" in capsys.readouterr().err
