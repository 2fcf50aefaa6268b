"""A case that follows itself over an explorer: complete where every balance agrees, and again offline."""

from __future__ import annotations

import json

import pytest

from chaintrace.cli import run
from tests.chaintrace.adapters.etherscan.town import PATH, TOKEN
from tests.hostile.etherscan_books import Books, address
from tests.hostile.etherscan_server import Explorer
from tests.hostile.server import HostileServer

ETH = 10**18
KEY = "S3CRETKEY0123456789ABCDEFGHIJKLMNO"


def story() -> Books:
    """Stolen ether goes through three accounts, once by a call, and meets money of others on the way."""
    books = Books()
    books.pay("bank", "victim", 100 * ETH)
    books.pay("victim", "thief", 10 * ETH)
    books.pay("bank", "second", 2 * ETH)
    books.pay("thief", "second", 6 * ETH)
    books.pay("thief", "splitter", 3 * ETH, inside=[("splitter", "third", 3 * ETH)])
    books.pay("second", "third", 7 * ETH)
    books.pay("victim", TOKEN, tokens=[(TOKEN, "victim", "thief", 5)])
    books.head += 200
    return books


def totals(told: dict) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in told["outcomes"]["fifo"]:
        found[one["outcome"]] = found.get(one["outcome"], 0) + int(one["value"])
    return found


def test_a_theft_is_followed_through_accounts_whose_balances_agree(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHAINTRACE_ETHERSCAN_KEY", KEY)
    books = story()
    seed = books.mined[1].txid
    explorer = Explorer(books, key=KEY, records=2)
    with HostileServer(explorer) as server:
        url = f"etherscan={server.url}{PATH}"
        assert run(["trace", seed, "--chain", "ethereum", "--index", "value", "--from", url]) == 0
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    told = json.loads((folder / "report" / "trace.json").read_text("utf-8"))
    assert told["complete"]
    found = totals(told)
    assert sum(found.values()) == 10 * ETH
    assert set(found) == {"resting", "fee"}
    resting = {one["address"]: int(one["value"]) for one in told["outcomes"]["fifo"] if one["outcome"] == "resting"}
    assert set(resting) == {address("thief"), address("second"), address("third")}
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert KEY.encode() not in kept
    first = (folder / "report" / "trace.json").read_bytes()
    request.getfixturevalue("no_sockets")
    assert run(["trace", str(folder), "--offline"]) == 0
    assert (folder / "report" / "trace.json").read_bytes() == first


@pytest.mark.parametrize("backward", [True, False])
def test_what_the_way_back_rests_on_has_its_gaps_in_the_report(tmp_path, monkeypatch, backward):
    """Before the payment, an account that the explorer does not tell whole: no forward trace comes there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    books = Books()
    books.withdraw("source", 2 * ETH // 10**9)
    books.pay("source", "victim", ETH)
    seed = books.pay("victim", "thief", ETH // 2).txid
    true = books.balance
    books.balance = lambda party, contract="": true(party, contract) + 5 * (party == address("source"))
    with HostileServer(Explorer(books)) as server:
        options = ["--chain", "ethereum", "--index", "value", "--from", f"etherscan={server.url}{PATH}", "--to", "case"]
        run(["trace", seed, *options, *(["--backward"] if backward else [])])
    gaps = (tmp_path / "case" / "report" / "gaps.csv").read_text("utf-8-sig")
    assert (f"the history of {address('source')}" in gaps) == backward
