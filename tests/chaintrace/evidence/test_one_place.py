"""The verifier sees each movement of a block whose positions no source told, as the trace does (M2)."""

from __future__ import annotations

import pytest

from chaintrace.evidence.verify_method import Run
from chaintrace.model.trace import Endpoint, Resting
from chaintrace.tracing import trace
from tests.chaintrace.tracing.ledger import payments
from tests.chaintrace.tracing.test_one_place import together

LIMITS = {"max_hops": 30, "max_transactions": 1_000, "min_value": [], "min_tag_confidence": 0, "until": None}
SEED = {"chain": "ledger", "txid": "t1", "index": "0", "origin": "t1", "victim_addresses": []}


class Told:
    """What `facts.jsonl` and `holdings.jsonl` say of a ledger of payments, all of it covered."""

    def __init__(self, ledger):
        self.unspent = {}
        self.transactions = {
            (tx.chain, tx.txid): {"txid": tx.txid, "time": tx.time, "height": tx.height, "transfers": list(self.of(tx))}
            for tx in ledger.transactions.values()
        }
        self.cover = {"start": 0, "end": ledger.end, "time": None, "height": ledger.end}

    @staticmethod
    def of(tx):
        for one in tx.transfers:
            sides = [[{"address": leg.address} for leg in side] for side in (one.inputs, one.outputs)]
            yield {
                "kind": one.kind,
                "index": one.index,
                "value": str(one.value),
                "contract": one.asset.contract,
                "from": sides[0],
                "to": sides[1],
                "order": list(one.order),
            }

    def transfer(self, chain, txid, index):
        return next(one for one in self.transactions[chain, txid]["transfers"] if one["index"] == index)

    def ask(self, table, _chain, address, *_):
        assert table == "histories"
        touched = [
            [told["txid"], one["index"]]
            for told in self.transactions.values()
            for one in told["transfers"]
            if any(leg["address"] == address for leg in (*one["from"], *one["to"]))
        ]
        return {"kind": "history", "movements": touched, "opening": None, "coverage": [self.cover]}


@pytest.mark.parametrize("method", ["fifo", "lifo", "libr", "haircut"])
@pytest.mark.parametrize("shared", [(), ("t1", "t2", "t3"), ("t2", "t3", "t4", "t5")])
def test_it_finds_what_the_trace_found_in_one_place_of_a_block(method, shared):
    rows = [("v", "ann", 10), ("ann", "bob", 4), ("x", "ann", 5), ("ann", "bob", 8), ("bob", "bank", 6)]
    ledger = payments(*rows).tag("bank")
    ledger = together(ledger, *shared) if shared else ledger
    found = trace(ledger, (ledger.seed("t1"),), method)
    asked = {"seeds": [SEED], "limits": LIMITS, "options": {"libr_between": "pro_rata", "wallets": []}}
    checked = Run(Told(ledger), method, asked, {("ledger", "bank")}).go()
    names = {Endpoint: "endpoint", Resting: "resting"}
    ours = sorted((names[type(end)], end.address, end.value) for end in found.outcomes)
    assert sorted((kind, place[2], value) for kind, place, _, value, _ in checked.outcomes) == ours
