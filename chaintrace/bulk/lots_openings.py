"""The least opening balance of every pool (M9), and whether a kernel of 63 bits can carry the ledger at all."""

from chaintrace.bulk.lots import NONE, Ints, kept
from chaintrace.bulk.lots_run import POOL

LARGEST = 2**63 - 2
"""The most base units that a pool of the kernels may hold, and a transfer move."""


@kept
def openings(senders: Ints, receivers: Ints, values: Ints, flags: Ints, opened: Ints, running: Ints, most: Ints) -> int:  # noqa: PLR0917  # arrays instead of objects
    """Write the least opening of every pool into `opened`; NONE, or the account that would hold more than LARGEST.

    `running` and `most` are room for the balance of every account and its highest; all three begin with zeros.
    A transfer to oneself moves nothing and shows that its value was there (M8). Nothing here can wrap: every sum is
    compared before it is made.
    """
    size = len(opened)
    for row in range(len(values)):
        sender, to, value = senders[row], receivers[row], values[row]
        if sender != NONE and flags[sender] & POOL:
            if running[sender] < value - LARGEST:
                return sender
            left = running[sender] - value
            opened[sender] = max(opened[sender], -left)
            if sender != to:
                running[sender] = left
        moves = sender != to
        if moves and to != NONE and flags[to] & POOL:
            if running[to] > LARGEST - value:
                return to
            running[to] += value
            most[to] = max(most[to], running[to])
    for account in range(size):
        if most[account] > LARGEST - opened[account]:
            return account
    return NONE
