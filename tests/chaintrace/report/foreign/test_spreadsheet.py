"""What a spreadsheet makes of a workbook and of the CSV: Gnumeric computes every formula anew and keeps every digit."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from chaintrace.report import build
from chaintrace.report.csv_files import write_table
from chaintrace.report.foreign.xlsx import FILE_NAME, Xlsx
from tests.chaintrace.report.foreign.hostile import many
from tests.chaintrace.report.samples import accounts, outputs
from tests.conftest import absent
from tests.hostile.texts import MORE, TEXTS

WRONG = "12345"
"""What stands beside each formula before the program has computed it."""


@pytest.fixture(scope="module")
def program() -> str:
    """The converter of Gnumeric."""
    found = shutil.which("ssconvert")
    if found is None:
        absent("Gnumeric", "run `make system` as root")
    return found


def converted(program: str, source: Path, target: Path, *options: str) -> None:
    subprocess.run([program, *options, source, target], check=True, capture_output=True, timeout=120)


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def forgotten(path: Path) -> int:
    """Put a wrong value beside each formula; how many there are."""
    with zipfile.ZipFile(path) as file:
        parts = [(one, file.read(one)) for one in file.infolist()]
    found = 0
    with zipfile.ZipFile(path, "w") as file:
        for one, content in parts:
            made, count = re.subn(rb"(</f>)<v>[^<]*</v>", rf"\1<v>{WRONG}</v>".encode(), content)
            found += count
            file.writestr(one, made)
    return found


@pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
def test_each_formula_is_computed_to_the_sum_beside_it_and_each_cell_is_whole(tmp_path, program, inputs):
    report = build(inputs)
    Xlsx().write(report, tmp_path)
    formulas = forgotten(tmp_path / FILE_NAME)
    assert formulas
    converted(program, tmp_path / FILE_NAME, tmp_path / "%s.csv", "--recalc", "-S", "-T", "Gnumeric_stf:stf_csv")
    _, *sums = read(tmp_path / "Sums.csv")
    assert len(sums) == formulas
    assert all(Decimal(row[7]) == Decimal(row[6]) != Decimal(WRONG) for row in sums)
    for name, table in report.tables.items():
        write_table(table, tmp_path / "own.csv")
        (_, *wanted), (_, *rows) = read(tmp_path / "own.csv"), read(tmp_path / f"{name}.csv")
        for row, own in zip(rows, wanted, strict=True):
            for key, cell, value in zip(table.columns, row, own, strict=False):
                assert cell == value or (key.endswith("amount") and Decimal(cell) == Decimal(value))


def test_nothing_that_strangers_write_is_run(tmp_path, program):
    """Neither in the workbook nor in a CSV that is opened; what would be a formula is the text of one."""
    report = many((*TEXTS.values(), *MORE.values()))
    Xlsx().write(report, tmp_path)
    write_table(report.tables["tags"], tmp_path / "tags.csv")
    for source in (FILE_NAME, "tags.csv"):
        converted(program, tmp_path / source, tmp_path / "opened.xlsx")
        with zipfile.ZipFile(tmp_path / "opened.xlsx") as file:
            sheets = {name: file.read(name) for name in file.namelist() if name.startswith("xl/worksheets/")}
        formulas = [one for content in sheets.values() for one in re.findall(rb"<f\b[^>]*>([^<]*)", content)]
        assert bool(formulas) == (source == FILE_NAME)
        assert all(one.startswith(b"SUMPRODUCT(EXACT(") for one in formulas)
        assert not [content for content in sheets.values() if b"<hyperlink" in content]
    converted(program, tmp_path / FILE_NAME, tmp_path / "%s.csv", "-S", "-T", "Gnumeric_stf:stf_csv")
    shown = {row[2] for row in read(tmp_path / "tags.csv")[1:]}
    assert {"'=cmd|' /C calc'!A0", "'+1+1", "'@SUM(A1)", "'-2+3"} <= shown
    assert len(shown) > len(TEXTS) + len(MORE) - 5  # some differ in blanks alone
