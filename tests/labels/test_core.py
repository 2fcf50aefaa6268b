"""The core of tags: made again from the lists it is the same, it is clean, and what it says two sources say."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from chaintrace.addresses import is_address, normalise
from chaintrace.addresses.families import family
from chaintrace.cli import run
from chaintrace.model.attribution import grade
from chaintrace.tags import by_address, read
from chaintrace.tags.categories import categories
from tests.labels import encode
from tests.labels.contracts import BRIDGES, ISSUERS, TORNADO_CLI

ROWS = list(csv.DictReader(io.StringIO(encode.CORE.read_text("utf-8"))))
LISTED = ("bitcoin", "ethereum", "bsc", "tron")


@pytest.fixture(scope="module")
def tags():
    return by_address(read(encode.CORE.read_bytes(), "core.csv").tags)


def test_made_again_from_the_lists_it_has_the_same_bytes(shared):
    assert shared.is_dir()
    assert encode.encoded() == encode.CORE.read_bytes()


def test_its_own_check_finds_nothing(capsys):
    assert run(["tags", "check", str(encode.CORE)]) == 0
    assert f"{len(ROWS):,} rows; {len(ROWS):,} tags" in capsys.readouterr().out


def test_every_row_has_a_source_a_date_and_a_licence():
    for row in ROWS:
        assert row["source"], row
        assert row["licence"], row
        assert len(row["lastmod"]) == 10, row
        assert row["category"] in categories() or row["abuse"] == "sanction", row


def test_every_address_of_a_chain_whose_form_is_known_is_checked_and_in_its_one_form():
    known = [row for row in ROWS if family(row["chain"])]
    assert len(known) > 2_000
    for row in known:
        assert is_address(row["chain"], row["address"]), row
        assert normalise(row["chain"], row["address"]) == row["address"]


def test_the_chains_and_kinds_of_a_first_trace_are_there():
    held = {(row["chain"], row["category"]) for row in ROWS}
    assert {(chain, "exchange") for chain in LISTED} <= held
    assert {("bitcoin", "mixing_service"), ("ethereum", "mixing_service"), ("bsc", "mixing_service")} <= held
    assert {("ethereum", "defi_bridge"), ("bsc", "defi_bridge"), ("ethereum", "issuer"), ("tron", "issuer")} <= held
    assert sum(row["chain"] == "tron" and row["category"] == "exchange" for row in ROWS) > 340


def test_explorers_tags_that_a_reserve_list_repeats_are_graded_better(tags):
    graded = {
        address: {grade(found, tag) for tag in found}
        for (chain, address), found in tags.items()
        if chain == "tron" and any(tag.source_family == "explorer:tronscan" for tag in found)
    }
    assert len(graded) == 32
    better = {address for address, said in graded.items() if said == {"corroborated"}}
    assert {"TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR", "TM1zzNDZD2DPASbKcgdVoTYhfmYgtfwx9R"} <= better
    assert len(better) == 17
    assert all(said == {"claimed"} for address, said in graded.items() if address not in better)


def test_what_was_delisted_says_from_when_to_when(tags):
    router = [tag for tag in tags["ethereum", "0x722122df12d4e14e13ac3b6895a86e84145b6967"] if tag.valid_to]
    assert [(tag.valid_from, tag.valid_to) for tag in router] == [("2022-08-08", "2025-03-21")]
    hydra = tags["bitcoin", "123WBUDmSJv4GctdVEz6Qq6z8nXSKrJ4KX"]
    assert {(tag.valid_from, tag.valid_to) for tag in hydra if not tag.category} == {("2022-04-05", "")}


def test_a_pool_has_a_size_only_where_client_and_documentation_agree(shared):
    assert shared.is_dir()
    said = {
        (row["chain_id"], row["address"]): row["contract"].replace(",", "")
        for row in encode.table("tornado_contracts.csv")
    }
    differ = {address for (chain, pool), address in TORNADO_CLI.items() if said[chain, address] != pool}
    assert len(differ) == 2
    for row in ROWS:
        if row["source_family"] == "docs:tornado":
            assert ("two sizes" in row["label"]) == (row["address"] in differ)


def test_pools_of_tornado_cash_are_in_the_treasurys_list_too(tags):
    for (chain, _), address in TORNADO_CLI.items():
        if chain == "1":
            assert "ofac-sdn" in {tag.source_family for tag in tags["ethereum", address]}, address


def test_every_bridge_is_named_by_two_families(tags):
    for place in BRIDGES:
        assert {grade(tags[place], tag) for tag in tags[place]} == {"corroborated"}, place


def test_a_bridge_whose_second_source_is_a_transaction_takes_part_in_it(shared):
    for (_, address), (_, _, second) in BRIDGES.items():
        if "receipt of" in second:
            (path,) = (shared / "data/evm/receipts").glob(f"*/1_{second.rpartition(' ')[2]}.json")
            found = json.loads(path.read_text("utf-8"))
            emitters = {log["address"].lower() for log in found["receipt"]["logs"]}
            assert address in {str(found["tx"]["to"]).lower(), *emitters}


def test_issuers_are_those_of_the_list_of_issuers(root):
    text = (root / "data" / "issuers.toml").read_text("utf-8")
    assert all(f'contract = "{address}"' in text for _, address in ISSUERS)


def test_no_address_of_the_left_out_ones_is_in_it(tags):
    for address in ("0x9642b23ed1e01df1092b92641051881a322f5d4e", "0xb8901acb165ed027e32754e0ffe830802919727f"):
        assert ("ethereum", address) not in tags


def test_the_page_counts_what_is_there(root):
    page = (root / "data" / "labels" / "README.md").read_text("utf-8")
    numbers = [int(found.replace(",", "")) for found in re.findall(r"^\| ([\d,]+) \|", page, re.MULTILINE)]
    assert sum(numbers) == len(ROWS)
    assert f"{len(ROWS):,} rows" in page
    assert f"{len({(row['chain'], row['address']) for row in ROWS}):,} addresses" in page
