"""Row 10: a whole offline trace, the store included, beside crypttrace 0.29.0 with the same canned rows."""

import hashlib
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.ledgers import CHAIN, GENESIS, WITHOUT_LIMITS, Case, case_of, rows_of, transactions
from benchmarks.plain import Row
from benchmarks.rival import COIN, Crypttrace, Pairs
from benchmarks.timing import Times, megabytes, peak, race, ratio, span
from benchmarks.tracing import follow
from benchmarks.verdicts import Finding, Measure
from chaintrace.case.view import CaseView
from chaintrace.model.provenance import Coverage, Source
from chaintrace.model.trace import Options, Seed, Trace
from chaintrace.store import SqliteStore
from chaintrace.tracing import trace

SMALL, LARGE = 10_000, 100_000
LAYERS = 10
FAN = 10
STOLEN = 10**12
"""Coins in the one payment that is followed."""

MEMORY_GOALS = {SMALL: 8, LARGE: 15}
REPEATS = 3
STORE_REPEATS = 2


@dataclass(frozen=True)
class Ledger:
    """Rows, of which the first pays the address from which crypttrace goes, and is the seed of ours."""

    name: str
    rows: Sequence[Row]
    case: Case
    theirs: Crypttrace

    @property
    def root(self) -> str:
        """Where both begin."""
        return self.rows[0].receiver


def forwarded(size: int) -> list[Row]:
    """A ledger in which all comes from one payment: nine layers of addresses each pass on all they got, then it rests.

    So every transfer moves traced value and no other, and who follows addresses sees what is true of the value.
    """
    chosen = random.Random(10)
    width = size // (LAYERS * FAN)
    layers = [["root"], *([f"{layer}.{number}" for number in range(width)] for layer in range(LAYERS))]
    held = {"root": STOLEN}
    rows = [Row("t0", "", "root", STOLEN)]
    for senders, receivers in pairwise(layers):
        for sender in senders:
            targets = receivers if len(senders) == 1 else chosen.choices(receivers, k=FAN)
            for left, target in zip(range(len(targets), 0, -1), targets, strict=True):
                value = held.get(sender, 0) // left
                if value:
                    held[sender] -= value
                    held[target] = held.get(target, 0) + value
                    rows.append(Row(f"t{len(rows)}", sender, target, value))
    return rows


def as_ethereum(rows: Sequence[Row]) -> list[Row]:
    """The rows with addresses and txids as long as real ones, and values in base units of whole coins."""

    def name(text: str, size: int) -> str:
        return text and "0x" + hashlib.sha256(text.encode()).hexdigest()[:size]

    return [Row(name(row[0], 64), name(row[1], 40), name(row[2], 40), row.value * COIN) for row in rows]


def ledgers(size: int, home: Path) -> list[Ledger]:
    """Three questions of one size, each with the same rows for both sides; only the first has equal answers."""
    rows, mixed = as_ethereum(forwarded(size)), as_ethereum(rows_of(size))
    theirs = Crypttrace(home, mixed)
    many = {row.txid: f"payment {number}" for number, row in enumerate(mixed[: size // 100])}
    return [
        Ledger(f"all forwarded, {size:,}", rows, case_of(rows, {rows[0].txid: "payment"}), Crypttrace(home, rows)),
        Ledger(f"random, one payment, {size:,}", mixed, case_of(mixed, {mixed[0].txid: "payment"}), theirs),
        Ledger(f"random, {len(many):,} payments, {size:,}", mixed, case_of(mixed, many), theirs),
    ]


def moved(found: Trace) -> tuple[set[str], Pairs]:
    """What ours reached, in the same terms: addresses, and per pair the value and the transfers that moved it."""
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for hop in found.hops:
        if hop.rule == "fifo":
            value, count = pairs.get((hop.from_address, hop.to_address), (0, 0))
            pairs[hop.from_address, hop.to_address] = (value + hop.traced, count + 1)
    return {address for pair in pairs for address in pair}, pairs


def compare(on: Ledger, found: Trace, *, equal: bool) -> str:
    """How many addresses and pairs either side reached. Raises ValueError where they cannot both be right.

    Its pairs must be what the ledger says of the addresses it reached. `equal`: ours must be the same, unit for unit;
    else ours must be among them, with no more value.
    """
    with on.theirs.in_memory():
        addresses, theirs = on.theirs.graph(on.root)
    told: dict[tuple[str, str], tuple[int, int]] = {}
    for _, sender, receiver, value in on.rows:
        if sender in addresses and value:
            before = told.get((sender, receiver), (0, 0))
            told[sender, receiver] = (before[0] + value, before[1] + 1)
    reached, ours = moved(found)
    within = all(pair in theirs and value <= theirs[pair][0] for pair, (value, _) in ours.items())
    if theirs != told or not ours or not within or (equal and (reached, ours) != (addresses, theirs)):
        message = f"crypttrace and chaintrace do not agree on {on.name}"
        raise ValueError(message)
    return f"{on.name}: {len(reached):,} addresses and {len(ours):,} pairs v. {len(addresses):,} and {len(theirs):,}"


def through_store(rows: Sequence[Row], folder: Path) -> Trace:
    """From the canned rows into a new store on disk, and from there a trace under FIFO."""
    source = Source("canned", f"{len(rows)} transfers", "0" * 64)
    store = SqliteStore(folder / "store.sqlite")
    try:
        store.add(transactions(rows, source), source)
        end = (len(rows) - 1) // 100
        coverage = Coverage(CHAIN, None, None, 0, end, end, GENESIS + 12 * end)
        view = CaseView(store.facts([source]), (coverage,))
        return trace(view, (Seed(CHAIN, rows[0].txid, "0", "payment"),), "fifo", WITHOUT_LIMITS, Options())
    finally:
        store.close()


def their_store(on: Ledger, folder: Path) -> object:
    """The same way for crypttrace."""
    with on.theirs.on_disk(folder / "transfers.sqlite"):
        return on.theirs.tree(on.root)


def their_memory(on: Ledger) -> object:
    """Its tree from rows that lie ready."""
    with on.theirs.in_memory():
        return on.theirs.tree(on.root)


def anew(work: Callable[[Path], object]) -> Callable[[], object]:
    """The work in a folder of its own each time."""

    def run() -> object:
        with tempfile.TemporaryDirectory() as folder:
            return work(Path(folder))

    return run


def measure(*, quick: bool, full: bool) -> Finding:
    """Three questions of each size in memory; the one with equal answers through the stores as well."""
    del full
    measures: list[Measure] = []
    lines: list[list[str]] = []
    told: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        for size in (SMALL,) if quick else (SMALL, LARGE):
            asked = ledgers(size, Path(home))
            for on in asked:
                told.append(compare(on, follow(on.case), equal=on is asked[0]))
                times = in_memory(on, 1 if quick else REPEATS, lines, weighed=size == SMALL)
                measures.append(Measure(f"in memory, {on.name}", ratio(*times), MEMORY_GOALS[size]))
            if size == SMALL:
                times = on_disk(asked[0], 1 if quick else STORE_REPEATS, lines)
                measures.insert(0, Measure(f"store included, {asked[0].name}", ratio(*times), 50))
    return finding(measures, lines, told)


def in_memory(on: Ledger, repeats: int, lines: list[list[str]], *, weighed: bool) -> tuple[Times, Times]:
    """Both sides, crypttrace's first; adds their lines."""
    sides: dict[str, Callable[[], object]] = {
        "crypttrace": lambda: their_memory(on),
        "chaintrace": lambda: follow(on.case),
    }
    times = race(sides, repeats)
    for name, taken in times.items():
        held = megabytes(peak(sides[name])) if weighed else "-"
        lines.append([f"in memory, {on.name}: {name}", span(taken.least), span(taken.middle), held])
    return times["crypttrace"], times["chaintrace"]


def on_disk(on: Ledger, repeats: int, lines: list[list[str]]) -> tuple[Times, Times]:
    """Both sides through their stores; raises ValueError when ours does not find there what it finds in memory."""
    with tempfile.TemporaryDirectory() as folder:
        if moved(through_store(on.rows, Path(folder))) != moved(follow(on.case)):
            message = "a trace from the store on disk differs from one in memory"
            raise ValueError(message)
    sides: dict[str, Callable[[], object]] = {
        "crypttrace": anew(lambda folder: their_store(on, folder)),
        "chaintrace": anew(lambda folder: through_store(on.rows, folder)),
    }
    times = race(sides, repeats)
    for name, taken in times.items():
        lines.append([f"store included, {on.name}: {name}", span(taken.least), span(taken.middle), "-"])
    return times["crypttrace"], times["chaintrace"]


def finding(measures: Sequence[Measure], lines: Sequence[Sequence[str]], told: Sequence[str]) -> Finding:
    """The row, and what it does not say."""
    return Finding(
        10,
        "a whole offline trace beside crypttrace 0.29.0",
        "where all is forwarded, every address, pair, sum and number of transfers, to the unit; on the random ledgers, "
        "that every pair of ours is one of crypttrace's with no more value. Its pairs are the ledger's own sums. Ours "
        f"v. crypttrace's: {'; '.join(told)}.",
        measures,
        ["way, ledger, transfers: side", "least", "median", "memory"],
        lines,
        [
            (
                "The work differs. crypttrace goes from address to address over everything that each ever sent, "
                "earlier than the payment or not; it adds floats, allocates nothing, has no lots and no law of "
                "conservation, and looks each address up in its labels. chaintrace follows the payment: lots by FIFO, "
                "every hop and every outcome, integers that must add up. Where all is forwarded, both come to the "
                "same; where money mixes, crypttrace shows all that is connected, and chaintrace what the payment "
                "moved, which is less. With many payments, chaintrace follows each from its own address and keeps them "
                "apart, and crypttrace still goes from one."
            ),
            (
                "Theirs is the tree of its command `trace`, without limits on depth and branches, its price service "
                "left out; neither side prints or writes a report. In memory the rows lie ready in the form of each "
                f"side. With the store both begin with canned rows and an empty folder. {REPEATS} repeats in memory, "
                f"{STORE_REPEATS} with the store. crypttrace was not asked for {LARGE:,} transfers from its store: in "
                "an earlier measurement it did not finish."
            ),
        ],
    )
