"""One account's movements twice: from the books, and from what a source replied."""

from __future__ import annotations

from chaintrace.adapters.assets import asset, native_asset
from chaintrace.adapters.transport import Patience
from chaintrace.model.chain import Account
from tests.nodes.anvil import CHAIN, RICH, address

PATIENT = Patience(connect=10, read=30, deadline=60, total=120, tries=2, size=1 << 24)
"""Of a door to a node on a machine that is busy with other tests."""
PROVEN = {"balance equal", "all blocks read", "counter equal"}
"""How a source may say that nothing is missing."""


def account(place, contract):
    """An account as a question names it."""
    return Account(place, asset(CHAIN, contract, None) if contract else native_asset(CHAIN))


def booked(books, place, contract, since=0):
    """The movements of an account in the books: (txid, index, from, to, value), from a height on."""
    return [
        (page.txid, move.index, move.sender, move.receiver, move.value)
        for page, move in books.moves()
        if move.asset == contract and place in {move.sender, move.receiver}
        if page.height >= since and not move.silent
    ]


def told(reply, place, contract):
    """The same from a reply, in chain order."""
    found = [
        (transfer.order, transaction.txid, transfer)
        for transaction in reply.transactions
        for transfer in transaction.transfers
        if transfer.asset.contract == contract
    ]
    return [
        (txid, transfer.index, *sides, transfer.value)
        for _, txid, transfer in sorted(found, key=lambda one: one[0])
        if place in (sides := tuple(legs[0].address if legs else "" for legs in (transfer.inputs, transfer.outputs)))
    ]


def opened(books, place, contract, since):
    """What an account had just before a height."""
    held = RICH if not contract and place in {address(f"rich {number}") for number in range(10)} else 0
    for page, move in books.moves():
        if move.asset == contract and page.height < since:
            held += move.value * ((move.receiver == place) - (move.sender == place))
    return held
