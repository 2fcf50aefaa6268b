"""Row 16: from block files to clusters: how time, memory and disk grow with the number of transactions."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from benchmarks import made_blocks
from benchmarks.timing import MEGABYTE, span
from benchmarks.verdicts import Finding

SIZES = (1_000_000, 3_000_000, 10_000_000)
BIN = Path(sys.executable).parent / "chaintrace"
CHILD = (
    "import resource, subprocess, sys\n"
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(used.ru_maxrss * 1024, used.ru_utime + used.ru_stime)"
)


class Run(NamedTuple):
    """One command: its seconds by the clock and on the processor, and the most memory that its process held."""

    seconds: float
    cpu: float
    memory: int


def command(*arguments: str | Path) -> Run:
    """Run `chaintrace bulk …` in a process of its own."""
    began = time.perf_counter()
    told = [sys.executable, "-c", CHILD, str(BIN), "bulk", *map(str, arguments)]
    shown = subprocess.run(told, check=True, capture_output=True, text=True)
    memory, cpu = shown.stdout.split()
    return Run(time.perf_counter() - began, float(cpu), int(memory))


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def same(chain: Path, clusters: Path) -> int:
    """How many clusters there are. Raises ValueError where graphsense-clustering finds others in the same inputs."""
    from gs_clustering import Clustering

    table = pq.read_table(chain / "inputs", columns=["tx", "script_id"]).drop_null()
    labels = pq.read_table(clusters, columns=["cluster"])["cluster"].to_numpy()
    tx, ids = table["tx"].to_numpy(), table["script_id"].to_numpy()
    peer = Clustering(max_address_id=len(labels) - 1)
    bounds = np.flatnonzero(np.diff(tx)) + 1
    peer.process_transactions([part.tolist() for part in np.split(ids, bounds)])
    theirs = peer.get_mapping().column(1).to_numpy()
    least = np.full(len(labels), len(labels), np.uint32)
    np.minimum.at(least, theirs, np.arange(len(labels), dtype=np.uint32))
    if (least[theirs] != labels).any():
        raise ValueError("the clusters of the table differ from graphsense-clustering's of the same inputs")
    return int((labels == np.arange(len(labels))).sum())


def measure(*, quick: bool, full: bool) -> Finding:
    """Each size once, from made files to clusters."""
    del full
    lines, compared = [], 0
    for number in (100_000, 200_000) if quick else SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            raw = made_blocks.write(folder / "blocks", number)
            chain, clusters = folder / "chain", folder / "clusters.parquet"
            parsed = command("parse", folder / "blocks", "--to", chain, "--chain", made_blocks.CHAIN)
            clustered = command("cluster", chain, "--to", clusters, "--through-coinjoins")
            compared = compared or same(chain, clusters)
            lines.append(
                [
                    f"{number:,}",
                    f"{raw / MEGABYTE:,.0f} MB",
                    span(parsed.seconds),
                    span(parsed.cpu),
                    f"{parsed.memory / MEGABYTE:,.0f} MB",
                    f"{size_of(chain) / number:.0f} B",
                    span(clustered.seconds),
                    span(clustered.cpu),
                    f"{clustered.memory / MEGABYTE:,.0f} MB",
                ]
            )
    return Finding(
        16,
        "from block files to clusters",
        f"the {compared:,} clusters of the smallest chain with graphsense-clustering's of the same inputs.",
        [],
        [
            *("transactions", "block files", "`bulk parse`", "processor", "memory", "tables, a transaction"),
            *("`bulk cluster`", "processor", "memory"),
        ],
        lines,
        [
            (
                "A made chain (`benchmarks/made_blocks.py`): two inputs and two outputs a transaction, every third "
                "output to an old script. Each command is a process of its own, measured once with its start; memory "
                "is the most that it held, mapped files included. The tables hold no unlocking scripts and no witness."
            )
        ],
    )
