"""TX0: what a wallet does before Whirlpool, cutting its coins into equal ones and paying for the pool."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.model.chain import OutPoint
from chaintrace.model.finding import AnyFinding
from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View
from heuristics.services.coinjoin_shape import about, is_note, is_since, shape
from heuristics.services.coinjoin_whirlpool import POOLS, PREMIUM, WHIRLPOOL, Pool, is_open, pool

MOST = 70
"""So many premix outputs a TX0 has at most (graphsense-lib)."""

BESIDE, PAID = 2, 3
"""So many other outputs stand beside them at most, the fee and the change; one more where the fee is paid exactly, for
two changes tell nothing else then."""

NOTES = frozenset({66, 83})
"""The bytes of the OP_RETURN's script: 64 or 80 of data with what pushes them. All 378 that were measured have one."""


class Premix(NamedTuple):
    """A pool, the outputs that are cut for it, all of one value, and the values of the others."""

    pool: Pool
    outputs: tuple[Leg, ...]
    beside: tuple[int, ...]

    @property
    def pays(self) -> bool:
        """Whether an output beside is the pool's fee, to the satoshi."""
        return self.pool.fee in self.beside and bool(self.pool.fee) and len(self.beside) <= PAID

    @property
    def may_pay(self) -> bool:
        """Whether an output beside is half of the pool's fee to three times it."""
        fee = self.pool.fee
        return len(self.beside) <= BESIDE and any(bool(fee) and fee <= 2 * value <= 6 * fee for value in self.beside)


def whirlpool_tx0(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A TX0: one wallet's preparation for Whirlpool, and no coinjoin. Its inputs were probably one wallet's.

    There is one OP_RETURN. The most frequent value that is 100 to 110,000 satoshi more than a pool's is that of the
    premix outputs: 1 to 70. One of no more than three others is the pool's fee to the satoshi; or, of no more than two,
    half of it to three times it, for fees are discounted and change, and the OP_RETURN has 64 or 80 bytes; or else one
    of the premix outputs is spent in a mix that the sources hold. From height 570,000 on, or from 2019-04-17 where no
    height is known.
    Source: graphsense-lib (`_whirlpool_tx0_heuristic`), which asks for exactly one output in the window of the fee and
    so misses every TX0 whose change lies in it too.
    Known failures: a payment of the same amounts with an OP_RETURN; TX0s that pay a discounted fee beside two changes
    are passed over, but for their mixes; TX0s of Ashigaru's pools, whose fee is not known here, are found by their
    mixes alone.
    Measured (docs/accuracy.md): of 378 TX0s of 2022 to 2024 all, none of them called a coinjoin.
    """
    transfer = transaction.utxo
    if transfer is None or not transfer.inputs or not is_since(transaction, WHIRLPOOL):
        return
    notes = [leg for leg in transfer.outputs if is_note(leg)]
    if len(notes) != 1:
        return
    is_usual = not notes[0].script or len(notes[0].script) // 2 in NOTES
    others = [leg for leg in transfer.outputs if not is_note(leg)]
    cut = [one for one in premixes(others) if is_open(one.pool, transaction)]
    paid = [one for one in cut if one.pays] or [one for one in cut if is_usual and one.may_pay]
    for found in paid or [one for one in cut if _is_mixed(one, view)]:
        number, value = len(found.outputs), found.pool.value
        text = f"a preparation for Whirlpool (TX0): {number} outputs for the pool of {value} satoshi. No coinjoin."
        yield about(transaction, text)
        return


def premixes(outputs: list[Leg]) -> Iterator[Premix]:
    """The outputs that may have been cut for a pool, for each pool with few enough of them and few enough others."""
    for one in POOLS:
        counts = Counter(
            leg.value for leg in outputs if leg.value and PREMIUM[0] <= leg.value - one.value <= PREMIUM[1]
        )
        if not counts:
            continue
        value = max(counts, key=lambda value: (counts[value], value))
        beside = tuple(leg.value or 0 for leg in outputs if leg.value != value)
        if counts[value] <= MOST and len(beside) <= PAID:
            yield Premix(one, tuple(leg for leg in outputs if leg.value == value), beside)


def _is_mixed(found: Premix, view: View) -> bool:
    """Whether a mix of the pool spends one of the premix outputs, as far as the sources know."""
    for leg in found.outputs:
        spender = view.spender(leg.holding) if isinstance(leg.holding, OutPoint) else None
        seen = shape(spender) if isinstance(spender, Transaction) else None
        if seen is not None and pool(seen) == found.pool:
            return True
    return False
