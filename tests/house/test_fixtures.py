"""The fixtures that guard other tests are themselves seen to bite."""

from __future__ import annotations

import socket

import pytest
from hypothesis import settings

from tests.conftest import absent


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


def test_the_folders_are_there(root, data):
    assert (root / "pyproject.toml").is_file()
    assert data.is_dir()
