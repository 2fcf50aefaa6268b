"""Row 8: values above 2^63 take the exact path: nothing wraps, and the compiled kernels refuse them by name."""

import random
import tempfile
from pathlib import Path

from benchmarks.bulk_lots import parquet, question
from benchmarks.ledgers import CHAIN, COIN, case_of, rows_of, transactions
from benchmarks.plain import Row
from benchmarks.tracing import follow
from benchmarks.verdicts import Finding
from chaintrace.accounting import METHODS
from chaintrace.bulk.trace import TooLarge, trace
from chaintrace.model.chain import MAX_VALUE, Account
from chaintrace.model.provenance import Source
from chaintrace.model.trace import Lot
from chaintrace.store import SqliteStore

SCALE = 2**190


def measure(*, quick: bool, full: bool) -> Finding:
    """Three checks; each raises ValueError when a unit is lost."""
    del quick, full
    count = pools()
    hops = scaled()
    kept = store()
    carried, refused = kernels()
    return Finding(
        8,
        "values above 2^63",
        f"{count:,} random steps of the methods with values up to 2^256 - 1 conserve every unit; all {hops} hops of a "
        f"FIFO trace of a ledger whose values are multiplied by 2^190 are the multiples; {kept} values up to "
        "2^256 - 1 come back from the store on disk as they went in; of one ledger multiplied by 2^0 to 2^63 the "
        f"compiled kernels carry {carried} (FIFO and LIFO find the exact multiples, LIBR and haircut lose no unit) and "
        f"refuse the other {refused}.",
        [],
        [],
        [],
        [
            (
                "Nothing is timed here. The tracing engine has one path, integers of any size. The kernels of "
                "`bulk trace` carry transfers and balances below 2^63 - 1; before a run every balance is looked at, "
                "and a ledger with a larger one is refused whole: the engine takes it, and the answer says so. "
                "`tests/chaintrace/bulk/test_trace.py` holds the same as a property test."
            ),
        ],
    )


def pools(steps: int = 20_000) -> int:
    """Random steps of every method. Raises ValueError when what was put is not what was taken and what is left."""
    chosen = random.Random(8)
    for name, maker in METHODS.items():
        pool, put, taken = maker(), 0, 0
        for _ in range(steps // len(METHODS)):
            value = chosen.randint(0, MAX_VALUE)
            pool.put([Lot(value, chosen.choice(["a", "b", None]), 0)])
            put += value
            taken += sum(lot.value for lot in pool.take(chosen.randint(0, pool.total)))
        if put != taken + pool.total or pool.total != sum(lot.value for lot in pool.lots()):
            message = f"{name} lost {put - taken - pool.total} base units"
            raise ValueError(message)
    return steps


def scaled(size: int = 2_000) -> int:
    """A random ledger and its multiple. Raises ValueError when FIFO finds anything but the multiple; its hops."""
    rows = rows_of(size)
    named = {row.txid: f"origin {number}" for number, row in enumerate(rows[:20])}
    large = [row._replace(value=row.value * SCALE) for row in rows]
    small, big = follow(case_of(rows, named)), follow(case_of(large, named))
    found = [(hop.txid, hop.origin, hop.traced * SCALE) for hop in small.hops]
    if found != [(hop.txid, hop.origin, hop.traced) for hop in big.hops] or not found:
        message = "the trace of a multiplied ledger is not the multiple of its trace"
        raise ValueError(message)
    return len(found)


def store() -> int:
    """Write values to disk and read them back. Raises ValueError when one differs; how many there were."""
    values = [0, 1, 2**63 - 1, 2**63, 2**64, 2**128 + 1, MAX_VALUE - 1, MAX_VALUE]
    rows = [Row(f"{number:064x}", "", "a", value) for number, value in enumerate(values)]
    source = Source("random", "large values", "0" * 64)
    with tempfile.TemporaryDirectory() as folder:
        kept = SqliteStore(Path(folder) / "store.sqlite")
        kept.add(transactions(rows, source), source)
        found = [movement.transfer.value for movement in kept.facts([source]).movements(Account("a", COIN))]
        kept.close()
    if found != values:
        message = f"{CHAIN}: {values} came back as {found}"
        raise ValueError(message)
    return len(values)


def kernels(size: int = 2_000) -> tuple[int, int]:
    """How many multiples of a ledger the kernels carried, and refused. Raises ValueError for one that is not exact."""
    rows, refused = rows_of(size), 0
    plain: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for shift in range(64):
            large = [row._replace(value=row.value << shift) for row in rows]
            table = parquet(large, Path(folder) / f"{shift}.parquet", wide=True)
            answers = {method: trace(table, question(20, method)) for method in METHODS}
            if all(isinstance(answer, TooLarge) for answer in answers.values()):
                refused += 1
                continue
            for method in ("fifo", "lifo"):  # where nothing is divided, a multiple has the multiples of the outcomes
                answer = answers[method]
                found = [int(value) for value in answer.outcomes.column("value").to_pylist()]
                if refused or found != [value << shift for value in plain.setdefault(method, found)]:
                    message = f"{method} of the ledger times 2^{shift} is not the multiple"
                    raise ValueError(message)
    return 64 - refused, refused
