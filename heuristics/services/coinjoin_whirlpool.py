"""Whirlpool: mixes of Samourai and Ashigaru, five to eight inputs and as many outputs of one pool's value."""

from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.model.finding import AnyFinding
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.services.coinjoin_shape import Coordinator, Launch, Shape, about, is_since, shape

WHIRLPOOL = Launch(570_000, 1_555_518_009)
"""The height of Dumplings (`FirstSamouraiBlock`), and the first mix: 2019-04-17 16:20:09 UTC (crocs-muni)."""

SAMOURAI = Coordinator("Samourai's coordinator", 1_714_003_200)
"""Its last mixes are of 2024-04-24 (crocs-muni). Ashigaru's pools have values of their own."""


class Pool(NamedTuple):
    """A pool: what each output is worth and what a TX0 pays to enter, in satoshi (0: not known), and since when."""

    value: int
    fee: int
    since: int = 0


POOLS = (
    Pool(100_000, 5_000),
    Pool(1_000_000, 50_000),
    Pool(5_000_000, 175_000),
    Pool(50_000_000, 1_750_000),
    Pool(2_500_000, 0, 1_748_690_165),
    Pool(25_000_000, 0, 1_749_173_524),
)
"""Samourai's pools with their fees (graphsense-lib), and Ashigaru's, which began on 2025-05-31 and 2025-06-06
(crocs-muni)."""

PREMIUM = (100, 110_000)
"""By how much a premix output is larger than its pool's value, at least and at most, in satoshi (graphsense-lib)."""

PARTIES = (5, 8)


def coinjoin_whirlpool(transaction: Transaction, view: View) -> Iterator[AnyFinding]:  # noqa: ARG001  # a rule's signature
    """A mix of Whirlpool: five to eight inputs, and as many outputs, all of the value of one pool.

    Each input is P2WPKH and has the pool's value (a coin that is mixed again) or 100 to 110,000 satoshi more (a new
    one, which pays the fee); there is one of each, at least. No address occurs twice. From height 570,000 on, or from
    2019-04-17 where no height is known; the pools of Ashigaru from their first mixes on, by the time. The name is that
    of the protocol: of a mix in a pool of Samourai's after 2024-04-24, the day of the last that is known, the finding
    says so. Inputs of unknown value: it says nothing. A trace goes on by its method.
    Source: Stuetz et al. 2022 (SCDH), as Dumplings and graphsense-lib widened it to mixes of more than five.
    Known failures: the first mix of a pool, which has no coin to mix again; pools of other values.
    Measured (docs/accuracy.md): of 736 mixes of March 2024 all, of five, six, seven and eight parties.
    """
    seen = shape(transaction)
    found = None if seen is None or not is_since(transaction, WHIRLPOOL) else pool(seen)
    if seen is not None and found is not None and is_open(found, transaction):
        text = f"a coinjoin as by Whirlpool: {len(seen.made)} inputs and outputs, in the pool of {found.value} satoshi."
        yield about(transaction, text + ("" if found.since else SAMOURAI.told(transaction)))


def is_open(found: Pool, transaction: Transaction) -> bool:
    """Whether a pool existed; of Ashigaru's the time must be known."""
    return not found.since or (transaction.time is not None and transaction.time >= found.since)


def pool(seen: Shape) -> Pool | None:
    """The pool of a transaction that has the shape, whenever it was made; None for another shape."""
    number, values = len(seen.made), seen.values
    if values is None or not PARTIES[0] <= number <= PARTIES[1] or len(values) != number or len(seen.counts) > 1:
        return None
    if seen.reuse or len(seen.payers) < number or seen.paid_kinds != {"p2wpkh"}:
        return None
    found = next((one for one in POOLS if one.value == seen.made[0]), None)
    if found is None:
        return None
    more = [value - found.value for value in values if value != found.value]
    return found if 0 < len(more) < number and all(PREMIUM[0] <= one <= PREMIUM[1] for one in more) else None
