"""One case, four ways to its facts: raw blocks, a node's RPC, an Electrum server, an Esplora server. One report."""

from __future__ import annotations

import json

import pytest

import chaintrace as ct
from chaintrace.adapters.assets import native_asset
from chaintrace.adapters.transport import ReplayDoor
from chaintrace.case.endpoints import connected, endpoint
from chaintrace.model.chain import Account, OutPoint
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from tests.hostile.doors import quick_door
from tests.hostile.esplora_ledger import Ledger
from tests.hostile.esplora_server import Esplora
from tests.hostile.server import HostileServer
from tests.nodes import running, story
from tests.nodes.chain import p2wpkh
from tests.oracle import compare
from tests.oracle.compare import against

METHODS = ("fifo", "lifo", "libr", "haircut")
OF_SOURCES = frozenset({"inputs", "inputs_sha256", "notes"})
"""The fields of trace.json that tell by which way the facts came."""


@pytest.fixture(scope="module")
def esplora():
    """A stand-in for an Esplora server that has heard the story."""
    ledger = Ledger()
    for block in story.told().blocks:
        ledger.add(block.raw)
    with HostileServer(Esplora(ledger)) as server:
        yield server


@pytest.fixture(scope="module")
def ways(bcoin, electrumx, esplora):
    """The body of each way's `[[source]]`."""
    return {
        "blocks": "adapter = 'blocks'\npath = 'blk00000.dat'",
        "rpc": f"adapter = 'bitcoin-core'\nurl = '{bcoin.url}'",
        "electrum": f"adapter = 'electrum'\nurl = '{electrumx.url}'\nreach = 'own'",
        "esplora": f"adapter = 'esplora'\nurl = '{esplora.url}/api'\nreach = 'own'",
    }


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_USER", running.USER)
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_PASSWORD", running.PASSWORD)
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")


def traced(folder, source, methods):
    """The report of the case over one source, followed to its end."""
    case = story.write_case(folder, source, methods=methods)
    if "blk00000.dat" in source:
        story.write_blk(story.told().blocks, case / "blk00000.dat")
    result = ct.open_case(case).follow(backward=True)
    assert not [notice for notice in result.notices if "no source" in notice]
    return case / "report"


def rows(report):
    """Every table of a report as it was written."""
    return {path.name: path.read_bytes() for path in sorted(report.glob("*.csv"))}


def facts(report):
    """What trace.json says, but by which way the facts came."""
    told = json.loads((report / "trace.json").read_text("utf-8"))
    return {name: value for name, value in told.items() if name not in OF_SOURCES}


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("first", METHODS)
def test_every_way_gives_the_same_report_unit_for_unit(tmp_path, ways, first):
    methods = (first, *(method for method in METHODS if method != first))
    expected = story.expected(tmp_path / "oracle", methods=methods)
    reports = {name: traced(tmp_path / name, source, methods) for name, source in ways.items()}
    for name, report in reports.items():
        assert (name, against(expected, report)) == (name, [])
    tables = {name: rows(report) for name, report in reports.items()}
    assert {"sources.csv", "hops.csv", "resting.csv"} < set(tables["blocks"])
    assert [row["kind"] for row in compare.rows(reports["rpc"] / "sources.csv")] == ["mint"]
    for name in ways:
        differing = [table for table, content in tables["blocks"].items() if tables[name].get(table) != content]
        assert (name, differing, sorted(tables[name])) == (name, [], sorted(tables["blocks"]))
        assert facts(reports[name]) == facts(reports["blocks"])


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("way", ["rpc", "electrum", "esplora"])
def test_what_is_not_there_is_not_there_without_a_network_either(tmp_path, ways, way):
    """Absent transactions and outputs, an empty history: recorded, and told again from the archive."""
    adapter, url = (line.partition("=")[2].strip(" '") for line in ways[way].splitlines()[:2])
    place, unused = endpoint(adapter, story.CHAIN, url, "own"), story.address(p2wpkh("nobody", 0))
    questions = [
        MissingTransaction(story.CHAIN, "11" * 32),
        MissingSpender(OutPoint(story.CHAIN, "11" * 32, 0)),
        MissingSpender(OutPoint(story.CHAIN, story.told().theft.txid, 9)),
    ]
    if way != "rpc":  # a node keeps no list of an address's transactions
        questions.append(MissingHistory(Account(unused, native_asset(story.CHAIN))))
    secrets = {"CHAINTRACE_BITCOIN_CORE_USER": running.USER, "CHAINTRACE_BITCOIN_CORE_PASSWORD": running.PASSWORD}
    with quick_door(tmp_path, environment=secrets) as door:
        source = connected(place, door)
        at = source.status()
        live = [source.reply(question, at) for question in questions]
    replayed = connected(place, ReplayDoor(door.archive))
    assert replayed.status() == at
    assert [replayed.reply(question, at) for question in questions] == live
    assert live[0].absent
    assert not any(reply.transactions for reply in live)
