"""A case that follows itself over an explorer: the value comes to its ends, to the unit, from the command line."""

from __future__ import annotations

import json

import pytest

from chaintrace.cli import run
from tests.hostile import blockscout_server
from tests.hostile.blockscout_ledger import ZERO, Call, Ledger, Move, Tx, address
from tests.hostile.server import HostileServer

ETH = 10**18
USDT = address("usdt")
VICTIM, THIEF, MULE, ROUTER, REST = (address(name) for name in ("victim", "thief", "mule", "router", "rest"))


def theft() -> tuple[Ledger, Tx, Tx]:
    """Ether through a router and a token through a mule; the fees are paid out of what was stolen."""
    ledger = Ledger()
    ledger.mine(issues=(("victim", 100 * ETH), ("mule", ETH), ("router", ETH)))
    ledger.mine(Tx(VICTIM, USDT, data="0xa9059cbb", moves=[Move(USDT, ZERO, VICTIM, 900)]))
    stolen, token = (
        Tx(VICTIM, THIEF, 10 * ETH),
        Tx(VICTIM, USDT, data="0xa9059cbb", moves=[Move(USDT, VICTIM, THIEF, 900)]),
    )
    ledger.mine(stolen, token)
    ledger.mine(Tx(THIEF, ROUTER, 4 * ETH, data="0x01", calls=[Call(ROUTER, REST, 4 * ETH)]))
    ledger.mine(Tx(THIEF, USDT, data="0xa9059cbb", moves=[Move(USDT, THIEF, MULE, 600)]))
    ledger.mine(Tx(MULE, USDT, data="0xa9059cbb", moves=[Move(USDT, MULE, REST, 600)]))
    ledger.mine(Tx(THIEF, REST, ETH, ok=False))
    ledger.mine()
    return ledger, stolen, token


FEES = 3 * 350_000
"""Of the thief's three transactions, one of which failed."""
EXPECTED = {
    ("ether", "fifo"): {THIEF: 6 * ETH - FEES, ROUTER: ETH, REST: 3 * ETH},
    ("ether", "haircut"): {THIEF: 6 * ETH - FEES, ROUTER: 8 * ETH // 10, REST: 32 * ETH // 10},
    ("token", "fifo"): {THIEF: 300, REST: 600},
    ("token", "haircut"): {THIEF: 300, REST: 600},
}


@pytest.mark.parametrize(("what", "method"), EXPECTED)
def test_a_case_follows_itself_over_an_explorer(tmp_path, monkeypatch, capsys, what, method):
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    ledger, stolen, token = theft()
    seed = stolen if what == "ether" else token
    with HostileServer(blockscout_server.Blockscout(ledger, finalized=6, page=2)) as server:
        (tmp_path / "case.toml").write_text(
            f'[case]\nname = "theft"\nmethods = ["{method}"]\n[[seed]]\nchain = "ethereum"\n'
            f'txid = "{seed.txid}"\norigin = "V"\n[[source]]\nadapter = "blockscout"\nchain = "ethereum"\n'
            f'url = "{server.url}"\n',
            "utf-8",
        )
        assert run(["trace", str(tmp_path)]) == 0, capsys.readouterr()
    told = json.loads((tmp_path / "report" / "trace.json").read_text("utf-8"))
    assert told["complete"] is True
    rows = told["outcomes"][method]
    resting = {row["address"]: int(row["value"]) for row in rows if row["outcome"] == "resting"}
    assert resting == EXPECTED[what, method]
    assert sum(int(row["value"]) for row in rows if row["outcome"] == "fee") == (FEES if what == "ether" else 0)
    assert {row["outcome"] for row in rows} <= {"resting", "fee"}
