"""`show` and `trace` on account chains over the network: tokens are asked about too, and every source that is named."""

from __future__ import annotations

import json
import tomllib

import pytest

from chaintrace.addresses import tron_from_hex
from chaintrace.cli import run
from tests.hostile.doors import QUICK
from tests.hostile.server import HostileServer
from tests.hostile.tron_ledger import USDT, Paid, TronLedger
from tests.hostile.trongrid_server import TrongridServer
from tests.hostile.tronscan_server import Tronscan

BEFORE, VICTIM, MULE = (tron_from_hex("41" + digit * 40) for digit in "123")
TXIDS = ("a1" * 32, "b2" * 32)
LEDGER = TronLedger.of(
    [Paid(TXIDS[0], 1_700_000_001, USDT, BEFORE, VICTIM, 5), Paid(TXIDS[1], 1_700_000_101, USDT, VICTIM, MULE, 5)]
)
NOTE = "the address was asked about in USDT, USDC, TRX: for another asset, add --asset with its contract"


@pytest.fixture
def grid(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    monkeypatch.setattr("chaintrace.adapters.transport.door.Patience", lambda: QUICK)
    with HostileServer(TrongridServer(LEDGER)) as server:
        yield server


@pytest.fixture
def scan():
    with HostileServer(Tronscan(LEDGER)) as server:
        yield server


def show(grid, *more: str) -> int:
    return run(["show", VICTIM, "--chain", "tron", "--from", grid.url, *more])


def test_an_address_is_asked_about_in_the_known_tokens_too(grid, capsys):
    """A victim of USDT who is told of no TRX only would read that nothing ever moved."""
    assert show(grid, "--json") == 0
    out, err = capsys.readouterr()
    assert [one["txid"] for one in json.loads(out)["transactions"]] == list(TXIDS)
    assert NOTE in err


def test_a_named_asset_is_asked_about_alone(grid, capsys):
    assert show(grid, "--asset", "TRX") == 0
    out, err = capsys.readouterr()
    assert f"{VICTIM}: 0 transactions" in out
    assert "asked about in" not in err
    assert [one.path for one in grid.asked if "trc20" in one.path] == []


def test_what_one_asset_refuses_does_not_hide_the_others(grid, capsys):
    grid.fault("500", on=f"/v1/accounts/{VICTIM}/transactions?")
    assert show(grid, "--json") == 3
    out, err = capsys.readouterr()
    assert [one["txid"] for one in json.loads(out)["transactions"]] == list(TXIDS)
    assert "did not answer" in err


def test_where_every_asset_is_refused_there_is_no_empty_history(grid, capsys):
    grid.fault("500", on="/v1/accounts/")
    assert show(grid) == 4
    assert capsys.readouterr().out == ""


def test_an_asset_of_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "ledger.csv").write_text("chain,txid,index,height,time,asset,decimals,from,to,value\n", "utf-8")
    assert run(["show", VICTIM, "--chain", "tron", "--from", str(tmp_path / "ledger.csv"), "--asset", "USDT"]) == 2
    assert "--asset says what a network is asked about" in capsys.readouterr().err


def test_every_named_source_stands_in_the_case_in_its_order(grid, scan, tmp_path):
    sources = ["--from", grid.url, "--from", f"tronscan={scan.url}/api"]
    assert run(["trace", TXIDS[1], "--chain", "tron", *sources]) in {0, 3}
    held = tomllib.loads((tmp_path / TXIDS[1][:8] / "case.toml").read_text("utf-8"))
    assert [one["adapter"] for one in held["source"]] == ["trongrid", "tronscan"]


def test_show_goes_on_to_the_second_named_source(grid, scan, capsys):
    grid.fault("500")
    assert show(grid, "--from", f"tronscan={scan.url}/api", "--asset", "USDT", "--json") == 0
    out, err = capsys.readouterr()
    assert [one["txid"] for one in json.loads(out)["transactions"]] == list(TXIDS)
    assert f"{grid.url} did not answer" in err


def test_a_source_without_histories_leaves_nothing_open_where_the_next_one_answers(grid, capsys):
    sources = ["--from", f"tron-node={grid.url}", "--from", grid.url]
    assert run(["show", VICTIM, "--chain", "tron", "--asset", "USDT", "--json", *sources]) == 0
    out, err = capsys.readouterr()
    assert [one["txid"] for one in json.loads(out)["transactions"]] == list(TXIDS)
    assert "left open" not in err


@pytest.mark.parametrize("command", ["show", "trace"])
def test_a_file_beside_another_source_is_refused_and_not_left_out(grid, tmp_path, capsys, command):
    (tmp_path / "ledger.csv").write_text("", "utf-8")
    arguments = [command, TXIDS[1], "--chain", "tron", "--from", "ledger.csv", "--from", grid.url]
    assert run(arguments) == 2
    assert "--from names 'ledger.csv', a file, and something else" in capsys.readouterr().err
    assert grid.asked == []
