"""Not continued: of a transaction through a known protocol the reason is told, and of everything else nothing."""

from __future__ import annotations

from chaintrace.model.finding import NotContinued
from heuristics.continuations.not_continued import not_continued
from tests.heuristics.continuations.making import receipt, row, said, town, who

THIEF, POOL, ROUTER, OTHER = map(who, ("thief", "pool", "router", "other"))
DAI, USDC, LP = map(who, ("dai", "usdc", "lp"))
V2 = row("Uniswap v2", "pool")
KNOWN = row("Uniswap v2", "router", "ethereum").contract


def reasons(one):
    return [(said.object, said.text) for said in not_continued(one.transaction, town(one)) if said.evidence]


def test_an_ambiguous_flow_through_a_known_router_has_its_reason():
    one = receipt("two", (DAI, THIEF, POOL, 5), (USDC, THIEF, POOL, 5), (LP, POOL, THIEF, 1), sender=THIEF, to=KNOWN)
    [finding] = not_continued(one.transaction, town(one))
    assert isinstance(finding, NotContinued)
    assert (finding.kind, finding.subject, finding.object) == ("not_continued", one.transaction.txid, THIEF)
    assert finding.text.startswith("value through Uniswap v2 is not continued. swap: it gives ")
    assert finding.text.endswith("which goes into which is not told")


def test_a_token_that_lies_is_named_as_the_reason():
    lying = said(V2, 9, POOL, amount0In=100, amount1Out=3)
    one = receipt("lie", (DAI, THIEF, POOL, 100), (USDC, POOL, THIEF, 90), logs=(lying,), sender=THIEF, to=ROUTER)
    [(who_gave, text)] = reasons(one)
    assert who_gave == THIEF
    assert "the token lies" in text


def test_where_nobody_knows_whose_exchange_it_is_that_is_the_reason():
    traded = said(V2, 9, POOL, amount0In=100, amount1Out=90)
    one = receipt("whose", (DAI, THIEF, POOL, 100), (USDC, POOL, OTHER, 90), logs=(traded,), to=ROUTER)
    assert reasons(one) == [("", "value through Uniswap v2 is not continued. swap: whose exchange it is is not told")]


def test_what_is_continued_has_no_reason():
    traded = said(V2, 9, POOL, amount0In=100, amount1Out=90)
    one = receipt("plain", (DAI, THIEF, POOL, 100), (USDC, POOL, THIEF, 90), logs=(traded,), sender=THIEF, to=ROUTER)
    assert reasons(one) == []
    bridge = row("CCTP", "sent", "ethereum", route="v1")
    minted = said(bridge, 50, nonce=7, burnToken=DAI, amount=5, depositor=THIEF, mintRecipient=bytes(32),
                  destinationDomain=3, destinationTokenMessenger=bytes(32), destinationCaller=bytes(32))  # fmt: skip
    assert reasons(receipt("bridged", (DAI, THIEF, None, 5), logs=(minted,), sender=THIEF)) == []


def test_a_payment_and_a_transaction_that_failed_have_none():
    assert reasons(receipt("pay", (DAI, THIEF, OTHER, 100), sender=THIEF, to=DAI)) == []
    assert reasons(receipt("failed", (DAI, THIEF, POOL, 5), sender=THIEF, to=KNOWN, status="failed")) == []


def test_of_a_delivery_whose_deposit_no_source_has_chain_and_key_are_told():
    filled = row("Across", "received", "arbitrum", "FilledV3Relay")
    told = said(filled, originChainId=1, depositId=7, outputToken=USDC, recipient=OTHER,
                relayExecutionInfo={"updatedRecipient": OTHER, "updatedOutputAmount": 5})  # fmt: skip
    one = receipt("filled", (USDC, filled.contract, OTHER, 5), chain="arbitrum", logs=(told,), sender=THIEF)
    text = "value came through Across: delivered from ethereum by Across, key 1:7: no source has the deposit"
    assert reasons(one) == [(OTHER, text)]
