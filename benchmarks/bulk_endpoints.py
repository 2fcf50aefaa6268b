"""Row 7: from a Parquet of a million transfers to the table of outcomes, against reading and coding it alone."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bulk_lots import parquet, question
from benchmarks.ledgers import COIN, rows_of
from benchmarks.timing import race, ratio, span
from benchmarks.verdicts import Finding, Measure
from chaintrace.bulk.trace import Answer, trace
from chaintrace.bulk.trace_coding import coded

SIZE, SEEDS = 1_000_000, 100


def measure(*, quick: bool, full: bool) -> Finding:
    """The whole way, and its beginning alone."""
    del full
    size = SIZE // 10 if quick else SIZE
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        table = parquet(rows_of(size), path)
        bytes_each = path.stat().st_size / size
        asked = question(SEEDS)
        answer = trace(table, asked)
        if not isinstance(answer, Answer):
            message = str(answer)
            raise TypeError(message)
        rest = sum(map(int, answer.outcomes.column("value").to_pylist()))
        if rest != sum(answer.claimed):
            message = f"{sum(answer.claimed)} base units were claimed and {rest} found"
            raise ValueError(message)
        times = race(
            {
                "Parquet to outcomes": lambda: trace(table, asked),
                "reading and coding alone": lambda: coded(table, (COIN.contract,), None),
            }
        )
    whole, reading = times.values()
    return Finding(
        7,
        f"from a Parquet of {size:,} transfers to outcomes",
        f"all {rest:,} base units that {SEEDS} seeds claimed are in the {answer.outcomes.num_rows:,} outcomes; row 6 "
        "compares lots.",
        [Measure("Parquet to outcomes against reading and coding", ratio(whole, reading), 2, sense="at most")],
        ["side", "least", "median", "a transfer"],
        [[name, span(taken.least), span(taken.middle), span(taken.least / size)] for name, taken in times.items()],
        [
            (
                "To read is to decode the columns of senders, receivers and values; to code is to number addresses. "
                f"The file has {bytes_each:.3g} bytes a transfer, txids of this ledger being short. The outcomes "
                "name their transactions: where value ends at transfers, their rows are read once more."
            ),
        ],
    )
