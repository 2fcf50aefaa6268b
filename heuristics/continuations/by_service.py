"""By service: what a custodial mixer or an instant exchanger paid out soon after, of about the value. Leads alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Continues, Moved
from chaintrace.model.transaction import Leg, Movement, Transaction, Transfer
from chaintrace.model.view import View
from heuristics.control.exclusions import known_history

SERVICES = frozenset({"mixing_service", "service"})
"""The categories of tags of those who pay out what they took: mixers, and services that are no exchange."""

WINDOW = 24 * 60 * 60
"""Seconds after a payment within which payments out are listed. Chosen: nothing was measured."""

SHARE = 10
"""A payment out counts that is less by one part in so many at most. Chosen: nothing was measured."""

MOST = 50
"""Payments out that are listed of one payment in, the earliest first; their number is told."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment out of a service: when (Unix, UTC), to whom, how much in base units, and its name."""

    time: int
    payee: str
    value: int
    name: Moved


def by_service(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A tag says that the payee mixes or exchanges for others: what it paid out within a day may be what it took.

    Listed are the payments out of the same address in the same asset, not before the payment, of its value or up to a
    tenth less, each with how many there are. A lead, and no continuation: it rests on time and amount alone, and a busy
    service pays many. It speaks only where the movements of that address are held, and asks for none.
    Source: none that measured it; the window and the share are chosen.
    Known failures: a service that pays out from other addresses, in another asset, on another chain, in parts or later,
    as most do; payments to others of the same value.
    Measured: not measured, for no pairs are at hand.
    """
    if transaction.status != "confirmed" or transaction.time is None:
        return
    for transfer in transaction.transfers:
        for leg in transfer.outputs if transfer.kind not in {"fee", "burn"} else ():
            if leg.value and leg.address and _is_service(view, transaction, transfer, leg):
                yield from _leads(transaction, transfer, leg, view)


def _is_service(view: View, transaction: Transaction, transfer: Transfer, leg: Leg) -> bool:
    """Whether somebody else pays a service; a pool of a mixer's contracts has its own sets (docs/mixers.md)."""
    chain, address = transaction.chain, leg.address
    is_own = any(one.address == address for one in transfer.inputs)
    is_pool = any(row.shape == "mixer" for row in view.protocols().of(chain, address))
    return not is_own and not is_pool and any(tag.category in SERVICES for tag in view.tags(chain, address))


def _leads(transaction: Transaction, transfer: Transfer, leg: Leg, view: View) -> Iterator[Continues]:
    """A lead for each payment out that fits."""
    time, value = transaction.time or 0, leg.value or 0
    history = known_history(view, Account(leg.address, transfer.asset))
    later = (one for one in (history.movements if history is not None else ()) if one.order > transfer.order)
    paid = (one for movement in later for one in _paid(movement, leg))
    found = sorted(
        (one for one in paid if 0 <= one.time - time <= WINDOW and 0 <= value - one.value <= value // SHARE),
        key=lambda one: (one.time, one.name),
    )
    found = [one for one in found if one.name.txid != transaction.txid]
    who = next(tag.says for tag in view.tags(transaction.chain, leg.address) if tag.category in SERVICES)
    for number, one in enumerate(found[:MOST], 1):
        text = (
            f"{who} may have paid it out to {one.payee}: {one.value} base units {one.time - time} seconds later, "
            f"{number} of {len(found)} that fit by time and amount. Not measured."
        )
        yield Continues(
            transaction.chain,
            transaction.txid,
            one.name.txid,
            (transaction.txid, one.name.txid),
            text=text,
            details=(f"payments that fit by time and amount: {len(found)}",),
            outgoing=(_name(transaction, transfer, leg),),
            incoming=(one.name,),
            to_chain=transaction.chain,
            recipient=one.payee,
        )


def _paid(movement: Movement, service: Leg) -> Iterator[Paid]:
    """What a movement pays others out of a service's address."""
    transaction, transfer = movement.transaction, movement.transfer
    time = transaction.time
    if time is None or transaction.status != "confirmed" or transfer.kind == "fee":
        return
    if any(leg.address == service.address for leg in transfer.inputs):
        for leg in transfer.outputs:
            if leg.address and leg.address != service.address and leg.value:
                yield Paid(time, leg.address, leg.value, _name(transaction, transfer, leg))


def _name(transaction: Transaction, transfer: Transfer, leg: Leg) -> Moved:
    """The identity of a movement (M1): on chains of outputs that of the output."""
    index = str(leg.index) if transfer.kind == "utxo" else transfer.index
    return Moved(transaction.chain, transaction.txid, index)
