"""One transaction at TronGrid: whole from the node behind it, else from its events, and what it says it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.trongrid import TronGrid
from chaintrace.case.endpoints import guessed_adapter, public_endpoints
from chaintrace.errors import InputError, Malformed, Unavailable
from chaintrace.model.chain import OutPoint
from chaintrace.model.view import MissingSpender
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, NOBODY, TOKEN, info, log, signed
from tests.chaintrace.adapters.trongrid.asked import START, asked, many, paid, txid
from tests.chaintrace.adapters.trongrid.test_tokens import edited
from tests.hostile.tron_ledger import TronLedger, height_of

if TYPE_CHECKING:
    from pathlib import Path

PAYMENT = signed("TransferContract", (1, BOB), (2, ALICE), (3, 5), memo=b"for rent")
EVENTS = "/v1/transactions/"


def ledger() -> TronLedger:
    made = TronLedger.of([*many(3), paid(1, BOB, ALICE, 4, log=5)])
    made.add(PAYMENT, info(PAYMENT, 7, log=[log(ALICE, BOB, 3)]), START + 9_000, ALICE, BOB)
    return made


def test_it_says_what_it_is(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        assert (a.at.chain, a.at.synced, a.at.indices) == ("tron", None, frozenset({"txid", "address"}))
        assert a.at.finalized == a.at.height - 19
        assert a.source.block_hash(a.at.height) == a.at.block_hash
        with pytest.raises(Unavailable, match="no block at height"):
            a.source.block_hash(a.at.height + 9)


def test_a_transaction_with_its_bytes_is_whole(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        reply = a.transaction(PAYMENT["txID"])
    (found,) = reply.transactions
    assert [(part.index, part.value) for part in found.transfers] == [("value", 5), ("log:0", 3), ("fee", 7)]
    assert (found.height, found.position) == (height_of(START + 9_000), 0)
    assert found.transfers[0].order == (START + 9_000, 0, 0)
    assert found.source is not None
    assert found.source.adapter == "trongrid"
    assert [(one.what, one.value) for one in reply.observations] == [("memo", "for rent"), ("fee parts", '{"other":7}')]


def test_where_the_node_does_not_have_it_its_events_tell_of_tokens(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        reply = a.transaction(txid(1))
    (found,) = reply.transactions
    assert [(part.index, part.value) for part in found.transfers] == [("log:0", 1), ("log:5", 4)]
    assert (found.height, found.status, found.block and bool(found.block.hash)) == (
        height_of(START + 60),
        "confirmed",
        True,
    )
    (gap,) = reply.gaps
    assert (gap.kind, gap.subject) == ("source", txid(1))
    assert "from its events alone" in gap.text
    assert not reply.still_missing


def test_events_of_mints_and_of_other_kinds(tmp_path: Path) -> None:
    made = TronLedger.of([paid(1, NOBODY, ALICE, 4), paid(1, ALICE, BOB, 2, log=1), paid(1, ALICE, NOBODY, 1, log=2)])
    with asked(tmp_path, made) as a:
        a.server.change(edited(lambda page: page["data"][1].update(event_name="Approval")), on=EVENTS)
        (found,) = a.transaction(txid(1)).transactions
    assert [(part.index, part.kind) for part in found.transfers] == [("log:0", "mint"), ("log:2", "burn")]


def test_without_a_block_that_holds_it_its_place_is_not_told(tmp_path: Path) -> None:
    with asked(tmp_path, ledger(), offers=frozenset({"events"})) as a:
        reply = a.transaction(txid(1))
        assert reply.transactions[0].position == 0
        assert "its place in its block is not told" in reply.gaps[0].text


@pytest.mark.parametrize(
    "change",
    [
        {"transaction_id": txid(2)},
        {"block_number": 7},
        {"block_number": 1.5},
        {"contract_address": "T1"},
        {"result": {"0": "0x1", "1": "0x2", "2": "3"}},
    ],
)
def test_events_that_cannot_be_are_malformed(tmp_path: Path, change: dict[str, object]) -> None:
    with asked(tmp_path, ledger()) as a:
        a.server.change(edited(lambda page: page["data"][0].update(change)), on=EVENTS)
        with pytest.raises(Malformed):
            a.transaction(txid(1))


def test_what_is_nowhere_is_absent_and_what_waits_is_pending(tmp_path: Path) -> None:
    made = ledger()
    waits = signed("TransferContract", (1, BOB), (2, ALICE), (3, 6))
    made.waiting[waits["txID"]] = waits
    with asked(tmp_path, made) as a:
        assert a.transaction("cd" * 32).absent
        (found,) = a.transaction(waits["txID"]).transactions
        assert (found.status, found.height) == ("pending", None)


def test_what_came_after_the_tip_is_not_told_from_its_events(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        height = height_of(START)
        earlier = replace(a.at, height=height, block_hash=a.source.block_hash(height), time=START)
        reply = a.source.reply(a.missing_transaction(txid(2)), earlier)
        assert reply.absent


def test_another_tip_is_agreed_on_once(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        with pytest.raises(Unavailable, match="another fork"):
            a.source.reply(a.missing(), replace(a.at, block_hash="cd" * 32))
        a.history()
        before = a.paths().count("/wallet/getblockbynum")
        a.history(CAROL)
        assert a.paths().count("/wallet/getblockbynum") == before


def test_tron_has_no_outputs(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        assert a.source.reply(MissingSpender(OutPoint("tron", "ab", 0)), a.at).still_missing


@pytest.mark.parametrize("url", ["ftp://api.trongrid.io", "http://", "https://api.trongrid.io/?a=b"])
def test_a_url_that_cannot_be_is_bad_input(url: str) -> None:
    from chaintrace.adapters.network import Endpoint

    with pytest.raises(InputError, match="cannot be the url of TronGrid"):
        TronGrid().connect(Endpoint("trongrid", "tron", url, url, "public"), None)  # type: ignore[arg-type]  # no door


def test_a_bare_url_with_tron_means_trongrid() -> None:
    for chain in TronGrid.chains:
        assert guessed_adapter("https://api.trongrid.io", chain) == "trongrid"
        one = public_endpoints(chain)[0]
        assert (one.adapter, one.reach) == ("trongrid", "public")
    assert TOKEN.startswith("T")
