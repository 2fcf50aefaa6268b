"""Reading the store on disk: `Facts` over the sources that a case names now."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

from chaintrace.model.chain import Account, Asset, Block, Holding, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Movement, Transaction, Transfer
from chaintrace.store.interface import Locate
from chaintrace.store.memory import movement_order, one_scale, the_spender, transaction_order
from chaintrace.store.merging import Unequal, contradiction, merged
from chaintrace.store.schema import NAMED
from chaintrace.store.sqlite_rows import KINDS, OWN, STATUSES, key, natural_rank, short, text_of

Row: TypeAlias = tuple[Any, ...]
"""One row of a query; SQLite says nothing of types."""

Legs: TypeAlias = Mapping[int, tuple[list[Row], list[Row]]]
"""Transfer to the rows of its inputs and of its outputs."""

_UTXO = KINDS.index("utxo")
_MOST_KEPT = 200_000
_TOLD = """
SELECT t.id, t.chain_id, t.txid, t.status, t.height, t.time, t.block_id, b.hash, l.source_id, l.rank, l.position,
    l.place, f.id, f.index_text, f.kind, f.asset_id, f.value, f.from_id, f.to_id
FROM transfers f JOIN links l ON l.transfer_id = f.id JOIN transactions t ON t.id = f.transaction_id
LEFT JOIN blocks b ON b.id = t.block_id
WHERE f.transaction_id IN (SELECT value FROM json_each(?)) AND b.orphaned_at IS NULL"""
_LEGS = """
SELECT g.transfer_id, g.side, g.holding_id, h.name, h.vout, g.value, g.leg_index, g.address, g.script_type, g.script
FROM legs g LEFT JOIN holdings h ON h.id = g.holding_id
WHERE g.transfer_id IN (SELECT value FROM json_each(?)) ORDER BY g.transfer_id, g.side, g.place"""
_TOUCHING = """
SELECT transaction_id FROM transfers WHERE from_id = ?1 UNION
SELECT transaction_id FROM transfers WHERE to_id = ?1 UNION
SELECT f.transaction_id FROM legs g JOIN transfers f ON f.id = g.transfer_id
WHERE g.holding_id = ?1 AND g.holding_id > 0"""


class SqliteFacts:
    """`Facts` over numbered sources, in the order in which the case names them."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        sources: Mapping[int, Source],
        locate: Locate,
        spoken: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._connection = connection
        self._sources = sources
        self._order = {number: place for place, number in enumerate(sources)}
        self._locate = locate
        self._spoken = spoken
        self._chains: dict[int, str] = {row[0]: row[1] for row in self._rows("SELECT id, name FROM chains")}
        self._assets = self._united_assets()
        self._asset_ids = {(asset.chain, asset.contract): number for number, asset in self._assets.items()}
        self._accounts: dict[int, Account] = {}
        self._names: dict[int, tuple[str, str]] = {}
        self._kept: dict[tuple[str, str], Transaction] = {}
        self._settled: dict[tuple[str, str], Transaction] = {}
        self._check()

    def transaction(self, chain: str, txid: str) -> Transaction | None:
        """The transaction with that txid, None when no source tells of it."""
        if (chain, txid) not in self._kept:
            sql = "SELECT t.id FROM transactions t JOIN chains c ON c.id = t.chain_id WHERE c.name = ?3 AND "
            name = key(txid)
            self._load(self._numbers(sql + NAMED.format(short="?1", full="?2"), short(name), name, chain))
        return self._kept.get((chain, txid))

    def transactions(self, chain: str) -> Iterator[Transaction]:
        """Every transaction of a chain, in chain order."""
        sql = "SELECT t.id FROM transactions t JOIN chains c ON c.id = t.chain_id WHERE c.name = ?"
        return iter(sorted(self._load(self._numbers(sql, chain)), key=transaction_order))

    def movements(self, account: Account) -> Sequence[Movement]:
        """The transfers that touch an account, in chain order, a self-transfer once."""
        address, asset = account.address, account.asset
        movements = [
            Movement(transfer.order, transaction, transfer)
            for transaction in self._load(self._touching(account.chain, address, asset.contract, -1))
            for transfer in transaction.transfers
            if any(leg.address == address for leg in transfer.inputs + transfer.outputs) and transfer.asset == asset
        ]
        movements.sort(key=movement_order)
        return tuple(movements)

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction that spends an output: the confirmed one, else the first that is pending; or None."""
        found: Transaction | None = None
        numbers = self._touching(outpoint.chain, key(outpoint.txid), "", outpoint.vout)
        for transaction in sorted(self._load(numbers), key=transaction_order):
            spent = transaction.utxo.inputs if transaction.utxo else ()
            if any(leg.holding == outpoint for leg in spent):
                told = str(outpoint)
                found = transaction if found is None else the_spender(told, found, transaction, self._locate)
        return found

    def assets(self, chain: str) -> Sequence[Asset]:
        """The assets that occur on a chain, by contract."""
        return tuple(sorted((asset for asset in self._assets.values() if asset.chain == chain), key=_contract))

    def _rows(self, sql: str, *given: object) -> list[Row]:
        """The rows of a query."""
        with self._spoken():
            return self._connection.execute(sql, given).fetchall()

    def _numbers(self, sql: str, *given: object) -> list[int]:
        """The first column of a query."""
        return [row[0] for row in self._rows(sql, *given)]

    def _touching(self, chain: str, name: bytes | str, contract: str, vout: int) -> list[int]:
        """The transactions with a leg of that holding."""
        asset_id = self._asset_ids.get((chain, contract))
        sql = "SELECT id FROM holdings WHERE name = ? AND vout = ? AND asset_id = ?"
        found = [] if asset_id is None else self._numbers(sql, name, vout, asset_id)
        return self._numbers(_TOUCHING, found[0]) if found else []

    def _united_assets(self) -> dict[int, Asset]:
        """Numbered assets in the words of the first source that knows them. Raises InputError when scales differ."""
        sql = (
            "SELECT w.asset_id, w.source_id, c.name, a.contract, w.name, w.decimals FROM asset_words w "
            "JOIN assets a ON a.id = w.asset_id JOIN chains c ON c.id = a.chain_id"
        )
        told = [row for row in self._rows(sql) if row[1] in self._order]
        united: dict[int, Asset] = {}
        for number, _, *words in sorted(told, key=lambda row: self._order[row[1]]):
            asset = Asset(*words)
            united[number] = one_scale(united[number], asset) if number in united else asset
        return united

    def _check(self) -> None:
        """Look at what is told in two ways or spent twice. Raises InputError when the chosen sources contradict."""
        self._settled = {(tx.chain, tx.txid): tx for tx in self._load(self._numbers("SELECT * FROM variants"))}
        sql = (
            "SELECT c.name, h.name, h.vout FROM respent r JOIN holdings h ON h.id = r.holding_id "
            "JOIN assets a ON a.id = h.asset_id JOIN chains c ON c.id = a.chain_id"
        )
        for chain, name, vout in self._rows(sql):
            self.spender(OutPoint(chain, text_of(name), vout))

    def _load(self, numbers: Sequence[int]) -> list[Transaction]:
        """The transactions with these numbers as the chosen sources tell them, each once.

        What is told in more than one way was put together when the view was opened, and stays.
        """
        if len(self._kept) > _MOST_KEPT:
            self._kept = dict(self._settled)
            self._names.clear()
        unread = [number for number in numbers if number not in self._names]
        if unread:
            self._tell(unread)
        names = dict.fromkeys(self._names[number] for number in numbers if number in self._names)
        return [self._kept[name] for name in names]

    def _tell(self, numbers: Sequence[int]) -> None:
        """Put together what each source tells of these transactions, and keep it."""
        told: dict[tuple[int, int], list[Row]] = {}
        for row in self._rows(_TOLD, json.dumps(numbers)):
            if row[8] in self._order:
                told.setdefault((self._order[row[8]], row[0]), []).append(row)
        rows = [row for group in told.values() for row in group]
        self._name_accounts(rows)
        legs: dict[int, tuple[list[Row], list[Row]]] = {row[12]: ([], []) for row in rows if row[14] == _UTXO}
        for leg in self._rows(_LEGS, json.dumps(list(legs))) if legs else ():
            legs[leg[0]][leg[1]].append(leg)
        for one in sorted(told):
            transaction = self._transaction(told[one], legs)
            name = self._names[one[1]] = (transaction.chain, transaction.txid)
            if name not in self._settled:
                known = self._kept.setdefault(name, transaction)
                if known is not transaction:
                    self._kept[name] = self._merged(known, transaction)

    def _merged(self, known: Transaction, other: Transaction) -> Transaction:
        """Two tellings as one. Raises InputError when they contradict each other."""
        try:
            return merged(known, other)
        except Unequal as error:
            raise contradiction(known, other, error, self._locate) from error

    def _name_accounts(self, rows: Iterable[Row]) -> None:
        """Learn the accounts of transfers that were not met before."""
        new = {number for row in rows for number in row[17:19] if number is not None} - self._accounts.keys()
        if new:
            sql = "SELECT id, name, asset_id FROM holdings WHERE id IN (SELECT value FROM json_each(?))"
            for number, name, asset_id in self._rows(sql, json.dumps(list(new))):
                self._accounts[number] = Account(name, self._assets[asset_id])

    def _transaction(self, rows: list[Row], legs: Legs) -> Transaction:
        """One telling, of the rows of its transfers."""
        _, chain_id, name, status, height, time, block_id, block_hash, source_id = rows[0][:9]
        chain, txid, usual = self._chains[chain_id], text_of(name), natural_rank(block_id, height, time)
        parts = []
        for row in rows:
            asset = self._assets[row[15]]
            order = (usual if row[9] is None else row[9], row[10], row[11])
            if row[14] == _UTXO:
                inputs, outputs = (tuple(_leg(leg, asset, txid) for leg in side) for side in legs[row[12]])
            else:
                inputs, outputs = self._sides(row)
            parts.append(Transfer(row[13], KINDS[row[14]], asset, inputs, outputs, order))
        if len(parts) > 1:
            parts.sort(key=lambda part: part.order)
        block = None if block_id is None else Block(height, text_of(block_hash or ""), time)
        source = self._sources[source_id]
        return Transaction(chain, txid, block, parts[0].order[1], tuple(parts), STATUSES[status], source)

    def _sides(self, row: Row) -> tuple[tuple[Leg, ...], tuple[Leg, ...]]:
        """The legs of a transfer between accounts."""
        value = None if row[16] is None else int.from_bytes(row[16], "big")
        sender, receiver = self._accounts.get(row[17]), self._accounts.get(row[18])
        return (
            () if sender is None else (Leg(value, sender, sender.address),),
            () if receiver is None else (Leg(value, receiver, receiver.address),),
        )


def _leg(row: Row, asset: Asset, txid: str) -> Leg:
    """One leg of a UTXO transaction."""
    _, side, holding_id, name, vout, value, index, address, script_type, script = row
    holding: Holding | None = None
    if holding_id is not None:
        made = side == 1 and holding_id == OWN
        holding = OutPoint(asset.chain, txid, index) if made else OutPoint(asset.chain, text_of(name), vout)
    number = None if value is None else int.from_bytes(value, "big")
    return Leg(number, holding, address, index, script_type, text_of(script or ""))


def _contract(asset: Asset) -> str:
    """What assets of one chain are sorted by."""
    return asset.contract
