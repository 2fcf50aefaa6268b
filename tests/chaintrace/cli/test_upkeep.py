"""`queries`, `doctor`, `export` and the lists."""

from __future__ import annotations

import pytest

from chaintrace.accounting import METHODS
from chaintrace.adapters import ADAPTERS, NETWORK
from chaintrace.case.exports import FORMATS
from chaintrace.cli import run
from chaintrace.plugins import heuristics
from tests.chaintrace.small_case import small_case


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("methods", [*METHODS, "poison"]),
        ("adapters", [*ADAPTERS, *NETWORK]),
        ("formats", list(FORMATS)),
        ("rules", [rule.id for rule in heuristics()]),
    ],
)
def test_a_list_has_a_line_for_each(capsys, command, names):
    assert run([command]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines[2:]] == names
    assert all(line.split("\t")[-1] for line in lines)


def test_a_case_of_files_made_no_requests(tmp_path, capsys):
    run(["trace", str(small_case(tmp_path))])
    capsys.readouterr()
    assert run(["queries", str(tmp_path)]) == 0
    assert "asked no network" in capsys.readouterr().out


def test_the_doctor_finds_a_sound_case_sound(tmp_path, capsys):
    run(["trace", str(small_case(tmp_path))])
    capsys.readouterr()
    assert run(["doctor", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "transfers.csv\treadable\t" in out
    assert "1 address of ledger (declared)" in out
    assert "log: 1 line, none altered" in out


def test_the_doctor_finds_an_altered_log(tmp_path, capsys):
    run(["trace", str(small_case(tmp_path))])
    path = tmp_path / "log.jsonl"
    path.write_bytes(path.read_bytes().replace(b"fifo", b"lifo", 1))
    capsys.readouterr()
    assert run(["doctor", str(tmp_path)]) == 3
    assert "was altered" in capsys.readouterr().out


def test_the_doctor_needs_no_case(capsys):
    assert run(["doctor"]) == 0
    out = capsys.readouterr().out
    assert f"adapters of networks\t{', '.join(NETWORK)}" in out
    assert "credentials\tnone set" in out


def test_an_export_names_the_files(tmp_path, capsys):
    target = tmp_path / "out.json"
    assert run(["export", str(small_case(tmp_path / "case")), "--format", "json", "--to", str(target)]) == 0
    assert capsys.readouterr().out == f"{target}\n"
    assert target.is_file()
