"""Lists that do not know where a transaction stands: who does know it counts, whichever was told first."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store.merging import Unequal, merged

CHAIN, TIME = "tron", 1_650_000_000
TRX, TOKEN = Asset(CHAIN, ""), Asset(CHAIN, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
LIST, NODE = Source("trongrid", "list", "1" * 64), Source("trongrid", "node", "2" * 64)


def transfer(index, asset, value, place, position, kind="native"):
    def legs(who):
        return (Leg(value, Account(who, asset), who),)

    return Transfer(index, kind, asset, legs("alice"), () if kind == "fee" else legs("bob"), (TIME, position, place))


def told(block, position, *parts):
    transfers = tuple(
        transfer(index, asset, value, place, position) for place, (index, asset, value) in enumerate(parts)
    )
    return Transaction(CHAIN, "ab" * 32, block, position, transfers)


WHOLE = told(Block(7, "cd" * 32, TIME), 5, ("value", TRX, 1), ("log:0", TOKEN, 9), ("fee", TRX, 2))
COINS = told(Block(7, "", TIME), 0, ("value", TRX, 1), ("fee", TRX, 2))
TOKENS = told(Block(None, "", TIME), 0, ("row:00000000", TOKEN, 9))


@pytest.mark.parametrize("order", list(permutations((WHOLE, COINS, TOKENS))))
def test_the_telling_that_names_the_block_says_where_everything_stands(order):
    first, second, third = order
    both = merged(merged(first, second), third)
    assert [part.index for part in both.transfers] == ["value", "log:0", "fee"]
    assert [part.order for part in both.transfers] == [(TIME, 5, place) for place in range(3)]
    assert (both.block, both.position) == (WHOLE.block, 5)


@pytest.mark.parametrize("order", list(permutations((COINS, TOKENS))))
def test_two_lists_together_know_the_height(order):
    both = merged(*order)
    assert both.block == COINS.block
    assert {part.index for part in both.transfers} == {"value", "row:00000000", "fee"}


BLOCK = Block(7, "cd" * 32, TIME)
SENT = replace(
    told(BLOCK, 5, ("fee", TRX, 2)),
    transfers=(transfer("fee", TRX, 2, 0, 5), transfer("value", TRX, 1, 2, 5)),
)
"""As an explorer's list tells it: it leaves places free for what it does not know."""
INSIDE = told(BLOCK, 5, ("fee", TRX, 2), ("value", TRX, 1), ("call:0", TRX, 7))
ROWS = told(BLOCK, 5, ("fee", TRX, 2), ("value", TRX, 1), ("row:00000000", TRX, 7))


@pytest.mark.parametrize("longer", [INSIDE, ROWS])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_places_inside_are_those_of_the_telling_that_has_all_and_more(longer, swapped):
    """Else the value would stand behind the call that passes it on, or beside it."""
    both = merged(*((SENT, longer) if swapped else (longer, SENT)))
    assert [part.order[2] for part in both.transfers] == [0, 1, 2]
    assert [part.index for part in both.transfers] == [part.index for part in longer.transfers]


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_a_row_whose_list_knows_no_place_stands_where_its_transaction_does(order):
    """A list of calls inside has no place in the block: they follow what was sent, wherever that stands."""
    call = replace(told(BLOCK, 0), transfers=(transfer("row:00000000", TRX, 7, 3, 0, "internal"),))
    tellings = (SENT, call)
    both = merged(*(tellings[number] for number in order))
    assert [(part.index, part.order) for part in both.transfers] == [
        ("fee", (TIME, 5, 0)),
        ("value", (TIME, 5, 2)),
        ("row:00000000", (TIME, 5, 3)),
    ]
    more = replace(told(BLOCK, 5), transfers=(transfer("row:11111111", TRX, 9, 4, 5, "internal"),))
    both = merged(*((call, more) if order[0] else (more, call)))
    assert {part.order[:2] for part in both.transfers} == {(TIME, 5)}


def test_two_heights_are_still_a_difference():
    with pytest.raises(Unequal, match="its height"):
        merged(replace(TOKENS, block=Block(7, "", TIME)), replace(TOKENS, block=Block(8, "", TIME)))


def test_a_store_puts_them_together_in_the_order_of_the_block(store):
    store.add([COINS], LIST)
    store.add([WHOLE], NODE)
    (movement, fee) = store.facts([LIST, NODE]).movements(Account("alice", TRX))
    assert (movement.order, fee.order) == ((TIME, 5, 0), (TIME, 5, 2))
