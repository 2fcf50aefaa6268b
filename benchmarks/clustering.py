"""Row 15: clustering ten million transactions beside graphsense-clustering, and how time grows to 30 million."""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.timing import MEGABYTE, Times, race, ratio, span
from benchmarks.verdicts import Finding, Measure, table
from chaintrace.bulk import cluster_inputs

TRANSACTIONS = 10_000_000
GROWTH = (1_000_000, 3_000_000, 10_000_000, 30_000_000)
KINDS = ("recent", "anywhere")
PEAK = """
import re, sys
from benchmarks import clustering
kind, number, side = sys.argv[1], int(sys.argv[2]), sys.argv[3]
made = clustering.ledger(kind, number)
clustering.SIDES[side](clustering.ledger(kind, 1000))
def held(name):
    return int(re.search(rf"{name}:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
open("/proc/self/clear_refs", "w").write("5")
before = held("VmRSS")
answer = clustering.SIDES[side](made)
print(held("VmHWM") - before)
"""


class Ledger(NamedTuple):
    """Transactions with the ids of the addresses that each spends from, as both sides take them."""

    offsets: npt.NDArray[np.int64]
    ids: npt.NDArray[np.uint32]
    lists: pa.ListArray
    addresses: int


def ledger(kind: str, transactions: int) -> Ledger:
    """As many addresses as transactions; one input in every second, two in every fourth, and so on.

    `recent`: an input spends from an address that came up 20,000 transactions before, on average, as most outputs are
    spent soon. `anywhere`: from any address at all, which is the worst that memory can be asked for.
    """
    rng = np.random.default_rng(15)
    sizes = rng.geometric(0.5, transactions)
    offsets = np.zeros(transactions + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    if kind == "recent":
        owners = np.repeat(np.arange(transactions), sizes) - rng.geometric(1 / 20_000, offsets[-1])
        ids = np.abs(owners).astype(np.uint32)
    else:
        ids = rng.integers(0, transactions, offsets[-1], dtype=np.uint32)
    ids %= np.uint32(transactions)
    lists = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(ids))
    return Ledger(offsets, ids, lists, transactions)


def ours(made: Ledger) -> npt.NDArray[np.uint32]:
    """Labels of all addresses."""
    return cluster_inputs(made.offsets, made.ids, made.addresses)


def theirs(made: Ledger) -> npt.NDArray[np.uint32]:
    """The clusters of all addresses, by the Arrow API."""
    from gs_clustering import Clustering

    clusters = Clustering(max_address_id=made.addresses - 1)
    clusters.process_transactions_arrow(made.lists)
    found: npt.NDArray[np.uint32] = clusters.get_mapping().column(1).to_numpy()
    return found


SIDES: dict[str, Callable[[Ledger], npt.NDArray[np.uint32]]] = {"chaintrace": ours, "graphsense-clustering": theirs}


def same(made: Ledger) -> int:
    """How many clusters there are. Raises ValueError where the two sides differ as partitions."""
    labels, clusters = ours(made), theirs(made)
    least = np.full(made.addresses, made.addresses, np.uint32)
    np.minimum.at(least, clusters, np.arange(made.addresses, dtype=np.uint32))
    if (least[clusters] != labels).any():
        raise ValueError("the clusters differ")
    return int((labels == np.arange(made.addresses)).sum())


def peak(kind: str, number: int, side: str) -> int:
    """The most bytes that a process of its own held for one side, beyond its input."""
    command = [sys.executable, "-c", PEAK, kind, str(number), side]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def processor(side: Callable[[], object]) -> float:
    """The least seconds of processor that three runs of one side took, all its threads together."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        side()
        taken.append(time.process_time() - start)
    return min(taken)


def measure(*, quick: bool, full: bool) -> Finding:
    """Compare, time in turn, then let the number of transactions grow."""
    del full
    number = TRANSACTIONS // 10 if quick else TRANSACTIONS
    measures, lines, compared = [], [], []
    for kind in KINDS:
        made = ledger(kind, number)
        compared.append(f"{same(made):,} clusters ({kind})")
        times = race({name: lambda side=side, made=made: side(made) for name, side in SIDES.items()}, 3 if quick else 5)
        held = {name: peak(kind, number, name) for name in SIDES}
        used = {name: processor(lambda side=side, made=made: side(made)) for name, side in SIDES.items()}
        measures += _measures(kind, times, used, held)
        lines += [
            [
                f"{kind}: {name}",
                span(found.least),
                span(found.middle),
                span(used[name]),
                f"{number / found.least / 1e6:.3g}",
                f"{held[name] / MEGABYTE:,.0f} MB",
            ]
            for name, found in times.items()
        ]
        del made
    return Finding(
        15,
        f"clustering {number:,} transactions",
        f"the partition of all addresses, both of {' and of '.join(compared)}.",
        measures,
        ["side", "least", "median", "processor", "M tx/s", "memory"],
        lines,
        _notes(quick=quick),
    )


def _measures(kind: str, times: dict[str, Times], used: dict[str, float], held: dict[str, int]) -> list[Measure]:
    ours_, theirs_ = SIDES
    return [
        Measure(f"speed against graphsense-clustering, {kind}", ratio(times[theirs_], times[ours_]), 1.5, 2),
        Measure(f"the same by time of the processor, {kind}", used[theirs_] / used[ours_], 1.5, 2),
        Measure(f"memory against graphsense-clustering, {kind}", held[ours_] / held[theirs_], 1, sense="at most"),
    ]


def _notes(*, quick: bool) -> list[str]:
    """What the ledgers are, and the table of growth."""
    rows = []
    for number in GROWTH[:2] if quick else GROWTH:
        made = ledger("recent", number)
        times = race({name: lambda side=side, made=made: side(made) for name, side in SIDES.items()}, 3)
        used = [processor(lambda side=side, made=made: side(made)) for side in SIDES.values()]
        cells = [f"{seconds / number * 1e9:.3g} ns" for seconds in used]
        rows.append([f"{number:,}", f"{len(made.ids):,}", span(times["chaintrace"].least), *cells])
        del made
    columns = [
        "transactions (recent)",
        "inputs",
        "chaintrace",
        "processor, a transaction",
        "graphsense-clustering's",
    ]
    return [
        (
            "The ledgers are made: as many addresses as transactions, two inputs a transaction on average. In `recent` "
            "an input spends from an address of 20,000 transactions before, on average; in `anywhere` from any. "
            "Memory is what a process of its own held at most beyond its input. Both sides use every core; time of "
            "the processor is that of all threads of a side, and hardly longer where others are at the machine."
        ),
        table(columns, rows),
    ]
