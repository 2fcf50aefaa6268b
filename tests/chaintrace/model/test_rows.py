"""The name that a list gives to a transfer still means it, once its place in the transaction is known."""

from __future__ import annotations

import pytest

from chaintrace.model.chain import MAX_VALUE, Account, Asset
from chaintrace.model.rows import named_transfers, row_index
from chaintrace.model.transaction import Leg, Transfer

TOKEN, COIN = Asset("ethereum", "0xt0ken", "TOK", 6), Asset("ethereum", "", "ETH", 18)


def one(index, sender, receiver, value, asset=TOKEN):
    sides = (((Leg(value, Account(who, asset), who),) if who else ()) for who in (sender, receiver))
    return Transfer(index, "token", asset, *sides, (1, 0, 0))


WHOLE = (
    one("fee", "ann", "", 9, COIN),
    one("value", "ann", "bob", 5, COIN),
    one("log:7", "ann", "bob", 5),
    one("log:9", "ann", "bob", 5),
    one("log:10", "", "bob", MAX_VALUE),
    one("log:11", "bob", "", 3),
)


@pytest.mark.parametrize(
    ("listed", "place"),
    [
        (("0xt0ken", "ann", "bob", 5), "log:7"),
        (("0xt0ken", "ann", "bob", 5, 1), "log:9"),
        (("0xt0ken", "", "bob", MAX_VALUE), "log:10"),
        (("0xt0ken", "bob", "", 3), "log:11"),
        (("", "ann", "bob", 5), "value"),
    ],
)
def test_the_name_of_a_row_means_the_transfer_in_its_place(listed, place):
    assert [found.index for found in named_transfers(WHOLE, row_index(*listed))] == [place]


@pytest.mark.parametrize(
    "listed", [("0xt0ken", "ann", "bob", 5, 2), ("0xt0ken", "ann", "bob", 6), ("", "bob", "ann", 5)]
)
def test_a_row_that_is_not_there_names_nothing(listed):
    assert named_transfers(WHOLE, row_index(*listed)) == []


def test_an_index_of_its_own_comes_first_and_no_other_text_is_a_row():
    row = row_index("0xt0ken", "ann", "bob", 5, 1)
    told = (*WHOLE[:3], one(row, "ann", "bob", 5))
    assert named_transfers(told, row) == [told[3]]
    assert named_transfers(WHOLE, "log:7") == [WHOLE[2]]
    assert named_transfers(WHOLE, "log:8") == []
