"""Who may have paid whom inside one transaction of outputs: every reading of it is counted, exactly.

A reading deals inputs and outputs out into groups, each of which pays for its own outputs (LaurentMT, Boltzmann, 2016).
A transaction of N readings has an entropy of log2(N) bits. A link of an input and an output stands in some of them; one
that stands in all is *deterministic*: whoever spent the input paid the output, whatever the other groups are. That
holds if no participant paid another one more than is allowed for: in coinjoins of JoinMarket the taker pays the makers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from chaintrace.case.mixing.groups import STEPS, Readings

INTRAFEES = Fraction(5, 1000)
"""What a participant of a coinjoin may pay another one, as a share of the value that is mixed (Boltzmann's tests).

Measured (docs/accuracy.md) on coinjoins whose wallets are known: with it no deterministic link was wrong, without it
most were.
"""

PLACES = 12
"""Digits behind the point of an entropy."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Every reading of one transaction: how many there are, and in how many each link stands.

    `links[o][i]` is of output `o` and input `i`, in the order of the chain. `fee` is in base units, as the intrafees
    are that one participant may have been paid by the others (`maker`), or paid them (`taker`).
    """

    readings: int
    links: tuple[tuple[int, ...], ...]
    fee: int
    maker: int = 0
    taker: int = 0

    @property
    def entropy(self) -> Decimal:
        """log2 of the number of readings, in bits, to twelve places."""
        return bits(self.readings)

    @property
    def deterministic(self) -> tuple[tuple[int, int], ...]:
        """The links (output, input) that stand in every reading, where there are several.

        A single reading has one group of all, or groups of which nothing shows that others could not have been: whoever
        paid whom within it is not told.
        """
        rows = enumerate(self.links) if self.readings > 1 else ()
        return tuple((o, i) for o, row in rows for i, count in enumerate(row) if count == self.readings)

    def candidates(self, output: int) -> tuple[int, ...]:
        """The inputs that may have paid an output, in some reading."""
        return tuple(number for number, count in enumerate(self.links[output]) if count)


def bits(readings: int) -> Decimal:
    """log2 of a count of one or more, rounded half even to twelve places."""
    with localcontext(prec=60):
        return (Decimal(readings).ln() / Decimal(2).ln()).quantize(Decimal(1).scaleb(-PLACES)) + Decimal(0)


def intrafees(inputs: Sequence[int], outputs: Sequence[int], ratio: Fraction) -> tuple[int, int]:
    """What participants of a coinjoin may have paid each other, at most: (to one maker, by the taker to all others).

    `ratio` is of the value that most outputs have, the larger of two; where no two outputs are equal nobody is paid.
    Source: Boltzmann (max_cj_intrafees_ratio).
    """
    counts = Counter(outputs)
    number, value = max(((count, value) for value, count in counts.items()), default=(0, 0))
    if number < 2 or ratio <= 0:
        return 0, 0
    maker = (2 * value * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)
    return maker, maker * (min(number, len(inputs)) - 1)


def linked(inputs: Sequence[int], outputs: Sequence[int], ratio: Fraction = Fraction(0), steps: int = STEPS) -> Linked:
    """Count the readings of a transaction whose values, in base units, are all known.

    A group has inputs, and pays no more than the fee (and what a taker pays) above what it receives, and no less than
    that (less what a maker is paid). It may have no outputs: then it gave all to the fee. Raises ValueError where the
    outputs exceed the inputs or nothing is spent, and TooMany after `steps`.
    """
    fee = sum(inputs) - sum(outputs)
    if fee < 0 or not inputs:
        raise ValueError("its outputs exceed its inputs, or it spends nothing: it cannot be read this way")
    maker, taker = intrafees(inputs, outputs, ratio)
    counted = Readings(inputs, outputs, (-maker, fee + taker), steps)
    return Linked(counted.number(), counted.links(), fee, maker, taker)
