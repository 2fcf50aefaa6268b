"""A case about a real payment of Ethereum, over a node on loopback that answers from a recorded block."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.chaintrace.adapters.evm_rpc.node import Node
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = "test_export_blocks_job__block_with_logs__web3_response.eth_getBlockByNumber_0x76250_true.json"
RECEIPT = "test_export_receipts_job__receipts_with_logs__web3_response.eth_getTransactionReceipt_{}.json"
SENT = "0x05287a561f218418892ab053adfb3d919860988b19458c570c5c30f51c146f02"


def recorded(shared: Path, name: str) -> dict:
    """A recorded answer."""
    told = json.loads((shared / "data/evm/ethereum-etl" / name).read_bytes())
    return told.get("result", told)


def case_of(folder: Path, chain: str, source: str, seed: str) -> Path:
    folder.mkdir()
    parts = (
        "[case]\nname = 'real'\nmethods = ['fifo']",
        f"[[source]]\nchain = '{chain}'\n{source}",
        f"[[seed]]\nchain = '{chain}'\norigin = 'payment'\n{seed}",
        "[rules]\nuse = []",
    )
    (folder / "case.toml").write_text("\n\n".join(parts) + "\n", "utf-8")
    return folder


@contextmanager
def ethereum_case(shared: Path, folder: Path, *others: str) -> Iterator[Path]:
    """The case, as long as its node answers; `others` are further transactions of the block that it names as seeds."""
    block = recorded(shared, BLOCK)
    sent = {one["hash"]: one for one in block["transactions"]}
    record = {"chain_id": 1, "block_timestamp": int(block["timestamp"], 16), "tx": sent[SENT]}
    record["receipt"] = recorded(shared, RECEIPT.format(SENT))
    whole = {
        "eth_getBlockByHash": lambda params: block if params[0] == block["hash"] else None,
        "eth_getTransactionByHash": lambda params: sent.get(params[0]),
        "eth_getTransactionReceipt": lambda params: recorded(shared, RECEIPT.format(params[0])),
    }
    seeds = [f"txid = '{SENT}'\nindex = 'value'"]
    seeds += [f"[[seed]]\nchain = 'ethereum'\norigin = '{one[:8]}'\ntxid = '{one}'" for one in others]
    with HostileServer(Node(record, whole).answer) as server:
        source = f"adapter = 'evm-rpc'\nurl = '{server.url}'\nreach = 'own'"
        yield case_of(folder, "ethereum", source, "\n\n".join(seeds))
