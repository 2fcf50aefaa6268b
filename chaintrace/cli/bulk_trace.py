"""`bulk transfers` and `bulk trace`: a checked Parquet of transfers, and seeds by the thousand over it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chaintrace.cli.printing import notice, say

if TYPE_CHECKING:
    from chaintrace.case.bulk_trace import Traced

INCOMPLETE = 3
METHODS = ("fifo", "lifo", "libr", "haircut")
CLAIMS = ("origin", "txid", "index", "contract", "address", "leg_value", "claimed")
GAPS = ("kind", "contract", "subject", "value")
"""Columns of the further tables; values are base units."""

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("source", type=FILE, metavar="CSV|PARQUET")
@click.option("--to", "target", type=FILE, required=True, help="The Parquet to write.")
@click.option("--chain", required=True, help="The chain whose transfers are wanted.")
def transfers(source: Path, target: Path, chain: str) -> int:
    """Check transfers between accounts, and write them in chain order for `bulk trace`."""
    from chaintrace.bulk.compiled import need_bulk

    need_bulk()
    from chaintrace.case.bulk_transfers import prepare
    from chaintrace.case.overwriting import spare
    from chaintrace.report.wording import counted

    spare(target, source)
    about = prepare(source, chain, target)
    say(f"{target}: {counted(about.rows, 'transfer')} of {counted(len(about.decimals), 'asset')} on {about.chain}")
    return 0


@click.command()
@click.argument("source", type=FILE, metavar="PARQUET|CSV")
@click.option("--seeds", type=FILE, required=True, help="chain,txid,index,origin,return_address, one seed a row.")
@click.option(
    "--method", type=click.Choice(METHODS, case_sensitive=False), required=True, help="The rule of allocation."
)
@click.option("--complete", metavar="all|FILE", help="Whose every transfer the file holds; left out: nobody's.")
@click.option("--to", "target", type=FILE, help="The outcomes, as .csv or .parquet.")
@click.option("--claims", type=FILE, help="What each seed claimed, as .csv or .parquet.")
@click.option("--gaps", type=FILE, help="What had to be assumed, as .csv or .parquet.")
@click.option("--chain", help="The chain, where the seeds name several.")
@click.option("--tags", multiple=True, type=FILE, help="A file of tags; stopping categories stop. Repeatable.")
@click.option("--stops", multiple=True, type=FILE, help="Addresses that stop, one a line. Repeatable.")
@click.option("--min-tag-confidence", type=click.IntRange(0, 100), default=0, help="Below it no tag stops.")
@click.option("--max-hops", type=click.IntRange(0), help="Value that arrives at this hop ends there.")
@click.option("--max-transactions", type=click.IntRange(0), help="So many transactions with traced value are followed.")
@click.option("--min-value", multiple=True, metavar="ASSET=UNITS", help="Less than this ends where it arrives.")
@click.option("--until", metavar="TIME", help="Later transfers do not exist: 2021-08-05T00:00:00Z or Unix seconds.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "compiled", "python"]),
    default="auto",
    show_default=True,
    help="compiled refuses what needs 63 bits or more, python takes any value, auto goes from one to the other.",
)
def trace(
    source: Path,
    target: Path | None,
    claims: Path | None,
    gaps: Path | None,
    until: str | None,
    **given: Any,  # noqa: ANN401  # click gives each option its type
) -> int:
    """Follow seeds by the thousand between accounts; 3 when something was not followed or had to be assumed.

    No declared wallets, no rules, no continuations, no chains of outputs: `chaintrace trace` has them.
    """
    from chaintrace.bulk.compiled import need_bulk

    need_bulk()
    from chaintrace.case.bulk_trace import Asked, until_of
    from chaintrace.case.bulk_trace import trace as answer
    from chaintrace.case.overwriting import spare

    named = (given["seeds"], *given["tags"], *given["stops"], *filter(None, [given["complete"]]))
    for path in (target, claims, gaps):
        spare(path, source, *named)
    found = answer(Asked(transfers=source, until=until_of(until), **given))
    for note in found.notes:
        notice(f"note: {note}")
    if target is not None:
        _write(target, found.answer.outcomes)
    if claims is not None:
        _write(claims, _table(found.claims, CLAIMS))
    if gaps is not None:
        _write(gaps, _gaps(found))
    _print(found)
    for reason in found.reasons:
        notice(f"not complete: {reason}")
    return INCOMPLETE if found.reasons else 0


def _print(found: "Traced") -> None:
    """The sums of all origins, and who counted them."""
    from chaintrace.model.trace import OUTCOMES
    from chaintrace.report.wording import counted

    how = "compiled kernels" if found.engine == "compiled" else "the tracing engine in Python, exact for any value"
    origins = counted(len({claim.origin for claim in found.claims}), "origin")
    say(f"{counted(found.transfers, 'transfer')}, {counted(len(found.claims), 'seed')}, {origins}, by {how}")
    for contract in dict.fromkeys(claim.contract for claim in found.claims):
        claimed = sum(claim.claimed for claim in found.claims if claim.contract == contract)
        sums = found.sums(contract)
        ways = ", ".join(f"{name.replace('_', ' ')} {sums[name]}" for name in OUTCOMES if name in sums)
        say(f"{contract or 'native asset'}: claimed {claimed} base units = {ways or 'nothing'}")


def _gaps(found: "Traced") -> Any:  # noqa: ANN401  # pyarrow says nothing of types
    """Implied openings, what came back from where it was not followed, and seeds that claimed less than their leg."""
    rows = [("opening", *place) for place in found.answer.openings]
    rows += [("inflow", *place) for place in found.answer.inflows]
    short = (claim for claim in found.claims if claim.claimed != claim.leg_value)
    rows += [
        ("seed", claim.contract, f"{claim.txid}:{claim.index}", claim.leg_value - claim.claimed) for claim in short
    ]
    return _table(rows, GAPS)


def _table(rows: Sequence[Any], names: Sequence[str]) -> Any:  # noqa: ANN401  # pyarrow says nothing of types
    """Rows as a table of text: values of any size are kept."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    texts = [pa.array(list(map(str, column)), pa.string()) for column in columns]
    return pa.table(texts, names=list(names))


def _write(path: Path, table: Any) -> None:  # noqa: ANN401  # pyarrow says nothing of types
    """One table, as the end of the file's name says. Raises OutputError; what stood there before then still stands."""
    from chaintrace.bulk.whole_files import whole

    with whole(path) as scratch:
        if path.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq

            pq.write_table(table, scratch)
        else:
            _write_csv(scratch, table)


def _write_csv(path: Path, table: Any) -> None:  # noqa: ANN401  # pyarrow says nothing of types
    """As the CSV of a report: UTF-8 with a mark, CRLF, and no cell that a spreadsheet would calculate."""
    import csv

    from chaintrace.report.csv_files import cell_text

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches():
            columns = [column.to_pylist() for column in batch.columns]
            writer.writerows([cell_text(cell) for cell in row] for row in zip(*columns, strict=True))
