"""A Parquet of transfers: one chain, checked, in chain order. What is written here is what `bulk trace` reads.

Columns: `row` (its number, from 0), `chain, txid, index` (M1), `height` (null in all rows or in none), `time` (Unix
seconds, UTC), `asset` (its identity: a contract, empty for the native one), `decimals`, `from`, `to` (empty for a mint
and a burn), `value` in base units: int64 where every value fits, else decimal text. The rows are in chain order (M2).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from chaintrace.bulk import parquet_files
from chaintrace.bulk.compiled import need_bulk
from chaintrace.bulk.whole_files import whole
from chaintrace.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

MARK = b"chaintrace.transfers"
"""The key of the file's metadata that says who wrote it and what it holds, as JSON."""

COLUMNS = ("chain", "txid", "index", "height", "time", "asset", "decimals", "from", "to", "value")
"""The columns of a Parquet of transfers: those of a transfers file."""

NUMBER = "row"
"""The column before them: the number of each row, from 0. It takes next to no room, and says that nobody has sorted."""

GROUP = 2**18
"""Rows of a row group: what is looked up by row is read a group at a time."""

_AGAIN = "write it again with `chaintrace bulk transfers`"

Rows: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]


class TransferRow(NamedTuple):
    """One transfer with its row in the file, from 0. `asset` is the contract; sender or receiver may be `""`."""

    row: int
    txid: str
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    height: int | None
    time: int
    asset: str
    decimals: int | None
    sender: str
    receiver: str
    value: int


@dataclass(frozen=True, slots=True)
class About:
    """What a file holds: its chain, the ranks of its first and last block, the last one's height and time.

    `decimals` are those of every asset, by contract (None: not known).
    """

    chain: str
    rows: int
    start: int
    end: int
    height: int | None
    time: int
    decimals: Mapping[str, int | None]


class TransferTable:
    """An opened Parquet of transfers."""

    def __init__(self, path: Path) -> None:
        """Raises InputError for what is no Parquet, or none as `bulk transfers` wrote it."""
        need_bulk()
        self.path = path
        self._file = opened(path)
        told = (self._file.schema_arrow.metadata or {}).get(MARK)
        try:
            about = None if told is None else About(**json.loads(told))
        except (ValueError, TypeError):
            about = None
        if about is None or not self._is_as_written(about):
            raise InputError(
                "these transfers were not checked and put in chain order, or were changed since: run `chaintrace bulk "
                "transfers` first",
                path=path,
            )
        self.about = about

    def _is_as_written(self, about: About) -> bool:
        """Whether the file has the columns and as many rows, and each row the number under which it was written.

        Programs that filter or sort a Parquet keep its metadata, and so our word that it is checked.
        """
        if tuple(self._file.schema_arrow.names) != (NUMBER, *COLUMNS) or self._file.metadata.num_rows != about.rows:
            return False
        for first, table in self.groups([NUMBER]):
            column = table.column(NUMBER)
            numbers = np.empty(0, np.int64) if column.null_count else column.to_numpy()
            if not np.array_equal(numbers, np.arange(first, first + table.num_rows)):
                return False
        return True

    def columns(self, names: Sequence[str], coded: Sequence[str] = ()) -> "pa.Table":
        """Some columns, whole; those of `coded` as codes of a dictionary a chunk."""
        import pyarrow.parquet as pq

        with parquet_files.readable(self.path, _AGAIN):
            return pq.read_table(
                self.path,
                columns=list(names),
                read_dictionary=list(coded),
                memory_map=True,
                **parquet_files.CHECKED,
            )

    def groups(self, names: Sequence[str]) -> Iterator[tuple[int, "pa.Table"]]:
        """Some columns, a row group at a time, each with its first row."""
        first = 0
        for number in range(self._file.num_row_groups):
            table = self._group(number, names)
            yield first, table
            first += table.num_rows

    def _group(self, number: int, names: Sequence[str]) -> "pa.Table":
        """Some columns of a row group."""
        with parquet_files.readable(self.path, _AGAIN):
            return self._file.read_row_group(number, columns=list(names))

    def rows_of(self, txids: Collection[str]) -> list[TransferRow]:
        """Every transfer of some transactions, in chain order."""
        import pyarrow as pa
        import pyarrow.compute as pc

        wanted = pa.array(sorted(txids), pa.string())
        found: list[Rows] = []
        for first, table in self.groups(["txid"]):
            places = pc.indices_nonzero(pc.is_in(table.column("txid"), value_set=wanted))
            found.append(places.to_numpy().astype(np.int64) + first)
        return list(self.rows(np.concatenate(found) if found else np.empty(0, np.int64)))

    def at(self, rows: Rows, names: Sequence[str]) -> "pa.Table":
        """Some columns of the rows with these numbers, which ascend; a number may stand there more than once."""
        import pyarrow as pa

        parts, first = [], 0
        for number in range(self._file.num_row_groups):
            count = self._file.metadata.row_group(number).num_rows
            low, high = np.searchsorted(rows, (first, first + count))
            if low < high:
                table = self._group(number, names)
                parts.append(table.take(pa.array(rows[low:high] - first)))
            first += count
        if parts:
            return pa.concat_tables(parts)
        return self._file.schema_arrow.empty_table().select(list(names))

    def rows(self, rows: Rows | None = None) -> Iterator[TransferRow]:
        """The transfers with these numbers, or all, one by one."""
        names = COLUMNS[1:]
        tables = self.groups(names) if rows is None else [(0, self.at(rows, names))]
        for first, table in tables:
            numbers = range(first, first + table.num_rows) if rows is None else rows.tolist()
            columns = [table.column(name).to_pylist() for name in names[:-1]]
            values = map(int, table.column(names[-1]).to_pylist())
            yield from map(TransferRow._make, zip(numbers, *columns, values, strict=True))


def opened(path: Path) -> Any:  # noqa: ANN401  # pyarrow says nothing of types
    """The Parquet file. Raises InputError."""
    return parquet_files.opened(path, "one, or a CSV of transfers", _AGAIN)


def write(path: Path, rows: Iterable[TransferRow], about: About, *, wide: bool) -> None:
    """Write transfers in chain order; `wide` where a value is 2^63 or more. Raises OutputError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {NUMBER: pa.int64(), "height": pa.int64(), "time": pa.int64(), "decimals": pa.int16()}
    kinds["value"] = pa.string() if wide else pa.int64()
    schema = pa.schema(
        [(name, kinds.get(name, pa.string())) for name in (NUMBER, *COLUMNS)],
        metadata={MARK: json.dumps(asdict(about)).encode()},
    )
    stream = iter(rows)
    with (
        whole(path) as scratch,
        pq.ParquetWriter(
            scratch,
            schema,
            use_dictionary=["chain", "index", "asset", "from", "to", "height", "decimals"],
            dictionary_pagesize_limit=2**27,  # the addresses stay coded, however many they are
            column_encoding={NUMBER: "DELTA_BINARY_PACKED"},
            **parquet_files.SUMMED,
        ) as writer,
    ):
        while part := list(islice(stream, GROUP)):
            cells = list(zip(*part, strict=True))
            cells[-1] = tuple(map(str, cells[-1])) if wide else cells[-1]
            columns = (cells[0], [about.chain] * len(part), *cells[1:])
            arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
