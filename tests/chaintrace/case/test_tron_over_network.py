"""The real TRON case: over Tronscan, over TronGrid and from its file it ends in the same places, to the base unit.

The stand-ins hold what the file holds: whole histories of 40 wallets. Of every other address they count as many
transfers as a service has, and tell none, so that it is asked for and left open: value that reaches it is not followed,
as from the file, which covers no such address either.
"""

from __future__ import annotations

import csv
import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest

from chaintrace.accounting import METHODS
from chaintrace.case.expectations import found_rows
from chaintrace.case.result import open_case
from chaintrace.cli import run
from tests.cases.encode import CASES
from tests.hostile.server import HostileServer
from tests.hostile.tron_ledger import Paid, TronLedger
from tests.hostile.trongrid_server import TrongridServer
from tests.hostile.tronscan_server import Tronscan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.case.result import Trace

SHIPPED = CASES / "tron-usdt"
FILE_SOURCE = """\
adapter = "transfers-csv"
path = "transfers.csv"
complete = "wallets.txt"   # only these 40; what goes elsewhere is "history not in the sources"
"""
ALIKE = ("endpoints.csv", "not_followed.csv", "reconciliation.csv", "methods.csv", "credits.csv")
"""The tables of the report that do not say where a fact was read; but lists name a transfer otherwise than files."""
SOURCES_OWN = {"index", "could_change", "issuer_state", "issuer_state_height"}
"""What depends on the source: a list has no indexes, and explorers know balances and states that a file leaves open."""
NO_HISTORY = "history not in the sources"


@cache
def ledger() -> TronLedger:
    """The transfers of the shipped case, which are those of ../shared/data/tron/israel-seizure-orders."""
    with (SHIPPED / "transfers.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return TronLedger.of(
            Paid(row["txid"], int(row["time"]), row["asset"], row["from"], row["to"], int(row["value"])) for row in rows
        )


def wallets() -> frozenset[str]:
    return frozenset((SHIPPED / "wallets.txt").read_text("utf-8").split())


def stand_in(adapter: str) -> tuple[HostileServer, str]:
    """A stand-in for an explorer, and what its url has behind the host."""
    if adapter == "tronscan":
        return HostileServer(Tronscan(ledger(), complete=wallets())), "/api"
    return HostileServer(TrongridServer(ledger(), whole=wallets())), ""


def folder_of(folder: Path, adapter: str, url: str) -> Path:
    """The shipped case, asking a stand-in instead of reading its file. A list names a transfer otherwise: no index."""
    text = (SHIPPED / "case.toml").read_text("utf-8")
    asked = text.replace(FILE_SOURCE, f'adapter = "{adapter}"\nurl = "{url}"\n').replace("index = 0\n", "")
    assert "transfers.csv" not in asked
    folder.mkdir()
    for name in ("tags.csv", "actors.yaml"):
        shutil.copy(SHIPPED / name, folder)
    (folder / "case.toml").write_text(asked, "utf-8")
    return folder


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "report" / name).open(encoding="utf-8-sig", newline="") as file:
        return [{key: value for key, value in row.items() if key not in SOURCES_OWN} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def from_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Trace]:
    folder = tmp_path_factory.mktemp("file") / "case"
    shutil.copytree(SHIPPED, folder)
    assert run(["trace", str(folder)]) == 3
    return folder, open_case(folder).follow()


@pytest.fixture(scope="module", params=["tronscan", "trongrid"])
def over_network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, HostileServer]]:
    """The folder of the case after `chaintrace trace` asked a stand-in, which still stands."""
    server, path = stand_in(request.param)
    with pytest.MonkeyPatch.context() as patched, server:
        patched.setenv("CHAINTRACE_NETWORK", "own")
        folder = folder_of(tmp_path_factory.mktemp("net") / "case", request.param, f"{server.url}{path}")
        assert run(["trace", str(folder)]) == 3
        yield folder, server


def test_it_ends_where_the_file_ends_under_every_method(over_network, from_file) -> None:
    folder, server = over_network
    result, expected = open_case(folder).follow(), from_file[1]
    assert set(result.report.inputs.traces) == set(METHODS) - {"poison"} == {"fifo", "lifo", "libr", "haircut"}
    assert found_rows(result) == found_rows(expected)
    assert sum(value for key, value in found_rows(result).items() if key[2] == "seed") == 4 * 190_000_000_000
    for name in ALIKE:
        assert table(folder, name) == table(from_file[0], name), name
    assert server.asked


def test_what_rests_is_the_same_as_of_the_tip(over_network, from_file) -> None:
    what = ("origin", "address", "asset", "contract", "traced_value")
    rests, expected = (
        [tuple(row[name] for name in what) for row in table(folder, "resting.csv")]
        for folder in (over_network[0], from_file[0])
    )
    assert rests == expected


def test_only_what_carries_value_was_asked_for_and_no_service_downloaded(over_network) -> None:
    """Four of the wallets are reached before their value stops; of services a page each, and of stops nothing."""
    asked = [one.path for one in over_network[1].asked]
    with (SHIPPED / "tags.csv").open(encoding="utf-8", newline="") as file:
        stops = {row["address"] for row in csv.DictReader(file)}
    assert not [path for path in asked if any(address in path for address in stops)]
    reached = {address for address in wallets() if any(address in path for path in asked)}
    assert 0 < len(reached) < 10
    assert len(asked) < 250


def test_histories_are_complete_and_what_is_not_followed_says_so(over_network) -> None:
    folder, _ = over_network
    kinds = {row["kind"] for row in table(folder, "gaps.csv")}
    assert not kinds & {"claimed", "balance", "opening", "order"}
    services = [row for row in table(folder, "gaps.csv") if "looks like a service" in row["text"]]
    assert {row["reason"] for row in table(folder, "not_followed.csv")} == {NO_HISTORY}
    assert {row["subject"] for row in services} >= {row["address"] for row in table(folder, "not_followed.csv")}
    assert not {row["subject"] for row in services} & wallets()


def test_a_second_run_asks_for_no_history_that_it_has(over_network) -> None:
    folder, server = over_network
    before = table(folder, "reconciliation.csv")
    count = len(server.asked)
    assert run(["trace", str(folder), "--offline"]) == 3
    assert len(server.asked) == count
    assert table(folder, "reconciliation.csv") == before


def test_short_pages_and_failures_on_the_way_change_nothing(tmp_path: Path, from_file) -> None:
    """An explorer that gives 20 entries a page, breaks off, is asked too often and answers with web pages meanwhile."""
    with HostileServer(Tronscan(ledger(), page=20, complete=wallets(), key="never given")) as server:
        for name in ("half a body", "reset", "500", "503"):
            server.fault(name, on="/api/token_trc20", times=1)
        server.fault("429 and when", on="/api/transaction-info", times=1)
        folder = folder_of(tmp_path / "case", "tronscan", f"{server.url}/api")
        assert run(["trace", str(folder)]) == 3
        for name in ALIKE:
            assert table(folder, name) == table(from_file[0], name), name
        assert {row["kind"] for row in table(folder, "gaps.csv")} <= {"source", "inflow"}


def test_marks_and_pages_that_trongrid_loses_and_its_failures_change_nothing(tmp_path: Path, from_file) -> None:
    """It gives 20 rows a page, names no next one, breaks off and is asked too often."""
    stand_in = TrongridServer(ledger(), whole=wallets(), page=20, loses_fingerprints=True)
    with HostileServer(stand_in) as server:
        for name in ("half a body", "reset", "500", "503"):
            server.fault(name, on="/v1/accounts", times=1)
        server.fault("429 and when", on="/wallet/triggerconstantcontract", times=1)
        folder = folder_of(tmp_path / "case", "trongrid", server.url)
        assert run(["trace", str(folder)]) == 3
        for name in ALIKE:
            assert table(folder, name) == table(from_file[0], name), name
        assert {row["kind"] for row in table(folder, "gaps.csv")} <= {"source", "inflow"}
