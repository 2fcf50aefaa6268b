"""The way back over continuations (M23, M28), on ledgers small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.model.trace import Limits
from chaintrace.tracing import backward
from tests.chaintrace.tracing.ledger import coins, payments
from tests.chaintrace.tracing.linking import Chains, continues, link


def came_from(view, seed) -> set[tuple]:
    """(kind, address, asset, value, hop) of where a payment came from."""
    return {(one.kind, one.address, one.asset.contract, one.value, one.hop) for one in backward(view, (seed,)).shares}


def test_a_payment_leads_back_over_a_swap() -> None:
    """Ann swapped 8 X, of which 6 were minted and 2 dora's, for 400 Y: 100 of these cost 2 X, so 1.5 and 0.5: 2, 0."""
    ledger = payments(
        ("", "ann", 6), ("dora", "ann", 2), [("ann", "pool", 8), ("pool", "ann", 400, "Y")], ("ann", "bob", 100, "Y")
    )
    ledger = link(ledger, continues(["t3:0"], ["t3:1"]))
    assert came_from(ledger, ledger.seed("t4")) == {("mint", "", "X", 2, 3)}
    assert came_from(link(ledger), ledger.seed("t4")) == {("opening", "pool", "Y", 100, 2)}


@pytest.mark.parametrize(
    "rows", [[("pool", "ann", 400, "Y"), ("ann", "pool", 8)], [("ann", "pool", 8), ("pool", "ann", 400, "Y")]]
)
def test_a_pool_that_paid_first_is_left_behind_too(rows: list[tuple]) -> None:
    ledger = payments(("", "ann", 6), ("x", "ann", 2), rows, ("ann", "bob", 8, "Z"), ("ann", "bob", 400, "Y"))
    out, into = ("t3:1", "t3:0") if rows[0][0] == "pool" else ("t3:0", "t3:1")
    ledger = link(ledger, continues([out], [into]))
    assert came_from(ledger, ledger.seed("t5")) == {("mint", "", "X", 6, 3), ("opening", "x", "X", 2, 4)}


def test_a_payment_leads_back_to_another_chain_and_less_what_came_back() -> None:
    first = payments(("", "ann", 10), [("ann", "bridge", 10), ("bridge", "ann", 1)])
    second = payments(("", "bob", 18), ("bob", "dora", 4), chain="base")
    view = Chains((first, second), (continues(["t2:0"], ["base/t1:0"], ["t2:1"], "bridge"),))
    assert came_from(view, second.seed("t2")) == {("mint", "", "X", 2, 3)}
    assert came_from(replace(view, linked=()), second.seed("t2")) == {("mint", "", "X", 4, 1)}


def test_the_way_back_to_coins_and_from_there() -> None:
    bitcoin = coins(("c1", [], [("ann", 50)]), ("t2", ["c1:0"], [("vault", 30), ("ann", 20)]))
    account = payments(("x", "y", 1), ("x", "y", 1), ("vault", "ann", 600), ("ann", "carl", 300))
    view = Chains((bitcoin, account), (continues(["bitcoin/t2:0"], ["ledger/t3:0"], rule="bridge"),))
    assert came_from(view, account.seed("t4")) == {("mint", "", "", 15, 3)}


def test_limits_end_the_way_back_before_it_goes_over() -> None:
    ledger = payments(("", "ann", 6), [("ann", "pool", 6), ("pool", "ann", 400, "Y")], ("ann", "bob", 100, "Y"))
    ledger = link(ledger, continues(["t2:0"], ["t2:1"]))
    (share,) = backward(ledger, (ledger.seed("t3"),), Limits(max_hops=2)).shares
    assert (share.kind, share.asset.contract, share.value) == ("limit", "Y", 100)
