"""Row 13: how busy a whole case of accounts keeps its link, over a server that answers late."""

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from unittest.mock import patch
from urllib.parse import urlsplit

from benchmarks import loopback
from benchmarks.account_ledger import Ledger, ledger
from benchmarks.timing import settled
from benchmarks.verdicts import Finding, Measure
from chaintrace.adapters.transport import Query
from chaintrace.case import online
from chaintrace.case.log import FILE_NAME, Writer
from chaintrace.case.rates import VARIABLE
from chaintrace.case.result import Trace, open_case
from chaintrace.model.trace import Endpoint, Resting

ADDRESSES, LATENCY, WORKERS, RATE = 2_000, 50, 16, 100
"""Addresses reached, milliseconds until an answer, connections, and requests a second where there is a limit."""

REPEATS = 3

CASE = """\
[case]
name = "a theft"
methods = ["fifo", "lifo", "libr", "haircut"]

[limits]
max_hops = 1000
max_transactions = 1000000

[[source]]
adapter = "trongrid"
chain = "tron"
url = "{url}"

[[seed]]
chain = "tron"
txid = "{theft}"
origin = "theft"

[[tags]]
path = "tags.csv"

[follow]
workers = {workers}

[rules]
use = []
"""


_NOTED = online.noted


@dataclass
class Watch:
    """Hears what a case says while it runs, and of each request.

    The traces have all their facts when the issuers of tokens begin to be asked; the first word that is not of the
    following ends it.
    """

    began: tuple[float, float]
    followed: tuple[float, float] = (0.0, 0.0)
    """Seconds of the following, by the clock and of CPU."""

    fetched: float = 0.0
    """Seconds until the last answer about an address that the traces need."""

    asked: int = 0
    """Requests until then."""

    is_told: bool = False

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """Hear one line."""
        del done, total
        if what.startswith("asking"):
            self.is_told = True
        elif not what.startswith("following") and not self.followed[0]:
            self.followed = (time.perf_counter() - self.began[0], time.process_time() - self.began[1])

    def noted(self, writer: Writer, query: Query) -> None:
        """Hear of one request, which is in the log afterwards."""
        if not self.is_told:
            self.asked += 1
            if "getblock" not in query.request:  # the look after a re-organisation comes after the last exact traces
                self.fetched = time.perf_counter() - self.began[0]
        _NOTED(writer, query)


@dataclass(frozen=True)
class Run:
    """A case from an empty folder: requests in its log, and how the following went.

    `asked` are the requests until the last answer about an address that the traces need, `fetched` the seconds from the
    call until then, `seconds` those of the whole following, `cpu` what it took of CPU, `whole` until the report was
    there; `share` is the part of what the link allows until that last answer.
    """

    requests: int
    asked: int
    fetched: float
    seconds: float
    cpu: float
    whole: float
    share: float


def folder_of(folder: Path, told: Ledger, url: str) -> Path:
    """The case, as a person writes it."""
    folder.mkdir()
    text = CASE.format(url=url, theft=told.theft, workers=WORKERS)
    (folder / "case.toml").write_text(text, encoding="utf-8")
    lines = [f"tron,{one},Exchange,exchange,exchange,service_api,made up,2024-01-01" for one in told.exchanges]
    tags = ["chain,address,label,actor,category,confidence,source,lastmod", *lines]
    (folder / "tags.csv").write_text("\n".join(tags) + "\n", encoding="utf-8")
    return folder


def compare(told: Ledger, result: Trace) -> None:
    """Raises ValueError where a unit is lost, or where first in, first out does not end where the plain loop does."""
    expected = told.expected
    for method, trace in result.report.inputs.traces.items():
        claimed = sum(one.claimed for one in trace.claims)
        if trace.missing or not claimed == sum(one.value for one in trace.outcomes) == told.stolen:
            message = f"{method}: {len(trace.missing)} questions are open, {claimed:,} base units were claimed"
            raise ValueError(message)
    for kind, wanted in ((Endpoint, expected.ends), (Resting, expected.rests)):
        found: dict[tuple[str, str], int] = {}
        for one in result.report.inputs.traces["fifo"].of(kind):
            found[one.origin, one.address] = found.get((one.origin, one.address), 0) + one.value
        if found != wanted:
            message = f"{kind.__name__}: {len(found)} places were found, {len(wanted)} were expected"
            raise ValueError(message)


def run(folder: Path, told: Ledger, url: str, rate: int | None) -> Run:
    """Follow and report once. Raises ValueError as `compare` does."""
    place = folder_of(folder, told, url)
    host = urlsplit(url).netloc
    environment = {"CHAINTRACE_NETWORK": "own", **({VARIABLE: f"{host}={rate}"} if rate else {})}
    began = time.perf_counter(), time.process_time()
    watch = Watch(began)
    with patch.object(online, "noted", watch.noted):
        result = open_case(place).follow(environment=environment, observer=watch)
    whole = time.perf_counter() - began[0]
    compare(told, result)
    lines = (place / FILE_NAME).read_text("utf-8").splitlines()
    requests = sum(json.loads(line)["action"] == "request" for line in lines)
    seconds, cpu = watch.followed
    allowed = min(WORKERS * 1000 / LATENCY, rate or WORKERS * 1000 / LATENCY)
    return Run(requests, watch.asked, watch.fetched, seconds, cpu, whole, watch.asked / allowed / watch.fetched)


def measure(*, quick: bool, full: bool) -> Finding:
    """Both limits in turn, each case from an empty folder."""
    del full
    told = ledger(ADDRESSES // 10 if quick else ADDRESSES)
    runs: dict[int | None, list[Run]] = {None: [], RATE: []}
    with (
        tempfile.TemporaryDirectory() as home,
        loopback.server(LATENCY, "benchmarks.trongrid", str(told.addresses)) as served,
        settled(),
    ):
        for number in range(1 if quick else REPEATS):
            for rate, found in runs.items():
                found.append(run(Path(home) / f"{rate or 'free'} {number}", told, served.url, rate))
    asked = sum(one.requests for found in runs.values() for one in found)
    if served.answered != asked:
        message = f"the server answered {served.answered} requests, and the logs have {asked}"
        raise ValueError(message)
    return finding(told, runs, served)


def finding(told: Ledger, runs: dict[int | None, list[Run]], served: loopback.Served) -> Finding:
    """The shares against their goal."""
    names = {None: f"{WORKERS} connections", RATE: f"{RATE} requests a second"}
    return Finding(
        13,
        f"a case of {told.addresses:,} addresses over a server that answers after {LATENCY} ms",
        "under every method each base unit of the theft is accounted for and nothing is left open; under FIFO all "
        f"{len(told.expected.ends) + len(told.expected.rests):,} places where it ends, to the unit, as a plain loop "
        "over the whole ledger has them; and the server's count of requests is that of the logs.",
        [
            Measure(
                f"share of what {names[rate]} allow, median", median(one.share for one in found) * 100, 85, unit=" %"
            )
            for rate, found in runs.items()
        ],
        [
            "run",
            "requests",
            "until the last answer",
            "share",
            "the whole following",
            "CPU a request",
            "with the report",
        ],
        [
            [
                f"{names[rate]}, {number}",
                f"{one.asked:,}",
                f"{one.fetched:.1f} s",
                f"{one.share:.0%}",
                f"{one.seconds:.1f} s",
                f"{1000 * one.cpu / one.requests:.2f} ms",
                f"{one.whole:.1f} s",
            ]
            for rate, found in runs.items()
            for number, one in enumerate(found, 1)
        ],
        [
            (
                f"A theft of USDT on TRON splits, peels off and joins again over {len(told.rows):,} payments, among "
                "them others' money in and out. The case asks a server in TronGrid's shapes as a person's does, from "
                f"an empty folder, with {WORKERS} workers: for every address that value reaches a page of its history, "
                "what follows that page, and the balance that shows it to be complete. All that a case does is in the "
                "time: the archive on the disk, the sealed log, the store, and the exact traces of all four methods on "
                f"the way. The share is what the link allows at the least, requests × {LATENCY} ms / {WORKERS} or "
                f"requests / {RATE}, by the time from the call until the last answer about an address: its beginning, "
                "where one answer leads to the next question, counts. After that come the last exact traces, the "
                "questions to the issuer of the token and the look after a re-organisation. The server is a process "
                "of its own; it took "
                f"{served.cpu / max(served.answered, 1) * 1e6:.0f} µs of CPU an answer."
            )
        ],
    )
