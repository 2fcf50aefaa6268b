"""Transactions and spenders from an Esplora server, over a real connection, against what the ledger did."""

from __future__ import annotations

import pytest

from chaintrace.adapters.bitcoin.assembly import Standing, assemble
from chaintrace.adapters.bitcoin.networks import native
from chaintrace.adapters.bitcoin.rawblock import parse_transaction
from chaintrace.adapters.esplora import Esplora
from chaintrace.adapters.network import Endpoint, NetworkAdapter, NetworkSource
from chaintrace.errors import InputError, Unavailable
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import MissingSpender, MissingTransaction
from tests.chaintrace.adapters.bitcoin.making import framed, opened
from tests.chaintrace.adapters.esplora_case import BTC, CHAIN, Theft, address, asked, connected, outpoint
from tests.hostile.esplora_ledger import pay, payment, txid


def expected(theft: Theft, raw: bytes):
    """The transaction as the ledger holds it."""
    for height, block in enumerate(theft.ledger.blocks):
        for position, one in enumerate(block.transactions):
            if one.txid == txid(raw):
                spent = tuple(
                    parse_transaction(theft.ledger.raws[entry.prev_txid]).outputs[entry.prev_vout]
                    for entry in one.inputs
                    if not one.coinbase
                )
                standing = Standing(Block(height, block.header.hash, block.header.time), height, position)
                return assemble(one, native(CHAIN), standing, spent, None)
    raise AssertionError


def test_the_adapter_and_its_source_are_what_the_interface_asks_for(tmp_path):
    adapter: NetworkAdapter = Esplora()
    assert (adapter.name, adapter.reach) == ("esplora", "public")
    with asked(tmp_path) as a:
        source: NetworkSource = a.source
        assert source.endpoint.chain == CHAIN


def test_it_says_what_it_is(tmp_path):
    with asked(tmp_path) as a:
        ledger = a.theft.ledger
        assert (a.at.chain, a.at.height, a.at.block_hash) == (CHAIN, 4, ledger.tip)
        assert (a.at.time, a.at.synced) == (ledger.blocks[-1].header.time, None)
        assert a.at.indices == {"txid", "spender", "address"}
        assert a.source.block_hash(2) == ledger.blocks[2].header.hash
        with pytest.raises(Unavailable, match="has no block at height 9 yet: ask again when it has come there"):
            a.source.block_hash(9)


@pytest.mark.parametrize("name", ["stolen", "split", "merge"])
def test_a_transaction_is_what_the_ledger_did(tmp_path, name):
    with asked(tmp_path) as a:
        raw = getattr(a.theft, name)
        reply = a.source.reply(MissingTransaction(CHAIN, txid(raw)), a.at)
        assert reply.transactions == (expected(a.theft, raw),)
        assert (reply.gaps, reply.absent, reply.still_missing) == ((), False, False)
        source = reply.transactions[0].source
        assert bytes.fromhex(a.door.archive.read(source.sha256).decode()) == raw
        assert source.adapter == "esplora"


def test_it_tells_of_a_chain_just_what_its_blocks_tell(tmp_path):
    with asked(tmp_path) as a:
        blocks = opened(tmp_path, framed(list(a.theft.ledger.raw_blocks())))
        told = list(blocks.transactions())
        assert len(told) == 8
        for transaction in told[1:]:  # nobody can spend the genesis block's
            assert a.source.reply(MissingTransaction(CHAIN, transaction.txid), a.at).transactions == (transaction,)
            for leg in transaction.utxo.outputs:
                reply = a.source.reply(MissingSpender(leg.holding), a.at)
                confirmed = [found for found in reply.transactions if found.status == "confirmed"]
                assert confirmed == [found for found in [blocks.spender(leg.holding)] if found]


def test_a_coinbase_is_a_mint_at_position_0(tmp_path):
    with asked(tmp_path) as a:
        (found,) = a.source.reply(MissingTransaction(CHAIN, a.theft.ledger.coinbase(2)), a.at).transactions
        assert (found.position, found.utxo.inputs, found.utxo.value) == (0, (), 50 * BTC)


def test_a_pending_transaction_has_no_block_and_comes_after_every_one_that_has(tmp_path):
    with asked(tmp_path) as a:
        (found,) = a.source.reply(MissingTransaction(CHAIN, txid(a.theft.waiting)), a.at).transactions
        assert (found.block, found.status, found.utxo.order) == (None, "pending", (PENDING_RANK, 0, 0))
        assert found.utxo.inputs[0].value == 27 * BTC
        assert found.utxo.outputs[1].holding is None


def test_what_the_server_does_not_have_is_absent_and_asked_again_another_time(tmp_path):
    later = payment([("22" * 32, 0)], [(1, pay("later"))])
    with asked(tmp_path) as a:
        missing = MissingTransaction(CHAIN, txid(later))
        assert a.source.reply(missing, a.at).absent
        a.theft.ledger.broadcast(later)
        reply = a.source.reply(missing, a.at)
        assert reply.transactions[0].utxo.inputs[0].value is None
        assert [gap.kind for gap in reply.gaps] == ["source"]
        assert f"not {'22' * 32}, which it spends: the value of that input is not known" in reply.gaps[0].text


@pytest.mark.parametrize(
    ("output", "spender"), [(("stolen", 0), "split"), (("split", 1), "merge"), (("merge", 0), "waiting")]
)
def test_a_spender_is_found_in_a_later_block_the_same_one_and_in_none(tmp_path, output, spender):
    with asked(tmp_path) as a:
        spent = outpoint(getattr(a.theft, output[0]), output[1])
        reply = a.source.reply(MissingSpender(spent), a.at)
        assert [found.txid for found in reply.transactions] == [txid(getattr(a.theft, spender))]
        assert spent in [leg.holding for leg in reply.transactions[0].utxo.inputs]
        assert reply.gaps == ()


def test_an_unspent_output_is_asked_for_twice(tmp_path):
    with asked(tmp_path) as a:
        reply = a.source.reply(MissingSpender(outpoint(a.theft.split, 0)), a.at)
        (rests,) = reply.unspent
        assert (rests.how, rests.address, rests.height) == ("asked twice", address("rest"), 4)
        assert (rests.block_hash, rests.time) == (a.at.block_hash, a.at.time)
        asked_for = [f"/tx/{txid(a.theft.split)}/outspend/0", f"/address/{address('rest')}/utxo", "/blocks/tip/hash"]
        assert a.paths()[-3:] == asked_for
        assert (reply.transactions, reply.gaps) == ((), ())


def test_where_the_second_question_is_refused_the_output_is_claimed_to_be_unspent(tmp_path):
    with asked(tmp_path) as a:
        a.esplora.most_unspent = 0
        reply = a.source.reply(MissingSpender(outpoint(a.theft.split, 0)), a.at)
        assert [rests.how for rests in reply.unspent] == ["claimed"]
        (gap,) = reply.gaps
        assert (gap.kind, gap.effect_value) == ("claimed", 20 * BTC)
        assert "because a second question was refused (Too many unspent transaction outputs" in gap.text


def test_an_output_without_an_address_is_asked_for_by_its_script(tmp_path):
    odd = payment([(txid(Theft().stolen), 1)], [(19 * BTC, b"\x51")])
    theft = Theft()
    theft.ledger.mine(odd)
    with asked(tmp_path, theft) as a:
        (rests,) = a.source.reply(MissingSpender(outpoint(odd, 0)), a.at).unspent
        assert (rests.how, rests.address) == ("asked twice", "")
        assert a.paths()[-2].startswith("/scripthash/")


def test_what_nobody_can_spend_needs_no_second_word(tmp_path):
    with asked(tmp_path) as a:
        (rests,) = a.source.reply(MissingSpender(outpoint(a.theft.waiting, 1)), a.at).unspent
        assert rests.how == "unspendable script"


def test_an_output_that_there_is_not_is_absent_whatever_the_server_says_of_its_spending(tmp_path):
    with asked(tmp_path) as a:
        spot = outpoint(a.theft.stolen, 7)
        assert b'"spent": false' in a.esplora.answer(f"/tx/{spot.txid}/outspend/{spot.vout}").body
        reply = a.source.reply(MissingSpender(spot), a.at)
        assert (reply.absent, reply.unspent) == (True, ())


def test_an_output_of_a_transaction_that_the_server_lacks_is_for_another_source(tmp_path):
    with asked(tmp_path) as a:
        reply = a.source.reply(MissingSpender(OutPoint(CHAIN, "33" * 32, 0)), a.at)
        assert (reply.still_missing, reply.unspent) == (True, ())
        assert reply.gaps[0].text.endswith(f"the transaction that makes {'33' * 32}:0: ask another source")


@pytest.mark.parametrize("question", ["absent", "unspent", "no such output"])
def test_that_something_is_not_is_said_only_while_the_tip_of_the_run_is_in_the_chain(tmp_path, question):
    with asked(tmp_path) as a:
        a.source.reply(MissingTransaction(CHAIN, txid(a.theft.stolen)), a.at)
        missing = {
            "absent": MissingTransaction(CHAIN, "44" * 32),
            "unspent": MissingSpender(outpoint(a.theft.split, 0)),
            "no such output": MissingSpender(outpoint(a.theft.split, 9)),
        }[question]
        a.theft.ledger.rewind(1)
        a.theft.ledger.mine(tag=b"other")
        with pytest.raises(Unavailable, match="at height 4: the chain was re-organised; run again"):
            a.source.reply(missing, a.at)


def test_as_of_the_tip_what_a_later_block_holds_is_pending(tmp_path):
    with asked(tmp_path) as a:
        a.theft.ledger.mine(a.theft.waiting)
        spot = outpoint(a.theft.merge, 0)
        (spender,) = a.source.reply(MissingSpender(spot), a.at).transactions
        assert (spender.txid, spender.status, spender.block) == (txid(a.theft.waiting), "pending", None)
        (spender,) = a.source.reply(MissingSpender(spot), a.source.status()).transactions
        assert (spender.status, spender.height) == ("confirmed", 5)


def test_nothing_is_asked_twice_by_another_run_and_what_is_settled_not_even_at_another_tip(tmp_path):
    theft = Theft()
    missing = MissingTransaction(CHAIN, txid(theft.merge))
    with asked(tmp_path, theft) as a:
        before = a.source.reply(missing, a.at)
        questions = a.paths()
        assert len(questions) == len(set(questions))
        a.server.asked.clear()
        assert connected(a.server, a.door).reply(missing, a.at) == before
        assert a.paths() == []
        theft.ledger.mine()
        at = a.source.status()
        a.server.asked.clear()
        assert a.source.reply(missing, at) == before
        assert a.paths() == [
            "/block-height/0",
            "/block-height/5",
            f"/tx/{txid(theft.merge)}/status",
            "/block-height/3",
        ]


def test_a_parent_is_not_asked_for_again_when_it_is_missing_itself(tmp_path):
    with asked(tmp_path) as a:
        a.source.reply(MissingTransaction(CHAIN, txid(a.theft.split)), a.at)
        a.server.asked.clear()
        a.source.reply(MissingTransaction(CHAIN, txid(a.theft.stolen)), a.at)
        assert f"/tx/{txid(a.theft.stolen)}/hex" not in a.paths()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://mempool.space/api", "is no url of an esplora server: write it with http or https"),
        ("https:///api", "is no url of an esplora server"),
        ("https://mempool.space/api?key=1", "without a query"),
    ],
)
def test_an_endpoint_that_cannot_be_one_is_refused_before_anything_is_asked(url, reason):
    with pytest.raises(InputError, match=reason):
        Esplora().connect(Endpoint("esplora", "bitcoin", url, "the source", "public"), None)
