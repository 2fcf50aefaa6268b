"""`bulk`: whole chains on one machine. The extra `bulk` (numba and pyarrow) is loaded when a command runs."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from chaintrace.cli.bulk_trace import trace, transfers
from chaintrace.cli.printing import Progress, notice, say
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.bulk.screening import Screening

INCOMPLETE = 3


@click.group()
def bulk() -> None:
    """Work on whole chains: parse block files, cluster, screen; trace seeds by the thousand."""


bulk.add_command(transfers)
bulk.add_command(trace)


@bulk.command()
@click.argument("source", metavar="DIR|FILE|NODE")
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="The folder for the tables.")
@click.option("--chain", default="bitcoin", show_default=True, help="The network that the blocks are of.")
def parse(source: str, target: Path, chain: str) -> int:
    """Turn a node's block files, or what a node answers, into Parquet tables; a killed run goes on where it ended.

    NODE is bitcoin-core=URL. It ends with 3 when something was left out or is not known.
    """
    from chaintrace.bulk.compiled import need_bulk

    need_bulk()
    from chaintrace.bulk.parsing import parse as parse_all
    from chaintrace.case.bulk_node import node_of
    from chaintrace.case.overwriting import spare
    from chaintrace.cli.bulk_blocks import Blocks, NodeBlocks
    from chaintrace.report.wording import counted

    spare(target, source)
    progress = Progress()
    node = node_of(source, chain)
    if node is None:
        done = parse_all(Path(source), target, Blocks(chain, progress), progress)
    else:
        done = parse_all(node.shown, target, NodeBlocks(node, progress), progress)
    progress.done()
    if done.chain != chain:
        raise InputError(f"it holds blocks of {done.chain}, not of {chain}: name another folder with --to", path=target)
    for note in done.notes:
        notice(f"note: {note}")
    names = ("block", "transaction", "input", "output", "script")
    say(f"{target}: {', '.join(counted(done.counts[f'{name}s'], name) for name in names)}")
    return INCOMPLETE if done.notes else 0


@bulk.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="PARQUET")
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="The file for the clusters.")
@click.option(
    "--skip",
    "findings",
    type=click.Path(path_type=Path),
    metavar="FINDINGS.csv",
    help="Draw no cluster through what this CSV of `chaintrace findings` calls a coinjoin.",
)
@click.option("--through-coinjoins", is_flag=True, help="Draw clusters through what is shaped like a coinjoin too.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="Who unites.")
@click.option("--spark-master", default="local[*]", show_default=True, help="Where Spark runs.")
def cluster(  # noqa: PLR0917  # click gives options by name
    source: Path, target: Path, findings: Path | None, through_coinjoins: bool, engine: str, spark_master: str
) -> int:
    """Cluster the scripts of a parsed chain by common input, never through the shape of a coinjoin."""
    from chaintrace.bulk.compiled import need_bulk

    need_bulk()
    from chaintrace.bulk import clustering
    from chaintrace.bulk.inputs import Chain, coinjoins_of
    from chaintrace.case.overwriting import spare
    from chaintrace.report.wording import counted

    spare(target, source, *([findings] if findings else []))
    skipped = coinjoins_of(findings) if findings else frozenset()
    chain, progress = Chain(source, skipped, through_coinjoins), Progress()
    if engine == "spark":
        from chaintrace.bulk.spark import spark_labels

        labels, done = spark_labels(chain, progress, spark_master)
    else:
        labels, done = clustering.local_labels(chain, progress)
    clustering.write(chain, labels, target, progress)
    progress.done()
    scripts, clusters = counted(done.scripts, "script"), counted(done.clusters, "cluster")
    say(f"{target}: {scripts} in {clusters}, from {counted(done.transactions, 'transaction')}")
    say(f"not united through: {counted(done.skipped, 'transaction')} shaped like a coinjoin or named as one")
    left_out = counted(done.left_out, "input")
    say(f"not used: {left_out} (coinbases, scripts that are not known or that anybody can spend)")
    return 0


@bulk.command()
@click.argument("clusters", type=click.Path(path_type=Path), metavar="PARQUET")
@click.option(
    "--addresses", type=click.Path(path_type=Path), required=True, help="Up to a million addresses, one a line."
)
@click.option("--to", "target", type=click.Path(path_type=Path), help="The CSV; left out: stdout.")
def screen(clusters: Path, addresses: Path, target: Path | None) -> int:
    """Say which of many addresses stand in which cluster, as CSV.

    It ends with 3 when an address is unknown or is none.
    """
    from chaintrace.bulk.compiled import need_bulk

    need_bulk()
    import sys

    from chaintrace.bulk import screening
    from chaintrace.bulk.whole_files import whole
    from chaintrace.case.overwriting import spare

    spare(target, clusters, addresses)
    progress = Progress()
    found = screening.screen(clusters, addresses, progress)
    progress.done()
    if target is None:
        _rows(found, sys.stdout, "\n")
    else:
        with whole(target) as beside, beside.open("w", encoding="utf-8-sig", newline="") as file:
            _rows(found, file, "\r\n")
    counts = found.counts()
    notice(", ".join(f"{number} {status}" for status, number in counts.items()))
    return INCOMPLETE if counts[screening.UNKNOWN] or counts[screening.INVALID] else 0


def _rows(found: "Screening", file: TextIO, end: str) -> None:
    """The screening as CSV, with no cell that a spreadsheet would calculate: the texts come from a list of others."""
    import csv

    from chaintrace.bulk.screening import HEADER
    from chaintrace.report.csv_files import cell_text

    writer = csv.writer(file, lineterminator=end)
    writer.writerow(HEADER)
    writer.writerows([cell_text(cell) for cell in row] for row in found.rows())
