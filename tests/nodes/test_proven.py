"""Packages of cases that asked real nodes: every traced transaction is proven from raw answers, or says why not."""

from __future__ import annotations

import csv
import json

import pytest

import chaintrace as ct
from chaintrace.case.replaying import replay
from chaintrace.case.sealing import evidence
from chaintrace.evidence.verify import LAYERS, verify
from tests.chaintrace.evidence.packages import moment
from tests.hostile.esplora_ledger import Ledger
from tests.hostile.esplora_server import Esplora
from tests.hostile.server import HostileServer
from tests.nodes import evm_case, running, story
from tests.nodes.evm_explorers import Etherscan, Indexed, Instance, Scouted

NOT_ALL = "not all transactions of its block were given; not all receipts of its block were given"


@pytest.fixture(scope="module")
def esplora():
    """A stand-in for an Esplora server that has heard the story."""
    ledger = Ledger()
    for block in story.told().blocks:
        ledger.add(block.raw)
    with HostileServer(Esplora(ledger)) as server:
        yield server


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_USER", running.USER)
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_PASSWORD", running.PASSWORD)
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")


def sealed(case, target):
    """The package of a followed case, when all layers of its verifier hold."""
    ct.open_case(case).follow(clock=moment)
    package = evidence(case, target, moment)
    said = verify(package)
    assert {layer: said.failures[layer] for layer in LAYERS if said.failures[layer]} == {}
    return package


def replayed(package, folder):
    """How the report differs that a replay of the package gives, without a network."""
    return replay(package, folder, moment).differences


def unproven(package):
    """The reason of each transaction that has no proof."""
    with (package / "data/proofs/unproven.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["txid"]: row["reason"] for row in csv.DictReader(file)}


def proofs(package):
    """The proof of each transaction that has one."""
    told = (json.loads(path.read_bytes()) for path in (package / "data/proofs").glob("*/*.json"))
    return {proof["txid"]: proof for proof in told if "txid" in proof}  # beside them lie chains of headers


def traced(package):
    """The transactions of the main method's hops."""
    with (package / "data/report/hops.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["txid"] for row in csv.DictReader(file)}


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("way", ["blocks", "rpc", "electrum", "esplora"])
def test_every_way_to_a_chain_of_outputs_proves_what_it_traced(tmp_path, way, bcoin, electrumx, esplora):
    ways = {
        "blocks": "adapter = 'blocks'\npath = 'blk00000.dat'",
        "rpc": f"adapter = 'bitcoin-core'\nurl = '{bcoin.url}'",
        "electrum": f"adapter = 'electrum'\nurl = '{electrumx.url}'\nreach = 'own'",
        "esplora": f"adapter = 'esplora'\nurl = '{esplora.url}/api'\nreach = 'own'",
    }
    case = story.write_case(tmp_path / "case", ways[way], methods=["fifo", "haircut"])
    if way == "blocks":
        story.write_blk(story.told().blocks, case / "blk00000.dat")
    package = sealed(case, tmp_path / "package")
    assert unproven(package) == {}
    assert traced(package) <= proofs(package).keys()
    assert all(proof["header"] and proof["branch"] is not None for proof in proofs(package).values())
    assert replayed(package, tmp_path / "again") == ()


@pytest.mark.usefixtures("anvil_program")
def test_a_node_of_accounts_proves_transactions_and_their_receipts(tmp_path, anvil, evm_told):
    case = evm_case.write_case(tmp_path / "case", f"adapter = 'evm-rpc'\nurl = '{anvil.url}'", evm_told.books)
    package = sealed(case, tmp_path / "package")
    found, lacking = proofs(package), unproven(package)
    assert traced(package) <= found.keys() | lacking.keys()
    assert replayed(package, tmp_path / "again") == ()
    assert all("transaction_nodes" in proof and "receipt_nodes" in proof for proof in found.values())
    assert len(lacking) < len(found) // 10
    assert set(lacking.values()) <= {NOT_ALL}  # the node was asked about one transaction of that block alone


@pytest.mark.usefixtures("anvil_program")
@pytest.mark.parametrize("way", ["etherscan", "blockscout"])
def test_what_explorers_tell_is_packed_checked_and_replayed(tmp_path, anvil, evm_told, way):
    indexed = Indexed(anvil, evm_told.books)
    handler = Etherscan(indexed=indexed) if way == "etherscan" else Instance(Scouted(indexed))
    with HostileServer(handler) as server:
        url = f"{server.url}/v2/api" if way == "etherscan" else server.url
        source = f"adapter = '{way}'\nurl = '{url}'\nreach = 'own'"
        case = evm_case.write_case(tmp_path / "case", source, evm_told.books, origins=("theft", "deceit"))
        package = sealed(case, tmp_path / "package")
    assert traced(package) <= proofs(package).keys() | unproven(package).keys()
    assert all(unproven(package).values())
    assert replayed(package, tmp_path / "again") == ()
