"""Each piece of a collection is an asset of its own, from the decoder through both stores to what `show` prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.assets import asset_key
from chaintrace.adapters.evm import decode, evm_chain
from chaintrace.adapters.evm.topics import TRANSFER_BATCH, TRANSFER_SINGLE
from chaintrace.adapters.network import Endpoint, Status, unread_piece
from chaintrace.adapters.tron import Place
from chaintrace.adapters.tron import decode as decode_tron
from chaintrace.cli.shape import shape
from chaintrace.fetch import Fetcher
from chaintrace.model.chain import Account, Asset, Block, piece
from chaintrace.model.provenance import Source
from chaintrace.model.view import MissingHistory, MissingTransaction
from chaintrace.store import MemoryStore, SqliteStore
from tests.chaintrace.adapters.evm.making import NOBODY, A, B, C, D, log, receipt, sent, topic, transfer_log, word
from tests.chaintrace.adapters.tron import making as tron

TIME = 1_700_000_000
MOST = 2**256 - 1
SOURCE = Source("evm-rpc", "asked", "1" * 64)


def told():
    """Of the collection D: pieces 7 and 8 move, 9 is made, 7 is destroyed; of C, several of two kinds."""
    parties = [topic(A), topic(A), topic(B)]
    batch = b"".join(map(word, (64, 160, 2, 7, MOST, 2, 5, 6)))
    logs = [
        transfer_log(1, D, A, B, 7, indexed=3),
        transfer_log(2, D, A, B, 8, indexed=3),
        transfer_log(3, D, NOBODY, A, 9, indexed=3),
        transfer_log(4, D, B, NOBODY, 7, indexed=3),
        log(5, C, [TRANSFER_SINGLE, *parties], word(7) + word(4)),
        log(6, C, [TRANSFER_BATCH, *parties], batch),
        transfer_log(7, D, A, B, 7),
    ]
    return decode(evm_chain("ethereum"), sent(A, D, 0, data=b"1234"), receipt(logs=logs), TIME).transaction


PIECES = [
    ("log:1", "nft", f"{D}/7", 7, 1),
    ("log:2", "nft", f"{D}/8", 8, 1),
    ("log:3", "mint", f"{D}/9", 9, 1),
    ("log:4", "burn", f"{D}/7", 7, 1),
    ("log:5", "nft", f"{C}/7", 7, 4),
    ("log:6.0", "nft", f"{C}/7", 7, 5),
    ("log:6.1", "nft", f"{C}/{MOST}", MOST, 6),
    ("log:7", "token", D, None, 7),
]


def rows(transaction):
    return [
        (one.index, one.kind, one.asset.contract, one.token_id, one.value)
        for one in transaction.transfers
        if one.kind != "fee"
    ]


def test_pieces_do_not_lie_in_one_pool():
    assert rows(told()) == PIECES
    accounts = {leg.holding for one in told().transfers for leg in one.outputs}
    assert len([one for one in accounts if one.asset.collection == D and one.address == B]) == 3


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_both_stores_give_the_id_back(tmp_path, kind):
    store = MemoryStore() if kind == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    store.add([told()], SOURCE)
    facts = store.facts([SOURCE])
    assert rows(facts.transaction("ethereum", told().txid)) == PIECES
    for address, contract, names in ((A, f"{D}/7", ["log:1"]), (B, f"{D}/7", ["log:1", "log:4"]), (B, D, ["log:7"])):
        found = facts.movements(Account(address, Asset("ethereum", contract)))
        assert [one.transfer.index for one in found] == names
        assert {one.transfer.token_id for one in found} == {7 if contract != D else None}
    store.close()


def test_show_prints_collection_and_id_apart():
    shown = {one["index"]: (one["asset"], one["contract"], one["token_id"]) for one in shape(told(), ())["transfers"]}
    assert shown["log:1"] == (D, D, "7")
    assert shown["log:6.1"] == (C, C, str(MOST))
    assert shown["log:7"] == (D, D, None)


def test_pieces_on_tron_are_assets_too():
    asked = tron.call()
    event = {
        "address": tron.raw(tron.TOKEN)[1:].hex(),
        "topics": [tron.TRANSFER, tron.word(tron.ALICE), tron.word(tron.BOB), f"{7:064x}"],
        "data": "",
    }
    place = Place(Block(tron.HEIGHT, "00" * 32, tron.TIME), 7)
    found = decode_tron("tron", asked, tron.info(asked, log=[event]), place).transaction
    assert ("log:0", "nft", f"{tron.TOKEN}/7", 7, 1) in rows(found)


@given(st.integers(0, MOST))
def test_the_id_of_a_piece_is_read_back_from_its_contract(token_id):
    for contract in (D, tron.TOKEN):
        whole = Asset("any", piece(contract, token_id))
        assert (whole.collection, whole.token_id) == (contract, token_id)


@pytest.mark.parametrize("text", [D, "", f"{D}/", f"{D}/x", f"{D}/07", f"{D}/-1", f"{D}/1/2", "a/7", f"{D[:-1]}/7"])
def test_what_is_no_piece_is_taken_for_none(text):
    whole = Asset("any", text)
    assert (whole.collection, whole.token_id) == (text, None)


def test_a_piece_is_named_in_settings_by_its_contract_in_any_form():
    assert asset_key("ethereum", f"{'0x' + 'D' * 40}/7") == f"{D}/7"
    with pytest.raises(ValueError, match="is wrong"):
        asset_key("ethereum", f"{'0x' + 'Dd' * 20}/7")
    assert asset_key("ethereum", "my token/7") == "my token/7"


class Silent:
    """A source that must not be asked for a history."""

    endpoint = Endpoint("evm-rpc", "ethereum", "http://x", "http://x", "own")

    def status(self):
        return Status("ethereum", 9, "0x" + "00" * 32, TIME, synced=True)

    def reply(self, missing, at):
        raise AssertionError(missing, at)


def test_nobody_is_asked_for_the_history_of_a_piece():
    question = MissingHistory(Account(A, Asset("ethereum", f"{D}/7")), 5)
    with Fetcher([Silent()]) as fetcher:
        (outcome,) = fetcher.fetch([question], {"ethereum": Block(9, "0x" + "00" * 32, TIME)})
    (gap,) = [gap for _, reply in outcome.replies for gap in reply.gaps]
    assert (outcome.is_settled, gap.contract, "a single piece is not read" in gap.text) == (False, f"{D}/7", True)
    assert unread_piece(MissingHistory(Account(A, Asset("ethereum", D)), 5)) is None
    assert unread_piece(MissingTransaction("ethereum", "0x" + "11" * 32)) is None
