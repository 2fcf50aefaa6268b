"""One history, told by several sources: what each of them tells, and row by row where they differ. Nothing is averaged.

Transfers are matched by what they move (txid, asset, from, to, value; equal ones by their number), for two lists may
name one transfer by different indexes. What is left of one transaction is held against what is left of it elsewhere.
Pure: transactions in, differences out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple, TypeAlias

from chaintrace.model.chain import Asset
from chaintrace.model.transaction import Transaction, Transfer


class Row(NamedTuple):
    """One movement of an address as a source tells it. `value` is in base units, None where it is not told.

    `place` is an outpoint on UTXO chains, `""` elsewhere; `sender` and `receiver` are `""` where there is none.
    `time` is Unix seconds (UTC).
    """

    txid: str
    asset: Asset
    place: str
    sender: str
    receiver: str
    value: int | None
    status: str
    height: int | None
    time: int | None


class Differs(NamedTuple):
    """One thing that two sources tell differently: which, and what each of them says (None: it does not say)."""

    what: str
    first: str | int | None
    second: str | int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A movement that only one of two sources tells (`only_in` says which), or that they tell differently.

    `first`, `second` and `only_in` are places in the list of sources, from 0. `row` is the telling of the first source
    that has it.
    """

    first: int
    second: int
    row: Row
    only_in: int | None = None
    differs: tuple[Differs, ...] = ()


class Sum(NamedTuple):
    """What a source tells of one asset: how many movements, and base units received and sent.

    `untold` counts the movements of which it does not tell the value.
    """

    asset: Asset
    movements: int
    received: int
    sent: int
    untold: int


_Key: TypeAlias = tuple[object, ...]


def rows(transactions: Iterable[Transaction], address: str, contracts: frozenset[str] | None) -> tuple[Row, ...]:
    """The movements of an address in these assets (None: in all), in chain order; a self-transfer is one."""
    found = [
        (transfer.order, row)
        for transaction in transactions
        for transfer in transaction.transfers
        if contracts is None or transfer.asset.contract in contracts
        for row in _moves(transaction, transfer, address)
    ]
    return tuple(row for _, row in sorted(found, key=lambda one: (one[0], one[1].txid)))


def _moves(transaction: Transaction, transfer: Transfer, address: str) -> Iterator[Row]:
    """The rows of one transfer that touch the address."""
    told = (transaction.status, transaction.height, transaction.time)
    txid, asset = transaction.txid, transfer.asset
    if transfer.kind == "utxo":
        for leg in transfer.inputs:
            if leg.address == address:
                yield Row(txid, asset, f"spends {leg.holding}", address, "", leg.value, *told)
        for leg in transfer.outputs:
            if leg.address == address:
                yield Row(txid, asset, f"output {leg.index}", "", address, leg.value, *told)
        return
    sender = transfer.inputs[0].address if transfer.inputs else ""
    receiver = transfer.outputs[0].address if transfer.outputs else ""
    if address in {sender, receiver}:
        yield Row(txid, asset, "", sender, receiver, transfer.value, *told)


def sums(told: Iterable[Row], address: str) -> tuple[Sum, ...]:
    """Count and sums of each asset, by contract."""
    by_asset: dict[str, list[Row]] = defaultdict(list)
    for row in told:
        by_asset[row.asset.contract].append(row)
    return tuple(
        Sum(
            found[0].asset,
            len(found),
            sum(row.value or 0 for row in found if row.receiver == address),
            sum(row.value or 0 for row in found if row.sender == address),
            sum(row.value is None for row in found),
        )
        for _, found in sorted(by_asset.items())
    )


def differences(sources: Sequence[Sequence[Row]]) -> tuple[Difference, ...]:
    """Every difference between each two sources, those of one pair in the order of time."""
    return tuple(
        difference
        for first, second in combinations(range(len(sources)), 2)
        for difference in _between(first, second, sources[first], sources[second])
    )


def _between(first: int, second: int, ours: Sequence[Row], theirs: Sequence[Row]) -> list[Difference]:
    """The differences of one pair."""
    left, right = _numbered(ours), _numbered(theirs)
    found = [
        Difference(first, second, row, differs=differs)
        for key, row in left.items()
        if key in right and (differs := _differs(row, right[key]))
    ]
    rest = [row for key, row in left.items() if key not in right]
    others: dict[_Key, list[Row]] = defaultdict(list)
    for key, row in right.items():
        if key not in left:
            others[_place(row)].append(row)
    for row in rest:
        near = min(others[_place(row)], key=lambda other: len(_differs(row, other)), default=None)
        if near is None:
            found.append(Difference(first, second, row, only_in=first))
        else:
            others[_place(row)].remove(near)
            found.append(Difference(first, second, row, differs=_differs(row, near)))
    found += [Difference(first, second, row, only_in=second) for several in others.values() for row in several]
    return sorted(found, key=lambda one: (one.row.time is None, one.row.time or 0, one.row.height or 0, one.row.txid))


def _numbered(told: Iterable[Row]) -> dict[_Key, Row]:
    """The rows by what they move, equal ones numbered."""
    seen: Counter[_Key] = Counter()
    found: dict[_Key, Row] = {}
    for row in told:
        key = (*_place(row), row.sender, row.receiver, row.value)
        found[(*key, seen[key])] = row
        seen[key] += 1
    return found


def _place(row: Row) -> _Key:
    """What two tellings of one movement cannot differ in: then they are two movements."""
    return (row.txid, row.asset.contract, row.place)


def _differs(row: Row, other: Row) -> tuple[Differs, ...]:
    """In what two tellings of one movement differ. A height or a time that one of them does not tell is none."""
    told = (
        Differs("from", row.sender, other.sender),
        Differs("to", row.receiver, other.receiver),
        Differs("value", row.value, other.value),
        Differs("status", row.status, other.status),
        Differs("height", row.height, other.height),
        Differs("time", row.time, other.time),
    )
    silent = {"height", "time"}
    return tuple(
        one for one in told if one.first != one.second and not (one.what in silent and None in (one.first, one.second))
    )
