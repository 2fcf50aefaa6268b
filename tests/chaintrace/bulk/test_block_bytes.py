"""The columns of blocks: as the adapter's own parser and python-bitcoinlib have them, never outside of the bytes."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import numpy as np
import pytest
from bitcoin.core import CBlock
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.bitcoin.rawblock import parse_block
from chaintrace.bulk import digests
from chaintrace.bulk.block_bytes import REASONS, gather, read_blocks
from chaintrace.errors import Malformed
from tests.chaintrace.bulk.raw import columns, made_block, shared_blocks


def hex_rows(table):
    return [row.tobytes()[::-1].hex() for row in table]


def rows(data, found):
    """The columns as tuples of a transaction: txid, version, locktime, inputs, outputs."""
    txids, told = hex_rows(digests.txids(data, found)), []
    spent = hex_rows(gather(data, found.input_at, 32))
    vouts = gather(data, found.input_at + 32, 4).view("<u4").ravel().tolist()
    for at, txid in enumerate(txids):
        inputs = range(found.first_input[at], found.first_input[at + 1])
        outputs = range(found.first_output[at], found.first_output[at + 1])
        scripts = [(int(found.script_at[one]), int(found.script_size[one])) for one in outputs]
        told.append(
            (
                txid,
                int.from_bytes(data[found.start[at] : found.start[at] + 4].tobytes(), "little"),
                int.from_bytes(data[found.end[at] - 4 : found.end[at]].tobytes(), "little"),
                [(spent[one], vouts[one], int(found.sequence[one])) for one in inputs],
                [
                    (int(found.value[one]), data[begin : begin + size].tobytes())
                    for one, (begin, size) in zip(outputs, scripts, strict=True)
                ],
            )
        )
    return told


def by_adapter(raw):
    return [
        (
            one.txid,
            one.version,
            one.locktime,
            [(entry.prev_txid, entry.prev_vout, entry.sequence) for entry in one.inputs],
            [(output.value, output.script) for output in one.outputs],
        )
        for one in parse_block(raw).transactions
    ]


def by_bitcoinlib(raw):
    return [
        (
            one.GetTxid()[::-1].hex(),
            one.nVersion & 0xFFFFFFFF,
            one.nLockTime,
            [(entry.prevout.hash[::-1].hex(), entry.prevout.n, entry.nSequence) for entry in one.vin],
            [(output.nValue, bytes(output.scriptPubKey)) for output in one.vout],
        )
        for one in CBlock.deserialize(raw).vtx
    ]


def test_every_shared_block_is_read_as_both_other_parsers_read_it(shared):
    blocks = shared_blocks(shared)
    assert len(blocks) == 594
    data, found = columns(blocks)
    assert not found.refused.any()
    told = rows(data, found)
    assert told == [one for raw in blocks for one in by_adapter(raw)]
    assert told == [one for raw in blocks for one in by_bitcoinlib(raw)]
    assert hex_rows(digests.merkle_roots(digests.txids(data, found), found.first_tx)) == [
        raw[36:68][::-1].hex() for raw in blocks
    ]


@pytest.mark.parametrize("seed", range(20))
def test_made_blocks_with_and_without_witness(seed):
    raw = made_block(seed)
    data, found = columns([raw])
    assert rows(data, found) == by_adapter(raw)


def spoilt(raw, rng):
    """The block with a stretch cut off, put in or overwritten."""
    kind, at = rng.randrange(4), rng.randrange(len(raw) + 1)
    if kind == 0:
        return raw[:at]
    if kind == 1:
        return raw[:at] + rng.randbytes(rng.randrange(1, 9)) + raw[at:]
    size = rng.randrange(1, 10)
    filling = bytes([rng.choice([0, 1, 0x7F, 0xFD, 0xFE, 0xFF])]) * size if kind == 2 else rng.randbytes(size)
    return raw[:at] + filling + raw[at + size :]


@given(st.integers(0, 2**32))
def test_of_damaged_blocks_both_parsers_take_the_same(seed):
    """A block is refused by both or by none, and one that is refused takes nothing of its neighbours."""
    rng = random.Random(seed)
    blocks = [spoilt(made_block(rng.randrange(30)), rng) if rng.random() < 0.8 else made_block(7) for _ in range(6)]
    data, found = columns(blocks)
    expected = []
    for at, raw in enumerate(blocks):
        try:
            whole = by_adapter(raw)
        except Malformed:
            assert found.refused[at], raw.hex()
            assert REASONS[found.refused[at]]
            continue
        assert not found.refused[at], REASONS[found.refused[at]]
        expected += whole
    assert rows(data, found) == expected


CHECKED = """
import random, sys
import numpy as np
from chaintrace.bulk import digests, slice_bytes
from chaintrace.bulk.address_text import address_texts
from tests.chaintrace.bulk.raw import columns, made_block
from tests.chaintrace.bulk.test_block_bytes import spoilt

data, found = columns([made_block(3)])
try:
    from chaintrace.bulk.block_bytes import gather
    gather(data, np.array([len(data) - 1]), 32)
except IndexError:
    pass
else:
    raise SystemExit("the compiler does not check bounds here")
rng, refused = random.Random(1), 0
for _ in range(int(sys.argv[1])):
    data, found = columns([spoilt(made_block(rng.randrange(30)), rng) for _ in range(4)])
    refused += int((found.refused > 0).sum())
    digests.txids(data, found)
    address_texts(data, found.script_at, found.script_size, "bitcoin")
print(refused)
"""


def checked(root, tmp_path, rounds: int) -> int:
    """How many blocks were refused."""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(root)}
    return int(ran(CHECKED, rounds, environment, root))


def ran(code: str, rounds: int, environment: dict[str, str], root) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, str(rounds)],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout


@pytest.mark.slow
def test_no_index_is_ever_out_of_bounds_where_the_compiler_checks_them(root, tmp_path):
    """The same damage, by code that numba compiled with a check before each index: one outside would raise."""
    assert checked(root, tmp_path, 3000) > 1000


@pytest.mark.soak
def test_no_index_is_ever_out_of_bounds_for_minutes(root, tmp_path):
    assert checked(root, tmp_path, 50_000) > 15_000


WALLED = """
import ctypes, mmap, os, random, signal, sys
import numpy as np
from chaintrace.bulk import digests
from chaintrace.bulk.address_text import address_texts
from chaintrace.bulk.block_bytes import read_blocks
from tests.chaintrace.bulk.raw import made_block
from tests.chaintrace.bulk.test_block_bytes import largest_numbers, spoilt

PAGE, PAGES = mmap.PAGESIZE, 64
area = mmap.mmap(-1, (PAGES + 2) * PAGE)
whole = np.frombuffer(area, np.uint8)
for wall in (0, PAGES + 1):
    if ctypes.CDLL(None).mprotect(ctypes.c_void_p(whole.ctypes.data + wall * PAGE), PAGE, 0):
        raise SystemExit("memory cannot be walled in here")
child = os.fork()
if child == 0:
    os._exit(int(whole[(PAGES + 1) * PAGE]) & 0)
if os.waitpid(child, 0)[1] != signal.SIGSEGV:
    raise SystemExit("the wall can be read through")
rng, refused = random.Random(2), 0
for round in range(int(sys.argv[1])):
    blocks = [rng.choice([spoilt, largest_numbers])(made_block(rng.randrange(30)), rng) for _ in range(3)]
    raw, ends = b"".join(blocks), np.cumsum([len(one) for one in blocks])
    at = (PAGES + 1) * PAGE - len(raw) if round % 2 else PAGE
    data = whole[at : at + len(raw)]
    data[:] = np.frombuffer(raw, np.uint8)
    found = read_blocks(data, ends - np.array([len(one) for one in blocks]), ends)
    refused += int((found.refused > 0).sum())
    digests.txids(data, found)
    address_texts(data, found.script_at, found.script_size, "bitcoin")
print(refused)
"""


def largest_numbers(raw, rng):
    """The block with numbers in it that say 2^64 - 1, 2^63, 2^32 - 1 or so, written as long as they can be."""
    for _ in range(rng.randrange(1, 4)):
        at = 80 + rng.randrange(max(1, len(raw) - 80))
        number = rng.choice([2**64 - 1, 2**63, 2**63 - 1, 2**32 - 1, len(raw), len(raw) - at, rng.randrange(2**64)])
        raw = (
            raw[:at]
            + rng.choice([b"\xff" + number.to_bytes(8, "little"), b"\xfe" + number.to_bytes(8, "little")[:4]])
            + (raw[at + rng.randrange(10) :])
        )
    return raw


@pytest.mark.skipif(sys.platform != "linux", reason="memory is walled in by mprotect, and a fault seen by fork")
def test_nothing_is_read_beside_the_blocks(root):
    """Blocks that lie between two pages that nobody may touch, by the code that runs: a byte beside them is a crash."""
    assert int(ran(WALLED, 2_000, {**os.environ, "PYTHONPATH": str(root)}, root)) > 1_000


@pytest.mark.soak
@pytest.mark.skipif(sys.platform != "linux", reason="memory is walled in by mprotect, and a fault seen by fork")
def test_nothing_is_read_beside_the_blocks_for_minutes(root):
    assert int(ran(WALLED, 100_000, {**os.environ, "PYTHONPATH": str(root)}, root)) > 50_000


@given(st.integers(0, 2**32))
def test_numbers_as_large_as_can_be_are_refused_by_both_parsers(seed):
    rng = random.Random(seed)
    raw = largest_numbers(made_block(rng.randrange(30)), rng)
    data, found = columns([raw])
    try:
        expected = by_adapter(raw)
    except Malformed:
        assert found.refused[0], raw.hex()
        return
    assert rows(data, found) == expected


def test_every_cut_of_a_block_is_refused_with_the_place():
    raw = made_block(11)
    data, found = columns([raw[:size] for size in range(len(raw))])
    assert found.refused.all()
    ends = np.cumsum([*range(len(raw))])
    assert (found.refused_at[80:] <= ends[80:]).all()
    assert len(data) == ends[-1]


@pytest.mark.parametrize(("begin", "end"), [(-1, 10), (5, 4), (0, 101)])
def test_a_range_outside_of_the_buffer_is_refused(begin, end):
    with pytest.raises(ValueError, match="outside"):
        read_blocks(np.zeros(100, np.uint8), np.array([begin]), np.array([end]))


def test_without_openssl_the_hashes_are_the_same(monkeypatch):
    blocks = [made_block(seed) for seed in range(5)]
    data, found = columns(blocks)
    fast = digests.txids(data, found)
    roots = digests.merkle_roots(fast, found.first_tx)
    monkeypatch.setattr(digests, "openssl", lambda: False)
    assert (digests.txids(data, found) == fast).all()
    assert (digests.merkle_roots(fast, found.first_tx) == roots).all()
    assert roots.any(axis=1).all()
