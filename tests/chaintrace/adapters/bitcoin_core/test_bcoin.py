"""The adapter against a real node: what it says of the story is what was done, also while the chain changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.adapters.bitcoin_core import BitcoinCore
from chaintrace.adapters.network import NetworkAdapter, NetworkSource
from chaintrace.adapters.transport import ReplayDoor
from chaintrace.errors import Refused, Unavailable
from chaintrace.model.transaction import PENDING_RANK, utxo_fee
from chaintrace.model.view import MissingSpender, MissingTransaction
from tests.chaintrace.adapters.bitcoin_core.asking import ABSENT, TOLD, asking, asking_bcoin, endpoint, outpoint
from tests.hostile.doors import quick_door
from tests.nodes import running, story
from tests.nodes.chain import GENESIS_HASH


@pytest.fixture
def a(bcoin, told, tmp_path):
    """A source of the node that has heard the whole story."""
    with asking_bcoin(bcoin, tmp_path) as asked:
        assert asked.at.block_hash == told.tip.hash
        yield asked


@pytest.fixture(scope="module")
def blocks(tmp_path_factory):
    """The same chain, read from a file of blocks."""
    path = story.write_blk(TOLD.blocks, tmp_path_factory.mktemp("blocks") / "blk00000.dat")
    with BlockSource(path, story.CHAIN) as source:
        yield source


def test_it_is_what_the_interface_asks_for():
    adapter: NetworkAdapter = BitcoinCore()
    assert (adapter.name, adapter.reach) == ("bitcoin-core", "own")
    assert story.CHAIN in adapter.chains


def test_the_node_says_what_it_is(a):
    source: NetworkSource = a.source
    assert (a.at.chain, a.at.height, a.at.time) == (story.CHAIN, 442, TOLD.tip.time)
    assert (a.at.synced, a.at.pruned_to) == (True, 0)
    assert "txid" in a.at.indices
    assert source.block_hash(434) == TOLD.block(434).hash
    with pytest.raises(Unavailable, match="no block at height 443"):
        source.block_hash(443)


@pytest.mark.parametrize("name", sorted(TOLD.payments))
def test_a_transaction_is_what_was_signed_and_what_the_block_file_says(a, blocks, name):
    payment, block = TOLD.payments[name], TOLD.block_of(name)
    (found,) = a.transaction(name).transactions
    assert found == blocks.transaction(payment.txid)
    assert (found.block.height, found.block.hash, found.block.time) == (block.height, block.hash, block.time)
    assert found.position == block.txids.index(payment.txid)
    assert [leg.value for leg in found.utxo.inputs] == [coin.output.value for coin in payment.spends]
    assert [leg.value for leg in found.utxo.outputs] == [output.value for output in payment.outputs]
    assert [leg.address for leg in found.utxo.outputs] == [story.address(output) for output in payment.outputs]
    assert utxo_fee(found.utxo) == payment.fee


def test_the_bytes_of_a_transaction_are_in_the_archive(a):
    (found,) = a.transaction("theft").transactions
    assert TOLD.theft.raw.hex().encode() in a.door.archive.read(found.source.sha256)
    assert found.source.adapter == "bitcoin-core"


def test_a_coinbase_mints(a):
    reply = a.source.reply(MissingTransaction(story.CHAIN, TOLD.block(434).coinbase.txid), a.at)
    (found,) = reply.transactions
    assert (found.utxo.inputs, found.position) == ((), 0)
    assert found.utxo.value == (50 * 10**8 >> 434 // 150) + TOLD.theft.fee


def test_what_the_node_does_not_have_is_absent(a):
    reply = a.source.reply(MissingTransaction(story.CHAIN, ABSENT), a.at)
    assert (reply.absent, reply.transactions, reply.still_missing) == (True, (), False)


@pytest.mark.parametrize(
    ("made", "vout", "by"),
    [
        ("fund", 0, "theft"),
        ("theft", 0, "split"),
        ("split", 0, "merge"),
        ("fund", 1, "merge"),
        ("split", 2, "late"),
        ("peel one", 1, "peel two"),
        ("peel two", 0, "peel three"),
    ],
)
def test_a_spender_is_found_in_the_blocks_also_in_the_block_that_made_the_output(a, blocks, made, vout, by):
    reply = a.spender(made, vout)
    (found,) = reply.transactions
    assert found.txid == TOLD.payments[by].txid
    assert found == blocks.spender(outpoint(made, vout))
    assert (reply.unspent, reply.gaps) == ((), ())
    assert TOLD.block_of(by).raw.hex().encode() in a.door.archive.read(found.source.sha256)


def test_an_unspent_output_is_unspent_at_the_tip(a):
    (rests,) = a.spender("late", 1).unspent
    assert rests.outpoint == outpoint("late", 1)
    assert (rests.height, rests.block_hash, rests.time) == (442, TOLD.tip.hash, TOLD.tip.time)
    assert (rests.address, rests.how) == (story.address(TOLD.payments["late"].outputs[1]), "unspent set")


def test_nothing_spends_what_nobody_can_spend_nor_what_is_not_there(a):
    assert a.spender("split", 3).absent
    assert a.spender("split", 9).absent


def test_a_scan_tells_how_far_it_is_and_goes_on_where_its_limit_stopped_it(bcoin, told, tmp_path):
    heights = []
    adapter = BitcoinCore(scan_limit=3, progress=lambda _, height, last: heights.append((height, last)))
    with asking_bcoin(bcoin, tmp_path, adapter) as a:
        first, second = a.spender("split", 2), a.spender("split", 2)
        (gap,) = first.gaps
        assert first.still_missing
        assert "blocks 435 to 437 of 442 were read, and the limit of 3 blocks a question is met" in gap.text
        assert (gap.subject, gap.effect_value) == (str(outpoint("split", 2)), TOLD.payments["split"].outputs[2].value)
        assert second.still_missing
        (found,) = a.spender("split", 2).transactions
    assert found.txid == told.payments["late"].txid
    assert heights == [(height, 442) for height in range(435, 443)]


def test_nothing_is_asked_twice_and_the_archive_alone_answers_the_same(a):
    def everything(source):
        return [source.reply(MissingTransaction(story.CHAIN, one.txid), a.at) for one in TOLD.payments.values()]

    first = everything(a.source)
    lasting = [query.request for query in a.door.queries if "@ " in query.request]
    assert len(lasting) == len(set(lasting))
    before = len(a.door.queries)
    assert everything(a.source) == first
    assert len(a.door.queries) == before
    assert everything(BitcoinCore().connect(a.source.endpoint, ReplayDoor(a.door.archive))) == first


def test_eight_threads_are_told_what_one_is_and_ask_nothing_twice(a, bcoin, tmp_path):
    names = sorted(TOLD.payments)
    questions = [MissingTransaction(story.CHAIN, TOLD.payments[name].txid) for name in names]
    questions += [MissingSpender(outpoint(name, vout)) for name in names for vout in range(2)]
    alone = [a.source.reply(question, a.at) for question in questions]
    with asking_bcoin(bcoin, tmp_path / "eight") as b, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda question: b.source.reply(question, b.at), questions)) == alone
        lasting = [query.request for query in b.door.queries if "@ " in query.request]
        assert len(lasting) == len(set(lasting))


@pytest.mark.usefixtures("node_programs")
def test_a_node_that_has_only_the_genesis_block_says_so(tmp_path):
    with running.bcoin(tmp_path / "node") as node, asking_bcoin(node, tmp_path / "archive") as a:
        assert (a.at.chain, a.at.height, a.at.block_hash) == (story.CHAIN, 0, GENESIS_HASH)


def test_a_wrong_password_is_refused_with_the_remedy_and_without_the_password(bcoin, tmp_path):
    asked = asking(bcoin.url, tmp_path, password="wrong-one")  # noqa: S106  # wrong on purpose
    with pytest.raises(Refused, match="CHAINTRACE_BITCOIN_CORE") as caught:
        asked.__enter__()
    assert "wrong-one" not in str(caught.value)


def test_the_cookie_file_of_a_node_opens_it(bcoin, told, tmp_path):
    (tmp_path / ".cookie").write_text(f"__cookie__:{running.PASSWORD}", "utf-8")
    environment = {"CHAINTRACE_BITCOIN_CORE_COOKIE": str(tmp_path / ".cookie")}
    with quick_door(tmp_path / "archive", allowed="own", environment=environment) as door:
        assert BitcoinCore().connect(endpoint(bcoin.url), door).status().block_hash == told.tip.hash


@pytest.mark.usefixtures("node_programs")
@pytest.mark.parametrize("double_spend", [False, True], ids=["mined again", "double spend"])
def test_a_re_organisation_is_noticed_and_moves_or_ends_a_transaction(tmp_path, double_spend):
    rivals = story.competing(TOLD, double_spend=double_spend)
    with running.bcoin(tmp_path / "node") as node:
        story.submit(TOLD.blocks, node)
        with asking_bcoin(node, tmp_path / "archive") as a:
            assert a.transaction("late").transactions[0].block.hash == TOLD.tip.hash
            story.submit(rivals, node)
            assert a.source.block_hash(442) == rivals[0].hash
            for question in (MissingTransaction(story.CHAIN, ABSENT), MissingSpender(outpoint("payout", 0))):
                with pytest.raises(Unavailable, match="changed its chain"):
                    a.source.reply(question, a.at)
            with pytest.raises(Unavailable, match="it follows another fork, or the chain was re-organised"):
                a.source.reply(MissingTransaction(story.CHAIN, ABSENT), replace(a.at, block_hash="22" * 32))
            a.at = a.source.status()
            assert (a.at.height, a.at.block_hash) == (443, rivals[1].hash)
            reply = a.transaction("late")
            spent = a.spender("split", 2)
            if double_spend:
                assert (reply.absent, reply.transactions) == (True, ())
                assert spent.transactions[0].txid == rivals[0].payments[0].txid
                return
            (pending,) = reply.transactions
            assert (pending.status, pending.block, pending.utxo.order) == ("pending", None, (PENDING_RANK, 0, 0))
            assert [leg.value for leg in pending.utxo.inputs] == [TOLD.payments["split"].outputs[2].value]
            assert spent.transactions == (pending,)
            assert [rests.block_hash for rests in spent.unspent] == [rivals[1].hash]
            again = story.mine(rivals[1], [TOLD.payments["late"]])
            story.submit([again], node)
            a.at = a.source.status()
            assert a.transaction("late").transactions[0].block.hash == again.hash
