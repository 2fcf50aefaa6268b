"""By amount and time alone: what may have been delivered where no source has the key. Leads, and never more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Continues, Moved
from chaintrace.model.transaction import Movement, Transaction
from chaintrace.model.view import History, View
from heuristics.continuations.crossings import Crossing, crossings
from heuristics.continuations.flows import moved
from heuristics.continuations.lookup import deliveries
from heuristics.continuations.taken import Taken, taken
from heuristics.continuations.verdict import seen

WINDOW = 24 * 60 * 60
"""Seconds after the deposit within which a delivery is looked for.

Measured (docs/accuracy.md): of true pairs of Nomad, nine of ten lie within it, and none within half an hour.
"""

RATE = "of true pairs of Nomad, one payment fits 2,002 of 2,241 deposits, and it is the right one of 2,001"
"""What was measured of such leads (docs/accuracy.md), for whoever reads one."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as a match by amount sees it: when (Unix, UTC), to whom, how much in base units, and its name."""

    time: int
    recipient: str
    value: int
    name: Moved


def by_amount(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """What a bridge took may be what its recipient got on the other chain within a day, of the very same value.

    A lead, and no continuation: it rests on amount, time and recipient, and says how many payments fit. It speaks where
    the exact key is not found on the other chain, and only about a recipient whose movements there are held. Values are
    compared in base units, so that it is silent where the two assets have other decimals, or a fee was taken.
    Source: CONNECTOR (arXiv 2409.04937), whose window of 30 minutes is too short for Nomad.
    Known failures: two payments of one amount to one recipient within a day; a recipient who is paid the same by
    somebody else; a delivery that came later.
    Measured (docs/accuracy.md): of 2,241 true pairs of Nomad one payment fits 2,002 deposits, and it is the right one
    of 2,001; several fit 22, and none fits 217.
    """
    told = seen(transaction, view)
    if transaction.status != "confirmed" or transaction.time is None:
        return
    sent = crossings(told, "sent")
    for one in sent:
        went = taken(told, one, sent)
        if isinstance(went, str) or deliveries(view, one) is not None:
            continue
        amounts = {value for value in (one.amount, one.least) if value is not None}
        found = fitting(transaction.time, one.recipient, amounts, payments(view, one))
        for number, payment in enumerate(found, 1):
            yield _lead(transaction, one, went, payment, (number, len(found)))


def fitting(
    time: int, recipient: str, amounts: Iterable[int], several: Iterable[Payment], window: int = WINDOW
) -> tuple[Payment, ...]:
    """The payments to the recipient of one of these amounts, not before the time and within the window, in order."""
    wanted = frozenset(amounts)
    found = (
        one for one in several if one.recipient == recipient and one.value in wanted and 0 <= one.time - time <= window
    )
    return tuple(sorted(found, key=lambda one: (one.time, one.name)))


def payments(view: View, one: Crossing) -> Sequence[Payment]:
    """What the recipient of a crossing was paid on the other chain, as far as its movements are held."""
    found: dict[Moved, Payment] = {}
    for asset in view.assets(one.chain) if one.chain and one.recipient else ():
        if view.coverage(one.chain, one.recipient, asset.contract):
            history = view.history(Account(one.recipient, asset))
            several = history.movements if isinstance(history, History) else ()
            found.update((payment.name, payment) for movement in several for payment in _payments(movement, one))
    return tuple(found.values())


def _payments(movement: Movement, one: Crossing) -> Iterator[Payment]:
    """A movement as a payment to the recipient of a crossing, where it is one in a block."""
    transfer, time = movement.transfer, movement.transaction.time
    paid = any(leg.address == one.recipient for leg in transfer.outputs)
    own = any(leg.address == one.recipient for leg in transfer.inputs)
    if paid and not own and time is not None and transfer.value is not None:
        (name,) = moved(movement.transaction, (transfer,))
        yield Payment(time, one.recipient, transfer.value, name)


def _lead(transaction: Transaction, one: Crossing, went: Taken, payment: Payment, place: tuple[int, int]) -> Continues:
    """The lead about one payment that fits."""
    number, several = place
    return Continues(
        transaction.chain,
        transaction.txid,
        payment.name.txid,
        (transaction.txid, payment.name.txid),
        text=f"{one.protocol} may have delivered it to {one.recipient} on {one.chain}: a payment of the same value "
        f"{payment.time - (transaction.time or 0)} seconds later, {number} of {several} that fit. Measured: {RATE}.",
        details=(f"payments that fit by recipient, value and time: {several}",),
        outgoing=moved(transaction, went.legs),
        incoming=(payment.name,),
        refunded=moved(transaction, went.refunds),
        protocol=one.protocol,
        key=str(one.key),
        to_chain=one.chain,
        recipient=one.recipient,
    )
