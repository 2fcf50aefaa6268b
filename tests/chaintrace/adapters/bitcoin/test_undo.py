"""Undo data: Core's packing, its checksums, and the spent outputs of a real block."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.bitcoin.rawblock import parse_block
from chaintrace.adapters.bitcoin.undo import checksum, decompress_amount, parse_plain, parse_record
from chaintrace.errors import Malformed
from tests.chaintrace.adapters.bitcoin.making import packed_amount, sha256d, undo_record

COIN = 10**8
# The key of the coinbase of height 9 and the generator of the curve, uncompressed.
KEYS = [
    (
        "0411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f99"
        "9b8643f656b412a3"
    ),
    (
        "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a6855419"
        "9c47d08ffb10d4b8"
    ),
]


# The pairs of Bitcoin Core's `compress_tests.cpp`.
@pytest.mark.parametrize(
    ("value", "packed"),
    [(0, 0), (1, 1), (10**6, 7), (COIN, 9), (50 * COIN, 0x32), (21_000_000 * COIN, 0x1406F40)],
)
def test_amounts_of_core(value, packed):
    assert packed_amount(value) == packed
    assert decompress_amount(packed) == value


@given(st.integers(0, 21_000_000 * COIN))
def test_unpacking_undoes_packing(value):
    assert decompress_amount(packed_amount(value)) == value


SCRIPTS = st.one_of(
    st.binary(max_size=300),
    st.binary(min_size=20, max_size=20).map(lambda digest: b"\x76\xa9\x14" + digest + b"\x88\xac"),
    st.binary(min_size=20, max_size=20).map(lambda digest: b"\xa9\x14" + digest + b"\x87"),
    st.binary(min_size=32, max_size=32).map(lambda x: b"\x21\x02" + x + b"\xac"),
    st.sampled_from([b"\x41" + bytes.fromhex(key) + b"\xac" for key in KEYS]),
)
SPENT = st.lists(
    st.lists(st.tuples(st.integers(0, 21_000_000 * COIN), SCRIPTS, st.integers(0, 10**6)), min_size=1, max_size=4),
    max_size=5,
)


@given(SPENT)
def test_a_record_gives_back_what_was_packed(spent):
    parsed = parse_record(undo_record(spent))
    assert [[(o.value, o.script, o.height) for o in outputs] for outputs in parsed] == spent


@given(SPENT, st.data())
def test_a_damaged_record_is_malformed_or_another_record(spent, data):
    raw = bytearray(undo_record(spent))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Malformed):
        parsed = parse_record(bytes(raw[: data.draw(st.just(len(raw)) | st.integers(0, len(raw)))]))
        assert all(o.value >= 0 for outputs in parsed for o in outputs)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x01\x01" + b"\xff" * 30, "64 bits"),
        (b"\xff" * 9, "do not fit"),
        (b"\x01\x01\x00\x01\x04" + b"\xff" * 32, "no point"),
        (b"\x01\x01\x00\x01\x04" + b"\x00" * 31 + b"\x05", "no point"),
        (b"\x00\x00", "follow"),
        (b"\x01\x01\x00\x01\xff\xff\x7f", "needed"),
    ],
)
def test_hostile_records_are_refused(raw, reason):
    with pytest.raises(Malformed, match=reason):
        parse_record(raw)


def test_a_checksum_is_over_the_previous_hash_and_the_record():
    assert checksum("00" * 31 + "01", b"abc") == sha256d(b"\x01" + bytes(31) + b"abc")


def test_the_real_block_balances(shared):
    folder = shared / "data" / "bitcoin" / "blocks"
    transactions = parse_block((folder / "block300025.raw").read_bytes()).transactions
    spent = parse_plain((folder / "block300025-undo.raw").read_bytes(), transactions)
    fees = [
        sum(o.value for o in before) - sum(o.value for o in transaction.outputs)
        for transaction, before in zip(transactions[1:], spent, strict=True)
    ]
    assert min(fees) >= 0
    assert sum(o.value for o in transactions[0].outputs) == 25 * COIN + sum(fees)


def test_the_real_block_packed_as_core_does(shared):
    folder = shared / "data" / "bitcoin" / "blocks"
    transactions = parse_block((folder / "block300025.raw").read_bytes()).transactions
    spent = parse_plain((folder / "block300025-undo.raw").read_bytes(), transactions)
    record = undo_record([[(o.value, o.script, 299_999) for o in outputs] for outputs in spent])
    again = parse_record(record)
    assert [[o[:2] for o in outputs] for outputs in again] == [[o[:2] for o in outputs] for outputs in spent]


def test_plain_outputs_must_be_those_of_the_block(shared):
    folder = shared / "data" / "bitcoin" / "blocks"
    transactions = parse_block((folder / "block300025.raw").read_bytes()).transactions
    raw = (folder / "block300025-undo.raw").read_bytes()
    for wrong in (raw[:-1], raw + b"\0"):
        with pytest.raises(Malformed):
            parse_plain(wrong, transactions)
