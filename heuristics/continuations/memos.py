"""Memos of THORChain: what a payment in asks for, and which payment in a payment out answers to.

Source: docs.thorchain.org, "Transaction Memos": `=:ASSET:DESTADDR:…` (also `SWAP`, `s`), `OUT:HASH` and `REFUND:HASH`.
A hash there is a txid without 0x, in capitals.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from chaintrace.addresses import is_address, normalise
from heuristics.continuations.arguments import Said

CHAINS: Final[Mapping[str, str]] = {
    "AVAX": "avalanche",
    "BASE": "base",
    "BSC": "bsc",
    "BTC": "bitcoin",
    "ETH": "ethereum",
    "TRON": "tron",
}
"""The chains of THORChain that are followed here, by its own names; the short asset `b` is BTC, `e` is ETH."""

_SHORT: Final[Mapping[str, str]] = {"A": "AVAX", "B": "BTC", "E": "ETH", "S": "BSC"}
_SWAP = re.compile(r"(?:=|s|swap):([^:]+):([^:/]+)", re.IGNORECASE)
_ANSWER = re.compile(r"(?:OUT|REFUND):([0-9A-Fa-f]{64})\Z")
_MEMO = "memo"


def reference(said: Said) -> bytes | None:
    """The txid of the payment in that a payment out names; None where its memo names none."""
    found = _ANSWER.match(_text(said))
    return None if found is None else bytes.fromhex(found[1])


def chain(said: Said) -> str:
    """The chain that a swap asks for; `""` where the memo is no swap, the name of THORChain where it is not known."""
    found = _SWAP.match(_text(said))
    if found is None:
        return ""
    name = re.split(r"[.~/-]", found[1].upper())[0]
    name = _SHORT.get(name, name)
    return CHAINS.get(name, name.lower())


def recipient(said: Said) -> str:
    """Who is to get what a swap asks for, in the normal form of its chain; `""` where the memo is no swap."""
    found = _SWAP.match(_text(said))
    if found is None:
        return ""
    where = chain(said)
    return normalise(where, found[2]) if is_address(where, found[2]) else found[2]


def _text(said: Said) -> str:
    """The memo; what is no UTF-8 in it is replaced."""
    return (said.bytes_of(_MEMO) or b"").decode("utf-8", "replace")


TEXTS: Final[Mapping[str, Callable[[Said], str]]] = {"thor-chain": chain, "thor-recipient": recipient}
"""What is read from a text by a rule of its own, by name."""
