"""What lies between two steps of the parsing: a table for every pair of a slice of the chain and a part of the keys.

One step writes a file for each slice, with a batch for each part; the next reads one part of all slices, and its memory
is that of one part. Arrow's own file format, so that a batch is read where it lies.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chaintrace.bulk.block_bytes import I64
from chaintrace.bulk.whole_files import whole


def write_row(path: Path, table: Any, column: I64, columns: int) -> None:  # noqa: ANN401  # a RecordBatch
    """Write the rows of a record batch to a file of `columns` batches: row i into batch `column[i]`, order kept."""
    order = np.argsort(column, kind="stable")
    ends = np.cumsum(np.bincount(column, minlength=columns))
    sorted_rows = table.take(pa.array(order))
    with whole(path) as beside, pa.OSFile(str(beside), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        begin = 0
        for end in ends.tolist():
            writer.write_batch(sorted_rows.slice(begin, end - begin))
            begin = end


def write_batches(path: Path, schema: Any, batches: Iterator[Any]) -> None:  # noqa: ANN401  # Arrow's objects
    """Write a file of these record batches."""
    with whole(path) as beside, pa.OSFile(str(beside), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def batch(path: Path, number: int) -> Any:  # noqa: ANN401  # a RecordBatch
    """One batch of a file, read where it lies; the file stays open as long as something of the batch is held."""
    return pa.ipc.open_file(pa.memory_map(str(path))).get_batch(number)


def hashes(table: np.ndarray[Any, np.dtype[np.uint8]]) -> Any:  # noqa: ANN401  # a FixedSizeBinaryArray
    """A table of bytes as a column whose cells are its rows."""
    rows, width = table.shape
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(width), rows, [None, pa.py_buffer(np.ascontiguousarray(table))]
    )
