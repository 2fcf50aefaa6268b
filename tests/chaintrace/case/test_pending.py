"""Transactions of one rank stand behind those that they spend, whatever their txids, and each is traced once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from chaintrace.accounting import METHODS
from chaintrace.case.view import CaseView
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import Seed
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.store import MemoryFacts
from chaintrace.tracing import backward, trace
from tests.chaintrace.case.test_view import Lookup, move

ALL = Coverage("bitcoin", None, None, 0, 10, 10, None)


def view(*several):
    return CaseView(MemoryFacts(several), (ALL,))


def diamond(first, second, third, last, heights=(None,) * 4):
    """The payment is split; both parts go into one transaction, one of them by a second way; that one pays on."""
    return view(
        move("seed", [("paid", 0)], (20, "thief"), height=1, known=20),
        move(first, [("seed", 0)], (8, "x"), (11, "y"), height=heights[0]),
        move(second, [(first, 1)], (10, "z"), height=heights[1]),
        move(third, [(first, 0), (second, 0)], (13, "w"), (4, "u"), height=heights[2]),
        move(last, [(third, 0)], (12, "end"), height=heights[3]),
    )


def told(found, names):
    """Where what ends, under names that say nothing of the txids."""
    return [(type(end), end.value, end.address, names.get(end.txid, ""), end.index, end.hop) for end in found.outcomes]


@pytest.mark.parametrize("height", [None, 2])
@pytest.mark.parametrize("method", [*METHODS, "poison"])
def test_one_of_no_block_or_of_the_same_is_traced_once_and_after_all_that_it_spends(method, height):
    seeds = (Seed("bitcoin", "seed", "0", "A"),)
    plain = trace(diamond("1", "2", "3", "4", (2, 3, 4, 5)), seeds, method)
    expected = told(plain, dict(zip("1234", "1234", strict=True)))
    for txids in permutations(("p", "q", "r", "s")):
        found = trace(diamond(*txids, (height,) * 4), seeds, method)
        assert told(found, dict(zip(txids, "1234", strict=True))) == expected


def test_backward_takes_the_same_way_through_what_is_pending():
    for txids in permutations(("p", "q", "r", "s")):
        [share] = backward(diamond(*txids), (Seed("bitcoin", txids[3], "0", "A"),)).shares
        assert (share.kind, share.txid, share.value) == ("history not in the sources", "paid", 12)


def test_the_order_is_told_alike_whichever_is_asked_first():
    names = ("s", "r", "q", "p")
    for asked in permutations(names):
        one = diamond(*names)
        found = {txid: one.transaction("bitcoin", txid).utxo.order for txid in asked}
        assert [found[name] for name in names] == [(PENDING_RANK, 0, place) for place in range(4)]
        assert one.spender(OutPoint("bitcoin", "q", 0)) == one.transaction("bitcoin", "p")


def test_long_chains_circles_and_what_a_source_has_put_in_order():
    chain = [move(f"{number:04}", [(f"{number + 1:04}", 0)], (5, "a"), height=None) for number in range(3_000)]
    order = view(*chain).transaction("bitcoin", "0000").utxo.order
    assert order == (PENDING_RANK, 0, 2_999)
    circle = view(move("a", [("b", 0)], (5, "x"), height=None), move("b", [("a", 0)], (5, "x"), height=None))
    assert circle.transaction("bitcoin", "a").utxo.order[0] == PENDING_RANK
    parent, child = move("z", [("y", 0)], (5, "x"), height=None), move("a", [("z", 0)], (5, "x"), height=None)
    [transfer] = child.transfers
    child = replace(child, transfers=(replace(transfer, order=(PENDING_RANK, 1, 0)),))
    assert view(parent, child).transaction("bitcoin", "a").utxo.order == (PENDING_RANK, 1, 0)
    late = replace(parent, transfers=(replace(parent.transfers[0], order=(PENDING_RANK, 2, 0)),))
    placed = view(late, child).transaction("bitcoin", "a")
    assert (placed.position, placed.utxo.order) == (2, (PENDING_RANK, 2, 1))


def test_in_a_block_it_stands_behind_what_it_spends_there_and_no_source_of_blocks_is_asked_for_that():
    asked = Lookup(move("n", [("0", 0)], (9, "x"), height=7))
    told = [
        move("a", [("0", 0)], (5, "x"), height=7, known=5),
        move("b", [("c", 0), ("n", 0)], (5, "x"), height=7, known=5),
        move("c", [("a", 0)], (5, "x"), height=7, known=5),
        move("d", [("b", 0)], (5, "x"), height=8, known=5),
    ]
    one = CaseView(MemoryFacts(told), (ALL,), {"bitcoin": (asked,)})
    orders = {name: one.transaction("bitcoin", name).utxo.order for name in "bacd"}
    assert orders == {"a": (7, 0, 0), "c": (7, 0, 1), "b": (7, 0, 2), "d": (8, 0, 0)}
    assert asked.asked == []
