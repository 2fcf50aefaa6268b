"""The numbers of chains, assets, blocks and holdings in the store on disk: given once, and remembered."""

import sqlite3
from collections.abc import Callable
from typing import TypeAlias

from chaintrace.model.chain import Asset
from chaintrace.store.sqlite_cells import ACCOUNT, key

Small: TypeAlias = tuple[object, ...]
"""How a row of a small table is made, and what is in it."""

_MOST_KEPT = 500_000


class Accounts(dict[str, int]):
    """Address to number, of one asset; an address that is not remembered is asked for."""

    def __init__(self, ask: Callable[[str], int]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, address: str) -> int:
        """The number of an account that is not remembered."""
        number = self[address] = self._ask(address)
        return number


class Numbers:
    """Gives numbers and remembers them. They never change, so one may serve every writer of a connection in turn.

    After a database transaction that was rolled back, `forget` must be called: its numbers were never given.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._source_id = 0
        self.forget()

    def forget(self) -> None:
        """Forget every number."""
        self._small: dict[Small, int] = {}
        self._assets: dict[Asset, int] = {}
        self._accounts: dict[int, Accounts] = {}
        self._outpoints: dict[tuple[bytes | str, int, int], int] = {}
        self._new: list[tuple[int, bytes | str, int, int]] = []
        self._kept = 0
        self._last = 0

    def begin(self, source_id: int) -> None:
        """Serve the writer of a source, in a database transaction that began now."""
        self._source_id = source_id
        self._assets.clear()
        self._last = self.highest("holdings")

    def highest(self, table: str) -> int:
        """The last number that was given in a table."""
        found = self._connection.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()  # noqa: S608  # ours
        return int(found[0])

    def flush(self) -> None:
        """Write the holdings that are new."""
        if self._new:
            sql = "INSERT INTO holdings (id, name, asset_id, vout) VALUES (?, ?, ?, ?)"
            self._connection.executemany(sql, self._new)
            self._new.clear()
        if self._kept > _MOST_KEPT:
            self._outpoints.clear()
            for accounts in self._accounts.values():
                accounts.clear()
            self._kept = 0

    def chain(self, name: str) -> int:
        """The number of a chain."""
        return self._one("SELECT id FROM chains WHERE name = ?", "INSERT INTO chains (name) VALUES (?)", name)

    def asset(self, asset: Asset) -> int:
        """The number of an asset; the source's words for it are kept beside."""
        number = self._assets.get(asset)
        if number is None:
            find = "SELECT id FROM assets WHERE chain_id = ? AND contract = ?"
            make = "INSERT INTO assets (chain_id, contract) VALUES (?, ?)"
            number = self._assets[asset] = self._one(find, make, self.chain(asset.chain), asset.contract)
            words = (number, self._source_id, asset.name, asset.decimals)
            self._connection.execute("INSERT OR REPLACE INTO asset_words VALUES (?, ?, ?, ?)", words)
        return number

    def block(self, chain: str, block_hash: str) -> int:
        """The number of a block by its hash."""
        find = "SELECT id FROM blocks WHERE hash = ? AND chain_id = ?"
        make = "INSERT INTO blocks (hash, chain_id) VALUES (?, ?)"
        return self._one(find, make, key(block_hash), self.chain(chain))

    def accounts(self, asset_id: int) -> Accounts:
        """The numbers of the accounts of an asset."""
        known = self._accounts.get(asset_id)
        if known is None:
            known = self._accounts[asset_id] = Accounts(lambda address: self._holding(address, asset_id, ACCOUNT)[0])
        return known

    def outpoint(self, name: bytes | str, vout: int, asset_id: int) -> tuple[int, bool]:
        """The number of an outpoint, and whether it was given now."""
        word = (name, vout, asset_id)
        if word in self._outpoints:
            return self._outpoints[word], False
        number, is_new = self._holding(name, asset_id, vout)
        self._outpoints[word] = number
        return number, is_new

    def _holding(self, name: bytes | str, asset_id: int, vout: int) -> tuple[int, bool]:
        """The number of a holding that is not remembered, and whether it was given now."""
        self._kept += 1
        if self._last:
            sql = "SELECT id FROM holdings WHERE name = ? AND vout = ? AND asset_id = ?"
            found = self._connection.execute(sql, (name, vout, asset_id)).fetchone()
            if found is not None:
                return int(found[0]), False
        self._last += 1
        self._new.append((self._last, name, asset_id, vout))
        return self._last, True

    def _one(self, find: str, make: str, *row: object) -> int:
        """The number of a row of a small table, made now if it is absent."""
        name = (make, *row)
        number = self._small.get(name)
        if number is None:
            found = self._connection.execute(find, row).fetchone()
            number = self._small[name] = int(found[0] if found else self._connection.execute(make, row).lastrowid or 0)
        return number
