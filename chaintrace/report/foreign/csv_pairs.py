"""Entities and links as two CSV files, for programs that read tables of both."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from chaintrace.report.csv_files import cell_text


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], *, mark: bool = True, absent: bool = False
) -> None:
    """One CSV in UTF-8, every cell in quotes. `mark` is whether it begins with the byte order mark and has CR LF.

    With `absent` an empty cell is without quotes: to readers that tell them apart it is nothing, and no empty text. A
    cell that a spreadsheet would take for a formula has a `'` before it. Raises OSError.
    """
    encoding, end = ("utf-8-sig", "\r\n") if mark else ("utf-8", "\n")
    with path.open("w", encoding=encoding, errors="backslashreplace", newline="") as file:
        for row in (columns, *rows):
            file.write(",".join(_quoted(cell_text(cell), absent=absent) for cell in row) + end)


def _quoted(cell: str, *, absent: bool) -> str:
    """A cell as RFC 4180 has it; the module csv cannot leave the quotes of empty cells alone out before Python 3.12."""
    return "" if absent and not cell else '"' + cell.replace('"', '""') + '"'
