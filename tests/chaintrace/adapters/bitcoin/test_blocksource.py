"""The source that answers from blocks: real blocks, made chains, forks, undo data, damage."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from chaintrace.adapters.bitcoin.blockfile import unmask
from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.errors import InputError
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.transaction import utxo_fee
from tests.chaintrace.adapters.bitcoin.making import (
    EASY,
    HARDER,
    PAY,
    REGTEST,
    Made,
    block,
    block_hash,
    coinbase,
    framed,
    opened,
    tx,
    txid,
    undo_framed,
    undo_record,
)

COIN = 10**8
FIRST = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"


@pytest.fixture
def blocks(shared):
    return shared / "data" / "bitcoin" / "blocks"


# --- real blocks -----------------------------------------------------------------------------------


def test_the_first_590_blocks(blocks):
    with BlockSource(blocks / "firstblocks.blk", "bitcoin") as source:
        heights = [found.height for found, _ in source.blocks()]
        transactions = list(source.transactions())
        assert heights == list(range(590))
        assert len(transactions) == 605
        assert source.tip == Block(589, "00000000b96305605f1eb5ab800024ff3fa260deedf6005e1e3987daa11d3935", 1232032416)
        assert source.gaps() == ()
        assert source.stale == ()
        assert [t.utxo.order for t in transactions] == sorted(t.utxo.order for t in transactions)
        for transaction in transactions:
            assert utxo_fee(transaction.utxo) == 0
            assert source.transaction(transaction.txid) == transaction


def test_the_first_payment(blocks):
    with BlockSource(blocks / "firstblocks.blk", "bitcoin") as source:
        payment = source.transaction(FIRST)
        (spent,), outputs = payment.utxo.inputs, payment.utxo.outputs
        assert (payment.height, payment.position, payment.time) == (170, 1, 1231731025)
        assert (spent.value, spent.address, spent.script_type) == (
            50 * COIN,
            "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S",
            "p2pk",
        )
        assert [leg.value for leg in outputs] == [10 * COIN, 40 * COIN]
        assert outputs[1].address == spent.address
        assert source.transaction(spent.holding.txid).height == 9
        assert source.spender(spent.holding) == payment


def test_the_walk_from_height_9_to_496(blocks):
    with BlockSource(blocks / "firstblocks.blk", "bitcoin") as source:
        walk, at = [], FIRST
        while (following := source.spender(OutPoint("bitcoin", at, 1 if at == FIRST else 0))) is not None:
            walk.append((following.txid[:8], following.height))
            at = following.txid
        assert walk[0] == ("a16f3ce4", 181)
        expected = {"591e91f8": 182, "12b5633b": 183, "4385fcf8": 187, "a3b0e9e7": 496}
        for short, height in expected.items():
            found = next(t for t in source.transactions() if t.txid.startswith(short))
            assert found.height == height
        joined = next(t for t in source.transactions() if t.txid.startswith("a3b0e9e7"))
        assert sorted(leg.value for leg in joined.utxo.inputs) == [1 * COIN, 10 * COIN, 50 * COIN]
        assert [leg.value for leg in joined.utxo.outputs] == [61 * COIN]


@pytest.mark.parametrize(
    ("name", "count", "height"),
    [("block176149.blk", 109, None), ("block370661.dat", 708, 370661), ("block481829.dat", 2020, 481829)],
)
def test_one_block_alone(blocks, name, count, height):
    with BlockSource(blocks / name, "bitcoin") as source:
        transactions = list(source.transactions())
        assert len(transactions) == count
        assert {t.height for t in transactions} == {height}
        assert source.gaps() == ()
        assert [t.utxo.inputs for t in transactions[:1]] == [()]
        known = {t.txid for t in transactions}
        for transaction in transactions:
            for leg in transaction.utxo.inputs:
                assert (leg.value is None) == (leg.holding.txid not in known)


def test_the_peel_chain_through_the_source(blocks):
    with BlockSource(blocks / "block176149.blk", "bitcoin") as source:
        by_name = {t.txid[:8]: t for t in source.transactions()}
        at, hops = by_name["702f500f"], 0
        while at.txid[:8] != "ff764246":
            largest = max(at.utxo.outputs, key=lambda leg: leg.value)
            at, hops = source.spender(largest.holding), hops + 1
        assert hops == 21
        assert max(leg.value for leg in at.utxo.outputs) == 186_014_860_876


def test_spent_outputs_give_every_input_its_value(blocks):
    with BlockSource(blocks / "block300025.raw", "bitcoin", undo_path=blocks / "block300025-undo.raw") as source:
        mint, *others = source.transactions()
        fees = [utxo_fee(t.utxo) for t in others]
        assert min(fees) >= 0
        assert mint.utxo.value == 25 * COIN + sum(fees)
        kinds = Counter(leg.script_type for t in others for leg in t.utxo.inputs)
        assert kinds == {"p2pkh": 1424, "multisig": 3}
        assert "no checksum" in source.gaps()[0].text
        assert [file.path.name for file in source.files] == ["block300025.raw", "block300025-undo.raw"]


# --- made chains -----------------------------------------------------------------------------------


def test_out_of_order_blocks_and_a_stale_one(tmp_path):
    made = Made()
    for _ in range(20):
        made.add()
    spend = tx([(made.coinbase_txid(1), 0)], [(20 * COIN, PAY), (0, b"\x6a\x01x")])
    lost = tx([(made.coinbase_txid(1), 0)], [(30 * COIN, PAY)])
    tip = block_hash(made.blocks[-1])
    stale = made.add(lost, on=tip, extra=b"\x00stale")
    made.add(spend, on=tip)
    last = made.add()
    random.Random(2).shuffle(made.blocks)
    with opened(tmp_path, made) as source:
        assert [found.height for found, _ in source.blocks()] == list(range(22))
        assert source.tip.hash == last
        assert source.stale == (stale,)
        assert source.transaction(txid(lost)) is None
        assert source.spender(OutPoint(REGTEST, made.coinbase_txid(1), 0)).txid == txid(spend)
        assert source.spender(OutPoint(REGTEST, made.coinbase_txid(2), 0)) is None
        burn = source.transaction(txid(spend)).utxo.outputs[1]
        assert (burn.holding, burn.address, burn.script_type) == (None, "", "nulldata")
        assert source.transaction("ff" * 32) is None
        assert source.transaction("a name that a file gave") is None


@pytest.mark.parametrize("heavier", [False, True])
def test_work_decides_between_forks(tmp_path, heavier):
    made = Made()
    trunk = made.add()
    made.add(on=trunk)
    long = made.add()
    short = made.add(on=trunk, bits=HARDER if heavier else EASY, extra=b"\x00other")
    with opened(tmp_path, made) as source:
        assert source.tip.hash == (short if heavier else long)


def test_a_txid_in_two_blocks_is_the_later_one(tmp_path):
    twice = coinbase(16)
    made = Made(version=1)
    for _ in range(2):
        prev = block_hash(made.blocks[-1]) if made.blocks else "00" * 32
        made.blocks.append(block(prev, [twice], version=1))
    spend = tx([(txid(twice), 0)], [(50 * COIN, PAY)])
    made.blocks.append(block(block_hash(made.blocks[-1]), [coinbase(3), spend], version=1))
    with opened(tmp_path, made) as source:
        assert source.transaction(txid(twice)).height == 1
        assert len(list(source.transactions())) == 4
        assert source.spender(OutPoint(REGTEST, txid(twice), 0)).utxo.inputs[0].value == 50 * COIN


@pytest.mark.parametrize("chain", ["bitcoin", "bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest"])
def test_every_network(tmp_path, chain):
    made = Made()
    made.add()
    made.add()
    with opened(tmp_path, made, chain) as source:
        assert source.tip.height == 1
        (leg,) = source.transaction(made.coinbase_txid(1)).utxo.outputs
        assert leg.address[0] in ("1" if chain == "bitcoin" else "mn")
        assert leg.holding.chain == chain


def test_a_file_that_begins_in_the_middle(tmp_path):
    made = Made(start=700_000, first_prev="11" * 32)
    for _ in range(5):
        made.add()
    with opened(tmp_path, made) as source:
        assert [found.height for found, _ in source.blocks()] == list(range(700_000, 700_005))
        (coverage,) = source.coverage()
        assert (coverage.start, coverage.end) == (700_000, 700_004)


def test_a_hole_parts_the_coverage(tmp_path):
    made = Made()
    for _ in range(6):
        made.add()
    del made.blocks[3]
    with opened(tmp_path, made) as source:
        assert [(c.start, c.end) for c in source.coverage()] == [(0, 2), (4, 5)]
        assert [gap.kind for gap in source.gaps()] == ["history"]


def test_a_directory_with_an_obfuscation_key_and_undo_data(tmp_path):
    key = os.urandom(8)
    (tmp_path / "xor.dat").write_bytes(key)
    made = Made(start=800_000, first_prev="11" * 32)
    script = b"\x00\x14" + bytes(20)
    spend = tx([("22" * 32, 3), ("33" * 32, 0)], [(9 * COIN, PAY)])
    made.add()
    made.add(spend)
    record = undo_record([[(4 * COIN, script, 5), (6 * COIN, PAY, 6)]])
    rev = undo_framed([("11" * 32, undo_record([])), (block_hash(made.blocks[0]), record)])
    (tmp_path / "blk00000.dat").write_bytes(unmask(framed(made.blocks[:1]), key, 0))
    (tmp_path / "blk00001.dat").write_bytes(unmask(framed(made.blocks[1:]), key, 0))
    (tmp_path / "rev00001.dat").write_bytes(unmask(rev, key, 0))
    with BlockSource(tmp_path, REGTEST) as source:
        legs = source.transaction(txid(spend)).utxo.inputs
        assert [leg.value for leg in legs] == [4 * COIN, 6 * COIN]
        assert legs[0].address.startswith("bcrt1q")
        assert utxo_fee(source.transaction(txid(spend)).utxo) == COIN
        # The first record is of the block in the other file.
        assert [gap.text for gap in source.gaps()] == [
            "rev00001.dat, offset 8: an undo record whose checksum fits no block of blk00001.dat"
        ]
        assert len(source.files) == 3


def test_a_damaged_undo_record_is_not_used(tmp_path):
    made = Made(start=800_000, first_prev="11" * 32)
    spend = tx([("22" * 32, 3)], [(1, PAY)])
    made.add(spend)
    rev = bytearray(undo_framed([("11" * 32, undo_record([[(4 * COIN, PAY, 5)]]))]))
    rev[14] ^= 1
    (tmp_path / "rev00000.dat").write_bytes(rev)
    with opened(tmp_path, made) as source:
        assert source.transaction(txid(spend)).utxo.inputs[0].value is None
        assert "checksum fits no block" in source.gaps()[0].text


def test_a_record_for_a_raw_block_with_its_checksum(tmp_path):
    made = Made(start=800_000, first_prev="11" * 32)
    spend = tx([("22" * 32, 3)], [(1, PAY)])
    made.add(spend)
    framed_record = undo_framed([("11" * 32, undo_record([[(7, PAY, 5)]]))])
    (tmp_path / "undo").write_bytes(framed_record[8:])
    (tmp_path / "rev").write_bytes(framed_record)
    for name in ("undo", "rev"):
        with opened(tmp_path, made.blocks[0], name="raw", undo_path=tmp_path / name) as source:
            assert source.transaction(txid(spend)).utxo.inputs[0].value == 7
            assert source.gaps() == ()


# --- damage ----------------------------------------------------------------------------------------


def test_a_truncated_file_keeps_what_stands_before(blocks, tmp_path):
    data = (blocks / "firstblocks.blk").read_bytes()
    with opened(tmp_path, data[:100_000], "bitcoin") as source:
        (gap,) = source.gaps()
        count = source.tip.height + 1
        assert 400 < count < 590
        assert "blk00000.dat, offset 99" in gap.text
        assert "the file ends inside this record" in gap.text
        assert source.transaction(FIRST) is not None


def test_an_altered_amount_is_found_by_the_merkle_root(tmp_path):
    made = Made()
    made.add()
    spend = tx([(made.coinbase_txid(0), 0)], [(20 * COIN, PAY)])
    altered = made.add(spend)
    made.add()
    data = framed(made.blocks).replace((20 * COIN).to_bytes(8, "little"), (21 * COIN).to_bytes(8, "little"))
    with opened(tmp_path, data) as source:
        assert source.transaction(txid(spend)) is None
        assert [found.height for found, _ in source.blocks()] == [0, 2]
        assert [(c.start, c.end) for c in source.coverage()] == [(0, 0), (2, 2)]
        assert f"block {altered}: its transactions do not hash to the Merkle root" in source.gaps()[0].text


def test_a_file_that_begins_with_damage_is_read_from_the_next_block(tmp_path):
    made = Made(start=800_000, first_prev="11" * 32)
    for _ in range(3):
        made.add()
    data = bytearray(framed(made.blocks))
    data[1] ^= 0xFF
    with opened(tmp_path, bytes(data)) as source:
        assert [found.height for found, _ in source.blocks()] == [800_001, 800_002]
        assert "blk00000.dat, offset 0: " in source.gaps()[0].text


def test_a_whole_copy_mends_a_damaged_one(tmp_path):
    made = Made()
    made.add()
    made.add()
    damaged = bytearray(made.blocks[1])
    damaged[-1] ^= 1
    with opened(tmp_path, framed([made.blocks[0], bytes(damaged), made.blocks[1], made.blocks[0]])) as source:
        assert [found.height for found, _ in source.blocks()] == [0, 1]
        assert len(source.gaps()) == 1


def test_flipped_bytes_raise_nothing_but_our_errors(blocks, tmp_path):
    data = (blocks / "firstblocks.blk").read_bytes()[:30_000]
    chance = random.Random(3)
    for number in range(25):
        raw = bytearray(data)
        for _ in range(chance.randint(1, 5)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with opened(tmp_path, bytes(raw), "bitcoin", name=f"{number}.blk") as source:
            assert sum(1 for _ in source.transactions()) > 0
            assert source.gaps()


@pytest.mark.parametrize("data", [b"hello", os.urandom(500), bytes(200), b"\xf9\xbe\xb4\xd9" + bytes(100)])
def test_a_file_without_a_block_is_bad_input(tmp_path, data):
    with pytest.raises(InputError) as caught:
        opened(tmp_path, data, "bitcoin")
    assert caught.value.path == tmp_path / "blk00000.dat"


def test_a_block_without_a_coinbase_is_left_out(tmp_path):
    made = Made()
    made.add()
    made.blocks.append(block(block_hash(made.blocks[0]), [tx([("22" * 32, 0)], [(1, PAY)])]))
    with opened(tmp_path, made) as source:
        assert source.tip.height == 0
        assert "its first transaction is no coinbase" in source.gaps()[0].text


def test_a_header_without_merkle_root_is_read_and_said(tmp_path):
    made = Made()
    made.add()
    raw = block(block_hash(made.blocks[0]), [coinbase(1)])
    made.blocks.append(raw[:36] + bytes(32) + raw[68:])
    with opened(tmp_path, made) as source:
        assert source.transaction(made.coinbase_txid(1)).height == 1
        assert "names no Merkle root" in source.gaps()[0].text


def test_a_header_that_was_altered_is_found_by_the_link_behind_it(tmp_path):
    made = Made()
    for _ in range(5):
        made.add()
    raw = bytearray(made.blocks[2])
    raw[70] ^= 1  # the time, and so the hash
    made.blocks[2] = bytes(raw)
    with opened(tmp_path, made) as source:
        assert [found.height for found, _ in source.blocks()] == [0, 1, 2, 3, 4]
        assert "at height 3 does not follow the block at height 2" in source.gaps()[0].text
