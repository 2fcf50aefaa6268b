"""Witness addresses: the vectors of BIP-173 and BIP-350, and the laws of the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.addresses import address_script, normalise, script_address
from chaintrace.addresses.bech32 import ALPHABET, decode_segwit, encode_segwit

# BIP-350, "Test vectors for v0-v16 native segregated witness addresses": address, script.
VALID = [
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("BC1SW50QGDZ25J", "6002751e"),
    ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"),
    (
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
        "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
]

# The same document, "The following list gives invalid segwit addresses and the reason": address, our reason.
INVALID = [
    ("tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", "does not begin with"),
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "checksum is bech32,"),
    ("tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf", "checksum is bech32,"),
    ("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", "checksum is bech32,"),
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "checksum is bech32m,"),
    ("tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", "checksum is bech32m,"),
    ("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "character 'o'"),
    ("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "version 17"),
    ("bc1pw5dgrnzv", "1 bytes"),
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", "41 bytes"),
    ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "20 or 32"),
    ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", "mixes"),
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", "last character"),
    ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", "last character"),
    ("bc1gmk9yu", "too short"),
]


def chain_of(address: str) -> str:
    return "bitcoin-testnet" if address.lower().startswith("t") else "bitcoin"


@pytest.mark.parametrize(("address", "script"), VALID)
def test_a_valid_address_is_its_script_both_ways(address, script):
    chain = chain_of(address)
    assert address_script(address, chain).hex() == script
    assert script_address(bytes.fromhex(script), chain)[1] == address.lower() == normalise(chain, address)


@pytest.mark.parametrize(("address", "reason"), INVALID)
def test_an_invalid_address_is_refused_with_its_reason(address, reason):
    hrp = "tb" if address.startswith("t") else "bc"
    with pytest.raises(ValueError, match=reason):
        decode_segwit(hrp, address)
    with pytest.raises(ValueError, match="is no bitcoin"):
        normalise(chain_of(address), address)


@st.composite
def programs(draw):
    version = draw(st.integers(0, 16))
    length = draw(st.sampled_from((20, 32)) if version == 0 else st.integers(2, 40))
    return version, draw(st.binary(min_size=length, max_size=length))


@given(programs(), st.sampled_from(("bc", "tb", "bcrt")))
def test_decoding_undoes_encoding(program, hrp):
    assert decode_segwit(hrp, encode_segwit(hrp, *program)) == program
    assert decode_segwit(hrp, encode_segwit(hrp, *program).upper()) == program


@given(programs(), st.data())
def test_one_wrong_character_is_found(program, data):
    address = encode_segwit("bc", *program)
    place = data.draw(st.integers(3, len(address) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(address[place], "")))
    with pytest.raises(ValueError, match=r"it|witness|program"):
        decode_segwit("bc", address[:place] + other + address[place + 1 :])


@pytest.mark.parametrize(("version", "length"), [(0, 21), (1, 41), (1, 1), (17, 32)])
def test_an_impossible_program_has_no_address(version, length):
    with pytest.raises(ValueError, match=r"witness|program"):
        encode_segwit("bc", version, bytes(length))
