"""Scripts to types and addresses, with python-bitcoinlib as the second opinion where it is right."""

from __future__ import annotations

import hashlib

import pytest
from bitcoin.core import CScript
from bitcoin.core.key import CPubKey
from bitcoin.wallet import CBitcoinAddress, CBitcoinAddressError
from hypothesis import example, given
from hypothesis import strategies as st

from chaintrace.addresses import (
    MAX_SCRIPT_SIZE,
    address_script,
    hash160,
    is_unspendable,
    multisig_keys,
    script_address,
)

# The key of the coinbase of height 9, and its address as every explorer shows it.
KEY = bytes.fromhex(
    "0411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f99"
    "9b8643f656b412a3"
)
COMPRESSED = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")


def push(data: bytes) -> bytes:
    return bytes((len(data),)) + data


def test_a_bare_key_is_shown_under_the_address_of_its_key():
    assert script_address(push(KEY) + b"\xac", "bitcoin") == ("p2pk", "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S")
    # BIP-173 names this key's P2PKH form.
    assert script_address(push(COMPRESSED) + b"\xac", "bitcoin") == ("p2pk", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")


@pytest.mark.parametrize("first", [6, 7])
def test_a_hybrid_key_is_a_key(first):
    key = bytes((first,)) + KEY[1:]
    kind, address = script_address(push(key) + b"\xac", "bitcoin")
    assert kind == "p2pk"
    assert address_script(address, "bitcoin") == b"\x76\xa9\x14" + hash160(key) + b"\x88\xac"


@pytest.mark.parametrize("script", [push(b"\x05" + KEY[1:]) + b"\xac", push(b"\x04" + COMPRESSED[1:]) + b"\xac"])
def test_bytes_of_no_key_are_nonstandard(script):
    assert script_address(script, "bitcoin") == ("nonstandard", None)


@pytest.mark.parametrize(
    ("script", "kind", "address"),
    [
        ("76a914" + "62e907b15cbf27d5425399ebf6f0fb50ebb88f18" + "88ac", "p2pkh", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("a914" + "e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a" + "87", "p2sh", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG"),
        ("51024e73", "p2a", "bc1pfeessrawgf"),
        ("6002751e", "witness_v16", "bc1sw50qgdz25j"),
        ("5210751e76e8199196d454941c45d1b3a323", "witness_v2", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs"),
        ("0015" + "00" * 21, "nonstandard", None),
        ("6a", "nulldata", None),
        ("6a0474657374", "nulldata", None),
        ("6a4c", "nulldata", None),
        ("", "nonstandard", None),
        ("00", "nonstandard", None),
        ("4f14" + "00" * 20, "nonstandard", None),
        ("76a914" + "00" * 20 + "88ad", "nonstandard", None),
    ],
)
def test_type_and_address(script, kind, address):
    assert script_address(bytes.fromhex(script), "bitcoin") == (kind, address)
    if address is not None:
        assert address_script(address, "bitcoin").hex() == script


def multisig(needed: int, keys: list[bytes], total: int | None = None) -> bytes:
    def number(value: int) -> bytes:
        return bytes((0x50 + value,)) if value <= 16 else bytes((1, value))

    return number(needed) + b"".join(map(push, keys)) + number(len(keys) if total is None else total) + b"\xae"


@pytest.mark.parametrize(("needed", "count"), [(1, 1), (1, 2), (2, 3), (16, 16), (3, 20), (20, 20)])
def test_bare_multisig_has_keys_and_no_address(needed, count):
    keys = [COMPRESSED if place % 2 else KEY for place in range(count)]
    script = multisig(needed, keys)
    assert script_address(script, "bitcoin") == ("multisig", None)
    assert multisig_keys(script) == tuple(keys)


@pytest.mark.parametrize(
    "script",
    [
        multisig(3, [KEY, KEY]),
        multisig(1, [KEY, KEY], 3),
        multisig(1, [KEY, KEY])[:-1] + b"\xaf",
        multisig(1, [b"\x05" + KEY[1:], KEY]),
        multisig(1, [KEY, KEY])[:-2] + b"\x01",
        multisig(1, [KEY] * 21),
    ],
)
def test_what_is_nearly_multisig_is_not(script):
    assert multisig_keys(script) == ()
    assert script_address(script, "bitcoin")[0] == "nonstandard"


def test_unspendable_is_return_first_or_too_long():
    assert is_unspendable(b"\x6a")
    assert is_unspendable(bytes(MAX_SCRIPT_SIZE + 1))
    assert not is_unspendable(bytes(MAX_SCRIPT_SIZE))
    assert not is_unspendable(b"\x51\x6a")
    assert not is_unspendable(b"")


@given(st.binary(max_size=80))
@example(b"\x4c")
@example(b"\x01")
@example(b"\x51\x21")
def test_any_bytes_have_a_type_and_a_text(script):
    kind, address = script_address(script, "bitcoin-regtest")
    assert kind
    assert (address is None) == (kind in ("multisig", "nulldata", "nonstandard"))


@given(st.sampled_from(("76a914{}88ac", "a914{}87", "0014{}", "0020{}")), st.binary(min_size=32, max_size=32))
def test_python_bitcoinlib_gives_the_same_address(pattern, digest):
    data = digest if "20{" in pattern else digest[:20]
    script = bytes.fromhex(pattern.format(data.hex()))
    assert str(CBitcoinAddress.from_scriptPubKey(CScript(script))) == script_address(script, "bitcoin")[1]
    assert bytes(CBitcoinAddress(script_address(script, "bitcoin")[1]).to_scriptPubKey()) == script


def test_python_bitcoinlib_is_wrong_where_we_say_so():
    """If one of these fails, the library has been mended, and the docstring of the module with it."""
    bare = CScript(push(KEY) + b"\xac")
    assert str(CBitcoinAddress.from_scriptPubKey(bare)) != "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"
    with pytest.raises(CBitcoinAddressError):
        CBitcoinAddress.from_scriptPubKey(CScript(bytes.fromhex("5120" + "11" * 32)))


def test_hash160_is_that_of_python_bitcoinlib():
    assert hash160(COMPRESSED) == bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
    assert CPubKey(COMPRESSED).is_compressed


def test_hash160_without_the_hash_in_openssl(monkeypatch):
    real = hashlib.new

    def lacking(name, *rest):
        if name == "ripemd160":
            raise ValueError("unsupported hash type")
        return real(name, *rest)

    monkeypatch.setattr(hashlib, "new", lacking)
    assert hash160(COMPRESSED) == bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")


def test_a_chain_of_another_family_is_refused():
    with pytest.raises(ValueError, match="no chain of Bitcoin's family"):
        script_address(b"\x6a", "tron")
