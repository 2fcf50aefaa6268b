"""Row 14: a store of a million tags: opening it and looking one up, against a dict that is filled from the same CSV."""

import csv
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.timing import Times, megabytes, peak, quantile, race, ratio, span
from benchmarks.verdicts import Finding, Measure
from chaintrace.tags.csv_file import HEADER
from chaintrace.tags.store import TagStore
from chaintrace.tags.store_import import Declared, import_list

TAGS, SERVICES, ASKED = 1_000_000, 50, 2_000
CHAIN = "ethereum"


def rows(number: int) -> Iterator[list[str]]:
    """Tags as exchanges publish them: many addresses, few words. Every tenth has a label of its own."""
    rng = random.Random(14)
    for at in range(number):
        service = f"service{rng.randrange(SERVICES)}"
        label = f"{service} deposit {at}" if at % 10 == 0 else f"{service} wallet"
        source = f"https://{service}.example/proof-of-reserves"
        yield [
            CHAIN,
            f"0x{rng.getrandbits(160):040x}",
            label,
            service,
            "exchange",
            "service_data",
            source,
            "2026-01-01",
        ]


def filled(path: Path) -> dict[tuple[str, str], list[dict[str, str]]]:
    """The peer: every row of the CSV in a dict."""
    table: dict[tuple[str, str], list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table.setdefault((row["chain"], row["address"]), []).append(row)
    return table


def opened(path: Path) -> None:
    """Open the store and ask for one address that it does not hold: what a command pays before its first answer."""
    with TagStore(path) as store:
        store.lookup("0x" + "0" * 40, CHAIN)


def timed(ask: Callable[[str], Any], asked: list[str]) -> list[float]:
    """Seconds of each look-up."""
    taken = []
    for address in asked:
        start = time.perf_counter()
        ask(address)
        taken.append(time.perf_counter() - start)
    return taken


def measure(*, quick: bool, full: bool) -> Finding:
    """Import once; open in turn with the peer; then look up the same addresses."""
    del full
    number = TAGS // 10 if quick else TAGS
    with tempfile.TemporaryDirectory() as name:
        source, path = Path(name) / "tags.csv", Path(name) / "tags.sqlite"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(rows(number))
        began = time.perf_counter()
        with TagStore(path) as store:
            done = import_list(store, source, Declared(), "benchmark", datetime.now(UTC))
        took = time.perf_counter() - began
        times = race({"store": lambda: opened(path), "dict": lambda: filled(source)}, 2 if quick else 3)
        table = filled(source)
        asked = random.Random(1).sample([address for _, address in table], ASKED)
        with TagStore(path) as store:
            same(store, table, asked)
            ours = timed(lambda address: store.lookup(address, CHAIN), asked)
        theirs = timed(lambda address: table[CHAIN, address], asked)
        size, held = path.stat().st_size, peak(lambda: opened(path))
    if done.kept != number:
        message = f"{done.kept} of {number} tags came in"
        raise ValueError(message)
    return _finding(number, times, (ours, theirs), took, (size, held))


def same(store: TagStore, table: dict[tuple[str, str], list[dict[str, str]]], asked: list[str]) -> None:
    """Raises ValueError when the store and the peer tell different tags."""
    for address in asked:
        (tag,), (row,) = store.lookup(address, CHAIN), table[CHAIN, address]
        if [tag.claim.label, tag.claim.actor, tag.claim.source] != [row["label"], row["actor"], row["source"]]:
            message = f"{address}: the store says {tag}, the file {row}"
            raise ValueError(message)


def _finding(
    number: int,
    times: dict[str, Times],
    asked: tuple[list[float], list[float]],
    took: float,
    sizes: tuple[int, int],
) -> Finding:
    (ours, theirs), (size, held) = asked, sizes
    half, most = quantile(ours, 0.5), quantile(ours, 0.99)
    return Finding(
        14,
        f"a store of {number:,} tags",
        f"{ASKED:,} addresses drawn at random have the same label, actor and source in the store and in the dict.",
        [
            Measure("opening, and a first question", times["store"].least, 0.2, sense="at most", unit=" s"),
            Measure("look-up, p50", half * 1e6, 50, sense="at most", unit=" µs"),
            Measure("look-up, p99", most * 1e6, 500, sense="at most", unit=" µs"),
            Measure("filling a dict from the CSV against opening", ratio(times["dict"], times["store"]), 100),
        ],
        ["", "ready after", "median", "look-up p50", "look-up p99"],
        [
            ["store", span(times["store"].least), span(times["store"].middle), span(half), span(most)],
            [
                "dict of the CSV",
                span(times["dict"].least),
                span(times["dict"].middle),
                span(quantile(theirs, 0.5)),
                span(quantile(theirs, 0.99)),
            ],
        ],
        [
            (
                f"A look-up in the store takes {half / quantile(theirs, 0.5):,.0f} times as long as one in the dict, "
                f"and makes the tag with its pack. The import took {span(took)} once ({span(took / number)} a tag, "
                f"with checked addresses); the file has {size / number:.0f} bytes a tag. "
                f"To open it and ask takes {megabytes(held)} of Python's memory."
            )
        ],
    )
