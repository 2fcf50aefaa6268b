"""The Electrum adapter against a real ElectrumX on a real node: the same facts as from the raw blocks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

import chaintrace as ct
from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.adapters.electrum import Electrum
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport import Patience
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Account, OutPoint
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from tests.chaintrace.adapters.electrum_tale import NATIVE, endpoint
from tests.hostile.doors import quick_door
from tests.nodes import story
from tests.nodes.chain import p2pkh, p2wpkh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.electrum import ElectrumSource
    from tests.nodes.running import Bcoin, ElectrumX

CHAIN = story.CHAIN
SLOW = Patience(connect=5, read=30, deadline=40, total=60, tries=2)
"""A server that is taking in a re-organisation may be silent for seconds."""


@pytest.fixture(scope="module")
def source(electrumx: ElectrumX, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ElectrumSource]:
    with quick_door(tmp_path_factory.mktemp("archive"), patience=SLOW) as door:
        yield Electrum().connect(endpoint(electrumx.url), door)


@pytest.fixture(scope="module")
def tip(source: ElectrumSource) -> Status:
    return source.status()


@pytest.fixture(scope="module")
def in_blocks(told: story.Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlockSource]:
    folder = tmp_path_factory.mktemp("blocks")
    with BlockSource(story.write_blk(told.blocks, folder / "blk00000.dat"), CHAIN, folder / "index") as opened:
        yield opened


def test_the_status_is_that_of_the_node(told: story.Story, tip: Status) -> None:
    assert (tip.chain, tip.height, tip.block_hash, tip.time) == (CHAIN, 442, told.tip.hash, told.tip.time)


def test_every_payment_is_what_the_blocks_have(
    told: story.Story, source: ElectrumSource, tip: Status, in_blocks: BlockSource
) -> None:
    for payment in told.payments.values():
        reply = source.reply(MissingTransaction(CHAIN, payment.txid), tip)
        assert reply.transactions == (in_blocks.transaction(payment.txid),)


def test_every_output_is_spent_by_what_the_blocks_have_or_unspent_by_two_answers(
    told: story.Story, source: ElectrumSource, tip: Status, in_blocks: BlockSource
) -> None:
    kinds = set()
    for payment in told.payments.values():
        for vout in range(len(payment.outputs)):
            outpoint = OutPoint(CHAIN, payment.txid, vout)
            reply = source.reply(MissingSpender(outpoint), tip)
            spender = in_blocks.spender(outpoint)
            assert reply.transactions == ((spender,) if spender else ())
            assert [fact.outpoint for fact in reply.unspent] == ([] if spender else [outpoint])
            assert (reply.gaps, reply.still_missing) == ((), False)
            kinds |= {fact.how for fact in reply.unspent} | ({"spent"} if spender else set())
    assert kinds == {"spent", "asked twice", "unspendable script"}


@pytest.mark.parametrize("output", [p2wpkh("thief", 0), p2pkh("victim", 0), p2pkh("service", 0), p2wpkh("market", 0)])
def test_a_history_is_proven_by_the_balance(
    output: object, source: ElectrumSource, tip: Status, in_blocks: BlockSource
) -> None:
    address = story.address(output)
    reply = source.reply(MissingHistory(Account(address, NATIVE)), tip)
    touching = tuple(
        each
        for each in in_blocks.transactions()
        if address in {leg.address for leg in (*each.transfers[0].inputs, *each.transfers[0].outputs)}
    )
    assert reply.transactions == touching
    assert [(each.how, each.end) for each in reply.coverage] == [("balance equal", 442)]
    assert reply.gaps == ()


def test_a_txid_that_the_node_does_not_have_is_absent(source: ElectrumSource, tip: Status) -> None:
    assert source.reply(MissingTransaction(CHAIN, "ab" * 32), tip).absent


def test_a_whole_case_gives_the_report_of_the_raw_blocks(
    told: story.Story, electrumx: ElectrumX, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    asked = story.write_case(tmp_path / "asked", f"adapter = 'electrum'\nurl = '{electrumx.url}'")
    read = story.write_case(tmp_path / "read", "adapter = 'blocks'\npath = 'blk00000.dat'")
    story.write_blk(told.blocks, read / "blk00000.dat")
    for case in (asked, read):
        ct.open_case(case).follow()
    tables = sorted(path.name for path in (read / "report").glob("*.csv"))
    assert len(tables) >= 9
    assert {name: (asked / "report" / name).read_text("utf-8") for name in tables} == {
        name: (read / "report" / name).read_text("utf-8") for name in tables
    }


def test_a_competing_chain_is_noticed_and_what_it_undid_is_pending(
    told: story.Story, source: ElectrumSource, tip: Status, bcoin: Bcoin
) -> None:
    """Last in this module: it changes the chain of the node."""
    late, rival = told.payments["late"], story.competing(told)
    story.submit(rival, bcoin)
    followed = settled(source, rival[-1].hash)
    assert (followed.height, followed.block_hash) == (443, rival[-1].hash)
    assert source.block_hash(442) == rival[0].hash != told.tip.hash
    with pytest.raises(Unavailable, match="re-organised meanwhile, or the server is on another branch"):
        source.reply(MissingSpender(OutPoint(CHAIN, told.payments["peel three"].txid, 1)), tip)
    undone = late.spends[0]
    reply = source.reply(MissingSpender(OutPoint(CHAIN, undone.txid, undone.vout)), followed)
    assert [(each.txid, each.status, each.block) for each in reply.transactions] == [(late.txid, "pending", None)]


def settled(source: ElectrumSource, block_hash: str, seconds: int = 40) -> Status:
    """The status when the server has followed the node to a block, which takes it seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            status = source.status()
        except Unavailable:
            status = None
        if time.monotonic() > deadline or (status and status.block_hash == block_hash):
            assert status is not None
            return status
        time.sleep(0.3)
