"""Accounts that lend themselves code (EIP-7702): signed by a library that is not ours, read back with their signers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.evm import delegations, evm_chain
from tests.chaintrace.adapters.evm.making import B, C, sent

CHAIN = evm_chain("ethereum")
SIGNER = Account.from_key("0x" + "11" * 32)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of secp256k1 (SEC 2)."""


def signed(code: str = C, nonce: int = 7, chain_id: int = 1, signer=SIGNER) -> dict[str, object]:
    """An authorization as nodes tell it."""
    made = signer.sign_authorization({"chainId": chain_id, "address": code, "nonce": nonce})
    numbers = {"chainId": chain_id, "nonce": nonce, "yParity": made.y_parity, "r": made.r, "s": made.s}
    return {"address": code} | {name: hex(value) for name, value in numbers.items()}


def read(*told: object, kind: int = 4, **more: object) -> list[tuple[str, str, int | None, str]]:
    made = replace(sent(kind=kind), authorizations=list(told), **more)
    return [(one.subject, one.what, one.height, one.value) for one in delegations(CHAIN, made, None)]


def test_whoever_signed_it_is_who_lends_itself_the_code_whoever_sent_it():
    signer = SIGNER.address.lower()
    assert read(signed()) == [(signer, "delegation signed", 1_000, C)]
    assert sent().sender != signer
    assert read(signed(chain_id=0), signed("0x" + "0" * 40, 8)) == [
        (signer, "delegation signed", 1_000, C),
        (signer, "delegation signed", 1_000, "0x" + "0" * 40),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"chainId": "0x38"},
        {"chainId": None},
        {"yParity": "0x2"},
        {"address": "0x12"},
        {"nonce": 1.5},
        {"r": hex(ORDER)},
        {"r": "0x0"},
        {"s": "0x0"},
    ],
)
def test_what_the_chain_passes_over_says_nothing_and_spoils_nothing(change):
    assert [value for *_, value in read(signed() | change, signed(B))] == [B]


def test_the_other_signature_of_the_same_is_not_valid():
    """Whoever turns `s` over makes a signature that recovers as well, and that EIP-2 rules out."""
    one = signed()
    turned = {"s": hex(ORDER - int(one["s"], 16)), "yParity": hex(1 - int(one["yParity"], 16))}
    assert read(one | turned) == []


def test_another_type_and_what_waits_lend_nothing():
    assert read(signed(), kind=2) == []
    assert read(signed(), height=None) == []
    assert delegations(CHAIN, replace(sent(kind=4), authorizations="no list"), None) == ()
    assert delegations(CHAIN, sent(kind=4), None) == ()


_JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("0x1")


@given(st.dictionaries(st.sampled_from(["chainId", "address", "nonce", "yParity", "r", "s"]), _JSON))
def test_nothing_that_is_told_stops_the_reading(told):
    assert len(read(signed() | told, told)) <= 1
