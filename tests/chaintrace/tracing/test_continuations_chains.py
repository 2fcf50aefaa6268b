"""What goes on on another chain (M2, M23): order, clocks, circles, and what is not in the sources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.accounting import METHODS
from chaintrace.model.trace import OUTCOME_NAMES, Limits, Trace
from chaintrace.model.view import MissingTransaction
from chaintrace.tracing import trace
from tests.chaintrace.tracing.ledger import START, block, coins, payments
from tests.chaintrace.tracing.linking import Chains, continues

ALL = sorted(METHODS)


def told(found: Trace) -> list[tuple]:
    """(outcome, origin, address, asset, value) of every outcome, in order."""
    return [
        (OUTCOME_NAMES[type(end)], end.origin, end.address, end.asset.contract, end.value) for end in found.outcomes
    ]


def bridged(skew: int = 0, *, is_covered: bool = True) -> Chains:
    """Ann deposits 10 on the ledger at its second block; bob gets 9 on `base`, then pays 4 to dora's exchange."""
    first = payments(("victim", "ann", 10), ("ann", "bridge", 10))
    second = payments(("", "bob", 9), ("bob", "dora", 4), chain="base").tag("dora")
    moved = {
        txid: replace(tx, block=replace(block(number), time=START + 600 * number + 1000 - skew))
        for number, (txid, tx) in enumerate(second.transactions.items(), 1)
    }
    second = replace(second, transactions=moved if is_covered else {})
    finding = continues(["t2:0"], ["base/t1:0"], rule="bridge", key="7", to_chain="base", recipient="bob")
    return Chains((first, second), (finding,))


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("skew", [0, 5000])
def test_a_bridge_is_followed_to_another_chain(method: str, skew: int) -> None:
    """Also where the clocks of the chains differ: what is delivered never precedes its deposit (M2)."""
    view = bridged(skew)
    found = trace(view, (view.ledgers[0].seed("t1"),), method)
    assert [(end[0], end[2], end[4]) for end in told(found)] == [
        ("converted_out", "bridge", 10),
        ("endpoint", "dora", 4),
        ("resting", "bob", 5),
    ]
    assert [gap.kind for gap in found.gaps] == (["order"] if skew else [])
    assert all("4600 s before" in gap.text for gap in found.gaps)
    (made,) = found.conversions
    assert (made.asset_out.chain, made.asset_in.chain, made.continues.key) == ("ledger", "base", "7")


def test_what_came_in_but_is_not_in_the_sources_is_asked_for() -> None:
    view = bridged(is_covered=False)
    found = trace(view, (view.ledgers[0].seed("t1"),), "fifo")
    assert told(found) == [("endpoint", "t1", "bridge", "X", 10)]
    assert found.missing == (MissingTransaction("base", "t1"),)


def test_what_came_in_after_until_has_not_come() -> None:
    view = bridged()
    found = trace(view, (view.ledgers[0].seed("t1"),), "fifo", Limits(until=START + 1300))
    assert told(found) == [("endpoint", "t1", "bridge", "X", 10)]


def test_there_and_back_again_ends_and_balances() -> None:
    first = payments(
        ("victim", "ann", 10), ("ann", "bridge", 10), ("x", "y", 1), ("bridge", "ann", 8), ("ann", "bob", 8)
    )
    second = payments(("x", "y", 1), ("x", "y", 1), ("", "ann", 9), ("ann", "back", 9), chain="base")
    view = Chains(
        (first, second),
        (continues(["t2:0"], ["base/t3:0"], rule="bridge"), continues(["base/t4:0"], ["t4:0"], rule="bridge")),
    )
    found = trace(view, (first.seed("t1"),), "fifo")
    assert [(end[0], end[2], end[4]) for end in told(found)] == [
        ("converted_out", "bridge", 10),
        ("converted_out", "back", 9),
        ("resting", "bob", 8),
    ]
    assert found.converted_in()["t1", first.account("ann").asset] == 8


def test_chains_that_wait_for_each_other_are_not_followed() -> None:
    """Each chain delivers before the other one paid in: one of the two says what cannot be, the later one."""
    first = payments(("victim", "ann", 10), ("in", "ann", 8), ("ann", "bridge", 10))
    second = payments(("", "ann", 9), ("ann", "back", 9), chain="base")
    view = Chains(
        (first, second),
        (continues(["t3:0"], ["base/t1:0"], rule="bridge"), continues(["base/t2:0"], ["t2:0"], rule="bridge")),
    )
    found = trace(view, (first.seed("t1"),), "fifo")
    assert sum(end.value for end in found.outcomes if end.asset.chain == "ledger") == 10
    assert [gap.kind for gap in found.gaps if gap.kind == "continuation"] == ["continuation"]


@pytest.mark.parametrize("method", ALL)
def test_coins_go_to_an_account_chain_and_come_back(method: str) -> None:
    bitcoin = coins(
        ("c1", [], [("victim", 50)]),
        ("t2", ["c1:0"], [("ann", 50)]),
        ("t3", ["t2:0"], [("vault", 30), (None, 0), ("ann", 18)]),
        ("v1", ["t3:0"], [("vault", 30)]),
        ("t5", [("gone:0", 9, "vault")], [("bob", 8)]),
        ("t6", ["t5:0"], [("carl", 8)]),
    )
    account = payments(("x", "y", 1), ("x", "y", 1), ("vault", "ann", 600), ("ann", "vault", 300))
    view = Chains(
        (bitcoin, account),
        (
            continues(["bitcoin/t3:0"], ["ledger/t3:0"], rule="bridge"),
            continues(["ledger/t4:0"], ["bitcoin/t5:0"], rule="bridge"),
        ),
    )
    found = trace(view, (bitcoin.seed("t2"),), method)
    assert [(end[0], end[2], end[4]) for end in told(found)] == [
        ("fee", "", 2),
        ("converted_out", "vault", 30),
        ("converted_out", "vault", 300),
        ("resting", "ann", 18),
        ("resting", "ann", 300),
        ("resting", "carl", 8),
    ]
