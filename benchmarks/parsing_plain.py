"""Row 2: raw blocks to columns with txids, beside a parser and OpenSSL's hashes alone."""

import tempfile
from pathlib import Path

from benchmarks import block_parsers as parsers
from benchmarks.parsing_addresses import line
from benchmarks.timing import cpu, race, ratio
from benchmarks.verdicts import Finding, Measure
from chaintrace.bulk.block_bytes import read_blocks


def measure(*, quick: bool, full: bool) -> Finding:
    """Compare, then time in turn."""
    del full
    with tempfile.TemporaryDirectory() as name:
        held, _, compared = parsers.prepared(Path(name))
    plain = parsers.plain_transactions(held)
    limit = parsers.openssl_limit(plain)
    if (limit() != parsers.ours(held)[1]).any():
        raise ValueError("the limit hashes something else")
    times = race(
        {
            "python-bitcoinlib": lambda: parsers.bitcoinlib(held),
            "OpenSSL, double SHA-256 alone": limit,
            "chaintrace": lambda: parsers.ours(held),
            "chaintrace, one thread": lambda: parsers.ours(held, 1),
            "chaintrace, columns without txids": lambda: read_blocks(held.data, held.begins, held.ends),
        },
        3 if quick else 15,
    )
    lib, _, ours, *_ = times.values()
    worked = cpu({"limit": limit, "ours": lambda: parsers.ours(held, 1)}, 3 if quick else 15)
    return Finding(
        2,
        "raw blocks to columns with txids",
        compared,
        [
            Measure("share of the OpenSSL limit, one thread", ratio(worked["limit"], worked["ours"]), 0.5, 0.65),
            Measure("against python-bitcoinlib", ratio(lib, ours), 100, 140),
        ],
        ["parser", "least", "median", "MB/s", "k tx/s"],
        [line(name, found, held, len(plain)) for name, found in times.items()],
        [
            (
                "The blocks of row 1. The limit calls the same functions of OpenSSL in a compiled loop of one thread, "
                "and is compared with one thread of ours, by the time of the processor. 15 repeats."
            )
        ],
    )
