"""Not continued: why value that goes through a protocol that is known is not followed on behind it."""

from collections.abc import Iterator

from chaintrace.model.finding import AnyFinding, NotContinued
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.continuations.bridge import bridges
from heuristics.continuations.swap import swaps
from heuristics.continuations.verdict import Verdict, seen

DELIVERY = "delivery"
"""What `bridge` says of value that it cannot follow back: where it came from, and under which key."""


def not_continued(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A transaction goes through a protocol of the table, and `bridge` or `swap` names nothing beyond it: says why.

    It changes no amount and no path. It speaks where a contract of the table was called or logged something, or where
    a pool did, and where no other rule tells where the value goes on: that a flow is ambiguous, that a token and a pool
    contradict each other, that a key was used twice, that liquidity was put in or taken out. Of what a bridge delivered
    it says from which chain and under which key, where no source has the deposit: there somebody can go on.
    Source: the rules `bridge` and `swap`.
    Known failures: theirs; a protocol that is not in the table has no reason.
    Measured: docs/protocols.md, every recorded receipt.
    """
    told = seen(transaction, view)
    protocol = told.protocol
    if not protocol or transaction.status != "confirmed":
        return
    said = (*(("bridge", one) for one in bridges(told, view)), *(("swap", one) for one in swaps(told)))
    followed = {one.address for _, one in said if one.finding is not None}
    came = {one.address for _, one in said if one.what == DELIVERY}
    for rule, verdict in said:
        is_told = verdict.address in followed or (verdict.what != DELIVERY and verdict.address in came)
        if _is_reason(verdict) and not is_told:
            text = f"value through {protocol} is not continued. {rule}: {verdict.text}"
            text = f"value came through {protocol}: {verdict.text}" if verdict.what == DELIVERY else text
            yield NotContinued(transaction.chain, transaction.txid, verdict.address, (transaction.txid,), text=text)


def _is_reason(verdict: Verdict) -> bool:
    """Whether a verdict is why nothing is followed, on or back, and no other rule follows it."""
    return verdict.what in {"none", DELIVERY} and not verdict.is_others
