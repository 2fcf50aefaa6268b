"""Candidates that a list told without their places, asked for by themselves: their indexes are the chain's own then."""

from collections.abc import Sequence
from dataclasses import replace

from chaintrace.adapters.network import Endpoint
from chaintrace.case.access import Access
from chaintrace.case.locating.candidates import Candidate
from chaintrace.case.log import Clock
from chaintrace.case.remote import asked
from chaintrace.errors import AdapterError
from chaintrace.model.rows import named_transfers
from chaintrace.model.transaction import ROW, Transaction

MOST = 10
"""Transactions that are asked for by themselves; each costs several questions."""


def placed(
    found: Sequence[Candidate], endpoints: Sequence[Endpoint], allowed: Access, clock: Clock
) -> tuple[Candidate, ...]:
    """The candidates, each with its exact index (M1) where a source tells the transaction whole.

    One that is not told whole keeps the name of its row, by which a seed finds it too.
    """
    listed = [one.payment.transaction.txid for one in found if one.payment.index.startswith(ROW)]
    whole = {txid: _whole(txid, endpoints, allowed, clock) for txid in list(dict.fromkeys(listed))[:MOST]}
    return tuple(_named(one, whole.get(one.payment.transaction.txid)) for one in found)


def _whole(txid: str, endpoints: Sequence[Endpoint], allowed: Access, clock: Clock) -> Transaction | None:
    """A transaction as a whole; None where nobody tells it."""
    try:
        with asked(endpoints, txid, allowed, clock) as told:
            found = told.view.transaction(endpoints[0].chain, txid)
    except AdapterError:
        return None
    return found if isinstance(found, Transaction) else None


def _named(one: Candidate, whole: Transaction | None) -> Candidate:
    """A candidate by its place in the whole transaction."""
    found = named_transfers(whole.transfers, one.payment.index) if whole is not None else []
    if len(found) != 1:
        return one
    return replace(one, payment=one.payment._replace(index=found[0].index))
