"""Unproved: a burn that a call shows to a contract of anybody's, which may have shown the bridge another one."""

from collections.abc import Iterator

from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import History, View
from heuristics.continuations.crossings import Crossing
from heuristics.continuations.keys import HASHED
from heuristics.continuations.lookup import Found

SHOWN = f"{HASHED}exit-"
"""How a part of a key begins that is read from a call (`exits`)."""


def unproved(view: View, one: Crossing, found: Found) -> str:
    """Why a delivery may answer to another deposit than the one that its call shows; `""` where nothing says so.

    A contract of the bridge pays out for what it is shown. Any other one may be handed one burn and show the bridge
    another, of the same address, token and value, which the logs do not tell apart. So no other one may be known.
    """
    sent, keys = found.seen.sent, found.crossing.said.event.fields.get("key", ())
    if sent is None or not any(part.startswith(SHOWN) for part in keys):
        return ""
    rows = found.seen.protocols.of(found.seen.transaction.chain, sent.to)
    if any(row.protocol == one.protocol for row in rows):
        return ""
    count = len(set(_burns(view, one)))
    if count < 2:
        return ""
    burned = f"{one.payer} burned {one.amount} base units of {one.token} {count} times"
    return f"the call shows the burn to {sent.to}, which is not the bridge's, and {burned}"


def _burns(view: View, one: Crossing) -> Iterator[tuple[str, str]]:
    """The burns of the address, the token and the value of a deposit: the txid and the index of each."""
    history = view.history(Account(one.payer, Asset(one.said.log.chain, one.token or "")))
    for move in history.movements if isinstance(history, History) else ():
        part = move.transfer
        if part.kind == "burn" and part.value == one.amount and move.transaction.status == "confirmed":
            yield move.transaction.txid, part.index
