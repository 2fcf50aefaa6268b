"""A list as cells with their places: a CSV, a workbook, or any text. A list that holds a secret is refused first."""

import csv
import html
import io
import re
import sys
import zipfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.errors import InputError
from chaintrace.private_keys import refuse

if TYPE_CHECKING:
    from openpyxl import Workbook

ABSENT = (
    "a workbook needs openpyxl, which is not installed: install chaintrace with its extra, chaintrace[sheets], or save "
    "the sheet as CSV"
)
LARGEST = 256 * 2**20
"""Bytes of a list, at most."""

LARGEST_SHEET = 64 * 2**20
"""Bytes of a workbook, at most, packed and unpacked: it is read at some MB a second, and far larger in memory."""

MOST_CELLS = 10_000_000
"""Cells of a workbook, at most, empty ones before the last of a row too: a few bytes can name the furthest cell."""

_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"
"""How workbooks of today and of before 2007 begin."""

_PDF = b"%PDF-"
_DOCUMENT = "word/document.xml"
_PART = re.compile(
    r"xl/(?:(worksheets/)|worksheets/_rels/|comments/?|threadedComments/|drawings/)[^/]*\.(?:xml|rels)\Z"
)
_FORMULA = re.compile(r"<f\b[^>]*>([^<]+)</f>")
_SAID = re.compile(r"<(?:\w+:)?t(?:ext)?\b[^>]*>([^<]+)</|\bTarget=\"([^\"]+)\"")
"""Parts of a workbook beside its values, and where in them something is said: formulas, texts, where links go."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text and its place: of a table `row 3, column B`, of a workbook with the sheet, of text its lines."""

    text: str
    place: str
    is_lines: bool = False
    _ends: list[int] = field(default_factory=list, repr=False, compare=False)

    def at(self, start: int) -> str:
        """The place of the sign at an offset."""
        if not self.is_lines:
            return self.place
        breaks = self._breaks()
        line = bisect_left(breaks, start)
        return f"line {line + 1}, column {start - (breaks[line - 1] if line else -1)}"

    def _breaks(self) -> list[int]:
        """Where its lines end, found once."""
        if not self._ends:
            self._ends.extend(found.start() for found in re.finditer("\n", self.text + "\n"))
        return self._ends


def read(source: Path | None) -> Sequence[Cell]:
    """The cells of a file, or of stdin. Raises InputError, for a secret before anything else is done."""
    shown = Path("standard input") if source is None else source
    content = _bytes(source, shown)
    if content.startswith(_ZIP):
        return _sheets(content, shown)
    if content.startswith(_PDF):
        raise InputError("it is a PDF: save its text as a text file, and read it against the page", path=shown)
    if content.startswith(_OLD):
        raise InputError("it is a workbook of before 2007: save it as XLSX or CSV", path=shown)
    text = _decoded(content, shown)
    refuse(text, shown)
    is_table = source is not None and source.suffix.lower() in {".csv", ".tsv"}
    if not is_table:
        return [Cell(text, "", is_lines=True)]
    return _table(text, shown, "\t" if shown.suffix.lower() == ".tsv" else "")


def _bytes(source: Path | None, shown: Path) -> bytes:
    try:
        if source is None:
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with source.open("rb") as file:
                content = file.read(LARGEST + 1)
    except OSError as error:
        refuse(str(shown), "the name of the list", 1)  # a list itself is easily pasted in the place of its name
        raise InputError(f"it cannot be read ({error.strerror}): correct the path", path=shown) from error
    if len(content) > LARGEST:
        raise InputError(f"it has more than {LARGEST:,} bytes: cut it into several lists", path=shown)
    return content


def _decoded(content: bytes, shown: Path) -> str:
    """The text, in UTF-8 or, where its first bytes say so, UTF-16."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("it is not UTF-8: save it as UTF-8", path=shown, line=line) from error


def _table(text: str, shown: Path, separator: str) -> list[Cell]:
    """The cells of a CSV; commas, semicolons or tabs part them."""
    head = text.partition("\n")[0]
    sign = separator or max(",;\t", key=head.count)
    limit = csv.field_size_limit(LARGEST)
    try:
        rows = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign)]
    except csv.Error as error:
        raise InputError(f"it is no CSV ({error}): correct its quotes, or save it as text", path=shown) from error
    finally:
        csv.field_size_limit(limit)
    _refuse_columns(rows, shown)
    return list(_cells(rows, ""))


def _cells(rows: Sequence[Sequence[str]], sheet: str) -> Iterator[Cell]:
    for number, row in enumerate(rows, 1):
        for at, text in enumerate(row):
            if text.strip():
                yield Cell(text, f"{sheet}row {number}, column {letters(at)}")


def letters(column: int) -> str:
    """The letters of a column, counted from 0, as spreadsheets name it: A, B, … Z, AA."""
    named = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        named = chr(ord("A") + rest) + named
    return named


def _refuse_columns(rows: Sequence[Sequence[str]], shown: Path) -> None:
    """Raise InputError for a phrase that is written down a column, a word a row."""
    columns = defaultdict[int, list[str]](list)
    for row in rows:  # each cell once: one row with a million commas makes no million walks over the rest
        for at, text in enumerate(row):
            columns[at].append(text)
    for column in columns.values():
        refuse("\n".join(column), shown)


def _sheets(content: bytes, shown: Path) -> list[Cell]:
    """The cells of every sheet of a workbook, hidden ones too; of a formula what it gave when it was saved.

    What stands beside the cells is read as well: formulas, links, comments, boxes of text.
    """
    if len(content) > LARGEST_SHEET:
        raise InputError(f"the workbook has more than {LARGEST_SHEET:,} bytes: save it as CSV", path=shown)
    try:
        import openpyxl
    except ImportError as error:
        raise InputError(ABSENT, path=shown) from error
    cells: list[Cell] = []
    try:
        beside = list(_beside(content, shown))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        tables = _tables(book, shown)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged workbook breaks in the library
        reason = type(error).__name__
        raise InputError(f"it is no workbook that can be read ({reason}): save it as CSV", path=shown) from error
    for title, rows in tables:
        refuse("\n".join("\t".join(row) for row in rows), shown)
        _refuse_columns(rows, shown)
        cells += _cells(rows, f"sheet {title}, ")
    for cell in beside:
        refuse(cell.text, shown)
    return cells + beside


def _tables(book: "Workbook", shown: Path) -> list[tuple[str, list[list[str]]]]:
    """Title and rows of each sheet. What a sheet says of its own size is not believed."""
    tables, left = list[tuple[str, list[list[str]]]](), MOST_CELLS
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = list[list[str]]()
        for row in sheet.iter_rows(values_only=True):
            left -= 1 + len(row)
            if left < 0:
                raise InputError(f"the workbook has more than {MOST_CELLS:,} cells: save its list as CSV", path=shown)
            rows.append([_text(cell) for cell in row])
        tables.append((sheet.title, rows))
    return tables


def _beside(content: bytes, shown: Path) -> Iterator[Cell]:
    """What a workbook says outside of the values of its cells, a piece for each of its parts that says something."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if _DOCUMENT in packed.namelist():
            raise InputError("it is a document of Word: save it as text", path=shown)
        if sum(part.file_size for part in packed.infolist()) > LARGEST_SHEET:
            raise InputError(f"the workbook unpacks to more than {LARGEST_SHEET:,} bytes: save it as CSV", path=shown)
        for name in packed.namelist():
            kind = _PART.match(name)
            if not kind:
                continue
            with packed.open(name) as part:
                xml = part.read(LARGEST_SHEET).decode("utf-8", "replace")
            said = [
                html.unescape(next(filter(None, found.groups()), ""))
                for found in (_FORMULA if kind[1] else _SAID).finditer(xml)
            ]
            if any(said):
                yield Cell("\n".join(said), f"beside the cells, in {name.removeprefix('xl/')}")


def _text(value: object) -> str:
    """A cell's text. A number with a point, a date or a truth value is no address."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
