"""What tells Bitcoin's networks apart in a file of blocks.

Sources: Bitcoin Core `kernel/chainparams.cpp` (message start bytes, BIP-34 heights), BIP-325 (signet), BIP-94
(testnet4). `data/chains.toml` says the same for people; a test keeps the two equal.
"""

from dataclasses import dataclass

from chaintrace.errors import InputError
from chaintrace.model.chain import Asset

DECIMALS = 8


@dataclass(frozen=True, slots=True)
class BlockNetwork:
    """One Bitcoin network, as far as its blocks show it."""

    magics: tuple[bytes, ...]
    """The four bytes before each block in a `blk*.dat` file. bitcoin-testnet reads testnet3 and testnet4."""
    symbol: str
    """What a person calls the native asset."""
    bip34: int | None
    """From this height every coinbase must begin with its height; None: no coinbase is held to it."""


NETWORKS: dict[str, BlockNetwork] = {
    "bitcoin": BlockNetwork((bytes.fromhex("f9beb4d9"),), "BTC", 227_931),
    "bitcoin-testnet": BlockNetwork((bytes.fromhex("0b110907"), bytes.fromhex("1c163f28")), "tBTC", None),
    "bitcoin-signet": BlockNetwork((bytes.fromhex("0a03cf40"),), "sBTC", None),
    "bitcoin-regtest": BlockNetwork((bytes.fromhex("fabfb5da"),), "rBTC", None),
}


def network(chain: str) -> BlockNetwork:
    """The network of a chain's name. Raises InputError for a chain whose blocks are not Bitcoin's."""
    found = NETWORKS.get(chain)
    if found is None:
        known = ", ".join(NETWORKS)
        raise InputError(f"blocks of the chain {chain!r} cannot be read: name one of {known}")
    return found


def network_of_magic(magic: bytes) -> str | None:
    """The chain whose block files begin with these four bytes, or None."""
    return next((chain for chain, known in NETWORKS.items() if magic in known.magics), None)


def native(chain: str) -> Asset:
    """The native asset of a Bitcoin network, counted in satoshi."""
    return Asset(chain, "", network(chain).symbol, DECIMALS)
