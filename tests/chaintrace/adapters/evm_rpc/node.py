"""A node that answers from recorded receipts, small: what `evm-rpc` asks, over loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile.server import Asked, Given

NAMES = {
    1: "ethereum",
    10: "optimism",
    56: "bsc",
    100: "gnosis",
    137: "polygon",
    8453: "base",
    42161: "arbitrum",
    534352: "scroll",
}
SOME_TIME = 1_700_000_000
TIP = 0x7FFFFFFF
_NO_METHOD = {"code": -32601, "message": "the method does not exist/is not available"}


def recorded(shared: Path) -> list[Path]:
    """Every recorded receipt."""
    return sorted((shared / "data/evm/receipts").glob("*/*.json"))


def read(path: Path) -> dict[str, object]:
    """One record: chain_id, block_timestamp, tx, receipt. Some have no time of their own."""
    record = json.loads(path.read_text("utf-8"))
    record["block_timestamp"] = record["block_timestamp"] or SOME_TIME
    return record


@dataclass
class Node:
    """One recorded transaction, its block, and a tip far above it. `more` answers further methods, or other ones."""

    record: dict[str, object]
    more: dict[str, object] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Given:
        """A JSON-RPC answer."""
        call = json.loads(asked.body)
        method, params = call["method"], call["params"]
        answers = {**self._answers(), **self.more}
        if method not in answers:
            return Given.json({"jsonrpc": "2.0", "id": call["id"], "error": _NO_METHOD})
        value = answers[method]
        value = value(params) if callable(value) else value
        return Given.json({"jsonrpc": "2.0", "id": call["id"], "result": value})

    def _answers(self) -> dict[str, object]:
        """What a node that traces nothing answers: a value, or a function of the parameters."""
        tx = self.record["tx"]
        block = {
            "number": tx["blockNumber"],
            "hash": tx["blockHash"],
            "timestamp": hex(self.record["block_timestamp"]),
        }
        tip = {"number": hex(TIP), "hash": "0x" + "ab" * 32, "timestamp": hex(SOME_TIME)}
        final = {"number": hex(TIP - 64), "hash": "0x" + "cd" * 32, "timestamp": hex(SOME_TIME - 800)}
        numbered = {"latest": tip, hex(TIP): tip, "finalized": final, tx["blockNumber"]: block}
        return {
            "eth_chainId": hex(self.record["chain_id"]),
            "eth_syncing": False,
            "eth_getTransactionByHash": lambda params: tx if params == [tx["hash"]] else None,
            "eth_getTransactionReceipt": lambda params: self.record["receipt"] if params == [tx["hash"]] else None,
            "eth_getBlockByHash": lambda params: block if params[0] == tx["blockHash"] else None,
            "eth_getBlockByNumber": lambda params: numbered.get(params[0]),
        }
