"""Every fault of docs/reliability.md against the histories of `evm-rpc`, over a real connection."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.assets import asset
from chaintrace.errors import AdapterError, Malformed
from chaintrace.model.chain import Account
from chaintrace.model.view import MissingHistory
from tests.chaintrace.adapters.evm.making import NOBODY
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN, Chain, transfer, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import CALM, amounts, asking, straight
from tests.chaintrace.adapters.evm_rpc.chain_node import Node
from tests.hostile import reliability
from tests.hostile.doors import QUICK, quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Given

A, B, C = who(1), who(2), who(3)
TIP = 900
LOGS = "eth_getLogs"
QUESTION = MissingHistory(Account(A, asset("ethereum", TOKEN, None)))
PAID = [5, 6, -7]
LATE = {"time-out", "drip"}
_NOT_POSSIBLE = {
    "wrong bytes": "Not possible: a receipt is the word of the node, and is not signed",
    "merkle branch": "Not possible: the RPC gives no branches",
}


def told() -> Chain:
    chain = Chain(TIP)
    chain.moved(0, TOKEN, NOBODY, B, 100)
    for height, payment in ((100, (B, A, 5)), (500, (B, A, 6)), (800, (A, C, 7))):
        chain.pay(height, *payment)
    return chain


def edited(edit):
    """A change of the result of a call."""

    def change(_, given):
        answer = json.loads(given.body)
        answer["result"] = edit(answer["result"])
        return Given.json(answer)

    return change


def gap(a) -> str:
    """What is not shown of a history; nothing that was told is lost, and no history is empty."""
    reply = a.source.reply(QUESTION, a.source.status())
    assert reply.transactions
    assert [coverage.how for coverage in reply.coverage] == ["claimed"]
    return f"Gap: {reply.gaps[0].text.replace(a.server.host, reliability.HOST)}"


def carriage(folder, name: str) -> str:
    """A fault of the connection, met by the logs; then all is well, and nothing is lost."""
    with asking(Node(told()), folder, patience=QUICK if name in LATE else CALM) as a:
        at = a.source.status()
        a.server.fault(name, on=LOGS)
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder / "other", allowed="own") as door:
                other = type(a.source)(a.source.endpoint, door)
                return reliability.outcome(lambda: other.reply(QUESTION, at), a.server.host)
        said = reliability.outcome(lambda: a.source.reply(QUESTION, at), a.server.host)
        a.server.good()
        assert [value for _, value in amounts(a.source.reply(QUESTION, at), A)] == PAID
        return said


def answered(a) -> str:
    """The history, as without the fault."""
    reply = a.source.reply(QUESTION, a.source.status())
    assert [value for _, value in amounts(reply, A)] == PAID
    assert [coverage.how for coverage in reply.coverage] == ["balance equal"]
    return "Answered: as without the fault"


def content(folder) -> dict[str, str]:
    """The faults of content."""
    found: dict[str, str] = {}
    used = {
        "page twice": (edited(lambda logs: logs * 2), LOGS, answered),
        "page out of order": (edited(lambda logs: logs[::-1]), LOGS, answered),
        "page shrinks": (edited(lambda logs: logs[:-1]), LOGS, gap),
        "counters": (edited(lambda _: "0x" + f"{9:064x}"), "eth_call", gap),
    }
    for name, (change, on, look) in used.items():
        with asking(Node(told()), folder / name) as a:
            a.source.status()
            a.server.change(change, on=on)
            found[name] = look(a)
    raised = {
        "other chain": (edited(lambda _: "0x38"), "eth_chainId"),
        "unsynced": (edited(lambda _: None), "eth_getBlockByNumber"),
        "fork": (edited(lambda block: block | {"hash": "0x" + "55" * 32}), "eth_getBlockByNumber"),
        "floats": (edited(lambda logs: [log | {"logIndex": 1e1} for log in logs]), LOGS),
    }
    for name, (change, on) in raised.items():
        with asking(Node(told()), folder / name) as a:
            at = a.source.status()
            a.source._agreed.clear()
            a.server.change(change, on=on)
            found[name] = reliability.outcome(lambda a=a, at=at: a.source.reply(QUESTION, at), a.server.host)
    return found


def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path):
    outcomes = {fault.name: carriage(tmp_path / fault.name, fault.name) for fault in CARRIAGE}
    outcomes |= _NOT_POSSIBLE | content(tmp_path)
    for name, said in outcomes.items():
        assert (
            name in _NOT_POSSIBLE
            or said.startswith("Answered")
            or any(word in said for word in ("again", "another source", "second source", "url", "check", "key"))
        ), said
    reliability.compare("evm-rpc", outcomes)


@pytest.mark.parametrize("name", ["half a body", "web page", "reset", "500", "429", "200 MB", "wrong id", "403"])
@pytest.mark.parametrize(
    "on", ["eth_call", LOGS, "eth_getTransactionByHash", "eth_getTransactionReceipt", "eth_getBlockByHash"]
)
def test_no_fault_makes_a_history_shorter(tmp_path, name, on):
    with asking(Node(told()), tmp_path) as a:
        at = a.source.status()
        a.server.fault(name, on=on)
        with pytest.raises(AdapterError) as caught:
            a.source.reply(QUESTION, at)
        assert a.server.host in str(caught.value)
        a.server.good()
        before = a.calls(LOGS)
        assert [value for _, value in amounts(a.source.reply(QUESTION, at), A)] == PAID
        assert on in {"eth_call", LOGS} or a.calls(LOGS) == before


@pytest.mark.parametrize("name", ["time-out", "429", "half a body", "web page"])
def test_a_fault_that_passes_is_not_seen(tmp_path, name):
    with asking(Node(told()), tmp_path, patience=QUICK if name in LATE else CALM) as a:
        at = a.source.status()
        a.server.fault(name, on=LOGS, times=1)
        assert [value for _, value in amounts(a.source.reply(QUESTION, at), A)] == PAID


def test_a_receipt_with_a_million_logs_is_cut_off_and_not_read(tmp_path):
    chain = told()
    many = [transfer(B, C, 0)] * 20_000
    txid = chain.batch(700, B, [(B, A, 1)])
    chain.receipts[txid]["logs"] += [
        {**chain.receipts[txid]["logs"][0], **log, "logIndex": hex(1 + number)} for number, log in enumerate(many)
    ]
    node = Node(chain)
    with asking(node, tmp_path) as a, pytest.raises(Malformed, match="sends more than the 1,048,576 bytes") as caught:
        a.source.reply(QUESTION, a.source.status())
    assert "ask another source" in str(caught.value)


def test_a_receipt_with_very_many_logs_is_read_where_it_may_be_that_long():
    chain = told()
    chain.batch(700, B, [(B, A, 1)] * 3 + [(B, C, 0)] * 5_000)
    source = straight(Node(chain))
    reply = source.reply(QUESTION, source.status())
    assert [value for _, value in amounts(reply, A)] == [5, 6, 1, 1, 1, -7]
    assert len(next(tx for tx in reply.transactions if tx.height == 700).transfers) == 5_004
