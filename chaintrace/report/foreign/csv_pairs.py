"""Entities and links as two CSV files, for programs that read tables of both."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from chaintrace.report.csv_files import cell_text


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], *, mark: bool = True, end: str = "\r\n"
) -> None:
    """One CSV in UTF-8, every cell in quotes. `mark` is whether it begins with the byte order mark.

    A cell that a spreadsheet would take for a formula has a `'` before it. Raises OSError.
    """
    encoding = "utf-8-sig" if mark else "utf-8"
    with path.open("w", encoding=encoding, errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows([cell_text(cell) for cell in row] for row in rows)
