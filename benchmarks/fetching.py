"""Row 11: how much of workers / latency the fetcher and the door reach over a slow server, and what a call costs."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import NamedTuple

from benchmarks import loopback
from benchmarks.timing import quantile, settled
from benchmarks.verdicts import Finding, Measure
from chaintrace.adapters.network import Endpoint, Reply, Status
from chaintrace.adapters.transport import Answer, Door, Keys, LiveDoor, Request, wires
from chaintrace.case.log import NOTHING, Writer
from chaintrace.case.online import noted
from chaintrace.errors import Malformed
from chaintrace.fetch import Fetcher
from chaintrace.model.chain import Block
from chaintrace.model.view import Missing, MissingTransaction
from chaintrace.store import FileArchive

CHAIN = "bitcoin"
LATENCY = 50
"""Milliseconds."""
WORKERS = (8, 16, 32, 64)
CALLS = 25
"""Calls a worker in one run: 1.25 seconds at the least."""
COMPARED = 16
PATIENCE = 30
"""Seconds until a thread that nobody meets gives up."""
TIP = Block(1, "0" * 64, 1_600_000_000)


class Source:
    """The least that a network source can be: one question is one request, one answer."""

    def __init__(self, url: str, door: Door) -> None:
        self.endpoint = Endpoint("loopback", CHAIN, url, url, "own")
        self._door = door

    def status(self) -> Status:
        return Status(CHAIN, 1, TIP.hash, TIP.time, None)

    def block_hash(self, height: int) -> str:
        return TIP.hash * (height == TIP.height)

    def reply(self, missing: Missing, at: Status) -> Reply:
        del at
        if isinstance(missing, MissingTransaction):
            self.ask(missing.txid)
        return Reply(absent=True)

    def ask(self, txid: str) -> Answer:
        """One request whose answer never changes, checked as an adapter checks it."""
        path = f"/tx/{txid}/hex"

        def check(content: bytes, status: int) -> None:
            del status
            if content != loopback.body(path):
                message = f"{path} was answered with something else"
                raise Malformed(message)

        url = self.endpoint.url + path
        return self._door.ask(Request("loopback", url, reach="own", settled=True, check=check))


class Run(NamedTuple):
    """One run: calls a second, and seconds of CPU a call in this process."""

    rate: float
    cpu: float


@dataclass(frozen=True)
class Ground:
    """What both sides ask, and where ours keeps what it heard. No question is ever asked twice."""

    url: str
    folder: Path
    source: Source
    archive: FileArchive
    numbers: Iterator[int]

    def txids(self, calls: int) -> list[str]:
        """Names of transactions that nobody has asked for yet."""
        return [f"{next(self.numbers):064x}" for _ in range(calls)]


@contextmanager
def ground(url: str, folder: Path) -> Iterator[Ground]:
    """The door as a case opens it: every answer in the archive on the disk, every request in the sealed log."""

    def clock() -> datetime:
        return datetime.now(UTC)

    archive = FileArchive(folder / "archive", clock, sync=False)  # as `case.rooms` opens it: `flush` before facts
    log = Writer(folder, clock, NOTHING)
    ways = wires()
    with LiveDoor(archive, ways, allowed="own", keys=Keys({}), queries=partial(noted, log)) as door:
        yield Ground(url, folder, Source(url, door), archive, count())


def ours(place: Ground, workers: int) -> Run:
    """The fetcher through the door."""
    with Fetcher([place.source], workers) as fetcher:
        fetcher.fetch([MissingTransaction(CHAIN, txid) for txid in place.txids(workers)], {CHAIN: TIP})
        questions = [MissingTransaction(CHAIN, txid) for txid in place.txids(workers * CALLS)]
        began = time.perf_counter(), time.process_time()
        outcomes = fetcher.fetch(questions, {CHAIN: TIP})
        run = _run(len(outcomes), began)
    if any(outcome.errors or not outcome.is_settled for outcome in outcomes):
        message = "a question was not answered"
        raise ValueError(message)
    return run


def bare(place: Ground, workers: int) -> Run:
    """Threads, each with a session of its own, as it comes."""
    import requests

    met = Barrier(workers + 1, timeout=PATIENCE)

    def ask(txids: Sequence[str]) -> int:
        with requests.Session() as session:
            session.get(f"{place.url}/tx/first/hex").raise_for_status()
            met.wait()
            return sum(len(session.get(f"{place.url}/tx/{txid}/hex").content) > 0 for txid in txids)

    parts = [place.txids(CALLS) for _ in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        answers = [pool.submit(ask, part) for part in parts]
        met.wait()
        began = time.perf_counter(), time.process_time()
        calls = sum(answer.result() for answer in answers)
        return _run(calls, began)


def _run(calls: int, began: tuple[float, float]) -> Run:
    """What was reached since then."""
    return Run(calls / (time.perf_counter() - began[0]), (time.process_time() - began[1]) / calls)


def compare(place: Ground) -> None:
    """Raises ValueError where the door hands over, or keeps, other bytes than a bare session gets."""
    import requests

    for txid in place.txids(COMPARED):
        answer = place.source.ask(txid)
        plain = requests.get(f"{place.url}/tx/{txid}/hex", timeout=PATIENCE).content
        if not plain == answer.content == place.archive.read(answer.source.sha256):
            message = f"the door and a bare session differ on {txid}"
            raise ValueError(message)


def measure(*, quick: bool, full: bool) -> Finding:
    """Both sides in turn, at each number of workers."""
    del full
    repeats = 1 if quick else 5
    sides: dict[str, Callable[[Ground, int], Run]] = {"bare sessions": bare, "fetcher and door": ours}
    runs: dict[tuple[int, str], list[Run]] = {(workers, name): [] for workers in WORKERS for name in sides}
    with (
        tempfile.TemporaryDirectory() as folder,
        loopback.server(LATENCY) as served,
        ground(served.url, Path(folder)) as place,
        settled(),
    ):
        compare(place)
        for _ in range(repeats):
            for (workers, name), found in runs.items():
                found.append(sides[name](place, workers))
    return finding(runs, served, repeats)


def finding(runs: dict[tuple[int, str], list[Run]], served: loopback.Served, repeats: int) -> Finding:
    """The shares against their goals."""
    best = {key: max(run.rate for run in found) / (key[0] * 1000 / LATENCY) for key, found in runs.items()}
    cpu = {key: quantile([run.cpu for run in found], 0.5) * 1000 for key, found in runs.items()}
    over = {workers: cpu[workers, "fetcher and door"] - cpu[workers, "bare sessions"] for workers in WORKERS}
    lines = [
        [
            f"{workers} workers: {name}",
            f"{max(run.rate for run in found):,.0f}",
            f"{quantile([run.rate for run in found], 0.5):,.0f}",
            f"{workers * 1000 / LATENCY:,.0f}",
            f"{best[workers, name]:.0%}",
            f"{cpu[workers, name]:.2f} ms",
        ]
        for (workers, name), found in runs.items()
    ]
    return Finding(
        11,
        f"fetching over a server that answers after {LATENCY} ms",
        f"{COMPARED} answers of the door, what it kept of them, and what a bare session gets, byte for byte.",
        [
            *(
                Measure(f"share of workers / latency, {workers} workers", share * 100, 85, unit=" %")
                for (workers, name), share in best.items()
                if name == "fetcher and door"
            ),
            *(
                Measure(f"CPU a call over a bare session, {workers} workers", more, 0.5, sense="at most", unit=" ms")
                for workers, more in over.items()
            ),
        ],
        ["side", "calls a second, best", "median", "workers / latency", "share, best", "CPU a call, median"],
        lines,
        [
            (
                f"{CALLS} calls a worker in a run, {repeats} runs; connections are open before the clock starts. A "
                "bare session is one of requests as it comes, one a thread, and keeps nothing. On our side one "
                "question is one request through `chaintrace/fetch.py` and the door: the answer is checked, put into "
                "the archive on the disk under its digest, and the request is sealed into the log, as in a case. The "
                f"server is a process of its own; it took {served.cpu / max(served.answered, 1) * 1e6:.0f} µs of CPU "
                "an answer, and what the bare sessions reach says how little it holds anybody up. An adapter that "
                "asks several things to answer one question has as many calls."
            ),
            (
                f"Threads of one process share its interpreter: at {WORKERS[-1]} workers 85 % leaves "
                f"{LATENCY / WORKERS[-1] / 0.85:.2f} ms a call for all that is Python, the bare session's part "
                "included; what the system does for a call, such as putting bytes on the disk, runs beside it."
            ),
        ],
    )
