"""Which categories stop, and the confidence scale: the tables of the method, word for word (M21)."""

from __future__ import annotations

import pytest

from chaintrace.tags import categories, confidence_level

STOPPING = {
    "exchange",
    "wallet_service",
    "payment_processor",
    "service",
    "market",
    "dark_web",
    "gambling",
    "mixing_service",
    "defi_bridge",
    "faucet",
    "miner",
    "mining_service",
    "custodian",
    "broker",
    "atm",
    "issuer",
    "law_enforcement",
}
PASSING = {
    "defi",
    "defi_dex",
    "defi_lending",
    "defi_derivative",
    "collectible",
    "index",
    "coinjoin",
    "user",
    "organization",
    "black_list",
    "victim",
    "scam",
}
OURS = {"custodian", "broker", "atm", "issuer", "law_enforcement", "victim", "scam"}


def test_the_table_is_that_of_the_method():
    assert {name for name, found in categories().items() if found.stops} == STOPPING
    assert {name for name, found in categories().items() if not found.stops} == PASSING
    assert {name for name, found in categories().items() if found.ours} == OURS


@pytest.mark.parametrize(
    ("text", "level"),
    [
        *(("override", 100), ("manual_transaction", 90), ("service_api", 70), ("authority_data", 60), ("forensic", 50)),
        *(("untrusted_transaction", 40), ("web_crawl", 20), ("heuristic", 10), ("unknown", 5), ("", 5)),
        *(("0", 0), ("100", 100), (" 7 ", 7)),
    ],
)
def test_a_confidence_is_an_id_or_a_number(text, level):
    assert confidence_level(text) == level


@pytest.mark.parametrize("text", ["101", "-1", "7.5", "1e2", "high", "٣", "0000"])
def test_any_other_confidence_is_refused(text):
    with pytest.raises(ValueError, match="neither a TagPack id"):
        confidence_level(text)
