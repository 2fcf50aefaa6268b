"""What is genuine in each part and false as a whole: a token of the caller's own, one key twice, an older delivery."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.model.chain import Block
from heuristics.continuations.bridge import LEAD, SKEW, bridge, bridges
from heuristics.continuations.verdict import seen
from tests.heuristics.continuations.crossing_cases import (
    ARRIVED,
    ESCROW,
    HERE,
    ID,
    NAME,
    RECIPIENT,
    RELAYER,
    SENT,
    THERE,
    THIEF,
    across,
    event,
)
from tests.heuristics.continuations.making import receipt, row, said, town, tx, who

VICTIM, OWN, ROUTER = who("victim"), who("token of their own"), event("Multichain", "ethereum", "LogAnySwapOut")
DONE = event("Multichain", "bsc", "LogAnySwapIn")


def out(token, payer, value, place=50):
    """What the router logs for whatever token its caller names."""
    return said(ROUTER, place, token=token, **{"from": payer}, to=RECIPIENT, amount=value, fromChainID=1, toChainID=56)


def arrived(value):
    """A delivery that answers to the transaction."""
    log = said(DONE, txhash=bytes.fromhex(tx(NAME)[2:]), token=who("any"), to=RECIPIENT, amount=value, fromChainID=1)
    return receipt("delivery", (THERE, who("any"), RECIPIENT, value), chain="bsc", logs=(log,), sender=RELAYER)


def found(one, *others):
    return list(bridge(one.transaction, town(one, *others)))


def test_what_a_router_lets_a_token_of_the_callers_own_take_is_a_lead():
    """An approval of a router is drained so: the log is genuine, and the value lies at the token."""
    one = receipt(NAME, (HERE, VICTIM, OWN, SENT), logs=(out(OWN, VICTIM, SENT),), sender=THIEF, to=ROUTER.contract)
    [finding] = found(one)
    assert (finding.confidence, finding.is_lead, finding.incoming) == (LEAD, True, ())
    assert f"A lead: whoever calls names {OWN}, which is paid and burns nothing" in finding.text


def test_a_token_of_the_bridge_that_burns_what_goes_is_no_lead():
    vault = who("any")
    moves = [(HERE, THIEF, vault, SENT), (vault, None, THIEF, SENT), (vault, THIEF, None, SENT)]
    one = receipt(NAME, *moves, logs=(out(vault, THIEF, SENT),), sender=THIEF, to=ROUTER.contract)
    [finding] = found(one)
    assert (finding.confidence, finding.recipient, finding.to_chain) == (0, RECIPIENT, "bsc")


def test_a_token_of_the_bridge_that_burns_nothing_is_no_lead_where_its_delivery_is_known():
    one = receipt(NAME, (HERE, THIEF, OWN, SENT), logs=(out(OWN, THIEF, SENT),), sender=THIEF, to=ROUTER.contract)
    [finding] = found(one, arrived(ARRIVED))
    assert (finding.confidence, [leg.index for leg in finding.incoming]) == (0, ["log:0"])


def test_a_small_deposit_under_the_key_of_a_large_one_does_not_bring_its_delivery():
    """Both stand in one transaction and name one recipient, so that the key is the same."""
    logs = (out(OWN, VICTIM, 1000), out(HERE, THIEF, 1, 51))
    moves = [(THERE, VICTIM, OWN, 1000), (HERE, THIEF, HERE, 1)]
    one, two = receipt(NAME, *moves, logs=logs, sender=THIEF, to=ROUTER.contract), arrived(1)
    assert [finding.incoming for finding in found(one, two)] == [()]
    assert found(two, one) == []
    view = town(two, one)
    [verdict] = bridges(seen(two.transaction, view), view)
    assert verdict.text.endswith("the key was used by two deposits")


def crossing(sent, received):
    """A deposit and a delivery of Across with these logs."""
    first = receipt(NAME, (HERE, THIEF, sent[0].emitter, SENT), logs=sent, sender=THIEF, to=ESCROW)
    pays = [(THERE, received[0].emitter, RECIPIENT, ARRIVED)] * len(received)
    return first, receipt("delivery", *pays, chain="arbitrum", logs=received, sender=RELAYER, to=ESCROW)


@pytest.mark.parametrize(("paid_in", "paid_out", "why"), [(2, 1, "used by two deposits"), (1, 2, "delivered twice")])
def test_a_key_that_stands_twice_in_one_transaction_joins_nothing(paid_in, paid_out, why):
    [sent], [received] = across().sent, across().received
    several = [tuple(replace(log, index=50 + place) for place in range(number)) for log, number in
               ((sent, paid_in), (received, paid_out))]  # fmt: skip
    first, second = crossing(*several)
    assert [finding.incoming for finding in found(first, second)] == [()]
    assert found(second, first) == []
    view = town(first, second)
    assert any(why in verdict.text or "two deposits" in verdict.text for verdict in
               bridges(seen(first.transaction, view), view))  # fmt: skip


@pytest.mark.parametrize(("seconds", "follows"), [(SKEW, True), (SKEW + 1, False)])
def test_what_was_delivered_long_before_it_was_paid_in_is_not_it(seconds, follows):
    """Whoever fills orders may fill one that is not there yet: whose it becomes is made up later."""
    first, second = crossing(across().sent, across().received)
    early = replace(second.transaction, block=Block(1, "", first.transaction.time - seconds))
    second = replace(second, transaction=early)
    assert [bool(finding.incoming) for finding in found(first, second)] == [follows]
    assert len(found(second, first)) == follows


def test_the_fee_that_a_wrapper_of_poly_keeps_is_the_bridges():
    """A wrapper takes its fee of what crosses, which is much of a small payment."""
    lock, message = event("Poly Network", "ethereum", "LockEvent"), event("Poly Network", "ethereum", "CrossChainEvent")
    wrapper = event("Poly Network", "ethereum", "PolyWrapperLock")
    told = {"fromAssetHash": HERE, "fromAddress": wrapper.contract, "toAddress": bytes.fromhex(RECIPIENT[2:])}
    logs = (
        said(message, 50, txId=ID, toChainId=6),
        said(lock, 51, toChainId=6, amount=60, **told),
        said(wrapper, 52, fromAsset=HERE, sender=THIEF, toChainId=6, net=60, fee=40),
    )
    moves = [(HERE, THIEF, wrapper.contract, SENT), (HERE, wrapper.contract, lock.contract, 60)]
    [finding] = found(receipt(NAME, *moves, logs=logs, sender=THIEF, to=wrapper.contract))
    assert (finding.to_chain, finding.recipient) == ("bsc", RECIPIENT)
    assert [leg.index for leg in finding.outgoing] == ["log:0"]


def test_an_exchange_across_chains_of_multichain_names_its_delivery():
    trade = event("Multichain", "ethereum", "LogAnySwapTradeTokensForNative")
    log = said(trade, **{"from": THIEF}, to=RECIPIENT, amountIn=SENT, fromChainID=1, toChainID=56, path=[who("any")])
    one = receipt(NAME, (HERE, THIEF, None, SENT), logs=(log,), sender=THIEF, to=trade.contract)
    [finding] = found(one, arrived(ARRIVED))
    assert (finding.object, finding.to_chain) == (tx("delivery"), "bsc")


def fill(chain, **other):
    """A fill under the number of the deposit of `across`, which anybody can make on any chain of any order."""
    row = event("Across", chain, "FilledV3Relay")
    told = {
        "inputToken": HERE,
        "inputAmount": SENT,
        "outputAmount": ARRIVED,
        "depositor": THIEF,
        "recipient": RECIPIENT,
    }
    paid = {"updatedRecipient": (told | other)["recipient"], "updatedOutputAmount": (told | other)["outputAmount"]}
    log = said(row, originChainId=1, depositId=7, outputToken=THERE, relayExecutionInfo=paid, **(told | other))
    moves = [(THERE, row.contract, paid["updatedRecipient"], paid["updatedOutputAmount"])]
    return receipt(f"fill on {chain}", *moves, chain=chain, logs=(log,), sender=RELAYER, to=row.contract)


@pytest.mark.parametrize("other", [{"recipient": who("own")}, {"outputAmount": 1}, {"depositor": who("own")}])
def test_a_fill_of_an_order_that_nobody_made_neither_joins_nor_hides_the_real_one(other):
    """It costs a unit, and has the number of a deposit that it does not answer to."""
    first, second = crossing(across().sent, across().received)
    forged = fill("arbitrum", **other)
    [finding] = found(first, second, forged)
    assert (finding.object, [leg.index for leg in finding.incoming]) == (tx("delivery"), ["log:0"])
    assert found(forged, first, second) == []


def test_a_fill_on_a_chain_for_which_the_order_is_not_has_no_deposit():
    first, second = crossing(across().sent, across().received)
    assert found(fill("base"), first, second) == []
    assert len(found(fill("arbitrum"), first)) == 1


def test_what_a_token_of_ones_own_takes_while_it_is_bridged_does_not_cross():
    """The deposit, its token and its delivery are genuine; the value that is traced lies at the token's contract."""
    told = {"inputToken": OWN, "inputAmount": SENT, "outputAmount": ARRIVED, "depositor": THIEF, "recipient": RECIPIENT}
    log = said(event("Across", "ethereum", "V3FundsDeposited"), destinationChainId=42161, depositId=7, **told)
    moves = [(HERE, THIEF, OWN, SENT), (OWN, THIEF, log.emitter, SENT)]
    first = receipt(NAME, *moves, logs=(log,), sender=THIEF, to=log.emitter)
    second = fill("arbitrum", inputToken=OWN)
    for several in (moves, moves[:1]):
        first = receipt(NAME, *several, logs=(log,), sender=THIEF, to=log.emitter)
        assert not any("log:0" in [leg.index for leg in one.outgoing] for one in found(first, second))
        assert not any("log:0" in [leg.index for leg in one.outgoing] for one in found(second, first))


def test_more_of_the_token_than_the_delivery_says_is_not_what_was_delivered():
    """The relayer may have paid native value, which nobody shows, while somebody else pays the token."""
    first, second = crossing(across().sent, across().received)
    for value, follows in ((ARRIVED, True), (ARRIVED - 1, True), (ARRIVED * 1000, False)):
        second = receipt("delivery", (THERE, OWN, RECIPIENT, value), chain="arbitrum", logs=across().received)
        [finding] = found(first, second)
        assert (finding.object, bool(finding.incoming)) == (tx("delivery"), follows)


POOL = who("pool")
TOLD = said(row("Uniswap v2", "pool"), 9, POOL, amount0In=1, amount1Out=1)
"""A pool that tells of an exchange; the recorded ones of listed contracts tell no more."""


@pytest.mark.parametrize("logs", [(), (TOLD,), (said(row("LI.FI", "trade", "ethereum"), 9),)])
@pytest.mark.parametrize(("burned", "crosses"), [(0, True), (50, True), (51, False), (499, False)])
def test_what_is_destroyed_beside_an_exchange_was_not_exchanged(logs, burned, crosses):
    """Nobody gave anything for it, whatever tells of the exchange. A tenth may be a fee that the token destroys."""
    moves = [(OWN, THIEF, POOL, 500 - burned), (OWN, THIEF, None, burned), (HERE, POOL, ESCROW, SENT)]
    first = receipt(NAME, *moves, logs=(*across().sent, *logs), sender=THIEF, to=ESCROW)
    told = [[leg.index for leg in one.outgoing] for one in found(first)]
    assert told == ([["log:0", "log:1"] if burned else ["log:0"]] if crosses else [])
    if not crosses:
        view = town(first)
        [verdict] = bridges(seen(first.transaction, view), view)
        assert f"gives 500 base units, and {burned} of them are not seen to go into the bridge" in verdict.text


def test_what_is_unwrapped_before_an_exchange_is_not_destroyed():
    """Native value that a contract pays is a call, and no source may tell of it."""
    weth = row("wrapped native asset", "wrapper", "ethereum").contract
    moves = [(weth, THIEF, ROUTER.contract, 500), (weth, ROUTER.contract, None, 500), (HERE, POOL, ESCROW, SENT)]
    logs = (*across().sent, said(row("LI.FI", "trade", "ethereum"), 9))
    [finding] = found(receipt(NAME, *moves, logs=logs, sender=THIEF, to=ESCROW))
    assert [leg.index for leg in finding.outgoing] == ["log:0"]
