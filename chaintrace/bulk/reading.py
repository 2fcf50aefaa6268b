"""First step of a parsing: each slice of the chain to columns, its scripts and outpoints sorted into parts.

Of a slice stay, in a folder of its own that is whole or not there: `columns.npz`, and three rows of the grid, `scripts`
(its distinct scripts), `made` (its transactions by txid) and `spent` (the outpoints that its inputs name).
"""

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from chaintrace.bulk import grid
from chaintrace.bulk.block_bytes import I32, I64, U8, Columns, gather
from chaintrace.bulk.compiled import compiled
from chaintrace.bulk.digests import spread
from chaintrace.bulk.plan import Plan
from chaintrace.bulk.shapes import coinjoin_like
from chaintrace.bulk.slice_bytes import Slice, checked, coinbases, load
from chaintrace.bulk.whole_files import whole
from chaintrace.errors import InputError

MOST_VALUE = 21_000_000 * 100_000_000
"""Satoshi. No more can ever exist on Bitcoin (`MAX_MONEY` in Bitcoin Core `consensus/amount.h`)."""
LARGEST = 2**32
"""Transactions and scripts are numbered by uint32."""


class Count(NamedTuple):
    """How many transactions, inputs and outputs stand before a place in the chain."""

    transactions: int = 0
    inputs: int = 0
    outputs: int = 0


class Said(NamedTuple):
    """What is known of a slice that was read: its counts, and of each block its transactions and what is wrong."""

    rows: Count
    transactions: list[int]
    problems: list[str]
    coinbases: int
    """Transactions that are a coinbase."""
    too_large: int
    """Outputs of more than `MOST_VALUE`."""


def folder_of(work: Path, number: int) -> Path:
    """Where what was read of a slice stays."""
    return work / "read" / f"{number:06d}"


def said(work: Path, number: int) -> Said | None:
    """What was read of a slice, or None where it was not yet read to its end."""
    path = folder_of(work, number) / "said.json"
    if not path.is_file():
        return None
    values = json.loads(path.read_text("utf-8"))
    return Said(Count(*values.pop("rows")), **values)


def read_slice(plan: Plan, work: Path, number: int, before: Count) -> Said:
    """Read a slice and keep what stands in it; `before` is what stands before it in the chain.

    Raises InputError when files have changed, or when the chain has more transactions than can be numbered.
    """
    blocks = plan.slice_blocks(number)
    found = checked(*load(blocks))
    columns = found.found
    count = Count(len(columns.start), len(columns.input_at), len(columns.value))
    if before.transactions + count.transactions > LARGEST:
        raise InputError(f"these files hold more than {LARGEST} transactions, which are numbered by uint32: give fewer")
    target = folder_of(work, number)
    beside = target.with_name(f"{target.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    codes = _write_scripts(beside, plan.parts, found)
    _write_made(beside, plan.parts, found, before)
    per_block = np.diff(columns.first_tx)
    heights = np.array([-1 if block["height"] is None else block["height"] for block in blocks], np.int32)
    numbers = np.array([block["block"] for block in blocks], np.uint32)
    kept: dict[str, np.ndarray[Any, Any]] = {
        **{name: getattr(columns, name) for name in ("first_input", "first_output", "sequence", "value")},
        "txid": found.txid,
        "coinbase": coinbases(found.data, columns),
        "coinjoin_like": coinjoin_like(columns.value, columns.first_output, columns.first_input),
        "version": gather(found.data, columns.start, 4).view("<i4").ravel(),
        "locktime": gather(found.data, columns.end - 4, 4).view("<u4").ravel(),
        "height": np.repeat(heights, per_block),
        "block": np.repeat(numbers, per_block),
        "position": np.arange(len(columns.start)) - np.repeat(columns.first_tx[:-1], per_block),
        "code": codes,
    }
    kept |= _write_spent(beside, plan.parts, found, before, kept["coinbase"])
    with whole(beside / "columns.npz") as path, path.open("wb") as file:
        np.savez(file, allow_pickle=False, **kept)
    coinbase, large = int(kept["coinbase"].sum()), int((columns.value > MOST_VALUE).sum())
    done = Said(count, per_block.tolist(), list(found.problems), coinbase, large)
    with whole(beside / "said.json") as path:
        path.write_text(json.dumps(done._asdict()), "utf-8")
    beside.replace(target)
    return done


def _write_scripts(folder: Path, parts: int, found: Slice) -> I32:
    """The distinct scripts of the slice into the grid, by their bytes; of each output the code of its script."""
    columns = found.found
    coded = packed(found.data, columns).dictionary_encode()
    scripts = coded.dictionary
    offsets, letters = buffers(scripts)
    table = pa.record_batch({"script": scripts, "code": pa.array(np.arange(len(scripts), dtype=np.int32))})
    grid.write_row(folder / "scripts.arrow", table, _spread_texts(letters, offsets, parts), parts)
    codes: I32 = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes


def packed(data: U8, columns: Columns) -> Any:  # noqa: ANN401  # a LargeBinaryArray
    """The output scripts as one Arrow column."""
    offsets = np.zeros(len(columns.script_size) + 1, np.int64)
    np.cumsum(columns.script_size, out=offsets[1:])
    letters = _pack(data, columns.script_at, offsets)
    size = len(columns.script_size)
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), size, [None, pa.py_buffer(offsets), pa.py_buffer(letters)]
    )


def buffers(scripts: Any) -> tuple[I64, U8]:  # noqa: ANN401  # a LargeBinaryArray
    """Offsets and bytes of an Arrow column of large binaries."""
    _, offsets, letters = scripts.buffers()
    begin = scripts.offset
    places = np.frombuffer(offsets, np.int64)[begin : begin + len(scripts) + 1] if offsets else np.zeros(1, np.int64)
    return places, np.frombuffer(letters, np.uint8) if letters else np.empty(0, np.uint8)


def _write_made(folder: Path, parts: int, found: Slice, before: Count) -> None:
    """The transactions of the slice into the grid, by txid, each with its number and that of its first output."""
    columns = found.found
    first = columns.first_output[:-1] + before.outputs
    numbers = np.arange(len(first), dtype=np.int64) + before.transactions
    outputs = np.diff(columns.first_output)
    table = pa.record_batch(
        {
            "txid": grid.hashes(found.txid),
            "tx": pa.array(numbers),
            "first_output": pa.array(first),
            "outputs": pa.array(outputs),
        }
    )
    grid.write_row(folder / "made.arrow", table, spread(found.txid, parts), parts)


def _write_spent(
    folder: Path, parts: int, found: Slice, before: Count, coinbase: np.ndarray[Any, np.dtype[np.bool_]]
) -> dict[str, np.ndarray[Any, Any]]:
    """The outpoints that inputs name into the grid, by txid; and both halves of each as columns, coinbases' too."""
    columns = found.found
    txid = gather(found.data, columns.input_at, 32)
    vout = gather(found.data, columns.input_at + 32, 4).view("<u4").ravel()
    of_input = np.repeat(np.arange(len(columns.start), dtype=np.int64), np.diff(columns.first_input))
    spending = np.flatnonzero(~coinbase[of_input])
    table = pa.record_batch(
        {
            "txid": grid.hashes(txid[spending]),
            "vout": pa.array(vout[spending]),
            "tx": pa.array(of_input[spending] + before.transactions),
            "input": pa.array(spending.astype(np.int32)),
        }
    )
    grid.write_row(folder / "spent.arrow", table, spread(txid[spending], parts), parts)
    return {"spent_txid": txid, "spent_vout": vout}


@compiled
def _pack(data: U8, places: I64, offsets: I64) -> U8:
    """The stretches of `data` at `places` one after the other; stretch i goes to `offsets[i]`."""
    packed_bytes = np.empty(offsets[-1], np.uint8)
    for row in range(len(places)):
        at = places[row] - offsets[row]
        for to in range(offsets[row], offsets[row + 1]):
            packed_bytes[to] = data[at + to]
    return packed_bytes


@compiled
def _spread_texts(letters: U8, offsets: I64, parts: int) -> I64:
    """The part into which each text falls: by FNV-1a of its bytes, 64 bits (Fowler, Noll, Vo)."""
    found = np.empty(len(offsets) - 1, np.int64)
    for row in range(len(found)):
        number = np.uint64(0xCBF29CE484222325)
        for at in range(offsets[row], offsets[row + 1]):
            number = (number ^ np.uint64(letters[at])) * np.uint64(0x100000001B3)
        found[row] = np.int64((number >> np.uint64(33)) % np.uint64(parts))
    return found
