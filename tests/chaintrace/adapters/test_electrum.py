"""The Electrum adapter against an honest server: what it answers equals what the blocks say, byte for byte."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.adapters.electrum import Electrum
from chaintrace.adapters.electrum.placing import MOST_SCRIPTS
from chaintrace.adapters.network import Reply, Status
from chaintrace.errors import InputError
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from tests.chaintrace.adapters.bitcoin.making import framed
from tests.chaintrace.adapters.electrum_tale import (
    CHAIN,
    Desk,
    address,
    desk,
    endpoint,
    history,
    spender,
    tale,
    transaction,
)
from tests.nodes.chain import COIN, genesis, mine, p2pkh, p2wpkh, pay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TALE = tale()
TIP = Status(CHAIN, 5, TALE.tip.hash, TALE.tip.time, None, frozenset({"txid", "spender", "address"}))


@pytest.fixture
def at_desk(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "archive", TALE.ledger(TALE.late, TALE.later)) as made:
        yield made


@pytest.fixture(scope="module")
def in_blocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlockSource]:
    folder = tmp_path_factory.mktemp("blocks")
    path = folder / "blk00000.dat"
    path.write_bytes(framed([genesis(), *(block.raw for block in TALE.blocks)], CHAIN))
    with BlockSource(path, CHAIN, folder / "index") as source:
        yield source


def test_the_status_names_the_chain_by_its_first_block_and_the_tip(at_desk: Desk) -> None:
    assert at_desk.source.status() == TIP
    assert at_desk.source.block_hash(3) == TALE.blocks[2].hash
    assert at_desk.source.block_hash(0) == genesis_hash()


def genesis_hash() -> str:
    from tests.nodes.chain import GENESIS_HASH

    return GENESIS_HASH


@pytest.mark.parametrize("name", ["fund", "theft", "split", "child"])
def test_a_transaction_is_what_the_blocks_have(name: str, at_desk: Desk, in_blocks: BlockSource) -> None:
    payment = getattr(TALE, name)
    reply = at_desk.source.reply(transaction(payment), TIP)
    assert reply == Reply((in_blocks.transaction(payment.txid),))
    kept = reply.transactions[0].source
    assert payment.raw.hex().encode() in at_desk.door.archive.read(kept.sha256)


def test_a_coinbase_is_a_mint(at_desk: Desk, in_blocks: BlockSource) -> None:
    coinbase = TALE.blocks[2].coinbase
    reply = at_desk.source.reply(transaction(coinbase), TIP)
    assert reply.transactions == (in_blocks.transaction(coinbase.txid),)
    assert reply.transactions[0].utxo.inputs == ()


def test_a_pending_transaction_has_no_block_and_the_last_rank(at_desk: Desk) -> None:
    (late,) = at_desk.source.reply(transaction(TALE.late), TIP).transactions
    (later,) = at_desk.source.reply(transaction(TALE.later), TIP).transactions
    assert (late.block, late.status, late.utxo.order) == (None, "pending", (PENDING_RANK, 0, 0))
    assert (later.block, later.status, later.utxo.order) == (None, "pending", (PENDING_RANK, 1, 0))
    assert later.utxo.inputs[0].value == 12 * COIN - 500


def test_a_txid_that_nobody_has_is_absent(at_desk: Desk) -> None:
    assert at_desk.source.reply(MissingTransaction(CHAIN, "ab" * 32), TIP) == Reply(absent=True)


def test_what_was_absent_is_asked_again_and_found(tmp_path: Path) -> None:
    with desk(tmp_path / "archive", TALE.ledger()) as made:
        assert made.ask(transaction(TALE.late)).absent
        made.server.ledger = TALE.ledger(TALE.late)
        made.server.ledger.blocks = [*made.server.ledger.blocks, mine(TALE.tip).raw]
        assert made.ask(transaction(TALE.late)).transactions[0].status == "pending"


@pytest.mark.parametrize(("spent", "vout", "by"), [("theft", 0, "split"), ("fund", 1, "split"), ("split", 2, "child")])
def test_what_spends_an_output_is_found_in_the_history_of_its_script(
    spent: str, vout: int, by: str, at_desk: Desk, in_blocks: BlockSource
) -> None:
    reply = at_desk.source.reply(spender(getattr(TALE, spent), vout), TIP)
    assert reply == Reply((in_blocks.transaction(getattr(TALE, by).txid),))
    assert in_blocks.spender(OutPoint(CHAIN, getattr(TALE, spent).txid, vout)) == reply.transactions[0]


def test_a_pending_spender_is_shown_as_pending(at_desk: Desk) -> None:
    reply = at_desk.source.reply(spender(TALE.split, 0), TIP)
    assert [(each.txid, each.status) for each in reply.transactions] == [(TALE.late.txid, "pending")]
    assert at_desk.source.reply(spender(TALE.late, 0), TIP).transactions[0].txid == TALE.later.txid


@pytest.mark.parametrize(("name", "vout"), [("child", 0), ("theft", 1), ("later", 0)])
def test_an_output_is_unspent_by_two_answers_at_one_tip(name: str, vout: int, at_desk: Desk) -> None:
    payment = getattr(TALE, name)
    reply = at_desk.source.reply(spender(payment, vout), TIP)
    (fact,) = reply.unspent
    assert (fact.outpoint, fact.how) == (OutPoint(CHAIN, payment.txid, vout), "asked twice")
    assert (fact.height, fact.block_hash, fact.time) == (5, TALE.tip.hash, TALE.tip.time)
    assert fact.address == address(payment.outputs[vout])
    assert (reply.transactions, reply.gaps, reply.still_missing, reply.absent) == ((), (), False, False)
    assert at_desk.calls("scripthash.get_history") == at_desk.calls("scripthash.listunspent") == 1
    assert at_desk.server.asked[-1] == ("blockchain.block.header", (5,))


def test_an_unspendable_output_needs_no_question(at_desk: Desk) -> None:
    (fact,) = at_desk.source.reply(spender(TALE.split, 1), TIP).unspent
    assert fact.how == "unspendable script"
    assert at_desk.calls("scripthash.get_history") == 0


@pytest.mark.parametrize(("txid", "vout"), [("ab" * 32, 0), (TALE.theft.txid, 7)])
def test_an_output_that_does_not_exist_stays_open(txid: str, vout: int, at_desk: Desk) -> None:
    reply = at_desk.source.reply(MissingSpender(OutPoint(CHAIN, txid, vout)), TIP)
    assert reply.still_missing
    assert not reply.unspent
    assert f"{txid}:{vout}" in reply.gaps[0].text


def test_a_history_is_complete_when_balance_and_unspent_outputs_agree(at_desk: Desk, in_blocks: BlockSource) -> None:
    thief = p2wpkh("thief", 0)
    reply = at_desk.source.reply(history(thief), TIP)
    assert [each.txid for each in reply.transactions] == [TALE.theft.txid, TALE.split.txid, TALE.late.txid]
    assert reply.transactions[:2] == tuple(in_blocks.transaction(each.txid) for each in (TALE.theft, TALE.split))
    covered = Coverage(CHAIN, frozenset({address(thief)}), frozenset({""}), 0, 5, 5, TALE.tip.time, "balance equal")
    assert (reply.coverage, reply.gaps) == ((covered,), ())


def test_a_history_of_nothing_is_claimed_and_said(at_desk: Desk) -> None:
    reply = at_desk.source.reply(history(p2wpkh("nobody", 0)), TIP)
    assert [each.how for each in reply.coverage] == ["claimed"]
    assert "too long" in reply.gaps[0].text


def test_tokens_and_words_are_not_asked_for(at_desk: Desk) -> None:
    token = MissingHistory(Account(address(p2pkh("shop", 0)), Asset(CHAIN, "token")))
    words = MissingHistory(Account("nonsense", Asset(CHAIN, "")))
    replies = [at_desk.source.reply(missing, TIP) for missing in (token, words)]
    assert [reply.still_missing for reply in replies] == [True, True]
    assert "own asset" in replies[0].gaps[0].text
    assert "no address" in replies[1].gaps[0].text
    assert at_desk.server.asked == []


def test_nothing_is_asked_twice_at_one_tip(at_desk: Desk) -> None:
    first = at_desk.source.reply(spender(TALE.theft, 0), TIP)
    asked = list(at_desk.server.asked)
    assert at_desk.source.reply(spender(TALE.theft, 0), TIP) == first
    assert at_desk.server.asked == asked
    assert len(set(asked)) == len(asked)


def test_bytes_are_not_asked_for_again_at_a_later_tip(at_desk: Desk) -> None:
    at_desk.source.reply(spender(TALE.theft, 0), TIP)
    before = at_desk.calls("transaction.get")
    at_desk.server.ledger = TALE.ledger(blocks=(*TALE.blocks, mine(TALE.tip)))
    assert at_desk.ask(spender(TALE.theft, 0)).transactions[0].txid == TALE.split.txid
    assert at_desk.calls("transaction.get") == before
    assert at_desk.calls("scripthash.get_history") == 2


def test_a_connection_is_greeted_once(at_desk: Desk) -> None:
    at_desk.source.status()
    at_desk.source.status()
    assert at_desk.server.greetings == 1


@pytest.mark.parametrize("version", ["1.4", "1.4.2", "1.5", "1.6", "1.6.1"])
def test_versions_that_are_spoken(version: str, tmp_path: Path) -> None:
    with desk(tmp_path / "archive", TALE.ledger(), version=version) as made:
        assert made.source.status() == TIP


def test_notices_between_the_answers_are_passed_over(at_desk: Desk) -> None:
    at_desk.server.notices = True
    assert at_desk.source.status() == TIP
    assert at_desk.source.reply(transaction(TALE.theft), TIP).transactions[0].txid == TALE.theft.txid


def test_a_server_that_holds_small_answers_back_is_nudged(at_desk: Desk, in_blocks: BlockSource) -> None:
    at_desk.source.status()
    assert at_desk.server.nudges == 0
    at_desk.server.holding = True
    reply = at_desk.source.reply(transaction(TALE.theft), TIP)
    assert reply.transactions == (in_blocks.transaction(TALE.theft.txid),)
    assert at_desk.server.nudges == len(at_desk.server.asked) - 2
    assert {query.outcome for query in at_desk.door.queries} == {"answered"}


def test_blocks_that_come_while_we_read_change_nothing(at_desk: Desk) -> None:
    at_desk.server.ledger = TALE.ledger(TALE.late, TALE.later, blocks=(*TALE.blocks, mine(TALE.tip)))
    (fact,) = at_desk.source.reply(spender(TALE.child, 0), TIP).unspent
    assert (fact.height, fact.how) == (5, "asked twice")


def test_a_transaction_after_the_tip_is_pending_as_of_the_tip(at_desk: Desk) -> None:
    at_desk.server.ledger = TALE.ledger(TALE.later, blocks=(*TALE.blocks, mine(TALE.tip, [TALE.late])))
    for reply in (at_desk.source.reply(transaction(TALE.late), TIP), at_desk.source.reply(spender(TALE.split, 0), TIP)):
        assert [(each.txid, each.status, each.block) for each in reply.transactions] == [
            (TALE.late.txid, "pending", None)
        ]
    assert at_desk.source.reply(spender(TALE.late, 0), TIP).transactions[0].txid == TALE.later.txid
    reply = at_desk.source.reply(history(p2wpkh("thief", 0)), TIP)
    assert [each.how for each in reply.coverage] == ["balance equal"]
    assert [each.height for each in reply.transactions] == [3, 4, None]


def test_where_each_history_is_too_long_the_node_names_the_block(at_desk: Desk, in_blocks: BlockSource) -> None:
    at_desk.server.refuse(1, "history too large", "blockchain.scripthash.get_history")
    reply = at_desk.source.reply(transaction(TALE.theft), TIP)
    assert reply.transactions == (in_blocks.transaction(TALE.theft.txid),)
    pending = at_desk.source.reply(transaction(TALE.late), TIP)
    assert pending.transactions[0].status == "pending"


def test_the_node_may_count_from_a_later_tip(at_desk: Desk, in_blocks: BlockSource) -> None:
    at_desk.server.refuse(10_001, "history too large", "blockchain.scripthash.get_history")
    at_desk.server.ledger = TALE.ledger(blocks=(*TALE.blocks, mine(TALE.tip)))
    reply = at_desk.source.reply(transaction(TALE.theft), TIP)
    assert reply.transactions == (in_blocks.transaction(TALE.theft.txid),)


def test_a_few_scripts_are_asked_before_the_node(tmp_path: Path) -> None:
    outputs = [p2wpkh(f"out {number}", COIN) for number in range(9)]
    wide = pay([TALE.child.coin(0)], outputs)
    with desk(tmp_path / "archive", TALE.ledger(blocks=(*TALE.blocks, mine(TALE.tip, [wide])))) as made:
        made.server.change(lambda _params, _answer: [], "blockchain.scripthash.get_history")
        assert made.ask(transaction(wide)).transactions[0].height == 6
        assert made.calls("scripthash.get_history") == MOST_SCRIPTS


@pytest.mark.parametrize(
    "url",
    ["http://host:1", "tcp://host", "tcp://", "ssl://host:99999", "ssl://host:50002/path", "tcp://u:p@host:1", "["],
)
def test_a_url_that_cannot_be_one_is_bad_input(url: str, at_desk: Desk) -> None:
    with pytest.raises(InputError, match="write tcp://host:port, or ssl://host:port"):
        Electrum().connect(endpoint(url), at_desk.door)


def test_another_family_of_chains_is_bad_input(at_desk: Desk) -> None:
    with pytest.raises(InputError, match="'tron'"):
        Electrum().connect(replace(endpoint("tcp://host:1"), chain="tron"), at_desk.door)


def test_ssl_is_what_the_door_calls_tls(at_desk: Desk) -> None:
    source = Electrum().connect(endpoint("ssl://electrum.example:50002"), at_desk.door)
    assert source.server.url == "tls://electrum.example:50002"


def test_threads_share_a_source_and_each_question_is_asked_once(at_desk: Desk) -> None:
    questions = [transaction(TALE.split), spender(TALE.theft, 0), spender(TALE.child, 0), history(p2wpkh("thief", 0))]
    alone = [at_desk.source.reply(question, TIP) for question in questions]
    pinned = [asked for asked in at_desk.server.asked if asked != ("blockchain.block.header", (5,))]
    assert len(pinned) == len(set(pinned))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: at_desk.source.reply(question, TIP), questions * 4))
    assert together == alone * 4
    assert [asked for asked in at_desk.server.asked if asked != ("blockchain.block.header", (5,))] == pinned
