"""What a file's words for assets and txids mean on a chain."""

from __future__ import annotations

import tomllib

import pytest

from chaintrace.adapters.assets import asset, asset_key, asset_keys, known_assets, native_asset, txid_key

USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"


def test_every_chain_of_the_table_has_a_native_asset_and_tokens_by_valid_contracts(data):
    for chain in tomllib.loads((data / "chains.toml").read_text("utf-8")):
        known = known_assets(chain)
        assert native_asset(chain).name == known.symbol
        assert asset_key(chain, known.symbol) == ""
        for contract, (symbol, decimals) in known.tokens.items():
            assert asset_key(chain, contract) == contract
            assert (asset(chain, contract, None).name, asset(chain, contract, None).decimals) == (symbol, decimals)


def test_a_chain_that_nobody_knows_has_words_of_its_own():
    assert known_assets("ledger") is None
    assert asset_key("ledger", USDT.upper()) == USDT.upper()
    assert native_asset("ledger").decimals is None
    assert (asset("ledger", "COIN", 2).name, asset("ledger", "COIN", 2).decimals) == ("COIN", 2)


def test_a_symbol_is_no_token():
    assert asset_key("ethereum", "USDT") == "USDT"
    assert asset("ethereum", "USDT", None).decimals is None


def test_decimals_of_the_file_go_before_those_of_the_table():
    assert asset("ethereum", USDT, 18).decimals == 18
    assert asset("ethereum", "", 0).decimals == 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("AB" * 32, "0x" + "ab" * 32),
        ("0x" + "AB" * 32, "0x" + "ab" * 32),
        ("0xABC", "0xabc"),
        ("Payment 1", "Payment 1"),
    ],
)
def test_txids_have_one_form(text, kept):
    assert txid_key("ethereum", text) == kept
    assert txid_key("ledger", text) == text


def test_a_setting_may_call_an_asset_as_reports_do():
    assert asset_keys("ethereum", "USDT") == ("USDT", USDT)
    assert asset_keys("ethereum", USDT) == (USDT,)
    assert asset_keys("bitcoin", "BTC") == ("",)
    assert asset_keys("ledger", "ledger") == ("ledger", "")
    assert asset_keys("ledger", "COIN") == ("COIN",)
