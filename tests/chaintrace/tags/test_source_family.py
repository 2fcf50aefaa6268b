"""Whose statement a source repeats: publishers by their host, accounts where strangers publish, rules of ours."""

from __future__ import annotations

import pytest

from chaintrace.tags.source_family import HOSTS, OFAC, family


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("", "pack"),
        ("https://etherscan.io/accounts/label/exchange", "explorer:etherscan"),
        ("https://www.bscscan.com/address/0x1", "explorer:etherscan"),
        ("https://optimistic.etherscan.io/address/0x1", "explorer:etherscan"),
        ("etherscan_public_tag", "explorer:etherscan"),
        ("Tronscan (tag in its public TRC-20 transfer answers)", "explorer:tronscan"),
        ("https://tronscan.org/#/address/T", "explorer:tronscan"),
        ("https://home.treasury.gov/news/press-releases/jy0768", OFAC),
        ("https://sanctionslistservice.ofac.treas.gov SDN entry 1", OFAC),
        ("OFAC SDN list", OFAC),
        ("https://www.binance.com/en/blog/a", "binance.com"),
        ("https://www.binance.com/en/blog/b", "binance.com"),
        ("https://notetherscan.io/x", "notetherscan.io"),
        ("https://github.com/bitfinexcom/pub/blob/main/wallets.txt", "github.com/bitfinexcom/pub"),
        ("https://x.com/okx/status/1", "x.com/okx"),
        ("https://twitter.com/okx/status/1", "twitter.com/okx"),
        ("https://zenodo.org/record/1", "zenodo.org/record/1"),
        ("https://web.archive.org/web/2020/https://example.org/list", "example.org"),
        ("rule deposit_address", "rule:deposit_address"),
        ("chaintrace rule: Deposit_Address", "rule:deposit_address"),
        ("rule of the house", "rule of the house"),
        ("Order  7 of\tthe court", "order 7 of the court"),
        ("https://[broken/x", "https://[broken/x"),
    ],
)
def test_a_source_has_one_family(source, name):
    assert family(source, "pack") == name


def test_every_host_is_one_that_a_page_can_have():
    assert all(host == host.lower() and "/" not in host and "." in host for host in HOSTS)
