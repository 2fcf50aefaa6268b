"""Wrap: one to one, both ways, at the wrappers of the table alone."""

from __future__ import annotations

import pytest

from chaintrace.adapters.evm.chains import EVM_CHAINS, evm_chain
from heuristics.continuations.wrap import wrap
from tests.heuristics.continuations.making import NATIVE, SHIPPED, moved, receipt, row, town, who

THIEF, OTHER = who("thief"), who("other")
WETH = row("wrapped native asset", "wrapper", "ethereum").contract


def found(*moves, extra=(), **more):
    one = receipt("wrap", *moves, sender=THIEF, to=WETH, extra=extra, **more)
    return list(wrap(one.transaction, town(one)))


def test_the_native_asset_becomes_the_token_of_its_wrapper():
    [finding] = found((NATIVE, THIEF, WETH, 5), (WETH, None, THIEF, 5))
    assert [leg.index for leg in finding.outgoing + finding.incoming] == ["value", "log:1"]
    assert (finding.recipient, finding.protocol, finding.confidence) == (THIEF, "wrapped native asset", 0)


def test_the_token_becomes_the_native_asset_where_a_source_tells_of_the_call():
    paid = moved("ethereum", 1, NATIVE, WETH, THIEF, 5, index="call:0")
    [finding] = found((WETH, THIEF, None, 5), extra=(paid,))
    assert [leg.index for leg in finding.outgoing + finding.incoming] == ["log:0", "call:0"]
    [finding] = found((WETH, THIEF, None, 5))
    assert (finding.incoming, finding.object) == ((), "")
    assert "which no source tells of" in finding.text


@pytest.mark.parametrize(
    "moves",
    [
        [(NATIVE, THIEF, OTHER, 5), (OTHER, None, THIEF, 5)],
        [(NATIVE, THIEF, WETH, 5), (WETH, None, THIEF, 5), (OTHER, THIEF, WETH, 1)],
        [(NATIVE, THIEF, WETH, 5)],
        [(WETH, THIEF, OTHER, 5)],
        [(WETH, OTHER, THIEF, 5)],
    ],
    ids=["another token", "something besides", "nothing made", "a payment", "a receipt"],
)
def test_what_is_no_wrapping(moves):
    assert found(*moves) == []


def test_a_transaction_that_failed_wrapped_nothing():
    assert found((NATIVE, THIEF, WETH, 5), (WETH, None, THIEF, 5), status="failed") == []


def test_the_wrappers_are_those_of_the_chains():
    listed = {(one.chain, one.contract) for one in SHIPPED.rows if one.shape == "wrapper"}
    assert listed == {(name, contract) for name in EVM_CHAINS for contract in evm_chain(name).wrappers}
