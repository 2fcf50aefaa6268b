"""Clusters of a parsed chain: common input over all batches, and the table of which script stands in which cluster."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chaintrace.bulk.block_bytes import U32
from chaintrace.bulk.clusters import Unions
from chaintrace.bulk.inputs import AGAIN, Chain
from chaintrace.bulk.parquet_files import CHECKED, SUMMED, readable
from chaintrace.bulk.parsing import Progress
from chaintrace.bulk.whole_files import whole
from chaintrace.errors import InputError

CLUSTERS = pa.schema(
    [
        ("script_id", pa.uint32()),
        ("cluster", pa.uint32()),
        ("type", pa.dictionary(pa.int8(), pa.string())),
        ("address", pa.string()),
    ]
)
CHAIN = b"chaintrace.chain"
"""The key under which the file says of which chain it is."""
_ROWS = 1 << 20


@dataclass(frozen=True, slots=True)
class Clustered:
    """What a clustering came to."""

    scripts: int
    clusters: int
    transactions: int
    """Transactions that spend a known script that somebody signs for."""
    skipped: int
    """Of these, with more than one input, those through which no cluster was drawn: coinjoins, by shape or by name."""
    left_out: int
    """Inputs that were not used: coinbases, scripts that are not known, scripts that anybody can spend."""


def local_labels(chain: Chain, progress: Progress) -> tuple[U32, Clustered]:
    """The labels of all scripts, by the union-find in memory: five bytes a script, and one batch."""
    manifest, number = chain.manifest, len(chain.files("inputs"))
    unions = Unions(manifest["counts"]["scripts"])
    transactions = skipped = left_out = 0
    for at, batch in enumerate(chain.batches()):
        progress("uniting", at, number)
        unions.add(batch.offsets, batch.ids, batch.skip)
        transactions += len(batch.skip)
        skipped += int((batch.skip & (np.diff(batch.offsets) > 1)).sum())
        left_out += batch.left_out
    labels = unions.labels()
    return labels, Clustered(len(labels), count(labels), transactions, skipped, left_out)


def count(labels: U32) -> int:
    """How many clusters there are: the ids that are their own label. Raises InputError for labels of something else."""
    found = 0
    for begin in range(0, len(labels), _ROWS):
        part = labels[begin : begin + _ROWS]
        own = np.arange(begin, begin + len(part), dtype=np.int64)
        if (part > own).any():
            raise InputError("a label is larger than an id that bears it: these are no least members")
        found += int((part == own).sum())
    return found


def write(chain: Chain, labels: U32, target: Path, progress: Progress) -> None:
    """Write the table of clusters to the file `target`: one row a script, in the order of the ids."""
    if target.is_dir():
        raise InputError("it is a folder: name a file for the clusters", path=target)
    schema = CLUSTERS.with_metadata({CHAIN: chain.manifest["chain"].encode()})
    with whole(target) as beside, pq.ParquetWriter(beside, schema, compression="zstd", **SUMMED) as writer:
        at = 0
        for rows in _scripts(chain):
            progress("writing clusters", at, len(labels))
            own = pa.array(labels[at : at + len(rows)])
            columns = [rows.column("script_id"), own, rows.column("type"), rows.column("address")]
            writer.write_table(pa.table(columns, schema=schema))
            at += len(rows)


def _scripts(chain: Chain) -> Iterator[Any]:
    """The rows of the table of scripts in the order of their ids."""
    for path in chain.files("scripts"):
        with readable(path, AGAIN):
            yield from pq.ParquetFile(path, **CHECKED).iter_batches(_ROWS, columns=["script_id", "type", "address"])
