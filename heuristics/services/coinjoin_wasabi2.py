"""Wasabi 2: rounds of WabiSabi coinjoins, values taken from one list of denominations."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from chaintrace.model.finding import AnyFinding
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.services.coinjoin_shape import Coordinator, Launch, Shape, about, is_since, shape

WASABI2 = Launch(741_213, 1_655_516_280)
"""The height of Dumplings (`FirstWasabi2Block`), and the first round of zkSNACKs: 2022-06-18 01:38 UTC (crocs-muni)."""

ZKSNACKS = Coordinator("zkSNACKs' coordinator", 1_717_372_800)
"""Its last round is of 2024-06-02; others began before that and run on (crocs-muni)."""

LEAST, LARGEST = 5_000, 134_375_000_000
"""Between these, in satoshi, lie all denominations (Dumplings); no output of a round is smaller (graphsense-lib)."""

INPUTS = 5
"""With fewer inputs there is nothing to hide among. The smallest emulated round has 13."""


def coinjoin_wasabi2(transaction: Transaction, view: View) -> Iterator[AnyFinding]:  # noqa: ARG001  # a rule's signature
    """A round of Wasabi 2 (WabiSabi), of five inputs or more: sorted, and in the denominations of the protocol.

    All inputs are P2WPKH or P2TR. The values of the outputs fall (those of the inputs do too, but files do not number
    inputs, so that their order is not asked for). More than four outputs in five have a value of 2^i, 3^i, 2*3^i, 10^i,
    2*10^i or 5*10^i satoshi between 5,000 and 134,375,000,000, and no output is smaller. Three values or more occur
    twice, half of the outputs have such a value, and one has not. No address is paid twice, none pays for more than one
    input in ten, or two of less than twenty, and no input signals that it may be replaced. From height 741,213 on, or
    from 2022-06-18 where no height is known; after 2024-06-02, the day of zkSNACKs' last round, the finding
    says so. Inputs of unknown value: it says nothing. A trace goes on by its method.
    Source: Dumplings (nopara73/Dumplings) for the order of the outputs and the denominations; graphsense-lib for what
    is repeated.
    Known failures: a round in which no output is repeated, or each of them; payments made to look so.
    Measured (docs/accuracy.md): of 6 emulated rounds of 13 to 31 inputs all, and none of the 329 other transactions of
    that chain; of real rounds one of one.
    """
    seen = shape(transaction)
    if seen is not None and is_since(transaction, WASABI2) and is_wabisabi(seen):
        values = sum(count > 1 for count in seen.counts.values())
        text = f"a coinjoin as by Wasabi 2: {len(seen.paid)} inputs, {len(seen.made)} outputs, {values} values twice."
        yield about(transaction, text + ZKSNACKS.told(transaction))


def denominations() -> frozenset[int]:
    """The values that the protocol prefers, in satoshi."""
    makers: tuple[Callable[[int], int], ...] = (
        lambda power: 2**power,
        lambda power: 3**power,
        lambda power: 2 * 3**power,
        lambda power: 10**power,
        lambda power: 2 * 10**power,
        lambda power: 5 * 10**power,
    )
    made = (make(power) for make in makers for power in range(LARGEST.bit_length()))
    return frozenset(value for value in made if LEAST <= value <= LARGEST)


DENOMINATIONS = denominations()


def is_wabisabi(seen: Shape) -> bool:
    """Whether a transaction has the shape, whenever it was made."""
    values, made = seen.values, seen.made
    if values is None or len(values) < INPUTS or not seen.paid_kinds <= {"p2wpkh", "p2tr"} or not seen.is_final:
        return False
    if min(made) < LEAST or len(seen.payees) < len(made) or not seen.is_mostly_fresh:
        return False
    if not _falls(made):
        return False
    repeated = [count for count in seen.counts.values() if count > 1]
    standard = sum(value in DENOMINATIONS for value in made)
    return 5 * standard > 4 * len(made) and len(repeated) >= 3 and len(made) - 1 <= 2 * sum(repeated) < 2 * len(made)


def _falls(values: tuple[int, ...]) -> bool:
    """Whether no value is larger than the one before."""
    return all(one >= other for one, other in pairwise(values))
