"""What histories of accounts share: sums, coverage, gaps, and the names of what blocks pay out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.accounts.histories import covered, covered_from_the_first, gap_at, left_open
from chaintrace.adapters.accounts.issues import block_name, withdrawal_name
from chaintrace.adapters.accounts.movements import change, touches
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.transaction import Leg, Transfer

COIN, PIECE = Asset("ethereum", ""), Asset("ethereum", "0xc/1")
ANN, BOB = Account("ann", COIN), Account("bob", COIN)


def moved(sender, receiver, value, asset=COIN):
    inputs, outputs = ((Leg(value, Account(name, asset), name),) for name in (sender, receiver))
    return Transfer("value", "native", asset, inputs, outputs, (1, 0, 0))


def test_a_change_is_what_came_less_what_went_in_the_one_asset():
    transfers = [moved("ann", "bob", 7), moved("bob", "ann", 2**256 - 1), moved("ann", "ann", 5)]
    transfers += [moved("bob", "ann", 1, PIECE), replace(moved("ann", "bob", 3), kind="fee", outputs=())]
    assert change(transfers, ANN) == 2**256 - 1 - 7 - 3
    assert change(transfers, BOB) == 7 - (2**256 - 1)
    assert change(transfers, Account("ann", PIECE)) == 1
    assert [touches(one, ANN) for one in transfers] == [True, True, True, False, True]


@pytest.mark.parametrize(("how", "opening"), [("balance equal", 0), ("counter equal", 0), ("claimed", None)])
def test_only_a_proven_history_opens_with_nothing(how, opening):
    told = covered_from_the_first(ANN, Block(9, "b9", 90), how)
    assert (told.start, told.end, told.height, told.time, told.how, told.opening) == (0, 9, 9, 90, how, opening)


def test_a_coverage_ends_at_the_rank_of_its_block():
    account = Account("T", Asset("tron", ""))
    told = covered(account, Block(9, "b9", 90), "balance equal", start=30, opening=4)
    assert (told.start, told.end, told.height, told.opening) == (30, 90, 9, 4)


def test_a_gap_has_the_size_of_what_differs_and_its_asset():
    account = Account("ann", Asset("ethereum", "0xc"))
    assert gap_at(account, "balance", "differs", -4).effect_value == 4
    assert gap_at(account, "claimed", "not shown").effect_value is None
    reply = left_open(account, "not told")
    assert (reply.still_missing, reply.gaps[0].kind, reply.gaps[0].contract) == (True, "source", "0xc")


def test_what_blocks_pay_is_named_by_number_or_height_and_maker():
    assert (withdrawal_name(5), block_name(9, "0xa")) == ("withdrawal:5", "block:9:0xa")
