"""Answers of nodes about an issuer's list that are none: each is told, and none of them is read as "not blocked"."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.evm_rpc.adapter import EvmRpc
from chaintrace.adapters.issuers import BALANCE_OF, CODE, selector, state_at
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.errors import Declined, Malformed, Refused, Unavailable
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingState
from tests.hostile.doors import quick_door
from tests.hostile.server import Given, HostileServer

USDT, ARBITRUM_USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7", "0xfd086bc7cd5c481dcc9c85ebe478a1c0b69fcbb9"
ANN, WALLET = "0x" + "aa" * 20, "0x" + "c6" * 20
TIP = {"number": "0x64", "hash": "0x" + "ab" * 32, "timestamp": hex(1_700_000_000)}
AT = Status("ethereum", 100, TIP["hash"], 1_700_000_000, synced=True)
NO_STATE = {"code": -32000, "message": "missing trie node deadbeef (path ) state 0xab is not available"}
FREE, LISTED = "0x" + f"{0:064x}", "0x" + f"{1:064x}"


class Node:
    """A node whose contract answers to the state's question with `said`: hex, or an error."""

    def __init__(self, said, chain=1, logs=None, question="isBlackListed(address)"):
        self.said, self.chain, self.logs, self.question, self.calls = said, chain, logs, selector(question), []

    def __call__(self, asked):
        call = json.loads(asked.body)
        self.calls.append((call["method"], call["params"]))
        told = self.result(call["method"], call["params"])
        key = "error" if isinstance(told, dict) and "code" in told else "result"
        return Given.json({"jsonrpc": "2.0", "id": call["id"], key: told})

    def result(self, method, params):
        if method == "eth_call":
            data = params[0]["data"]
            if data.startswith(self.question):
                return self.said
            if data.startswith(selector(BALANCE_OF)):
                return "0x" + f"{2**256 - 1:064x}"
            return self.proposed(params[0]["to"], data)
        known = {"eth_chainId": hex(self.chain), "eth_getBlockByNumber": TIP, "eth_getCode": "0x"}
        if self.logs is not None:
            known["eth_getLogs"] = self.logs
        return known.get(method, {"code": -32601, "message": f"{method} is not available"})

    def proposed(self, to, data):
        """The owner is a wallet in which nobody ever proposed anything."""
        return {
            (USDT, selector("owner()")): "0x" + WALLET[2:].rjust(64, "0"),
            (WALLET, selector("transactionCount()")): FREE,
        }[to, data]


def ask(tmp_path, node, chain="ethereum", contract=USDT):
    with HostileServer(node) as server, quick_door(tmp_path, allowed="own") as door:
        source = EvmRpc().connect(Endpoint("evm-rpc", chain, server.url, "node", "own"), door)
        return source.state(MissingState(Account(ANN, Asset(chain, contract))), AT)


def words(reply):
    return {one.what: one.value for one in reply.observations}


@pytest.mark.parametrize(("said", "expected"), [(FREE, "not blocked"), (LISTED, "blocked")])
def test_a_word_of_32_bytes_is_yes_or_no(tmp_path, said, expected):
    node = Node(said)
    reply = ask(tmp_path, node)
    assert words(reply) == {state_at(USDT): expected, f"balance at {USDT}": str(2**256 - 1), CODE: "0 bytes"}
    heights = {params[1] for method, params in node.calls if method in {"eth_call", "eth_getCode"}}
    assert heights == {"0x64"}


@pytest.mark.parametrize(
    "said",
    [
        "0x",
        "0x01",
        LISTED[:-2],
        LISTED + "00",
        LISTED + f"{1:064x}",
        "0x" + f"{2:064x}",
        "0x" + "ff" * 32,
        "0x" + "01" + "00" * 31,
    ],
)
def test_everything_else_is_neither(tmp_path, said):
    node = Node(said, logs=[])
    reply = ask(tmp_path, node)
    assert (reply.still_missing, state_at(USDT) in words(reply)) == (True, False)
    (gap,) = reply.gaps
    assert (gap.kind, gap.subject, gap.contract) == ("source", ANN, USDT)
    assert "neither yes nor no" in gap.text
    assert "eth_getLogs" not in {method for method, _ in node.calls}  # it is another contract: its events count no more


@pytest.mark.parametrize(
    "error",
    [
        {"code": 3, "message": "execution reverted"},
        {"code": -32015, "message": "VM execution error."},
        {"code": -32000, "message": "invalid opcode: opcode 0xfe not defined"},
        {"code": -32000, "message": "execution reverted: not a token"},
    ],
)
def test_a_call_that_fails_is_told_and_no_event_is_read_instead(tmp_path, error):
    node = Node(error, logs=[])
    reply = ask(tmp_path, node)
    assert (reply.still_missing, state_at(USDT) in words(reply)) == (True, False)
    (gap,) = reply.gaps
    assert gap.text.startswith(f"{USDT} refuses the question isBlackListed(address) at height 100")
    assert "eth_getLogs" not in {method for method, _ in node.calls}


def test_without_the_state_of_the_height_its_events_tell_it(tmp_path):
    """That there is none is a fact of the node's whole index."""
    reply = ask(tmp_path, Node(NO_STATE, logs=[]))
    assert (reply.still_missing, words(reply)[state_at(USDT)]) == (False, "not blocked")


def test_without_state_and_index_it_is_open_and_both_reasons_are_told(tmp_path):
    reply = ask(tmp_path, Node(NO_STATE))
    assert (reply.still_missing, state_at(USDT) in words(reply)) == (True, False)
    (gap,) = reply.gaps
    assert "missing trie node" in gap.text
    assert "its events cannot be read either" in gap.text


def test_of_a_contract_that_had_another_form_before_no_events_are_read(tmp_path):
    """Bridged USDT on Arbitrum became USDT0 in its place: what its events say is not the whole."""
    node = Node(NO_STATE, chain=42161, logs=[], question="isBlocked(address)")
    reply = ask(tmp_path, node, "arbitrum", ARBITRUM_USDT)
    assert (reply.still_missing, "eth_getLogs" in {method for method, _ in node.calls}) == (True, False)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": -32005, "message": "too many requests per second"}, Unavailable),
        ({"code": -32000, "message": "invalid api key"}, Refused),
    ],
)
def test_what_is_no_answer_at_all_is_raised(tmp_path, error, kind):
    with pytest.raises(kind):
        ask(tmp_path, Node(error, logs=[]))


def test_a_log_that_was_not_asked_for_is_not_used(tmp_path):
    log = {
        "address": "0x" + "bb" * 20,
        "topics": ["0x" + "00" * 32],
        "data": "0x",
        "blockNumber": "0x1",
        "blockHash": "0x" + "cc" * 32,
        "transactionHash": "0x" + "dd" * 32,
        "logIndex": "0x0",
    }
    with pytest.raises(Malformed, match="that was not asked for"):
        ask(tmp_path, Node(NO_STATE, logs=[log]))


def test_a_node_of_another_chain_and_a_token_without_a_power_are_not_asked(tmp_path):
    with pytest.raises(Malformed, match="not of ethereum"):
        ask(tmp_path, Node(FREE, chain=10))
    with pytest.raises(Declined, match="no power of an issuer"):
        ask(tmp_path, Node(FREE), contract="0x" + "99" * 20)
