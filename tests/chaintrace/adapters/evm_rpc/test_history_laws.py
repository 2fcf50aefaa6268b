"""Whatever a token's ledger is and however a node limits ranges: its history is the ledger's, unit for unit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chaintrace.adapters.evm.making import NOBODY
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN, Chain, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import amounts, history, straight
from tests.chaintrace.adapters.evm_rpc.chain_node import Node

PARTIES = [who(number) for number in range(4)]
TIPS = st.integers(40, 6_000)


@st.composite
def ledgers(draw):
    """A chain of random payments, in batches, among few parties that have enough."""
    tip = draw(TIPS)
    chain = Chain(tip, finalized=draw(st.sampled_from([None, 0, tip // 2, tip])))
    for party in PARTIES:
        chain.moved(0, TOKEN, NOBODY, party, 2**255)
    heights = sorted(draw(st.lists(st.integers(1, tip), max_size=12)))
    parties, values = st.sampled_from([*PARTIES, NOBODY]), st.integers(0, 2**200)
    for height in heights:
        batch = draw(st.lists(st.tuples(parties, parties, values), min_size=1, max_size=4))
        chain.batch(height, draw(st.sampled_from(PARTIES)), batch)
    return chain


@st.composite
def nodes(draw, chain):
    """A node of it, with limits of its own."""
    widest = draw(st.sampled_from([1 << 60, 5_000, 777, 64]))
    texts = ["block range is too wide", f"limited to a {widest:,} range", "no", "query exceeds max block range 3"]
    return Node(
        chain,
        archive=draw(st.booleans()),
        widest=widest,
        most=draw(st.sampled_from([1 << 60, 50, 4])),
        wide_error=(-32000, draw(st.sampled_from(texts))),
        most_error=(-32005, draw(st.sampled_from(["query returned more than 4 results", "too much", "3 results"]))),
        without=draw(st.sets(st.sampled_from(["eth_getBlockReceipts", "eth_getCode", "trace_filter"]))),
    )


def expected(chain: Chain, party: str, since: int) -> list[int]:
    """What the ledger says of a party, payment by payment."""
    return [
        value * ((receiver == party) - (sender == party))
        for height, token, sender, receiver, value in chain.state
        if token == TOKEN and party in {sender, receiver} and height >= max(since, 1)
    ]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_history_is_that_of_the_ledger_unit_for_unit(data):
    chain = data.draw(ledgers())
    node = data.draw(nodes(chain))
    party = data.draw(st.sampled_from(PARTIES))
    since = data.draw(st.sampled_from([0, 1, chain.tip // 2, chain.tip]))
    reply = history(straight(node), party, since=since)
    if not reply.coverage:  # more in one block than this node ever tells
        assert (reply.still_missing, len(reply.gaps), node.most) == (True, 1, 4)
        return
    (coverage,) = reply.coverage
    told = [value for _, value in amounts(reply, party)]
    before = max(since - 1, 0)
    known = node.archive or before >= chain.tip - 128
    assert (coverage.start, coverage.end) == (since if known else 0, chain.tip)
    assert told == expected(chain, party, coverage.start)
    if known:
        assert (coverage.how, reply.gaps) == ("balance equal", ())
        assert coverage.opening == chain.balance(TOKEN, party, before)
        assert coverage.opening + sum(told) == chain.balance(TOKEN, party, chain.tip)
    else:  # what lay there in the first block cannot be asked: the difference is that
        assert (coverage.how, coverage.opening) == ("claimed", None)
        assert [(gap.kind, gap.effect_value) for gap in reply.gaps] == [("balance", 2**255)]


@st.composite
def native_ledgers(draw):
    """A chain of random payments in the native asset: plain, failed, passed on by contracts, and out of blocks."""
    chain = Chain(draw(TIPS))
    for party in PARTIES:
        chain.moved(0, "", NOBODY, party, 10**20)
    parties, values = st.sampled_from(PARTIES), st.integers(0, 10**18)
    for height in sorted(draw(st.lists(st.integers(1, chain.tip), max_size=10))):
        kind = draw(st.sampled_from(["plain", "failed", "inside", "withdrawal"]))
        payer, payee, value = draw(parties), draw(parties), draw(values)
        if kind == "withdrawal":
            number = sum(map(len, chain.withdrawals.values()))
            paid = {"index": hex(number), "validatorIndex": "0x1", "address": payee, "amount": hex(1 + number)}
            chain.withdrawals.setdefault(height, []).append(paid)
            chain.moved(height, "", NOBODY, payee, (1 + number) * 10**9)
        elif kind == "inside":
            calls = draw(st.lists(st.tuples(parties, parties, values), max_size=3))
            chain.send(height, payer, payee, value, data="0x01", calls=calls)
        else:
            chain.send(height, payer, payee, value, failed=kind == "failed")
    return chain


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_history_of_the_native_asset_is_that_of_the_ledger(data):
    chain = data.draw(native_ledgers())
    node = data.draw(nodes(chain))
    node.archive = True
    node.without -= {"eth_getCode"}  # without it nothing shows that an account cannot pay by itself
    node.without |= data.draw(st.sets(st.sampled_from(["trace_filter", "ots_searchTransactionsBefore"])))
    party = data.draw(st.sampled_from(PARTIES))
    since = data.draw(st.sampled_from([0, 1, chain.tip // 2, chain.tip]))
    reply = history(straight(node), party, "", since)
    (coverage,) = reply.coverage
    assert (coverage.start, coverage.end, coverage.how, reply.gaps) == (since, chain.tip, "balance equal", ())
    assert coverage.opening == chain.balance("", party, max(since - 1, 0))
    change = sum(value for _, value in amounts(reply, party, ""))
    assert coverage.opening + change == chain.balance("", party, chain.tip)
    heights = {
        height
        for height, token, *parties, value in chain.state
        if not token and party in parties and parties[0] != parties[1] and value and height >= max(since, 1)
    }
    assert heights <= {transaction.height for transaction in reply.transactions}
