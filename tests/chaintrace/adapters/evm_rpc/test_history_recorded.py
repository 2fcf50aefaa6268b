"""Histories out of recorded receipts of eight chains: what an independent reading of the logs says, unit for unit."""

from __future__ import annotations

from collections import defaultdict

import pytest

from chaintrace.adapters.evm import EVM_CHAINS, evm_chain
from chaintrace.adapters.evm.topics import TRANSFER
from chaintrace.adapters.network import Status
from tests.chaintrace.adapters.evm_rpc.chain_asking import amounts, history, straight
from tests.chaintrace.adapters.evm_rpc.chain_node import Failure, Node, matches
from tests.chaintrace.adapters.evm_rpc.node import NAMES, read, recorded

NOBODY = "0x" + "0" * 40
TIP = "0x" + "ab" * 32


class Recorded(Node):
    """A node that has the recorded transactions of one chain, each in its block, and no states."""

    def __init__(self, records: list[dict]) -> None:
        super().__init__(None)
        self.records = {record["tx"]["hash"]: record for record in records}
        self.number = records[0]["chain_id"]
        self.tip = max(int(record["tx"]["blockNumber"], 16) for record in records) + 5

    def _eth_chain_id(self):
        return hex(self.number)

    def _eth_get_transaction_by_hash(self, txid):
        return self.records[txid]["tx"]

    def _eth_get_transaction_receipt(self, txid):
        return self.records[txid]["receipt"]

    def _eth_get_block_receipts(self, _):
        raise Failure(-32601, "not here")

    def _eth_get_balance(self, *_):
        raise Failure(-32000, "missing trie node")

    _eth_get_code = _eth_call = _eth_get_balance

    def _eth_get_block_by_hash(self, name, _):
        record = next(one for one in self.records.values() if one["tx"]["blockHash"] == name)
        return {"number": record["tx"]["blockNumber"], "hash": name, "timestamp": hex(record["block_timestamp"])}

    def _eth_get_block_by_number(self, *_):
        return {"number": hex(self.tip), "hash": TIP, "timestamp": "0x6553f100"}

    def _eth_get_logs(self, asked):
        low, high = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        return [
            log
            for record in self.records.values()
            if low <= int(record["tx"]["blockNumber"], 16) <= high
            for log in record["receipt"]["logs"]
            if log["address"].lower() == asked["address"] and matches(log["topics"], asked["topics"])
        ]


def counted(records: list[dict]) -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """(party, token) to (height, number of the log, change), out of the logs themselves, by EIP-20 alone."""
    found = defaultdict(list)
    for record in records:
        for log in record["receipt"]["logs"]:
            if log["topics"][:1] == [TRANSFER] and len(log["topics"]) == 3 and len(log["data"]) == 66:
                sender, receiver = ("0x" + topic[26:] for topic in log["topics"][1:])
                value, place = int(log["data"], 16), (int(log["blockNumber"], 16), int(log["logIndex"], 16))
                for party in {sender, receiver} - {NOBODY}:
                    change = value * ((receiver == party) - (sender == party))
                    found[party, log["address"].lower()].append((*place, change))
    return {key: sorted(changes) for key, changes in found.items()}


@pytest.mark.parametrize("number", sorted(NAMES))
def test_every_account_of_recorded_receipts_has_its_movements(shared, number):
    records = [one for one in map(read, recorded(shared)) if one["chain_id"] == number]
    name = NAMES[number]
    assert records
    assert name in EVM_CHAINS
    node = Recorded(records)
    source = straight(node, name)
    at = Status(name, node.tip, TIP, 1_700_000_000, True, finalized=node.tip)
    wrappers = evm_chain(name).wrappers
    checked = 0
    for (party, token), changes in list(counted(records).items())[:60]:
        if token in wrappers:
            continue  # it moves by other events too
        reply = history(source, party, token, changes[0][0], at)
        assert [change for _, change in amounts(reply, party, token)] == [change for *_, change in changes]
        assert [(one.how, one.end) for one in reply.coverage] == [("claimed", node.tip)]
        checked += 1
    assert checked
