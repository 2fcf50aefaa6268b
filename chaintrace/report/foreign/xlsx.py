"""A workbook: every table as a sheet, hashes and base units as text, sums as formulas beside the exact ones."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chaintrace.errors import InputError
from chaintrace.report.amounts import amount
from chaintrace.report.columns import COUNTS
from chaintrace.report.csv_files import cell_text
from chaintrace.report.interface import Cell, Report, Table
from chaintrace.report.mixed_scripts import marked

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FILE_NAME = "report.xlsx"
ABSENT = "a workbook needs xlsxwriter, which is not installed: install chaintrace with its extra, chaintrace[sheets]"
MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook's dates have no zone; the same in every file, so bytes are equal
"""The date that every workbook bears: when it was made is no fact of the case."""

DIGITS = 15
"""So many digits a spreadsheet keeps of a number; an amount of more is text."""

LONGEST = 32_767
"""The most characters of a cell that Excel reads. The CSV has longer ones whole."""

MOST_ROWS = 1_048_576
"""Rows of a sheet, at most (Excel)."""

MOST_WIDTH = 46
A4 = 9
"""The paper, by its number in the file format."""
SUMMED = ("endpoints", "resting", "not_followed")
"""Tables whose traced amounts are summed by payment and asset."""

SUM_COLUMNS = ("table", "origin", "chain", "asset", "contract", "sum_value", "sum_amount", "sum_by_formula")


_Group: TypeAlias = tuple[tuple[Cell, ...], list[dict[str, Cell]]]
"""Origin, chain, asset and contract, and the rows of a table that have them."""


class Xlsx:
    """The report as one workbook."""

    name = "xlsx"
    summary = "the tables as one workbook, hashes as text, sums as formulas beside the exact ones"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write one file; return its name. Raises InputError where the extra is absent, OSError as the system does."""
        try:
            from xlsxwriter import Workbook
        except ImportError as error:
            raise InputError(ABSENT) from error
        large = [name for name, table in report.tables.items() if len(table.rows) >= MOST_ROWS]
        if large:
            raise InputError(f"{', '.join(large)}: a sheet has {MOST_ROWS:,} rows at most; export csv")
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with Workbook(str(folder / FILE_NAME), safe) as book:
            book.set_properties({"title": _safe(report.inputs.case)[:255], "created": MADE})
            styles = _Styles(book)
            _front(book.add_worksheet("Report"), report, styles)
            sums = book.add_worksheet("Sums")
            for table in report.tables.values():
                _sheet(book.add_worksheet(table.name), table, styles)
            _sums(sums, report.tables, styles)
        return (FILE_NAME,)


class _Styles:
    """The formats of cells."""

    def __init__(self, book: "Workbook") -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4", "valign": "top"})
        self.plain = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.right = book.add_format({"num_format": "@", "align": "right", "valign": "top"})
        self.count = book.add_format({"num_format": "0", "valign": "top"})
        self._book = book
        self._amounts: dict[int, Format] = {}

    def amount(self, places: int) -> "Format":
        """Of a number with so many places after the point."""
        if places not in self._amounts:
            shape = "#,##0" + ("." + "0" * places if places else "")
            self._amounts[places] = self._book.add_format({"num_format": shape, "valign": "top"})
        return self._amounts[places]


def _front(sheet: "Worksheet", report: Report, styles: _Styles) -> None:
    """The first sheet: what the report says first, whether it is complete, and how its columns are meant."""
    inputs = report.inputs
    ends = [
        f"{chain}: {'' if end.height is None else f'height {end.height}'} {'' if end.time is None else _time(end.time)}"
        for chain, end in sorted(inputs.as_of.items())
    ]
    lines = [
        ("Case", inputs.case), ("First sentence", report.sentence), ("Note", inputs.note),
        ("Complete", "yes" if report.complete else "no"), *(("Not complete", reason) for reason in report.reasons),
        ("Method", inputs.method), ("Methods run", ", ".join(inputs.methods)), *(("As of", end) for end in ends),
        *((f"Version of {name}", version) for name, version in sorted(inputs.versions.items())),
        ("Values", "Columns of values are base units as text, so that no digit is lost."),
        ("Amounts", f"Amounts are numbers where they have {DIGITS} digits or fewer, else text, which no formula adds."),
    ]  # fmt: skip
    sheet.write_string(0, 0, "chaintrace", styles.title)
    for row, (name, said) in enumerate((line for line in lines if line[1]), 1):
        sheet.write_string(row, 0, name, styles.head)
        sheet.write_string(row, 1, _safe(said), styles.wrapped)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    _printed(sheet, fits=True)


def _printed(sheet: "Worksheet", *, fits: bool) -> None:
    """How a sheet is printed: A4 across, its first row on every page. A table of many columns is wider than a page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&RPage &P of &N")
    if fits:
        sheet.fit_to_pages(1, 0)


def _time(time: int) -> str:
    from chaintrace.report.amounts import iso

    return iso(time) or ""


def _sheet(sheet: "Worksheet", table: Table, styles: _Styles) -> None:
    """One table; columns keep the names of the CSV."""
    for column, name in enumerate(table.columns):
        sheet.write_string(0, column, name, styles.head)
        longest = len(name)
        for row, cells in enumerate(table.rows, 1):
            longest = max(longest, len(_cell(sheet, (row, column), name, cells[column], styles)))
        sheet.set_column(column, column, min(MOST_WIDTH, longest + 2))
    _printed(sheet, fits=False)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)


def _cell(sheet: "Worksheet", place: tuple[int, int], name: str, cell: Cell, styles: _Styles) -> str:
    """One cell; what it shows."""
    text = _safe(cell)
    if not text:
        return ""
    if name in COUNTS and isinstance(cell, int) and len(text) <= DIGITS:
        sheet.write_number(*place, cell, styles.count)
    elif _is_amount(name) and (number := exact(text)) is not None:
        sheet.write_number(*place, number, styles.amount(len(text.partition(".")[2])))
    else:
        is_number = isinstance(cell, int) or _is_amount(name)
        sheet.write_string(*place, text, styles.right if is_number else styles.plain)
    return text


def _is_amount(name: str) -> bool:
    return name.endswith("amount")


def exact(text: str) -> Decimal | None:
    """An amount that a spreadsheet keeps to the last digit; None for a longer one and for what is no amount."""
    digits = text.replace(".", "", 1).replace("-", "", 1)
    if not (digits.isascii() and digits.isdigit()) or len(digits.lstrip("0")) > DIGITS or len(digits) > 30:
        return None
    return Decimal(text)


def _sums(sheet: "Worksheet", tables: Mapping[str, Table], styles: _Styles) -> None:
    """Sums by table, payment and asset: exact ones as text, and a formula over the sheet beside them."""
    for column, name in enumerate(SUM_COLUMNS):
        sheet.write_string(0, column, name, styles.head)
    row = 0
    for name in SUMMED:
        for group, rows in _groups(tables[name]):
            row += 1
            _sum(sheet, row, tables[name], (group, rows), styles)
    sheet.freeze_panes(1, 0)
    for column, width in enumerate((14, 24, 12, 12, 46, 30, 30, 24)):
        sheet.set_column(column, column, width)
    _printed(sheet, fits=True)


def _groups(table: Table) -> Iterator[_Group]:
    """The rows of a table by payment and asset, in their order."""
    found: dict[tuple[Cell, ...], list[dict[str, Cell]]] = {}
    for record in table.records():
        found.setdefault(tuple(record[key] for key in ("origin", "chain", "asset", "contract")), []).append(record)
    yield from found.items()


def _sum(sheet: "Worksheet", row: int, table: Table, grouped: _Group, styles: _Styles) -> None:
    """One row of sums."""
    group, rows = grouped
    total = sum(value for record in rows if isinstance(value := record["traced_value"], int))
    decimals = rows[0]["decimals"]
    shown = amount(total, decimals if isinstance(decimals, int) else None) or ""
    for column, cell in enumerate((table.name, *group)):
        sheet.write_string(row, column, _safe(cell), styles.plain)
    sheet.write_string(row, 5, str(total), styles.right)
    sheet.write_string(row, 6, shown, styles.right)
    amounts = [exact(_safe(record["traced_amount"])) for record in rows]
    whole = exact(shown)
    if whole is None or any(one is None for one in amounts) or len({record["decimals"] for record in rows}) > 1:
        sheet.write_string(row, 7, f"more than {DIGITS} digits: no formula is exact", styles.plain)
        return
    last = len(table.rows) + 1
    keys = zip("BCDE", ("origin", "chain", "asset", "contract"), strict=True)
    same = "*".join(f"EXACT({_range(table, key, last)},${at}{row + 1})" for at, key in keys)
    formula = f"{{=SUMPRODUCT({same},{_range(table, 'traced_amount', last)})}}"
    # of a whole array: Gnumeric compares no range with EXACT in any other formula
    sheet.write_array_formula(row, 7, row, 7, formula, styles.amount(len(shown.partition(".")[2])), whole)


def _range(table: Table, column: str, last: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    letters = xl_col_to_name(table.columns.index(column))
    return f"{table.name}!${letters}$2:${letters}${last}"


def _safe(cell: Cell) -> str:
    """A cell's text: what looks like a formula is none, hidden signs are shown, and what is too long is cut."""
    text = cell_text(marked(cell) if isinstance(cell, str) else cell)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
