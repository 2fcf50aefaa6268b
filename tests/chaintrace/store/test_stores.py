"""What every store does: facts are one, contradictions are refused, and only the sources of the case are heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_VALUE, Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import PENDING_RANK, Leg, Transaction, Transfer

COIN = Asset("ledger", "COIN", "COIN", 2)
BTC = Asset("bitcoin", "", "BTC", 8)
ONE = Source("transfers-csv", "one.csv", "1" * 64)
TWO = Source("transfers-csv", "two.csv", "2" * 64)
A, B, C = "a" * 64, "b" * 64, "c" * 64


def pay(txid, sender, receiver, value, row=0, index="0", asset=COIN, time=1600000000):
    inputs = (Leg(value, Account(sender, asset), sender),) if sender else ()
    outputs = (Leg(value, Account(receiver, asset), receiver),) if receiver else ()
    transfer = Transfer(index, "token", asset, inputs, outputs, (time, row, 0))
    return Transaction(asset.chain, txid, Block(None, "", time), row, (transfer,))


def move(txid, spent, values, height=1, position=0, block_hash="", known=None):
    inputs = tuple(Leg(known, OutPoint("bitcoin", *out), "", n) for n, out in enumerate(spent))
    outputs = tuple(Leg(value, OutPoint("bitcoin", txid, n), f"addr{n}", n) for n, value in enumerate(values))
    if height is None:
        transfer = Transfer("utxo", "utxo", BTC, inputs, outputs, (PENDING_RANK, position, 0))
        return Transaction("bitcoin", txid, None, position, (transfer,), "pending")
    transfer = Transfer("utxo", "utxo", BTC, inputs, outputs, (height, position, 0))
    return Transaction("bitcoin", txid, Block(height, block_hash, 1600000000 + height), position, (transfer,))


def said(tx):
    """What a UTXO transaction says besides what it moves."""
    return tx.version, tx.locktime, [leg.sequence for leg in tx.utxo.inputs]


def test_version_locktime_and_sequences_are_kept_and_completed_by_whoever_knows_them(store):
    """They make no telling another: a source that does not know them tells the same fact."""
    plain = move(A, [(B, 0), (C, 1)], [5])
    legs = tuple(replace(leg, sequence=number) for leg, number in zip(plain.utxo.inputs, (0, 2**32 - 1), strict=True))
    whole = replace(plain, transfers=(replace(plain.utxo, inputs=legs),), version=2, locktime=2**32 - 1)
    assert whole == plain
    store.add([plain, move(B, [(C, 0)], [7])], ONE)
    store.add([whole], TWO)
    for order in ([ONE, TWO], [TWO, ONE], [TWO]):
        assert said(store.facts(order).transaction("bitcoin", A)) == (2, 2**32 - 1, [0, 2**32 - 1])
    assert said(store.facts([ONE]).transaction("bitcoin", B)) == (None, None, [None])
    half = move("d" * 64, [("e" * 64, 0), ("e" * 64, 1)], [5])
    legs = (replace(half.utxo.inputs[0], sequence=0), half.utxo.inputs[1])
    store.add([replace(half, transfers=(replace(half.utxo, inputs=legs),))], three := replace(TWO, request="three"))
    assert said(store.facts([three]).transaction("bitcoin", half.txid)) == (None, None, [0, None])


def txids(movements):
    return [movement.transaction.txid for movement in movements]


def test_a_history_is_in_chain_order_with_a_self_transfer_once(store):
    told = [
        pay("t3", "bob", "", 1, 3),
        pay("t1", "alice", "bob", 5, 0),
        pay("t2", "bob", "bob", 5, 1),
        pay("t0", "", "bob", MAX_VALUE, 9, time=1500000000),
        pay("t4", "bob", "alice", 2, 4, asset=Asset("ledger", "GOLD")),
    ]
    assert store.add(told, ONE) == 5
    facts = store.facts([ONE])
    movements = facts.movements(Account("bob", COIN))
    assert txids(movements) == ["t0", "t1", "t2", "t3"]
    assert [movement.transfer.value for movement in movements] == [MAX_VALUE, 5, 5, 1]
    assert txids(facts.movements(Account("alice", COIN))) == ["t1"]
    assert facts.movements(Account("nobody", COIN)) == ()
    assert facts.assets("ledger") == (COIN, Asset("ledger", "GOLD"))
    assert facts.assets("elsewhere") == ()
    assert [tx.txid for tx in facts.transactions("ledger")] == ["t0", "t1", "t2", "t3", "t4"]
    assert facts.transaction("ledger", "t1") == told[1]
    assert facts.transaction("ledger", "t1").source is ONE
    assert facts.transaction("ledger", "absent") is None
    assert facts.transaction("elsewhere", "t1") is None


def test_transfers_of_one_transaction_from_two_files_are_one_transaction(store):
    store.add([pay("t1", "alice", "bob", 5, 0)], ONE)
    store.add([pay("t1", "bob", "carol", 3, 100, "1"), pay("t1", "alice", "bob", 5, 101)], TWO)
    facts = store.facts([ONE, TWO])
    transaction = facts.transaction("ledger", "t1")
    assert [(t.index, t.order[1]) for t in transaction.transfers] == [("0", 0), ("1", 100)]
    assert (transaction.position, transaction.source) == (0, ONE)
    assert len(facts.movements(Account("bob", COIN))) == 2
    assert store.facts([TWO, ONE]).transaction("ledger", "t1").source == TWO


def test_equal_facts_in_other_rows_are_one(store):
    store.add([pay("t1", "alice", "bob", 5, 3)], ONE)
    store.add([pay("t1", "alice", "bob", 5, 70)], TWO)
    assert store.facts([ONE, TWO]).movements(Account("bob", COIN))[0].order == (1600000000, 3, 0)
    assert len(store.facts([ONE, TWO]).movements(Account("bob", COIN))) == 1


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (pay("t1", "alice", "bob", 6), "Its value"),
        (pay("t1", "alice", "carol", 5), "Who holds it"),
        (pay("t1", "alice", "", 5), "Who sends or receives"),
        (pay("t1", "alice", "bob", 5, asset=Asset("ledger", "GOLD")), "Its asset"),
        (pay("t1", "alice", "bob", 5, time=1600000001), "Its time"),
        (replace(pay("t1", "alice", "bob", 5), status="failed"), "Its status"),
        (replace(pay("t1", "alice", "bob", 5), block=Block(7, "", 1600000000)), "Its height"),
    ],
)
def test_two_sources_that_contradict_are_refused_with_both_lines(store, other, what):
    store.add([pay("t1", "alice", "bob", 5)], ONE)
    store.add([other], TWO)
    lines = {ONE: 4, TWO: 9}
    with pytest.raises(InputError) as caught:
        store.facts([ONE, TWO], lambda source, chain, txid, index: lines[source])  # noqa: ARG005  # the lines are enough
    assert str(caught.value).startswith(f"two.csv, line 9: {what} differs from what one.csv, line 4 says of ledger t1")
    assert store.facts([ONE]).transaction("ledger", "t1") == pay("t1", "alice", "bob", 5)
    assert store.facts([TWO]).transaction("ledger", "t1") == other


def test_an_edited_file_leaves_no_stale_fact_in_the_answer(store):
    before, after = Source("transfers-csv", "one.csv", "3" * 64), Source("transfers-csv", "one.csv", "4" * 64)
    store.add([pay("t1", "alice", "bob", 5), pay("t2", "alice", "bob", 1, 1)], before)
    store.add([pay("t1", "alice", "bob", 6)], after)
    facts = store.facts([after])
    assert facts.transaction("ledger", "t1").transfers[0].value == 6
    assert facts.transaction("ledger", "t2") is None
    assert txids(facts.movements(Account("bob", COIN))) == ["t1"]
    assert store.facts([]).transaction("ledger", "t1") is None


def test_decimals_that_one_source_leaves_out_are_those_of_the_other(store):
    store.add([pay("t1", "alice", "bob", 5, asset=Asset("ledger", "COIN", "COIN"))], ONE)
    store.add([pay("t2", "alice", "bob", 5, 1)], TWO)
    facts = store.facts([ONE, TWO])
    assert [asset.decimals for asset in facts.assets("ledger")] == [2]
    for movement in facts.movements(Account("bob", COIN)):
        assert movement.transfer.asset.decimals == 2
        assert movement.transfer.outputs[0].holding.asset.decimals == 2
    assert store.facts([ONE]).assets("ledger")[0].decimals is None


def test_two_scales_of_one_asset_are_refused(store):
    store.add([pay("t1", "alice", "bob", 5)], ONE)
    store.add([pay("t2", "alice", "bob", 5, asset=replace(COIN, decimals=6))], TWO)
    with pytest.raises(InputError, match="COIN on ledger has 2 decimals in one source and 6 in another"):
        store.facts([ONE, TWO])


def test_spenders(store):
    store.add([move(A, [], [50]), move(B, [(A, 0)], [20, 30], 2, known=50)], ONE)
    facts = store.facts([ONE])
    assert facts.spender(OutPoint("bitcoin", A, 0)).txid == B
    assert facts.spender(OutPoint("bitcoin", B, 1)) is None
    assert facts.spender(OutPoint("bitcoin", C, 0)) is None
    assert facts.spender(OutPoint("ledger", A, 0)) is None


def test_an_output_that_two_confirmed_transactions_spend_is_refused(store):
    store.add([move(A, [], [50]), move(B, [(A, 0)], [50], 2)], ONE)
    store.add([move(C, [(A, 0)], [50], 3)], TWO)
    with pytest.raises(InputError, match=rf"{C} spends {A}:0, which {B} of one.csv spends too"):
        store.facts([ONE, TWO])
    assert store.facts([ONE]).spender(OutPoint("bitcoin", A, 0)).txid == B


def test_of_a_pending_and_a_confirmed_spender_the_confirmed_one_answers(store):
    store.add([move(A, [], [50]), move(B, [(A, 0)], [50], None), move(C, [(A, 0)], [50], 3)], ONE)
    assert store.facts([ONE]).spender(OutPoint("bitcoin", A, 0)).txid == C


def test_what_one_source_does_not_know_the_other_adds(store):
    store.add([move(B, [(A, 0)], [50], 2), move(C, [(B, 0)], [50], None)], ONE)
    store.add([move(B, [(A, 0)], [50], 2, 5, "f" * 64, known=60), move(C, [(B, 0)], [50], 4)], TWO)
    facts = store.facts([ONE, TWO])
    transaction = facts.transaction("bitcoin", B)
    assert transaction.utxo.inputs[0].value == 60
    assert transaction.block.hash == "f" * 64
    assert transaction.utxo.order == (2, 0, 0)
    assert facts.transaction("bitcoin", C).status == "confirmed"
    assert facts.transaction("bitcoin", C).utxo.order == (4, 0, 0)


def test_a_block_that_is_orphaned_is_silent_and_nothing_is_lost(store):
    stays, goes = move(A, [], [50], 1, block_hash="1" * 64), move(B, [(A, 0)], [50], 2, block_hash="2" * 64)
    again = move(B, [(A, 0)], [50], 3, block_hash="3" * 64)
    store.add([stays, goes], ONE)
    store.add([again], TWO)
    with pytest.raises(InputError, match="Its height differs"):
        store.facts([ONE, TWO])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    store.mark("bitcoin", "2" * 64, day, canonical=False)
    assert store.facts([ONE, TWO]).transaction("bitcoin", B) == again
    assert store.facts([ONE]).spender(OutPoint("bitcoin", A, 0)) is None
    store.mark("bitcoin", "2" * 64, day, canonical=True)
    assert store.facts([ONE]).spender(OutPoint("bitcoin", A, 0)) == goes


def test_a_source_that_breaks_off_leaves_nothing(store):
    def broken():
        yield pay("t1", "alice", "bob", 5)
        raise InputError("no further", path="one.csv", line=3)

    with pytest.raises(InputError, match="no further"):
        store.add(broken(), ONE)
    assert store.facts([ONE]).transaction("ledger", "t1") is None


def test_a_part_that_is_held_is_read_again_but_told_once(store):
    read = []

    def told():
        read.append(1)
        yield pay("t1", "alice", "bob", 5)

    assert [store.add(told(), ONE, "ledger", "1"), store.add(told(), ONE, "ledger", "1")] == [1, 1]
    assert len(read) == 2
    assert len(store.facts([ONE, ONE]).movements(Account("bob", COIN))) == 1


def test_another_reading_of_the_same_bytes_takes_the_place_of_the_one_before(store):
    store.add([pay("t1", "alice", "bob", 5, 0), pay("t2", "alice", "bob", 5, 1)], ONE, "ledger", "row 0")
    store.add([pay("x", "alice", "bob", 5, 0, asset=Asset("other", "COIN"))], ONE, "other", "row 0")
    for row in (100, 0):
        store.add([pay("t1", "alice", "bob", 6, row)], ONE, "ledger", f"row {row} again")
        facts = store.facts([ONE])
        assert facts.transaction("ledger", "t1") == pay("t1", "alice", "bob", 6, row)
        assert facts.transaction("ledger", "t2") is None
        assert facts.transaction("other", "x") is not None


def test_scripts_types_and_unspendable_outputs_come_back(store):
    outputs = (
        Leg(5, OutPoint("bitcoin", A, 0), "addr", 0, "p2pkh", "76a914"),
        Leg(0, None, "", 1, "nulldata", "6a00"),
        Leg(MAX_VALUE, OutPoint("bitcoin", A, 2), "", 2, "odd", "NOT HEX"),
    )
    transfer = Transfer("utxo", "utxo", BTC, (), outputs, (1, 0, 0))
    transaction = Transaction("bitcoin", A, Block(1, "0" * 64, None), 0, (transfer,))
    store.add([transaction], ONE)
    assert store.facts([ONE]).transaction("bitcoin", A) == transaction
