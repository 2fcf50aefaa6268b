"""Fake tokens and tokens that advertise: by what a contract calls itself, and never by that alone."""

from __future__ import annotations

import tomllib

import pytest

from chaintrace.model.provenance import Observation
from heuristics.noise.airdrop_spam import airdrop_spam
from heuristics.noise.fake_token import KNOWN, fake_token, folded
from tests.heuristics.control.account_chain import Chain, Seeing

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
MADE = "TEYSrE3ZpBYPhPedA2Dt5s8NEPf8bLnySa"


def named(name, contract=MADE, chain="tron", what="symbol"):
    made = Chain(chain)
    made.pay("somebody", "ann", 10, asset=contract)
    return made, Seeing(made.view(), [Observation(chain, contract, what, None, name)])


def fakes(name, contract=MADE, chain="tron", what="symbol"):
    made, view = named(name, contract, chain, what)
    return list(fake_token(made.account("ann", contract), view))


@pytest.mark.parametrize("name", ["USDT", "usdt", " Tether  USD", "US\u200bDT", "\uff35SDT"])
def test_the_name_of_another_token_is_a_fake(name):
    [found] = fakes(name)
    assert (found.subject, found.object) == ("t0", "ann")
    assert MADE in found.text
    assert USDT in found.text


def test_the_contract_decides():
    assert fakes("USDT", USDT) == []
    assert fakes("GOLD") == []
    assert fakes("USDT", what="tag") == []
    assert fakes("USDT", chain="bsc") == []


def test_what_the_account_sends_is_not_named():
    made, view = named("USDT")
    assert list(fake_token(made.account("somebody", MADE), view)) == []


def test_the_table_is_that_of_the_chains(data):
    chains = tomllib.loads((data / "chains.toml").read_text("utf-8"))
    for chain, tokens in KNOWN.items():
        listed = {one["contract"]: one["symbol"].casefold() for one in chains[chain]["token"]}
        for contract, names in tokens.items():
            assert listed[contract] in names


def test_a_name_is_compared_without_what_nobody_sees():
    assert folded("\u202eUsd\u00a0 Coin\u200d") == "usd coin"


@pytest.mark.parametrize(
    ("name", "speaks"),
    [
        ("AGhaxi.com", True),
        ("Visit https://x.y to claim", True),
        ("6070.vip", True),
        ("t.me/gift", True),
        ("USD Coin", False),
        ("WBTC", False),
        ("Dr. Evil", False),
        ("yearn.finance", False),
    ],
)
def test_a_web_address_as_a_name(name, speaks):
    made, view = named(name)
    assert bool(list(airdrop_spam(made.account("ann", MADE), view))) is speaks


def test_who_sends_some_of_it_asked_for_it():
    made, view = named("AGhaxi.com")
    made.pay("ann", "bob", 4, asset=MADE)
    again = Seeing(made.view(), [Observation("tron", MADE, "symbol", None, "AGhaxi.com")])
    assert list(airdrop_spam(made.account("ann", MADE), again)) == []
    assert list(airdrop_spam(made.account("ann", ""), view)) == []
