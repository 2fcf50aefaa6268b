"""What a raw file may leave out, or write in another way: the verifier reads it as the adapter does."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from chaintrace.cli import run
from chaintrace.evidence.verify import LAYERS, verify
from tests.chaintrace.evidence.packages import packed, repaired
from tests.chaintrace.small_case import TAGS, small_case

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND, ALIEN = "aa" * 32, "bb" * 32, "cc" * 32
PAID = "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac"
ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
WITNESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
THEY, WE = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL", "TVj7RNVHy6thbM7BWdSe9G6gXwKhjhdNZS"
ROWS = '[[source]]\nadapter = "transfers-csv"\npath = "{}.csv"\ncomplete = "all"\nchain = "tron"\n'
SEED = '[[seed]]\nchain = "tron"\ntxid = "{}"\norigin = "{}"\n'
CASE = f"""\
[case]
name = "Lines"

[[source]]
adapter = "transactions-jsonl"
path = "lines.jsonl"
complete = "all"
chain = "bitcoin"

[[seed]]
chain = "bitcoin"
txid = "{FIRST}"
index = 0
origin = "payment"
"""


def test_lines_without_heights_addresses_and_flags_are_read_as_the_adapter_reads_them(tmp_path: Path) -> None:
    package = packed(lines_case(tmp_path / "case"), tmp_path / "package")
    assert failures(package) == []


def test_an_address_that_its_script_does_not_pay_is_found(tmp_path: Path) -> None:
    package = packed(lines_case(tmp_path / "case"), tmp_path / "package")
    facts = package / "data/facts.jsonl"
    facts.write_text(facts.read_text("utf-8").replace(ADDRESS, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"), "utf-8")
    repaired(package)
    assert any("is not what the raw file" in line for line in failures(package))


def test_the_script_decides_over_the_address_that_stands_beside_it(tmp_path: Path) -> None:
    folder = lines_case(tmp_path / "case")
    lines = (folder / "lines.jsonl").read_text("utf-8")
    (folder / "lines.jsonl").write_text(lines.replace('"6A0101"', f'"51", "address": "{ADDRESS}"'), "utf-8")
    package = packed(folder, tmp_path / "package")
    assert failures(package) == []
    facts = package / "data/facts.jsonl"
    told = facts.read_text("utf-8")
    bare = re.sub(r'"address":"[^"]*"(?=[^{}]*"script":"51")', f'"address":"{ADDRESS}"', told)
    assert bare != told
    facts.write_text(bare, "utf-8")
    repaired(package)
    assert any("is not what the raw file" in line for line in failures(package))


def test_what_one_file_leaves_out_another_file_of_the_case_may_say(tmp_path: Path) -> None:
    folder = lines_case(tmp_path / "case")
    first, second = (folder / "lines.jsonl").read_text("utf-8").splitlines()
    less = json.loads(first) | {"time": None}
    less["outputs"][1].pop("script")
    (folder / "lines.jsonl").write_text("\n".join([json.dumps(less), second]), "utf-8")
    (folder / "more.jsonl").write_text(f"{first}\n{second}", "utf-8")
    case = folder / "case.toml"
    source = CASE[CASE.index("[[source]]") : CASE.index("[[seed]]")]
    case.write_text(case.read_text("utf-8") + source.replace("lines.jsonl", "more.jsonl"), "utf-8")
    package = packed(folder, tmp_path / "package")
    assert failures(package) == []
    facts = package / "data/facts.jsonl"
    facts.write_text(facts.read_text("utf-8").replace("1325376000", "1325376001"), "utf-8")
    repaired(package)
    assert any("is not what the raw file" in line for line in failures(package))


@pytest.mark.parametrize("others", ["", "3"])
def test_decimals_that_a_row_leaves_out_are_those_of_another_row_or_not_known_there(
    tmp_path: Path, others: str
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    head, row = "chain,txid,index,height,time,asset,decimals,from,to,value", "0,1,1325376000"
    (folder / "one.csv").write_text(f"{head}\ntron,{FIRST},{row},TRX,,{THEY},{WE},7\n", "utf-8")
    (folder / "two.csv").write_text(f"{head}\ntron,{SECOND},{row},coin,{others},{THEY},{WE},7\n", "utf-8")
    (folder / "six.csv").write_text(f"{head}\ntron,{ALIEN},{row},coin,,{WE},{THEY},7\n", "utf-8")
    sources = [ROWS.format(name) for name in ("one", "two", "six")]
    seeds = [SEED.format(FIRST, "trx"), SEED.format(SECOND, "coin")]
    (folder / "case.toml").write_text("\n".join(['[case]\nname = "Rows"', *sources, *seeds]), "utf-8")
    package = packed(folder, tmp_path / "package")
    assert failures(package) == []


def test_a_short_name_that_other_files_of_the_case_hold_by_chance_is_no_tag_there(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case", tags=TAGS.replace(",register,", ",e,"), complete="taker\nshop e\n")
    assert failures(packed(case, tmp_path / "package")) == []


def test_a_least_value_of_a_private_ledger_is_of_its_native_asset_and_of_a_token_of_that_name(tmp_path: Path) -> None:
    folder = lines_case(tmp_path / "case", chain="ledger")
    with (folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write('\n[limits]\nmin_value = { "ledger:ledger" = "1" }\n')
    assert failures(packed(folder, tmp_path / "package")) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_neither_a_folder_nor_a_plain_file_is_never_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert run(["verify", str(tmp_path / "pipe")]) == 2
    assert run(["replay", str(tmp_path / "pipe"), "--to", str(tmp_path / "new")]) == 2


def lines_case(folder: Path, chain: str = "bitcoin") -> Path:
    """A case of two lines, in every way of writing that a file has."""
    folder.mkdir()
    (folder / "case.toml").write_text(CASE.replace('"bitcoin"', f'"{chain}"'), "utf-8")
    known = chain == "bitcoin"
    lines = [
        {
            "txid": FIRST.upper() if known else FIRST,
            "time": "2012-01-01T00:00:00Z",
            "outputs": [
                {"n": 1, "value": 4, "address": WITNESS.upper()},
                {"n": 0, "value": 6, **({"script": PAID.upper()} if known else {"address": " a "})},
            ],
        },
        {
            "txid": SECOND,
            "time": 1325376060,
            "inputs": [
                {"prev_txid": f" {FIRST} ", "prev_vout": 0},
                {"prev_txid": ALIEN, "prev_vout": 3, "value": 5, "address": WITNESS.upper(), "script": None},
            ],
            "outputs": [{"value": 7, "address": ADDRESS}, {"value": 0, "script": "6A0101"}, {"value": 1}],
        },
    ]
    (folder / "lines.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return folder


def failures(package: Path) -> list[str]:
    said = verify(package)
    return [f"{layer}: {line}" for layer in LAYERS for line in said.failures[layer]]
