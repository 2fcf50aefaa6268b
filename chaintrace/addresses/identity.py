"""One door for every chain: recognise, validate and normalise addresses and txids.

Addresses and txids of a chain that is not in the table of families are opaque text and come back unchanged.
"""

import re
from functools import lru_cache

from chaintrace.addresses import bitcoin, evm, tron
from chaintrace.addresses.families import BITCOIN, EVM, TRON, family

_TXID = re.compile(r"(?:0[xX])?([0-9a-fA-F]{64})\Z")


@lru_cache(maxsize=65536)
def normalise(chain: str, text: str) -> str:
    """The one form of an address under which facts are kept.

    bitcoin: base58 as it is, bech32 in lower case. evm: lower case. tron: base58. Other chains: `text` unchanged.
    Raises ValueError with one clause that says the text, the chain and the reason.
    """
    kind = family(chain)
    try:
        if kind == "bitcoin":
            return bitcoin.normalise(text, chain)
        if kind == "evm":
            return evm.normalise(text)
        if kind == "tron":
            return tron.normalise(text)
    except ValueError as error:
        raise ValueError(f"{_shown(text)} is no {chain} address: {error}") from error
    return text


@lru_cache(maxsize=65536)
def normalise_txid(chain: str, text: str) -> str:
    """The one form of a txid: 64 lower-case hex digits, with "0x" on Ethereum-like chains only.

    Raises ValueError when `text` is not 32 bytes of hex on a known chain; other chains: `text` unchanged.
    """
    kind = family(chain)
    if kind is None:
        return text
    match = _TXID.match(text)
    if match is None:
        raise ValueError(f"{_shown(text)} is no {chain} txid: a txid is 64 hex digits")
    return ("0x" if kind == "evm" else "") + match[1].lower()


def is_address(chain: str, text: str) -> bool:
    """Whether `text` is a valid address of `chain`; of a chain without known addresses, any text but the empty one."""
    try:
        return normalise(chain, text) != ""
    except ValueError:
        return False


def recognise(text: str) -> tuple[str, ...]:
    """The known chains on which `text` is a valid address, mainnets first; empty when there is none.

    0x and 40 hex digits are taken for Ethereum's form alone, though TRON's event logs use it too.
    """
    chains = [*BITCOIN, *sorted(EVM, key=lambda name: (name != "ethereum", name))]
    chains += [] if text[:2] in ("0x", "0X") else sorted(TRON)
    return tuple(chain for chain in chains if is_address(chain, text))


def _shown(text: str) -> str:
    """The text in quotes, cut where nobody would read on."""
    return repr(text if len(text) <= 100 else text[:97] + "…")  # no address or txid is longer
