"""`evm-rpc` against a small node on loopback: what it is, its transactions, its traces, and its lies."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters import NETWORK
from chaintrace.adapters.network import Endpoint
from chaintrace.errors import AdapterError, InputError, Malformed, Refused, Unavailable
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingHistory, MissingTransaction
from tests.chaintrace.adapters.evm.making import C
from tests.chaintrace.adapters.evm.test_delegations import SIGNER, signed
from tests.chaintrace.adapters.evm_rpc.node import SOME_TIME, TIP, Node, read, recorded
from tests.hostile import reliability
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from chaintrace.adapters.evm_rpc.adapter import EvmSource
    from chaintrace.adapters.network import Reply

ELSEWHERE = "0x" + "12" * 32


@pytest.fixture
def record(shared):
    return next(one for one in map(read, recorded(shared)) if one["chain_id"] == 1 and len(one["receipt"]["logs"]) > 3)


@dataclass
class Asking:
    """A source over a door of its own, and the server that it asks."""

    source: EvmSource
    server: HostileServer
    chain: str
    record: dict

    def reply(self, txid: str = "") -> Reply:
        missing = MissingTransaction(self.chain, txid or self.record["tx"]["hash"])
        return self.source.reply(missing, self.source.status())

    @property
    def calls(self) -> list[str]:
        return [asked.call for asked in self.server.asked]


@contextmanager
def asking(record, folder, chain="ethereum", **more):
    """A source of a node that holds this record; `more` is what else it answers."""
    with HostileServer(Node(record, more).answer) as server, quick_door(folder, allowed="own") as door:
        endpoint = Endpoint("evm-rpc", chain, server.url, server.url, "own")
        yield Asking(NETWORK["evm-rpc"].connect(endpoint, door), server, chain, record)


def test_it_says_what_it_is_and_what_of_it_is_final(record, tmp_path):
    with asking(record, tmp_path) as a:
        told = a.source.status()
        assert (told.chain, told.height, told.finalized, told.synced) == ("ethereum", TIP, TIP - 64, True)
        assert (told.time, told.block_hash) == (SOME_TIME, "0x" + "ab" * 32)
        assert a.source.block_hash(TIP) == told.block_hash
        with pytest.raises(Unavailable, match="no block at height 5 yet"):
            a.source.block_hash(5)


def test_a_transaction_comes_with_its_block_and_says_what_is_not_known(record, tmp_path):
    with asking(record, tmp_path) as a:
        reply = a.reply()
        (found,) = reply.transactions
        assert (found.height, found.block.hash) == (int(record["tx"]["blockNumber"], 16), record["tx"]["blockHash"])
        assert (found.time, found.source.adapter) == (record["block_timestamp"], "evm-rpc")
        assert not reply.still_missing
        assert any("no trace of it was told" in gap.text for gap in reply.gaps)
        assert any("does not offer debug_traceTransaction" in gap.text for gap in reply.gaps)
        before = len(a.server.asked)
        assert a.reply().transactions == reply.transactions
        assert {"eth_getTransactionByHash", "eth_getTransactionReceipt"}.isdisjoint(a.calls[before:])


def test_whose_code_an_account_runs_from_a_transaction_on_is_noted_at_its_height(record, tmp_path):
    record["tx"].update(type="0x4", authorizationList=[signed()])
    with asking(record, tmp_path) as a:
        (seen,) = [one for one in a.reply().observations if one.what == "delegation signed"]
        assert (seen.subject, seen.value, seen.height) == (
            SIGNER.address.lower(),
            C,
            int(record["tx"]["blockNumber"], 16),
        )


@pytest.mark.parametrize("method", ["debug_traceTransaction", "trace_transaction"])
def test_calls_come_from_whichever_trace_the_node_offers(record, tmp_path, method):
    tx = record["tx"]
    here, there = tx["to"], "0x" + "5a" * 20
    geth = {"type": "CALL", "from": tx["from"], "to": here, "value": tx["value"], "input": tx["input"]}
    geth["calls"] = [{"type": "CALL", "from": here, "to": there, "value": "0x7", "input": "0x"}]
    parity = [
        {
            "type": "call",
            "action": {"callType": "call", "from": sender, "to": to, "value": value, "input": "0x"},
            "traceAddress": path,
            "transactionHash": tx["hash"],
        }
        for sender, to, value, path in ((tx["from"], here, tx["value"], []), (here, there, "0x7", [0]))
    ]
    answer = geth if method == "debug_traceTransaction" else parity
    with asking(record, tmp_path, **{method: answer}) as a:
        reply = a.reply()
        (inside,) = [one for one in reply.transactions[0].transfers if one.kind == "internal"]
        assert (inside.index, inside.value, inside.outputs[0].address) == ("call:0", 7, there)
        assert reply.gaps == ()


def nested(asked, given):
    """Calls in calls, 1,024 deep, as the callTracer tells them: more than any parser should walk."""
    number = json.loads(asked.body)["id"]
    inside = b'{"type":"CALL","calls":[' * 1024 + b"]}" * 1024
    return replace(given, body=b'{"jsonrpc":"2.0","id":%s,"result":%s}' % (json.dumps(number).encode(), inside))


def test_calls_a_thousand_deep_are_told_by_the_flat_trace_and_hide_nothing(record, tmp_path):
    tx = record["tx"]
    here, there = tx["to"], "0x" + "5a" * 20
    frames = [
        {
            "type": "call",
            "action": {"callType": "call", "from": one, "to": other, "value": hex(depth), "input": "0x"},
            "traceAddress": [0] * depth,
            "transactionHash": tx["hash"],
        }
        for depth, (one, other) in enumerate([(tx["from"], here), *[(here, there), (there, here)] * 300])
    ]
    frames[0]["action"]["value"] = tx["value"]
    for flat, more in ((True, {"trace_transaction": frames}), (False, {})):
        with asking(record, tmp_path / str(flat), **more) as a:
            a.server.change(nested, on="debug_traceTransaction")
            reply = a.reply()
            inside = [one for one in reply.transactions[0].transfers if one.kind == "internal"]
            assert [one.value for one in inside] == (list(range(1, 601)) if flat else [])
            assert any("nested too deep" in gap.text and gap.native_only for gap in reply.gaps) is not flat


def test_a_pending_transaction_has_no_block_and_no_fee_yet(record, tmp_path):
    record["tx"].update(blockHash=None, blockNumber=None, transactionIndex=None)
    with asking(record, tmp_path) as a:
        (found,) = a.reply().transactions
        assert (found.status, found.block, [one.index for one in found.transfers]) == ("pending", None, ["value"])


def test_what_is_not_there_is_absent_only_where_the_node_has_read_its_chain(record, tmp_path):
    with asking(record, tmp_path / "synced") as a:
        assert a.reply(ELSEWHERE).absent
    with (
        asking(record, tmp_path / "behind", eth_syncing={"currentBlock": "0x1"}) as a,
        pytest.raises(Unavailable, match="still synchronising"),
    ):
        a.reply(ELSEWHERE)


def test_a_node_of_another_chain_is_not_used(record, tmp_path):
    with (
        asking(record, tmp_path, eth_chainId="0x38") as a,
        pytest.raises(Malformed, match="is one of bsc, not of ethereum"),
    ):
        a.reply()


@pytest.mark.parametrize(
    ("method", "answer", "kind"),
    [
        ("eth_chainId", 1.5, Malformed),
        ("eth_getTransactionReceipt", None, Unavailable),
        ("eth_getBlockByHash", {"number": "0x1", "hash": ELSEWHERE, "timestamp": "0x5"}, Malformed),
        ("eth_getBlockByHash", {}, Malformed),
        ("eth_getTransactionByHash", [], Malformed),
        ("debug_traceTransaction", {"type": "CALL"}, Malformed),
    ],
)
def test_answers_that_do_not_fit_together_are_not_used(record, tmp_path, method, answer, kind):
    with asking(record, tmp_path, **{method: answer}) as a, pytest.raises(kind):
        a.reply()


def test_a_gateway_that_knows_blocks_by_number_alone_is_enough(record, tmp_path):
    def numbered(params):
        tx, name = record["tx"], params[0]
        known = {tx["blockNumber"]: tx["blockHash"], hex(TIP): "0x" + "ab" * 32}
        return {"number": name, "hash": known[name], "timestamp": hex(SOME_TIME)} if name in known else None

    more = {"eth_blockNumber": hex(TIP), "eth_getBlockByHash": None, "eth_getBlockByNumber": numbered}
    with asking(record, tmp_path, **more) as a:
        assert (a.source.status().height, a.source.status().finalized) == (TIP, None)
        assert a.reply().transactions[0].time == SOME_TIME


def test_a_block_that_left_the_chain_is_noticed(record, tmp_path):
    with (
        asking(record, tmp_path, eth_getBlockByHash=None, eth_getBlockByNumber=moved_on) as a,
        pytest.raises(Unavailable, match="its chain moved"),
    ):
        a.reply()


def moved_on(params):
    return {"number": hex(TIP), "hash": "0x" + "ab" * 32, "timestamp": hex(SOME_TIME)} if params[0] != "0x1" else None


@pytest.mark.parametrize("wrong", [10**18, 1.5, Decimal(1)])
def test_amounts_that_are_numbers_of_json_are_not_read(record, tmp_path, wrong):
    record["tx"]["value"] = float(wrong) if isinstance(wrong, Decimal) else wrong
    with asking(record, tmp_path) as a, pytest.raises(Malformed, match="a hex quantity"):
        a.reply()


@pytest.mark.parametrize("fault", CARRIAGE, ids=lambda fault: fault.name)
def test_no_fault_of_the_connection_is_an_empty_answer(record, tmp_path, fault):
    with asking(record, tmp_path) as a:
        at = a.source.status()
        missing = MissingTransaction("ethereum", record["tx"]["hash"])
        if fault.name == "refused":
            a.server.fault(fault.name)
            with quick_door(tmp_path / "other", allowed="own") as door:
                other = NETWORK["evm-rpc"].connect(a.source.endpoint, door)
                with pytest.raises(Unavailable):
                    other.reply(missing, at)
            return
        a.server.fault(fault.name, on="eth_getTransactionReceipt")
        with pytest.raises(AdapterError) as caught:
            a.source.reply(missing, at)
        assert a.server.host in str(caught.value)
        a.server.good()
        assert a.source.reply(missing, at).transactions[0].txid == record["tx"]["hash"]


@pytest.mark.parametrize("fault", ["time-out", "500", "reset"])
def test_a_trace_that_may_come_later_leaves_the_question_open(record, tmp_path, fault):
    with asking(record, tmp_path) as a:
        a.server.fault(fault, on="debug_traceTransaction")
        reply = a.reply()
        assert reply.still_missing
        assert len(reply.transactions) == 1


@pytest.mark.parametrize(
    ("says", "kind", "value"), [("token", "token", 500), ("collection", "nft", 1), ("nothing", "nft", 1)]
)
def test_whether_an_odd_token_is_fungible_is_asked_of_its_contract(record, tmp_path, says, kind, value):
    contract, log = "0x" + "5b" * 20, record["receipt"]["logs"][0]
    words = ["0x" + "00" * 12 + "11" * 20, "0x" + "00" * 12 + "22" * 20, "0x" + (500).to_bytes(32, "big").hex()]
    log.update(address=contract, topics=[recorded_transfer(), *words], data="0x")

    def contract_says(params):
        assert params[0]["to"] == contract
        interface = params[0]["data"].startswith("0x01ffc9a7")
        word = {"token": 0 if interface else 6, "collection": 1 if interface else 0}.get(says)
        return (
            "0x" if word is None or (says == "collection" and not interface) else "0x" + word.to_bytes(32, "big").hex()
        )

    with asking(record, tmp_path, eth_call=contract_says) as a:
        (found,) = [one for one in a.reply().transactions[0].transfers if one.asset.collection == contract]
        assert (found.kind, found.value, found.token_id) == (kind, value, None if kind == "token" else 500)


def recorded_transfer() -> str:
    from web3 import Web3

    return Web3.to_hex(Web3.keccak(text="Transfer(address,address,uint256)"))


def test_a_history_is_still_missing_and_says_what_helps(record, tmp_path):
    with asking(record, tmp_path) as a:
        account = Account("0x" + "11" * 20, Asset("ethereum", ""))
        reply = a.source.reply(MissingHistory(account), a.source.status())
        assert reply.still_missing
        assert "has no index of what was paid in the native asset" in reply.gaps[0].text


def test_a_refusal_of_a_question_that_it_must_answer_names_it(record, tmp_path):
    with asking(record, tmp_path) as a:
        at = a.source.status()
        a.server.fault("403", on="eth_getTransactionByHash")
        said = reliability.outcome(
            lambda: a.source.reply(MissingTransaction("ethereum", record["tx"]["hash"]), at), a.server.host
        )
        assert said
    with pytest.raises(InputError, match="cannot be the url of a node"):
        NETWORK["evm-rpc"].connect(Endpoint("evm-rpc", "ethereum", "ftp://x", "ftp://x", "own"), None)
    assert issubclass(Refused, AdapterError)
