"""Row 6: FIFO in compiled lots against our own engine, on a ledger of a million transfers, lot by lot."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.ledgers import CHAIN, COIN, GENESIS, Case, case_of, rows_of
from benchmarks.plain import Row
from benchmarks.timing import Times, cpu, ratio, span
from benchmarks.tracing import follow
from benchmarks.verdicts import Finding, Measure
from chaintrace.bulk.trace_coding import Coded, coded
from chaintrace.bulk.trace_outcomes import Found
from chaintrace.bulk.trace_question import Question, Seeds, seeds_of
from chaintrace.bulk.trace_run import Run, flags_of, opened_of
from chaintrace.bulk.trace_table import About, TransferRow, TransferTable, write
from chaintrace.model.trace import Resting

SIZE, MANY = 1_000_000, 100_000
METHODS = ("fifo", "lifo", "libr", "haircut")


def parquet(rows: Sequence[Row], path: Path, *, wide: bool = False) -> TransferTable:
    """The ledger as `bulk transfers` writes it: a transfer a transaction, a hundred a block, as the engine has it."""
    end = (len(rows) - 1) // 100
    about = About(CHAIN, len(rows), 0, end, end, GENESIS + 12 * end, {COIN.contract: 0})
    numbered = (
        TransferRow(
            place, row.txid, "0", place // 100, GENESIS + 12 * (place // 100), COIN.contract, 0, row.sender,
            row.receiver, row.value,
        )
        for place, row in enumerate(rows)
    )  # fmt: skip
    write(path, numbered, about, wide=wide)
    return TransferTable(path)


def question(seeds: int, method: str = "fifo") -> Question:
    """The first `seeds` mints, each an origin of its own."""
    return Question(method, [(place, f"origin {place}") for place in range(seeds)], (COIN.contract,))


def kernel(ledger: Coded, asked: Question, seeds: Seeds) -> Found:
    """Openings, every transfer, and what rests: all that is compiled."""
    flags = flags_of(ledger, asked)
    opened = opened_of(ledger, flags)
    if isinstance(opened, int):
        message = "the ledger does not fit the kernels"
        raise TypeError(message)
    run = Run(ledger, asked, flags, seeds)
    run.open(opened)
    run.ledger(np.empty(0, np.int32))
    return run.found()


def compare(case: Case, ledger: Coded, asked: Question) -> int:
    """Every lot that rests, by both. Raises ValueError when one differs by a unit or a hop; how many there are."""
    found = kernel(ledger, asked, seeds_of(asked))
    names = ledger.addresses.to_pylist()
    ours = {
        (asked.starts[origin][1], names[ledger.address_of[account]]): (value, hop)
        for account, origin, value, hop in zip(*(column.tolist() for column in found.resting), strict=True)
    }
    theirs = {(one.origin, one.address): (one.value, one.hop) for one in follow(case).of(Resting)}
    if ours != theirs or len(found.ended):
        message = "the compiled lots and the engine's differ"
        raise ValueError(message)
    return len(ours)


def measure(*, quick: bool, full: bool) -> Finding:
    """A random ledger by both; then the kernels alone, with few origins and with many."""
    del full
    size = SIZE // 10 if quick else SIZE
    rows = rows_of(size)
    case = case_of(rows, {row.txid: f"origin {number}" for number, row in enumerate(rows[: size // 100])})
    with TemporaryDirectory() as folder:
        ledger = coded(parquet(rows, Path(folder) / "t.parquet"), (COIN.contract,), None)
    if isinstance(ledger, str):
        message = "the ledger does not fit the kernels"
        raise TypeError(message)
    few = size // 100
    lots = compare(case, ledger, question(few))
    both = cpu({"engine": lambda: follow(case), "kernel": _side(ledger, question(few))}, 2)
    many = size * MANY // SIZE
    asked = (*((name, 100) for name in METHODS), ("fifo", few), ("fifo", many), ("lifo", many))
    alone = cpu({f"{name}, {seeds:,} origins": _side(ledger, question(seeds, name)) for name, seeds in asked}, 5)
    lines = [[f"the engine in Python, fifo, {few:,} origins", *_cells(both["engine"], size)]]
    lines += [[f"compiled, {name}", *_cells(taken, size)] for name, taken in alone.items()]
    nanoseconds = alone[f"fifo, {many:,} origins"].least / size * 1e9
    return Finding(
        6,
        f"bulk lots, {size:,} transfers between {size // 10:,} addresses",
        f"all {lots:,} lots that rest under FIFO with {few:,} origins: origin, address, base units and hop.",
        [
            Measure("against our engine in Python", ratio(both["engine"], both["kernel"]), 50, 100),
            Measure(f"a transfer, {many:,} origins", nanoseconds, 40, sense="at most", unit=" ns"),
        ],
        ["side", "least CPU", "median", "a transfer"],
        lines,
        [
            (
                "Times are of the processor, for openings, every transfer and what rests; both sides begin with the "
                "ledger and the seeds in memory, the kernels as numbers, the engine as objects. The engine ran twice. "
                "Where every coin has an origin, a million lots rest at the end, and each transfer moves 1.3 of them "
                "from one place to another: of samples taken of the processor meanwhile, two in three lay at "
                "instructions that wait for memory, and that wait grows when others use it too."
            ),
        ],
    )


def _side(ledger: Coded, asked: Question) -> Callable[[], Found]:
    """The kernels over numbers: those of the seeds are made before, as the engine has its own."""
    seeds = seeds_of(asked)
    return lambda: kernel(ledger, asked, seeds)


def _cells(taken: Times, size: int) -> list[str]:
    return [span(taken.least), span(taken.middle), span(taken.least / size)]
