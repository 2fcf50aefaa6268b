"""Which payments fit what a victim has: every one of them, with the reasons, and how near the others come.

Pure: transactions and clues in, candidates out. Nothing is chosen here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from chaintrace.case.locating.half_address import Half
from chaintrace.case.locating.local_time import Window
from chaintrace.case.locating.shown_amount import Fit, Reading, fits
from chaintrace.model.chain import Asset
from chaintrace.model.transaction import Transaction, Transfer


class Payment(NamedTuple):
    """One transfer, or one output of a UTXO transaction, that may be somebody's payment.

    `index` names it (M1; an output's number), `value` is in base units. `senders` are the addresses of the inputs, none
    of a mint; `receiver` is `""` where nobody holds it.
    """

    transaction: Transaction
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    asset: Asset
    value: int
    senders: tuple[str, ...]
    receiver: str
    order: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of a payment. `contracts` are the assets that it may be in (None: any), by contract."""

    amounts: tuple[Reading, ...]
    window: Window
    fees: tuple[Reading, ...] = ()
    address: str = ""
    half: Half | None = None
    contracts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment that fits every clue. `fits` are the ways in which its amount does, best first.

    `address_is` and `half_is` say where the whole and the half address stand: sender, recipient, or both.
    """

    payment: Payment
    fits: tuple[Fit, ...]
    address_is: tuple[str, ...]
    half_is: tuple[str, ...]


@dataclass(slots=True)
class Near:
    """How many payments the sources hold, and how many fit when one clue is left out. `begin` and `end` are Unix, UTC.

    `letter_case` counts those that fit when capital and small letters of the half address are one.
    """

    payments: int = 0
    in_window: int = 0
    without_time: int = 0
    without_amount: int = 0
    without_address: int = 0
    without_asset: int = 0
    letter_case: int = 0
    begin: int | None = None
    end: int | None = None


def payments(transaction: Transaction) -> Iterator[Payment]:
    """The payments of a transaction: each transfer but fees and tokens that are one of a kind; each output."""
    for transfer in transaction.transfers:
        if transfer.kind == "utxo":
            yield from _outputs(transaction, transfer)
        elif transfer.kind != "fee" and transfer.token_id is None and transfer.value is not None:
            senders = tuple(leg.address for leg in transfer.inputs if leg.address)
            receiver = transfer.outputs[0].address if transfer.outputs else ""
            yield Payment(
                transaction, transfer.index, transfer.asset, transfer.value, senders, receiver, transfer.order
            )


def _outputs(transaction: Transaction, transfer: Transfer) -> Iterator[Payment]:
    senders = tuple(dict.fromkeys(leg.address for leg in transfer.inputs if leg.address))
    for leg in transfer.outputs:
        if leg.value is not None:
            index = str(leg.index)
            yield Payment(transaction, index, transfer.asset, leg.value, senders, leg.address, transfer.order)


def candidates(found: Iterable[Payment], clues: Clues) -> tuple[Candidate, ...]:
    """Every payment that fits, the best fit of the amount first, then in chain order.

    What has no time, because it is pending or the source does not tell, fits every window.
    """
    fitting = [made for payment in found if (made := _candidate(payment, clues)) is not None]
    return tuple(sorted(fitting, key=lambda one: (one.fits[0].rank, one.payment.order, one.payment.transaction.txid)))


def _candidate(payment: Payment, clues: Clues) -> Candidate | None:
    if not (_in_time(payment, clues.window) and _is_asset(payment, clues)):
        return None
    fitting = fits(payment.value, payment.asset.decimals, clues.amounts, clues.fees)
    if not fitting or not _is_address(payment, clues):
        return None
    half = clues.half
    return Candidate(
        payment,
        fitting,
        _stands(payment, [clues.address] if clues.address else []),
        _stands(payment, [one for one in (*payment.senders, payment.receiver) if half and half.fits(one)]),
    )


def nearly(found: Iterable[Payment], clues: Clues) -> Near:
    """How near the payments of the sources come, for those who found none."""
    near = Near()
    for payment in found:
        near.payments += 1
        time = payment.transaction.time
        if time is not None:
            near.begin = time if near.begin is None else min(near.begin, time)
            near.end = time if near.end is None else max(near.end, time)
        in_time, is_asset = _in_time(payment, clues.window), _is_asset(payment, clues)
        is_address = _is_address(payment, clues)
        has_amount = bool(fits(payment.value, payment.asset.decimals, clues.amounts, clues.fees))
        near.in_window += in_time
        near.without_time += is_asset and is_address and has_amount
        near.without_amount += in_time and is_asset and is_address
        near.without_address += in_time and is_asset and has_amount
        near.without_asset += in_time and is_address and has_amount
        near.letter_case += in_time and is_asset and has_amount and _is_address(payment, clues, any_case=True)
    return near


def _in_time(payment: Payment, window: Window) -> bool:
    time = payment.transaction.time
    return time is None or window.begin <= time <= window.end


def _is_asset(payment: Payment, clues: Clues) -> bool:
    return clues.contracts is None or payment.asset.contract in clues.contracts


def _is_address(payment: Payment, clues: Clues, *, any_case: bool = False) -> bool:
    """Whether the whole address is one of its sides, and the half one too."""
    sides = (*payment.senders, payment.receiver)
    if clues.address and clues.address not in sides:
        return False
    return clues.half is None or any(clues.half.fits(side, any_case=any_case) for side in sides if side)


def _stands(payment: Payment, addresses: Iterable[str]) -> tuple[str, ...]:
    """On which sides of a payment these addresses stand."""
    wanted = set(addresses) - {""}
    sides = (("sender", not wanted.isdisjoint(payment.senders)), ("recipient", payment.receiver in wanted))
    return tuple(side for side, is_there in sides if is_there)
