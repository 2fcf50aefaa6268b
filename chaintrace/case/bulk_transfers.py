"""From a file of transfers to the Parquet that `bulk trace` reads: checked as a case checks it, in chain order.

A Parquet from elsewhere is read as the CSV that it would be. What a case refuses is refused here, with the same words.
Memory is bounded: the rows are sorted on the disk, where there must be room for them.
"""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import check_unchanged
from chaintrace.adapters.rows import COLUMNS, Row
from chaintrace.adapters.transfers_csv import Ledger
from chaintrace.addresses import family
from chaintrace.bulk.lots_openings import LARGEST
from chaintrace.bulk.trace_table import MARK, About, TransferRow, opened, write
from chaintrace.case.bulk_sorting import sorted_rows
from chaintrace.case.digests import Digests
from chaintrace.errors import InputError
from chaintrace.model.chain import Asset

_MAY_LACK = frozenset({"height", "decimals"})
"""Columns that a Parquet may do without: all of their cells are empty then."""


def prepare(path: Path, chain: str, target: Path) -> About:
    """Check the transfers of one chain and write them in chain order. Raises InputError and OutputError."""
    if family(chain) == "bitcoin":
        raise InputError(f"{chain} is a chain of outputs: transfers between accounts are followed here")
    with tempfile.TemporaryDirectory(prefix="chaintrace-", ignore_cleanup_errors=True) as folder:
        source, shown = path, path.as_posix()
        if is_parquet(path):
            source, shown = Path(folder) / "transfers.csv", f"{path.as_posix()} (row 0 is line 2)"
            _as_csv(path, source)
        read = Digests().keep_file("transfers-csv", shown, source)
        with sorted_rows(Path(folder)) as rows:
            ledger = Ledger(SourceSpec("transfers-csv", chain, source, shown, "all"), rows.row_of, rows.first_of)
            ledger.read()
            check_unchanged(source, shown, read.sha256)
            assets, ends = ledger.assets(), rows.ends()
            known = {one.contract: one.decimals for one in assets.values()}
            about = About(chain, ends.rows, ends.start, ends.end, ends.height, ends.time, known)
            write(target, _numbered(rows.ordered(), assets), about, wide=rows.most > LARGEST)
    return about


def is_parquet(path: Path) -> bool:
    """Whether the file begins as a Parquet does. Raises InputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}): correct the path", path=path) from error


def is_prepared(path: Path) -> bool:
    """Whether `prepare` wrote this file."""
    return is_parquet(path) and MARK in (opened(path).schema_arrow.metadata or {})


def _numbered(rows: Iterable[Row], assets: Mapping[str, Asset]) -> Iterator[TransferRow]:
    """Every row as the Parquet has it."""
    for number, row in enumerate(rows):
        what = assets[row.contract]
        yield TransferRow(
            number, row.txid, row.index_text, row.height, row.time, what.contract, what.decimals, row.sender,
            row.receiver, row.value,
        )  # fmt: skip


def _as_csv(path: Path, target: Path) -> None:
    """A Parquet from elsewhere as a transfers file. Raises InputError for columns that cannot be one."""
    file = opened(path)
    names = file.schema_arrow.names
    missing = [name for name in COLUMNS if name not in names and name not in _MAY_LACK]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise InputError(f"{', '.join(missing)} {verb} missing: the columns are {','.join(COLUMNS)}", path=path)
    held = [name for name in COLUMNS if name in names]
    texts = [_text(name, str(file.schema_arrow.field(name).type), path) for name in held]
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        places = [held.index(name) if name in held else None for name in COLUMNS]
        for batch in file.iter_batches(columns=held):
            cells = [[text(cell) for cell in column.to_pylist()] for text, column in zip(texts, batch, strict=True)]
            for number in range(batch.num_rows):
                writer.writerow(["" if place is None else cells[place][number] for place in places])


def _text(name: str, kind: str, path: Path) -> Callable[[Any], str]:
    """How a cell of a column is written. Raises InputError for a type that loses digits."""
    if kind in {"float", "double", "halffloat", "bool"}:
        raise InputError(
            f"the column {name} is of type {kind}, which cannot hold it exactly: write whole numbers", path=path
        )
    if name == "value" and "binary" in kind:
        return lambda cell: "" if cell is None else str(int.from_bytes(cell, "big"))
    if kind.startswith("timestamp"):
        return _moment
    return _plain


def _plain(cell: object) -> str:
    """A cell as text; whole decimals without a point."""
    if isinstance(cell, Decimal) and cell == cell.to_integral_value():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _moment(cell: datetime | None) -> str:
    """A time as ISO 8601 in UTC; one without a zone is UTC, as Parquet's are."""
    if cell is None:
        return ""
    return (cell if cell.tzinfo else cell.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")
