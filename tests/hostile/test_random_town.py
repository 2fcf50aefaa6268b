"""Random towns over explorers and a node, with short pages, budgets, breaks, faults: as the oracle reads their file."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import pytest

import chaintrace as ct
from tests.chaintrace.adapters.evm_rpc.chain_node import Node
from tests.hostile import random_town
from tests.hostile.blockscout_server import Blockscout
from tests.hostile.etherscan_server import Explorer
from tests.hostile.random_town import FEES, Town
from tests.hostile.server import HostileServer
from tests.oracle import compare
from tests.oracle.oracle import run
from tests.soak.progress import SEED, Progress, tell

CASES = int(os.environ.get("SOAK_TOWNS", "300"))
FILE = "adapter = 'transfers-csv'\npath = 'books.csv'\ncomplete = 'all'"
WAYS = ("etherscan", "blockscout", "evm-rpc")
HELD = {"etherscan": random_town.in_etherscan, "blockscout": random_town.in_blockscout, "evm-rpc": random_town.in_node}
INDICES = {"trace_filter", "ots_searchTransactionsBefore"}
NOT_OFFERED = {*INDICES, "eth_getBlockReceipts", "eth_getBlockByHash"}
"""What a node need not offer."""
LISTING = {*INDICES, "eth_getLogs"}


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")


def with_fees(found):
    """What ended at the address of the fees is fee, and no endpoint."""
    for (method, origin, chain, place, asset), value in list(found["endpoints"].items()):
        if place == FEES:
            key = (method, origin, chain, asset)
            found["reconciliation"][*key, "endpoint"] -= value
            found["reconciliation"][*key, "fee"] = found["reconciliation"].get((*key, "fee"), 0) + value
            del found["endpoints"][method, origin, chain, place, asset]
    found["poison_reached"] = {key: said for key, said in found["poison_reached"].items() if key[2] != FEES}
    found["hops"] = [hop for hop in found["hops"] if hop["index"] != "gas"]
    return found


def differing(expected, report):
    """Every figure that the oracle has otherwise; hops by transaction, for a list names a movement otherwise."""
    lines = [line for line in compare.against(expected, report) if not line.startswith("hops")]
    booked, told = Counter(), Counter()
    for (chain, txid, _, origin), value in compare.hops_of(expected["hops"], "fifo").items():
        booked[chain, txid, origin, value] += 1
    for (chain, txid, _, origin), value in compare.hops(report).items():
        told[chain, txid, origin, value] += 1
    return lines + compare.compare("hops", booked, told)


def served(way, told, rng):
    """The stand-in, and what its url has behind the host."""
    if way == "etherscan":
        return Explorer(told.kept, records=rng.choice([3, 10, 1000])), "/v2/api"
    if way == "evm-rpc":
        codes = dict.fromkeys((random_town.HUB, random_town.DESK, *random_town.TOKENS), "0x6001")
        without = set(rng.sample(sorted(NOT_OFFERED), rng.randint(0, 2)))
        if without >= INDICES:
            without.remove("trace_filter")  # without any index nobody knows what a contract was paid
        return Node(told.kept, codes=codes, widest=rng.choice([1, 3, 7, 1000]), without=without).answer, ""
    tip = len(told.kept.blocks) - 1
    more = {"version": rng.choice([6, 11, 12]), "page": rng.choice([2, 3, 7, 50]), "raw_trace": rng.random() < 0.5}
    return Blockscout(told.kept, finalized=tip, **more), ""


@contextmanager
def followed(number, way, folder, *, faults=False, hides=0):
    """The oracle's figures over the file, and result and report over a source, for the town of that number.

    `hides`: so many transactions are in no list of the source. None for a town without a payment.
    """
    rng = random.Random(number)
    town = Town(rng)
    seeds = town.seeds()
    told = HELD[way](town)
    shutil.rmtree(folder, ignore_errors=True)
    random_town.write_case(folder / "file", FILE, town, told, seeds, "")
    random_town.write_transfers(town, told, folder / "file" / "books.csv")
    expected = with_fees(run(folder / "file"))
    handler, path = served(way, told, rng)
    named = {told.txids[number] for number, _ in seeds}
    hidden = set(rng.sample(sorted(set(told.txids) - named), hides)) if hides else set()
    with HostileServer(hiding(handler, hidden)) as server:
        if faults:
            for name in rng.sample(["reset", "half a body", "500", "503"], 2):
                server.fault(name, times=rng.randint(1, 2))
        source = f"adapter = {way!r}\nurl = '{server.url}{path}'\nreach = 'own'"
        requests = rng.choice([0, 0, 0, 3, 10])
        workers = f"[follow]\nworkers = {rng.choice([1, 4, 8])}\n"
        for more in [f"{workers}max_requests = {requests}\n"] * bool(requests) + [workers]:
            case = random_town.write_case(folder / "case", source, town, told, seeds, more)
            result = ct.open_case(case).follow()
        yield expected, result, case / "report"


def hiding(handler, hidden):
    """The stand-in without these transactions in its lists of accounts; asked by themselves it has them."""
    if isinstance(handler, Blockscout):
        handler.hidden = hidden
        return handler

    def answer(asked):
        made = handler(asked)
        by_address = "address=" in asked.path and "action=balance" not in asked.path
        if not hidden or not (by_address or (asked.body and json.loads(asked.body)["method"] in LISTING)):
            return made
        told = json.loads(made.body)
        found = told.get("result")
        if isinstance(found, dict):
            found["txs"] = [row for row in found["txs"] if row["hash"] not in hidden]
        elif isinstance(found, list):
            told["result"] = [row for row in found if row.get("hash", row.get("transactionHash")) not in hidden]
        return replace(made, body=json.dumps(told).encode())

    return answer


def unproven(result):
    """Why a report is not complete, but for what the oracle leaves too: parts of seeds, and what is not followed."""
    return [line for line in result.reasons if "(seed)" not in line and "was not followed:" not in line]


def wrong(number, way, folder, *, faults=False):
    """What differs between the report over an explorer and the oracle's over the file, for the town of that number."""
    if not Town(random.Random(number)).seeds():
        return []
    with followed(number, way, folder, faults=faults) as (expected, result, report):
        found = [*differing(expected, report), *unproven(result)]
    return [f"{way} {number}: {line}" for line in found]


def dishonest(number, way, folder):
    """What a report that is called complete has otherwise than the oracle, where an explorer hides a transaction."""
    town = Town(random.Random(number))
    if not town.seeds() or len(town.deeds) < 9:
        return []
    with followed(number, way, folder, hides=1) as (expected, result, report):
        found = differing(expected, report) if result.complete else []
    return [f"{way} {number}: {line}" for line in found]


@pytest.mark.parametrize("way", WAYS)
def test_a_source_gives_what_the_oracle_reads(way, tmp_path):
    assert [line for number in range(6) for line in wrong(number, way, tmp_path)] == []


@pytest.mark.parametrize("way", WAYS)
def test_a_source_that_hides_a_transaction_is_never_called_complete_and_wrong(way, tmp_path):
    assert [line for number in range(4) for line in dishonest(number, way, tmp_path)] == []


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
def test_a_source_gives_what_the_oracle_reads_for_long(way, tmp_path):
    progress = Progress(f"towns over {way}")
    while progress.done < CASES:
        number = progress.done
        progress.keep(
            number + 1,
            wrong(SEED * 10**9 + number, way, tmp_path, faults=number % 5 == 0)
            + dishonest(SEED * 10**9 + number, way, tmp_path),
        )
    tell(progress)
    assert progress.found == []
