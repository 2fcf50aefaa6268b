"""Reading a list: workbooks whose size is a trap, or wrongly told."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from chaintrace.case.screening import reading
from chaintrace.case.screening.reading import read
from chaintrace.errors import InputError

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(path, sheet):
    """A workbook with one sheet, whose XML is written as it is given."""
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            xml = (
                f"<worksheet {NAMESPACE}>{sheet}</worksheet>" if name == "xl/worksheets/sheet1.xml" else old.read(name)
            )
            new.writestr(name, xml)
    return path


def cell(place):
    return f'<c r="{place}" t="inlineStr"><is><t>{GENESIS}</t></is></c>'


def test_the_size_that_a_sheet_claims_is_not_believed(tmp_path):
    path = workbook(
        tmp_path / "list.xlsx",
        f'<dimension ref="A1:XFD1048576"/><sheetData><row r="3">{cell("B3")}</row></sheetData>',
    )
    assert [(one.text, one.place) for one in read(path)] == [(GENESIS, "sheet Sheet, row 3, column B")]


@pytest.mark.parametrize("place", [("1", "XFD1"), ("99999999999", "A99999999999")])
def test_a_cell_that_lies_too_far_away_is_refused(tmp_path, monkeypatch, place):
    monkeypatch.setattr(reading, "MOST_CELLS", 10_000)
    number, at = place
    path = workbook(tmp_path / "list.xlsx", f'<sheetData><row r="{number}">{cell(at)}</row></sheetData>')
    with pytest.raises(InputError, match=r"more than 10,000 cells: save its list as CSV"):
        read(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = workbook(tmp_path / "list.xlsx", f'<sheetData><row r="1">{cell("A1")}</row></sheetData>{" " * 2**20}')
    assert [one.text for one in read(path)] == [GENESIS]
    monkeypatch.setattr(reading, "LARGEST_SHEET", 2**20)
    assert path.stat().st_size < 2**20
    with pytest.raises(InputError, match=r"unpacks to more than 1,048,576 bytes: save it as CSV"):
        read(path)
