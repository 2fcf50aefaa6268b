"""An account's movements as the store on disk hands them over: read at once, made one by one when looked at."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import lt
from typing import Any, overload

from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import PENDING_RANK, Leg, Movement, Transaction, Transfer
from chaintrace.store.sqlite_cells import KINDS, STATUSES, text_of, value_of
from chaintrace.store.sqlite_tellings import Row

TOUCHING = f"""
SELECT CASE WHEN f.rank IS NOT NULL THEN f.rank WHEN f.block_id IS NULL THEN {PENDING_RANK} ELSE
    COALESCE(f.height, f.time, 0) END, f.position, f.place, f.id, f.lead_id, f.more, f.source_id, f.block_id, f.txid,
    b.hash, f.height, f.time, f.status, f.index_text, f.kind, f.value, f.from_id, f.to_id, h.name
FROM touches x CROSS JOIN transfers f ON f.id = x.transfer_id
LEFT JOIN blocks b ON b.id = f.block_id
LEFT JOIN holdings h ON h.id = CASE f.from_id WHEN x.holding_id THEN f.to_id ELSE f.from_id END
WHERE x.holding_id = ? AND b.orphaned_at IS NULL"""  # noqa: S608  # a number of ours
"""What touches an account: first what decides the order, then which row it is, then what it says."""

NUMBER, LEAD, MORE, SOURCE, BLOCK = 3, 4, 5, 6, 7
"""Places in a row of `TOUCHING`."""


class Movements(Sequence[Movement]):
    """A tuple of movements of which some are rows still; `make` makes a movement of a row, which is then kept."""

    __slots__ = ("_items", "_make")

    def __init__(self, items: list[Movement | Row], make: Callable[[Row], Movement]) -> None:
        self._items = items
        self._make = make

    def __len__(self) -> int:
        """How many there are."""
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> Movement: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Movement]: ...

    def __getitem__(self, place: int | slice) -> Movement | Sequence[Movement]:
        """One of them, or a tuple of several."""
        if isinstance(place, slice):
            return tuple(self._one(number) for number in range(*place.indices(len(self._items))))
        return self._one(place)

    def __iter__(self) -> Iterator[Movement]:
        """All of them, in order."""
        return map(self._one, range(len(self._items)))

    def __eq__(self, other: object) -> bool:
        """Whether another sequence of movements has the same."""
        if not isinstance(other, (Movements, tuple)):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """The hash of the tuple that it stands for."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """What the tuple that it stands for looks like."""
        return repr(tuple(self))

    def _one(self, place: int) -> Movement:
        """The movement at a place."""
        item = self._items[place]
        if type(item) is Movement:
            return item
        made = self._items[place] = self._make(item)
        return made


def in_order(items: list[Movement | Row]) -> list[Movement | Row]:
    """Rows and movements in chain order; what is stored in that order, as most is, costs one look."""
    orders = [item[0] if type(item) is Movement else item[:3] for item in items]
    if all(map(lt, orders, islice(orders, 1, None))):
        return items
    return sorted(items, key=_order)


def _order(item: Movement | Row) -> tuple[Any, str, str]:
    """Where a movement stands in its chain; its names part what two sources put in one place."""
    if isinstance(item, Movement):
        return item.order, item.transaction.txid, item.transfer.index
    return item[:3], text_of(item[8]), item[13]


def movement(row: Row, number: int, account: Account, source: Source) -> Movement:
    """The movement of an account whose holding has a number, from a row that is a whole transaction."""
    rank, position, place, _, _, _, _, block_id, txid, block_hash, height, time, status, index, kind = row[:15]
    kept, sender, receiver, name = row[15:]
    asset: Asset = account.asset
    value = value_of(kept)
    own = (Leg(value, account, account.address),)
    other = own if name is None else (Leg(value, Account(name, asset), name),)
    inputs = () if sender is None else own if sender == number else other
    outputs = () if receiver is None else own if receiver == number else other
    order = (rank, position, place)
    transfer = Transfer(index, KINDS[kind], asset, inputs, outputs, order)
    block = None if block_id is None else Block(height, text_of(block_hash or ""), time)
    whole = Transaction(asset.chain, text_of(txid), block, position, (transfer,), STATUSES[status], source)
    return Movement(order, whole, transfer)
