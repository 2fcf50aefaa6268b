"""Base58Check: real addresses, the leading zeros, and the checksum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.addresses.base58 import ALPHABET, decode, decode_check, encode, encode_check


@given(st.binary(max_size=80))
def test_decoding_undoes_encoding(data):
    assert decode_check(encode_check(b"\0" + data)) == b"\0" + data
    if data:
        assert decode(encode(data)) == data


def test_a_leading_zero_byte_is_a_one():
    assert encode_check(bytes(21)) == "1111111111111111111114oLvT2"


@given(st.binary(min_size=20, max_size=20), st.data())
def test_one_wrong_character_is_found(digest, data):
    address = encode_check(b"\0" + digest)
    place = data.draw(st.integers(0, len(address) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(address[place], "")))
    with pytest.raises(ValueError, match="checksum"):
        decode_check(address[:place] + other + address[place + 1 :])


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("0OIl", "'0'"), ("1" * 5000, "5000 characters"), ("1111", "too short"), ("Ω", "'Ω'")],
)
def test_what_is_no_base58_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        decode_check(text)
