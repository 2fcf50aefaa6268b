"""What a withdrawal from a pool of equal deposits gives away: sets of earlier deposits, each with its size.

None of them says which deposit it was. The first set rests on a fact about the addresses, the others on habits.
Source: Wu et al., Tutela (2022), with the numbers of its public code.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chaintrace.model.transaction import Order

DEALINGS = 3
"""Payments between two addresses, at least, that make them linked (Tutela)."""

POOLS, PAYMENTS = 2, 3
"""Pools, and deposits in them, at least, whose numbers are compared (Tutela)."""

DAY = 86_400
"""Seconds within which the deposits lie whose numbers are compared, and the withdrawals (Tutela)."""


class Deposit(NamedTuple):
    """A deposit into a pool. `address` is who sent it, `""` where nobody told; `time` is Unix, UTC.

    `price` is what a unit of gas cost, in base units of the native asset; None where nobody told it.
    """

    pool: str
    txid: str
    order: Order
    time: int | None
    address: str
    price: int | None = None


class Withdrawal(NamedTuple):
    """A withdrawal from a pool. `address` is who received it; `relayer` who was paid for sending it (`""`: nobody).

    `sender` is who sent the transaction, and `price` what it paid for a unit of gas, where somebody told it.
    """

    pool: str
    txid: str
    order: Order
    time: int | None
    address: str
    relayer: str
    sender: str = ""
    price: int | None = None


class Reveal(NamedTuple):
    """A set of deposits of which a withdrawal may be one, and why; `strength` says how much it is worth."""

    name: str
    candidates: tuple[Deposit, ...]
    strength: str
    reason: str


def anonymity_set(deposits: Iterable[Deposit], one: Withdrawal) -> tuple[Deposit, ...]:
    """Every deposit of the pool that came before: by the protocol it may be any that was not withdrawn yet."""
    return tuple(found for found in deposits if found.pool == one.pool and found.order < one.order)


def same_address(before: Sequence[Deposit], one: Withdrawal) -> Reveal:
    """Deposits that the receiver itself had made: whoever holds its keys was on both sides."""
    found = tuple(deposit for deposit in before if deposit.address == one.address)
    return Reveal("same address", found, "strong", "the receiver itself made a deposit into the pool before")


def linked_address(before: Sequence[Deposit], one: Withdrawal, dealings: Mapping[str, int]) -> Reveal:
    """Deposits of addresses that paid the receiver, or were paid by it, three times or more outside the mixer.

    `dealings` counts those payments by the other address.
    """
    found = tuple(
        deposit for deposit in before if deposit.address != one.address and dealings.get(deposit.address, 0) >= DEALINGS
    )
    reason = f"depositor and receiver paid each other {DEALINGS} times or more outside the mixer"
    return Reveal("linked address", found, "lead", reason)


def unique_gas_price(before: Sequence[Deposit], one: Withdrawal, deposits: Iterable[Deposit]) -> Reveal:
    """The deposit that paid the very price for gas that the receiver paid, where no other deposit of the pool did.

    Only of a withdrawal that the receiver sent itself: a relayer's price says nothing of the receiver. Where the price
    of a deposit of the pool is not known, it may be the same one, so that none is unique.
    """
    pool = [found for found in deposits if found.pool == one.pool]
    unknown = sum(found.price is None for found in pool)
    reason = "it alone of the pool's deposits paid the price for gas that the receiver paid, who sent the withdrawal"
    if one.price is None or one.sender != one.address or one.relayer:
        reason = "the receiver did not send the withdrawal itself, or its price for gas is not told: nothing to compare"
    elif unknown:
        reason = f"the price for gas of {unknown} of {len(pool)} deposits of the pool is not told: none is unique"
    elif sum(found.price == one.price for found in pool) == 1:
        same = tuple(found for found in before if found.price == one.price)
        return Reveal("unique gas price", same, "lead", reason)
    return Reveal("unique gas price", (), "lead", reason)


def multi_denomination(
    before: Sequence[Deposit], one: Withdrawal, deposits: Sequence[Deposit], withdrawals: Sequence[Withdrawal]
) -> Reveal:
    """Deposits of addresses that paid as often into each pool within a day as the receiver was paid from it in a day.

    Three or more, of two pools or more; all of the deposits lie before the first withdrawal.
    """
    taken = [found for found in withdrawals if found.address == one.address]
    wanted, start = Counter(found.pool for found in taken), min((found.order for found in taken), default=one.order)
    names = set()
    if len(wanted) >= POOLS and len(taken) >= PAYMENTS and _within_a_day(taken):
        for name in {deposit.address for deposit in before} - {"", one.address}:
            own = [found for found in deposits if found.address == name]
            fits = Counter(found.pool for found in own) == wanted and all(found.order < start for found in own)
            names |= {name} if fits and _within_a_day(own) else set()
    found = tuple(deposit for deposit in before if deposit.address in names)
    reason = "the address paid as often into each pool, within a day, as the receiver was paid from it within a day"
    return Reveal("multi-denomination", found, "lead", reason)


def _within_a_day(several: Sequence[Deposit] | Sequence[Withdrawal]) -> bool:
    """Whether all of them have a time, and no two lie more than a day apart."""
    times = [found.time for found in several if found.time is not None]
    return len(times) == len(several) and max(times) - min(times) <= DAY
