"""What leaves an account and what had come before: outflows that pass deposits on, each told by integers alone."""

from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from chaintrace.model.transaction import PENDING_RANK, Movement
from chaintrace.model.view import History

DAY = 86_400
"""Seconds within which a deposit is passed on."""

BLOCKS = 3_200
"""The same in blocks, where a source has no times: Tutela's t_max, about half a day on Ethereum then."""

GAS = 10**16
"""What may be missing of a deposit of the native asset whose fee nobody told, in base units: 0.01 of an asset with 18
decimals, Tutela's a_max. Of other assets nothing may be missing."""

NATIVE_DECIMALS = 18
NEWEST = 64
"""So many deposits, the newest first, are held against an outflow whose fee nobody told."""


class Outflow(NamedTuple):
    """One outflow: its txid, to whom, its value in base units, and whether it answers the deposits before it."""

    txid: str
    to: str
    value: int
    strict: bool
    batch: bool


class Deposit(NamedTuple):
    """One inflow: when it came (Unix seconds, or a height where there are no times), and its value in base units."""

    time: int | None
    height: int | None
    value: int
    payer: str


def outflows(history: History) -> Iterator[Outflow]:
    """Every outflow of an account in chain order, fees and what is pending left out.

    strict: it is the very value of one deposit of the day before it, with the fee where the account paid one in the
    same asset; no deposit counts twice. batch: it is 0.9 to 1.1 times what came since the outflow before, and the last
    of that came within a day.
    """
    address, fees = history.account.address, _fees(history)
    is_wide = not history.account.asset.contract and history.account.asset.decimals == NATIVE_DECIMALS
    waiting, places, since = OrderedDict[int, Deposit](), dict[int, deque[int]](), list[Deposit]()
    for number, movement in enumerate(_paid(history)):
        transfer = movement.transfer
        value = transfer.value or 0
        if not transfer.inputs or transfer.inputs[0].address != address:
            deposit = _deposit(movement)
            waiting[number] = deposit
            places.setdefault(deposit.value, deque()).append(number)
            since.append(deposit)
            continue
        at = _deposit(movement)
        while waiting and not _is_soon(next(iter(waiting.values())), at):
            _, late = waiting.popitem(last=False)
            places[late.value].popleft()
        fee = fees.get(movement.transaction.txid)
        found = value + (fee or 0) if places.get(value + (fee or 0)) else None
        if found is None and fee is None and is_wide:
            newest = islice(reversed(waiting.values()), NEWEST)
            found = next((one.value for one in newest if 0 <= one.value - value <= GAS), None)
        if found is not None:
            del waiting[places[found].pop()]  # the newest deposit of that value is answered
        came = sum(one.value for one in since)
        batch = bool(since) and _is_soon(since[-1], at) and 9 * came <= 10 * (value + (fee or 0)) <= 11 * came
        receiver = transfer.outputs[0].address if transfer.outputs else ""
        yield Outflow(movement.transaction.txid, receiver, value, found is not None, batch)
        since.clear()


def received(history: History) -> Mapping[str, int]:
    """What came from whom, in base units; nobody is `""`."""
    found = Counter[str]()
    for movement in _paid(history):
        inputs = movement.transfer.inputs
        payer = inputs[0].address if inputs else ""
        if payer != history.account.address:
            found[payer] += movement.transfer.value or 0
    return found


def _paid(history: History) -> Iterator[Movement]:
    """The movements of value from or to others that a block holds."""
    for movement in history.movements:
        transfer = movement.transfer
        ends = [legs[0].address if legs else "" for legs in (transfer.inputs, transfer.outputs)]
        if transfer.kind != "fee" and transfer.value and ends[0] != ends[1] and movement.order[0] != PENDING_RANK:
            yield movement


def _fees(history: History) -> Mapping[str, int]:
    """What the account paid as fees in its own asset, by txid."""
    found = Counter[str]()
    for movement in history.movements:
        if movement.transfer.kind == "fee":
            found[movement.transaction.txid] += movement.transfer.value or 0
    return found


def _deposit(movement: Movement) -> Deposit:
    transaction, transfer = movement.transaction, movement.transfer
    payer = transfer.inputs[0].address if transfer.inputs else ""
    return Deposit(transaction.time, transaction.height, transfer.value or 0, payer)


def _is_soon(deposit: Deposit, at: Deposit) -> bool:
    """Whether a deposit came within a day, or where nobody told times within `BLOCKS`; without both nobody knows."""
    if deposit.time is not None and at.time is not None:
        return at.time - deposit.time <= DAY
    if deposit.height is not None and at.height is not None:
        return at.height - deposit.height <= BLOCKS
    return False
