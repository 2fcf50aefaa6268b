"""Row 9: the store on disk: bytes, ingest, and look-ups by address beside other stores that hold the same rows."""

import hashlib
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.ledgers import COIN, rows_of, transactions
from benchmarks.peers import BYTES, BareSqlite, DuckDb, Fact, Lmdb, Parquet, Peer, Told
from benchmarks.plain import Row
from benchmarks.timing import MEGABYTE, quantile, span
from benchmarks.verdicts import Finding, Measure
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Transaction
from chaintrace.store import SqliteStore

PARTS = 5
LOOK_UPS = 10_000
SCANS = 50
COMPARED = 50


class Ours:
    """`SqliteStore`, fed with transactions, asked for movements: every fact is read, an object made when looked at."""

    name = "chaintrace"
    made = "chaintrace, every object made"

    def __init__(self, folder: Path) -> None:
        self._store = SqliteStore(folder / "store.sqlite")
        self._sources: list[Source] = []
        self._facts: Any = None

    def source(self, first: int) -> Source:
        """One source more; its rows begin at `first`."""
        source = Source("random", f"rows from {first}", f"{first:064x}")
        self._sources.append(source)
        return source

    def ingest(self, told: Sequence[Transaction]) -> None:
        """Add what the newest source tells."""
        self._store.add(told, self._sources[-1])

    def ready(self) -> None:
        """Read over all sources."""
        self._facts = self._store.facts(self._sources)

    def look_up(self, address: str) -> Any:
        """The movements of an account."""
        return self._facts.movements(Account(address, COIN))

    def told(self, rows: Any) -> Told:
        """The same for comparison."""
        return {
            (
                bytes.fromhex(movement.transaction.txid),
                "".join(leg.address for leg in movement.transfer.inputs),
                "".join(leg.address for leg in movement.transfer.outputs),
                movement.transfer.value or 0,
            )
            for movement in rows
        }

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()


def measure(*, quick: bool, full: bool) -> Finding:
    """A hundred thousand transfers when quick, ten million in full, else one million."""
    size = 100_000 if quick else 10_000_000 if full else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder), list(real(rows_of(size))))


def real(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with txids and addresses as long as real ones."""
    names = {"": ""}
    for row in rows:
        for name in row[1:3]:
            if name not in names:
                names[name] = "T" + hashlib.sha256(name.encode()).hexdigest()[:33]
        txid = hashlib.sha256(row.txid.encode()).hexdigest()
        yield Row(txid, names[row.sender], names[row.receiver], row.value)


def _measure(folder: Path, rows: list[Row]) -> Finding:
    kinds: list[Callable[[Path], Peer]] = [BareSqlite, DuckDb, Parquet, Lmdb]
    places = [folder / str(number) for number in range(len(kinds) + 1)]
    for place in places:
        place.mkdir()
    ours = Ours(places[0])
    peers = [kind(place) for kind, place in zip(kinds, places[1:], strict=True)]
    taken, grown = ingest(rows, ours, peers)
    addresses = sorted({row.receiver for row in rows})
    asked = random.Random(9).choices(addresses, k=LOOK_UPS)
    compare(asked[:COMPARED], ours, peers)
    times = look_ups(asked, ours, peers)
    for store in (ours, *peers):
        store.close()
    sizes = {store.name: on_disk(place) / len(rows) for store, place in zip((ours, *peers), places, strict=True)}
    return finding(len(rows), len(addresses), grown, taken=taken, times=times, sizes=sizes)


def ingest(rows: Sequence[Row], ours: Ours, peers: Sequence[Peer]) -> tuple[dict[str, list[float]], int]:
    """The rows in five parts to each store in turn: the seconds of each part, then those of what follows the last.

    Everybody is handed objects that are made before. The number is what our side's memory grew by, in bytes.
    """
    size = len(rows) // PARTS
    stores: list[Any] = [ours, *peers]
    taken: dict[str, list[float]] = {store.name: [] for store in stores}
    grown = 0
    for first in range(0, size * PARTS, size):
        part = rows[first : first + size]
        facts = [fact(row, number) for number, row in enumerate(part, first)]
        told = list(transactions(part, ours.source(first), first))
        for store in stores:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            given: Any = told if store is ours else facts
            taken[store.name].append(seconds(partial(store.ingest, given)))
            if store is ours:
                grown += resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    for store in stores:
        taken[store.name].append(seconds(store.ready))
    return taken, grown * 1024


def seconds(side: Callable[[], Any]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    side()
    return time.perf_counter() - start


def fact(row: Row, number: int) -> Fact:
    """A row as the peers keep it."""
    height, position = divmod(number, 100)
    return Fact(bytes.fromhex(row.txid), height, position, row.sender, row.receiver, row.value.to_bytes(BYTES, "big"))


def compare(asked: Sequence[str], ours: Ours, peers: Sequence[Peer]) -> None:
    """Raises ValueError when a store answers otherwise than ours."""
    for address in asked:
        wanted = ours.told(ours.look_up(address))
        for peer in peers:
            if peer.told(peer.look_up(address)) != wanted or not wanted:
                message = f"{peer.name} and chaintrace differ on {address}"
                raise ValueError(message)


def look_ups(asked: Sequence[str], ours: Ours, peers: Sequence[Peer]) -> dict[str, list[float]]:
    """The seconds of each look-up, the stores in turn; a scan is asked for a few only.

    Of ours twice: until the facts are there, and until every movement is an object.
    """
    taken: dict[str, list[float]] = {name: [] for name in (ours.name, ours.made, *(peer.name for peer in peers))}
    for number, address in enumerate(asked):
        start = time.perf_counter()
        found = ours.look_up(address)
        taken[ours.name].append(time.perf_counter() - start)
        for _ in found:
            pass
        taken[ours.made].append(time.perf_counter() - start)
        for peer in peers:
            if not isinstance(peer, Parquet) or number < SCANS:
                taken[peer.name].append(seconds(partial(peer.look_up, address)))
    return taken


def on_disk(folder: Path) -> int:
    """Bytes of all files of a folder, as the disk has them: LMDB's file has holes."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def finding(
    count: int,
    addresses: int,
    grown: int,
    *,
    taken: dict[str, list[float]],
    times: dict[str, list[float]],
    sizes: dict[str, float],
) -> Finding:
    """The numbers against their goals. Ingest is from the first part until look-ups can be answered."""
    half = {name: quantile(found, 0.5) for name, found in times.items()}
    whole = {name: sum(parts) for name, parts in taken.items()}
    ours = Ours.name
    lines = [
        [
            name,
            f"{count / whole[name] / 1000:,.0f} k/s" if name in whole else "",
            f"{count / PARTS / min(taken[name][:PARTS]) / 1000:,.0f} k/s" if name in whole else "",
            span(half[name]),
            span(quantile(times[name], 0.99)),
            f"{sizes[name]:.0f} B" if name in whole else "",
            f"{len(times[name]):,}",
        ]
        for name in times
    ]
    micro = 1e6
    return Finding(
        9,
        f"the store on disk, {count:,} transfers between {addresses:,} addresses",
        f"the answers of all stores for {COMPARED} addresses, transfer by transfer.",
        [
            Measure("look-up by address, p50", half[ours] * micro, 100, sense="at most", unit=" µs"),
            Measure("look-up by address, p99", quantile(times[ours], 0.99) * micro, 1000, sense="at most", unit=" µs"),
            Measure("bytes a transfer", sizes[ours], 130, sense="at most", unit=" B"),
            Measure("ingest against bare `executemany`", whole[BareSqlite.name] / whole[ours], 0.5),
            Measure("look-up against DuckDB with indices", half[DuckDb.name] / half[ours], 15),
            Measure("look-up against a Parquet scan", half[Parquet.name] / half[ours], 500),
            Measure("look-up against LMDB", half[ours] / half[Lmdb.name], 3, sense="at most"),
        ],
        ["store", "ingest", "its best part, without what follows", "p50", "p99", "on disk, a transfer", "look-ups"],
        lines,
        [
            (
                f"Ingest is by {PARTS} parts, each store in turn, one source and one database transaction a part, of "
                "objects that were made before, until look-ups can be answered: indices that are made after the last "
                "part count. Bare `executemany` fills one flat table and makes three indices, for sender, receiver "
                "and txid, as ours has them, with as much memory for pages as ours. Ours looks in every part but the "
                "first whether each txid is there already, and keeps every transaction with its block, its sources "
                "and its place in each."
            ),
            (
                "A look-up reads every fact of every movement, names of the other side included. The peers answer "
                "with tuples, LMDB with bytes; ours with a sequence that makes an object of the model when that "
                "movement is looked at: the second line is until all are made. While ours wrote, the process grew by "
                f"{grown / MEGABYTE:.0f} MB."
            ),
        ],
    )
