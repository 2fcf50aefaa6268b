"""The adapter against Bitcoin Core's shapes and status codes: with and without indices, pruned, starting, lying."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chaintrace.adapters.bitcoin_core import BitcoinCore
from chaintrace.errors import InputError, Malformed, Unavailable
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingHistory, MissingTransaction
from tests.chaintrace.adapters.bitcoin_core.asking import ABSENT, TOLD, asking, asking_core, endpoint, outpoint
from tests.hostile.server import HostileServer
from tests.nodes import story
from tests.nodes.chain import p2pkh, pay
from tests.nodes.core import Core

TXINDEX = frozenset({"txindex"})
SPENDERS = TXINDEX | {"txospenderindex"}
FILTERS = TXINDEX | {"basic block filter index"}
NONE = frozenset[str]()


def spender(a, made, vout):
    (found,) = a.spender(made, vout).transactions
    return found


def left_open(reply, subject) -> str:
    """Why a question is still open: not an empty answer, nor an absence."""
    assert (reply.transactions, reply.unspent, reply.absent, reply.still_missing) == ((), (), False, True)
    (gap,) = reply.gaps
    assert gap.subject == subject
    return gap.text


@pytest.mark.parametrize(
    ("indices", "named"),
    [
        (TXINDEX, {"txid"}),
        (SPENDERS, {"txid", "spender"}),
        (FILTERS, {"txid", "filter"}),
        (NONE, set()),
        (None, {"txid"}),
    ],
    ids=["txindex", "spenders", "filters", "none", "an old node that cannot say and is put to the test"],
)
def test_a_node_says_what_it_can_look_up(tmp_path, indices, named):
    with asking_core(Core(TOLD.blocks, indices), tmp_path) as a:
        assert a.at.indices == named
        assert (a.at.chain, a.at.height, a.at.synced) == (story.CHAIN, 442, True)


def test_an_index_that_is_still_being_built_is_none(tmp_path):
    core = Core(TOLD.blocks)

    def unfinished(_, given):
        return replace(given, body=given.body.replace(b'"synced": true', b'"synced": false'))

    with HostileServer(core.answer) as server:
        server.change(unfinished, on="getindexinfo")
        with asking(server.url, tmp_path) as a:
            assert a.at.indices == frozenset()


@pytest.mark.parametrize("indices", [TXINDEX, SPENDERS, FILTERS, NONE], ids=["scan", "index", "filters", "no txindex"])
def test_every_way_to_a_spender_leads_to_the_same_transaction(tmp_path, indices):
    core = Core(TOLD.blocks, indices)
    with asking_core(core, tmp_path) as a:
        assert spender(a, "theft", 0).txid == TOLD.payments["split"].txid
        late = spender(a, "split", 2)
        assert late.txid == TOLD.payments["late"].txid
        assert (late.block.height, late.position) == (442, 1)
        assert [leg.value for leg in late.utxo.inputs] == [TOLD.payments["split"].outputs[2].value]
    # Blocks 434 and 435 for the one, 435 to 442 for the other, each once.
    assert core.calls.count("getblock") == {TXINDEX: 9, SPENDERS: 0, FILTERS: 3, NONE: 9}[indices]


def test_filters_find_nothing_where_nothing_spends_it_yet_at_that_tip(tmp_path):
    """The tip of the run is one block behind the node, in whose unspent set the output is no more."""
    with asking_core(Core(TOLD.blocks, FILTERS), tmp_path) as a:
        before = TOLD.block(441)
        a.at = replace(a.at, height=441, block_hash=before.hash, time=before.time)
        reply = a.spender("split", 2)
        (rests,) = reply.unspent
        assert (rests.height, rests.block_hash, rests.how) == (441, before.hash, "all blocks read")


def test_what_is_unspent_at_a_later_tip_was_unspent_at_that_of_the_run(tmp_path):
    with asking_core(Core(TOLD.blocks), tmp_path) as a:
        before = TOLD.block(440)
        a.at = replace(a.at, height=440, block_hash=before.hash, time=before.time)
        (rests,) = a.spender("payout", 0).unspent
        assert (rests.height, rests.block_hash, rests.how) == (440, before.hash, "unspent set")


def test_without_an_index_a_transaction_is_found_by_an_output_that_is_unspent(tmp_path):
    with asking_core(Core(TOLD.blocks, NONE), tmp_path) as a:
        (found,) = a.transaction("mixed").transactions
        assert (found.block.height, found.position) == (439, 2)
        assert [leg.value for leg in found.utxo.inputs] == [c.output.value for c in TOLD.payments["mixed"].spends]
        text = left_open(a.source.reply(MissingTransaction(story.CHAIN, ABSENT), a.at), ABSENT)
        assert "has no index of transactions" in text
        assert "set txindex=1" in text


def test_without_an_index_and_undo_data_the_value_of_an_input_is_not_known(tmp_path):
    def no_prevouts(asked, given):
        wanted = json.loads(asked.body)["params"][1:] == [3]
        body = {"error": {"code": -8, "message": "Verbosity"}, "result": None, "id": json.loads(asked.body)["id"]}
        return replace(given, body=json.dumps(body).encode(), status=500) if wanted else given

    with HostileServer(Core(TOLD.blocks, NONE).answer) as server:
        server.change(no_prevouts, on="getblock")
        with asking(server.url, tmp_path) as a:
            (found,) = a.transaction("mixed").transactions
            assert [leg.value for leg in found.utxo.inputs] == [None, None]
            assert [str(leg.holding) for leg in found.utxo.inputs] == [
                f"{coin.txid}:{coin.vout}" for coin in TOLD.payments["mixed"].spends
            ]


def test_a_pruned_node_says_below_which_height_it_has_no_blocks(tmp_path):
    with asking_core(Core(TOLD.blocks, NONE, pruned_to=440), tmp_path) as a:
        assert a.at.pruned_to == 440
        (late,) = a.transaction("late").transactions
        assert late.height == 442
        mixed, split = TOLD.payments["mixed"].txid, TOLD.payments["split"].txid
        assert "no block below height 440, and height 439 is asked for" in left_open(a.transaction("mixed"), mixed)
        assert "pruned below height 440 and has no index" in left_open(a.transaction("split"), split)


def test_a_pruned_node_cannot_read_what_spends_an_old_output(tmp_path):
    with asking_core(Core(TOLD.blocks, TXINDEX, pruned_to=437), tmp_path) as a:
        reply = a.spender("split", 2)
        assert (reply.still_missing, reply.transactions) == (True, ())
        assert "the node is pruned and has no block below height 437" in reply.gaps[0].text


def test_a_pending_spender_is_shown_beside_the_output_that_is_unspent_in_the_blocks(tmp_path):
    waiting = pay([TOLD.payments["late"].coin(1)], [p2pkh("service", 1_000)])
    with asking_core(Core(TOLD.blocks, mempool=[waiting]), tmp_path) as a:
        reply = a.spender("late", 1)
        (pending,) = reply.transactions
        assert (pending.txid, pending.status, pending.block) == (waiting.txid, "pending", None)
        assert [rests.height for rests in reply.unspent] == [442]


def test_a_mempool_too_large_to_be_read_by_a_node_that_does_not_say_leaves_a_gap(tmp_path, monkeypatch):
    monkeypatch.setattr("chaintrace.adapters.bitcoin_core.spending._MEMPOOL_READ", 0)
    waiting = pay([TOLD.payments["late"].coin(1)], [p2pkh("service", 1_000)])
    core = Core(TOLD.blocks, mempool=[waiting], without=frozenset({"gettxspendingprevout"}))
    with asking_core(core, tmp_path) as a:
        reply = a.spender("late", 1)
        assert (len(reply.unspent), reply.transactions) == (1, ())
        assert "a pending transaction spends" in reply.gaps[0].text


def test_what_a_node_that_is_still_loading_does_not_have_may_exist(tmp_path):
    with asking_core(Core(TOLD.blocks, loading=True, headers=900), tmp_path) as a:
        assert a.at.synced is False
        assert a.transaction("theft").transactions
        with pytest.raises(Unavailable, match="still synchronising"):
            a.source.reply(MissingTransaction(story.CHAIN, ABSENT), a.at)


def test_a_node_that_is_starting_is_asked_again(tmp_path):
    def warming(asked, given):
        error = {"code": -28, "message": "Loading block index..."}
        body = {"result": None, "error": error, "id": json.loads(asked.body)["id"]}
        return replace(given, body=json.dumps(body).encode(), status=500)

    with HostileServer(Core(TOLD.blocks).answer) as server:
        server.change(warming, on="getblockchaininfo", times=2)
        with asking(server.url, tmp_path) as a:
            assert a.at.height == 442
            assert len(a.door.pauses) == 2


@pytest.mark.parametrize(
    ("call", "old", "new", "error"),
    [
        ("gettxout", b'"value": 3.99985109', b'"value": 3.99985108', "whose bytes say 399985109"),
        ("gettxout", b'"value": 3.99985109', b'"value": 3.999851095', "no whole number of satoshi"),
        ("gettxout", b'"value": 3.99985109', b'"value": "3.9"', "an amount was expected"),
        ("getblockheader", b'"height": 442', b'"height": "442"', "a whole number was expected"),
        ("getblockheader", b'"height": 442', b'"height": 442.0', "a whole number was expected"),
        ("getrawtransaction", b'"blockhash": "', b'"blockhash": "x', "a hash was expected"),
    ],
)
def test_what_is_not_what_it_claims_to_be_is_malformed(tmp_path, call, old, new, error):
    def lie(_, given):
        return replace(given, body=given.body.replace(old, new))

    with HostileServer(Core(TOLD.blocks).answer) as server:
        server.change(lie, on=call)
        with asking(server.url, tmp_path) as a, pytest.raises(Malformed, match=error):
            a.spender("late", 1)


def test_a_node_whose_index_names_a_transaction_that_does_not_spend_is_not_believed(tmp_path):
    def lie(_, given):
        return replace(given, body=given.body.replace(*(TOLD.payments[n].txid.encode() for n in ("late", "mixed"))))

    with HostileServer(Core(TOLD.blocks, SPENDERS).answer) as server:
        server.change(lie, on="gettxspendingprevout")
        with asking(server.url, tmp_path) as a, pytest.raises(Malformed, match="its bytes do not"):
            a.spender("split", 2)


def test_an_account_s_history_is_not_a_node_s_to_tell(tmp_path):
    question = MissingHistory(Account("mwQRpDwuN2M2WMtrJVSYjZWhwivvkxT9bZ", Asset(story.CHAIN, "")))
    with asking_core(Core(TOLD.blocks), tmp_path) as a:
        assert "electrum or esplora" in left_open(a.source.reply(question, a.at), question.account.address)


@pytest.mark.parametrize("url", ["127.0.0.1:8332", "tcp://127.0.0.1:8332", "http://", "blocks"])
def test_what_cannot_be_the_url_of_a_node_is_refused_before_anything_is_asked(url):
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:8332"):
        BitcoinCore().connect(endpoint(url), door=None)


def test_the_stand_in_and_the_story_agree_on_what_is_spent():
    assert Core(TOLD.blocks).gettxout(*outpoint_of("theft", 0)) is None
    assert Core(TOLD.blocks).gettxout(*outpoint_of("late", 1))["confirmations"] == 1


def outpoint_of(name, vout):
    place = outpoint(name, vout)
    return place.txid, place.vout
