"""Two tellings of one history: equal however they are named and ordered, different in exactly what differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case.comparing.compare import Row, differences, rows, sums
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer

GOLD = Asset("bank", "GOLD", "GOLD", 2)
BTC = Asset("bitcoin", "", "BTC", 8)


def row(txid="t", sender="a", receiver="b", value=100, **more) -> Row:
    told = {"asset": GOLD, "place": "", "status": "confirmed", "height": 5, "time": 50, **more}
    return Row(
        txid, told["asset"], told["place"], sender, receiver, value, told["status"], told["height"], told["time"]
    )


def transfer(index, sender, receiver, value, place=0):
    sides = [(Leg(value, Account(address, GOLD), address),) if address else () for address in (sender, receiver)]
    return Transfer(index, "token", GOLD, *sides, (5, 0, place))


def transaction(*transfers, txid="t"):
    return Transaction("bank", txid, Block(5, "h", 50), 0, transfers)


def test_indexes_and_their_order_do_not_count_but_how_often_does():
    ours = rows([transaction(transfer("log:1", "a", "b", 7), transfer("log:2", "a", "b", 7, 1))], "a", None)
    theirs = rows([transaction(transfer("row:1", "a", "b", 7), transfer("row:2", "a", "b", 7, 1))], "a", None)
    assert differences([ours, theirs]) == ()
    (difference,) = differences([ours, theirs[:1]])
    assert (difference.only_in, difference.row.value) == (0, 7)


def test_only_what_touches_the_address_in_these_assets_is_a_row():
    told = transaction(
        transfer("0", "a", "b", 1), transfer("1", "c", "d", 2), transfer("2", "", "a", 3), transfer("3", "a", "a", 4)
    )
    assert [(one.sender, one.receiver, one.value) for one in rows([told], "a", None)] == [
        ("a", "b", 1),
        ("", "a", 3),
        ("a", "a", 4),
    ]
    assert rows([told], "a", frozenset({"EUR"})) == ()


def test_a_movement_that_one_source_lacks_is_only_in_the_other():
    first, second = differences([[row("x"), row("t")], [row("t"), row("y", time=60)]])
    assert (first.row.txid, first.only_in) == ("x", 0)
    assert (second.row.txid, second.only_in) == ("y", 1)


def test_what_is_told_differently_is_named_with_both_tellings():
    (difference,) = differences([[row(value=100, height=5)], [row(value=101, height=6)]])
    assert difference.only_in is None
    assert [(one.what, one.first, one.second) for one in difference.differs] == [("value", 100, 101), ("height", 5, 6)]


def test_what_moves_the_same_at_another_time_is_told_differently():
    (difference,) = differences([[row(time=50)], [row(time=51)]])
    assert [one.what for one in difference.differs] == ["time"]
    assert differences([[row(time=None, height=None)], [row()]]) == ()


def test_of_several_that_are_left_those_that_differ_least_are_one():
    ours = [row(receiver="b", value=1), row(receiver="c", value=2)]
    theirs = [row(receiver="c", value=3), row(receiver="b", value=4), row(receiver="d", value=9)]
    found = differences([ours, theirs])
    assert [(one.row.receiver, [each.what for each in one.differs], one.only_in) for one in found] == [
        ("b", ["value"], None),
        ("c", ["value"], None),
        ("d", [], 1),
    ]


def test_pending_and_confirmed_are_told_differently():
    (difference,) = differences([[row()], [row(status="pending", height=None, time=None)]])
    assert [(one.what, one.second) for one in difference.differs] == [("status", "pending")]


def test_three_sources_are_compared_in_pairs():
    found = differences([[row()], [row()], []])
    assert [(one.first, one.second, one.only_in) for one in found] == [(0, 2, 0), (1, 2, 1)]


def test_an_output_and_what_spends_it_are_rows_of_their_own():
    inputs = (Leg(5, OutPoint("bitcoin", "p", 1), "a"), Leg(None, OutPoint("bitcoin", "q", 0), "b"))
    outputs = (Leg(3, OutPoint("bitcoin", "t", 0), "a"), Leg(1, OutPoint("bitcoin", "t", 1), "c", 1))
    tx = Transaction("bitcoin", "t", Block(1, "", 50), 0, (Transfer("utxo", "utxo", BTC, inputs, outputs, (1, 0, 0)),))
    told = rows([tx], "a", None)
    assert [(one.place, one.sender, one.receiver, one.value) for one in told] == [
        ("spends p:1", "a", "", 5),
        ("output 0", "", "a", 3),
    ]
    blind = [told[0]._replace(value=None), told[1]]
    (difference,) = differences([told, blind])
    assert [(one.what, one.first, one.second) for one in difference.differs] == [("value", 5, None)]


def test_sums_are_of_each_asset_and_say_what_was_not_told():
    (one,) = sums(
        [row(value=7), row(sender="b", receiver="a", value=2), row(value=None), row(receiver="a", value=1)], "a"
    )
    assert (one.movements, one.received, one.sent, one.untold) == (4, 3, 8, 1)


ROWS = st.lists(
    st.builds(
        row,
        txid=st.sampled_from("tuv"),
        sender=st.sampled_from("ab"),
        receiver=st.sampled_from("ab"),
        value=st.integers(0, 2),
        time=st.sampled_from([50, 60]),
    ),
    max_size=6,
)


@given(told=ROWS, order=st.randoms())
def test_a_history_equals_itself_in_any_order(told, order):
    """One transaction has one time: rows of one txid at two times would be a contradiction of one source."""
    told = [one._replace(time=50) for one in told]
    other = list(told)
    order.shuffle(other)
    assert differences([told, other]) == ()


@given(ours=ROWS, theirs=ROWS)
def test_no_row_is_lost_and_both_ways_differ_in_the_same(ours, theirs):
    found, turned = differences([ours, theirs]), differences([theirs, ours])
    alone = [sum(one.only_in == side for one in found) for side in (0, 1)]
    assert len(ours) - alone[0] == len(theirs) - alone[1]
    assert alone == [sum(one.only_in == side for one in turned) for side in (1, 0)]
    assert (found == ()) == (turned == ())
