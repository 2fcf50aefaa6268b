"""From transactions to the rows of the store on disk, each once, linked to the source that tells it."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store.schema import NAME, SAY, TOUCH
from chaintrace.store.sqlite_cells import (
    KIND_NUMBERS,
    MANY,
    OWN,
    SHARED,
    STATUS_NUMBERS,
    UTXO,
    cell,
    key,
    natural_rank,
    packed,
    sequenced,
    short,
)
from chaintrace.store.sqlite_numbers import Numbers

LegRow: TypeAlias = tuple[int, int, int | None, bytes | None, int, str, str, bytes | str | None]
"""side, place, holding, value, index, address, script type, script."""

PartRow: TypeAlias = tuple[str, int, int, int | None, int | None, bytes | None]
"""index, kind, asset, sender, receiver, value."""

Told: TypeAlias = tuple[int | None, int | None, int | None, int]
"""The block's number, height, time, status: in what a transaction can differ from another of its txid."""

Lead: TypeAlias = tuple[int | None, bytes | str | None, int | None, int | None, int | None, int | None]
"""The number of the transaction's first transfer, or None and what is told of the transaction."""

_BATCH = 2000
_UNSETTLED = 250_000
_ASKED = 500
_MARKS = ", ".join("?" * 18)


class Writer:
    """Writes what one source tells. New rows are gathered and written together; numbers are given here.

    The caller holds the database transaction, and hands in the numbers that it knows from earlier ones.
    """

    def __init__(self, connection: sqlite3.Connection, source_id: int, numbers: Numbers | None = None) -> None:
        self._connection = connection
        self._source_id = source_id
        self._numbers = numbers or Numbers(connection)
        self._numbers.begin(source_id)
        self._transfers: list[tuple[object, ...]] = []
        self._legs: list[tuple[object, ...]] = []
        self._terms: list[tuple[object, ...]] = []
        self._last = self._settled = self._numbers.highest("transfers")
        self._unsettled: dict[bytes | str, tuple[int, ...]] = {}
        self._respent: set[int] = set()
        self._asset: Asset | None = None
        self._accounts: tuple[int, Mapping[str, int]] = (0, {})

    def write(self, transactions: Iterable[Transaction]) -> int:
        """Write them all; how many there were."""
        count = 0
        batch: list[Transaction] = []
        for count, transaction in enumerate(transactions, 1):  # noqa: B007  # the last number is the answer
            batch.append(transaction)
            if len(batch) >= _BATCH:
                self._write(batch)
                batch.clear()
        self._write(batch)
        self._settle()
        return count

    def unlink(self, chain: str) -> None:
        """Take back what the source told of a chain (`""`: of any). The facts stay, only their link to it goes."""
        where = (
            "source_id = ?1 AND (?2 = '' OR {} IN (SELECT f.id FROM transfers f JOIN assets a ON a.id = f.asset_id "
            "JOIN chains c ON c.id = a.chain_id WHERE c.name = ?2))"
        )
        row = (self._source_id, chain)
        self._connection.execute(f"DELETE FROM links WHERE {where.format('transfer_id')}", row)  # noqa: S608  # ours
        self._connection.execute(f"UPDATE transfers SET source_id = NULL WHERE {where.format('id')}", row)  # noqa: S608  # ours

    def _write(self, batch: Sequence[Transaction]) -> None:
        """Write some transactions, each in its block, with its transfers, as far as they are not there."""
        names = [key(transaction.txid) for transaction in batch]
        known = self._known(names)
        for transaction, name in zip(batch, names, strict=True):
            if not transaction.transfers:
                message = f"{transaction.txid} has no transfer"
                raise ValueError(message)
            if name in known or name in self._unsettled:
                self._flush()
                self._again(transaction, name, [*known.get(name, ()), *self._unsettled.get(name, ())])
            elif len(transaction.transfers) == 1 and transaction.transfers[0].kind != "utxo":
                self._simple(transaction, name)
            else:
                self._fresh(transaction, name)
        self._flush()
        if len(self._unsettled) >= _UNSETTLED:
            self._settle()

    def _known(self, names: Sequence[bytes | str]) -> dict[bytes | str, list[int]]:
        """The numbers of the transactions that have one of these txids, on whichever chain."""
        known: dict[bytes | str, list[int]] = {}
        if not self._settled:
            return known
        for first in range(0, len(names), _ASKED):
            asked = [short(name) for name in names[first : first + _ASKED]]
            marks = ", ".join("?" * len(asked))
            sql = (
                f"SELECT t.txid, t.id FROM names n JOIN transfers t ON t.id = n.transfer_id WHERE n.short IN ({marks})"  # noqa: S608  # ours
            )
            for name, number in self._connection.execute(sql, asked):
                known.setdefault(name, []).append(number)
        return known

    def _flush(self) -> None:
        """Write the rows that were gathered."""
        self._numbers.flush()
        if self._transfers:
            self._connection.executemany(f"INSERT INTO transfers VALUES ({_MARKS})", self._transfers)  # noqa: S608  # ours
            self._transfers.clear()
        if self._legs:
            self._connection.executemany("INSERT INTO legs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._legs)
            self._legs.clear()
        if self._terms:
            self._connection.executemany(SAY, self._terms)
            self._terms.clear()

    def _settle(self) -> None:
        """Make what was written findable by holding and by txid."""
        for sql in (TOUCH, NAME):
            self._connection.execute(sql, (self._settled,))
        self._settled = self._last
        self._unsettled.clear()

    def _told(self, transaction: Transaction) -> Told:
        """What a transaction's own row says of its block and status."""
        block = transaction.block
        status = STATUS_NUMBERS[transaction.status]
        if block is None:
            return None, None, None, status
        number = self._numbers.block(transaction.chain, block.hash) if block.hash else 0
        return number, block.height, block.time, status

    def _fresh(self, transaction: Transaction, name: bytes | str) -> int:
        """Write a transaction that is not there; its number."""
        told = self._told(transaction)
        rank = natural_rank(told[0], told[1], told[2])
        more = MANY if len(transaction.transfers) > 1 else 0
        lead: Lead = (None, name, *told)
        number = self._last + 1
        for transfer in transaction.transfers:
            row, legs = self._part(transaction, transfer)
            self._put(lead, row, (self._source_id, *_place(transfer, rank), more), legs)
            lead, more = (number, None, None, None, None, None), 0
        self._unsettled[name] = (*self._unsettled.get(name, ()), number)
        self._say(number, transaction)
        return number

    def _say(self, number: int, transaction: Transaction) -> None:
        """Gather what a UTXO transaction says besides what it moves, as far as it is known."""
        transfer = transaction.utxo
        if transfer is not None:
            sequences = sequenced(leg.sequence for leg in transfer.inputs)
            self._terms.append((number, transaction.version, transaction.locktime, sequences))

    def _simple(self, transaction: Transaction, name: bytes | str) -> None:
        """Write, in one go, a transaction that is not there and has one transfer between accounts, as most have."""
        (transfer,) = transaction.transfers
        told = self._told(transaction)
        height, time = told[1:3]
        mine, position, place = transfer.order
        rank = None if mine == (height if height is not None else time) and told[0] is not None else mine
        row = self._between(transaction, transfer)
        self._last = number = self._last + 1
        self._transfers.append((number, None, name, *told, *row, self._source_id, rank, position, place, 0))
        self._unsettled[name] = (number,)

    def _put(self, lead: Lead, row: PartRow, link: tuple[object, ...], legs: list[LegRow]) -> None:
        """Gather the rows of a transfer that is not there."""
        self._last += 1
        self._transfers.append((self._last, *lead, *row, *link))
        if legs:
            self._legs.extend((self._last, *leg) for leg in legs)
            respent = [(leg[2],) for leg in legs if leg[2] in self._respent]
            self._connection.executemany("INSERT OR IGNORE INTO respent VALUES (?)", respent)

    def _again(self, transaction: Transaction, name: bytes | str, numbers: Sequence[int]) -> None:
        """Write what is new of a transaction whose txid is there already."""
        told = self._told(transaction)
        sql = (
            "SELECT t.block_id, t.height, t.time, t.status, t.id FROM transfers t JOIN assets a ON a.id = t.asset_id "
            "WHERE t.id = ? AND a.chain_id = ?"
        )
        chain_id = self._numbers.chain(transaction.chain)
        others = [row for number in numbers for row in self._connection.execute(sql, (number, chain_id))]
        same = next((other[4] for other in others if other[:4] == told), None)
        if same is None:
            number = self._fresh(transaction, name)
            if others:
                self._doubt([number, *(other[4] for other in others)])
            return
        rank = natural_rank(told[0], told[1], told[2])
        for transfer in transaction.transfers:
            self._united(same, transaction, transfer, rank)
        self._say(same, transaction)

    def _united(self, lead_id: int, transaction: Transaction, transfer: Transfer, rank: int) -> None:
        """Write a transfer of a transaction that is there, unless it is there too, and link it to the source."""
        row, legs = self._part(transaction, transfer)
        number = self._same(lead_id, row, legs)
        place = _place(transfer, rank)
        if number is None:
            self._put((lead_id, None, None, None, None, None), row, (self._source_id, *place, 0), legs)
            self._flush()
            self._connection.execute("UPDATE transfers SET more = more | ? WHERE id = ?", (MANY, lead_id))
            return
        self._connection.execute("DELETE FROM links WHERE transfer_id = ? AND source_id = ?", (number, self._source_id))
        sql = (
            "UPDATE transfers SET source_id = ?1, rank = ?2, position = ?3, place = ?4 "
            "WHERE id = ?5 AND (source_id IS NULL OR source_id = ?1)"
        )
        if not self._connection.execute(sql, (self._source_id, *place, number)).rowcount:
            link = (number, self._source_id, *place)
            self._connection.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?)", link)
            self._connection.execute("UPDATE transfers SET more = more | ? WHERE id = ?", (SHARED, number))

    def _same(self, lead_id: int, row: PartRow, legs: list[LegRow]) -> int | None:
        """The number of an equal transfer of that transaction; one of the same index that differs is a doubt."""
        sql = (
            "SELECT index_text, kind, asset_id, from_id, to_id, value, id FROM transfers "
            "WHERE (id = ?1 OR lead_id = ?1) AND index_text = ?2"
        )
        others = self._connection.execute(sql, (lead_id, row[0])).fetchall()
        sql = (
            "SELECT side, place, holding_id, value, leg_index, address, script_type, script FROM legs "
            "WHERE transfer_id = ? ORDER BY side, place"
        )
        for *told, number in others:
            if tuple(told) == row and self._connection.execute(sql, (number,)).fetchall() == legs:
                return int(number)
        if others:
            self._doubt([lead_id])
        return None

    def _doubt(self, numbers: Iterable[int]) -> None:
        """Note which transactions are told in more than one way."""
        self._connection.executemany("INSERT OR IGNORE INTO variants VALUES (?)", [(number,) for number in numbers])

    def _own(self, transaction: Transaction, asset: Asset) -> int:
        """The number of what a transaction moves."""
        if asset.chain != transaction.chain:
            message = f"{transaction.txid} of {transaction.chain} moves an asset of {asset.chain}"
            raise ValueError(message)
        return self._numbers.asset(asset)

    def _part(self, transaction: Transaction, transfer: Transfer) -> tuple[PartRow, list[LegRow]]:
        """The row of a transfer, and of its legs where it is a UTXO transaction's."""
        if transfer.kind != "utxo":
            return self._between(transaction, transfer), []
        own = self._own(transaction, transfer.asset)
        legs = [self._leg(0, place, leg, own) for place, leg in enumerate(transfer.inputs)]
        legs += [self._leg(1, place, leg, own) for place, leg in enumerate(transfer.outputs)]
        return (transfer.index, UTXO, own, None, None, None), legs

    def _between(self, transaction: Transaction, transfer: Transfer) -> PartRow:
        """The row of a transfer between accounts."""
        asset = transfer.asset
        if asset is not self._asset or asset.chain != transaction.chain:
            own = self._own(transaction, asset)
            self._asset, self._accounts = asset, (own, self._numbers.accounts(own))
        own, accounts = self._accounts
        source, target = transfer.inputs, transfer.outputs
        pays, gets = source[0].holding if source else None, target[0].holding if target else None
        sender = accounts[pays.address] if isinstance(pays, Account) else None
        receiver = accounts[gets.address] if isinstance(gets, Account) else None
        value = cell((target or source)[0].value)
        return (transfer.index, KIND_NUMBERS[transfer.kind], own, sender, receiver, value)

    def _leg(self, side: int, place: int, leg: Leg, own: int) -> LegRow:
        """The row of a leg; an outpoint that had a number before is spent by somebody already."""
        number: int | None = None
        if isinstance(leg.holding, OutPoint):
            number = OWN
            if side == 0:
                number, is_new = self._numbers.outpoint(key(leg.holding.txid), leg.holding.vout, own)
                if not is_new:
                    self._respent.add(number)
        return (side, place, number, cell(leg.value), leg.index, leg.address, leg.script_type, packed(leg.script))


def _place(transfer: Transfer, rank: int) -> tuple[int | None, int, int]:
    """Where a source puts a transfer: its rank unless it is the usual one, position and place."""
    mine, position, place = transfer.order
    return (None if mine == rank else mine), position, place
