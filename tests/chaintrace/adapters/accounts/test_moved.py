"""A movement becomes a transfer in its place, with nobody on one side of a mint and of a burn."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.model.chain import Account, Asset

TOKEN = "0x" + "cc" * 20
PAID = Moved("log:3", "token", TOKEN, "a", "b", 2**256 - 1)


def test_a_movement_becomes_a_transfer_in_its_place():
    made = PAID.transfer("ethereum", (7, 1, 0))
    asset = Asset("ethereum", TOKEN, TOKEN, None)
    assert (made.index, made.kind, made.order, made.value) == ("log:3", "token", (7, 1, 0), 2**256 - 1)
    assert [leg.holding for leg in made.inputs] == [Account("a", asset)]
    assert [leg.holding for leg in made.outputs] == [Account("b", asset)]
    assert replace(PAID, contract="").transfer("ethereum", (7, 1, 0)).asset.name == "ETH"


def test_a_piece_of_a_collection_is_an_asset_of_its_own():
    made = replace(PAID, value=1, token_id=9).transfer("ethereum", (7, 1, 0))
    assert (made.asset.contract, made.token_id) == (f"{TOKEN}/9", 9)


def test_a_mint_and_a_burn_have_one_side():
    assert replace(PAID, sender=None).transfer("ethereum", (7, 1, 0)).inputs == ()
    assert replace(PAID, receiver=None).transfer("ethereum", (7, 1, 0)).outputs == ()


def test_the_flow_is_the_same_whatever_tells_it():
    assert replace(PAID, index="call:0", kind="mint").flow == PAID.flow
    assert replace(PAID, value=1).flow != PAID.flow
