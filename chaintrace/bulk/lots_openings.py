"""The least opening balance of every pool (M9), and whether a kernel of 63 bits can carry the ledger at all."""

from chaintrace.bulk.lots import NONE, Ints, at, kept
from chaintrace.bulk.lots_ahead import ahead_of_openings
from chaintrace.bulk.lots_run import POOL

LARGEST = 2**63 - 2
"""The most base units that a pool of the kernels may hold, and a transfer move."""


LAYERS = "15ea16f128094113270e33bd3df1882f448316fa05255b8b5fdedf0c7b49aa36"
"""As in `lots_run.py`."""

OPENED, RUNNING, MOST = range(3)
"""Columns of `held`: the least opening of an account, its balance, and the highest that this was."""

BALANCE, LOWEST = range(2)
"""Rows of `held` where all values together are small: the balance of every account, and the lowest that this was."""


@kept
def small_openings(senders: Ints, receivers: Ints, values: Ints, held: Ints) -> bool:
    """Write the lowest balance of every account, none above zero; False where the values together exceed LARGEST.

    Where they do not, no sum of them can wrap and no pool can hold more, so that nothing is compared on the way.
    `held` begins with zeros.
    """
    total = 0
    for row in range(len(values)):
        sender, to, value = senders[row], receivers[row], values[row]
        if value > LARGEST - total:
            return False
        total += value
        if sender != NONE:
            left = held[BALANCE, at(sender)] - value
            held[BALANCE, at(sender)] = left
            if left < 0:
                held[LOWEST, at(sender)] = min(held[LOWEST, at(sender)], left)
        if to != NONE:
            held[BALANCE, at(to)] += value
    return True


@kept
def openings(senders: Ints, receivers: Ints, values: Ints, flags: Ints, held: Ints) -> int:
    """Write the least opening of every pool; NONE, or the account that would hold more than LARGEST.

    `held` begins with zeros. A transfer to oneself moves nothing and shows that its value was there (M8). Nothing here
    can wrap: every sum is compared before it is made.
    """
    for row in range(len(values)):
        ahead_of_openings(held, senders, receivers, row)
        sender, to, value = senders[row], receivers[row], values[row]
        if sender != NONE and flags[sender] & POOL:
            if held[sender, RUNNING] < value - LARGEST:
                return sender
            left = held[sender, RUNNING] - value
            held[sender, OPENED] = max(held[sender, OPENED], -left)
            if sender != to:
                held[sender, RUNNING] = left
        if sender == to:
            continue
        if to != NONE and flags[to] & POOL:
            if held[to, RUNNING] > LARGEST - value:
                return to
            held[to, RUNNING] += value
            held[to, MOST] = max(held[to, MOST], held[to, RUNNING])
    for account in range(len(held)):
        if held[account, MOST] > LARGEST - held[account, OPENED]:
            return account
    return NONE
