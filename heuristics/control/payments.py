"""A transaction of an account chain as one payment, and what an account held after each of its movements."""

from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.model.transaction import Movement, Transaction, Transfer
from chaintrace.model.view import History


class Payment(NamedTuple):
    """The one transfer of a transaction, from one address to another. `fee` is what it cost the payer, in base units.

    The fee is 0 where no source told of one: then nothing is known of it.
    """

    payer: str
    payee: str
    transfer: Transfer
    fee: int


def payment(transaction: Transaction) -> Payment | None:
    """The payment that a transaction is: its sender moves value of one asset to another address, and nothing else.

    None for what failed or waits, for a call that moves more than that, for value that somebody else moved, and for
    pieces of collections. A file names a fee by no rule of its own: what the payer alone loses in the native asset
    counts as one.
    """
    if transaction.status != "confirmed":
        return None
    moved = [part for part in transaction.transfers if not _is_cost(part)]
    if len(moved) != 1 or moved[0].kind not in {"native", "token"} or not moved[0].value:
        return None
    if len(moved[0].inputs) != 1 or len(moved[0].outputs) != 1:
        return None
    payer, payee = moved[0].inputs[0].address, moved[0].outputs[0].address
    strange = any(part.inputs[0].address != payer for part in transaction.transfers if _is_cost(part))
    if not payer or not payee or payer == payee or strange:
        return None
    return Payment(payer, payee, moved[0], fee(transaction, payer))


def fee(transaction: Transaction, payer: str) -> int:
    """What a transaction cost an address, in base units of the native asset; 0 where nobody told of it."""
    costs = (part for part in transaction.transfers if _is_cost(part) and part.inputs[0].address == payer)
    return sum(part.value or 0 for part in costs)


def _is_cost(part: Transfer) -> bool:
    """Whether somebody loses it, in the native asset, and nobody receives it."""
    return bool(part.inputs) and not part.outputs and not part.asset.contract


def signed(movement: Movement, address: str) -> int:
    """What a movement changes at an address, in base units; 0 for a transfer to itself."""
    transfer = movement.transfer
    came = sum(leg.value or 0 for leg in transfer.outputs if leg.address == address)
    return came - sum(leg.value or 0 for leg in transfer.inputs if leg.address == address)


def balances(history: History) -> Iterator[tuple[Movement, int]]:
    """Each movement with what the account held after it, in base units.

    Where nobody knows the opening balance it is the least that keeps the account from going below zero (M9).
    """
    address, held, least = history.account.address, 0, 0
    for movement in history.movements:
        held += signed(movement, address)
        least = min(least, held)
    held = -least if history.opening is None else history.opening
    for movement in history.movements:
        held += signed(movement, address)
        yield movement, held
