"""What may be asked and with what: the keyring behind the environment, and an archive that is flushed before facts."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import chaintrace as ct
from chaintrace.adapters.transport import Request
from chaintrace.case.access import access, opened_door
from chaintrace.case.config import load
from chaintrace.case.rooms import opened
from chaintrace.store import FileArchive, SqliteStore
from tests.chaintrace.network_case import esplora, network_case, served
from tests.hostile.server import Given, HostileServer
from tests.nodes import story

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def clock():
    return NOON


@pytest.fixture
def ring(monkeypatch):
    """A keyring in the place of the system's: what it holds, and what it was asked."""
    held: dict[tuple[str, str], str] = {}
    module = SimpleNamespace(get_password=lambda *name: held.get(name), errors=SimpleNamespace(KeyringError=OSError))
    monkeypatch.setitem(sys.modules, "keyring", module)
    return held


@pytest.mark.parametrize(("environment", "sent"), [("", "ring"), ("environment", "environment")])
def test_a_key_comes_from_the_environment_or_else_from_the_keyring(tmp_path, ring, environment, sent):
    ring["chaintrace", "ESPLORA_KEY"] = "ring"
    variables = {"CHAINTRACE_NETWORK": "own", "CHAINTRACE_ESPLORA_KEY": environment}
    with HostileServer(lambda _: Given(b"1")) as server:
        request = Request("esplora", f"{server.url}/{{key}}/tip", reach="own")
        with opened_door(FileArchive(tmp_path, clock), access(variables)) as door:
            assert door.ask(request).content == b"1"
        assert [asked.path for asked in server.asked] == [f"/{sent}/tip"]
    assert "ring" not in (tmp_path / "index.jsonl").read_text("utf-8")


def test_every_answer_is_on_the_disk_before_a_fact_that_rests_on_it_is_in_the_store(tmp_path, monkeypatch):
    done: list[str] = []

    def told(of, name):
        whole = getattr(of, name)
        monkeypatch.setattr(of, name, lambda *given, **more: (done.append(name), whole(*given, **more))[1])

    for of, name in ((FileArchive, "keep"), (FileArchive, "flush"), (SqliteStore, "tell")):
        told(of, name)
    with served() as server:
        ct.open_case(network_case(tmp_path, esplora(server))).follow()
    assert done.count("tell") > 1
    assert done[-1] == "flush"
    for place in (place for place, what in enumerate(done) if what == "tell"):
        before = done[:place]
        assert "keep" not in before[len(before) - before[::-1].index("flush") :]


def test_files_of_a_case_are_on_the_disk_before_the_store_has_what_they_say(tmp_path, monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(FileArchive, "flush", lambda _: done.append("flush"))
    monkeypatch.setattr(SqliteStore, "add", lambda *_: done.append("add"))
    case = story.write_case(tmp_path, "adapter = 'transactions-jsonl'\npath = 'story.jsonl'\ncomplete = 'all'")
    story.write_jsonl(story.told().blocks, case / "story.jsonl")
    with opened(load(case), clock):
        pass
    assert done == ["flush", "add", "flush", "flush"]


def test_what_is_set_is_named_with_where_it_stands(ring):
    ring.update({("chaintrace", "ESPLORA_KEY"): "x", ("chaintrace", "ESPLORA_PASSWORD"): "y"})
    allowed = access({"CHAINTRACE_ESPLORA_USER": "me", "CHAINTRACE_ESPLORA_PASSWORD": "mine"})
    assert list(allowed.credentials("esplora")) == [
        *("CHAINTRACE_ESPLORA_KEY (keyring)", "CHAINTRACE_ESPLORA_USER", "CHAINTRACE_ESPLORA_PASSWORD")
    ]
    assert allowed.credentials("electrum") == ()
