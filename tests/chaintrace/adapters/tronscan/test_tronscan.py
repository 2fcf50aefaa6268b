"""The adapter `tronscan`: what it says it is, what it does not believe, and what it leaves open."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters import NETWORK
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.tronscan import Tronscan
from chaintrace.adapters.tronscan.listed import read_page
from chaintrace.adapters.tronscan.shapes import page_of
from chaintrace.errors import InputError, Malformed, Unavailable
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.view import MissingSpender
from tests.chaintrace.adapters.tronscan.scan import at_slot, many, scanning
from tests.hostile.tron_ledger import TronLedger
from tests.hostile.tronscan_server import OPTIONAL

if TYPE_CHECKING:
    from pathlib import Path

SHASTA = "00" * 28 + "94a9059e"


class NoDoor:
    def ask(self, request):
        raise AssertionError(request)


def test_it_says_what_it_is(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5)) as scan:
        ledger = scan.explorer.ledger
        assert (scan.at.chain, scan.at.height, scan.at.block_hash) == (
            "tron",
            ledger.height,
            ledger.block_id(ledger.height),
        )
        assert (scan.at.finalized, scan.at.synced) == (ledger.height - 19, None)
        assert scan.at.time == at_slot(45)
        assert scan.source.block_hash(7) == ledger.block_id(7)
        with pytest.raises(Unavailable, match="no block at height 9999"):
            scan.source.block_hash(9_999)


def test_one_that_does_not_say_what_holds_for_good_is_asked_all_the_same(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5), offers=OPTIONAL - {"system/status"}) as scan:
        assert scan.at.finalized is None
        assert scan.history().coverage[0].how == "balance equal"


def test_the_genesis_block_is_known_as_the_parent_of_the_next_one(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5)) as scan:
        block = scan.explorer.answer("block", {"number": "9"})
        scan.server.change(lambda _, __: block, on="/api/block?number=0")
        assert scan.source.status().chain == "tron"
        empty = replace(block, body=b'{"data":[]}')
        scan.server.change(lambda _, __: empty, on="/api/block?number=1")
        assert scan.source.status().chain == ""


def test_an_explorer_of_another_chain_is_not_used(tmp_path: Path) -> None:
    ledger = TronLedger.of(many(5))
    ledger.genesis = SHASTA
    with scanning(tmp_path, ledger=ledger) as scan:
        assert scan.at.chain == "tron-shasta"
        with pytest.raises(Malformed, match="tells of tron-shasta, not of tron"):
            scan.history()
    with scanning(tmp_path / "shasta", ledger=ledger, chain="tron-shasta") as scan:
        assert scan.source.status().chain == "tron-shasta"


def test_one_on_another_fork_or_behind_is_asked_again_later(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5)) as scan:
        scan.at = replace(scan.at, block_hash="ab" * 32)
        with pytest.raises(Unavailable, match="follows another fork"):
            scan.history()
        scan.at = replace(scan.at, height=scan.at.height + 9)
        with pytest.raises(Unavailable, match="it is not synced"):
            scan.about(1)


def test_a_tip_that_leaves_the_chain_meanwhile_is_noticed(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5)) as scan:
        assert scan.history().transactions

        def other(_, given):
            told = json.loads(given.body)
            told["data"][0]["hash"] = "cd" * 32
            return replace(given, body=json.dumps(told).encode())

        scan.server.change(other, on="/api/block?number=")
        with pytest.raises(Unavailable, match="re-organised; run again"):
            scan.history()


def test_an_output_is_left_open(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5)) as scan:
        reply = scan.source.reply(MissingSpender(OutPoint("tron", "ab" * 32, 0)), scan.at)
        assert reply.still_missing
        assert "a chain of accounts has none" in reply.gaps[0].text


@pytest.mark.parametrize("url", ["ftp://there/api", "http://there/api?x=1", "https:///api"])
def test_a_url_that_cannot_be_one_is_bad_input(url: str) -> None:
    with pytest.raises(InputError, match="cannot be the url"):
        Tronscan().connect(Endpoint("tronscan", "tron", url, url, "public"), NoDoor())


def test_cases_know_it() -> None:
    assert NETWORK["tronscan"].reach == "public"
    assert "Tronscan" in NETWORK["tronscan"].summary


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "has no blocks in it"),
        ({"data": [{}]}, "has no number"),
        ({"data": [{"number": 5, "hash": "x"}]}, "a txid"),
    ],
)
def test_a_block_that_is_none_is_malformed(tmp_path: Path, body: dict, sentence: str) -> None:
    with scanning(tmp_path, many(5)) as scan:
        scan.server.change(lambda _, given: replace(given, body=json.dumps(body).encode()), on="/api/block")
        with pytest.raises(Malformed, match=sentence):
            scan.source.status()


def test_a_recorded_page_is_read_as_it_stands(shared: Path) -> None:
    text = (shared / "data" / "tron" / "tronscan-fields" / "token_trc20_transfers.json").read_text("utf-8")
    page = page_of("token_transfers")(json.loads(text))
    holder = Account("TH3N6kYXow3FUP8Giyjm344qpDgjpChQx7", Asset("tron", "TMwFHYXLJaRUPeW6421aqXL4ZEzPRFGkGT"))
    (row,), claims = read_page("tron", page, holder)
    assert (page.counted, row.value, row.height, row.time) == (1, 11258727923280441931, 49966979, 1680513705)
    assert row.moved
    assert [(one.subject, one.value) for one in claims] == [(holder.asset.contract, "jUSDJ Token")]
