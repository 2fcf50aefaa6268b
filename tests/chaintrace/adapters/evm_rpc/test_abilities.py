"""What a node can look up is asked of it, and `doctor` says it: histories depend on what the node keeps."""

from __future__ import annotations

import pytest

from chaintrace.cli import run
from tests.chaintrace.adapters.evm_rpc.chain import Chain
from tests.chaintrace.adapters.evm_rpc.chain_asking import straight
from tests.chaintrace.adapters.evm_rpc.chain_node import Node
from tests.hostile.server import HostileServer

TRACES = {"trace_filter", "ots_searchTransactionsBefore"}
CASE = """
[case]
name = "a node"

[[source]]
adapter = "evm-rpc"
chain = "ethereum"
url = "{url}"

[[seed]]
chain = "ethereum"
txid = "{txid}"
"""


def told(node):
    source = straight(node)
    return source.abilities(source.status())


@pytest.mark.parametrize(
    ("without", "archive", "able"),
    [
        (set(), True, ("txid", "tokens of an address", "native asset of an address")),
        ({"trace_filter"}, False, ("txid", "tokens of an address", "native asset of an address")),
        ({"ots_searchTransactionsBefore"}, False, ("txid", "tokens of an address", "native asset of an address")),
        (TRACES, True, ("txid", "tokens of an address", "native asset of an address without code")),
        (TRACES, False, ("txid", "tokens of an address")),
        ({*TRACES, "eth_getLogs"}, False, ("txid",)),
    ],
)
def test_it_says_what_it_offers(without, archive, able):
    assert told(Node(Chain(tip=500), archive=archive, without=without)) == able


def test_an_answer_of_another_shape_is_no_such_list():
    assert told(Node(Chain(tip=5), more={"eth_getLogs": lambda _: "0x"})) == ("txid", "native asset of an address")


def test_doctor_prints_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    with HostileServer(Node(Chain(tip=5)).answer) as server:
        (tmp_path / "case.toml").write_text(CASE.format(url=server.url, txid="0x" + "11" * 32), "utf-8")
        run(["doctor", str(tmp_path)])
    assert "\ttxid, tokens of an address, native asset of an address\t" in capsys.readouterr().out
