"""What a parsing is going to read: the blocks of the chain in order, cut into slices, and into how many parts keys go.

The plan is written before anything else and is the same for every run that goes on with it: what a node appends to its
files meanwhile is not in it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chaintrace.bulk.whole_files import whole
from chaintrace.errors import InputError

FORMAT = 1
PLAN = "plan.json"
"""The file that says that a plan is whole."""
SLICE_BYTES = 128 * 1024 * 1024
PART_BYTES = 512 * 1024 * 1024
MOST_PARTS = 256

BLOCKS = pa.schema(
    [
        ("block", pa.uint32()),
        ("hash", pa.binary(32)),
        ("height", pa.int32()),
        ("time", pa.uint32()),
        ("active", pa.bool_()),
        ("file", pa.dictionary(pa.int32(), pa.string())),
        ("key", pa.binary()),
        ("offset", pa.int64()),
        ("size", pa.int32()),
        ("slice", pa.int32()),
    ]
)


class Located(NamedTuple):
    """A block that stands in a file: whole, its header read, its transactions not yet."""

    path: str
    key: bytes
    """What every byte is obfuscated with, by its place in the file; empty for nothing."""
    offset: int
    size: int
    hash: bytes
    """As people write it: the last byte of the wire first."""
    height: int | None
    time: int
    """Unix seconds (UTC), as the miner wrote it."""
    active: bool
    """Whether it is in the chain with most work."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The blocks, those of the chain first and in its order; stale ones have no slice."""

    chain: str
    source: str
    """The file or folder that was given, as an absolute path; or the node, by its url."""
    parts: int
    slices: int
    blocks: Any
    """A pyarrow table with the columns `BLOCKS`."""
    notes: tuple[str, ...]
    """What is wrong with the files, and what was assumed of the chain."""

    def slice_blocks(self, number: int) -> list[dict[str, Any]]:
        """The blocks of one slice, as rows."""
        column = self.blocks.column("slice").to_numpy(zero_copy_only=False)
        begin, end = np.searchsorted(np.nan_to_num(column, nan=self.slices), [number, number + 1])
        rows: list[dict[str, Any]] = self.blocks.slice(begin, end - begin).to_pylist()
        return rows


def make(
    chain: str, source: str, located: Iterable[Located], notes: Sequence[str], slice_bytes: int = SLICE_BYTES
) -> Plan:
    """The plan for these blocks, which come in the order of the chain, stale ones wherever they like.

    Raises InputError when no block is in the chain.
    """
    blocks = sorted(located, key=lambda block: not block.active)
    numbers = [*_slices([block.size for block in blocks if block.active], slice_bytes)]
    if not numbers:
        raise InputError("no block of the chain is in these files: give blk*.dat files", path=source)
    columns = {
        "block": range(len(blocks)),
        "slice": numbers + [None] * (len(blocks) - len(numbers)),
        "file": [block.path for block in blocks],
        **{name: [getattr(block, name) for block in blocks] for name in Located._fields if name != "path"},
    }
    arrays = [_column(columns[field.name], field.type) for field in BLOCKS]
    total = sum(block.size for block in blocks if block.active)
    parts = max(1, min(MOST_PARTS, -(-total // PART_BYTES)))
    table = pa.Table.from_arrays(arrays, schema=BLOCKS)
    return Plan(chain, source, parts, numbers[-1] + 1, table, tuple(notes))


def _column(values: Any, kind: Any) -> Any:  # noqa: ANN401  # Arrow's types
    """A column of this type; of texts that repeat, a dictionary."""
    if pa.types.is_dictionary(kind):
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values, kind)


def _slices(sizes: Iterable[int], slice_bytes: int) -> Iterator[int]:
    """The slice of each block: a new one begins where the last would grow beyond its size."""
    number, held = 0, 0
    for size in sizes:
        if held and held + size > slice_bytes:
            number, held = number + 1, 0
        held += size
        yield number


def write(plan: Plan, folder: Path) -> None:
    """Write the plan; it holds from the moment at which its last file is whole."""
    with whole(folder / "plan-blocks.parquet") as beside:
        pq.write_table(plan.blocks, beside)
    said = {
        "format": FORMAT,
        "chain": plan.chain,
        "source": plan.source,
        "parts": plan.parts,
        "slices": plan.slices,
        "notes": plan.notes,
    }
    with whole(folder / PLAN) as beside:
        beside.write_text(json.dumps(said, indent=1), "utf-8")


def read(folder: Path) -> Plan | None:
    """The plan in this folder, None where there is no whole one. Raises InputError for one of another version."""
    if not (folder / PLAN).is_file():
        return None
    said = json.loads((folder / PLAN).read_text("utf-8"))
    if said.get("format") != FORMAT:
        raise InputError("another version of chaintrace began here: remove this folder and run again", path=folder)
    blocks = pq.read_table(folder / "plan-blocks.parquet")
    return Plan(said["chain"], said["source"], said["parts"], said["slices"], blocks, tuple(said["notes"]))
