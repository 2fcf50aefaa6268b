"""What a shipped case expects is held against its trace row by row, and a difference is named."""

from __future__ import annotations

import shutil

import pytest

from chaintrace.case.expectations import RULES_OFF, differences, found_rows
from chaintrace.case.result import open_case
from tests.chaintrace.small_case import small_case

ROWS = """
    ["fifo", "payment", "seed", "", 100], ["fifo", "payment", "endpoint", "shop", 60],
    ["fifo", "payment", "resting", "taker", 40],
"""


@pytest.fixture
def result(tmp_path):
    return open_case(small_case(tmp_path)).follow(methods=("fifo",))


def expect(folder, rows: str = ROWS, gaps: str = "", form: int = 1):
    columns = 'columns = ["method", "origin", "outcome", "where", "value"]'
    (folder / "expect.toml").write_text(f"format = {form}\n{columns}\nrows = [{rows}]\ngaps = [{gaps}]\n")
    return folder


def test_what_holds_has_no_differences(result, tmp_path):
    assert differences(result, expect(tmp_path)) == ()
    assert sum(value for key, value in found_rows(result).items() if key[2] != "seed") == 100


@pytest.mark.parametrize(
    ("rows", "gaps", "said"),
    [
        (ROWS.replace("60", "61"), "", "fifo / payment / endpoint / shop: 61 expected, 60 found"),
        (ROWS.replace('["fifo", "payment", "resting", "taker", 40],', ""), "", "resting / taker: 0 expected, 40 found"),
        (ROWS + '["fifo", "payment", "fee", "", 1],', "", "fifo / payment / fee: 1 expected, 0 found"),
        (ROWS, '{ kind = "opening", subject = "taker" }', "gap / opening / taker: expected, not found"),
    ],
)
def test_every_difference_is_named(result, tmp_path, rows, gaps, said):
    (line,) = differences(result, expect(tmp_path, rows, gaps))
    assert said in line


def test_a_gap_that_is_not_expected_is_a_difference_and_so_is_another_value(tmp_path):
    transfers = """chain,txid,index,height,time,asset,decimals,from,to,value
ledger,t0,0,,1599999990,GOLD,2,taker,elsewhere,7
ledger,t1,0,,1600000000,GOLD,2,victim,taker,100
ledger,t2,0,,1600000010,GOLD,2,taker,shop,60
"""
    result = open_case(small_case(tmp_path, transfers=transfers)).follow(methods=("fifo",))
    assert differences(result, expect(tmp_path)) == ("gap / opening / taker: found, not expected",)
    gap = '{ kind = "opening", subject = "taker", value = 7 }'
    assert differences(result, expect(tmp_path, gaps=gap)) == ()
    (line,) = differences(result, expect(tmp_path, gaps=gap.replace("7", "8")))
    assert line == "gap / opening / taker: 8 expected, 7 found"


def test_another_format_is_said(result, tmp_path):
    (line,) = differences(result, expect(tmp_path, form=2))
    assert "format 2" in line


def test_a_run_without_rules_is_held_against_what_comes_out_then(data, tmp_path):
    shutil.copytree(data / "cases" / "tron-usdt", tmp_path / "case")
    folder = tmp_path / "case"
    text = (folder / "case.toml").read_text("utf-8")
    assert 'use = ["deposit_address"]' in text
    (folder / "case.toml").write_text(text.replace('use = ["deposit_address"]', "use = []"), "utf-8")
    found = open_case(folder).follow()
    assert list(found.table("findings")) == []
    assert differences(found, folder) == ()
    (folder / RULES_OFF).unlink()
    assert any("TGfH7imvH9h6yxusNNPkkwrDzKCg7kFDTf" in line for line in differences(found, folder))


def test_the_case_as_it_ships_names_the_wallets_behind_its_deposit_addresses(data, tmp_path):
    shutil.copytree(data / "cases" / "tron-usdt", tmp_path / "case")
    found = open_case(tmp_path / "case").follow()
    assert differences(found, tmp_path / "case") == ()
    rows = {(row["address"], row["service_address"], row["entity"], row["label_source"]) for row in found.endpoints}
    assert rows == {
        ("TGfH7imvH9h6yxusNNPkkwrDzKCg7kFDTf", "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR", "huobi", "rule deposit_address"),
        ("TXPggkiHzYZofVqpzMDS19ePG6qmcnu3gq", "TM1zzNDZD2DPASbKcgdVoTYhfmYgtfwx9R", "okex", "rule deposit_address"),
        ("TXdNFmv2wngkc9WT4sT9HdFgVWbYyfX21L", "TAUN6FwrnwwmaEqYcckffC7wYmbaS6cBiX", "binance", "rule deposit_address"),
    }
    assert all("consistent explanations" in str(row["reason"]) and row["route"] == "yes" for row in found.endpoints)
    assert {row["subject"] for row in found.table("findings")} == {row["address"] for row in found.endpoints}
