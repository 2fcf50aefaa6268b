"""The lock: one run at a time, refused in one sentence, free again when the process that held it is gone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chaintrace.case.lock import FILE_NAME, hold, remembered
from chaintrace.case.log import NOTHING, Head
from chaintrace.errors import InputError, OutputError

HOLDER = """
import sys
from pathlib import Path
from chaintrace.case.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path, root):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


@pytest.mark.usefixtures("other")
def test_a_second_run_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(InputError, match="another run is working on") as caught, hold(tmp_path):
        pass
    assert "\n" not in str(caught.value)


def test_the_lock_is_free_when_its_process_was_killed(tmp_path, other):
    other.kill()
    other.wait()
    with hold(tmp_path):
        pass


def test_the_head_is_remembered_when_the_lock_is_given_back(tmp_path):
    assert remembered(tmp_path) == NOTHING
    with hold(tmp_path) as lock:
        lock.remember(Head(1, "a"))
        lock.remember(Head(2, "b"))
        assert lock.head() == Head(2, "b")
    assert remembered(tmp_path) == Head(2, "b")


def test_the_lock_is_given_back_when_the_run_fails(tmp_path):
    with pytest.raises(RuntimeError), hold(tmp_path):
        raise RuntimeError
    with hold(tmp_path):
        pass


def test_a_folder_that_is_not_there_is_an_output_error(tmp_path):
    with pytest.raises(OutputError, match="cannot be locked"), hold(tmp_path / "nothing"):
        pass


def test_a_damaged_lock_file_is_said(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 100)
    with pytest.raises(OutputError, match="cannot be locked"), hold(tmp_path):
        pass
