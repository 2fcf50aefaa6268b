"""The CSV set: UTF-8 with a byte order mark, CR LF, and no cell that a spreadsheet would run."""

import csv
import re
from pathlib import Path

from chaintrace.report.interface import Cell, Report, Table

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # spreadsheets read these too
"""How a cell begins that a spreadsheet may take for a formula, in either width."""


TURNING = (
    r"\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff"
    r"\U000e0000-\U000e007f"
)
"""Signs that hide or turn text, or that a terminal obeys, as a set of a pattern. They do not depend on the version of
Unicode, as its categories do, so that the same facts give the same bytes."""

_HIDDEN = re.compile(rf"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\u27e8{TURNING}]")
_MARK = "\u27e8"
"""How a code point that is printed begins. A text's own is printed as one too, so that each can be read back."""


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
        writer.writerows([[shown_text(cell) for cell in row] for row in table.rows])


def shown_text(cell: Cell) -> str:
    """A cell's text in which signs that hide, turn or end text are code points: `⟨U+202E⟩`, as in a page.

    Tabs and ends of lines stay. Whoever puts the signs back in their place has the text.
    """
    text = cell_text(cell)
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_shown, text)


def _shown(found: "re.Match[str]") -> str:
    return f"{_MARK}U+{ord(found[0]):04X}⟩"


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
