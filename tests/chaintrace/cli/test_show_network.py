"""`show` over the network: one transaction or address, nothing kept."""

from __future__ import annotations

import json

import pytest

from chaintrace.case import remote
from chaintrace.case.endpoints import endpoint
from chaintrace.cli import run
from tests.chaintrace.adapters.esplora_case import CHAIN, address
from tests.chaintrace.network_case import TXID, served, url_of
from tests.hostile.server import HostileServer
from tests.nodes import story
from tests.nodes.core import Core


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with served() as server:
        yield server
    assert list(tmp_path.iterdir()) == []


def show(server, subject: str, *more: str) -> int:
    return run(["show", subject, "--chain", CHAIN, "--from", url_of(server), *more])


def test_a_transaction_is_shown_as_one_of_a_file_is(server, capsys):
    assert show(server, TXID, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["txid"], told["status"], told["height"]) == (TXID, "confirmed", 2)
    assert [side["value"] for side in told["transfers"][0]["to"]] == ["3000000000", "1900000000"]
    assert told["transfers"][0]["from"][0]["value"] == "5000000000"
    assert show(server, TXID.upper()) == 0
    assert f"{CHAIN} {TXID}: confirmed" in capsys.readouterr().out


def test_an_address_is_shown_with_its_movements(server, capsys):
    assert show(server, address("thief")) == 0
    out, err = capsys.readouterr()
    assert f"{address('thief')}: 3 transactions in the sources" in out
    assert "public" not in err


@pytest.mark.parametrize(
    ("subject", "words"),
    [("aa" * 32, "is not in the sources of bitcoin-regtest"), ("hello", "is no bitcoin-regtest address")],
)
def test_what_is_not_there_or_is_nothing_is_2(server, capsys, subject, words):
    assert show(server, subject) == 2
    assert words in capsys.readouterr().err


def test_a_refusal_is_4_and_never_an_empty_history(server, capsys):
    server.fault("403")
    assert show(server, address("thief")) == 4
    out, err = capsys.readouterr()
    assert (out, "refuses access" in err) == ("", True)


def test_a_node_without_histories_says_so(tmp_path, capsys):
    with HostileServer(Core(story.told().blocks).answer) as node:
        arguments = ["show", address("thief"), "--chain", CHAIN, "--from", f"bitcoin-core={node.url}"]
        assert run(arguments) == 4
    assert "electrum or esplora" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_a_source_public_services_are_named_first(server, capsys, monkeypatch):
    public = (endpoint("esplora", CHAIN, url_of(server), "public"),)
    monkeypatch.setattr(remote, "public_endpoints", lambda _: public)
    assert run(["show", TXID, "--chain", CHAIN]) == 4
    assert server.asked == []
    monkeypatch.setenv("CHAINTRACE_NETWORK", "public")
    assert run(["show", TXID, "--chain", CHAIN]) == 0
    assert capsys.readouterr().err.splitlines()[1].startswith("asking public services")
