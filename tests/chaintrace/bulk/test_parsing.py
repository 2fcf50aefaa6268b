"""Block files to Parquet: every row as a plain reader has it, whatever the order of the files, and after any kill."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from chaintrace.adapters.bitcoin.blockfile import unmask
from chaintrace.adapters.bitcoin.rawblock import NO_TXID, merkle_root, parse_block, parse_transaction
from chaintrace.addresses import script_address
from chaintrace.bulk import parsing, plan
from chaintrace.bulk.parsing import TABLES, parse
from chaintrace.bulk.whole_files import alone, room_for
from chaintrace.cli.bulk_blocks import Blocks
from chaintrace.errors import InputError, OutputError
from tests.chaintrace.adapters.bitcoin.making import PAY, REGTEST, Made, block, block_hash, coinbase, framed, tx, txid
from tests.chaintrace.bulk.raw import shared_blocks, witness_tx

LOCK = b"\x51\x20" + bytes(range(32))


def silent(what, done=0, total=0):
    del what, done, total


def parsed(source, target, chain=REGTEST, slice_bytes=1000):
    return parse(source, target, Blocks(chain, silent), silent, slice_bytes)


def table(target, name):
    return [row for path in sorted((target / name).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def tables(target):
    return {name: table(target, name) for name in TABLES}


def long_chain(blocks=40, seed=5):
    """A chain in which later transactions spend outputs of earlier ones, some of them in the same block."""
    rng, made, free = random.Random(seed), Made(), []
    for height in range(blocks):
        transactions = []
        for _ in range(rng.randrange(4)):
            if not free:
                break
            taken = [free.pop(rng.randrange(len(free))) for _ in range(min(len(free), rng.randrange(1, 4)))]
            script = rng.choice([PAY, LOCK, b"\x00\x14" + rng.randbytes(20), b"\x6a\x02hi", b"\x51\x02\x4e\x73"])
            raw = tx(taken, [(rng.randrange(10**8), script) for _ in range(rng.randrange(1, 4))])
            transactions.append(raw)
            free.append((txid(raw), 0))
        if rng.random() < 0.3:
            transactions.append(tx([(rng.randbytes(32).hex(), 1)], [(3, LOCK)]))  # it spends what no file holds
        made.add(*transactions)
        free.append((made.coinbase_txid(height), 0))
    return made


def plain(blocks, heights):
    """The rows of inputs and outputs, by the adapter's parser and a dict."""
    known, inputs, outputs, number = {}, [], [], 0
    for raw in blocks:
        height = heights[block_hash(raw)]
        for position, one in enumerate(parse_block(raw).transactions):
            place = {"tx": number, "height": height, "position": position, "txid": one.txid}
            for vin, entry in enumerate(one.inputs):
                minted = entry.prev_txid == NO_TXID
                spent = (None, None) if minted else (entry.prev_txid, entry.prev_vout)
                maker, value, script = known.get(spent, (None, None, None))
                row = place | {"vin": vin, "spent_txid": spent[0], "spent_vout": spent[1], "spent_tx": maker}
                inputs.append(row | {"value": value, "script": script, "sequence": entry.sequence})
            for vout, output in enumerate(one.outputs):
                outputs.append(place | {"vout": vout, "value": output.value, "script": output.script})
                known[one.txid, vout] = (number, output.value, output.script)
            number += 1
    return inputs, outputs


def same_as_plain(target, blocks, heights, chain=REGTEST):
    scripts = {row["script_id"]: row for row in table(target, "scripts")}
    assert sorted(scripts) == [*range(len(scripts))]
    for row in scripts.values():
        assert (row["type"], row["address"]) == script_address(row["script"], chain)
    for name, expected in zip(("inputs", "outputs"), plain(blocks, heights), strict=True):
        found = table(target, name)
        for row in found:
            ours = row.pop("script_id")
            row["script"] = None if ours is None else scripts[ours]["script"]
            for key in {"txid", "spent_txid"} & row.keys():
                row[key] = row[key].hex() if row[key] is not None else None
        assert found == expected
    assert {row["script"] for row in scripts.values()} == {row["script"] for row in plain(blocks, heights)[1]}


@pytest.fixture
def made(tmp_path):
    chain = long_chain()
    (tmp_path / "blk00000.dat").write_bytes(framed(chain.blocks))
    return chain


@pytest.mark.parametrize(("slice_bytes", "parts"), [(1, 1), (1000, 3), (10**9, 7)])
def test_every_row_is_as_a_plain_reader_has_it(tmp_path, made, monkeypatch, slice_bytes, parts):
    monkeypatch.setattr(plan, "PART_BYTES", -(-sum(map(len, made.blocks)) // parts))
    done = parsed(tmp_path, tmp_path / "out", slice_bytes=slice_bytes)
    same_as_plain(tmp_path / "out", made.blocks, made.heights)
    rows = tables(tmp_path / "out")
    assert {name: done.counts[name] for name in TABLES} == {name: len(rows[name]) for name in TABLES}
    unknown = [row for row in rows["inputs"] if row["spent_txid"] and row["script_id"] is None]
    assert done.counts["unknown_inputs"] == len(unknown) > 0
    assert any("stand in none of the files" in note for note in done.notes)
    assert not (tmp_path / "out" / "work").exists()
    assert len({path.name for path in (tmp_path / "out" / "scripts").iterdir()}) == parts


def test_the_shared_blocks_are_as_a_plain_reader_has_them(tmp_path, shared):
    source = shared / "data" / "bitcoin" / "blocks" / "firstblocks.blk"
    done = parsed(source, tmp_path / "out", "bitcoin", 30_000)
    blocks = shared_blocks(shared)[:590]
    same_as_plain(tmp_path / "out", blocks, {block_hash(raw): at for at, raw in enumerate(blocks)}, "bitcoin")
    assert done.counts["unknown_inputs"] == 0
    assert done.notes == ()


def test_order_obfuscation_and_stale_blocks_change_nothing(tmp_path):
    made = long_chain()
    kept, heights = [*made.blocks], dict(made.heights)
    stale = [made.add(on=block_hash(kept[30]), extra=b"\x00stale"), made.add(extra=b"\x00more")]
    shuffled = [*made.blocks]
    random.Random(1).shuffle(shuffled)
    key = bytes(range(1, 9))
    folder = tmp_path / "node" / "blocks"
    folder.mkdir(parents=True)
    (folder / "xor.dat").write_bytes(key)
    (folder / "rev00000.dat").write_bytes(b"not looked at")
    for number, part in enumerate((shuffled[:17], shuffled[17:])):
        data = framed(part) + bytes(40)
        (folder / f"blk{number:05}.dat").write_bytes(unmask(data, key, 0))
    done = parsed(tmp_path / "node", tmp_path / "out")
    same_as_plain(tmp_path / "out", kept, heights)
    rows = table(tmp_path / "out", "blocks")
    assert {row["hash"].hex() for row in rows if not row["active"]} == set(stale)
    assert [row["height"] for row in rows if row["active"]] == [*range(40)]
    assert done.counts["stale_blocks"] == 2
    assert "2 stale blocks are in the table of blocks alone" in done.notes


def test_of_a_truncated_file_everything_before_the_cut_is_kept_and_the_offset_is_named(tmp_path, made):
    data = framed(made.blocks)
    last = len(data) - len(made.blocks[-1]) - 8
    (tmp_path / "blk00000.dat").write_bytes(data[:-3])
    done = parsed(tmp_path, tmp_path / "out")
    assert any(f"blk00000.dat, offset {last}: the file ends inside" in note for note in done.notes)
    same_as_plain(tmp_path / "out", made.blocks[:-1], made.heights)


def with_witness(prev, height, seed):
    """A block whose header commits to txids, as it must where there is a witness."""
    rng = random.Random(seed)
    transactions = [coinbase(height), *(witness_tx(rng, 2, 3) for _ in range(3))]
    raw = block(prev, transactions)
    return raw[:36] + bytes.fromhex(merkle_root([parse_transaction(one).txid for one in transactions]))[::-1] + raw[68:]


def test_blocks_with_a_witness_are_held_to_their_headers_too(tmp_path):
    blocks = [with_witness("00" * 32, 0, 0)]
    blocks += [with_witness(block_hash(blocks[0]), 1, 1)]
    (tmp_path / "blk00000.dat").write_bytes(framed(blocks))
    done = parsed(tmp_path, tmp_path / "out")
    assert done.counts["damaged_blocks"] == 0
    same_as_plain(tmp_path / "out", blocks, {block_hash(raw): at for at, raw in enumerate(blocks)})


@pytest.mark.parametrize(
    ("at", "words"), [(20, "do not hash to the Merkle root"), (-4, "do not hash"), (1, "hold so many|fit|ends")]
)
def test_a_damaged_block_is_left_out_and_named_and_the_others_stay(tmp_path, made, at, words):
    spoilt = bytearray(made.blocks[7])
    place = 80 + at if at >= 0 else len(spoilt) + at
    spoilt[80 if at == 1 else place] ^= 0x40
    (tmp_path / "blk00000.dat").write_bytes(framed([*made.blocks[:7], bytes(spoilt), *made.blocks[8:]]))
    done = parsed(tmp_path, tmp_path / "out")
    assert done.counts["damaged_blocks"] == 1
    (note,) = [note for note in done.notes if "is left out" in note]
    assert block_hash(made.blocks[7]) in note
    (row,) = [row for row in table(tmp_path / "out", "blocks") if row["problem"]]
    assert row["transactions"] == 0
    assert row["height"] == 7
    assert row["problem"] in note
    assert re.search(words, note)
    same_as_plain(tmp_path / "out", [*made.blocks[:7], *made.blocks[8:]], made.heights)


def test_a_txid_that_stands_in_the_chain_twice_is_the_last_one_before_the_input(tmp_path):
    """As two coinbases that BIP-30 names: the later one replaced the earlier."""
    made = Made(version=1)
    twice = coinbase(0, extra=b"\x00twice")
    made.add(extra=b"\x00twice")
    made.heights[block_hash(made.blocks[0])] = 0
    early = tx([(txid(twice), 0)], [(1, LOCK)])
    made.add(early)
    made.blocks.append(block(block_hash(made.blocks[-1]), [twice], time=1_500_000_000))
    made.heights[block_hash(made.blocks[-1])] = 2
    late = tx([(txid(twice), 0)], [(2, LOCK)])
    made.add(late)
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    parsed(tmp_path, tmp_path / "out", slice_bytes=1)
    same_as_plain(tmp_path / "out", made.blocks, made.heights)
    spent = [row["spent_tx"] for row in table(tmp_path / "out", "inputs") if row["spent_txid"]]
    assert spent == [0, 3]


def test_an_output_that_is_not_there_or_comes_later_is_not_found(tmp_path):
    made = Made()
    made.add()
    later = tx([(made.coinbase_txid(0), 0)], [(1, PAY)])
    made.add(tx([(made.coinbase_txid(0), 1)], [(1, PAY)]), tx([(txid(later), 0)], [(1, PAY)]), later)
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    done = parsed(tmp_path, tmp_path / "out")
    spent = [(row["spent_tx"], row["value"]) for row in table(tmp_path / "out", "inputs") if row["spent_txid"]]
    assert spent == [(None, None), (None, None), (0, 50 * 10**8)]
    assert done.counts["unknown_inputs"] == 2


def test_a_value_above_21_million_coins_is_kept_and_said(tmp_path):
    made = Made()
    made.add(tx([("ab" * 32, 0)], [(2**63 - 1, PAY), (21 * 10**14, PAY), (21 * 10**14 + 1, LOCK)]))
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    done = parsed(tmp_path, tmp_path / "out")
    assert [row["value"] for row in table(tmp_path / "out", "outputs")][1:] == [2**63 - 1, 21 * 10**14, 21 * 10**14 + 1]
    assert any("2 outputs have a value above 21 million coins" in note for note in done.notes)
    assert "1 input spends an output that stands in none of the files: no value, no script" in done.notes


def test_one_value_above_21_million_coins_is_one(tmp_path):
    made = Made()
    made.add(tx([("ab" * 32, 0)], [(21 * 10**14 + 1, LOCK)]))
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    done = parsed(tmp_path, tmp_path / "out")
    assert any(note.startswith("1 output has a value above 21 million coins") for note in done.notes)


def killed_after(writes, folder, monkeypatch):
    with monkeypatch.context() as patch:
        Killer(patch, writes)
        with pytest.raises(Killed):
            parsed(folder, folder / "out", slice_bytes=3000)


class Killed(Exception):
    """What stands for a kill: nobody catches it."""


class Killer:
    """Kills the run after so many writes of whole files, in the middle of the next."""

    def __init__(self, monkeypatch, writes):
        self.left = writes
        replace = Path.replace

        def counted(path, target):
            if self.left == 0:
                raise Killed
            self.left -= 1
            return replace(path, target)

        monkeypatch.setattr(Path, "replace", counted)


@pytest.mark.usefixtures("made")
def test_a_run_that_is_killed_anywhere_goes_on_and_gives_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "PART_BYTES", 3000)
    parsed(tmp_path, tmp_path / "whole", slice_bytes=3000)
    expected = tables(tmp_path / "whole")
    kills, target = 0, tmp_path / "out"
    while not (target / parsing.MANIFEST).is_file():
        with monkeypatch.context() as patch:
            Killer(patch, 6 + kills % 5)  # a slice is read with six, and begun anew after fewer
            try:
                parsed(tmp_path, target, slice_bytes=3000)
            except Killed:
                kills += 1
                with pytest.raises(InputError, match="no finished parsing"):
                    parsing.read_manifest(target)
        assert kills < 300
    assert kills > 10
    assert tables(target) == expected
    assert not (target / "work").exists()


def test_what_a_node_appends_meanwhile_is_not_in_it(tmp_path, made, monkeypatch):
    killed_after(5, tmp_path, monkeypatch)
    kept = [*made.blocks]
    made.add()
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    parsed(tmp_path, tmp_path / "out", slice_bytes=3000)
    same_as_plain(tmp_path / "out", kept, made.heights)


def test_files_that_changed_since_a_run_began_are_refused(tmp_path, made, monkeypatch):
    killed_after(5, tmp_path, monkeypatch)
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks[::-1]))
    with pytest.raises(InputError, match="is not the one that stood there"):
        parsed(tmp_path, tmp_path / "out", slice_bytes=3000)
    (tmp_path / "blk00000.dat").unlink()
    with pytest.raises(InputError, match="cannot be read"):
        parsed(tmp_path, tmp_path / "out", slice_bytes=3000)


@pytest.mark.usefixtures("made")
def test_a_finished_folder_is_left_as_it_is_and_another_source_is_refused(tmp_path):
    first = parsed(tmp_path, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert parsed(tmp_path, tmp_path / "out") == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before
    with pytest.raises(InputError, match="what was begun for"):
        parsed(tmp_path / "blk00000.dat", tmp_path / "out")


@pytest.mark.usefixtures("made")
def test_a_folder_that_holds_something_else_is_not_written_to(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        parsed(tmp_path, tmp_path / "out")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        parsed(tmp_path, tmp_path / "file")


def test_a_second_run_into_the_same_folder_is_refused_while_the_first_works(tmp_path, made, monkeypatch):
    killed_after(5, tmp_path, monkeypatch)
    with alone(tmp_path / "out" / "work"), pytest.raises(InputError, match="another run works"):
        parsed(tmp_path, tmp_path / "out", slice_bytes=3000)
    parsed(tmp_path, tmp_path / "out", slice_bytes=3000)
    same_as_plain(tmp_path / "out", made.blocks, made.heights)


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OutputError, match="No space left on device"):
        room_for(tmp_path / "value.bin", 100)
    assert not (tmp_path / "value.bin").exists()


def test_a_file_without_a_block_is_refused(tmp_path):
    (tmp_path / "blk00000.dat").write_bytes(b"\xfa\xbf\xb5\xda" + bytes(100))
    with pytest.raises(InputError, match="no block of the chain"):
        parsed(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
