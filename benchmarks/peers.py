"""The stores that ours is measured against: each takes the same rows and answers what touches an address."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

BYTES = 32
COLUMNS = ("txid", "height", "position", "sender", "receiver", "value")


class Fact(NamedTuple):
    """One transfer as every store keeps it: the txid and the value are 32 bytes, the value most significant first."""

    txid: bytes
    height: int
    position: int
    sender: str
    receiver: str
    value: bytes


Told: TypeAlias = set[tuple[bytes, str, str, int]]
"""What an address saw: txid, sender, receiver and value of every transfer."""


class Peer(Protocol):
    """A store in a folder of its own."""

    name: str

    def ingest(self, facts: Sequence[Fact]) -> None:
        """Add transfers, durable when it returns."""
        ...

    def ready(self) -> None:
        """Make what look-ups need, once, after the last transfer."""
        ...

    def look_up(self, address: str) -> Any:
        """Everything that touches an address, as the store itself gives rows."""
        ...

    def told(self, rows: Any) -> Told:
        """The same for comparison."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class _Rows:
    """Peers whose look-up gives rows of COLUMNS."""

    def told(self, rows: Any) -> Told:
        return {(bytes(row[0]), row[3], row[4], int.from_bytes(row[5], "big")) for row in rows}

    def ready(self) -> None:
        """Nothing more is needed."""


class BareSqlite(_Rows):
    """One table by `executemany`, the addresses as text, three indices after the load, 64 MiB for pages, as ours."""

    name = "SQLite, bare `executemany`"

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA cache_size = -65536")
        self._connection.execute(f"CREATE TABLE transfers ({', '.join(COLUMNS)})")

    def ingest(self, facts: Sequence[Fact]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO transfers VALUES (?, ?, ?, ?, ?, ?)", facts)
        self._connection.execute("COMMIT")

    def ready(self) -> None:
        for column in ("sender", "receiver", "txid"):
            self._connection.execute(f"CREATE INDEX by_{column} ON transfers ({column})")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def look_up(self, address: str) -> Any:
        sql = "SELECT * FROM transfers WHERE sender = ?1 UNION ALL SELECT * FROM transfers WHERE receiver = ?1"
        return self._connection.execute(sql, (address,)).fetchall()

    def close(self) -> None:
        self._connection.close()


class DuckDb(_Rows):
    """DuckDB with an index on either address."""

    name = "DuckDB with indices"

    def __init__(self, folder: Path) -> None:
        import duckdb

        self._connection = duckdb.connect(str(folder / "duck.db"))
        types = ("BLOB", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR", "BLOB")
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, types, strict=True))
        self._connection.execute(f"CREATE TABLE transfers ({columns})")

    def ingest(self, facts: Sequence[Fact]) -> None:
        rows = arrow_table(facts)
        self._connection.register("rows", rows)
        self._connection.execute("INSERT INTO transfers SELECT * FROM rows")
        self._connection.unregister("rows")

    def ready(self) -> None:
        for column in ("sender", "receiver"):
            self._connection.execute(f"CREATE INDEX by_{column} ON transfers ({column})")
        self._connection.execute("CHECKPOINT")

    def look_up(self, address: str) -> Any:
        sql = "SELECT * FROM transfers WHERE sender = $1 UNION ALL SELECT * FROM transfers WHERE receiver = $1"
        return self._connection.execute(sql, [address]).fetchall()

    def close(self) -> None:
        self._connection.close()


class Parquet(_Rows):
    """Parquet files, scanned by pyarrow for every look-up."""

    name = "Parquet, pyarrow scan"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = 0

    def ingest(self, facts: Sequence[Fact]) -> None:
        from pyarrow import parquet

        parquet.write_table(arrow_table(facts), self._folder / f"{self._files}.parquet", compression="zstd")
        self._files += 1

    def look_up(self, address: str) -> Any:
        from pyarrow import dataset

        wanted = (dataset.field("sender") == address) | (dataset.field("receiver") == address)
        found = dataset.dataset(self._folder, format="parquet").to_table(filter=wanted).to_pydict()
        return list(zip(*(found[name] for name in COLUMNS), strict=True))

    def close(self) -> None:
        """Nothing is held open."""


class Lmdb:
    """LMDB: a row under either address; a look-up gives bytes, not decoded."""

    name = "LMDB, rows not decoded"

    def __init__(self, folder: Path) -> None:
        import lmdb

        self._environment = lmdb.open(str(folder), map_size=2**36)

    def ingest(self, facts: Sequence[Fact]) -> None:
        with self._environment.begin(write=True) as transaction:
            for fact in facts:
                place = fact.height.to_bytes(8, "big") + fact.position.to_bytes(8, "big")
                sides = f"{fact.sender}\0{fact.receiver}".encode()
                for address in dict.fromkeys(fact[3:5]):
                    if address:
                        transaction.put(f"{address}\0".encode() + place, fact.txid + fact.value + sides)

    def ready(self) -> None:
        self._environment.sync(True)  # noqa: FBT003  # LMDB's own signature

    def look_up(self, address: str) -> Any:
        return list(self._walk(f"{address}\0".encode()))

    def _walk(self, prefix: bytes) -> Iterator[bytes]:
        with self._environment.begin() as transaction, transaction.cursor() as cursor:
            found = cursor.set_range(prefix)
            while found and cursor.key().startswith(prefix):
                yield cursor.value()
                found = cursor.next()

    def told(self, rows: Any) -> Told:
        sides = [row[2 * BYTES :].decode().split("\0") for row in rows]
        return {
            (row[:BYTES], sender, receiver, int.from_bytes(row[BYTES : 2 * BYTES], "big"))
            for row, (sender, receiver) in zip(rows, sides, strict=True)
        }

    def close(self) -> None:
        self._environment.close()


def arrow_table(facts: Sequence[Fact]) -> Any:
    """The rows as columns."""
    import pyarrow as pa

    kinds = (pa.binary(BYTES), pa.int64(), pa.int64(), pa.string(), pa.string())
    columns = zip(*facts, strict=True)
    types = (*kinds, pa.binary(BYTES))
    return pa.table({name: pa.array(cells, kind) for name, cells, kind in zip(COLUMNS, columns, types, strict=True)})
