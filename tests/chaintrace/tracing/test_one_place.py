"""Movements that a source puts in one place of a block: by txid and index, and each is seen (M2).

Lists of explorers tell no position inside a block: all transactions of one block stand in one place then.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.accounting import METHODS
from chaintrace.model.trace import Endpoint, Resting
from chaintrace.tracing import backward, trace
from tests.chaintrace.tracing.ledger import FEE, block, payments

NAMES = ("ann", "bob", "carl")


def together(ledger, *txids):
    """The same ledger with these transactions in one place, that of the first of them."""
    order = ledger.transactions[txids[0]].transfers[0].order
    told = dict(ledger.transactions)
    for txid in txids:
        moved = tuple(replace(one, order=(*order[:2], one.order[2])) for one in told[txid].transfers)
        told[txid] = replace(told[txid], block=block(order[0]), transfers=moved)
    return replace(ledger, transactions=told)


@pytest.mark.parametrize("method", [*METHODS, "poison"])
def test_what_leaves_in_the_block_in_which_it_came_has_left(method):
    ledger = together(payments(("victim", "ann", 10), ("ann", "bob", 10), ("ann", "carl", 0)), "t1", "t2", "t3")
    found = trace(ledger, (ledger.seed("t1"),), method)
    assert [(type(end), end.address, end.value) for end in found.outcomes] == [(Resting, "bob", 10)]
    assert {gap.kind for gap in found.gaps if gap.subject != "victim"} == set()


def test_a_pool_that_sleeps_wakes_in_the_same_block():
    rows = [("v", "ann", 4), ("ann", "bank", 4), ("x", "ann", 5), ("v", "ann", 6), ("ann", "bank", 11)]
    ledger = together(payments(*rows), "t1", "t2", "t3", "t4", "t5").tag("bank")
    seeds = (ledger.seed("t1"), ledger.seed("t4"))
    found = trace(ledger, seeds, "fifo")
    assert [(type(end), end.origin, end.value) for end in found.outcomes] == [(Endpoint, "t1", 4), (Endpoint, "t4", 6)]


def test_backward_reaches_what_came_between_two_outflows_of_one_block():
    rows = [("x", "ann", 5), ("ann", "bob", 3), ("y", "ann", 5), ("ann", "bob", 4), ("bob", "carl", 7)]
    apart = payments(*rows)
    ledger = together(apart, "t1", "t2", "t3", "t4")
    found = [
        Counter({one.address: one.value for one in backward(it, (it.seed("t5"),)).shares}) for it in (ledger, apart)
    ]
    assert found[0] == found[1]
    assert found[0].keys() == {"x", "y"}


@st.composite
def ledgers(draw):
    """Up to nine payments between three addresses and others, and after which of them a new block begins."""
    party = st.sampled_from([*NAMES, "x"])
    rows = draw(st.lists(st.tuples(party, st.sampled_from([*NAMES, "bank", FEE]), st.integers(0, 9)), max_size=8))
    cuts = draw(st.lists(st.booleans(), min_size=len(rows) + 1, max_size=len(rows) + 1))
    return payments(("victim", "ann", 9), *rows).tag("bank"), cuts


@given(made=ledgers(), method=st.sampled_from([*METHODS, "poison"]))
def test_blocks_without_positions_are_traced_as_their_order_by_txid(made, method):
    """Nothing but the order decides, and that is the same."""
    ledger, cuts = made
    groups, names = [[]], list(ledger.transactions)
    for name, cut in zip(names, cuts, strict=True):
        groups[-1].append(name)
        if cut:
            groups.append([])
    dense = ledger
    for group in filter(None, groups):
        dense = together(dense, *group)
    seeds = (ledger.seed("t1"),)
    one, two = trace(ledger, seeds, method), trace(dense, seeds, method)

    def ends(found):
        return [(type(end), end.origin, end.value, end.address, end.txid, end.hop) for end in found.outcomes]

    assert ends(one) == ends(two)
    assert [hop[2:] for hop in one.hops] == [hop[2:] for hop in two.hops]
    last = (ledger.seed(names[-1]),)
    if ledger.transactions[names[-1]].transfers[0].kind != "fee" and not _to_itself(ledger, names[-1]):
        back = [
            [(end.kind, end.address, end.txid, end.value) for end in backward(it, last).shares]
            for it in (ledger, dense)
        ]
        assert back[0] == back[1]


def _to_itself(ledger, txid):
    [transfer] = ledger.transactions[txid].transfers
    return bool(transfer.inputs and transfer.outputs) and transfer.inputs[0].address == transfer.outputs[0].address
