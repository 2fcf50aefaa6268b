"""Third step of a parsing: one part of all txids at a time, each input finds the output that it spends.

An output is known by its number in the chain. An input whose transaction is in none of the files, comes later in the
chain, or has no such output, finds none; nothing is guessed. Of a txid that stands in the chain twice, as two coinbases
do that BIP-30 names (heights 91722 and 91880, 91812 and 91842), the last one before the input is meant: to the network
the later one had replaced the earlier.
"""

from bisect import bisect_left
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chaintrace.bulk import grid
from chaintrace.bulk.block_bytes import I64
from chaintrace.bulk.plan import Plan
from chaintrace.bulk.reading import folder_of

FOUND = pa.schema([("input", pa.int32()), ("output", pa.int64()), ("tx", pa.int64())])


def found_file(work: Path, part: int) -> Path:
    """Where the answers of a part stay: a batch a slice."""
    return work / "found" / f"{part:04d}.arrow"


def find_part(plan: Plan, work: Path, part: int) -> None:
    """Find the outputs that the inputs of one part spend. The number is -1 where there is none."""
    folders = [folder_of(work, number) for number in range(plan.slices)]
    made = pa.Table.from_batches([grid.batch(folder / "made.arrow", part) for folder in folders]).combine_chunks()
    twice = _twice(made)
    batches = (_answered(grid.batch(folder / "spent.arrow", part), made, twice) for folder in folders)
    grid.write_batches(found_file(work, part), FOUND, batches)


def _answered(spent: Any, made: Any, twice: dict[bytes, list[int]]) -> Any:  # noqa: ANN401  # Arrow's objects
    """The answers to one batch: of each input the number of its output and of the transaction that made it."""
    rows = pc.index_in(spent.column("txid"), value_set=made.column("txid").combine_chunks())
    rows = rows.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    spender = spent.column("tx").to_numpy()
    for at in _among(spent, twice) if twice else ():
        rows[at] = _last_before(made, twice[spent.column("txid")[at].as_py()], int(spender[at]))
    if not len(made):
        nothing = np.full(len(rows), -1, np.int64)
        return pa.record_batch([spent.column("input"), pa.array(nothing), pa.array(nothing)], schema=FOUND)
    row = np.maximum(rows, 0)
    tx, first, outputs = (made.column(name).to_numpy()[row] for name in ("tx", "first_output", "outputs"))
    vout = spent.column("vout").to_numpy().astype(np.int64)
    known = (rows >= 0) & (tx < spender) & (vout < outputs)
    columns = [spent.column("input"), pa.array(np.where(known, first + vout, -1)), pa.array(np.where(known, tx, -1))]
    return pa.record_batch(columns, schema=FOUND)


def _twice(made: Any) -> dict[bytes, list[int]]:  # noqa: ANN401  # a Table
    """The rows of each txid that more than one transaction has, in the order of the chain."""
    txid = made.column("txid").combine_chunks()
    first = pc.index_in(txid, value_set=txid).to_numpy(zero_copy_only=False)
    again = np.flatnonzero(first != np.arange(len(first)))
    found: dict[bytes, list[int]] = {}
    for at in again.tolist():
        found.setdefault(txid[at].as_py(), [int(first[at])]).append(at)
    return found


def _among(spent: Any, twice: dict[bytes, list[int]]) -> list[int]:  # noqa: ANN401  # a RecordBatch
    """The inputs of a batch that spend from a txid that stands in the chain twice."""
    asked = pc.is_in(spent.column("txid"), value_set=pa.array(list(twice), pa.binary(32)))
    places: list[int] = np.flatnonzero(asked.to_numpy(zero_copy_only=False)).tolist()
    return places


def _last_before(made: Any, rows: list[int], spender: int) -> int:  # noqa: ANN401  # a Table
    """The row of the last of these transactions before the spender; the first one where none is."""
    numbers: I64 = made.column("tx").to_numpy()[rows]
    return rows[max(0, bisect_left(numbers.tolist(), spender) - 1)]


def found_of_slice(plan: Plan, work: Path, number: int, inputs: int) -> tuple[I64, I64]:
    """Of each input of a slice the number of the output that it spends and of its transaction, -1 for none."""
    output, tx = np.full(inputs, -1, np.int64), np.full(inputs, -1, np.int64)
    for part in range(plan.parts):
        batch = grid.batch(found_file(work, part), number)
        at = batch.column("input").to_numpy()
        output[at], tx[at] = batch.column("output").to_numpy(), batch.column("tx").to_numpy()
    return output, tx
