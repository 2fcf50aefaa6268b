"""What a file's words for an asset and a txid mean on a chain, with what `data/chains.toml` knows of the chain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from chaintrace.addresses import family, normalise, normalise_txid
from chaintrace.model.chain import Asset
from chaintrace.resources import read_table

_PIECE = re.compile(r"(?:0|[1-9][0-9]{0,77})\Z")
_HEX = re.compile(r"(?:0[xX])?[0-9a-fA-F]+\Z")
_LOOKS = MappingProxyType(
    {
        "evm": re.compile(r"0[xX][0-9a-zA-Z]{40}\Z"),
        "tron": re.compile(r"(?:T[0-9a-zA-Z]{33}|0[xX][0-9a-zA-Z]{40}|41[0-9a-fA-F]{40})\Z"),
    },
)
"""What looks like a token's address on the chains of a family, right or wrong."""


@dataclass(frozen=True, slots=True)
class ChainAssets:
    """A chain's native asset and the tokens that chains.toml names: contract to (symbol, decimals)."""

    symbol: str
    decimals: int
    tokens: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)


@cache
def known_assets(chain: str) -> ChainAssets | None:
    """What chains.toml says about the assets of a chain; None for a chain that it does not name."""
    entry = read_table("chains.toml").get(chain)
    if entry is None:
        return None
    native = entry["native"]
    tokens = {
        normalise(chain, token["contract"]): (str(token["symbol"]), token.get("decimals"))
        for token in entry.get("token", ())
    }
    return ChainAssets(str(native["symbol"]), int(native["decimals"]), MappingProxyType(tokens))


def native_asset(chain: str) -> Asset:
    """The native asset of a chain; of a chain that nobody knows, one with the chain's name and unknown decimals."""
    known = known_assets(chain)
    return Asset(chain, "", known.symbol, known.decimals) if known else Asset(chain, "", chain)


def asset_key(chain: str, text: str) -> str:
    """The identity of the asset that a file calls `text`: `""` for the native one, a token's normalised address.

    A piece of a collection is `contract/id`. What does not look like an address on its chain is itself. Raises
    ValueError, with the rest of a sentence that begins with the column, for what looks like an address and is none.
    """
    known = known_assets(chain)
    if known and text == known.symbol:
        return ""
    looks = _LOOKS.get(family(chain) or "")
    contract, slash, token_id = text.partition("/")
    if slash and not _PIECE.match(token_id):
        return text
    if looks is None or not looks.match(contract):
        return text
    try:
        return normalise(chain, contract) + slash + token_id
    except ValueError as error:
        raise ValueError(f"is wrong: {error}") from error


def asset_keys(chain: str, text: str) -> tuple[str, ...]:
    """Every identity that a person may mean by `text` in a setting, what `asset_key` says first.

    Reports call the tokens of chains.toml by their symbols and the native asset of a chain that nobody knows by the
    chain's name: a person who writes what a report prints means that asset. Raises ValueError as `asset_key` does.
    """
    key, known = asset_key(chain, text), known_assets(chain)
    if known is None:
        return (key, "") if text == chain else (key,)
    return (key, *(contract for contract, (symbol, _) in known.tokens.items() if symbol == text))


def asset(chain: str, key: str, decimals: int | None) -> Asset:
    """The asset with that identity, as chains.toml names it; decimals are the file's, else those of chains.toml."""
    if key == "":
        native = native_asset(chain)
        return native if decimals is None else Asset(chain, "", native.name, decimals)
    known = known_assets(chain)
    symbol, scale = known.tokens.get(key, (key, None)) if known else (key, None)
    return Asset(chain, key, symbol, scale if decimals is None else decimals)


def txid_key(chain: str, text: str) -> str:
    """The one form of a txid; what is no txid of a known chain (a file may name its rows as it likes) is kept.

    Hex of a wrong length is kept in lower case, so that two ways of writing it are one.
    """
    try:
        return normalise_txid(chain, text)
    except ValueError:
        return text.lower() if _HEX.match(text) else text
