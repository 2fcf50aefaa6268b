"""What the inputs of a parsed chain say about common control, part by part: the same for every engine that clusters.

Left out are inputs whose script is not known, and scripts that anybody can spend: two who do have nothing in common.
Those are pay-to-anchor, witness versions without meaning yet, and what is no standard form.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from chaintrace.bulk.block_bytes import I64, U32
from chaintrace.bulk.parquet_files import CHECKED, readable
from chaintrace.bulk.parsing import read_manifest
from chaintrace.errors import InputError

AGAIN = "parse the blocks again into a new folder"

SIGNED = ("p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr", "multisig")
"""Types of scripts that ask for somebody's signature, or may."""
_TXID = re.compile(r"[0-9a-f]{64}\Z")


class Batch(NamedTuple):
    """Transactions with the ids of the scripts that each spends, as `cluster_inputs` takes them."""

    offsets: I64
    ids: U32
    skip: npt.NDArray[np.bool_]
    """Whether no cluster is drawn through the transaction."""
    left_out: int
    """Inputs that are not here: no script known (coinbases too), or one that anybody can spend."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A finished parsing, open for clustering. `skipped` are the bytes of txids through which no cluster is drawn."""

    folder: Path
    skipped: frozenset[bytes] = frozenset()
    through_coinjoins: bool = False
    """Whether clusters are drawn through what is shaped like a coinjoin too."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What the parsing says of itself. Raises InputError where it is not finished."""
        return read_manifest(self.folder)

    def files(self, table: str) -> list[Path]:
        """The files of a table in order. Raises InputError where there are none."""
        found = sorted((self.folder / table).glob("part-*.parquet"))
        if not found:
            raise InputError(f"the table {table} is absent: parse the blocks again", path=self.folder)
        return found

    def batches(self) -> Iterator[Batch]:
        """The inputs of the whole chain, one batch a file. Raises InputError where the tables do not fit together."""
        signed = self._signed()
        skipped = pa.array(sorted(self.skipped), pa.binary(32))
        inputs, transactions = self.files("inputs"), self.files("transactions")
        if [path.name for path in inputs] != [path.name for path in transactions]:
            raise InputError("a file of a table is absent: parse the blocks again", path=self.folder)
        for of_inputs, of_transactions in zip(inputs, transactions, strict=True):
            own = read(of_transactions, ["tx", "txid", "coinjoin_like"])
            skip = pc.is_in(own["txid"], value_set=skipped).to_numpy()
            if not self.through_coinjoins:
                skip = skip | own["coinjoin_like"].to_numpy()
            first = own["tx"][0].as_py() if len(own) else 0
            table = read(of_inputs, ["tx", "script_id"])
            ids = table["script_id"].fill_null(0).to_numpy()
            kept = table["script_id"].is_valid().to_numpy()
            if len(ids) and ids.max() >= max(len(signed), 1):
                raise InputError("an input names a script that is in no table: parse the blocks again", path=of_inputs)
            kept = kept & signed[ids] if len(signed) else kept
            tx = table["tx"].to_numpy()[kept].astype(np.int64) - first
            begins = np.flatnonzero(np.diff(tx, prepend=-1))
            offsets = np.append(begins, len(tx)).astype(np.int64)
            yield Batch(offsets, ids[kept], skip[tx[begins]], int(len(kept) - kept.sum()))

    def _signed(self) -> npt.NDArray[np.bool_]:
        """Of each script id whether its type is one of `SIGNED`: one byte a script."""
        found = np.zeros(self.manifest["counts"]["scripts"], np.bool_)
        at = 0
        for path in self.files("scripts"):
            with readable(path, AGAIN):
                for batch in pq.ParquetFile(path, **CHECKED).iter_batches(columns=["type"]):
                    column = batch.column("type")
                    own = pc.is_in(column.cast(pa.string()), value_set=pa.array(SIGNED))
                    if at + len(own) > len(found):
                        break
                    found[at : at + len(own)] = own.to_numpy(zero_copy_only=False)
                    at += len(own)
        if at != len(found):
            raise InputError("the table scripts does not fit the manifest: parse the blocks again", path=self.folder)
        return found


def read(path: Path, columns: list[str]) -> Any:  # noqa: ANN401  # a pyarrow table
    """Some columns of a file of a table. Raises InputError."""
    with readable(path, AGAIN):
        return pq.read_table(path, columns=columns, **CHECKED)


def coinjoins_of(path: Path) -> frozenset[bytes]:
    """The txids that a CSV of `chaintrace findings` calls coinjoins of some family.

    Raises InputError for a file that is no such CSV, with the line.
    """
    found = set()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"rule", "subject"} <= set(rows.fieldnames or ()):
                raise InputError("it has no columns rule and subject: give the CSV of `chaintrace findings`", path=path)
            for row in rows:
                if not (row["rule"] or "").startswith("coinjoin_"):
                    continue
                txid = (row["subject"] or "").lower()
                if not _TXID.match(txid):
                    raise InputError(
                        "the subject of a coinjoin is no txid: give the CSV of `chaintrace findings`",
                        path=path,
                        line=rows.line_num,
                    )
                found.add(bytes.fromhex(txid))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"it cannot be read as CSV ({error}): give the CSV of `chaintrace findings`", path=path
        ) from error
    return frozenset(found)
