"""`demo`: every shipped case is traced and holds; a case that differs is named."""

from __future__ import annotations

import pytest

from chaintrace.cli import run
from chaintrace.resources import names


@pytest.mark.usefixtures("no_sockets")
def test_every_expectation_holds_and_each_case_is_written(tmp_path, capsys):
    assert run(["demo", "--to", str(tmp_path / "demo")]) == 0
    out = capsys.readouterr().out
    assert out.rstrip().endswith("every expectation holds, to the base unit")
    for name in names("cases"):
        assert (tmp_path / "demo" / name / "report" / "report.html").is_file()
        assert f"({name})" in out


def test_a_second_demo_writes_the_same_reports(tmp_path):
    def reports():
        return {path: path.read_bytes() for path in sorted(tmp_path.rglob("report/*"))}

    assert run(["demo", "--to", str(tmp_path)]) == 0
    first = reports()
    assert run(["demo", "--to", str(tmp_path)]) == 0
    assert reports() == first


def test_a_case_that_differs_is_named_and_the_code_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("chaintrace.case.expectations.differences", lambda *_: ("one unit is missing",))
    assert run(["demo", "--to", str(tmp_path)]) == 1
    assert "tron-usdt: one unit is missing" in capsys.readouterr().err
