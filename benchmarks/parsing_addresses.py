"""Row 1: raw blocks to columns with txids and address text, beside two parsers and the hashes alone."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import block_parsers as parsers
from benchmarks.timing import MEGABYTE, Times, cpu, race, ratio, span
from benchmarks.verdicts import Finding, Measure

LIB, RUST = "python-bitcoinlib", "bitcoin-explorer (Rust, 2 cores)"
LIMIT, OURS, ALONE = "hashlib, double SHA-256 alone", "chaintrace", "chaintrace, one thread"


def measure(*, quick: bool, full: bool) -> Finding:
    """Compare, then time in turn."""
    del full
    with tempfile.TemporaryDirectory() as name:
        held, explorer, compared = parsers.prepared(Path(name))
        plain = parsers.plain_transactions(held)
        sides: dict[str, Callable[[], object]] = {
            LIB: lambda: parsers.bitcoinlib_with_addresses(held),
            LIMIT: lambda: parsers.hashlib_limit(plain),
            OURS: lambda: parsers.ours_with_addresses(held),
            ALONE: lambda: parsers.ours_with_addresses(held, 1),
        }
        times = race(sides | ({RUST: explorer} if explorer else {}), 2 if quick else 15)
        worked = cpu({name: sides[name] for name in (LIMIT, ALONE)}, 2 if quick else 15)
    goals = [
        Measure("against python-bitcoinlib", ratio(times[LIB], times[OURS]), 75, 100),
        *(Measure("against bitcoin-explorer", ratio(times[one], times[OURS]), 8, 13) for one in times if one == RUST),
        Measure("share of the hashlib limit, one thread", ratio(worked[LIMIT], worked[ALONE]), 0.65, 0.9),
    ]
    return Finding(
        1,
        "raw blocks to columns with txids and address text",
        compared,
        goals,
        ["parser", "least", "median", "MB/s", "k tx/s"],
        [line(name, found, held, len(plain)) for name, found in times.items()],
        [
            (
                f"{len(held.blocks)} real blocks, {len(plain):,} transactions, {len(held.data) / MEGABYTE:.1f} MB: see "
                "`benchmarks/block_chain.py`. The limit is what it takes to hash the bytes of the transactions, which "
                "lie ready for it. bitcoin-explorer reads the same blocks from a file that the system holds in memory, "
                "and makes Python objects, as python-bitcoinlib does; ours are columns. Ours hashes and writes "
                "addresses by a thread a core, which is of little use where others keep the cores busy; the limit has "
                "one thread, and is compared with one, by the time of the processor. 15 repeats."
            )
        ],
    )


def line(name: str, found: Times, held: parsers.Buffer, transactions: int) -> list[str]:
    """A parser's times and speed."""
    speed = f"{len(held.data) / found.least / MEGABYTE:,.3g}"
    return [name, span(found.least), span(found.middle), speed, f"{transactions / found.least / 1000:,.3g}"]
