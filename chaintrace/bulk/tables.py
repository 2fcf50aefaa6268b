"""Last step of a parsing: the tables of each slice, transactions, outputs and inputs, written as Parquet.

Values and script ids of all outputs lie beside them in two flat files while this goes on, so that an input reads what
it spends by the number of the output. The system keeps in memory what there is room for, and gives it up when asked.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chaintrace.bulk import grid
from chaintrace.bulk.block_bytes import I64, U32
from chaintrace.bulk.interning import ids_of_slice
from chaintrace.bulk.parquet_files import SUMMED
from chaintrace.bulk.plan import Plan
from chaintrace.bulk.reading import Count, folder_of
from chaintrace.bulk.spending import found_of_slice
from chaintrace.bulk.whole_files import room_for, whole

_PLACE = [("tx", pa.uint32()), ("height", pa.int32()), ("position", pa.int32()), ("txid", pa.binary(32))]
TRANSACTIONS = pa.schema(
    [
        *_PLACE,
        ("block", pa.uint32()),
        ("version", pa.int32()),
        ("locktime", pa.uint32()),
        ("coinbase", pa.bool_()),
        ("coinjoin_like", pa.bool_()),
        ("inputs", pa.int32()),
        ("outputs", pa.int32()),
    ]
)
OUTPUTS = pa.schema([*_PLACE, ("vout", pa.uint32()), ("value", pa.int64()), ("script_id", pa.uint32())])
INPUTS = pa.schema(
    [
        *_PLACE,
        ("vin", pa.uint32()),
        ("spent_txid", pa.binary(32)),
        ("spent_vout", pa.uint32()),
        ("spent_tx", pa.uint32()),
        ("value", pa.int64()),
        ("script_id", pa.uint32()),
        ("sequence", pa.uint32()),
    ]
)
NAMES = ("transactions", "outputs", "inputs")
_HASHES = {"txid", "spent_txid"}


class Outputs(NamedTuple):
    """The flat files: of every output of the chain its value and the id of its script, by its number."""

    value: I64
    script_id: U32


def table_file(target: Path, name: str, number: int) -> Path:
    """A slice's file of one of the tables."""
    return target / name / f"part-{number:06d}.parquet"


def flat_files(work: Path, outputs: int) -> Outputs:
    """The flat files, made where they are not there yet. They are filled slice by slice, each time alike."""
    size = max(outputs, 1)
    made = []
    for name, kind in (("value.bin", np.int64), ("script_id.bin", np.uint32)):
        room_for(work / name, size * np.dtype(kind).itemsize)
        made.append(np.memmap(work / name, kind, "r+", shape=(size,)))
    return Outputs(*made)


def write_slice(plan: Plan, target: Path, number: int, before: Count, flat: Outputs) -> None:
    """Write the tables of a slice, which is done when its inputs, which are written last, are there."""
    work = target / "work"
    with np.load(folder_of(work, number) / "columns.npz") as file:
        kept = {name: file[name] for name in file.files}
    ids = ids_of_slice(plan, work, number, kept["code"])
    own = slice(before.outputs, before.outputs + len(ids))
    flat.value[own], flat.script_id[own] = kept["value"], ids
    place = _places(kept, before)
    per_tx = {name: np.diff(kept[f"first_{name[:-1]}"]) for name in ("inputs", "outputs")}
    columns = {name: kept[name] for name in ("block", "version", "locktime", "coinbase", "coinjoin_like")}
    counts = {name: values.astype(np.int32) for name, values in per_tx.items()}
    _write(target, "transactions", number, TRANSACTIONS, place | columns | counts)
    vout = _numbered(kept["first_output"], per_tx["outputs"])
    own_outputs = {"vout": vout, "value": kept["value"], "script_id": ids}
    _write(target, "outputs", number, OUTPUTS, _repeated(place, per_tx["outputs"]) | own_outputs)
    output, tx = found_of_slice(plan, work, number, len(kept["sequence"]))
    nowhere = output < 0
    row = np.maximum(output, 0)
    spends = ~np.repeat(kept["coinbase"], per_tx["inputs"])
    own_inputs = {
        "vin": _numbered(kept["first_input"], per_tx["inputs"]),
        "spent_txid": np.ma.array(kept["spent_txid"], mask=np.repeat(~spends[:, None], 32, axis=1)),
        "spent_vout": np.ma.array(kept["spent_vout"], mask=~spends),
        "spent_tx": np.ma.array(np.maximum(tx, 0).astype(np.uint32), mask=nowhere),
        "value": np.ma.array(flat.value[row], mask=nowhere),
        "script_id": np.ma.array(flat.script_id[row], mask=nowhere),
        "sequence": kept["sequence"],
    }
    _write(target, "inputs", number, INPUTS, _repeated(place, per_tx["inputs"]) | own_inputs)


def _places(kept: dict[str, Any], before: Count) -> dict[str, Any]:
    """Where each transaction of a slice stands in the chain."""
    height = kept["height"]
    numbers = np.arange(len(height), dtype=np.int64) + before.transactions
    return {
        "tx": numbers.astype(np.uint32),
        "height": np.ma.array(height, mask=height < 0),
        "position": kept["position"].astype(np.int32),
        "txid": kept["txid"],
    }


def _repeated(place: dict[str, Any], counts: I64) -> dict[str, Any]:
    """The places of transactions, once for each of their inputs or outputs."""
    row = np.repeat(np.arange(len(counts)), counts)
    return {name: column[row] for name, column in place.items()}


def _numbered(first: I64, counts: I64) -> U32:
    """The number of each input or output in its transaction."""
    numbers: U32 = (np.arange(counts.sum()) - np.repeat(first[:-1], counts)).astype(np.uint32)
    return numbers


def _write(target: Path, name: str, number: int, schema: Any, columns: dict[str, Any]) -> None:  # noqa: ANN401  # a schema
    """Write one file of a table. Hashes are turned into the order in which people write them."""
    arrays = [_column(columns[field.name], field.type, turned=field.name in _HASHES) for field in schema]
    dictionaries = [field.name for field in schema if field.name not in _HASHES | {"value"}]
    with whole(table_file(target, name, number)) as beside:
        table = pa.Table.from_arrays(arrays, schema=schema)
        pq.write_table(table, beside, compression="zstd", use_dictionary=dictionaries, row_group_size=1 << 20, **SUMMED)


def _column(values: Any, kind: Any, *, turned: bool) -> Any:  # noqa: ANN401  # a plain or masked array; Arrow's type
    """A column of Arrow; what is masked becomes null."""
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    plain = np.ma.getdata(values)
    if not turned:
        return pa.array(plain, kind, mask=mask)
    column = grid.hashes(plain[:, ::-1])
    if mask is None:
        return column
    return pa.compute.if_else(pa.array(mask[:, 0]), pa.scalar(None, kind), column)
