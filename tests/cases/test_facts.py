"""The facts that ship are the facts of the raw data, and the pages say nothing that the facts do not hold."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.cases import encode

CASES = sorted(path.parent for path in encode.CASES.glob("*/case.toml"))
TXID = re.compile(r"\b[0-9a-f]{64}\b")
OUR_WORDS = re.compile(r"(?i)belongs? to|\bowners?\b|suspect|\bproves?\b|launder|consistent with|\bdirty\b|stolen")


def ids(case: Path) -> str:
    return case.name


def facts(case: Path) -> str:
    source = tomllib.loads((case / "case.toml").read_text("utf-8"))["source"][0]
    return (case / source["path"]).read_text("utf-8")


@pytest.mark.parametrize("name", sorted(encode.FILES))
def test_the_file_is_made_again_byte_for_byte(name, shared):
    assert (encode.CASES / name).read_bytes() == encode.FILES[name](shared)


def test_three_cases_ship():
    assert [case.name for case in CASES] == ["colonial-pipeline", "first-payments", "tron-usdt"]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_every_txid_that_is_written_by_hand_is_in_the_facts(case):
    written = [path.read_text("utf-8") for path in (case / "README.md", case / "case.toml", case / "expect.toml")]
    named = set(TXID.findall("\n".join(written)))
    assert named
    assert {txid for txid in named if txid not in facts(case)} == set()


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_page_says_what_the_case_is_not_in_words_a_court_may_read(case):
    page = (case / "README.md").read_text("utf-8")
    assert "## What it is not" in page
    assert OUR_WORDS.findall(page) == []


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_files_that_the_case_names_are_there(case):
    said = tomllib.loads((case / "case.toml").read_text("utf-8"))
    named = [source[key] for source in said["source"] for key in ("path", "complete")]
    named += [entry["path"] for entry in said.get("tags", [])]
    assert [name for name in named if name != "all" and not (case / name).is_file()] == []


def test_the_ledger_of_the_40_wallets_has_10525_transfers_of_one_token():
    rows = [row.split(",") for row in facts(encode.CASES / "tron-usdt").splitlines()[1:]]
    wallets = set((encode.CASES / "tron-usdt" / "wallets.txt").read_text("utf-8").split())
    assert len(rows) == len({row[1] for row in rows}) == 10_525
    assert {row[5] for row in rows} == {encode.USDT}
    assert len(wallets) == 40
    assert all({row[7], row[8]} & wallets for row in rows)
    assert [int(row[4]) for row in rows] == sorted(int(row[4]) for row in rows)


def test_the_first_blocks_are_all_there():
    lines = [json.loads(line) for line in facts(encode.CASES / "first-payments").splitlines()]
    assert len(lines) == 605
    assert {line["block_height"] for line in lines if line["coinbase"]} == set(range(590))
    assert lines[0]["txid"] == "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    assert lines[0]["outputs"][0]["address"] == "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


def test_the_colonial_transactions_balance_and_hang_together():
    first, second, third = (json.loads(line) for line in facts(encode.CASES / "colonial-pipeline").splitlines())
    fees = [
        sum(leg["value"] for leg in tx["inputs"]) - sum(leg["value"] for leg in tx["outputs"])
        for tx in (first, second, third)
    ]
    assert fees == [989_322, 3_454, 2_695]
    assert len(first["inputs"]) == 24
    assert [leg["prev_txid"] for leg in second["inputs"]] == [first["txid"]]
    assert [leg["prev_txid"] for leg in third["inputs"]] == [second["txid"]]
    assert second["outputs"][1]["value"] == 6_369_996_546
