"""Where the inputs of one UTXO transaction come to lie, piece by piece, under FIFO or LIFO (M7).

Both methods cut by position alone. So what an output takes, here and in every later transaction, is a few windows of
the inputs laid end to end, and pieces of other value between them, whatever the order of those inputs is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Lot, Origin
from chaintrace.model.transaction import Leg, Movement, Order, Transaction
from chaintrace.model.view import View
from chaintrace.tracing.orders import Window

MOST_TRANSACTIONS = 300
"""Later transactions through which the pieces of one are followed, at most."""


class Piece(NamedTuple):
    """Value in base units: from `start` on in the inputs that vary, or of one origin elsewhere (`start` is None)."""

    value: int
    start: int | None
    origin: Origin = None


class Landing(NamedTuple):
    """An output (`leg`), or the fee (None), that takes some of the pieces; `depth` counts transactions from 0."""

    transaction: Transaction
    leg: Leg | None
    pieces: tuple[Piece, ...]
    depth: int

    @property
    def name(self) -> str:
        """The vout, or `fee`."""
        return "fee" if self.leg is None else str(self.leg.index)

    @property
    def windows(self) -> list[Window]:
        """What it takes of the inputs that vary."""
        return [(piece.start, piece.start + piece.value) for piece in self.pieces if piece.start is not None]

    def fixed(self, origin: str) -> int:
        """How much of an origin it takes from elsewhere, whatever the order, in base units."""
        return sum(piece.value for piece in self.pieces if piece.start is None and piece.origin == origin)


Seen = Mapping[tuple[str, str], tuple[Movement, Sequence[Sequence[Lot]]]]
"""The transactions that a run saw, each with the lots that every input brought, by (chain, txid)."""


def landings(
    view: View, method: str, first: Movement, seen: Seen, goes_on: Callable[[Landing], bool]
) -> Iterator[Landing]:
    """Every output and fee that takes some of the first transaction's inputs, as far as `goes_on` allows.

    `seen` gives the lots of the inputs that do not vary. A transaction with an input of unknown value ends its branch.
    """
    total = sum(leg.value or 0 for leg in first.transfer.inputs)
    held: dict[OutPoint, tuple[Piece, ...]] = {}
    waiting: list[tuple[Order, str]] = [(first.order, first.transaction.txid)]
    movements = {first.transaction.txid: (first, 0)}
    done: set[str] = set()
    while waiting and len(done) < MOST_TRANSACTIONS:
        _, txid = heappop(waiting)
        movement, depth = movements[txid]
        if txid in done or any(leg.value is None for leg in movement.transfer.inputs):
            continue
        done.add(txid)
        pieces = [Piece(total, 0)] if movement is first else _pieces(movement, held, seen)
        for landing in _draw(movement, method, pieces, depth):
            yield landing
            spender = _spender(view, landing) if goes_on(landing) else None
            if spender is not None and landing.leg is not None and isinstance(landing.leg.holding, OutPoint):
                held[landing.leg.holding] = landing.pieces
                movements.setdefault(spender.transaction.txid, (spender, depth + 1))
                heappush(waiting, (spender.order, spender.transaction.txid))


def _spender(view: View, landing: Landing) -> Movement | None:
    if landing.leg is None or not isinstance(landing.leg.holding, OutPoint):
        return None
    found = view.spender(landing.leg.holding)
    if not isinstance(found, Transaction) or found.utxo is None:
        return None
    return Movement(found.utxo.order, found, found.utxo)


def _pieces(movement: Movement, held: Mapping[OutPoint, tuple[Piece, ...]], seen: Seen) -> list[Piece]:
    """The inputs of a later transaction end to end: what varies as held, the rest as the run saw it."""
    tx = movement.transaction
    known = seen.get((tx.chain, tx.txid))
    out: list[Piece] = []
    for place, leg in enumerate(movement.transfer.inputs):
        varies = held.get(leg.holding) if isinstance(leg.holding, OutPoint) else None
        if varies is not None:
            out.extend(varies)
        elif known is not None:
            out.extend(Piece(lot.value, None, lot.origin) for lot in known[1][place])
        else:
            out.append(Piece(leg.value or 0, None))
    return out


def _draw(movement: Movement, method: str, pieces: list[Piece], depth: int) -> Iterator[Landing]:
    """What each output takes in vout order, and the fee what is left; only those that take what varies."""
    for leg in (*movement.transfer.outputs, None):
        held = sum(piece.value for piece in pieces)
        wanted = held if leg is None else leg.value or 0
        if method == "fifo":
            taken, pieces = _cut(pieces, wanted)
        else:
            pieces, taken = _cut(pieces, held - wanted)
        if any(piece.start is not None for piece in taken):
            yield Landing(movement.transaction, leg, tuple(taken), depth)


def _cut(pieces: Sequence[Piece], place: int) -> tuple[list[Piece], list[Piece]]:
    """The pieces before and after a place."""
    before: list[Piece] = []
    after: list[Piece] = []
    for piece in pieces:
        room = max(0, min(place, piece.value))
        place -= piece.value
        if room:
            before.append(piece._replace(value=room))
        if room < piece.value:
            start = None if piece.start is None else piece.start + room
            after.append(Piece(piece.value - room, start, piece.origin))
    return before, after
