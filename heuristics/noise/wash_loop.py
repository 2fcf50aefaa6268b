"""Wash loop: value that goes out and comes back unchanged, again and again."""

from collections.abc import Iterator

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding
from chaintrace.model.view import View
from heuristics.noise.received import Dealing, dealings, noise

TIMES = 3
"""Round trips with one other address, at least."""

BACK = 3_600
"""Seconds from a payment to its return, at most."""


def wash_loop(account: Account, view: View) -> Iterator[AnyFinding]:
    """The very same value goes to one other address and comes back within an hour, three times or more.

    Such loops make an address look busy, or a way look long. Each payment and its return are named. Both are movements
    of value all the same: a trace follows them by its method, and what it credits does not depend on this rule.
    Source: none that measures it; the numbers are chosen.
    Known failures: loans of an hour, deposits that are sent back, tests of a new address, two machines of one exchange.
    Loops over more than one other address are passed over.
    Measured: not measured.
    """
    waiting: dict[tuple[str, int], Dealing] = {}
    trips: dict[str, list[tuple[Dealing, Dealing]]] = {}
    for one in dealings(account, view):
        if not one.value or one.other == account.address:
            continue
        if one.is_sent:
            waiting[one.other, one.value] = one
            continue
        sent = waiting.pop((one.other, one.value), None)
        if sent is not None and sent.time is not None and one.time is not None and one.time - sent.time <= BACK:
            trips.setdefault(one.other, []).append((sent, one))
    for other, several in trips.items():
        if len(several) >= TIMES:
            for sent, back in several:
                text = f"{sent.value} base units to {other}, back in {back.txid}; {len(several)} such round trips"
                yield noise(account, sent, text, (back.txid,))
