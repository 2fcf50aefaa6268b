"""Declared wallets: of one chain or of all, without stops, whole or not at all; the same forward and backward."""

from __future__ import annotations

import pytest

from chaintrace.errors import InputError
from chaintrace.model.trace import Converted, Endpoint, NotFollowed, Options, Resting, Wallet
from chaintrace.tracing import backward, trace
from tests.chaintrace.tracing.ledger import payments
from tests.chaintrace.tracing.linking import continues, link

PAIR = frozenset({"ann", "amy"})


def declared(chain=""):
    return Options(wallets=(Wallet("the two", PAIR, chain),))


def rows(chain):
    """The payment, then as much of somebody else's at the other address, which passes it on."""
    return payments(("victim", "ann", 10), ("x", "amy", 10), ("amy", "bank", 10), chain=chain).tag("bank")


def ends(ledger, options):
    found = trace(ledger, (ledger.seed("t1"),), "fifo", None, options)
    return [(type(end), end.address) for end in found.outcomes]


@pytest.mark.parametrize(
    ("declared_for", "is_pool"), [("", True), ("ethereum", True), ("polygon", False), ("ledger", False)]
)
def test_a_wallet_of_one_chain_leaves_the_same_addresses_of_another_one_apart(declared_for, is_pool):
    """Addresses of Ethereum's kind are the same text on every chain of that kind."""
    together, apart = [(Endpoint, "bank")], [(Resting, "ann")]
    assert ends(rows("ethereum"), declared(declared_for)) == (together if is_pool else apart)


@pytest.mark.parametrize(("declared_for", "is_pool"), [("", True), ("ethereum", True), ("polygon", False)])
def test_backward_takes_the_same_addresses_together_as_forward(declared_for, is_pool):
    ledger = rows("ethereum")
    found = backward(ledger, (ledger.seed("t3"),), None, declared(declared_for)).shares
    sources = {"victim": 5, "x": 5} if is_pool else {"x": 10}
    assert {share.address: share.value for share in found} == sources


def test_a_seed_between_two_addresses_of_a_wallet_is_refused_on_the_wallets_chain_alone():
    ledger = payments(("victim", "ann", 10), ("ann", "amy", 10), chain="ethereum")
    seeds = (ledger.seed("t2"),)
    trace(ledger, seeds, "fifo", None, declared("polygon"))
    backward(ledger, seeds, None, declared("polygon"))
    with pytest.raises(InputError, match="stays inside one pool"):
        trace(ledger, seeds, "fifo", None, declared("ethereum"))
    with pytest.raises(InputError, match="stays inside one pool"):
        backward(ledger, seeds, None, declared("ethereum"))


def test_a_stop_is_part_of_no_wallet_in_either_direction():
    """Others' value lies at a stop too (M21), so that a payment to it stays no movement inside the pool."""
    ledger = payments(("x", "amy", 90), ("victim", "ann", 10), ("ann", "amy", 4), ("ann", "bob", 6)).tag("amy")
    seeds = (ledger.seed("t2"),)
    assert trace(ledger, seeds, "fifo", None, declared()) == trace(ledger, seeds, "fifo")
    [share] = backward(ledger, (ledger.seed("t4"),), None, declared()).shares
    assert (share.address, share.value) == ("victim", 6)
    backward(ledger, (ledger.seed("t3"),), None, declared())  # it leaves the wallet


def test_a_wallet_of_which_one_history_is_missing_has_no_pool_in_either_direction():
    """M10: what the others hold may come from there."""
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 6)).cover("ann", "bob")
    [left] = trace(ledger, (ledger.seed("t1"),), "fifo", None, declared()).outcomes
    assert (type(left), left.reason) == (NotFollowed, "history not in the sources")
    [share] = backward(ledger, (ledger.seed("t2"),), None, declared()).shares
    assert (share.kind, share.address, share.value) == ("history not in the sources", "ann", 6)


@pytest.mark.parametrize("legs", [(["t2:0"], ["t3:0"]), (["t2:0"], ["t5:0"], ["t4:0"])], ids=["in", "back"])
def test_what_comes_in_or_back_inside_a_wallet_brings_nothing_and_no_value_is_lost(legs):
    """It moves nothing (M8). Were it followed, what went out would have gone nowhere."""
    ledger = payments(
        ("victim", "bob", 10), ("bob", "dex", 10), ("amy", "ann", 7, "Y"), ("ann", "amy", 3), ("dex", "bob", 7, "Y")
    )
    ledger = link(ledger, continues(*legs))
    seeds = (ledger.seed("t1"),)
    found = trace(ledger, seeds, "fifo", None, declared())
    assert [(type(end), end.address, end.value) for end in found.outcomes] == [(Resting, "dex", 10)]
    assert found.conversions == ()
    [gap] = [gap for gap in found.gaps if gap.kind == "continuation"]
    assert "what came in stayed inside a wallet that the case declares" in gap.text
    assert next(type(end) for end in trace(ledger, seeds, "fifo").outcomes) is Converted  # apart, it moves


def test_a_leg_that_two_seeds_name_is_one_payment_backward_too():
    """Once without an index and once with it: a case refuses only the same words twice."""
    ledger = payments(("x", "ann", 4), ("y", "ann", 6), ("ann", "bob", 10)).cover("ann", "bob")
    seeds = (ledger.seed("t3", None, "A"), ledger.seed("t3", "0", "A"))
    assert {share.address: share.value for share in backward(ledger, seeds).shares} == {"x": 4, "y": 6}
    assert sum(claim.claimed for claim in trace(ledger, seeds, "fifo").claims) == 10
