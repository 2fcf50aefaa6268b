"""A node of the small chain: what it answers, and where its limits are."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaintrace.adapters.evm.making import NOBODY, word
from tests.chaintrace.adapters.evm_rpc.chain import START, TOKEN, Chain
from tests.hostile.server import Asked, Given

_NO_METHOD = {"code": -32601, "message": "the method does not exist/is not available"}


class Failure(Exception):
    """The node's error instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}


@dataclass
class Node:
    """Answers for a chain. `widest` and `most` limit ranges and results; `cut` cuts silently; `archive`: old states.

    `more` are other methods, or other answers; `without` are methods that it does not offer.
    """

    chain: Chain
    archive: bool = True
    widest: int = 1 << 60
    most: int = 1 << 60
    cut: int = 1 << 60
    wide_error: tuple[int, str] = (-32602, "query exceeds max block range")
    most_error: tuple[int, str] = (-32005, "query returned more than 10000 results")
    without: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    scales: dict[str, int] = field(default_factory=dict)
    more: dict[str, Callable] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)

    def answer(self, asked: Asked) -> Given:
        call = json.loads(asked.body)
        self.calls[call["method"]] += 1
        method = self.more.get(call["method"]) or getattr(self, _own(call["method"]), None)
        told = {"jsonrpc": "2.0", "id": call["id"]}
        if method is None or call["method"] in self.without:
            return Given.json({**told, "error": _NO_METHOD})
        try:
            return Given.json({**told, "result": method(*call["params"])})
        except Failure as failure:
            return Given.json({**told, "error": failure.error})

    def _eth_chain_id(self):
        return hex(self.chain.chain_id)

    def _eth_syncing(self):
        return False

    def _height(self, name):
        named = {"latest": self.chain.tip, "finalized": self.chain.finalized, "earliest": 0}
        return named[name] if name in named else int(name, 16)

    def _state(self, name) -> int:
        height = self._height(name)
        if not self.archive and height < self.chain.tip - 128:
            raise Failure(-32000, "missing trie node deadbeef (path )")
        return height

    def _eth_get_block_by_number(self, name, whole):
        height = self._height(name)
        return None if height is None or height > self.chain.tip else self._block(height, whole)

    def _eth_get_block_by_hash(self, name, whole):
        height = int(name[4:], 16)
        return self._block(height, whole) if self.chain.hash(height) == name else None

    def _block(self, height, whole):
        txs = [tx for tx in self.chain.txs if tx["blockNumber"] == hex(height)]
        return {
            "number": hex(height),
            "hash": self.chain.hash(height),
            "timestamp": hex(START + 12 * height),
            "transactions": txs if whole else [tx["hash"] for tx in txs],
            "miner": self.chain.makers.get(height, NOBODY),
            "baseFeePerGas": hex(self.chain.base_fee),
            "withdrawals": self.chain.withdrawals.get(height, []),
        }

    def _eth_get_transaction_by_hash(self, txid):
        return next((tx for tx in self.chain.txs if tx["hash"] == txid), None)

    def _eth_get_transaction_receipt(self, txid):
        return self.chain.receipts.get(txid)

    def _eth_get_block_receipts(self, name):
        return [one for one in self.chain.receipts.values() if one["blockHash"] == name]

    def _eth_get_balance(self, address, name):
        return hex(self.chain.balance("", address, self._state(name)))

    def _eth_get_code(self, address, name):
        self._state(name)
        return self.codes.get(address, "0x6001" if address == TOKEN else "0x")

    def _eth_get_transaction_count(self, address, name):
        height = self._state(name)
        return hex(sum(tx["from"] == address and int(tx["blockNumber"], 16) <= height for tx in self.chain.txs))

    def _eth_call(self, call, name):
        height = self._state(name)
        if call["data"].startswith("0x70a08231"):
            return "0x" + word(self.chain.balance(call["to"], "0x" + call["data"][-40:], height)).hex()
        if call["data"] == "0x313ce567" and call["to"] in self.scales:
            return "0x" + word(self.scales[call["to"]]).hex()
        raise Failure(3, "execution reverted")

    def _limited(self, low, high, found):
        if high - low + 1 > self.widest:
            raise Failure(*self.wide_error)
        if len(found) > self.most:
            raise Failure(*self.most_error)
        return found[: self.cut]

    def _eth_get_logs(self, asked):
        low, high = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        found = [
            log
            for receipt in self.chain.receipts.values()
            if low <= int(receipt["blockNumber"], 16) <= high
            for log in receipt["logs"]
            if log["address"] == asked["address"] and matches(log["topics"], asked["topics"])
        ]
        return self._limited(low, high, found)

    def _trace_transaction(self, txid):
        return self.chain.traces.get(txid)

    def _trace_block(self, name):
        height = int(name, 16)
        return [one for frames in self.chain.traces.values() for one in frames if one["blockNumber"] == height]

    def _ots_search_transactions_before(self, address, before, size):
        named = {
            txid: frames[0]["blockNumber"]
            for txid, frames in self.chain.traces.items()
            if any(address in {one["action"]["from"], one["action"]["to"]} for one in frames)
        }
        below = sorted((height for height in named.values() if height < before or not before), reverse=True)
        last = below[:size][-1] if below else 0
        txs = [tx for tx in self.chain.txs if tx["hash"] in named and last <= named[tx["hash"]] < before]
        return {"txs": txs[::-1], "receipts": [], "firstPage": False, "lastPage": not below or below[-1] >= last}

    def _trace_filter(self, asked):
        low, high = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        payers, payees = asked.get("fromAddress"), asked.get("toAddress")
        found = [
            one
            for frames in self.chain.traces.values()
            for one in frames
            if low <= one["blockNumber"] <= high
            and (payers is None or one["action"]["from"] in payers)
            and (payees is None or one["action"]["to"] in payees)
        ]
        return self._limited(low, high, found)


def _own(method: str) -> str:
    """`eth_getLogs` is `_eth_get_logs`."""
    return "_" + re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", method)


def matches(topics, wanted) -> bool:
    """What eth_getLogs means by its topics."""
    if len(topics) < len(wanted):
        return False
    return all(
        want is None or topics[place] in (want if isinstance(want, list) else [want])
        for place, want in enumerate(wanted)
    )
