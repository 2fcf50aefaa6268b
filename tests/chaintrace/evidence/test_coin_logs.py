"""The verifier reads what the contract of a native asset logs, where nobody else can have that contract."""

from __future__ import annotations

import pytest

from chaintrace.adapters.evm import evm_chain
from chaintrace.evidence import verify_chain
from tests.chaintrace.adapters.evm.making import NOBODY, A, B, C, word

OWN = ["moonbeam", "optimism"]


def logged(contract, sender, receiver, value):
    topics = [verify_chain._TRANSFER, word(sender), word(receiver)]
    return [bytes.fromhex(contract[2:]), topics, word(value)]


def told(sender, receiver, value, contract=""):
    sides = {side: [{"address": one}] if one else [] for side, one in (("from", sender), ("to", receiver))}
    return {"index": "log:7", "contract": contract, "value": str(value), **sides}


@pytest.mark.parametrize("chain", OWN)
def test_a_movement_of_the_native_asset_is_held_against_the_log_of_its_contract(chain):
    contract = evm_chain(chain).coin.contract
    assert contract in verify_chain._COINS
    assert verify_chain._moves(logged(contract, A, B, 9), told(A, B, 9)) is True
    assert verify_chain._moves(logged(contract, NOBODY, B, 9), told("", B, 9)) is True
    assert verify_chain._moves(logged(contract, A, B, 9), told(A, B, 8)) is False
    assert verify_chain._moves(logged(contract, A, B, 9), told(A, C, 9)) is False


def test_a_token_is_never_taken_for_the_native_asset_nor_the_other_way():
    contract = evm_chain("moonbeam").coin.contract
    assert verify_chain._moves(logged(C, A, B, 9), told(A, B, 9)) is False
    assert verify_chain._moves(logged(C, A, B, 9), told(A, B, 9, C)) is True
    assert verify_chain._moves(logged(contract, A, B, 9), told(A, B, 9, C)) is False
