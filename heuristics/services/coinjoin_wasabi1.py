"""Wasabi 1: rounds of ZeroLink coinjoins, many equal outputs near 0.1 BTC."""

from collections.abc import Iterator

from chaintrace.model.finding import AnyFinding
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.services.coinjoin_shape import Coordinator, Launch, Shape, about, is_an_exchanges, is_since, shape
from heuristics.services.coinjoin_wasabi2 import WASABI2, is_wabisabi

WASABI1 = Launch(530_500, 1_530_835_200)
"""Wasabi was announced on 2018-07-06; the height is that of Dumplings (`FirstWasabiBlock`)."""

ZKSNACKS = Coordinator("zkSNACKs' coordinator of Wasabi 1", 1_684_540_800)
"""Its last round is of 2023-05-19 (crocs-muni)."""

COORDINATOR = frozenset({"bc1qs604c7jv6amk4cxqlnvuxv26hv3e48cds4m0ew", "bc1qa24tsgchvuxsaccp8vrnkfd85hrcpafg20kmjw"})
"""The addresses that the coordinator's fees went to at first (Dumplings, `WasabiCoordScripts`)."""

BASE, NEAR = 10_000_000, 2_000_000
"""About 0.1 BTC, and how far from it the equal outputs of a round may lie, in satoshi (Dumplings)."""

EQUAL = 10
"""So many outputs have the same value, at least, where the coordinator has no address of its own (Dumplings)."""

GIVEN, REUSED = 34, 70
"""Of a hundred inputs one address gives so many at most, and of a hundred outputs so many at most go where value went
or came before: the limits of crocs-muni's reviewers."""


def coinjoin_wasabi1(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A round of Wasabi 1: either the coordinator's address of 2018 is paid and three outputs are equal, or ten are.

    In the second case all inputs and outputs are P2WPKH, the most frequent value has ten outputs or more and lies
    within 0.02 BTC of 0.1 BTC, there are as many inputs as that and, for four equal outputs, three addresses that pay
    and three that are paid, and two outputs are unique. In both, no address pays for more than 34 % of the inputs, and
    no more than 70 % of the outputs go to an address that is used twice; no tag says that an exchange pays. From height
    530,500 on, or from 2018-07-06 where no height is known; after 2023-05-19, the day of zkSNACKs' last round, the
    finding says so. A trace goes on by its method.
    Source: Dumplings (Ficsor, nopara73/Dumplings), used by Stuetz et al. 2022. That addresses are looked at is the
    practice of graphsense-lib and of crocs-muni's reviewers, whose limits are taken; how many addresses there are is
    chosen, for the rounds that were measured use no address twice.
    Known failures: whoever pays ten people or more 0.1 BTC each from many P2WPKH addresses looks the same, where no tag
    says that it is an exchange; rounds of another value without the first addresses are passed over.
    Measured (docs/accuracy.md): of 152 rounds of 2018, known from the coordinator's log, 152; later ones not measured.
    """
    seen = shape(transaction)
    if seen is None or not is_since(transaction, WASABI1) or not is_zerolink(seen):
        return
    if (is_since(transaction, WASABI2) and is_wabisabi(seen)) or is_an_exchanges(transaction, view):
        return
    value, number = seen.most
    text = f"a coinjoin as by Wasabi 1: {number} outputs of {value} satoshi, {len(seen.paid)} inputs."
    yield about(transaction, text + ZKSNACKS.told(transaction))


def is_zerolink(seen: Shape) -> bool:
    """Whether a transaction has the shape, whenever it was made."""
    _, number = seen.most
    if len(seen.paid) < number or number < 3 or not is_from_many(seen):
        return False
    if COORDINATOR & seen.payees.keys():
        return True
    near = max((count for value, count in seen.counts.items() if abs(value - BASE) <= NEAR), default=0)
    return (
        near == number >= EQUAL
        and 4 * min(len(seen.payers), len(seen.payees)) >= 3 * number
        and seen.paid_kinds == seen.made_kinds == {"p2wpkh"}
        and sum(count == 1 for count in seen.counts.values()) >= 2
    )


def is_from_many(seen: Shape) -> bool:
    """Whether no address gives too many of the inputs, and enough of the outputs go to addresses of their own."""
    is_one = seen.top > 1 and 100 * seen.top > GIVEN * len(seen.paid)
    return not is_one and 100 * seen.reuse <= REUSED * len(seen.made)
