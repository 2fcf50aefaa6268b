"""Swap: the net flow decides, the maker of an order exchanges, and what is not an exchange is left alone."""

from __future__ import annotations

import pytest

from chaintrace.model.finding import Continues
from chaintrace.model.transaction import Transfer
from heuristics.continuations.swap import BY_CALL, BY_POOL, swap, swaps
from heuristics.continuations.verdict import seen
from tests.heuristics.continuations.making import NATIVE, SHIPPED, moved, receipt, row, said, town, who

THIEF, POOL, ROUTER, TAX, OTHER = map(who, ("thief", "pool", "router", "tax", "other"))
DAI, USDC, LP = map(who, ("dai", "usdc", "lp"))
V2 = row("Uniswap v2", "pool")
KNOWN = row("Uniswap v2", "router", "ethereum").contract
COW = row("CoW Protocol", "order", "ethereum")
WETH = row("wrapped native asset", "wrapper", "ethereum").contract


def found(one, **view):
    made = town(one, **view)
    return [finding for finding in swap(one.transaction, made) if isinstance(finding, Continues)]


def reasons(one):
    return [verdict.text for verdict in swaps(seen(one.transaction, town(one))) if verdict.finding is None]


def traded(sold: int = 100, bought: int = 90, emitter: str = POOL):
    return said(V2, 9, emitter, amount0In=sold, amount1Out=bought)


PLAIN = [(DAI, THIEF, POOL, 100), (USDC, POOL, THIEF, 90)]


def test_a_pool_that_the_transfers_bear_out_makes_a_swap_and_inherits_nothing():
    one = receipt("plain", *PLAIN, logs=(traded(),), sender=THIEF, to=ROUTER)
    [finding] = found(one)
    assert ([leg.index for leg in finding.outgoing], [leg.index for leg in finding.incoming]) == (["log:0"], ["log:1"])
    assert (finding.subject, finding.object, finding.refunded) == (one.transaction.txid, one.transaction.txid, ())
    assert (finding.protocol, finding.confidence, finding.recipient) == ("Uniswap v2", BY_POOL, THIEF)
    assert finding.details == (
        f"gave 100 base units of {DAI}",
        f"got 90 base units of {USDC}",
        f"paid to {POOL}",
        f"told by pools alone, which anybody can make: {POOL}",
    )


def test_a_listed_router_that_was_called_needs_no_log_and_is_surer():
    [finding] = found(receipt("router", *PLAIN, sender=THIEF, to=KNOWN))
    assert (finding.protocol, finding.confidence) == ("Uniswap v2", 0)


def test_what_comes_back_of_the_asset_that_was_given_is_a_refund():
    [finding] = found(receipt("refund", *PLAIN, (DAI, POOL, THIEF, 7), sender=THIEF, to=KNOWN))
    assert [leg.index for leg in finding.refunded] == ["log:2"]
    assert "gave 93 base units" in finding.details[0]


def test_an_aggregator_splits_and_the_swapper_keeps_its_legs():
    split = [(DAI, THIEF, ROUTER, 60), (DAI, THIEF, TAX, 40), (DAI, ROUTER, POOL, 60), (DAI, TAX, OTHER, 39)]
    came = [(USDC, POOL, ROUTER, 50), (USDC, OTHER, ROUTER, 30), (USDC, ROUTER, THIEF, 80)]
    [finding] = found(receipt("split", *split, *came, sender=THIEF, to=KNOWN))
    assert [leg.index for leg in finding.outgoing] == ["log:0", "log:1"]
    assert [leg.index for leg in finding.incoming] == ["log:6"]


def test_the_native_asset_goes_in_as_the_value_of_the_transaction():
    [finding] = found(receipt("in", (NATIVE, THIEF, KNOWN, 5), (USDC, POOL, THIEF, 90), sender=THIEF, to=KNOWN))
    assert [leg.index for leg in finding.outgoing] == ["value"]


def test_native_value_that_a_contract_pays_is_a_call_and_an_empty_side_where_no_source_tells_of_it():
    unwrapped = [(DAI, THIEF, POOL, 100), (WETH, POOL, KNOWN, 3), (WETH, KNOWN, None, 3)]
    [finding] = found(receipt("out", *unwrapped, sender=THIEF, to=KNOWN))
    assert (finding.incoming, finding.object) == ((), "")
    paid = moved("ethereum", 7, NATIVE, KNOWN, THIEF, 3, index="call:0.1")
    [finding] = found(receipt("told", *unwrapped, sender=THIEF, to=KNOWN, extra=(paid,)))
    assert [leg.index for leg in finding.incoming] == ["call:0.1"]


def test_what_is_delivered_to_somebody_else_whom_the_call_names_is_a_lead():
    moves = [(DAI, THIEF, POOL, 100), (USDC, POOL, OTHER, 90)]
    named = {"sender": THIEF, "to": KNOWN, "data": "0x12345678" + "00" * 12 + OTHER[2:]}
    [finding] = found(receipt("for another", *moves, logs=(traded(),), **named))
    assert (finding.recipient, finding.is_lead, [leg.index for leg in finding.incoming]) == (OTHER, True, ["log:1"])
    [finding] = found(receipt("unnamed", *moves, logs=(traded(),), sender=THIEF, to=KNOWN))
    assert (finding.recipient, finding.incoming) == (THIEF, ())
    fee = [*moves, (WETH, TAX, KNOWN, 3), (WETH, KNOWN, None, 3)]
    [finding] = found(receipt("a fee", *fee, logs=(traded(),), **named))
    assert (finding.recipient, finding.incoming) == (THIEF, ())


def test_calls_a_thousand_deep_are_named_like_others():
    deep = "call:" + ".".join(["0"] * 1024)
    paid = moved("ethereum", 7, NATIVE, KNOWN, THIEF, 3, index=deep)
    [finding] = found(receipt("deep", (DAI, THIEF, POOL, 9), sender=THIEF, to=KNOWN, extra=(paid,)))
    assert [leg.index for leg in finding.incoming] == [deep]


def test_a_token_that_takes_a_fee_of_its_own_pays_less_than_the_pool_says():
    taxed = [(DAI, THIEF, POOL, 100), (USDC, POOL, TAX, 9), (USDC, POOL, THIEF, 81)]
    [finding] = found(receipt("tax", *taxed, logs=(traded(),), sender=THIEF, to=ROUTER))
    assert [leg.index for leg in finding.incoming] == ["log:2"]


def test_the_maker_of_an_order_exchanges_and_not_the_solver_that_sends():
    settle = COW.contract
    moves = [(DAI, THIEF, settle, 100), (DAI, settle, POOL, 100), (USDC, POOL, settle, 95), (USDC, settle, THIEF, 90)]
    logs = (said(COW, owner=THIEF, sellToken=DAI, buyToken=USDC), traded(100, 95))
    [finding] = found(receipt("cow", *moves, logs=logs, sender=OTHER, to=settle))
    assert (finding.recipient, finding.protocol) == (THIEF, "CoW Protocol")


def test_two_orders_of_one_batch_are_two_swaps():
    settle = COW.contract
    moves = [(DAI, THIEF, settle, 9), (USDC, OTHER, settle, 8), (USDC, settle, THIEF, 8), (DAI, settle, OTHER, 9)]
    logs = (said(COW, 7, owner=THIEF), said(COW, 8, owner=OTHER))
    assert {one.recipient for one in found(receipt("batch", *moves, logs=logs, sender=who("solver"), to=settle))} == {
        THIEF,
        OTHER,
    }


def test_an_order_without_its_maker_in_the_log_is_that_of_whom_the_call_names():
    filled = next(one for one in SHIPPED.shaped("order", "1inch", "", "ethereum") if "maker" not in one.fields)
    moves = [(DAI, THIEF, OTHER, 100), (USDC, OTHER, THIEF, 90)]
    sent = {"sender": who("solver"), "to": ROUTER}
    data = "0x12345678" + "00" * 12 + THIEF[2:]
    [finding] = found(receipt("fusion", *moves, logs=(said(filled),), data=data, **sent))
    assert finding.recipient == THIEF
    assert found(receipt("unnamed", *moves, logs=(said(filled),), data="0x12345678", **sent)) == []


@pytest.mark.parametrize(
    "log",
    [
        said(row("smart accounts", "account", name="ExecutionSuccess"), 8, emitter=THIEF),
        said(row("smart accounts", "account", "ethereum", "UserOperationEvent"), 8, sender=THIEF, success=True),
        said(row("UniswapX", "order", "ethereum"), 8, swapper=THIEF, filler=OTHER),
        said(row("0x", "order", "ethereum", "MetaTransactionExecuted"), 8, signer=THIEF),
    ],
    ids=["Safe", "entry point", "UniswapX", "meta transaction"],
)
def test_whoever_signed_exchanges_and_not_who_sends_it_and_pays_the_gas(log):
    [finding] = found(receipt("signed", *PLAIN, logs=(log, traded()), sender=OTHER, to=ROUTER))
    assert finding.recipient == THIEF


def test_an_entry_point_that_is_not_the_one_names_nobody():
    log = said(row("smart accounts", "account", "ethereum", "UserOperationEvent"), 8, emitter=POOL, sender=THIEF)
    assert found(receipt("forged", *PLAIN, logs=(log, traded()), sender=OTHER, to=ROUTER)) == []


def test_a_token_that_is_listed_under_two_contracts_is_one_and_others_are_two():
    old, new = (one.contract for one in SHIPPED.shaped("twin", "Monerium EURe", "", "gnosis"))
    router = row("1inch", "router", "gnosis").contract
    moves = [(DAI, THIEF, POOL, 100), (old, POOL, THIEF, 90), (new, POOL, THIEF, 90)]
    [finding] = found(receipt("twin", *moves, chain="gnosis", sender=THIEF, to=router))
    assert [leg.index for leg in finding.incoming] == ["log:1"]
    moves[2] = (LP, POOL, THIEF, 90)
    assert found(receipt("two", *moves, chain="gnosis", sender=THIEF, to=router)) == []


NFT = moved("ethereum", 9, f"{LP}/7", POOL, THIEF, 1, token_id=7)


@pytest.mark.parametrize(
    ("moves", "extra", "why"),
    [
        ([*PLAIN, (LP, POOL, THIEF, 1)], (), "which goes into which"),
        ([(DAI, THIEF, POOL, 9), (USDC, THIEF, POOL, 9), (LP, POOL, THIEF, 1)], (), "which goes into which"),
        ([(DAI, THIEF, POOL, 9), (LP, None, THIEF, 9)], (), "is made for it"),
        ([(LP, THIEF, None, 9), (DAI, POOL, THIEF, 9)], (), "destroyed"),
        ([(DAI, THIEF, POOL, 9)], (NFT,), "a piece of a collection"),
        ([(USDC, POOL, THIEF, 9)], (), "it gives nothing"),
        ([(DAI, THIEF, POOL, 9)], (), "nothing that is known comes"),
        ([(NATIVE, THIEF, KNOWN, 9)], (), "nothing that is known comes"),
        ([(NATIVE, THIEF, KNOWN, 9), (WETH, KNOWN, THIEF, 9)], (), "one to one"),
    ],
    ids=["two come", "two go", "deposit", "redeemed", "a piece", "a gift", "a payment", "native", "a wrapper"],
)
def test_what_is_no_exchange_says_why(moves, extra: tuple[Transfer, ...], why):
    one = receipt("no", *moves, sender=THIEF, to=KNOWN, extra=extra)
    assert found(one) == []
    assert why in reasons(one)[0]


def test_liquidity_that_is_taken_out_is_no_exchange_though_the_router_is_known():
    burned = said(row("Uniswap v2", "share", name="Burn"), 8, emitter=LP, amount0=1)
    moves = [(LP, THIEF, LP, 9), (LP, LP, None, 9), (USDC, LP, THIEF, 90)]
    one = receipt("burn", *moves, logs=(burned,), sender=THIEF, to=KNOWN)
    assert (found(one), reasons(one)) == ([], ["a share of Uniswap v2 changes: liquidity is put in or taken out"])


@pytest.mark.parametrize(
    "log",
    [
        traded(emitter=who("stranger")),
        traded(100, 89),
        said(COW, 9, emitter=POOL, owner=OTHER),
        said(row("Uniswap v4", "trade", "base"), 9),
    ],
    ids=["no party", "paid less", "not the settlement", "another chain"],
)
def test_a_log_that_anybody_can_write_makes_no_swap(log):
    one = receipt("forged", *PLAIN, logs=(log,), sender=THIEF, to=ROUTER)
    assert found(one) == []
    assert reasons(one)


def test_a_token_that_lies_in_its_transfers_is_found_out_by_the_pool():
    one = receipt("lie", (DAI, THIEF, POOL, 100), (USDC, POOL, THIEF, 10**30), logs=(traded(),), sender=THIEF, to=KNOWN)
    assert found(one) == []
    assert reasons(one) == [f"the pool {POOL} says that it paid less than the transfers of a token say: the token lies"]


def test_a_transaction_that_failed_exchanged_nothing():
    assert found(receipt("failed", *PLAIN, sender=THIEF, to=KNOWN, status="failed")) == []


def test_a_token_that_lies_beside_native_value_that_nobody_sees_is_not_what_came():
    """Of a pair, the one that is paid by a call is not in the receipt; the other one is anybody's."""
    moves = [(DAI, THIEF, POOL, 100), (WETH, POOL, KNOWN, 3), (WETH, KNOWN, None, 3), (who("lies"), KNOWN, THIEF, 7)]
    one = receipt("lie", *moves, sender=THIEF, to=KNOWN)
    assert found(one) == []
    assert "which of the two came is not told" in reasons(one)[0]


def test_a_payment_to_a_person_beside_a_little_exchange_is_no_swap():
    """A contract of their own pays the person, and lets a pool give the thief a worthless token for another one."""
    own, gas, junk = map(who, ("own", "gas", "junk"))
    moves = [(DAI, THIEF, OTHER, 100), (gas, own, POOL, 1), (junk, POOL, THIEF, 1)]
    traded_junk = said(V2, 9, POOL, amount0In=1, amount1Out=1)
    one = receipt("beside", *moves, logs=(traded_junk,), sender=THIEF, to=own)
    assert found(one) == []
    assert f"{OTHER} gets what it gives, and gives nothing for it" in reasons(one)[0]


def test_a_route_in_a_circle_that_gives_back_the_same_asset_is_no_swap():
    """Bought and sold again in one transaction: what is lost is a fee, and nothing came for it."""
    second = who("second pool")
    moves = [(DAI, THIEF, POOL, 100), (USDC, POOL, THIEF, 90), (USDC, THIEF, second, 90), (DAI, second, THIEF, 97)]
    logs = (traded(), said(V2, 10, second, amount1In=90, amount0Out=97))
    one = receipt("circle", *moves, logs=logs, sender=THIEF, to=ROUTER)
    assert [(one.incoming, one.confidence) for one in found(one)] == [((), BY_CALL)]


def test_routers_inside_routers_inherit_nothing():
    inner = who("inner")
    moves = [(DAI, THIEF, ROUTER, 100), (DAI, ROUTER, inner, 100), (DAI, inner, POOL, 100), (USDC, POOL, inner, 90),
             (USDC, inner, ROUTER, 90), (USDC, ROUTER, THIEF, 90)]  # fmt: skip
    [finding] = found(receipt("nested", *moves, logs=(traded(),), sender=THIEF, to=ROUTER))
    assert ([leg.index for leg in finding.outgoing], [leg.index for leg in finding.incoming]) == (["log:0"], ["log:5"])
    assert finding.recipient == THIEF


def test_a_swap_that_is_paid_to_another_person_is_at_most_a_lead():
    one = receipt("paid", (DAI, THIEF, POOL, 100), (USDC, POOL, OTHER, 90), logs=(traded(),), sender=THIEF, to=ROUTER,
                  data="0x" + OTHER[2:])  # fmt: skip
    assert [(finding.confidence, finding.recipient) for finding in found(one)] == [(BY_CALL, OTHER)]


def test_what_a_pool_alone_tells_of_that_pays_nothing_is_a_lead_and_nothing_where_calls_are_told():
    """Anybody can log that a pool took something. What it pays by a call, no receipt shows; a trace would."""
    moves = [(DAI, THIEF, POOL, 100)]
    [finding] = found(receipt("alone", *moves, logs=(traded(bought=0),), sender=THIEF, to=ROUTER))
    assert (finding.incoming, finding.confidence) == ((), BY_CALL)
    called = moved("ethereum", 7, NATIVE, ROUTER, OTHER, 3, index="call:0.1")
    one = receipt("called", *moves, logs=(traded(bought=0),), sender=THIEF, to=ROUTER, extra=(called,))
    assert found(one) == []
    assert "a source tells of the calls" in reasons(one)[0]


def test_what_somebody_else_pays_beside_a_pool_was_not_exchanged_there():
    """The pool says that it paid, and paid nothing: whoever gives it may give it for anything."""
    moves = [(DAI, THIEF, POOL, 100), (USDC, OTHER, THIEF, 90)]
    one = receipt("other", *moves, logs=(traded(),), sender=THIEF, to=ROUTER)
    assert found(one) == []
    assert "which none of the pools paid that log an exchange" in reasons(one)[0]


def test_value_that_is_lent_and_given_back_makes_no_exchange_of_a_gift():
    moves = [(DAI, POOL, THIEF, 100), (DAI, THIEF, POOL, 101), (USDC, OTHER, THIEF, 5)]
    one = receipt("lent", *moves, logs=(said(V2, 9, POOL, amount0In=101, amount0Out=100),), sender=THIEF, to=ROUTER)
    assert found(one) == []
