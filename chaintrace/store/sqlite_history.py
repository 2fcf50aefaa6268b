"""An account's movements as the store on disk hands them over: read at once, made one by one when looked at."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import lt
from typing import Any, overload

from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import PENDING_RANK, Leg, Movement, Transaction, Transfer
from chaintrace.store.sqlite_cells import ACCOUNT, KINDS, STATUSES, text_of, value_of
from chaintrace.store.sqlite_tellings import Row

PAYS, GETS, OTHER = 1, 2, 4

TOUCHING = f"""
SELECT CASE WHEN f.rank IS NOT NULL THEN f.rank WHEN f.block_id IS NULL THEN {PENDING_RANK} ELSE
    COALESCE(f.height, f.time, 0) END, f.position, f.place, f.txid, f.index_text,
    CASE WHEN f.lead_id IS NULL AND f.more = 0 THEN NULL ELSE COALESCE(f.lead_id, f.id) END,
    f.id, f.source_id, f.block_id, b.hash, f.height, f.time, f.status, f.kind, f.value,
    CASE WHEN f.from_id IS f.to_id THEN {PAYS | GETS} WHEN f.from_id = x.holding_id THEN
        {PAYS} + (f.to_id IS NOT NULL) * {OTHER} ELSE {GETS} + (f.from_id IS NOT NULL) * {OTHER} END,
    h.name
FROM touches x CROSS JOIN transfers f ON f.id = x.transfer_id
LEFT JOIN blocks b ON b.id = f.block_id
LEFT JOIN holdings h ON h.id = CASE f.from_id WHEN x.holding_id THEN f.to_id ELSE f.from_id END
WHERE x.holding_id = (SELECT id FROM holdings WHERE name = ? AND vout = {ACCOUNT} AND asset_id = ?)
    AND b.orphaned_at IS NULL"""  # noqa: S608  # numbers of ours
"""What touches an account: first what decides the order, then what cannot be told from this row alone (the number of
the transaction), then what it says: of the account whether it PAYS, GETS, and whether there is an OTHER side."""

WHOLE, NUMBER, SOURCE, BLOCK = 5, 6, 7, 8
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
    return item[:3], text_of(item[3]), item[4]


def movement(row: Row, account: Account, source: Source) -> Movement:
    """The movement of an account from a row that is a whole transaction. Raises ValueError for a name that is lost."""
    rank, position, place, txid, index, _, _, _, block_id, block_hash, height, time, status, kind, kept, side, name = (
        row
    )
    asset, value = account.asset, value_of(kept)
    own = (Leg(value, account, account.address),)
    other: tuple[Leg, ...] = ()
    if side & OTHER:
        if name is None:
            message = "a holding without a name"
            raise ValueError(message)
        other = (Leg(value, Account(name, asset), name),)
    order = (rank, position, place)
    inputs, outputs = own if side & PAYS else other, own if side & GETS else other
    transfer = Transfer(index, KINDS[kind], asset, inputs, outputs, order, asset.token_id)
    block = None if block_id is None else Block(height, text_of(block_hash or ""), time)
    whole = Transaction(asset.chain, text_of(txid), block, position, (transfer,), STATUSES[status], source)
    return Movement(order, whole, transfer)
