"""A recorded swap on a node, from its logs to the report in one command: rules, engine and page together (M23)."""

from __future__ import annotations

import pytest

from chaintrace.case.result import open_case
from tests.chaintrace.adapters.evm_rpc.node import NAMES, Node, read
from tests.hostile.server import HostileServer

RECEIPT = "data/evm/receipts/uniswapv3/10_0xfbaacab45a9d788c993f08a65652e7a363a82ee2343152ffa41d07c5456d1fe7.json"
PAID = "log:14"
"""The pool pays at log 13, and is paid then: what comes in stands before what goes out."""

CASE = """
[case]
name = "A swap"
methods = ["fifo"]
[[source]]
adapter = "evm-rpc"
url = "{url}"
chain = "{chain}"
[[seed]]
chain = "{chain}"
txid = "{txid}"
index = "{index}"
origin = "S"
[rules]
use = {use}
"""


def traced(folder, url: str, record, use: str):
    folder.mkdir()
    values = {"url": url, "chain": NAMES[record["chain_id"]], "txid": record["tx"]["hash"], "index": PAID, "use": use}
    (folder / "case.toml").write_text(CASE.format(**values), "utf-8")
    return open_case(folder).follow()


@pytest.fixture
def record(shared):
    return read(shared / RECEIPT)


def test_a_recorded_swap_is_converted_by_its_own_logs(record, tmp_path, monkeypatch):
    """The seed is what the swapper paid. Nobody holds histories here: what came in is not followed, and not lost."""
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    with HostileServer(Node(record).answer) as server:
        result = traced(tmp_path / "case", server.url, record, '["*"]')
        plain = traced(tmp_path / "plain", server.url, record, "[]")
    (row,) = result.table("conversions")
    assert (row["rule"], row["protocol"], row["delay"]) == ("swap", "Uniswap v3", 0)
    assert (
        (row["traced_out"], row["traced_in"])
        == (row["gross_out"], row["gross_in"])
        == (23_093_637_251_974_648_887, 23_084_554)
    )
    assert row["from_address"] == row["to_address"] == record["tx"]["from"]
    balance = {
        (line["asset"], line["outcome"]): line["value"] for line in result.table("reconciliation") if line["value"]
    }
    assert sum(value for (_, outcome), value in balance.items() if outcome in {"seed", "converted_in"}) == sum(
        value for (_, outcome), value in balance.items() if outcome not in {"seed", "converted_in"}
    )
    assert {outcome for _, outcome in balance} == {"seed", "converted_out", "converted_in", "not_followed"}
    assert "conversions" not in plain.report.tables
