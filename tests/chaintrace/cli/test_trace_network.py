"""`trace` over the network, from a txid and from a case: what is fetched, kept, shown, refused, and never written."""

from __future__ import annotations

import base64
import json

import pytest

from chaintrace.case import remote
from chaintrace.case.endpoints import endpoint
from chaintrace.cli import run
from tests.chaintrace.adapters.electrum_tale import tale
from tests.chaintrace.adapters.esplora_case import CHAIN
from tests.chaintrace.network_case import (
    THEFT,
    TXID,
    blk,
    esplora,
    every_byte,
    keyed,
    network_case,
    report_of,
    served,
    url_of,
)
from tests.hostile.doors import QUICK
from tests.hostile.electrum_server import ElectrumServer
from tests.hostile.server import Given, HostileServer
from tests.nodes import story
from tests.nodes.core import Core

SECRET = "s3cret-0123456789abcdef"  # noqa: S105  # what must turn up nowhere


@pytest.fixture
def server():
    with served() as server:
        yield server


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def trace(server, *more: str) -> int:
    return run(["trace", TXID, "--chain", CHAIN, "--from", url_of(server), *more])


def test_a_txid_and_a_url_are_enough(here, server, capsys):
    assert trace(server, "--index", "0") == 0
    out, err = capsys.readouterr()
    assert f"case: {TXID[:8]}" in out
    assert "conservation" in out
    assert "following: " in err
    assert "public" not in err
    assert (here / TXID[:8] / "report" / "report.html").is_file()


def test_several_payments_are_listed_and_the_choice_goes_on_from_what_was_fetched(here, server, capsys):
    assert trace(server) == 2
    err = capsys.readouterr().err
    assert "has several payments" in err
    assert "1 (1900000000 base units to " in err
    assert f"the case is {TXID[:8]}" in err
    asked = len(server.asked)
    assert trace(server, "--index", "1") == 0
    bytes_of_seed = [one.path for one in server.asked if one.path == f"/api/tx/{TXID}/hex"]
    assert len(bytes_of_seed) == 1
    assert len(server.asked) > asked
    log = (here / TXID[:8] / "log.jsonl").read_text("utf-8")
    assert '"action":"asked anew"' in log
    assert trace(server, "--index", "0") == 2
    assert "holds another case" in capsys.readouterr().err


def test_where_nothing_came_of_it_another_source_or_chain_is_asked_in_the_same_folder(here, server, capsys):
    with HostileServer(lambda _: Given(b"no", 401)) as dead:
        assert run(["trace", TXID, "--chain", "bitcoin", "--index", "0", "--from", url_of(dead)]) == 4
    assert run(["trace", TXID, "--chain", "bitcoin", "--index", "0", "--from", url_of(server)]) == 2
    assert "is a source of bitcoin-regtest, not of bitcoin" in capsys.readouterr().err
    assert trace(server, "--index", "0") == 0
    assert [entry.name for entry in here.iterdir()] == [TXID[:8]]
    assert run(["doctor", TXID[:8]]) == 0
    with HostileServer(lambda _: Given(b"no", 401)) as dead:  # now there is a report, and it stays
        assert run(["trace", TXID, "--chain", CHAIN, "--index", "0", "--from", url_of(dead)]) == 2
    assert "holds another case" in capsys.readouterr().err


def test_what_was_fetched_is_traced_again_without_a_socket_to_the_same_bytes(here, server, request):
    assert trace(server, "--index", "0") == 0
    first = report_of(here / TXID[:8])
    assert trace(server, "--index", "0") == 0
    assert report_of(here / TXID[:8]) == first
    request.getfixturevalue("no_sockets")
    assert run(["trace", TXID[:8], "--offline"]) == 0
    assert report_of(here / TXID[:8]) == first


def test_the_report_names_the_source_the_tip_and_the_budgets_and_no_clock(tmp_path, server):
    folder = network_case(tmp_path / "a", esplora(server), more="[follow]\nmax_requests = 777\ndepth = 2")
    assert run(["trace", str(folder)]) == 0
    told = json.loads((folder / "report" / "trace.json").read_text("utf-8"))
    (source,) = told["inputs"]
    assert (source["adapter"], source["path"], source["chain"]) == ("esplora", url_of(server), CHAIN)
    assert source["covers"] == f"what it was asked, as of block 4 ({THEFT.ledger.tip})"
    assert any("777 requests" in note and f"settled: of {CHAIN} 2 below the tip" in note for note in told["notes"])
    other = network_case(tmp_path / "b", esplora(server), more="[follow]\nmax_requests = 777\ndepth = 2")
    assert run(["trace", str(other)]) == 0
    assert report_of(other) == report_of(folder)


def test_a_file_that_ends_before_the_tip_is_gone_on_from_over_the_network(tmp_path, server):
    whole = network_case(tmp_path / "network", esplora(server))
    assert run(["trace", str(whole)]) == 0
    file = f'[[source]]\nadapter = "blocks"\npath = "blk00000.dat"\nchain = "{CHAIN}"'
    both = network_case(tmp_path / "both", f"{esplora(server)}\n{file}")
    (both / "blk00000.dat").write_bytes(b"".join(blk(height) for height in range(3)))
    assert run(["trace", str(both)]) == 0
    for name in ("hops.csv", "resting.csv", "reconciliation.csv"):
        assert report_of(both)[name] == report_of(whole)[name]


def test_public_services_are_named_before_the_first_request(here, server, capsys, monkeypatch):
    public = (endpoint("esplora", CHAIN, url_of(server), "public"),)
    monkeypatch.setattr(remote, "public_endpoints", lambda _: public)
    assert run(["trace", TXID, "--chain", CHAIN, "--index", "0"]) == 4
    assert (server.asked, list(here.iterdir())) == ([], [])
    assert "CHAINTRACE_NETWORK=own forbids" in capsys.readouterr().err
    monkeypatch.setenv("CHAINTRACE_NETWORK", "public")
    assert run(["trace", TXID, "--chain", CHAIN, "--index", "0"]) == 0
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("asking public services, which learn")
    assert url_of(server) in first


@pytest.mark.parametrize(("mode", "reach"), [("own", "public"), ("none", "own")])
def test_a_case_obeys_the_mode_and_nobody_is_asked(tmp_path, server, capsys, monkeypatch, mode, reach):
    monkeypatch.setenv("CHAINTRACE_NETWORK", mode)
    folder = network_case(tmp_path, f'{esplora(server)}\nreach = "{reach}"')
    assert run(["trace", str(folder)]) == 4
    assert server.asked == []
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("chaintrace: ")]
    assert len(errors) == 1
    assert not (folder / "report").exists()
    assert run(["queries", str(folder)]) == 0
    assert "asked no network" in capsys.readouterr().out


def test_every_request_is_listed_with_the_digest_of_its_answer_those_that_failed_too(tmp_path, server, capsys):
    folder = network_case(tmp_path, esplora(server))
    server.fault("401", on="/api/tx/", times=1)
    assert run(["trace", str(folder)]) == 4
    assert "check CHAINTRACE_ESPLORA_" in capsys.readouterr().err
    assert run(["trace", str(folder)]) == 0
    capsys.readouterr()
    assert run(["queries", str(folder)]) == 0
    title, header, *rows = capsys.readouterr().out.splitlines()
    assert (title, header.split("\t")[:3]) == ("Requests", ["time", "adapter", "host"])
    cells = [row.split("\t") for row in rows]
    assert len(cells) == len(server.asked)
    failed = [row for row in cells if row[4] == "401"]
    assert len(failed) == 1
    assert failed[0][6] == ""
    assert "refuses access" in failed[0][7]
    for row in cells:
        if row[4] == "200":
            content = (folder / "archive" / "raw" / row[6][:2] / row[6]).read_bytes()
            assert len(content) == int(row[5])


def test_a_key_reaches_the_server_and_nothing_else(here, capsys, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_ESPLORA_KEY", SECRET)
    with HostileServer(keyed(SECRET)) as server:
        command = ["trace", TXID, "--chain", CHAIN, "--from", f"{server.url}/{{key}}", "--index", "0"]
        assert run(command) == 0
        assert run(["doctor", TXID[:8]]) == 0
        assert run(["queries", TXID[:8]]) == 0
        server.fault("401")
        run(["doctor", TXID[:8]])
        server.change(lambda asked, given: given.__class__(asked.path.encode()), on="/")
        run(["doctor", TXID[:8]])
    out, err = capsys.readouterr()
    assert SECRET not in out + err
    assert SECRET.encode() not in every_byte(here)
    assert "set: CHAINTRACE_ESPLORA_KEY" in out
    assert "/{key}" in out


def test_without_its_key_a_url_is_refused_with_the_name_of_the_variable(here, server, capsys):
    command = ["trace", TXID, "--chain", CHAIN, "--from", f"{server.url}/{{key}}", "--index", "0"]
    assert run(command) == 4
    assert "CHAINTRACE_ESPLORA_KEY" in capsys.readouterr().err
    assert server.asked == []
    assert list(here.iterdir()) == []


def test_a_node_s_password_reaches_the_node_and_nothing_else(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_USER", "alice")
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_PASSWORD", SECRET)
    pair = base64.b64encode(f"alice:{SECRET}".encode())
    with HostileServer(Core(story.told().blocks).answer) as node:
        folder = story.write_case(tmp_path / "case", f'adapter = "bitcoin-core"\nurl = "{node.url}"')
        assert run(["trace", str(folder)]) == 0
        assert run(["doctor", str(folder)]) == 0
        assert {one.headers.get("authorization") for one in node.asked} == {f"Basic {pair.decode()}"}
    out, err = capsys.readouterr()
    for secret in (SECRET.encode(), pair):
        assert secret.decode() not in out + err
        assert secret not in every_byte(tmp_path)
    assert "set: CHAINTRACE_BITCOIN_CORE_USER, CHAINTRACE_BITCOIN_CORE_PASSWORD" in out


def test_an_electrum_url_is_known_by_its_scheme(here, capsys):
    with ElectrumServer(tale().ledger()) as server:
        command = ["trace", tale().theft.txid, "--chain", CHAIN, "--from", server.url, "--index", "0"]
        assert run(command) in {0, 3}
    assert 'adapter = "electrum"' in (here / tale().theft.txid[:8] / "case.toml").read_text("utf-8")
    assert "conservation" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_a_server_that_cannot_be_reached_ends_with_4_and_leaves_the_log(server, capsys, monkeypatch):
    monkeypatch.setattr("chaintrace.adapters.transport.door.Patience", lambda: QUICK)
    server.fault("refused")
    assert trace(server, "--index", "0") == 4
    assert "refuses the connection" in capsys.readouterr().err
    assert run(["queries", TXID[:8]]) == 0
    assert "refuses the connection" in capsys.readouterr().out


def test_public_services_that_are_not_reached_end_with_4_and_one_sentence(here, capsys, monkeypatch):
    with served() as one, served() as other:
        closed = [url_of(one), url_of(other)]
    monkeypatch.setattr("chaintrace.adapters.transport.door.Patience", lambda: QUICK)
    public = tuple(endpoint("esplora", CHAIN, url, "public") for url in closed)
    monkeypatch.setattr(remote, "public_endpoints", lambda _: public)
    monkeypatch.setenv("CHAINTRACE_NETWORK", "public")
    assert run(["trace", TXID, "--chain", CHAIN]) == 4
    first, *_, kept, last = capsys.readouterr().err.splitlines()
    assert first.startswith("asking public services, which learn")
    assert all(url in first for url in closed)
    assert kept.startswith(f"the case is {TXID[:8]}")
    assert last.startswith("chaintrace: ")
    assert "refuses the connection" in last
    assert not (here / TXID[:8] / "report").exists()
    assert run(["queries", TXID[:8]]) == 0
    out = capsys.readouterr().out
    assert all(url in out for url in closed)


def test_the_report_says_how_far_poison_was_screened_and_only_where_a_network_was_asked(tmp_path, server):
    def notes(folder):
        assert run(["trace", str(folder)]) in {0, 3}
        return json.loads((folder / "report" / "trace.json").read_text("utf-8"))["notes"]

    folder = network_case(tmp_path / "network", esplora(server))
    assert [note for note in notes(folder) if note.startswith("Poison was screened over what was fetched")]
    assert "Poison was screened over" in (folder / "report" / "report.html").read_text("utf-8")
    file = network_case(tmp_path / "file", 'adapter = "blocks"\npath = "blk00000.dat"')
    (file / "blk00000.dat").write_bytes(b"".join(blk(height) for height in range(5)))
    assert not [note for note in notes(file) if "Poison" in note]


def test_the_way_back_is_asked_for_too_within_the_budget(tmp_path, server, capsys):
    def kinds(folder):
        rows = (folder / "report" / "sources.csv").read_text("utf-8-sig").splitlines()[1:]
        return [row.split(",")[1] for row in rows]

    folder = network_case(tmp_path / "all", esplora(server))
    assert run(["trace", str(folder), "--backward"]) == 0
    assert kinds(folder) == ["mint"]
    poor = network_case(tmp_path / "poor", esplora(server), more="[follow]\nmax_requests = 1")
    assert run(["trace", str(poor), "--backward"]) == 3
    assert kinds(poor) == ["history not in the sources"]
    assert "ended at its budget of 1 requests" in capsys.readouterr().err
    for _ in range(10):
        code = run(["trace", str(poor), "--backward"])
        if code == 0:
            break
    assert code == 0
    assert kinds(poor) == ["mint"]
