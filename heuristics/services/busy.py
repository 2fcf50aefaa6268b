"""Busy: an address without a label that pays so many others in a day that somebody's business runs there."""

from collections.abc import Iterator

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Service
from chaintrace.model.view import History, View

MANY = 100
"""Addresses paid in one day, in one asset: one that pays more than that is a service's.

Measured (docs/accuracy.md): of 40 wallets of TRON with complete histories, all named in public seizure orders, none
paid more than 21 others in a day; in the first blocks of TRON two addresses paid 584 and 1,000, and none of
the others more than 42. 100 lies in that gap.
"""

DAY = 86_400


def busy(account: Account, view: View) -> Iterator[AnyFinding]:
    """An address that pays more than 100 other addresses in one day (UTC) in one asset: a trace stops there.

    Whoever pays so many keeps accounts for them: value of one payment is lost among that of others, and to follow it on
    would lead to strangers. Who pays the address does not count: anybody can send dust to it, and a fraud is paid by
    many. The activity is the evidence; whose address it is, nobody says. The rule abstains where a tag stops the trace
    already, and where the history is not known: such an address is not followed anyway. How many movements a source
    tells instead of a history is no evidence: they are those of whoever pays the address too.
    Source: none; the limit was set on the data below.
    Known failures: a person who pays a list of people in one day; a service with fewer customers, or one that pays out
    from another address; an attack that sends dust to many from an address; sources without times.
    Measured (docs/accuracy.md): the busiest of 40 wallets of TRON with complete histories paid 21 others in a
    day, so that the rule speaks of none of them. How many services it finds is not measured.
    """
    if any(tag.stops for tag in view.tags(account.chain, account.address)):
        return
    history = view.history(account)
    if not isinstance(history, History):
        return
    days = paid(history)
    day = max(days, key=lambda day: (len(days[day]), -day), default=None)
    if day is not None and len(days[day]) > MANY:
        others = days[day]
        text = (
            f"it paid {len(others)} other addresses in one day, and {len(history.movements)} movements of it are "
            "known: as an address of somebody who keeps accounts for others. No label says whose it is."
        )
        yield Service(account.chain, account.address, "", (next(iter(others.values())),), text=text)


def paid(history: History) -> dict[int, dict[str, str]]:
    """Whom an account paid on each day since 1970 (UTC), and the txid of the first payment to each."""
    days: dict[int, dict[str, str]] = {}
    for movement in history.movements:
        time, transfer = movement.transaction.time, movement.transfer
        if time is None or transfer.kind in {"fee", "utxo"} or not transfer.value:
            continue
        if all(leg.address != history.account.address for leg in transfer.inputs):
            continue
        for leg in transfer.outputs:
            if leg.address and leg.address != history.account.address:
                days.setdefault(time // DAY, {}).setdefault(leg.address, movement.transaction.txid)
    return days
