"""Following a passenger of a bus: two nodes are asked for the logs that join the chains, window by window (M23)."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from chaintrace.model.finding import Heuristic
from chaintrace.model.trace import Seed
from chaintrace.model.view import MissingLogs
from chaintrace.store import Network
from chaintrace.store.answers import question_of, question_text
from heuristics.continuations.bridge import bridge
from heuristics.continuations.gathered import FIRST, WINDOWS
from tests.chaintrace.adapters.evm_rpc.chain import Chain, transfer
from tests.chaintrace.adapters.evm_rpc.chain_asking import straight
from tests.chaintrace.adapters.evm_rpc.chain_node import Node
from tests.chaintrace.case.test_follow_continuations import followed, rests
from tests.heuristics.continuations.crossing_cases import HERE, ID, RECIPIENT, RELAYER, SENT, THERE, THIEF
from tests.heuristics.continuations.making import said, who, word
from tests.heuristics.continuations.test_gathered import BASE, DONE, DRIVEN, HOME, POOL, RODE, VALUE

RULES = (Heuristic(bridge, "continuations", 90),)
VICTIM = who("victim")
RIDE = 3 * FIRST + 5
"""The height of the ride: its windows begin at 3 * FIRST."""


def logged(*logs):
    return [{"address": one.emitter, "topics": list(one.topics), "data": one.data} for one in logs]


def paid(chain, height, token, sender, receiver, value, *more, by=None):
    chain.moved(height, token, sender, receiver, value)
    logs = [transfer(sender, receiver, value, token=token), *logged(*more)]
    return chain.send(height, by or sender, token, data="0xa9059cbb", logs=logs)


def driven(chain, height, first=5, guid=ID):
    log = said(DRIVEN, dstEid=BASE, startTicketId=first, numPassengers=3, guid=guid)
    return chain.send(height, RELAYER, DRIVEN.contract, data="0x01", logs=logged(log))


def chains(height, *, tip=1 << 20, delivered=True):
    """A payment to the thief, its ride on Ethereum, a bus before it and the one at a height that takes it to Base."""
    here, there = Chain(tip, finalized=tip - 64), Chain(2 << 20, finalized=1 << 20, chain_id=8453)
    stolen = paid(here, 100, HERE, VICTIM, THIEF, SENT)
    passenger = (1).to_bytes(2, "big") + word(RECIPIENT) + VALUE.to_bytes(8, "big") + bytes(1)
    rode = (
        said(RODE, dstEid=BASE, ticketId=7, passenger=passenger),
        said(POOL, dstEid=BASE, fromAddress=THIEF, amountSentLD=SENT, amountReceivedLD=VALUE),
    )
    driven(here, RIDE - 2, first=2, guid=bytes(reversed(ID)))
    paid(here, RIDE, HERE, THIEF, POOL.contract, SENT, *rode)
    if height <= tip:
        driven(here, height)
    if delivered:
        done = said(DONE, guid=ID, srcEid=HOME, toAddress=RECIPIENT, amountReceivedLD=VALUE)
        paid(there, height + 100, THERE, DONE.contract, RECIPIENT, VALUE, done, by=RELAYER)
    return here, there, Seed("ethereum", stolen, "log:0", "payment")


def asked_of(node, chain="ethereum"):
    """A source of a node that a case may have."""
    source = straight(node, chain)
    source.network = Network(chain, source.endpoint.adapter, source.endpoint.shown)
    return source


def traced(here, there, seed, **limits):
    """The trace, and the windows in which the node of Ethereum was asked for buses: (from, to), each once, in order."""
    nodes = Node(here, **limits), Node(there)
    sources = asked_of(nodes[0]), asked_of(nodes[1], "base")
    asked: list[tuple[int, int]] = []
    own = nodes[0]._eth_get_logs

    def listened(wanted):
        if wanted["address"] == DRIVEN.contract:
            asked.append((int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)))
        return own(wanted)

    nodes[0].more["eth_getLogs"] = listened
    found, made = followed((seed,), sources, rules=RULES)
    return found, made, asked


DELIVERED = {("rests", RECIPIENT, THERE, VALUE)}
WAITS = {("endpoint", POOL.contract, HERE, SENT)}
LAST = 3 * FIRST + ((1 << WINDOWS) - 1) * FIRST - 1
"""The highest block of the last window."""


@pytest.mark.parametrize("height", [RIDE + 1, 4 * FIRST - 1, 4 * FIRST, 9 * FIRST, LAST])
def test_the_bus_is_found_in_whichever_window_it_went_and_its_passenger_on_the_other_chain(height):
    found, _, asked = traced(*chains(height))
    assert rests(found) == DELIVERED
    assert min(low for low, _ in asked) == 3 * FIRST
    [crossing] = found.findings
    assert (crossing.key, crossing.to_chain, crossing.recipient) == ("30101:30184:7", "base", RECIPIENT)
    last = max(high for _, high in asked)
    assert height <= last <= 3 * FIRST + 2 * (height - 3 * FIRST + 1) + FIRST


def test_a_bus_behind_the_last_window_is_not_looked_for():
    found, _, asked = traced(*chains(LAST + 1))
    assert rests(found) == WAITS
    assert max(high for _, high in asked) == LAST


def test_a_node_with_narrow_ranges_is_asked_in_such_ones():
    found, _, asked = traced(*chains(4 * FIRST + 9), widest=2_000)
    assert rests(found) == DELIVERED
    read = sorted({(low, high) for low, high in asked if high - low < 2_000})
    assert (read[0][0], read[-1][1]) == (3 * FIRST, 6 * FIRST - 1)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(read))


@pytest.mark.parametrize("limits", [{"without": {"eth_getLogs"}}, {"widest": 0}])
def test_a_node_that_does_not_tell_logs_leaves_the_passenger_at_the_bridge_with_the_ticket(limits):
    here, there, _ = chains(RIDE + 1)
    seed = Seed("ethereum", here.txs[2]["hash"], "log:0", "payment")  # the ride itself: no history has to be found
    found, _, _ = traced(here, there, seed, **limits)
    [crossing] = found.findings
    assert (crossing.key, crossing.incoming) == ("30101:30184:7", ())


def test_a_window_that_the_chain_has_not_reached_yet_is_no_answer():
    """The tip stands in the first window: nothing later is asked, and nothing is said to be absent."""
    here, there, seed = chains(RIDE + 9, tip=RIDE + 5)
    found, _, asked = traced(here, there, seed)
    assert rests(found) == WAITS
    assert max(high for _, high in asked) == RIDE + 5
    missing = MissingLogs("ethereum", DRIVEN.contract, DRIVEN.topic, f"0x{BASE:064x}", 0, 3 * FIRST, 4 * FIRST - 1)
    source = straight(Node(here))
    early = source.logs(missing, source.status())
    assert (early.still_missing, early.absent, len(early.observations)) == (True, False, 1)
    here.tip = 4 * FIRST
    driven(here, RIDE + 9)
    later = straight(Node(here))
    reply = later.logs(missing, later.status())
    assert (reply.still_missing, reply.absent, len(reply.observations)) == (False, False, 2)


def test_what_a_hostile_node_tells_besides_is_not_taken_for_a_bus():
    """Another contract's log, one of another event, and one outside the window: nothing of such an answer is used."""
    for change in ({"address": who("forger")}, {"topics": [POOL.topic]}, {"blockNumber": hex(9)}):
        here, there, _ = chains(RIDE + 1)
        seed = Seed("ethereum", here.txs[2]["hash"], "log:0", "payment")
        node = Node(here)
        own = node._eth_get_logs
        node.more["eth_getLogs"] = lambda wanted, own=own, change=change: [{**log, **change} for log in own(wanted)]
        sources = asked_of(node), asked_of(Node(there), "base")
        found, _ = followed((seed,), sources, rules=RULES)
        assert [one.incoming for one in found.findings] == [()], change


def test_a_question_about_a_window_comes_back_as_it_was_and_others_are_written_as_before():
    windowed = MissingLogs("ethereum", "c", "t", "k", 0, 5, 9)
    assert question_of(question_text(windowed)) == windowed
    plain = MissingLogs("ethereum", "c", "t", "k", 2)
    assert json.loads(question_text(plain)) == ["logs", "ethereum", "c", "t", "k", "2"]
    assert question_of(question_text(plain)) == plain
