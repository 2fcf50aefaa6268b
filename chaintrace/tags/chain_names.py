"""One name for a chain, whichever list speaks of it: a tag is kept under (chain, address), so names must meet.

Chains whose addresses we check have the names of cases; others keep a usual name, and their addresses are opaque text.
Sources of the codes: OFAC's list (`Digital Currency Address - XBT`), TagPacks (`network`), DefiLlama's folder names.
"""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.addresses import is_address, recognise
from chaintrace.addresses.families import family
from chaintrace.tags.tagpack import NETWORKS, TOKENS

NAMES: Mapping[str, str] = MappingProxyType(
    {
        **{name.lower(): chain for name, chain in NETWORKS.items()},
        "ada": "cardano",
        "avax": "avalanche",
        "bch": "bitcoin-cash",
        "bep2": "binance-chain",
        "bitcoincash": "bitcoin-cash",
        "binance-smart-chain": "bsc",
        "bnb-chain": "bsc",
        "bsv": "bitcoin-sv",
        "btg": "bitcoin-gold",
        "doge": "dogecoin",
        "dot": "polkadot",
        "era": "zksync",
        "etc": "ethereum-classic",
        "ethereumclassic": "ethereum-classic",
        "ether": "ethereum",
        "ltc": "litecoin",
        "mainnet": "ethereum",
        "matic-network": "polygon",
        "ripple": "xrp",
        "sol": "solana",
        "trc20": "tron",
        "trc-20": "tron",
        "trx": "tron",
        "xbt": "bitcoin",
        "xlm": "stellar",
        "xmr": "monero",
        "xvg": "verge",
        "zec": "zcash",
        "1": "ethereum",
        "10": "optimism",
        "56": "bsc",
        "100": "gnosis",
        "137": "polygon",
        "8453": "base",
        "42161": "arbitrum",
        "43114": "avalanche",
    },
)
"""What lists call a chain, in lower case, and our name. Numbers are EIP-155 chain ids (data/chains.toml)."""

TICKERS: Mapping[str, str] = MappingProxyType(
    {
        "bitcoin": "BTC",
        "ethereum": "ETH",
        "tron": "TRX",
        "bsc": "BSC",
        "bitcoin-cash": "BCH",
        "litecoin": "LTC",
        "monero": "XMR",
        "zcash": "ZEC",
        "dogecoin": "DOGE",
        "solana": "SOL",
    },
)
"""How a TagPack writes the network of a chain that we export; others by our name."""


def chain_name(text: str, address: str) -> str:
    """Our name of a chain. For a token that several chains have, the form of the address tells which; "" for "".

    Tether on Bitcoin (Omni) has Bitcoin's addresses.
    """
    name = text.strip()
    lower = name.lower()
    if family(lower) is not None:
        return lower
    if name.upper() in TOKENS:
        chains = ("ethereum", "tron", "bitcoin") if name.upper() == "USDT" else ("ethereum", "tron")
        return next((chain for chain in chains if is_address(chain, address)), lower)
    return NAMES.get(lower, lower)


def looks_like(address: str) -> str:
    """` (it is an address of X)` for an address that another known chain takes, else nothing."""
    found = recognise(address)
    return f" (it is an address of {found[0]})" if found else ""


def elsewhere(chain: str, address: str) -> str:
    """The chain of an address that a list names under another one, where its checksum leaves no doubt; else "".

    OFAC names a currency, USDT, and not its chain; copies take that for Ethereum, and one of TRON stands under XBT.
    """
    found = "" if is_address(chain, address) else next(iter(recognise(address)), "")
    return found if found in {"bitcoin", "tron"} else ""
