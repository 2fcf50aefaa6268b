"""Dust: a transaction that sends next to nothing to many, so that their wallets spend it and show what they hold."""

from collections import Counter
from collections.abc import Iterator

from chaintrace.addresses import BITCOIN
from chaintrace.model.finding import AnyFinding, Noise
from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View

TINY = 1_000
"""Satoshi of an output of dust, at most. Bitcoin Core does not relay less than 294 to 546 (policy.cpp,
GetDustThreshold, at its fee of 3 satoshi a byte); a dust attack that was recorded sent 555."""

MANY = 10
"""Addresses that get dust of one transaction, at least."""


def dust(transaction: Transaction, view: View) -> Iterator[AnyFinding]:  # noqa: ARG001  # a rule's signature
    """A transaction of Bitcoin that pays a thousand satoshi or less to each of ten addresses or more.

    Whoever sent it learns which of these addresses one wallet spends together. The outputs of dust are named, one by
    one, and no other output. The rule abstains where the transaction has an OP_RETURN, for protocols write tiny outputs
    beside it, and where most of its outputs are worth more: then it is somebody's batch of payments.
    Source: the dust limit of Bitcoin Core; Bitcoin Wiki, "Privacy", for the attack; the number of addresses is chosen.
    Known failures: attacks with one output each, as one that was recorded; inscriptions and other protocols that keep
    their coins in tiny outputs without an OP_RETURN; payments of ten cents to many.
    Measured (docs/accuracy.md): of 3,903 ordinary transactions of 2009 to 2017 it names none. How many attacks it finds
    is not measured, for want of a set of them.
    """
    transfer = transaction.utxo
    if transfer is None or transaction.chain not in BITCOIN:
        return
    tiny = [leg for leg in transfer.outputs if is_tiny(leg)]
    payers = {leg.address for leg in transfer.inputs}
    told = Counter(leg.address for leg in tiny if leg.address not in payers)
    if len(told) < MANY or 2 * len(tiny) < len(transfer.outputs) or any(not leg.address for leg in transfer.outputs):
        return
    for leg in tiny:
        if leg.address in told:
            text = f"{leg.value} satoshi, as one of {len(told)} addresses that got {TINY} or less at once"
            yield Noise(transaction.chain, str(leg.holding), leg.address, (transaction.txid,), text=text)


def is_tiny(leg: Leg) -> bool:
    """Whether an output is of dust."""
    return leg.value is not None and 0 < leg.value <= TINY and bool(leg.address)
