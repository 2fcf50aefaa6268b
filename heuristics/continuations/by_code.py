"""By code: payments to accounts that pay out on the chain that the last digits of the value name. Leads alone."""

from collections.abc import Iterator

from chaintrace.model.finding import AnyFinding, Continues
from chaintrace.model.transaction import Transaction, Transfer
from chaintrace.model.view import View
from heuristics.continuations.flows import holder, moved
from heuristics.continuations.verdict import Seen, seen

DIGITS = 10_000
"""The code is what remains of the value, in base units, when it is divided by this: its last four digits."""

FIRST, LAST = 9_001, 9_999
"""Between these a remainder is taken for a code: codes are 9000 and the number of a chain."""


def by_code(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A payment to an account of Orbiter, whose last four digits name a chain: it may be paid out there to the payer.

    A lead, and no continuation: anybody can pay such an account any value, and no log of either chain joins the two
    payments. The accounts are those of the table; the chain is named where the table has its number, else by that.
    Source: github.com/duneanalytics/spellbook, orbiter_v1_deposits (accounts, and that the digits name the chain);
    github.com/Orbiter-Finance/OrbiterFE-V2, src/config/chain.json (the numbers of the chains).
    Known failures: a payment for another reason that ends in such digits; a recipient other than the payer.
    Measured: not measured, for no pairs are at hand.
    """
    if transaction.status != "confirmed":
        return
    told = seen(transaction, view)
    for transfer in transaction.transfers:
        code = (transfer.value or 0) % DIGITS
        payer = holder(transfer, paid=True)
        for row in told.rows(holder(transfer, paid=False), "coded") if payer and FIRST <= code <= LAST else ():
            yield _lead(told, transfer, row.protocol, code, view.protocols().chain_of(row.numbers, code))


def _lead(told: Seen, transfer: Transfer, protocol: str, code: int, chain: str) -> Continues:
    """The lead about one payment."""
    transaction, payer = told.transaction, holder(transfer, paid=True)
    where = chain or f"{protocol.casefold()}:{code}"
    text = (
        f"{protocol} may pay it out to {payer} on {where}: the value ends in {code}, which is how it is told the chain."
    )
    return Continues(
        transaction.chain,
        transaction.txid,
        str(code),
        (transaction.txid,),
        text=text,
        outgoing=moved(transaction, (transfer,)),
        protocol=protocol,
        key=str(code),
        to_chain=where,
        recipient=payer,
    )
