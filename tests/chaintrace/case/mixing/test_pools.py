"""Deposits and withdrawals of a mixer's pools: by logs where they are held, else by what moves."""

from __future__ import annotations

import json

from chaintrace.adapters.protocols import shipped, topic
from chaintrace.case.mixing.pools import MIXER, ROUTER, WITHDRAWAL, pools
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Block
from chaintrace.model.log import Log, Sent
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Transaction
from chaintrace.store import MemoryFacts
from tests.heuristics.control.account_chain import END, Chain

ROWS = [row for row in shipped().rows if row.shape == MIXER and row.chain == "ethereum"]
POOL = next(row.contract for row in ROWS if row.route == "10 ETH")
OTHER = next(row.contract for row in ROWS if row.route == "1 ETH")
ROUTERS = [row.contract for row in ROWS if row.route == ROUTER]
ANN, BOB, ZED, CARL = ("0x" + letter * 40 for letter in "abcd")
TEN = 10**19


def word(address):
    return "0x" + address[2:].rjust(64, "0")


def view(chain, *logs):
    whole = (Coverage(chain.name, None, None, 0, END, None, None),)
    return CaseView(MemoryFacts(chain.made), whole, noted=tuple(log.observation(1, None) for log in logs))


def log(transaction, emitter, name, data="0x", relayer=None):
    topics = (name,) if relayer is None else (name, word(relayer))
    return Log("ethereum", transaction.txid, 3, emitter, topics, data)


def test_what_moves_tells_it_where_no_logs_are_held():
    chain = Chain("ethereum")
    chain.pay(ANN, POOL, TEN, fee=5)
    chain.pay(ANN, ROUTERS[0], TEN, fee=5, more=[("call:0", "internal", "", ROUTERS[0], POOL, TEN)])
    chain.pay(BOB, OTHER, TEN // 10)
    for _ in range(3):
        chain.pay(ANN, ZED, 1)
    taken = chain.pay(POOL, ZED, TEN - 7, sender=CARL, fee=2, more=[("call:1", "internal", "", POOL, CARL, 7)])
    found = pools(view(chain), "ethereum")
    assert [(one.pool, one.txid, one.address) for one in found.deposits] == [
        (POOL, "t0", ANN),
        (POOL, "t1", ANN),
        (OTHER, "t2", BOB),
    ]
    [one] = found.withdrawals
    assert (one.pool, one.txid, one.address, one.relayer) == (POOL, taken.txid, ZED, CARL)
    before, reveals = found.candidates(one)
    assert [deposit.txid for deposit in before] == ["t0", "t1"]
    assert [(said.name, len(said.candidates)) for said in reveals] == [
        ("same address", 0),
        ("unique gas price", 0),
        ("linked address", 2),
        ("multi-denomination", 0),
    ]
    assert found.taken_before(one) == 0


def test_a_pools_own_logs_come_first():
    chain = Chain("ethereum")
    deposit, taken = chain.pay(ANN, ROUTERS[0], TEN, fee=5), chain.pay(CARL, ROUTERS[0], 0, fee=5)
    held = view(
        chain,
        log(deposit, POOL, next(row.topic for row in ROWS if row.contract == POOL)),
        log(taken, POOL, topic(WITHDRAWAL), word(ZED) + "0" * 128, CARL),
    )
    found = pools(held, "ethereum")
    assert [(one.pool, one.address) for one in found.deposits] == [(POOL, ANN)]
    assert [(one.address, one.relayer) for one in found.withdrawals] == [(ZED, CARL)]


def test_the_price_of_gas_is_that_of_the_call():
    chain = Chain("ethereum")
    made = [chain.pay(who, POOL, TEN, fee=5) for who in (ANN, BOB, CARL)]
    taken = chain.pay(POOL, ZED, TEN, sender=ZED, fee=5)
    whole = (Coverage("ethereum", None, None, 0, END, None, None),)
    prices = zip((*made, taken), (50, 77, 50, 77), strict=True)
    noted = [Sent("ethereum", one.txid, one.sender, POOL, "0x", 0, price).observation(1, None) for one, price in prices]
    found = pools(CaseView(MemoryFacts(chain.made), whole, noted=tuple(noted)), "ethereum")
    _, reveals = found.candidates(found.withdrawals[0])
    said = next(one for one in reveals if one.name == "unique gas price")
    assert [one.address for one in said.candidates] == [BOB]


def test_a_log_of_another_contract_is_none_of_the_mixers():
    chain = Chain("ethereum")
    sent = chain.pay(ANN, BOB, TEN)
    forged = log(sent, BOB, topic(WITHDRAWAL), word(ZED) + "0" * 128, CARL)
    assert pools(view(chain, forged), "ethereum").withdrawals == ()


def test_a_recorded_withdrawal_is_read(shared):
    """The receiver stands in the data, not in the calldata's sender; the relayer is the sender."""
    told = json.loads((shared / "data/evm/tornado-hand/bsc_router_withdraw_100bnb.json").read_text("utf-8"))
    [event] = told["logs"]
    made = Log("bsc", told["hash"], event["log_index"], event["address"], tuple(event["topics"]), event["data"])
    sent = Transaction("bsc", told["hash"], Block(told["block_number"], "", told["block_timestamp"]), 178, ())
    held = CaseView(MemoryFacts([sent]), noted=(made.observation(told["block_number"], None),))
    found = pools(held, "bsc")
    [one] = found.withdrawals
    assert found.rows[one.pool].route == "100 BNB"
    assert (one.address, one.relayer) == ("0x0bd94b3745b8bb14230887eaf12a7e2664415dfb", told["from"])


def test_a_recorded_log_is_one_of_its_pool(shared):
    told = json.loads((shared / "data/evm/tornado-hand/eth_withdrawal_log_10eth.json").read_text("utf-8"))
    assert told["topics"][0] == topic(WITHDRAWAL)
    assert told["address"] == POOL


def test_what_failed_and_other_chains_say_nothing():
    chain = Chain("ethereum")
    chain.pay(ANN, POOL, TEN, fee=5, status="failed")
    assert pools(view(chain), "ethereum").deposits == ()
    assert pools(view(Chain("ledger")), "ledger").rows == {}
