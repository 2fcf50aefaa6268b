"""Runs that are killed, and runs that meet on one case."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time

import pytest

from chaintrace.report.files import STALE
from tests.chaintrace.small_case import small_case
from tests.faults.running import ROOT, process, trace, tree
from tests.oracle.generate import write_case

COMMAND = [sys.executable, "-m", "chaintrace", "trace"]


def started(folder, **options) -> subprocess.Popen:
    where = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([*COMMAND, str(folder)], env=where, **options)


def test_a_run_that_is_killed_at_any_moment_leaves_a_case_that_can_be_traced(tmp_path):
    untouched = tmp_path / "untouched"
    write_case(random.Random(11), untouched, "account")
    shutil.copytree(untouched, tmp_path / "killed")
    folder = tmp_path / "killed"
    begun = time.monotonic()
    code = process(untouched).code
    lasts = time.monotonic() - begun
    assert code in {0, 3}
    wanted = tree(untouched / "report")
    rng = random.Random(5)
    for _ in range(10):
        run = started(folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.3, 1.0) * lasts)
        run.kill()
        run.wait()
        report = tree(folder / "report") if (folder / "report").exists() else {}
        assert report in ({}, wanted)
    assert process(folder).code == code
    assert tree(folder / "report") == wanted


def test_what_killed_runs_left_beside_the_report_is_taken_away_once_it_is_old(tmp_path):
    folder = small_case(tmp_path / "case")
    for name in (".report-abcdefgh", ".report-of-mine", ".report-ijklmnop"):
        (folder / name / "new").mkdir(parents=True)
    (folder / ".report-of-mine" / "notes.txt").write_text("mine", "utf-8")
    old = time.time() - 2 * STALE
    for name in (".report-abcdefgh", ".report-of-mine"):
        os.utime(folder / name, (old, old))
    assert trace(folder).code == 0
    left = sorted(path.name for path in folder.iterdir() if path.name.startswith("."))
    assert left == [".report-ijklmnop", ".report-of-mine"]


def test_two_runs_on_one_case_at_once(tmp_path):
    folder = small_case(tmp_path / "case")
    runs = [started(folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ends = [(*run.communicate(timeout=120), run.returncode) for run in runs]
    codes = sorted(code for *_, code in ends)
    assert codes[0] == 0
    assert set(codes) <= {0, 2}
    for _, err, code in ends:
        told = [line for line in err.splitlines() if line.startswith("chaintrace: ")]
        assert len(told) == (code == 2)
        assert all("another run is working on" in line for line in told)
    assert trace(small_case(tmp_path / "alone")).code == 0
    assert tree(folder / "report") == tree(tmp_path / "alone" / "report")


@pytest.mark.parametrize("name", ["transfers.csv", "tags.csv", "complete.txt", "case.toml"])
def test_a_file_that_goes_away_while_the_case_is_read(tmp_path, monkeypatch, name):
    """Between the check that a file is there and the reading of it, it is removed."""
    folder = small_case(tmp_path / "case")
    from chaintrace.case import result

    chosen = result.chosen

    def late(*given):
        (folder / name).unlink()
        return chosen(*given)

    monkeypatch.setattr(result, "chosen", late)
    came = trace(folder)
    assert came.code == 2
    assert len(came.told) == 1
    assert name in came.told[0]
