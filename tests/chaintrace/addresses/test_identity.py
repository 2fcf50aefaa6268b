"""Addresses and txids of every chain through the one door."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.addresses import (
    BITCOIN,
    checksummed,
    family,
    is_address,
    normalise,
    normalise_txid,
    recognise,
    tron_from_hex,
    tron_to_hex,
)

TETHER = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
TETHER_HEX = "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"
# EIP-55's own examples.
CHECKSUMMED = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("address", CHECKSUMMED)
def test_ethereum_addresses_are_kept_in_lower_case(address):
    assert normalise("ethereum", address) == address.lower()
    assert normalise("base", "0X" + address[2:].upper()) == address.lower()
    assert checksummed(address.lower()) == address


@pytest.mark.parametrize("address", CHECKSUMMED)
def test_a_wrong_letter_case_is_a_wrong_checksum(address):
    place = next(place for place, letter in enumerate(address) if place > 1 and letter.isalpha())
    with pytest.raises(ValueError, match="EIP-55"):
        normalise("ethereum", address[:place] + address[place].swapcase() + address[place + 1 :])


@pytest.mark.parametrize(
    "text", [TETHER, TETHER_HEX, "0x" + TETHER_HEX, "0x" + TETHER_HEX[2:], TETHER_HEX.upper(), "0X" + TETHER_HEX[2:]]
)
def test_every_way_to_write_a_tron_address_is_one(text):
    assert normalise("tron", text) == TETHER
    assert tron_to_hex(text) == TETHER_HEX


@given(st.binary(min_size=20, max_size=20))
def test_tron_hex_both_ways(digest):
    assert tron_to_hex(tron_from_hex("41" + digest.hex())) == "41" + digest.hex()


@pytest.mark.parametrize(
    ("chain", "text", "reason"),
    [
        ("tron", TETHER[:-1] + "u", "checksum"),
        ("tron", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "begin with 41"),
        ("tron", "42" + TETHER_HEX[2:], "base58|checksum"),
        ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "checksum"),
        ("bitcoin", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "version byte 111"),
        ("bitcoin", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "address of bitcoin-testnet"),
        ("bitcoin-regtest", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "address of bitcoin"),
        ("bitcoin", TETHER, "version byte 65"),
        ("bitcoin", "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "32 bytes"),
        ("bitcoin", "", "empty"),
        ("bitcoin", " 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "' '"),
        ("ethereum", "0x1234", "40 hex digits"),
        ("ethereum", CHECKSUMMED[0] + "\n", "40 hex digits"),
        ("ethereum", CHECKSUMMED[0][2:], "40 hex digits"),
        ("ethereum", "x" * 100_000, "…"),
    ],
)
def test_a_wrong_address_is_refused_with_chain_and_reason(chain, text, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        normalise(chain, text)
    assert f"is no {chain} address" in str(caught.value)
    assert len(str(caught.value)) < 300
    assert not is_address(chain, text)


@given(st.text())
def test_text_of_an_unknown_chain_is_opaque(text):
    assert normalise("my-ledger", text) == text
    assert normalise_txid("my-ledger", text) == text
    assert family("my-ledger") is None


@given(
    st.text(max_size=90) | st.sampled_from((TETHER, TETHER_HEX, *CHECKSUMMED, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")),
    st.sampled_from(("bitcoin", "bitcoin-regtest", "ethereum", "tron")),
)
def test_nothing_but_a_value_error_is_raised(text, chain):
    try:
        normal = normalise(chain, text)
    except ValueError:
        assert not is_address(chain, text)
    else:
        assert normalise(chain, normal) == normal


TXID = "F4184FC596403B9D638783CF57ADFE4C75C605F6356FBC91338530E9831E9E16"


def test_txids_have_one_form():
    assert normalise_txid("bitcoin", TXID) == TXID.lower()
    assert normalise_txid("tron", "0x" + TXID) == TXID.lower()
    assert normalise_txid("ethereum", TXID) == normalise_txid("ethereum", "0x" + TXID) == "0x" + TXID.lower()


@pytest.mark.parametrize("text", [TXID[1:], TXID + "0", "g" + TXID[1:], "", TXID + "\n"])
def test_what_is_no_txid_is_refused(text):
    with pytest.raises(ValueError, match="64 hex digits"):
        normalise_txid("bitcoin", text)


def test_an_address_is_recognised():
    assert recognise("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") == ("bitcoin",)
    assert recognise(TETHER) == ("tron", "tron-nile", "tron-shasta")
    assert recognise(CHECKSUMMED[0])[0] == "ethereum"
    assert recognise("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn") == ("bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest")
    assert recognise("hello") == ()


def test_chains_toml_says_the_same(data):
    chains = tomllib.loads((data / "chains.toml").read_text("utf-8"))
    assert {name: entry["address"] for name, entry in chains.items()} == {name: family(name) for name in chains}
    for name, network in BITCOIN.items():
        said = chains[name]["bitcoin"]
        assert (said["p2pkh"], said["p2sh"], said["hrp"]) == (
            network.pubkey_version,
            network.script_version,
            network.hrp,
        )


def test_chains_toml_lists_each_chain_and_token_well(data):
    from chaintrace.addresses import EVM, TRON

    chains = tomllib.loads((data / "chains.toml").read_text("utf-8"))
    assert set(chains) == {*BITCOIN, *EVM, *TRON}
    assert len({entry["id"] for entry in chains.values()}) == len(chains)
    for name, entry in chains.items():
        assert entry["kind"] == ("utxo" if name in BITCOIN else "account")
        assert set(entry) <= {"id", "kind", "order", "depth", "address", "native", "bitcoin", "evm", "token", "public"}
        for token in entry.get("token", ()):
            assert normalise(name, token["contract"]) == token["contract"]
            assert 0 <= token["decimals"] <= 255
