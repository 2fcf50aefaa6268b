"""The parser of transactions and blocks, beside python-bitcoinlib on real blocks and against hostile bytes."""

from __future__ import annotations

import contextlib
import time

import pytest
from bitcoin.core import CBlock
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chaintrace.adapters.bitcoin.rawblock import (
    bip34_height,
    iter_transactions,
    merkle_root,
    parse_block,
    parse_header,
    parse_transaction,
)
from chaintrace.errors import Malformed
from tests.chaintrace.adapters.bitcoin.making import Made, block, coinbase, tx, txid

REAL = ["block176149.blk", "block370661.dat", "block300025.raw", "block481829.dat"]


def raw_blocks(shared, name):
    """The blocks of a file of the shared data, cut by hand."""
    data = (shared / "data" / "bitcoin" / "blocks" / name).read_bytes()
    if data[:4] != bytes.fromhex("f9beb4d9"):
        return [data]
    blocks, place = [], 0
    while place < len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        blocks.append(data[place + 8 : place + 8 + length])
        place += 8 + length
    return blocks


@pytest.mark.parametrize("name", [*REAL, "firstblocks.blk"])
def test_every_transaction_is_that_of_python_bitcoinlib(shared, name):
    blocks = raw_blocks(shared, name)
    assert len(blocks) == (590 if name == "firstblocks.blk" else 1)
    for raw in blocks:
        ours, theirs = parse_block(raw), CBlock.deserialize(raw)
        assert bytes.fromhex(ours.header.hash)[::-1] == theirs.GetHash()
        assert bytes.fromhex(ours.header.prev_hash)[::-1] == theirs.hashPrevBlock
        assert (ours.header.time, ours.header.bits, ours.header.nonce) == (theirs.nTime, theirs.nBits, theirs.nNonce)
        assert len(ours.transactions) == len(theirs.vtx)
        for mine, other in zip(ours.transactions, theirs.vtx, strict=True):
            assert bytes.fromhex(mine.txid)[::-1] == other.GetTxid()
            assert (mine.version, mine.locktime) == (other.nVersion & 0xFFFFFFFF, other.nLockTime)
            assert [(o.value, o.script) for o in mine.outputs] == [
                (o.nValue, bytes(o.scriptPubKey)) for o in other.vout
            ]
            assert [(i.prev_txid, i.prev_vout, i.script, i.sequence) for i in mine.inputs] == [
                (i.prevout.hash[::-1].hex(), i.prevout.n, bytes(i.scriptSig), i.nSequence) for i in other.vin
            ]
            assert parse_transaction(raw[mine.offset : mine.offset + mine.length]).txid == mine.txid
        assert merkle_root([mine.txid for mine in ours.transactions]) == ours.header.merkle_root


@pytest.mark.parametrize(
    ("name", "height", "block_hash"),
    [
        ("block176149.blk", None, "00000000000007b2a037eaaefc848e0ad8f41667589f7d5a0aca3e78c8003ac0"),
        ("block300025.raw", 300025, "0000000000000000821c4e0acc40f88bedbce3b73ba2358b5ade58a9022cc78c"),
        ("block370661.dat", 370661, "00000000000000001416a613602d73bbe5c79170fd8f39d509896b829cf9021e"),
        ("block481829.dat", 481829, "000000000000000000917cba69f69b758fe396c8e30ae97bbcf08c4eb975e726"),
    ],
)
def test_hash_and_height_of_real_blocks(shared, name, height, block_hash):
    parsed = parse_block(raw_blocks(shared, name)[0])
    assert parsed.header.hash == block_hash
    assert bip34_height(parsed.header.version, parsed.transactions[0].inputs[0].script) == height


def test_the_peel_chain_of_2012(shared):
    transactions = {t.txid[:8]: t for t in parse_block(raw_blocks(shared, "block176149.blk")[0]).transactions}
    first, last = transactions["702f500f"], transactions["ff764246"]
    assert 194_506_340_407 in [output.value for output in first.outputs]
    assert 186_014_860_876 in [output.value for output in last.outputs]
    hops, at, peeled = 0, first, 0
    while at is not last:
        spender = next(t for t in transactions.values() if at.txid in [entry.prev_txid for entry in t.inputs])
        peeled += min(output.value for output in spender.outputs)
        hops, at = hops + 1, spender
    assert hops == 21
    assert peeled == 8_490_429_531


BLOCK = block(
    "11" * 32, [coinbase(500), *(tx([("22" * 32, n)], [(n, b"\x6a"), (5, bytes(n))], bytes(n)) for n in range(300))]
)


@given(st.integers(0, len(BLOCK) - 1))
def test_a_cut_block_is_malformed(length):
    with pytest.raises(Malformed):
        parse_block(BLOCK[:length])


@given(st.binary(min_size=1, max_size=9))
def test_bytes_behind_the_last_transaction_are_refused(extra):
    with pytest.raises(Malformed, match="follow the last transaction"):
        parse_block(BLOCK + extra)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_flipped_bytes_of_a_real_block_are_malformed_or_another_block(shared, data):
    raw = bytearray(raw_blocks(shared, data.draw(st.sampled_from(REAL)))[0])
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(80, len(raw) - 1))] = data.draw(st.sampled_from((0, 1, 0xFC, 0xFD, 0xFE, 0xFF)))
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(len(raw) // 2, len(raw)))]
    began = time.process_time()
    with contextlib.suppress(Malformed):
        parsed = parse_block(bytes(raw))
        assert parsed.transactions[-1].offset + parsed.transactions[-1].length == len(raw)
    assert time.process_time() - began < 5


@given(st.binary(max_size=400))
@example(bytes(80) + b"\xff" * 9)
@example(bytes(80) + b"\x01" + bytes(4) + b"\xff" * 60)
@example(bytes(80) + b"\x01" + bytes(5) + b"\x01\x01" + bytes(36) + b"\xff" * 60)
@example(bytes(80) + b"\x01" + bytes(5) + b"\x02" + bytes(60))
@example(bytes(80) + b"\x01" + bytes(5) + b"\x01\x00" + bytes(60))
def test_random_bytes_raise_malformed_and_nothing_else(data):
    for read in (parse_header, parse_block, parse_transaction, lambda raw: list(iter_transactions(raw))):
        with contextlib.suppress(Malformed):
            read(data)


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        (b"\xfd\x01\x00", "written longer"),
        (b"\xff" + b"\xff" * 8, "do not fit"),
        (b"\x00\x02", "witness flag"),
    ],
)
def test_a_hostile_count_is_refused_at_once(tail, reason):
    with pytest.raises(Malformed, match=reason):
        parse_transaction(bytes(4) + tail + bytes(60))


def test_a_negative_value_is_refused():
    with pytest.raises(Malformed, match="negative"):
        parse_transaction(tx([("22" * 32, 0)], [(2**63, b"")]))


def test_a_witness_changes_no_txid():
    plain = tx([("22" * 32, 0)], [(7, b"\x51")])
    witness = plain[:4] + b"\x00\x01" + plain[4:-4] + b"\x02\x03abc\x00" + plain[-4:]
    assert parse_transaction(witness).txid == parse_transaction(plain).txid == txid(plain)
    assert parse_transaction(witness).length == len(witness)


@pytest.mark.parametrize(
    ("version", "script", "height"),
    [
        (1, "03719104", None),
        (2, "03a99304", 299945),
        (2, "51", 1),
        (2, "60", 16),
        (2, "0111", 17),
        (2, "0110", None),
        (2, "00", None),
        (2, "", None),
        (2, "03ff", None),
        (2, "0280ff", None),
        (2, "028000", 128),
        (2, "027f00", None),
        (2, "05ffffffff00", None),
        (0x20000000, "03c55a07", 481989),
    ],
)
def test_the_height_in_a_coinbase(version, script, height):
    assert bip34_height(version, bytes.fromhex(script)) == height


def test_made_chains_are_well_made():
    made = Made()
    made.add()
    made.add()
    parsed = [parse_block(raw) for raw in made.blocks]
    assert parsed[1].header.prev_hash == parsed[0].header.hash
    assert parsed[1].transactions[0].txid == made.coinbase_txid(1)
    assert parsed[1].transactions[0].coinbase
