"""Half an address: letter case counts in base58, and in nothing else."""

from __future__ import annotations

import pytest

from chaintrace.case.locating.half_address import cut, half
from chaintrace.errors import InputError

TRON = "TDX3tFFdWFwhBP7Cf5gJRpADpUNxQsys6m"
EVM = "0xdac17f958d2ee523a2206206994597c13d831ec7"
BECH32 = "bc1qq2euq8pw950klpjcawuy4uj39ym43hs6cfsegq"
BASE58 = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.mark.parametrize(
    ("chain", "prefix", "suffix", "address", "is_one"),
    [
        ("tron", "TDX3", "ys6m", TRON, True),
        ("tron", "TDx3", "ys6m", TRON, False),
        ("tron", "TDX3", None, TRON, True),
        ("tron", None, "ys6m", TRON, True),
        ("tron", "TDX3", "ys6n", TRON, False),
        ("tron", TRON, TRON, TRON, False),
        ("ethereum", "0xdAC1", "31EC7", EVM, True),
        ("ethereum", "dac1", "1ec7", EVM, True),
        ("ethereum", "0Xdac1", None, EVM, True),
        ("ethereum", "ac17", None, EVM, False),
        ("bitcoin", "BC1QQ2", "SEGQ", BECH32, True),
        ("bitcoin", "1a1zP1", None, BASE58, False),
        ("bitcoin", "1A1zP1", "vfNa", BASE58, True),
        ("bank", "Ali", "ce", "Alice", True),
        ("bank", "ali", "ce", "Alice", False),
    ],
)
def test_letter_case_counts_where_it_tells_addresses_apart(chain, prefix, suffix, address, is_one):
    made = half(chain, prefix, suffix)
    assert made is not None
    assert made.fits(address) is is_one


def test_letter_case_can_be_left_aside():
    made = half("tron", "Tdx3", "YS6M")
    assert not made.fits(TRON)
    assert made.fits(TRON, any_case=True)


def test_nothing_given_is_no_half():
    assert half("tron", None, None) is None


@pytest.mark.parametrize(
    ("chain", "prefix", "suffix", "words"),
    [
        ("tron", "TD0x", None, r"--prefix is 'TD0x': .*no 0 \(zero\), O, I or l"),
        ("tron", "DX3t", None, "begins with T"),
        ("tron", None, "ys l", "--suffix is"),
        ("ethereum", "0xdacg", None, "hex digits"),
        ("ethereum", None, "0x12", "hex digits"),
        ("ethereum", "0x", None, "are empty"),
        ("bitcoin", "bc1-", None, "letters and digits"),
        ("bank", "", "", "are empty"),
    ],
)
def test_what_no_address_has_is_refused(chain, prefix, suffix, words):
    with pytest.raises(InputError, match=words):
        half(chain, prefix, suffix)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("TDX3…ys6m", ("TDX3", "ys6m")),
        ("0x12ab...89ef", ("0x12ab", "89ef")),
        ("TDX3****ys6m", ("TDX3", "ys6m")),
        ("TDX3…", ("TDX3", "")),
        (TRON, None),
        ("a.b", None),
    ],
)
def test_an_address_that_an_app_cut_short_is_two_halves(text, parts):
    assert cut(text) == parts
