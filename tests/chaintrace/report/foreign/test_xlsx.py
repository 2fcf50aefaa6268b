"""The workbook, opened with another library: every digit is there, nothing is a formula but the sums, and they fit."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from chaintrace.report import build
from chaintrace.report.csv_files import cell_text
from chaintrace.report.foreign.xlsx import DIGITS, LONGEST, SUMMED, Xlsx, exact
from tests.chaintrace.report.foreign.hostile import hostile, large
from tests.chaintrace.report.samples import accounts, outputs
from tests.hostile.texts import TEXTS


def opened(report, folder: Path, *, values: bool = False):
    (name,) = Xlsx().write(report, folder)
    return openpyxl.load_workbook(folder / name, data_only=values)


@pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
def test_every_cell_of_every_table_is_there(tmp_path, inputs):
    report = build(inputs)
    book = opened(report, tmp_path)
    assert book.sheetnames == ["Report", "Sums", *report.tables]
    for name, table in report.tables.items():
        head, *rows = book[name].iter_rows(values_only=True)
        assert head[: len(table.columns)] == table.columns
        for row, wanted in zip(rows, table.rows, strict=True):
            for key, cell, value in zip(table.columns, row, wanted, strict=False):
                if isinstance(cell, str) or cell is None:
                    assert (cell or "") == cell_text(value)
                else:
                    assert key.endswith("amount") or isinstance(value, int)
                    assert Decimal(str(cell)) == Decimal(str(value))


@pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
def test_a_sum_is_exact_and_its_formula_says_the_same(tmp_path, inputs):
    report = build(inputs)
    formulas, values = opened(report, tmp_path), opened(report, tmp_path, values=True)
    _, *rows = values["Sums"].iter_rows(values_only=True)
    wanted: dict[tuple[str, ...], int] = {}
    for name in SUMMED:
        for record in report.tables[name].records():
            key = (name, *(str(record[part]) for part in ("origin", "chain", "asset", "contract")))
            wanted[key] = wanted.get(key, 0) + record["traced_value"]
    assert {tuple(cell or "" for cell in row[:5]): int(row[5]) for row in rows} == wanted
    assert all(Decimal(str(row[7])) == Decimal(row[6]) for row in rows)
    for row in formulas["Sums"].iter_rows(min_row=2):
        assert row[5].data_type == "s"
        assert row[7].value.text.startswith("=SUMPRODUCT(EXACT(")
        assert row[7].value.ref == row[7].coordinate  # of a whole array, and in one cell


def test_a_printed_sheet_has_its_first_row_on_every_page_and_names_beside_their_values(tmp_path):
    book = opened(build(accounts()), tmp_path)
    assert {sheet.print_title_rows for sheet in book} == {"$1:$1"}
    assert {sheet.page_setup.orientation for sheet in book} == {"landscape"}
    wide = {sheet.title for sheet in book if not sheet.sheet_properties.pageSetUpPr.fitToPage}
    assert wide == set(book.sheetnames) - {"Report", "Sums"}
    assert book["Report"].page_setup.fitToWidth in {None, 1}  # one page is what is meant where nothing is said
    assert book["Report"].page_setup.fitToHeight == 0


def test_the_formula_counts_the_rows_of_its_group_and_no_other(tmp_path):
    report = build(outputs())
    book = opened(report, tmp_path)
    (row, other, *_) = book["Sums"].iter_rows(min_row=2, max_row=3)
    assert row[7].value.text == (
        "=SUMPRODUCT(EXACT(endpoints!$B$2:$B$3,$B2)*EXACT(endpoints!$C$2:$C$3,$C2)*"
        "EXACT(endpoints!$J$2:$J$3,$D2)*EXACT(endpoints!$K$2:$K$3,$E2),endpoints!$N$2:$N$3)"
    )
    assert other[7].value.text == row[7].value.text.replace("B2)", "B3)").replace("C2)", "C3)").replace(
        "D2)", "D3)"
    ).replace("E2)", "E3)")


def worked_out(book, formula: str) -> Decimal:
    """What a spreadsheet makes of our one kind of formula: rows whose keys are exactly those of the row, summed."""
    match = re.fullmatch(r"=SUMPRODUCT\((.*),(\w+!\$[A-Z]+\$\d+:\$[A-Z]+\$\d+)\)", formula)
    keep, summed = match.groups()
    total = [Decimal(str(cell or 0)) for cell in cells(book, summed)]
    for keys, own in re.findall(r"EXACT\(([^,]+),(\$[A-Z]+\d+)\)", keep):
        wanted = book["Sums"][own.replace("$", "")].value or ""
        total = [
            part if (key or "") == wanted else Decimal(0) for part, key in zip(total, cells(book, keys), strict=True)
        ]
    return sum(total, Decimal(0))


def cells(book, place: str) -> list[object]:
    """The values of a range of one column."""
    sheet, _, area = place.replace("$", "").partition("!")
    return [cell.value for (cell,) in book[sheet][area]]


@pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
def test_every_formula_comes_to_the_exact_sum_beside_it(tmp_path, inputs):
    book = opened(build(inputs), tmp_path)
    rows = list(book["Sums"].iter_rows(min_row=2))
    assert rows
    for row in rows:
        assert worked_out(book, row[7].value.text) == Decimal(row[6].value)


def test_no_digit_of_the_largest_value_is_lost_and_no_formula_adds_what_it_would_round(tmp_path):
    value = 2**256 - 1
    book = opened(large(value), tmp_path)
    assert str(value) in {cell.value for row in book["hops"].iter_rows() for cell in row}
    row = next(book["Sums"].iter_rows(min_row=2, values_only=True))
    assert row[5] == str(value)
    assert "no formula is exact" in row[7]


def test_a_long_text_is_cut_where_a_cell_ends(tmp_path):
    book = opened(hostile(TEXTS["long"]), tmp_path)
    lengths = {len(str(cell.value)) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert max(lengths) == LONGEST


def test_equal_reports_are_equal_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        Xlsx().write(build(accounts()), tmp_path / name)
    assert (tmp_path / "one/report.xlsx").read_bytes() == (tmp_path / "two/report.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.00000600", "0.00000600"), ("1" * DIGITS, "1" * DIGITS), ("1" * (DIGITS + 1), None), ("", None), ("1e5", None)],
)
def test_a_number_is_one_that_a_spreadsheet_keeps(text, number):
    found = exact(text)
    assert (None if found is None else str(found)) == (None if number is None else str(Decimal(number)))
