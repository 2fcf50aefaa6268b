"""The rows of the store on disk: batches, txids that come twice, sources that come and go, movements made late."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from chaintrace.errors import InputError
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Movement, Transaction, Transfer
from chaintrace.store import MemoryStore, SqliteStore, sqlite_numbers, sqlite_rows
from chaintrace.store.sqlite_cells import cell, key, packed, script_of, text_of, value_of

COIN, GOLD = Asset("ledger", "COIN", "COIN", 2), Asset("ledger", "GOLD", "GOLD", 0)
ONE, TWO, THREE = (Source("transfers-csv", f"{name}.csv", name * 64) for name in "123")
ALICE, BOB = Account("alice", COIN), Account("bob", COIN)


def move(index="0", sender="alice", receiver="bob", value=5, order=(7, 0, 0), asset=COIN):
    legs = [(Leg(value, Account(name, asset), name),) if name else () for name in (sender, receiver)]
    return Transfer(index, "token", asset, *legs, order)


def tell(txid, *transfers, height=7):
    parts = transfers or (move(order=(height, 0, 0)),)
    return Transaction("ledger", txid, Block(height, "", 1600000000), parts[0].order[1], parts)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "facts.sqlite"


@pytest.fixture
def store(path):
    opened = SqliteStore(path)
    yield opened
    opened.close()


@pytest.fixture
def small(monkeypatch):
    """Batches so small that every border is met."""
    monkeypatch.setattr(sqlite_rows, "_BATCH", 3)
    monkeypatch.setattr(sqlite_rows, "_ASKED", 2)
    monkeypatch.setattr(sqlite_rows, "_UNSETTLED", 5)
    monkeypatch.setattr(sqlite_numbers, "_MOST_KEPT", 4)


@pytest.mark.parametrize(
    "text", ["a" * 64, "A" * 64, "0x" + "b" * 64, "0x" + "B" * 64, "0" * 63, "t 1", "", "ab " * 21 + "a", "g" * 64]
)
def test_a_txid_comes_back_as_it_was_whatever_it_looks_like(text):
    assert text_of(key(text)) == text


@pytest.mark.parametrize("text", ["", "6a", "6A", "0x6a", "78" * 33, "00" * 32, "no hex"])
def test_a_script_comes_back_as_it_was(text):
    assert script_of(packed(text)) == text


@pytest.mark.parametrize("value", [None, 0, 1, 255, 256, 2**63, 2**64, 2**256 - 1])
def test_a_value_comes_back_as_it_was(value):
    assert value_of(cell(value)) == value


def test_batches_leave_nothing_out(store, small):  # noqa: ARG001  # it makes the batches small
    named = [("alice", "bob"), ("bob", "carol"), ("carol", "")]
    told = [tell(f"t{n}", move("0", *named[n % 3], n + 1, (n, 0, 0)), height=n) for n in range(25)]
    for first, source in ((0, ONE), (10, TWO)):
        store.add(told[first : first + 15], source)
    facts, memory = store.facts([ONE, TWO]), MemoryStore()
    memory.add(told, ONE)
    assert list(facts.transactions("ledger")) == told
    for name in ("alice", "bob", "carol"):
        wanted = memory.facts([ONE]).movements(Account(name, COIN))
        assert facts.movements(Account(name, COIN)) == wanted
        assert len(wanted) > 7


def test_a_txid_that_one_source_tells_twice_is_one_transaction(store, path, small):  # noqa: ARG001  # it makes the batches small
    first, second = move("0", order=(7, 0, 0)), move("1", "bob", "carol", 3, (7, 0, 1))
    told = [
        tell("t", first),
        tell("t", second),
        tell("t", first),
        *(tell(f"t{n}") for n in range(9)),
        tell("t", second),
    ]
    assert store.add(told, ONE) == 13
    assert store.facts([ONE]).transaction("ledger", "t") == tell("t", first, second)
    assert len(store.facts([ONE]).movements(Account("carol", COIN))) == 1
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT COUNT(*) FROM transfers").fetchone() == (11,)


def test_one_txid_on_two_chains_is_two_transactions(store):
    other = Asset("other", "COIN")
    store.add([tell("t"), replace(tell("t", move(asset=other)), chain="other")], ONE)
    facts = store.facts([ONE])
    assert facts.transaction("ledger", "t") == tell("t")
    assert facts.transaction("other", "t").transfers[0].asset == other
    assert [len(facts.movements(Account("bob", asset))) for asset in (COIN, other)] == [1, 1]


def test_of_several_sources_each_may_take_its_telling_back(store):
    for source in (ONE, TWO, THREE):
        store.add([tell("t", move(order=(7, source.request != "1.csv", 0)))], source, "ledger", "first")
    store.add([], ONE, "ledger", "second")
    assert store.facts([ONE]).transaction("ledger", "t") is None
    assert store.facts([ONE, TWO, THREE]).transaction("ledger", "t").source == TWO
    store.add([tell("t")], TWO, "ledger", "second")
    store.add([], THREE, "ledger", "second")
    assert store.facts([TWO]).transaction("ledger", "t").position == 0
    assert store.facts([THREE]).transaction("ledger", "t") is None
    assert len(store.facts([ONE, TWO, THREE]).movements(ALICE)) == 1


def test_numbers_of_a_load_that_broke_off_are_given_again(store):
    def broken():
        yield tell("t1", move("0", "carol", "dave"))
        raise InputError("no further")

    with pytest.raises(InputError, match="no further"):
        store.add(broken(), ONE)
    store.add([tell("t2", move("0", "erin", "carol"))], TWO)
    facts = store.facts([ONE, TWO])
    assert [movement.transaction.txid for movement in facts.movements(Account("carol", COIN))] == ["t2"]
    assert facts.movements(Account("dave", COIN)) == ()


def test_a_transaction_that_moves_an_asset_of_another_chain_is_our_bug(store):
    with pytest.raises(ValueError, match="t of ledger moves an asset of other"):
        store.add([tell("t", move(asset=Asset("other", "COIN")))], ONE)


def test_movements_are_made_when_they_are_looked_at_and_behave_like_a_tuple(store):
    both = tell("t2", move("0", order=(8, 0, 0)), move("1", "alice", "alice", 1, (8, 0, 1), GOLD), height=8)
    told = [tell("t3", height=9), both, tell("t1", move(sender=""))]
    store.add(told, ONE)
    movements = store.facts([ONE]).movements(BOB)
    store.close()
    wanted = tuple(Movement(tx.transfers[0].order, tx, tx.transfers[0]) for tx in (told[2], told[1], told[0]))
    assert movements[-1] == wanted[2]
    assert movements[-1] is movements[2]
    assert movements[1:] == wanted[1:]
    assert (movements == wanted, wanted == movements, movements == wanted[1:]) == (True, True, False)
    assert hash(movements) == hash(wanted)
    assert repr(movements) == repr(tuple(movements))
    assert movements[0].transaction.source == ONE
    with pytest.raises(IndexError):
        movements[3]


def test_two_rows_in_one_place_are_in_the_order_of_their_names(store):
    store.add([tell("t2"), tell("0x" + "a" * 64), tell("b" * 64), tell("a" * 64)], ONE)
    found = [movement.transaction.txid for movement in store.facts([ONE]).movements(ALICE)]
    assert found == ["0x" + "a" * 64, "a" * 64, "b" * 64, "t2"]


def test_a_name_that_is_lost_is_a_damaged_file(store, path):
    store.add([tell("t")], ONE)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DELETE FROM holdings WHERE name = 'alice'")
    facts = store.facts([ONE])
    with pytest.raises(InputError, match="the file is damaged"):
        facts.movements(BOB)[0]
    with pytest.raises(InputError, match="the file is damaged"):
        facts.transaction("ledger", "t")


def test_a_further_telling_of_who_spends_an_output_is_found_by_the_output(store):
    coin = Asset("coins", "", "COIN", 8)

    def spend(value):
        legs = (Leg(value, OutPoint("coins", "p", 0), "", 0),), (Leg(4, OutPoint("coins", "t", 0), "", 0),)
        return Transaction("coins", "t", Block(1, "", None), 0, (Transfer("utxo", "utxo", coin, *legs, (1, 0, 0)),))

    store.add([spend(None)], ONE)
    store.add([spend(5)], TWO)
    assert store.facts([TWO]).spender(OutPoint("coins", "p", 0)) == spend(5)
    assert store.facts([ONE, TWO]).spender(OutPoint("coins", "p", 0)) == spend(5)
