"""Chains' nouns: assets, blocks, and the two kinds of holding, `OutPoint` and `Account`."""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

_PIECE = re.compile(r"(0x[0-9a-f]{40}|T[1-9A-HJ-NP-Za-km-z]{33})/(0|[1-9][0-9]{0,77})\Z")
"""A collection's address and the id of one of its pieces."""

MAX_VALUE = 2**256 - 1
"""The largest value of a movement in base units (M4)."""

MIN_TIME = 1_230_768_000
"""2009-01-01T00:00:00Z in Unix seconds, the earliest time of a movement (M4)."""

MAX_TIME = 4_133_980_799
"""2100-12-31T23:59:59Z in Unix seconds, the latest time of a movement (M4)."""


@dataclass(frozen=True, slots=True)
class Asset:
    """What is moved on one chain. Its identity is (chain, contract); the name never decides anything.

    `contract` is the token's address, `""` for the chain's native asset, and a file's own text where the file
    names assets freely. Each piece of a collection (ERC-721, ERC-1155, TRC-721, TRC-1155) is an asset of its own, whose
    `contract` is the collection's address, a slash and the piece's id. `name` is what a person calls it. `decimals` is
    0-255, or None where nobody said.
    """

    chain: str
    contract: str
    name: str = field(compare=False, default="")
    decimals: int | None = field(compare=False, default=None)

    @property
    def token_id(self) -> int | None:
        """Which piece of its collection it is; None for everything that is fungible."""
        found = _PIECE.match(self.contract) if "/" in self.contract else None
        return int(found[2]) if found else None

    @property
    def collection(self) -> str:
        """The contract without the id of a piece."""
        return self.contract if self.token_id is None else self.contract.partition("/")[0]


def piece(contract: str, token_id: int | None) -> str:
    """The `contract` of an asset: of one piece of a collection where `token_id` names one."""
    return contract if token_id is None else f"{contract}/{token_id}"


@dataclass(frozen=True, slots=True)
class Block:
    """The block of a transaction: height (None in files without heights), hash (`""`: not known), time (Unix, UTC)."""

    height: int | None
    hash: str
    time: int | None


@dataclass(frozen=True, slots=True, order=True)
class OutPoint:
    """One output of a UTXO transaction: the holding of UTXO chains. Printed as `txid:vout`."""

    chain: str
    txid: str
    vout: int

    def __str__(self) -> str:
        """`txid:vout`."""
        return f"{self.txid}:{self.vout}"


@dataclass(frozen=True, slots=True)
class Account:
    """One address's balance of one asset: the holding of account chains (M5)."""

    address: str
    asset: Asset

    @property
    def chain(self) -> str:
        """The chain that the account is on."""
        return self.asset.chain


Holding: TypeAlias = OutPoint | Account
"""Where value rests."""
