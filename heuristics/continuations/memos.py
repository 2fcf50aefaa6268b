"""Memos of THORChain: what a payment in asks for, and which payment in a payment out answers to.

Source: docs.thorchain.org, "Transaction Memos": `=:ASSET:DESTADDR:…` (also `SWAP`, `s`), `OUT:HASH` and `REFUND:HASH`.
A hash there is a txid without 0x, in capitals.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from chaintrace.addresses import is_address, normalise
from chaintrace.model.transaction import Transaction
from heuristics.continuations.arguments import Said
from heuristics.services.coinjoin_shape import is_note

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
_SWAP = re.compile(r"(?:=<?|s|swap):([^:]+):([^:/]+)", re.IGNORECASE)
_ANSWER = re.compile(r"(?:OUT|REFUND):([0-9A-Fa-f]{64})\Z")
_MEMO = "memo"
_DIRECT, _PUSH1 = 75, b"\x4c"  # scripts push so many bytes by their number alone; more after OP_PUSHDATA1


def reference(said: Said) -> bytes | None:
    """The txid of the payment in that a payment out names; None where its memo names none."""
    return answered(_text(said))


def chain(said: Said) -> str:
    """The chain that a swap asks for; `""` where the memo is no swap, the name of THORChain where it is not known."""
    return chain_in(_text(said))


def recipient(said: Said) -> str:
    """Who is to get what a swap asks for, in the normal form of its chain; `""` where the memo is no swap."""
    return recipient_in(_text(said))


def answered(memo: str) -> bytes | None:
    """The txid that the memo of a payment out, or of a refund, names; None where it names none."""
    found = _ANSWER.match(memo)
    return None if found is None else bytes.fromhex(found[1])


def chain_in(memo: str) -> str:
    """The chain that a memo asks for, as `chain` tells it."""
    found = _SWAP.match(memo)
    if found is None:
        return ""
    name = re.split(r"[.~/-]", found[1].upper())[0]
    name = _SHORT.get(name, name)
    return CHAINS.get(name, name.lower())


def recipient_in(memo: str) -> str:
    """Who is to get what a memo asks for, as `recipient` tells it."""
    found = _SWAP.match(memo)
    if found is None:
        return ""
    where = chain_in(memo)
    return normalise(where, found[2]) if is_address(where, found[2]) else found[2]


def memo_of(transaction: Transaction) -> str:
    """The memo that a transaction on a chain of outputs writes: the data of its one OP_RETURN; `""` without one."""
    notes = [leg for leg in transaction.utxo.outputs if is_note(leg)] if transaction.utxo is not None else []
    return _pushed(notes[0].script).decode("utf-8", "replace") if len(notes) == 1 else ""


def _pushed(script: str) -> bytes:
    """The data behind OP_RETURN, where a script pushes nothing else; no byte where it does not, or is not known."""
    try:
        data = bytes.fromhex(script)[1:]
    except ValueError:  # chains that are not Bitcoin's may write scripts in words
        return b""
    head = 1 if data and data[0] <= _DIRECT else 2 if data[:1] == _PUSH1 else 0
    return data[head:] if head and data[head - 1 : head] == bytes([len(data) - head & 0xFF]) else b""


def _text(said: Said) -> str:
    """The memo; what is no UTF-8 in it is replaced."""
    return (said.bytes_of(_MEMO) or b"").decode("utf-8", "replace")


TEXTS: Final[Mapping[str, Callable[[Said], str]]] = {"thor-chain": chain, "thor-recipient": recipient}
"""What is read from a text by a rule of its own, by name."""
