"""Second step of a parsing: one part of all scripts at a time, each distinct script gets its id, its type and address.

Ids are dense and begin at 0: those of the first part in the order in which the scripts first appear in the chain, then
those of the next part. The same files give the same ids.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chaintrace.bulk import grid
from chaintrace.bulk.address_text import address_texts
from chaintrace.bulk.parquet_files import SUMMED
from chaintrace.bulk.plan import Plan
from chaintrace.bulk.reading import LARGEST, buffers, folder_of
from chaintrace.bulk.script_kinds import KINDS
from chaintrace.bulk.whole_files import whole
from chaintrace.errors import InputError

SCRIPTS = pa.schema(
    [
        ("script_id", pa.uint32()),
        ("type", pa.dictionary(pa.int8(), pa.string())),
        ("address", pa.string()),
        ("script", pa.binary()),
    ]
)
IDS = pa.schema([("code", pa.int32()), ("script_id", pa.uint32())])
_ROW_GROUP = 1 << 20


def ids_file(work: Path, part: int) -> Path:
    """Where the ids of a part stay: a batch a slice."""
    return work / "ids" / f"{part:04d}.arrow"


def scripts_file(target: Path, part: int) -> Path:
    """The part's file of the table of scripts."""
    return target / "scripts" / f"part-{part:04d}.parquet"


def intern_part(plan: Plan, target: Path, work: Path, part: int, first: int) -> int:
    """Give ids from `first` on to the scripts of one part; how many there are.

    Raises InputError when there are more scripts than uint32 can number.
    """
    batches = [grid.batch(folder_of(work, number) / "scripts.arrow", part) for number in range(plan.slices)]
    coded = pa.chunked_array([batch.column("script") for batch in batches], pa.large_binary()).combine_chunks()
    coded = coded.dictionary_encode() if len(coded) else pa.array([], pa.large_binary()).dictionary_encode()
    scripts = coded.dictionary
    if first + len(scripts) > LARGEST:
        raise InputError(f"these files hold more than {LARGEST} scripts, which are numbered by uint32: give fewer")
    ids = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64) + first
    _write_scripts(scripts_file(target, part), scripts, first, plan.chain)
    ends = np.cumsum([len(batch) for batch in batches])
    rows = (
        pa.record_batch([batch.column("code"), pa.array(ids[end - len(batch) : end].astype(np.uint32))], schema=IDS)
        for batch, end in zip(batches, ends.tolist(), strict=True)
    )
    grid.write_batches(ids_file(work, part), IDS, rows)
    return len(scripts)


def _write_scripts(path: Path, scripts: Any, first: int, chain: str) -> None:  # noqa: ANN401  # an Arrow column
    """The table of scripts of one part."""
    with whole(path) as beside, pq.ParquetWriter(beside, SCRIPTS, compression="zstd", **SUMMED) as writer:
        for begin in range(0, len(scripts), _ROW_GROUP):
            writer.write_table(_told(scripts.slice(begin, _ROW_GROUP), first + begin, chain))


def _told(scripts: Any, first: int, chain: str) -> Any:  # noqa: ANN401  # Arrow's objects
    """Rows of the table of scripts, with type and address."""
    offsets, letters = buffers(scripts)
    texts = address_texts(letters, offsets[:-1], np.diff(offsets).astype(np.int32), chain)
    none = np.diff(texts.offsets) == 0
    address = pa.LargeStringArray.from_buffers(
        len(scripts), pa.py_buffer(texts.offsets), pa.py_buffer(np.ascontiguousarray(texts.letters))
    )
    kind = pa.DictionaryArray.from_arrays(pa.array(texts.kinds.astype(np.int8)), pa.array(KINDS))
    ids = np.arange(first, first + len(scripts), dtype=np.int64).astype(np.uint32)
    columns = [
        pa.array(ids),
        kind,
        pa.compute.if_else(pa.array(none), pa.scalar(None, pa.large_string()), address).cast(pa.string()),
        scripts.cast(pa.binary()),
    ]
    return pa.table(columns, schema=SCRIPTS)


def interned(work: Path, part: int, target: Path) -> int | None:
    """How many scripts of a part have their ids, or None where they have not yet."""
    if not ids_file(work, part).is_file() or not scripts_file(target, part).is_file():
        return None
    return int(pq.read_metadata(scripts_file(target, part)).num_rows)


def ids_of_slice(plan: Plan, work: Path, number: int, codes: np.ndarray[Any, np.dtype[np.int32]]) -> Any:  # noqa: ANN401  # a column
    """Of each output of a slice the id of its script, by the codes that the slice gave."""
    batches = [grid.batch(ids_file(work, part), number) for part in range(plan.parts)]
    table = np.zeros(sum(len(batch) for batch in batches), np.uint32)
    for batch in batches:
        table[batch.column("code").to_numpy()] = batch.column("script_id").to_numpy()
    return table[codes]
