"""The list of issuers is whole and dated, and its signatures give the topics that were seen on the chain."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from typing import get_args
from urllib.parse import urlsplit

import pytest

from chaintrace.adapters.assets import known_assets
from chaintrace.adapters.issuers import Power, Wallet, every_token, has_power, issued, of_power, selector, topic
from chaintrace.addresses import normalise
from chaintrace.errors import Declined
from chaintrace.model.chain import Account, Asset
from chaintrace.resources import read_text

USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"
SEEN = {
    "AddressFrozen(address)": "0x90811a8e",
    "BlockPlaced(address)": "0x406bbf2d",
    "BlockReleased(address)": "0x665918c9",
    "DestroyedBlockedFunds(address,uint256)": "0x6a2859ae",
    "FrozenAddressWiped(address)": "0xfc5960f1",
}
"""How topics begin that others noted of the same events."""


@pytest.mark.parametrize("token", every_token().values(), ids=lambda one: f"{one.chain} {one.contract}")
def test_every_row_is_whole(token):
    assert normalise(token.chain, token.contract) == token.contract
    assert known_assets(token.chain) is not None
    assert token.issuer.strip()
    assert token.power in get_args(Power)
    assert (token.form is None) == (token.power == "none")
    assert bool(token.form and token.form.wiped) == (token.power == "wipe")
    assert (urlsplit(token.source).scheme, bool(urlsplit(token.source).hostname)) == ("https", True)
    assert token.checked >= date(2026, 1, 1)
    assert token.proposals in get_args(Wallet)
    assert bool(token.proposals) == bool(token.wallet)
    assert not token.proposals or (token.form and token.form.block)


def test_no_token_is_listed_twice_and_no_form_in_vain():
    table = tomllib.loads(read_text("issuers.toml"))
    assert len(table["token"]) == len(every_token())
    assert {entry["form"] for entry in table["token"] if "form" in entry} == set(table["form"])
    assert all(form["source"].startswith("https://") for form in table["form"].values())
    wallets = {entry["contract"] for entry in table["token"] if entry.get("wallet_source", "").startswith("https://")}
    assert wallets == {entry["contract"] for entry in table["token"] if "proposals" in entry}


def test_the_issuer_is_found_by_the_contract_and_by_nothing_else():
    assert issued("ethereum", USDT).issuer == "Tether"
    assert issued("polygon", USDT) is None
    assert issued("ethereum", "USDT") is None
    assert issued("ethereum", "") is None
    assert issued("bsc", "0x55d398326f99059ff775485246999027b3197955") is None


def test_who_has_no_power_is_not_asked():
    dai = Account("0x" + "11" * 20, Asset("ethereum", "0x6b175474e89094c44da98b954eedeac495271d0f", "DAI", 18))
    assert (issued(dai.chain, dai.asset.contract).power, has_power(dai)) == ("none", False)
    with pytest.raises(Declined, match="no power of an issuer over 0x6b17"):
        of_power(dai)


def test_signatures_give_the_topics_of_the_events(shared):
    """Of those that the shared table has, and of others as far as anybody noted them."""
    with (shared / "data/evm/event_topics.csv").open(encoding="utf-8", newline="") as file:
        told = {row["event"]: row["topic0"] for row in csv.DictReader(file)}
    forms = {token.form.name: token.form for token in every_token().values() if token.form}
    events = {name for form in forms.values() for name in (*form.blocked, *form.released, *form.wiped)}
    both = events & told.keys()
    assert len(both) == 5
    assert {name: topic(name) for name in both} == {name: told[name] for name in both}
    assert {name: topic(name)[:10] for name in SEEN} == SEEN


def test_a_selector_is_the_first_four_bytes_of_the_topic():
    assert selector("balanceOf(address)") == "0x70a08231"  # EIP-20's, as every ABI has it
    assert selector("transactions(uint256)") == "0x9ace38c2"  # MultiSigWallet's, as the compiler has it
    assert topic("Transfer(address,address,uint256)").startswith(selector("Transfer(address,address,uint256)"))
