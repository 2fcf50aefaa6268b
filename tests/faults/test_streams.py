"""Standard streams that are full, closed or narrow, and a person who has waited long enough."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaintrace.small_case import CASE, small_case
from tests.faults.running import ROOT, process, tree

FULL = Path("/dev/full")
COMMAND = [sys.executable, "-m", "chaintrace", "trace"]
WHERE = {**os.environ, "PYTHONPATH": str(ROOT)}


def traced(folder, **streams):
    return subprocess.run([*COMMAND, str(folder)], env=WHERE, check=False, timeout=120, text=True, **streams)


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_full_stream_is_said_and_the_report_stands(tmp_path, monkeypatch, name, unbuffered):
    monkeypatch.setitem(WHERE, "PYTHONUNBUFFERED", unbuffered)
    folder = small_case(tmp_path / "case")
    with FULL.open("w") as full:
        done = traced(folder, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, name: full})
    assert done.returncode == 2
    if name == "stdout":
        assert "the output or a file cannot be used" in done.stderr
        assert "Traceback" not in done.stderr
        assert (folder / "report" / "report.html").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed in another way there")
@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-", "0<&-"])
def test_a_closed_stream_is_no_error(tmp_path, closed):
    folder = small_case(tmp_path / "case")
    line = f'"$0" -m chaintrace trace "$1" {closed}'
    command = ["sh", "-c", line, sys.executable, str(folder)]
    done = subprocess.run(command, env=WHERE, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert (folder / "report" / "report.html").is_file()


def test_a_terminal_that_knows_few_signs_gets_code_points_for_the_rest(tmp_path):
    folder = small_case(tmp_path / "case", case=CASE.replace('"payment"', '"Zahlung für 漢"'))
    came = process(folder, env={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}, encoding="latin-1")
    assert came.code == 0
    assert "Zahlung für \\u6f22" in came.out


@pytest.mark.skipif(sys.platform == "win32", reason="signals are other there")
def test_a_run_that_is_interrupted_says_so_and_leaves_the_report(tmp_path):
    folder = small_case(tmp_path / "case")
    assert process(folder).code == 0
    before = tree(folder / "report")
    with subprocess.Popen([*COMMAND, str(folder)], env=WHERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stderr.readline()
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=120)
    assert b"Traceback" not in err
    assert run.returncode in {0, 130}
    assert tree(folder / "report") == before
    assert process(folder).code == 0
