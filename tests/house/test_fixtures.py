"""The fixtures that guard other tests are themselves seen to bite."""

from __future__ import annotations

import faulthandler
import socket
import time

import pytest
from hypothesis import settings

from tests.conftest import ANEW, HANGS, Watch, absent


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("ask", [socket.socket, lambda: socket.getaddrinfo("localhost", 80)], ids=["socket", "name"])
def test_a_test_without_sockets_fails_when_it_asks_for_one(ask):
    with pytest.raises(pytest.fail.Exception, match="a socket was asked for"):
        ask()


def test_what_is_absent_is_skipped_on_a_desk_and_fails_on_the_machine_that_checks(monkeypatch):
    monkeypatch.setenv("CI", "false")
    with pytest.raises(pytest.skip.Exception, match="run it"):
        absent("the thing", "run it")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="run it"):
        absent("the thing", "run it")


def test_the_examples_are_the_same_in_every_run():
    if settings.get_current_profile_name() == "soak":
        pytest.skip("the long run is seeded instead")
    assert settings.default.derandomize


def test_a_test_that_hangs_is_shown_and_the_watch_over_short_ones_is_seldom_set(monkeypatch):
    said, moments = [], iter((0.0, 1.0, ANEW, ANEW + 1.0))
    monkeypatch.setattr(faulthandler, "dump_traceback_later", lambda seconds, file: said.append((seconds, file)))
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: said.append("no more"))
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    watch = Watch()
    for _ in range(4):
        watch.pytest_runtest_setup()
    watch.pytest_unconfigure()
    assert [seconds for seconds, _ in said[:-1]] == [HANGS + ANEW] * 2
    assert said[-1] == "no more"


def test_the_folders_are_there(root, data):
    assert (root / "pyproject.toml").is_file()
    assert data.is_dir()
