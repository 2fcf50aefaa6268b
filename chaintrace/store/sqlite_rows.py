"""From transactions to the rows of the store on disk, each once, linked to the source that tells it."""

import re
import sqlite3
from collections.abc import Iterable
from typing import TypeAlias

from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.transaction import PENDING_RANK, Kind, Leg, Status, Transaction, Transfer
from chaintrace.store.schema import NAMED

KINDS: tuple[Kind, ...] = ("native", "internal", "token", "nft", "mint", "burn", "fee", "utxo")
"""Kinds by the number that stands in the file: new ones go to the end."""

STATUSES: tuple[Status, ...] = ("confirmed", "failed", "pending")
"""The same for the status."""

OWN = 0
"""The holding of an output: the outpoint of its own transaction, which needs no row."""

LegRow: TypeAlias = tuple[int, int, int | None, bytes | None, int, str, str, bytes | str | None]
"""side, place, holding, value, index, address, script type, script."""

TransferRow: TypeAlias = tuple[int, int, int | None, int | None, bytes | None]
"""kind, asset, sender, receiver, value."""

_HEX = re.compile(r"(?:[0-9a-f]{2})+\Z")
_TXID_DIGITS = 64
_BATCH = 2000


def key(text: str) -> bytes | str:
    """A txid or a block hash as it is kept: 32 bytes where it is 64 lower-case hex digits."""
    return bytes.fromhex(text) if len(text) == _TXID_DIGITS and _HEX.match(text) else text


def short(kept: bytes | str) -> bytes | str:
    """What the index of txids holds."""
    return kept[:8] if isinstance(kept, bytes) else kept


def text_of(kept: bytes | str) -> str:
    """The text of what `key` or `packed` made."""
    return kept.hex() if isinstance(kept, bytes) else kept


def packed(script: str) -> bytes | str | None:
    """A script as it is kept: bytes where it is lower-case hex."""
    if not script:
        return None
    return bytes.fromhex(script) if _HEX.match(script) else script


def natural_rank(block_id: int | None, height: int | None, time: int | None) -> int:
    """The rank of most transactions (M2): the height, else the time, else 0; last of all while pending."""
    if block_id is None:
        return PENDING_RANK
    return height if height is not None else time or 0


class Writer:
    """Writes what one source tells. New rows are gathered and written together; numbers are given here."""

    def __init__(self, connection: sqlite3.Connection, source_id: int) -> None:
        self._connection = connection
        self._source_id = source_id
        self._numbers: dict[tuple[object, ...], int] = {}
        self._assets: dict[Asset, int] = {}
        self._new: set[tuple[int, bytes | str]] = set()
        self._rows: dict[str, list[tuple[object, ...]]] = {"transactions": [], "transfers": [], "legs": [], "links": []}
        self._last = {table: self._highest(table) for table in ("transactions", "transfers")}

    def _highest(self, table: str) -> int:
        """The last number that was given in a table."""
        found = self._connection.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()  # noqa: S608  # ours
        return int(found[0])

    def _next(self, table: str) -> int:
        """The next number of a table."""
        self._last[table] += 1
        return self._last[table]

    def write(self, transactions: Iterable[Transaction]) -> int:
        """Write them all; how many there were."""
        count = 0
        for count, transaction in enumerate(transactions, 1):  # noqa: B007  # the last number is the answer
            if not transaction.transfers:
                message = f"{transaction.txid} has no transfer"
                raise ValueError(message)
            self._transaction(transaction)
            if len(self._rows["transactions"]) >= _BATCH:
                self._flush()
        self._flush()
        return count

    def _flush(self) -> None:
        """Write the rows that were gathered."""
        for table, rows in self._rows.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608  # ours
                rows.clear()
        self._new.clear()

    def unlink(self, chain: str) -> None:
        """Take back what the source told of a chain (`""`: of any). The facts stay, only their link to it goes."""
        self._connection.execute(
            "DELETE FROM links WHERE source_id = ?1 AND (?2 = '' OR transfer_id IN (SELECT f.id FROM transfers f "
            "JOIN transactions t ON t.id = f.transaction_id JOIN chains c ON c.id = t.chain_id WHERE c.name = ?2))",
            (self._source_id, chain),
        )

    def _one(self, find: str, make: str, *row: object) -> int:
        """The number of a row of a small table, made now if it is absent, and remembered."""
        name = (make, *row)
        if name not in self._numbers:
            found = self._connection.execute(find, row).fetchone()
            self._numbers[name] = int(found[0] if found else self._connection.execute(make, row).lastrowid or 0)
        return self._numbers[name]

    def _chain(self, name: str) -> int:
        """The number of a chain."""
        return self._one("SELECT id FROM chains WHERE name = ?", "INSERT INTO chains (name) VALUES (?)", name)

    def _asset(self, asset: Asset) -> int:
        """The number of an asset; this source's words for it are kept beside."""
        number = self._assets.get(asset)
        if number is None:
            find = "SELECT id FROM assets WHERE chain_id = ? AND contract = ?"
            make = "INSERT INTO assets (chain_id, contract) VALUES (?, ?)"
            number = self._assets[asset] = self._one(find, make, self._chain(asset.chain), asset.contract)
            words = (number, self._source_id, asset.name, asset.decimals)
            self._connection.execute("INSERT OR REPLACE INTO asset_words VALUES (?, ?, ?, ?)", words)
        return number

    def _block(self, chain_id: int, block: Block | None) -> int | None:
        """The number of a block by its hash, 0 where nobody knows that, None for no block."""
        if block is None or not block.hash:
            return None if block is None else 0
        find = "SELECT id FROM blocks WHERE hash = ? AND chain_id = ?"
        return self._one(find, "INSERT INTO blocks (hash, chain_id) VALUES (?, ?)", key(block.hash), chain_id)

    def _transaction(self, transaction: Transaction) -> None:
        """Write a transaction in its block, and its transfers, as far as they are not there."""
        chain_id, txid = self._chain(transaction.chain), key(transaction.txid)
        block_id = self._block(chain_id, transaction.block)
        told = (block_id, transaction.height, transaction.time, STATUSES.index(transaction.status))
        if (chain_id, txid) in self._new:
            self._flush()
        sql = "SELECT t.block_id, t.height, t.time, t.status, t.id FROM transactions t WHERE t.chain_id = ?3 AND "
        others = self._connection.execute(
            sql + NAMED.format(short="?1", full="?2"), (short(txid), txid, chain_id)
        ).fetchall()
        number = next((other[4] for other in others if other[:4] == told), None)
        is_new = number is None
        if number is None:
            number = self._next("transactions")
            self._rows["transactions"].append((number, chain_id, txid, *told))
            self._new.add((chain_id, txid))
            if others:
                self._doubt([number, *(other[4] for other in others)])
        rank = natural_rank(block_id, transaction.height, transaction.time)
        for transfer in transaction.transfers:
            self._transfer(number, transfer, rank, is_new=is_new)

    def _doubt(self, numbers: Iterable[int]) -> None:
        """Note which transactions are told in more than one way."""
        self._connection.executemany("INSERT OR IGNORE INTO variants VALUES (?)", [(number,) for number in numbers])

    def _transfer(self, transaction_id: int, transfer: Transfer, rank: int, *, is_new: bool) -> None:
        """Write a transfer unless it is there, and link it to the source."""
        own = self._asset(transfer.asset)
        respent: list[tuple[int]] = []
        row: TransferRow = (KINDS.index(transfer.kind), own, None, None, None)
        legs: list[LegRow] = []
        if transfer.kind != "utxo":
            row = self._account_row(transfer, own)
        else:
            legs = [self._leg(0, place, leg, own, respent) for place, leg in enumerate(transfer.inputs)]
            legs += [self._leg(1, place, leg, own, respent) for place, leg in enumerate(transfer.outputs)]
        number = None if is_new else self._same(transaction_id, transfer.index, row, legs)
        if number is None:
            number = self._next("transfers")
            self._rows["transfers"].append((number, transaction_id, transfer.index, *row))
            self._rows["legs"].extend((number, *leg) for leg in legs)
            self._connection.executemany("INSERT OR IGNORE INTO respent VALUES (?)", respent)
        mine, position, place = transfer.order
        self._rows["links"].append((number, self._source_id, None if mine == rank else mine, position, place))

    def _account_row(self, transfer: Transfer, own: int) -> TransferRow:
        """The row of a transfer between accounts."""
        sides: list[int | None] = []
        for legs in (transfer.inputs, transfer.outputs):
            holding = legs[0].holding if legs else None
            sides.append(self._holding(holding.address, own, -1)[0] if isinstance(holding, Account) else None)
        value = transfer.value
        return KINDS.index(transfer.kind), own, sides[0], sides[1], None if value is None else value.to_bytes(32, "big")

    def _same(self, transaction_id: int, index: str, row: TransferRow, legs: list[LegRow]) -> int | None:
        """The number of an equal transfer of that transaction; one of the same index that differs is a doubt."""
        self._flush()
        sql = (
            "SELECT kind, asset_id, from_id, to_id, value, id FROM transfers "
            "WHERE transaction_id = ? AND index_text = ?"
        )
        others = self._connection.execute(sql, (transaction_id, index)).fetchall()
        sql = (
            "SELECT side, place, holding_id, value, leg_index, address, script_type, script FROM legs "
            "WHERE transfer_id = ? ORDER BY side, place"
        )
        for *told, number in others:
            if tuple(told) == row and self._connection.execute(sql, (number,)).fetchall() == legs:
                return int(number)
        if others:
            self._doubt([transaction_id])
        return None

    def _leg(self, side: int, place: int, leg: Leg, own: int, respent: list[tuple[int]]) -> LegRow:
        """The row of a leg; an outpoint that had a number before is spent by somebody already."""
        number: int | None = None
        if isinstance(leg.holding, OutPoint):
            number = OWN
            if side == 0:
                number, is_new = self._holding(key(leg.holding.txid), own, leg.holding.vout)
                respent += [] if is_new else [(number,)]
        value = None if leg.value is None else leg.value.to_bytes(32, "big")
        return (side, place, number, value, leg.index, leg.address, leg.script_type, packed(leg.script))

    def _holding(self, name: bytes | str, asset_id: int, vout: int) -> tuple[int, bool]:
        """The number of a holding, and whether it was given now."""
        row = (name, asset_id, vout)
        known = self._numbers.get(row)
        if known is not None:
            return known, False
        sql = "SELECT id FROM holdings WHERE name = ? AND asset_id = ? AND vout = ?"
        found = self._connection.execute(sql, row).fetchone()
        sql = "INSERT INTO holdings (name, asset_id, vout) VALUES (?, ?, ?)"
        number = int(found[0] if found else self._connection.execute(sql, row).lastrowid or 0)
        self._numbers[row] = number
        return number, found is None
