"""Row 3: what a tiny block costs beyond its hashes, and what the first call of a new process costs."""

import os
import subprocess
import sys
from statistics import median

from benchmarks import block_parsers as parsers
from benchmarks.block_chain import small
from benchmarks.timing import race, span
from benchmarks.verdicts import Finding, Measure

CODE = """
import time
began = time.perf_counter()
import numpy as np
from chaintrace.bulk import digests
from chaintrace.bulk.block_bytes import read_blocks
data = np.frombuffer(bytes.fromhex("{block}"), np.uint8)
found = read_blocks(data, np.array([0]), np.array([len(data)]))
txid = digests.txids(data, found)
print(time.perf_counter() - began, txid[0].tobytes()[::-1].hex())
"""
NUMBA = """
import time
began = time.perf_counter()
import numba
print(time.perf_counter() - began)
"""
GENESIS_TXID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"


def in_new_process(code: str) -> list[str]:
    """The words that a new process prints; it keeps what Python compiles, as a user's does."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=kept)
    return shown.stdout.split()


def first_call(block: bytes) -> float:
    """Seconds from nothing loaded to the txid of one block, in a new process. Raises ValueError for another txid."""
    seconds, txid = in_new_process(CODE.format(block=block.hex()))
    if txid != GENESIS_TXID:
        raise ValueError(f"the txid of the first transaction of all is not {txid}")
    return float(seconds)


def numba_alone() -> float:
    """Seconds to load numba, in a new process."""
    (seconds,) = in_new_process(NUMBA)
    return float(seconds)


def measure(*, quick: bool, full: bool) -> Finding:
    """The first call warms the cache and is not counted."""
    del full
    held = parsers.buffer(small())
    plain = parsers.plain_transactions(held)
    limit = parsers.openssl_limit(plain)
    if (limit() != parsers.ours(held)[1]).any():
        raise ValueError("the limit hashes something else")
    times = race({"limit": limit, "ours": lambda: parsers.ours(held)}, 5 if quick else 50)
    over = (times["ours"].least - times["limit"].least) / len(held.blocks)
    first_call(held.blocks[0])
    starts, bare = [], []
    for _ in range(3 if quick else 10):
        starts.append(first_call(held.blocks[0]))
        bare.append(numba_alone())
    return Finding(
        3,
        "tiny blocks, and the first call",
        "the txids of all transactions, and in each new process that of the first transaction of all.",
        [
            Measure("a tiny block over the limit", over * 1e6, 1, sense="at most", unit=" µs"),
            Measure("first call in a new process", min(starts), 0.6, sense="at most", unit=" s"),
        ],
        ["", "least", "median"],
        [
            [f"{len(held.blocks)} blocks, hashes alone", span(times["limit"].least), span(times["limit"].middle)],
            [f"{len(held.blocks)} blocks, chaintrace", span(times["ours"].least), span(times["ours"].middle)],
            ["first call, imports included", span(min(starts)), span(median(starts))],
            ["of that, to import numba alone", span(min(bare)), span(median(bare))],
        ],
        [
            (
                f"Heights 0 to {len(held.blocks) - 1}, {len(plain)} transactions. The compiled code lies in numba's "
                "cache, and Python's own beside its modules; the first call ever compiles both."
            )
        ],
    )
