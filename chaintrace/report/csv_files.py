"""The CSV set: UTF-8 with a byte order mark, CR LF, and no cell that a spreadsheet would run."""

import csv
from pathlib import Path

from chaintrace.report.interface import Cell, Report, Table

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # spreadsheets read these too
"""How a cell begins that a spreadsheet may take for a formula, in either width."""


class CsvFiles:
    """One CSV file a table."""

    name = "csv"
    summary = "the tables, one CSV file each, for spreadsheets and case systems"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write every table of the report; return the names of the files."""
        for table in report.tables.values():
            write_table(table, folder / f"{table.name}.csv")
        return tuple(f"{name}.csv" for name in report.tables)


def write_table(table: Table, path: Path) -> None:
    """One table as CSV. Raises OSError as the system gives it."""
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows([[cell_text(cell) for cell in row] for row in table.rows])


def cell_text(cell: Cell) -> str:
    """A cell's text: whole numbers in full, nothing for "not known", and `'` before what looks like a formula.

    Blanks before such a sign do not hide it, nor does a `'` of the text's own: whoever takes one away has the text.
    """
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    bare = cell.lstrip("'")
    risky = bare.startswith(STARTS_FORMULA) or bare.lstrip().startswith(STARTS_FORMULA)
    return f"'{cell}" if risky else cell
