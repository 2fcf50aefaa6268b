"""`trace` over the network, killed without warning: the same command goes on, and the log is whole."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from chaintrace.case import lock, log
from chaintrace.cli import run
from tests.chaintrace.network_case import esplora, network_case, report_of, served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.server import Asked, Given, HostileServer


def slow(asked: Asked, given: Given) -> Given:
    """An answer that takes a while."""
    del asked
    time.sleep(0.05)
    return given


def killed_after(folder: Path, server: HostileServer, requests: int, root: Path) -> int:
    """Start the command, kill it when so many requests have come in, and return its exit code."""
    before = len(server.asked)
    command = [sys.executable, "-m", "chaintrace", "trace", str(folder)]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(server.asked) < before + requests and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    return process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("requests", [3, 11, 19])
def test_a_killed_trace_goes_on_and_its_log_is_whole(tmp_path, root, requests):
    with served() as server:
        whole = network_case(tmp_path / "whole", esplora(server))
        assert run(["trace", str(whole)]) == 0
        server.asked.clear()
        server.change(slow)
        folder = network_case(tmp_path / "killed", esplora(server))
        assert killed_after(folder, server, requests, root) < 0
        assert run(["trace", str(folder)]) == 0
        settled = [one.path for one in server.asked if one.path.endswith(("/hex", "/header", "/merkle-proof"))]
    entries = log.verify(folder / log.FILE_NAME, lock.remembered(folder))
    assert [entry.action for entry in entries][-2:] == ["follow", "trace"]
    # What was in flight when the run was killed is asked again: at most one question for each worker.
    assert sum(count - 1 for count in Counter(settled).values()) <= 8
    assert report_of(folder) == report_of(whole)
