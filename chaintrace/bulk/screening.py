"""Which of many addresses stand in which cluster: two passes over the table of clusters, whatever its size.

Memory is that of the addresses that are asked for. An address that no script of the chain has is said to be unknown;
text that is no address of the chain is said to be none, with the reason.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chaintrace.addresses.bitcoin import normalise
from chaintrace.addresses.families import BITCOIN
from chaintrace.bulk.clustering import CHAIN, CLUSTERS
from chaintrace.bulk.parquet_files import opened, readable
from chaintrace.bulk.parsing import Progress
from chaintrace.errors import InputError

HEADER = ("address", "status", "type", "script_id", "cluster", "cluster_scripts", "cluster_asked", "note")
KNOWN, UNKNOWN, INVALID = "known", "unknown", "invalid"
_ROWS = 1 << 20


class Hit(NamedTuple):
    """A script of the chain that has an address that was asked for."""

    script_id: int
    cluster: int
    type: str


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer to a list of addresses. Two scripts may have one address: a bare key is shown under its P2PKH form."""

    asked: tuple[tuple[str, str, str], ...]
    """Per line that was asked, once each: the text, its normal form (or ""), why it is no address (or "")."""
    hits: dict[str, list[Hit]]
    """By normal form."""
    scripts: dict[int, int] = field(default_factory=dict)
    """By cluster, how many scripts it has."""

    def rows(self) -> Iterator[tuple[str | int, ...]]:
        """The rows of the CSV, in the order in which the addresses were asked for."""
        together: dict[int, set[str]] = {}
        for address, hits in self.hits.items():
            for hit in hits:
                together.setdefault(hit.cluster, set()).add(address)
        for text, address, reason in self.asked:
            if reason:
                yield text, INVALID, "", "", "", "", "", reason
                continue
            for hit in self.hits.get(address, ()):
                sizes = self.scripts[hit.cluster], len(together[hit.cluster])
                yield text, KNOWN, hit.type, hit.script_id, hit.cluster, *sizes, ""
            if address not in self.hits:
                yield text, UNKNOWN, "", "", "", "", "", "no output of the parsed blocks pays to it"

    def counts(self) -> dict[str, int]:
        """How many of the texts are known, unknown and invalid."""
        invalid = sum(bool(reason) for _, _, reason in self.asked)
        known = sum(address in self.hits for _, address, reason in self.asked if not reason)
        return {KNOWN: known, UNKNOWN: len(self.asked) - invalid - known, INVALID: invalid}


_AGAIN = "run `chaintrace bulk cluster` again"


def screen(clusters: Path, addresses: Path, progress: Progress) -> Screening:
    """Look the addresses of a file (one a line, or the first column of a CSV) up in a table of clusters.

    Raises InputError for a file that is no table of clusters, and for one without addresses.
    """
    file, chain = _opened(clusters)
    asked = tuple(_asked(addresses, chain))
    if not asked:
        raise InputError("no address is in it: write one a line", path=addresses)
    with readable(clusters, _AGAIN):
        found = Screening(asked, _hits(file, sorted({form for _, form, reason in asked if not reason}), progress))
        wanted = np.array(sorted({hit.cluster for hits in found.hits.values() for hit in hits}), np.uint32)
        sizes = np.zeros(len(wanted), np.int64)
        for number, batch in enumerate(file.iter_batches(_ROWS, columns=["cluster"])):
            progress("counting members", number, -(-file.metadata.num_rows // _ROWS))
            rows = pc.index_in(batch.column("cluster"), value_set=pa.array(wanted)).drop_null().to_numpy()
            sizes += np.bincount(rows, minlength=len(wanted))
        found.scripts.update(zip(wanted.tolist(), sizes.tolist(), strict=True))
    return found


def _opened(path: Path) -> tuple[Any, str]:
    """The table of clusters and its chain. Raises InputError for anything else."""
    file = opened(path, "what `chaintrace bulk cluster` wrote", _AGAIN)
    chain = (file.schema_arrow.metadata or {}).get(CHAIN, b"").decode("utf-8", "replace")
    if file.schema_arrow.names != CLUSTERS.names or chain not in BITCOIN:
        raise InputError("it is no table of clusters: give what `chaintrace bulk cluster` wrote", path=path)
    return file, chain


def _asked(path: Path, chain: str) -> Iterator[tuple[str, str, str]]:
    """The texts of the file, each once, with its normal form or the reason why it is no address of the chain."""
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                text = row[0].strip() if row else ""
                if not text or text in seen or (not seen and text.lower() == "address"):
                    continue
                seen.add(text)
                try:
                    yield text, normalise(text, chain), ""
                except ValueError as error:
                    yield text, "", str(error)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"it cannot be read as text ({error}): give a file with one address a line", path=path
        ) from error


def _hits(file: Any, asked: list[str], progress: Progress) -> dict[str, list[Hit]]:  # noqa: ANN401  # a ParquetFile
    """The scripts that have one of these addresses."""
    found: dict[str, list[Hit]] = {}
    value_set = pa.array(asked, pa.string())
    for number, batch in enumerate(file.iter_batches(_ROWS)):
        progress("looking addresses up", number, -(-file.metadata.num_rows // _ROWS))
        rows = batch.filter(pc.is_in(batch.column("address"), value_set=value_set, skip_nulls=True))
        cells = (rows.column(name).to_pylist() for name in ("address", "script_id", "cluster", "type"))
        for address, *hit in zip(*cells, strict=True):
            found.setdefault(address, []).append(Hit(*hit))
    return found
