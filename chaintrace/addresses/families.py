"""Which chain writes its addresses in which way.

`data/chains.toml` describes the chains for people and adapters; this table holds what addresses alone need, so that
rules and readers can check an address without reading a file. A test keeps the two equal.
Sources: Bitcoin Core `kernel/chainparams.cpp` (base58 prefixes, bech32 parts), BIP-173.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BitcoinNetwork:
    """How one Bitcoin network writes addresses."""

    pubkey_version: int
    """Version byte of a P2PKH address."""
    script_version: int
    """Version byte of a P2SH address."""
    hrp: str
    """Human-readable part of a witness address."""


_TEST = BitcoinNetwork(0x6F, 0xC4, "tb")

BITCOIN: dict[str, BitcoinNetwork] = {
    "bitcoin": BitcoinNetwork(0x00, 0x05, "bc"),
    "bitcoin-testnet": _TEST,
    "bitcoin-signet": _TEST,
    "bitcoin-regtest": BitcoinNetwork(0x6F, 0xC4, "bcrt"),
}
"""Chains of Bitcoin's family, by their names in case files."""

EVM: frozenset[str] = frozenset(
    {
        "ethereum", "bsc", "polygon", "optimism", "arbitrum", "base", "gnosis", "scroll", "zksync", "avalanche",
        "moonbeam", "fantom", "unichain", "arbitrum-nova", "linea", "sepolia", "anvil",
    }
)  # fmt: skip
"""Chains with Ethereum's 20-byte addresses."""

TRON: frozenset[str] = frozenset({"tron", "tron-shasta", "tron-nile"})
"""Chains with TRON's addresses: version byte 0x41 and Ethereum's 20 bytes, in Base58Check."""


def family(chain: str) -> str | None:
    """One of bitcoin, evm and tron, or None for a chain whose addresses are opaque text."""
    if chain in BITCOIN:
        return "bitcoin"
    if chain in EVM:
        return "evm"
    return "tron" if chain in TRON else None
