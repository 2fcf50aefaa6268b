"""Merkle proofs as nodes give them: every position of blocks of every size is shown, and nothing else passes."""

from __future__ import annotations

import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.bitcoin.rawblock import merkle_root, parse_header
from chaintrace.adapters.bitcoin_core.proof import parse_proof
from chaintrace.errors import Malformed
from tests.chaintrace.adapters.bitcoin_core.asking import TOLD
from tests.nodes.core import merkle_block


def txids(count: int) -> list[str]:
    return [hashlib.sha256(number.to_bytes(4, "big")).hexdigest() for number in range(count)]


def header(names: list[str]) -> bytes:
    root = bytes.fromhex(merkle_root(names))[::-1]
    return struct.pack("<I32s32sIII", 4, bytes(32), root, 1_500_000_000, 0x207FFFFF, 0)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 33])
def test_each_position_is_shown(count):
    names = txids(count)
    top = header(names)
    for position, txid in enumerate(names):
        place = parse_proof(merkle_block(top, names, txid), txid, parse_header(top).hash)
        assert (place.position, place.header) == (position, parse_header(top))


def test_the_story_s_blocks_show_their_transactions():
    block = TOLD.block_of("peel three")
    proof = merkle_block(block.raw[:80], block.txids, TOLD.payments["peel three"].txid)
    assert parse_proof(proof, TOLD.payments["peel three"].txid, block.hash).position == 2


@given(st.integers(1, 40), st.data())
def test_a_proof_with_one_bit_changed_does_not_pass_as_it_was(count, data):
    names = txids(count)
    top = header(names)
    position = data.draw(st.integers(0, count - 1))
    good = merkle_block(top, names, names[position])
    anywhere, count_of_them, last = (0, len(good)), (80, 84), (len(good) - 1, len(good))
    begin, end = data.draw(st.sampled_from((anywhere, count_of_them, last)))
    at = data.draw(st.integers(8 * begin, 8 * end - 1))
    bad = bytearray(good)
    bad[at // 8] ^= 1 << at % 8
    try:
        place = parse_proof(bytes(bad), names[position], parse_header(top).hash)
    except Malformed:
        return
    # What may differ is the count of transactions (the tree's height stays), or padding behind the last flag.
    assert place.position == position
    assert bytes(bad[:80]) == top


@given(st.binary(min_size=80, max_size=200))
def test_any_bytes_are_malformed_and_never_anything_else(noise):
    with pytest.raises(Malformed):
        parse_proof(noise, txids(1)[0], parse_header(noise).hash)


@pytest.mark.parametrize("cut", [0, 79, 80, 84, 85, 100, 117])
def test_a_proof_that_is_cut_short_is_malformed(cut):
    names = txids(3)
    top = header(names)
    with pytest.raises(Malformed):
        parse_proof(merkle_block(top, names, names[1])[:cut], names[1], parse_header(top).hash)


def test_another_block_s_proof_and_one_for_another_transaction_are_malformed():
    names = txids(4)
    top = header(names)
    with pytest.raises(Malformed, match="is one of block"):
        parse_proof(merkle_block(top, names, names[1]), names[1], "00" * 32)
    with pytest.raises(Malformed, match="does not show"):
        parse_proof(merkle_block(top, names, names[1]), names[2], parse_header(top).hash)
