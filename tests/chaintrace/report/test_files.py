"""Writing a report: its bytes, what a spreadsheet would run, and every way in which writing can fail."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from chaintrace.errors import OutputError
from chaintrace.model.trace import Claim
from chaintrace.report import FORMATS, Table, build, files, write
from chaintrace.report.columns import ALWAYS, COLUMNS
from chaintrace.report.csv_files import CsvFiles, cell_text, write_table
from chaintrace.report.json_file import document, schema
from tests.chaintrace.report.samples import account_trace, accounts, outputs


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_report_is_the_csv_set_the_json_and_the_page(tmp_path):
    names = write(build(outputs()), tmp_path / "report")
    assert set(names) == set(read(tmp_path / "report")) == {*(f"{n}.csv" for n in COLUMNS), "trace.json", "report.html"}
    names = write(build(accounts()), tmp_path / "report")
    assert set(read(tmp_path / "report")) == {*(f"{n}.csv" for n in ALWAYS), "trace.json", "report.html"}
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_two_builds_write_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write(build(accounts()), tmp_path / name)
    assert read(tmp_path / "one") == read(tmp_path / "two")


def test_no_file_names_the_folder_in_which_it_stands(tmp_path):
    write(build(accounts()), tmp_path / "report")
    assert [name for name, content in read(tmp_path / "report").items() if str(tmp_path).encode() in content] == []


def test_csv_is_utf8_with_a_mark_and_lines_end_in_cr_lf(tmp_path):
    write(build(accounts()), tmp_path / "report")
    for name in ALWAYS:
        content = (tmp_path / "report" / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert content.count(b"\n") == content.count(b"\r\n")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert tuple(rows[0]) == COLUMNS[name]
        assert {len(row) for row in rows} == {len(COLUMNS[name])}


def test_the_largest_value_survives_in_every_format(tmp_path):
    most = 2**256 - 1
    base = account_trace("fifo", 9_700)
    claims = (Claim("A", base.claims[0].transaction, "ledger", "tx1", "0", base.claims[0].asset, "W", most, most),)
    trace = replace(base, claims=claims, outcomes=(replace(base.outcomes[0], value=most, gross=most),), hops=())
    write(build(accounts(methods=("fifo",), traces={"fifo": trace})), tmp_path / "report")
    for name in ("endpoints.csv", "trace.json"):
        assert str(most) in (tmp_path / "report" / name).read_text("utf-8")
    assert f"{most // 100:,}." in (tmp_path / "report" / "report.html").read_text("utf-8")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "  @"])
def test_no_cell_is_a_formula(start):
    assert cell_text(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"


@pytest.mark.parametrize(("cell", "text"), [(None, ""), (0, "0"), (2**256, str(2**256)), ("a=b", "a=b"), ("", "")])
def test_plain_cells_stay_as_they_are(cell, text):
    assert cell_text(cell) == text


def test_commas_quotes_breaks_and_lone_surrogates_do_not_break_a_csv(tmp_path):
    path = tmp_path / "x.csv"
    write_table(Table("x", ("a", "b"), (('He said "1,2"', "line\r\nbreak"), ("\ud800", "日本"))), path)
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows == [["a", "b"], ['He said "1,2"', "line\r\nbreak"], ["⟨U+D800⟩", "日本"]]


@pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
def test_trace_json_keeps_its_schema(tmp_path, inputs):
    write(build(inputs), tmp_path / "report")
    written = json.loads((tmp_path / "report" / "trace.json").read_bytes())
    rules = json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.Draft202012Validator(rules).validate(written)
    assert written["schema_version"] == "1"
    assert written["method_version"] == "1"
    assert written["first_sentence"].endswith("This report does not identify any person.")


def test_the_schema_refuses_a_number_for_base_units_and_an_unknown_outcome():
    validator = jsonschema.Draft202012Validator(json.loads(schema()))
    made = document(build(accounts()))
    made["tables"]["endpoints"][0]["traced_value"] = 8500
    assert not validator.is_valid(made)
    made = document(build(accounts()))
    made["outcomes"]["fifo"][0]["outcome"] = "gone"
    assert not validator.is_valid(made)


def test_the_schema_names_the_columns_of_every_table():
    tables = json.loads(schema())["$defs"]
    assert {name: set(tables[name]["required"]) for name in COLUMNS} == {n: set(c) for n, c in COLUMNS.items()}


def test_the_chain_has_its_caip2_id_beside_its_name():
    assert document(build(outputs()))["chains"] == [
        {"chain": "bitcoin", "caip2": None, "as_of": "2020-09-13T12:26:40Z", "height": 100}
    ]
    named = replace(outputs(), caip2={"bitcoin": "bip122:000000000019d6689c085ae165831e93"})
    assert document(build(named))["chains"][0]["caip2"] == "bip122:000000000019d6689c085ae165831e93"


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_full_disk_leaves_the_old_report_as_it_was(tmp_path, monkeypatch, form):
    write(build(outputs()), tmp_path / "report")
    before = read(tmp_path / "report")
    monkeypatch.setattr(type(FORMATS[form]), "write", full_disk)
    with pytest.raises(OutputError, match=r"cannot be written .*No space left.*what stood there before is unchanged"):
        write(build(accounts()), tmp_path / "report")
    assert read(tmp_path / "report") == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_disk_that_fills_in_the_middle_of_a_file_leaves_nothing(tmp_path, monkeypatch):
    def half(_self, _report, folder):
        (folder / "hops.csv").write_bytes(b"half")
        full_disk()

    monkeypatch.setattr(CsvFiles, "write", half)
    with pytest.raises(OutputError):
        write(build(accounts()), tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_put_in_place_is_put_back(tmp_path, monkeypatch):
    write(build(outputs()), tmp_path / "report")
    before, rename = read(tmp_path / "report"), Path.rename

    def held(path, target):
        if path.name == "new":
            raise PermissionError(errno.EACCES, "a file is open elsewhere")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(OutputError, match="open elsewhere"):
        write(build(accounts()), tmp_path / "report")
    assert read(tmp_path / "report") == before


def test_a_folder_that_cannot_be_moved_stays(tmp_path, monkeypatch):
    write(build(outputs()), tmp_path / "report")
    before = read(tmp_path / "report")

    def held(path, target):
        raise PermissionError(errno.EACCES, f"{path.name} to {target.name}: in use")

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(OutputError, match="in use"):
        write(build(accounts()), tmp_path / "report")
    assert read(tmp_path / "report") == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_folder_with_files_of_others_is_not_replaced(tmp_path):
    write(build(outputs()), tmp_path / "report")
    (tmp_path / "report" / "my notes.txt").write_text("keep", "utf-8")
    before = read(tmp_path / "report")
    with pytest.raises(OutputError, match=r"'my notes\.txt', which is no file of a report: choose another folder"):
        write(build(accounts()), tmp_path / "report")
    assert read(tmp_path / "report") == before


def test_a_file_in_the_place_of_the_folder_is_not_replaced(tmp_path):
    (tmp_path / "report").write_text("keep", "utf-8")
    with pytest.raises(OutputError, match="choose another folder"):
        write(build(accounts()), tmp_path / "report")
    assert (tmp_path / "report").read_text("utf-8") == "keep"


def test_a_folder_above_that_is_a_file_is_said(tmp_path):
    (tmp_path / "above").write_text("keep", "utf-8")
    with pytest.raises(OutputError, match="cannot be written to"):
        write(build(accounts()), tmp_path / "above" / "report")


def test_the_names_that_may_be_replaced_are_those_that_are_written(tmp_path):
    names = write(build(outputs()), tmp_path / "report")
    assert set(names) == files.OURS
